"""The webhooks app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Other systems hear of events."""

    name = "parley.webhooks"

    def ready(self) -> None:
        """Read the events."""
        from parley.core.outbox import subscribe  # noqa: PLC0415 (models are loaded by now)
        from parley.webhooks.reader import READER  # noqa: PLC0415

        subscribe(READER)
