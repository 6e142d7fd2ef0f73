from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    """Slots, configurations, interviews, schedules and conflicts."""

    name = "parley.interviews"
    label = "interviews"
