from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    """Slots, configurations, interviews, schedules and conflicts."""

    name = "parley.interviews"
    label = "interviews"

    def ready(self) -> None:
        """Read the events."""
        from parley.core.outbox import subscribe  # noqa: PLC0415 (models are loaded by now)
        from parley.interviews.reader import READER  # noqa: PLC0415

        subscribe(READER)
