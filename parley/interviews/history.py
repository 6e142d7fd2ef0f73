"""All that happened to one interview: its own events, those of its waits and of its conflicts."""

from uuid import UUID

from django.db.models import Q

from parley.core.models import Event
from parley.interviews.links import hash_link, link_of
from parley.interviews.models import Interview, InterviewConflict, InterviewLink, WaitlistEntry

MOST = 300


def events_of(interview: Interview) -> list[Event]:
    """The latest of them, in order; three statements."""
    waits = WaitlistEntry.objects.filter(interview=interview).values_list("pk", flat=True)
    conflicts = InterviewConflict.objects.filter(primary_interview=interview).values_list("pk", flat=True)
    about = _about("interview", [interview.pk]) | _about("waitlist", list(waits)) | _about("conflict", list(conflicts))
    return list(reversed(Event.objects.filter(about).order_by("-id")[:MOST]))


def live_link(interview: Interview) -> tuple[InterviewLink, str] | None:
    """The candidate's link that is not revoked, with its secret; an empty one where that cannot be made again."""
    link = InterviewLink.objects.filter(interview=interview, revoked_at__isnull=True).first()
    if link is None:
        return None
    token = link_of(interview.pk, link.nonce)
    return link, token if hash_link(token) == link.token_hash else ""


def _about(thing: str, keys: list[UUID]) -> Q:
    return Q(object_type=thing, object_id__in=[str(key) for key in keys])
