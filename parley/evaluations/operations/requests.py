"""After the interview candidates ask for an explanation, or for a review by a person; a named person answers."""

from datetime import datetime
from uuid import UUID

from parley.conversations.locks import lock_session_of
from parley.conversations.queries import session_of
from parley.core.actors import Actor
from parley.core.errors import Conflict, Invalid, NotFound
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.evaluations.locks import HELD
from parley.evaluations.models import CandidateRequest
from parley.evaluations.models.evaluation import asked_already
from parley.evaluations.operations.people import refuse_nobody
from parley.evaluations.rules.states import LONGEST_MESSAGE, LONGEST_REPLY, RequestState, Wish
from parley.interviews.links import open_link
from parley.interviews.locks import lock_interview
from parley.interviews.models import Interview


@operation
def ask_by_link(*, token: str, kind: str, message: str, now: datetime) -> CandidateRequest:
    """Ask for an explanation or a review, once of each; before or after a decision.

    Raises ``Invalid``; ``Conflict`` ``session_not_over`` before the interview was held, ``already_asked``.
    """
    if kind not in Wish.values:
        raise Invalid.field("kind", f"Must be one of {', '.join(Wish.values)}.")
    if len(message) > LONGEST_MESSAGE:
        raise Invalid.field("message", f"Must be a text of at most {LONGEST_MESSAGE} characters.")
    link, actor = open_link(token, now=now)
    interview = lock_interview(link.interview_id, actor=actor)
    session = session_of(interview.pk)
    if session is None or session.state not in HELD:
        raise Conflict("You can ask for this once the interview is over.", code="session_not_over")
    if session.said_deleted_at is not None:
        raise Conflict("What was said in this interview was deleted, and nothing is added.", code="said_deleted")
    if CandidateRequest.objects.filter(session=session, kind=kind).exists():
        raise asked_already()
    request = CandidateRequest(
        company_id=session.company_id, session=session, kind=kind, message=message.strip(), created_at=now
    )
    request.save(force_insert=True)
    _tell("request.opened", request, interview, actor=actor, now=now)
    return request


@operation
def answer_request(*, interview_id: UUID, kind: str, answer: str, actor: Actor, now: datetime) -> CandidateRequest:
    """Answer in words that the candidate gets as they are; said anew, they replace what was said, and are sent again.

    Raises ``NotFound`` where nobody has asked for it, ``Conflict`` ``said_deleted`` where the words were deleted.
    """
    person_id = refuse_nobody(actor)
    if not answer.strip():
        raise Invalid.field("answer", "Write what the candidate shall read.", code="required")
    if len(answer) > LONGEST_REPLY:
        raise Invalid.field("answer", f"Must be a text of at most {LONGEST_REPLY} characters.")
    interview = lock_interview(interview_id, actor=actor)
    session = session_of(interview.pk)
    request = CandidateRequest.objects.filter(session=session, kind=kind).first() if session is not None else None
    if session is None or request is None:
        raise NotFound("The candidate has not asked for this.", code="request_not_found")
    session = lock_session_of(interview, pk=session.pk)
    if session.said_deleted_at is not None:
        raise Conflict("What was said in this interview, and asked about it, was deleted.", code="said_deleted")
    request.refresh_from_db()
    request.state, request.answer = RequestState.ANSWERED, answer.strip()
    request.answered_by_id, request.answered_at = person_id, now
    request.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    _tell("request.answered", request, interview, actor=actor, now=now)
    return request


def _tell(event: str, request: CandidateRequest, interview: Interview, *, actor: Actor, now: datetime) -> None:
    after = {"interview_id": interview.pk, "kind": request.kind, "status": request.state}
    change = Change(type=event, object_id=request.pk, company_id=request.company_id, after=after)
    record(change, actor=actor, now=now)
