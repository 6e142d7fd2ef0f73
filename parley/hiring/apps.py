from django.apps import AppConfig


class HiringConfig(AppConfig):
    """Jobs, candidates and their resumes."""

    name = "parley.hiring"
    label = "hiring"
