from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """How long things are kept, and proofs of what was deleted."""

    name = "parley.privacy"
    label = "privacy"
