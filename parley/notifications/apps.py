"""The notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Mails to candidates, and what users are told in the product: both follow from events."""

    name = "parley.notifications"

    def ready(self) -> None:
        """Read the events."""
        from parley.core.outbox import subscribe  # noqa: PLC0415 (models are loaded by now)
        from parley.notifications import inbox_reader, reader  # noqa: PLC0415

        subscribe(reader.READER)
        subscribe(inbox_reader.READER)
