"""Mails to candidates, what users find in the product, and the calendar feeds."""

from parley.notifications.models.feeds import CalendarFeed
from parley.notifications.models.inbox import InboxPreferences, Notification, wishes_of
from parley.notifications.models.mails import MailPolicy, Message, default_reminders, mail_policy_of

__all__ = [
    "CalendarFeed",
    "InboxPreferences",
    "MailPolicy",
    "Message",
    "Notification",
    "default_reminders",
    "mail_policy_of",
    "wishes_of",
]
