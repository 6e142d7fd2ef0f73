"""The candidate's personal link: made, ended, and what its bearer does with it.

Whoever bears a link acts as the candidate of its interview, and of nothing else: the operations take the link, never an
interview's id. The company's rules for candidates (``rules.policy``) hold here alone.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from parley.core.actors import Actor
from parley.core.errors import Conflict
from parley.core.events import Change, record
from parley.core.transactions import operation
from parley.hiring.operations.candidates import refuse_erased
from parley.interviews.links import LinkHolder, ends_at, hash_link, latest_link, link_of, open_link
from parley.interviews.locks import lock_holds, lock_interview, lock_slots
from parley.interviews.models import (
    Interview,
    InterviewLink,
    InterviewSchedule,
    InterviewSlot,
    PlaceHold,
    WaitlistEntry,
)
from parley.interviews.operations.booking import book, cancel, move_by_hand
from parley.interviews.operations.conflicts import settle
from parley.interviews.operations.holds import held_slot_of, settle_holds
from parley.interviews.operations.waitlist import join, stop_waiting
from parley.interviews.queries import live_schedule, policy_of
from parley.interviews.rules.hours import CandidateHours
from parley.interviews.rules.policy import refuse_after_cutoff, refuse_not_offered
from parley.interviews.rules.states import HoldStatus, InterviewStatus, Resolution

ACCEPTED = "The candidate accepted the proposed place."


@dataclass(frozen=True)
class Invitation:
    """A personal link; ``link`` is the secret, and is shown this once."""

    link: str
    expires_at: datetime


@operation
def invite_candidate(
    *, interview_id: UUID, interview_type: str, valid_for: timedelta, actor: Actor, now: datetime
) -> Invitation:
    """Make the candidate's personal link to an interview; an earlier one ends with it.

    ``interview_type`` narrows what the candidate may book; an empty one allows every type.
    """
    interview = lock_interview(interview_id, actor=actor)
    if interview.status == InterviewStatus.COMPLETED:
        raise Conflict("This interview is over.", code="interview_completed")
    return make_link(interview, interview_type=interview_type, valid_for=valid_for, actor=actor, now=now)


def ensure_link(interview: Interview, *, valid_for: timedelta, actor: Actor, now: datetime) -> None:
    """Make a link where there is none that can be sent, inside the caller's operation; invites nobody.

    Where somebody has revoked the latest one, there is none until they invite again.
    """
    interview = lock_interview(interview.pk, actor=actor)
    link = latest_link(interview.pk)
    if link is not None and link.revoked_at is not None:
        return
    if link is not None and ends_at(link) > now and hash_link(link_of(interview.pk, link.nonce)) == link.token_hash:
        return
    kept = {"interview_type": link.ai_interview_type, "timezone": link.timezone} if link else {"interview_type": ""}
    make_link(interview, **kept, valid_for=valid_for, actor=actor, now=now, tell=False)


def make_link(
    interview: Interview,
    *,
    interview_type: str,
    valid_for: timedelta,
    actor: Actor,
    now: datetime,
    timezone: str = "",
    tell: bool = True,
) -> Invitation:
    """``invite_candidate`` with the interview locked; the event, which invites by mail, only where ``tell``."""
    refuse_erased(interview.candidate)
    _revoke(interview, now=now)
    nonce = secrets.token_urlsafe(32)
    token = link_of(interview.pk, nonce)
    link = InterviewLink(
        interview=interview,
        token_hash=hash_link(token),
        nonce=nonce,
        ai_interview_type=interview_type,
        timezone=timezone,
        created_at=now,
        created_by_id=actor.actor_id,
        expires_at=now + valid_for,
    )
    link.save(force_insert=True)
    if tell:
        after = {"link_id": link.pk, "expires_at": link.expires_at}
        _tell("interview.invited", interview, after, actor=actor, now=now)
    return Invitation(link=token, expires_at=link.expires_at)


@operation
def revoke_link(*, interview_id: UUID, actor: Actor, now: datetime) -> None:
    """End the candidate's link, where there is one."""
    interview = lock_interview(interview_id, actor=actor)
    if _revoke(interview, now=now):
        _tell("interview.link_revoked", interview, {}, actor=actor, now=now)


@operation
def book_by_link(*, token: str, slot_id: UUID, timezone: str, now: datetime) -> InterviewSchedule:
    """Book the link's interview. Raises as ``book_interview`` does, and ``Conflict`` ``slot_not_offered``.

    ``timezone`` is the candidate's, for what is written to them; an empty one leaves it as it was.
    """
    link, actor = open_link(token, now=now)
    _refuse_slot(link, slot_id, actor=actor, now=now)
    _remember_zone(link, timezone)
    return book(interview_id=link.interview_id, slot_id=slot_id, notes="", actor=actor, now=now)


@operation
def reschedule_by_link(*, token: str, slot_id: UUID, timezone: str, now: datetime) -> InterviewSchedule:
    """Move the link's booking, until the company's cutoff."""
    link, actor = open_link(token, now=now)
    held = _held(link, now=now)
    _refuse_slot(link, slot_id, actor=actor, now=now)
    _remember_zone(link, timezone)
    return move_by_hand(schedule_id=held.pk, slot_id=slot_id, actor=actor, now=now)


@operation
def cancel_by_link(*, token: str, reason: str, now: datetime) -> InterviewSchedule:
    """Cancel the link's booking, until the company's cutoff; the link stays, and another time can be booked."""
    link, actor = open_link(token, now=now)
    return cancel(schedule_id=_held(link, now=now).pk, reason=reason, actor=actor, now=now)


