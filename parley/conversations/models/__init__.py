"""The tables."""

from parley.conversations.models.kit import InterviewKit, KitVersion
from parley.conversations.models.session import InterviewSession, SessionFeedback, Turn

__all__ = ["InterviewKit", "InterviewSession", "KitVersion", "SessionFeedback", "Turn"]
