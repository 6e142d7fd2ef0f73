"""The words for states, and which state may follow which. The only place that knows."""

from django.db.models import TextChoices

from parley.core.errors import Conflict


class InterviewType(TextChoices):
    """What kind of interview the AI holds."""

    TECHNICAL = "technical"
    BEHAVIORAL = "behavioral"
    CODING = "coding"
    SYSTEM_DESIGN = "system_design"
    GENERAL = "general"


class SlotType(TextChoices):
    """How a slot came about."""

    FIXED = "fixed"
    FLEXIBLE = "flexible"
    RECURRING = "recurring"


class SlotStatus(TextChoices):
    """*booked* means full."""

    AVAILABLE = "available"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


class InterviewStatus(TextChoices):
    """Where a candidate's interview stands; *scheduled* also before a time is booked."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    ERROR = "error"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class ScheduleStatus(TextChoices):
    """Where a booking stands; the first two are live."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"


class ConflictType(TextChoices):
    """What went wrong."""

    OVERLAP = "overlap"
    AI_SYSTEM_ERROR = "ai_system_error"
    SLOT_UNAVAILABLE = "slot_unavailable"
    CANDIDATE_UNAVAILABLE = "candidate_unavailable"
    SYSTEM_ERROR = "system_error"


class Resolution(TextChoices):
    """How it was settled."""

    PENDING = "pending"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    RESOLVED = "resolved"


class HoldStatus(TextChoices):
    """Where a held place stands."""

    HELD = "held"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class WaitingStatus(TextChoices):
    """Where somebody on the waitlist stands; the first two are open."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    LEFT = "left"
    LAPSED = "lapsed"


class InvitingStatus(TextChoices):
    """Where the inviting of many stands."""

    RUNNING = "running"
    DONE = "done"


class InvitingState(TextChoices):
    """What became of one of them."""

    WAITING = "waiting"
    INVITED = "invited"
    REFUSED = "refused"


OPEN_WAITING = (WaitingStatus.WAITING, WaitingStatus.OFFERED)
OPEN_SLOT = (SlotStatus.AVAILABLE, SlotStatus.BOOKED)
LIVE_SCHEDULE = (ScheduleStatus.PENDING, ScheduleStatus.CONFIRMED)
# From these an interview may take a place: a cancelled, missed or failed one gets another chance.
BOOKABLE_INTERVIEW = (
    InterviewStatus.SCHEDULED,
    InterviewStatus.CANCELLED,
    InterviewStatus.NO_SHOW,
    InterviewStatus.ERROR,
)

_NEXT: dict[type[TextChoices], dict[str, frozenset[str]]] = {
    SlotStatus: {
        SlotStatus.AVAILABLE: frozenset({SlotStatus.BOOKED, SlotStatus.CANCELLED, SlotStatus.COMPLETED}),
        SlotStatus.BOOKED: frozenset({SlotStatus.AVAILABLE, SlotStatus.CANCELLED, SlotStatus.COMPLETED}),
        SlotStatus.CANCELLED: frozenset(),
        SlotStatus.COMPLETED: frozenset(),
    },
    ScheduleStatus: {
        ScheduleStatus.PENDING: frozenset(
            {ScheduleStatus.CONFIRMED, ScheduleStatus.CANCELLED, ScheduleStatus.RESCHEDULED}
        ),
        ScheduleStatus.CONFIRMED: frozenset({ScheduleStatus.CANCELLED, ScheduleStatus.RESCHEDULED}),
        ScheduleStatus.CANCELLED: frozenset(),
        ScheduleStatus.RESCHEDULED: frozenset(),
    },
    InterviewStatus: {
        InterviewStatus.SCHEDULED: frozenset(
            {InterviewStatus.IN_PROGRESS, InterviewStatus.CANCELLED, InterviewStatus.NO_SHOW, InterviewStatus.ERROR}
        ),
        InterviewStatus.IN_PROGRESS: frozenset({InterviewStatus.COMPLETED, InterviewStatus.ERROR}),
        InterviewStatus.COMPLETED: frozenset(),
        InterviewStatus.ERROR: frozenset({InterviewStatus.SCHEDULED, InterviewStatus.IN_PROGRESS}),
        InterviewStatus.NO_SHOW: frozenset({InterviewStatus.SCHEDULED}),
        InterviewStatus.CANCELLED: frozenset({InterviewStatus.SCHEDULED}),
    },
}


def refuse_unless_allowed(current: TextChoices, following: TextChoices, *, thing: str) -> None:
    """Raise ``Conflict`` (``already_<state>``) where ``following`` may not follow ``current``."""
    if following in _NEXT[type(following)][current]:
        return
    if current == following:
        raise Conflict(f"This {thing} is {current.label.lower()} already.", code=f"already_{current.value}")
    raise Conflict(
        f"This {thing} is {current.label.lower()}: it cannot become {following.label.lower()} any more.",
        code=f"already_{current.value}",
    )


def slot_status(*, current_bookings: int, max_candidates: int) -> SlotStatus:
    """The status of an open slot: *booked* exactly when full."""
    return SlotStatus.BOOKED if current_bookings >= max_candidates else SlotStatus.AVAILABLE
