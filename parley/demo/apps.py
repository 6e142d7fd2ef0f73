from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo data and their command; no tables."""

    name = "parley.demo"
    label = "demo"
