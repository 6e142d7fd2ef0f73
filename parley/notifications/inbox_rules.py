"""What users are told of in the product, from which event: pure values and functions."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import TextChoices


class Topic(TextChoices):
    """What a notification tells of."""

    INTERVIEW_BOOKED = "interview_booked"
    INTERVIEW_RESCHEDULED = "interview_rescheduled"
    INTERVIEW_CANCELLED = "interview_cancelled"
    INTERVIEW_UNSEATED = "interview_unseated", "Interview without its place"
    INTERVIEW_COMPLETED = "interview_completed", "Interview held"
    INTERVIEW_MISSED = "interview_missed", "Candidate did not come"
    RATINGS_WANTED = "ratings_wanted"
    CONFLICT_OPENED = "conflict_opened"
    CONFLICT_RESOLVED = "conflict_resolved"
    MAIL_UNDELIVERED = "mail_undelivered"
    WEBHOOK_DISABLED = "webhook_disabled"
    WAITLIST_JOINED = "waitlist_joined"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    PROPOSAL_DECLINED = "proposal_declined"
    PROPOSAL_EXPIRED = "proposal_expired"
    REQUEST_OPENED = "request_opened", "Candidate asks for an explanation or a review"
    AI_BUDGET_USED_UP = "ai_budget_used_up", "AI budget of the month used up"
    USER_IMPERSONATED = "user_impersonated", "Administrator acting as you"


# Nothing here concerns slots: one call makes and removes thousands of them.
OF_EVENT = {
    "interview.booked": Topic.INTERVIEW_BOOKED,
    "interview.rescheduled": Topic.INTERVIEW_RESCHEDULED,
    "interview.cancelled": Topic.INTERVIEW_CANCELLED,
    "interview.unseated": Topic.INTERVIEW_UNSEATED,  # the slot has fallen away
    "interview.released": Topic.INTERVIEW_UNSEATED,  # a colleague has freed the place: the same for whoever reads it
    "interview.completed": Topic.INTERVIEW_COMPLETED,
    "interview.missed": Topic.INTERVIEW_MISSED,
    "evaluation.ratings_wanted": Topic.RATINGS_WANTED,
    "conflict.opened": Topic.CONFLICT_OPENED,
    "conflict.resolved": Topic.CONFLICT_RESOLVED,
    "message.undelivered": Topic.MAIL_UNDELIVERED,
    "webhook.disabled": Topic.WEBHOOK_DISABLED,
    "waitlist.joined": Topic.WAITLIST_JOINED,
    "interview.proposal_accepted": Topic.PROPOSAL_ACCEPTED,
    "interview.proposal_declined": Topic.PROPOSAL_DECLINED,
    "interview.proposal_expired": Topic.PROPOSAL_EXPIRED,
    "request.opened": Topic.REQUEST_OPENED,
    "company.ai_budget_used_up": Topic.AI_BUDGET_USED_UP,
    "user.impersonated": Topic.USER_IMPERSONATED,
}
PERSONAL = frozenset({"user.impersonated"})  # told to the user whom it is about, always, and to no colleague

# Off unless somebody asks for them: a conflict that is settled asks for nothing any more, and the booking that settled
# it is told of by itself.
USUALLY_OFF = frozenset({Topic.CONFLICT_RESOLVED})
ALWAYS_ON = frozenset({Topic.USER_IMPERSONATED})  # no choice: whoever acts as a user could switch it off for them
USUAL = {topic.value: topic not in USUALLY_OFF for topic in Topic if topic not in ALWAYS_ON}

KEPT_READ = timedelta(days=90)  # since it was read
KEPT_UNREAD = timedelta(days=365)  # since it came


def wanted(wishes: Mapping[str, bool]) -> dict[str, bool]:
    """All kinds that one can choose, and whether they are wanted; kinds that are no longer there are left out."""
    return {kind: wishes.get(kind, usual) for kind, usual in USUAL.items()}
