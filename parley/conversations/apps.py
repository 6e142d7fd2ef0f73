from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Kits, sessions, turns."""

    name = "parley.conversations"
    label = "conversations"