@operation
def accept_by_link(*, token: str, now: datetime) -> InterviewSchedule:
    """Take the place that is held for the link's interview: book it, or move the booking there.

    Raises ``Conflict`` ``no_proposal`` where none is held (any more).
    """
    link, actor = open_link(token, now=now)
    hold = _locked_proposal(link, actor)
    if hold.expires_at <= now or hold.slot_id is None:
        raise Conflict("This place was held until a moment ago: choose another one.", code="proposal_expired")
    if hold.conflict is None:
        return book(interview_id=link.interview_id, slot_id=hold.slot_id, notes="", actor=actor, now=now)
    settle(
        hold.conflict,
        resolution=Resolution.RESCHEDULED,
        slot_id=hold.slot_id,
        notes=ACCEPTED,
        actor=actor,
        now=now,
        interview_id=link.interview_id,
    )
    booked = live_schedule(link.interview_id)
    assert booked is not None  # noqa: S101 (it was booked a line above, under locks)
    return booked


@operation
def decline_by_link(*, token: str, now: datetime) -> None:
    """Give the proposed place back; another time can be chosen. Raises ``Conflict`` ``no_proposal``."""
    link, actor = open_link(token, now=now)
    settle_holds([_locked_proposal(link, actor)], HoldStatus.DECLINED, actor=actor, now=now)


@operation
def wait_by_link(
    *, token: str, start_after: datetime | None, start_before: datetime, timezone: str, now: datetime
) -> WaitlistEntry:
    """Let the link's interview wait for a place; see ``join_waitlist``."""
    link, actor = _open_locked(token, now=now)
    if is_cancelled_by_company(link.interview):
        raise Conflict("The company has cancelled this interview.", code="interview_cancelled")
    _remember_zone(link, timezone)
    return join(
        interview_id=link.interview_id,
        interview_type=link.ai_interview_type,
        start_after=start_after,
        start_before=start_before,
        actor=actor,
        now=now,
    )


@operation
def stop_waiting_by_link(*, token: str, now: datetime) -> None:
    """Let it wait no longer; a place that was offered is free again."""
    link, actor = open_link(token, now=now)
    stop_waiting(link.interview_id, entry_id=None, actor=actor, now=now)


@operation
def state_hours_by_link(*, token: str, hours: CandidateHours | None, now: datetime) -> Interview:
    """Keep when the candidate has time: what Parley proposes by itself heeds it. None: at any time."""
    link, actor = _open_locked(token, now=now)
    interview = link.interview
    interview.candidate_hours = hours.as_json() if hours is not None else None
    interview.updated_at = now
    interview.save(update_fields=["candidate_hours", "updated_at"])
    _tell("interview.hours_stated", interview, {"hours": interview.candidate_hours}, actor=actor, now=now)
    return interview


def _open_locked(token: str, *, now: datetime) -> tuple[InterviewLink, LinkHolder]:
    """``open_link`` with the interview locked: it opens also now, not only a moment ago, when it may not have been
    revoked, or the candidate's data not erased.
    """
    link, actor = open_link(token, now=now)
    lock_interview(link.interview_id, actor=actor)
    return open_link(token, now=now)


def _locked_proposal(link: InterviewLink, actor: LinkHolder) -> PlaceHold:
    """The place that is held for the link's interview, with slot and interview locked before."""
    lock_slots(held_slot_of(link.interview_id))
    lock_interview(link.interview_id, actor=actor)
    holds = lock_holds(interview_id=link.interview_id)
    if not holds:
        raise Conflict("No place is held for you (any more): choose one.", code="no_proposal")
    return holds[0]


def _remember_zone(link: InterviewLink, timezone: str) -> None:
    if timezone and timezone != link.timezone:
        InterviewLink.objects.filter(pk=link.pk).update(timezone=timezone)


def _held(link: InterviewLink, *, now: datetime) -> InterviewSchedule:
    held = live_schedule(link.interview_id)
    if held is None:
        raise Conflict("There is no booking to change.", code="not_booked")
    refuse_after_cutoff(policy_of(held.company_id), held.start_time, now=now)
    return held


def _refuse_slot(link: InterviewLink, slot_id: UUID, *, actor: LinkHolder, now: datetime) -> None:
    """Raise where the slot is not one of those that the link's candidate is offered; what is full is told later."""
    if is_cancelled_by_company(link.interview):
        raise Conflict("The company has cancelled this interview.", code="interview_cancelled")
    slot = InterviewSlot.objects.only("start_time", "ai_interview_type").seen_by(actor, pk=slot_id, thing="slot")
    if link.ai_interview_type and slot.ai_interview_type != link.ai_interview_type:
        raise Conflict("This time is for another kind of interview.", code="slot_not_offered")
    if slot.start_time > now:
        refuse_not_offered(policy_of(actor.company_id), slot.start_time, now=now)


def is_cancelled_by_company(interview: Interview) -> bool:
    """Whether it is cancelled, and not by the candidate, who may think again."""
    if interview.status != InterviewStatus.CANCELLED:
        return False
    latest = interview.schedules.order_by("-booked_at").first()
    return latest is None or latest.cancelled_by_id is not None


def _revoke(interview: Interview, *, now: datetime) -> int:
    return InterviewLink.objects.filter(interview=interview, revoked_at__isnull=True).update(revoked_at=now)


def _tell(event: str, interview: Interview, after: dict[str, object], *, actor: Actor, now: datetime) -> None:
    change = Change(type=event, object_id=interview.pk, company_id=interview.company_id, after=after)
    record(change, actor=actor, now=now)
