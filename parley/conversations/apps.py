from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Kits, sessions, turns."""

    name = "parley.conversations"
    label = "conversations"

    def ready(self) -> None:
        """Let slots and weekly patterns refuse kits that are not there."""
        from parley.conversations.operations.kits import knows_kit  # noqa: PLC0415 (models are not there any earlier)
        from parley.interviews.operations.ai_settings import let_know_kits  # noqa: PLC0415 (likewise)

        let_know_kits(knows_kit)
