"""The notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Mails that follow from events."""

    name = "parley.notifications"

    def ready(self) -> None:
        """Read the events."""
        from parley.core.outbox import subscribe  # noqa: PLC0415 (models are loaded by now)
        from parley.notifications.reader import READER  # noqa: PLC0415

        subscribe(READER)
