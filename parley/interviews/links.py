"""Reading the candidate's personal link: who bears it, and whether it still opens."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from parley.core.crypto import derived_secret
from parley.core.errors import DomainError, NotFound
from parley.interviews.models import InterviewLink, InterviewSchedule
from parley.organizations.models import Company

STAYS_OPEN = timedelta(days=90)  # after an interview: until then candidates ask what counted, or for a review
_FORM = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)  # 256 bits


class LinkOver(DomainError):
    """The link opened once, and does not any more."""

    status = 410
    code = "link_expired"


@dataclass(frozen=True)
class LinkHolder:
    """Whoever bears a link: an actor (``parley.core.actors``) that sees its company's rows.

    Operations for candidates narrow that to the link's interview and what it is offered.
    """

    company_id: int | None
    actor_kind: str = "candidate"
    actor_id: int | None = None
    sees_all: bool = False


def link_of(interview_id: UUID, nonce: str) -> str:
    """The secret of a link, made from what its row keeps."""
    return derived_secret("interview-link", f"{interview_id}:{nonce}")


def hash_link(token: str) -> str:
    """What is kept of a link. It has 256 unguessable bits, so a plain fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def company_of_link(token: str) -> Company | None:
    """Whose link it is, with its branding; also of one that does not open any more."""
    link = _find(token)
    return link.interview.company if link is not None else None


def _find(token: str) -> InterviewLink | None:
    rows = InterviewLink.objects.select_related(
        "interview__candidate", "interview__job", "interview__company__branding"
    )
    return rows.filter(token_hash=hash_link(token)).first() if _FORM.fullmatch(token) else None


def latest_link(interview_id: UUID) -> InterviewLink | None:
    """The newest of them; where that is revoked, somebody has ended it, and nobody has invited since."""
    return InterviewLink.objects.filter(interview_id=interview_id).order_by("-created_at", "-pk").first()


def ends_at(link: InterviewLink) -> datetime:
    """Until when it opens: its term; for who has booked, until ``STAYS_OPEN`` after that, whatever became of it.

    One statement.
    """
    booked = InterviewSchedule.objects.filter(interview_id=link.interview_id)
    end = booked.aggregate(last=Max("end_time"))["last"]
    return link.expires_at if end is None else max(link.expires_at, end + STAYS_OPEN)


def open_link(token: str, *, now: datetime) -> tuple[InterviewLink, LinkHolder]:
    """The link of a token with its interview, and who bears it.

    Raises ``NotFound`` for a token that never was one, and ``LinkOver`` (410) for one that has expired or was revoked,
    or whose company was switched off.
    """
    link = _find(token)
    if link is None:
        raise NotFound("This link leads nowhere: look at it once more in your e-mail.", code="link_not_found")
    if link.revoked_at is not None:
        raise LinkOver("This link is not valid any more: there is a newer e-mail.", code="link_revoked")
    if link.expires_at <= now and ends_at(link) <= now:
        raise LinkOver("This link has expired: ask the company for a new one.")
    if link.interview.company is not None and not link.interview.company.is_active:
        raise LinkOver("This company does not use Parley at the moment: ask them directly.", code="company_inactive")
    return link, LinkHolder(link.interview.company_id)
