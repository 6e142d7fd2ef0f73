from django.apps import AppConfig


class LlmConfig(AppConfig):
    """Calls of language models, and what they may cost."""

    name = "parley.llm"
    label = "llm"
