from django.apps import AppConfig

from parley.core import leash


class CoreConfig(AppConfig):
    """What every part may use, without business rules."""

    name = "parley.core"
    label = "core"

    def ready(self) -> None:
        """A program of ``serve`` does not outlive it."""
        leash.end_with_parent()
