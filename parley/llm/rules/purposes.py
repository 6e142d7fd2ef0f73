"""The words for what a model is called for, and how a call stands."""

from django.db.models import TextChoices


class Purpose(TextChoices):
    """What a model is asked to do."""

    INTERVIEWER = "interviewer", "Asking on in an interview"
    JUDGE = "judge", "Judging answers"


class CallState(TextChoices):
    """*reserved* while a model is asked; *lost* where the process that asked was killed."""

    RESERVED = "reserved"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"
