from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    """Reviews, decisions."""

    name = "parley.evaluations"
    label = "evaluations"
