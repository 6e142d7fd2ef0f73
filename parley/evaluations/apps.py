from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    """Reviews, decisions, and what the AI thinks."""

    name = "parley.evaluations"
    label = "evaluations"

    def ready(self) -> None:
        """Read the events."""
        from parley.core.outbox import subscribe  # noqa: PLC0415 (models are loaded by now)
        from parley.evaluations.reader import READER  # noqa: PLC0415

        subscribe(READER)
