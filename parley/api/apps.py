from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST API."""

    name = "parley.api"
    label = "api"
