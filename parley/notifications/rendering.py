"""A mail as it is sent: subject, text, HTML and the calendar entry, from what is true at that moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, QuerySet
from django.template.loader import render_to_string

from parley.core.models import Event
from parley.core.timezones import offset_text
from parley.evaluations.models import CandidateRequest
from parley.interviews.links import hash_link, link_of
from parley.interviews.models import Interview, InterviewLink, InterviewSchedule, PlaceHold
from parley.interviews.queries import policy_of
from parley.notifications.calendar import Entry, cancellation, invitation
from parley.notifications.models import MailPolicy, Message, mail_policy_of
from parley.notifications.rules import CALENDAR_EVENTS, CHANGES_NOTHING, Kind
from parley.notifications.texts import DEFAULTS, fill, refuse_bad_texts
from parley.organizations.models import Branding, Company
from parley.organizations.rules.colours import on

_UTC = ZoneInfo("UTC")
_USUAL_ACCENT = "#1d5fd1"
_LOGO_HEIGHT = 48  # pixels


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What is sent. ``calendar`` goes with its ``method`` (REQUEST or CANCEL)."""

    subject: str
    text: str
    html: str
    calendar: bytes | None
    method: str


def render(message: Message) -> Rendered:
    """The mail of a message with its interview, candidate, job, company and schedule loaded."""
    interview, schedule, kind = message.interview, message.schedule, Kind(message.kind)
    policy = mail_policy_of(message.company_id)
    link = current_link(interview)
    values = _values(interview, schedule, message.hold, zone=_zone(interview, link), url=_url(interview, link))
    if kind is Kind.ANSWERED:
        values |= {"answer": _answer(message), "link": values["link"] and f"{values['link']}room/explanation/"}
    if kind is Kind.CANCELLED and schedule is not None and schedule.cancelled_by_id is None:
        values["reason"] = ""  # the candidate's own words are not for the candidate
    subject, body = _texts(policy, kind)
    subject, text = " ".join(fill(subject, values).split()), fill(body, values)
    calendar, method = _calendar(message, text=text, url=values["link"])
    return Rendered(
        subject=subject,
        text=_signed(text, values),
        html=_html(text, values, interview.company),
        calendar=calendar,
        method=method,
    )


def preview(company: Company, kind: Kind, *, text: Mapping[str, str] | None, now: datetime) -> Rendered:
    """A mail of this kind with invented names; raises ``Invalid`` for own words that cannot be sent."""
    if text is not None:
        refuse_bad_texts({kind.value: text})
    start = (now + timedelta(days=7)).replace(hour=9, minute=0, second=0, microsecond=0)
    values = {
        "candidate_name": "Ada Keller",
        "company_name": company.public_name,
        "job_title": " for Software engineer",
        "when": when(start, start + timedelta(minutes=45), company.zone),
        "duration": "45 minutes",
        "change_until": "",
        "reply_until": _until(start - timedelta(days=1), company.zone),
        "reason": ": the room is not available",
        "answer": "Two people have read what you said. What counted most were your questions to the team.",
        "link": f"{settings.PARLEY_BASE_URL}/interview/…/",
    }
    own = (text["subject"], text["body"]) if text is not None else None
    subject, body = own or _texts(mail_policy_of(company.pk), kind)
    filled = fill(body, values)
    return Rendered(
        subject=" ".join(fill(subject, values).split()),
        text=_signed(filled, values),
        html=_html(filled, values, company),
        calendar=None,
        method="",
    )


def current_link(interview: Interview) -> InterviewLink | None:
    """The interview's link that is not revoked, where there is one."""
    return InterviewLink.objects.filter(interview=interview, revoked_at__isnull=True).first()


def when(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """``Monday, 8 March 2027, 09:00-10:00 (Europe/Berlin, UTC+01:00)``."""
    local, until = start.astimezone(zone), end.astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B %Y}, {local:%H:%M}\u2013{until:%H:%M} ({zone.key}, {offset_text(local)})"


def _zone(interview: Interview, link: InterviewLink | None) -> ZoneInfo:
    """The zone in which the candidate has chosen a time, else the company's."""
    if link is not None and link.timezone:
        return ZoneInfo(link.timezone)
    return interview.company.zone if interview.company else _UTC


def _url(interview: Interview, link: InterviewLink | None) -> str:
    """The address of the link; empty where the link cannot be made again."""
    token = link_of(interview.pk, link.nonce) if link is not None else ""
    if link is None or hash_link(token) != link.token_hash:
        return ""
    return f"{settings.PARLEY_BASE_URL}/interview/{token}/"


def _values(
    interview: Interview, schedule: InterviewSchedule | None, hold: PlaceHold | None, *, zone: ZoneInfo, url: str
) -> dict[str, str]:
    place = hold or schedule
    until = policy_of(interview.company_id).can_change_until(schedule.start_time) if schedule else None
    reason = schedule.cancellation_reason.strip() if schedule else ""
    return {
        "candidate_name": interview.candidate.full_name,
        "company_name": interview.company.public_name if interview.company else "Parley",
        "job_title": f" for {interview.job.job_title}" if interview.job else "",
        "when": when(place.start_time, place.end_time, zone) if place else "",
        "duration": _minutes(place) if place else "",
        "change_until": _until(until, zone) if until else "",
        "reply_until": _until(hold.expires_at, zone) if hold else "",
        "reason": f": {reason.rstrip('.')}" if reason else "",
        "answer": "",
        "link": url,
    }


