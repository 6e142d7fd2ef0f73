"""The words of notifications."""

from parley.evaluations.rules.states import Wish
from parley.interviews.rules.states import ConflictType, Resolution
from parley.notifications.inbox_rules import Topic
from parley.notifications.rules import Kind

TITLES = {
    Topic.INTERVIEW_BOOKED: "Interview booked",
    Topic.INTERVIEW_RESCHEDULED: "Interview moved",
    Topic.INTERVIEW_CANCELLED: "Interview cancelled",
    Topic.INTERVIEW_UNSEATED: "Interview has lost its place",
    Topic.INTERVIEW_COMPLETED: "Interview held",
    Topic.INTERVIEW_MISSED: "Candidate did not come",
    Topic.RATINGS_WANTED: "Ratings wanted",
    Topic.CONFLICT_OPENED: "Conflict to be settled",
    Topic.CONFLICT_RESOLVED: "Conflict settled",
    Topic.MAIL_UNDELIVERED: "Mail not delivered",
    Topic.WEBHOOK_DISABLED: "Webhook switched off",
    Topic.WAITLIST_JOINED: "Candidate waits for another time",
    Topic.PROPOSAL_ACCEPTED: "Proposed time accepted",
    Topic.PROPOSAL_DECLINED: "Proposed time declined",
    Topic.PROPOSAL_EXPIRED: "Proposed time not answered",
    Topic.REQUEST_OPENED: "Candidate asks about the interview",
    Topic.AI_BUDGET_USED_UP: "AI budget used up",
    Topic.USER_IMPERSONATED: "An administrator acted as you",
}
CONFLICTS = {
    ConflictType.OVERLAP.value: "two interviews overlap",
    ConflictType.AI_SYSTEM_ERROR.value: "the AI has failed",
    ConflictType.SLOT_UNAVAILABLE.value: "the slot is not available any more",
    ConflictType.CANDIDATE_UNAVAILABLE.value: "the candidate is not available",
    ConflictType.SYSTEM_ERROR.value: "something has failed",
}
RESOLUTIONS = {
    Resolution.PENDING.value: "open",
    Resolution.RESCHEDULED.value: "moved to another time",
    Resolution.CANCELLED.value: "cancelled",
    Resolution.RESOLVED.value: "settled without a change",
}
MAILS = {
    Kind.INVITATION.value: "the invitation",
    Kind.BOOKED.value: "the confirmation of the booking",
    Kind.RESCHEDULED.value: "the mail about the new time",
    Kind.CANCELLED.value: "the cancellation",
    Kind.UNSEATED.value: "the mail about the lost place",
    Kind.PROPOSED.value: "the proposal of another time",
    Kind.OFFERED.value: "the offer of a time that was waited for",
    Kind.OFFER_GONE.value: "the mail about an offered time that fell away",
    Kind.WAIT_OVER.value: "the mail about the end of the wait",
    Kind.REMINDER.value: "the reminder",
    Kind.ANSWERED.value: "the answer of a person",
}
JUDGES = {
    "none": "read what was said, and rate it",
    "done": "the AI has judged; rate it yourself, then you see how",
    "failed": "the AI could not judge; people are asked",
}
ASKS_FOR_A_PERSON = "asks for an interview with a person"
WISHES = {
    Wish.EXPLANATION.value: "asks for an explanation",
    Wish.REVIEW.value: "asks for a review by a person",
}
AN_ADMINISTRATOR = "An administrator"
A_WEBHOOK = "A webhook"
WEBHOOK = "deliveries kept failing; switch it on again when the receiver works"
BUDGET = (
    "What your company may use of the AI this month is used up. Interviews are held with the questions of their kits, "
    "and people are asked for ratings. An administrator can raise the limit"
)
INTERVIEW_GONE = "The interview is not there any more"
CONFLICT_GONE = "The conflict is not there any more"
