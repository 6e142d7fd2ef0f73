from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages."""

    name = "parley.web"
    label = "web"
