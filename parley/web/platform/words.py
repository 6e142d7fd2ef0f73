"""What happened to companies and users, in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from parley.core.models import Event
from parley.web.doers import doer_of, names_of
from parley.web.moments import Moment

_WORDS: Mapping[str, str] = {
    "company.created": "The company was made",
    "company.updated": "The company was changed",
    "company.mails_changed": "Reminders or the words of mails were changed",
    "company.policy_updated": "Scheduling was changed",
    "user.created": "A user was added",
    "user.joined": "A user accepted the invitation",
    "user.updated": "Role or access was changed",
    "user.password_changed": "A new password was chosen",
    "user.password_mail_sent": "An e-mail for a new password was sent",
    "user.logins_ended": "All sessions and tokens were ended",
    "user.second_factor_added": "The second factor was set up",
    "user.second_factor_removed": "The second factor was removed",
    "user.recovery_codes_made": "New recovery codes were made",
    "user.notifications_chosen": "Notifications were chosen",
    "user.impersonated": "An administrator began to act as the user",
    "user.impersonation_ended": "Acting as the user ended",
    "interview.created": "An interview was made",
    "interview.invited": "A candidate was invited",
    "interview.booked": "An interview was booked",
    "interview.confirmed": "A booking was confirmed",
    "interview.rescheduled": "An interview was moved",
    "interview.cancelled": "An interview was cancelled",
    "interview.released": "A booked time was given up",
    "interview.unseated": "A booked time fell away",
    "interview.proposed": "Another time was proposed to a candidate",
    "conflict.opened": "A conflict was opened",
    "conflict.proposed": "A place was held for a conflict",
    "conflict.resolved": "A conflict was settled",
    "conflict.reopened": "A conflict was opened again",
    "slot.created": "A slot was made",
    "slot.updated": "A slot was changed",
    "slot.cancelled": "A slot was cancelled",
    "slot.completed": "A slot is over",
    "configuration.created": "Weekly hours were made",
    "configuration.updated": "Weekly hours were changed",
    "configuration.deleted": "Weekly hours were removed",
    "candidate.created": "A candidate was added",
    "message.undelivered": "A mail could not be delivered",
    "company.ai_budget_changed": "A company's AI budget was changed",
    "company.ai_budget_used_up": "A company's AI budget of the month is used up",
    "webhook.disabled": "A webhook was switched off after failures",
    "token.created": "An API token was made",
    "token.revoked": "An API token was revoked",
}
_ENDED = {
    "stopped": "",
    "logged_out": ": logged out",
    "expired": ": the hour was over",
    "withdrawn": ": access was withdrawn",
}


@dataclass(frozen=True)
class Line:
    """Something that happened, or the same several times in a row."""

    when: Moment
    what: str
    who: str
    times: int


def lines_of(events: Sequence[Event], zone: ZoneInfo, *, most: int) -> list[Line]:
    """The events, the latest first as they are given; what one did again and again is one line. One statement."""
    names = names_of(events)
    lines: list[Line] = []
    for event in events:
        what, who = what_of(event), doer_of(event, names)
        if lines and (lines[-1].what, lines[-1].who) == (what, who):
            lines[-1] = Line(lines[-1].when, what, who, lines[-1].times + 1)
        else:
            lines.append(Line(Moment.of(event.occurred_at, zone), what, who, 1))
    return lines[:most]


def what_of(event: Event) -> str:
    """What happened."""
    before, after = event.before or {}, event.after or {}
    if event.type == "user.impersonation_ended":
        return f"{_WORDS[event.type]}{_ENDED.get(after.get('why', ''), '')}"
    if event.type in ("company.updated", "user.updated") and before.get("is_active") != after.get("is_active"):
        thing = event.object_type.capitalize()
        return f"{thing} reactivated" if after.get("is_active") else f"{thing} deactivated"
    thing, _, done = event.type.partition(".")
    return _WORDS.get(event.type) or f"{thing} {done}".replace("_", " ").capitalize()
