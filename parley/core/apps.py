from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every part may use, without business rules."""

    name = "parley.core"
    label = "core"
