"""Mails to candidates, and what users find in the product."""

from parley.notifications.models.inbox import InboxPreferences, Notification, wishes_of
from parley.notifications.models.mails import MailPolicy, Message, default_reminders, mail_policy_of

__all__ = [
    "InboxPreferences",
    "MailPolicy",
    "Message",
    "Notification",
    "default_reminders",
    "mail_policy_of",
    "wishes_of",
]