def _answer(message: Message) -> str:
    """What a person has answered, as it stands now."""
    event = Event.objects.get(pk=message.event_id)
    return CandidateRequest.objects.values_list("answer", flat=True).get(pk=event.object_id)


def _until(moment: datetime, zone: ZoneInfo) -> str:
    return f" until {moment.astimezone(zone):%H:%M on %A, %d %B}"


def _minutes(place: InterviewSchedule | PlaceHold) -> str:
    return f"{(place.end_time - place.start_time) // timedelta(minutes=1)} minutes"


def _texts(policy: MailPolicy, kind: Kind) -> tuple[str, str]:
    own = policy.texts.get(kind.value)
    return (own["subject"], own["body"]) if own else DEFAULTS[kind]


def _signed(text: str, values: dict[str, str]) -> str:
    return f"{text.strip()}\n\n-- \n{values['company_name']}\n"


def _html(text: str, values: dict[str, str], company: Company | None) -> str:
    without_link = text.replace(values["link"], "") if values["link"] else text  # it becomes a button
    paragraphs = [part.strip() for part in without_link.split("\n\n") if part.strip()]
    shown = {
        "paragraphs": paragraphs,
        "link": values["link"],
        "company_name": values["company_name"],
        **_brand(company),
    }
    return render_to_string("notifications/mail.html", shown)


def _brand(company: Company | None) -> dict[str, Any]:
    """Colours of the button, and the logo by its address: pictures in the mail itself would look like attachments."""
    brand = company.brand if company is not None else Branding()
    accent = brand.accent or _USUAL_ACCENT
    width, height = brand.logo_size(highest=_LOGO_HEIGHT)
    logo = f"{settings.PARLEY_BASE_URL}{brand.logo_path}" if brand.logo_name else ""
    return {"accent": accent, "on_accent": on(accent), "logo": logo, "logo_width": width, "logo_height": height}


def booking_calendar(schedule: InterviewSchedule, *, url: str, now: datetime) -> bytes:
    """The calendar entry of a booking that holds, as it stands now."""
    described = f"Interview with {schedule.slot.company.public_name}"
    entry = _entry(
        schedule.interview,
        schedule,
        text=described,
        url=url,
        sequence=sequences([schedule.interview_id])[schedule.interview_id],
        stamp=now,
    )
    return invitation(entry)


def sequences(interview_ids: Collection[UUID]) -> dict[UUID, int]:
    """The SEQUENCE of each interview's entry as it stands now; one statement.

    It is that of the last invitation: how many changes came before the latest.
    """
    changes = Event.objects.filter(
        object_type="interview", object_id__in=[str(key) for key in interview_ids], type__in=CALENDAR_EVENTS
    )
    found = dict(changes.order_by().values_list("object_id").annotate(Count("pk")))
    return {key: max(found.get(str(key), 0) - 1, 0) for key in interview_ids}


def _calendar(message: Message, *, text: str, url: str) -> tuple[bytes | None, str]:
    schedule, kind = message.schedule, Kind(message.kind)
    if kind is Kind.PROPOSED:
        return _end_of_the_lost(message, text=text, url=url)
    if schedule is None or kind in CHANGES_NOTHING:
        return None, ""
    # How many changes of the entry came before this one: the same each time, and rising with each.
    sequence = _changes_of(message.interview_id).filter(pk__lt=message.event_id).count()
    entry = _entry(message.interview, schedule, text=text, url=url, sequence=sequence, stamp=message.created_at)
    if kind in (Kind.CANCELLED, Kind.UNSEATED):
        return cancellation(entry), "CANCEL"
    return invitation(entry), "REQUEST"


def _end_of_the_lost(message: Message, *, text: str, url: str) -> tuple[bytes | None, str]:
    """A place that has gone leaves the calendar with the mail that proposes another: it is not told of twice."""
    lost = message.hold.conflict.schedule if message.hold is not None and message.hold.conflict is not None else None
    if lost is None or lost.is_live or lost.interview_id != message.interview_id:
        return None, ""
    sequence = max(_changes_of(message.interview_id).filter(pk__lt=message.event_id).count() - 1, 0)
    entry = _entry(message.interview, lost, text=text, url=url, sequence=sequence, stamp=message.created_at)
    return cancellation(entry), "CANCEL"


def _entry(
    interview: Interview, schedule: InterviewSchedule, *, text: str, url: str, sequence: int, stamp: datetime
) -> Entry:
    company_name = interview.company.public_name if interview.company else "Parley"
    return Entry(
        interview_id=interview.pk,
        sequence=sequence,
        start=schedule.start_time.astimezone(UTC),
        end=schedule.end_time.astimezone(UTC),
        summary=f"Interview with {company_name}",
        description=text,
        url=url,
        organizer_name=company_name,
        organizer_email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        attendee_name=interview.candidate.full_name,
        attendee_email=interview.candidate.email,
        stamp=stamp.astimezone(UTC),
    )


def _changes_of(interview_id: UUID) -> QuerySet[Event]:
    return Event.objects.filter(object_type="interview", object_id=str(interview_id), type__in=CALENDAR_EVENTS)
