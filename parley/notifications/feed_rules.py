"""What a calendar feed shows: pure values."""

from datetime import timedelta

from django.db.models import TextChoices


class Scope(TextChoices):
    """Whose bookings a feed shows; *mine* are those that its user booked or invited the candidate to."""

    COMPANY = "company"
    MINE = "mine"


SHOWN_BACK = timedelta(days=90)
SHOWN_AHEAD = timedelta(days=400)
MOST_ENTRIES = 2000  # most of a second of work, and below the megabyte that some calendars read at most
MOST_FEEDS = 20  # of one user
ASKED_EVERY = timedelta(minutes=15)  # what calendars are told; many ask less often
USE_NOTED_EVERY = timedelta(minutes=5)
