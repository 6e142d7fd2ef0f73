"""What mails say: a subject and a body for each kind, with names in braces to fill in. Companies may change them."""

import re
from collections.abc import Mapping

from parley.core.errors import Invalid
from parley.notifications.rules import Kind

NAMES = (
    "candidate_name",
    "company_name",
    "job_title",
    "when",
    "duration",
    "link",
    "reason",
    "change_until",
    "reply_until",
    "answer",
)
_NAME = re.compile(r"\{(\w*)\}")
LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000

# None of them gives the {reason}: what colleagues wrote for each other must not reach a candidate unasked.
DEFAULTS: dict[Kind, tuple[str, str]] = {
    Kind.INVITATION: (
        "{company_name} invites you to an interview",
        "Hello {candidate_name},\n\n{company_name} invites you to an interview{job_title}. It is held online by an AI"
        " interviewer, and people decide afterwards.\n\nChoose a time that suits you:\n{link}",
    ),
    Kind.BOOKED: (
        "Your interview with {company_name}: {when}",
        "Hello {candidate_name},\n\nyour interview with {company_name}{job_title} is booked:\n\n{when}\n{duration}\n\n"
        "This link leads to it, and lets you move or cancel it{change_until}:\n{link}",
    ),
    Kind.RESCHEDULED: (
        "Your interview with {company_name} has moved: {when}",
        "Hello {candidate_name},\n\nyour interview with {company_name}{job_title} has a new time:\n\n{when}\n{duration}"
        "\n\nThis link leads to it, and lets you move or cancel it{change_until}:\n{link}",
    ),
    Kind.CANCELLED: (
        "Your interview with {company_name} is cancelled",
        "Hello {candidate_name},\n\nyour interview with {company_name}{job_title} is cancelled.",
    ),
    Kind.UNSEATED: (
        "Your interview with {company_name} needs another time",
        "Hello {candidate_name},\n\nthe time of your interview with {company_name}{job_title} has fallen away."
        " We are sorry. Please choose another one:\n{link}",
    ),
    Kind.PROPOSED: (
        "A new time for your interview with {company_name}: {when}",
        "Hello {candidate_name},\n\nthe time of your interview with {company_name}{job_title} cannot be kept. We are"
        " sorry. The nearest free time is kept for you{reply_until}:\n\n{when}\n{duration}\n\n"
        "Accept it or choose another one here:\n{link}",
    ),
    Kind.OFFERED: (
        "A time has become free for your interview with {company_name}: {when}",
        "Hello {candidate_name},\n\nyou are waiting for a time for your interview with {company_name}{job_title}."
        " This one has become free, and is kept for you{reply_until}:\n\n{when}\n{duration}\n\n"
        "Accept it, or go on waiting:\n{link}",
    ),
    Kind.OFFER_GONE: (
        "The time that was kept for you is gone: your interview with {company_name}",
        "Hello {candidate_name},\n\nthe time that was kept for your interview with {company_name}{job_title} has fallen"
        " away. We are sorry. You are still on the waitlist, and can choose another time here:\n{link}",
    ),
    Kind.WAIT_OVER: (
        "Your interview with {company_name} needs a time",
        "Hello {candidate_name},\n\nyou are not on the waitlist for your interview with {company_name}{job_title} any"
        " more, and it has no time yet. Choose one, or wait again:\n{link}",
    ),
    Kind.REMINDER: (
        "Reminder: your interview with {company_name}, {when}",
        "Hello {candidate_name},\n\nthis is a reminder of your interview with {company_name}{job_title}:\n\n{when}\n"
        "{duration}\n\nThis link leads to it:\n{link}",
    ),
    Kind.ANSWERED: (
        "Your request about the interview with {company_name} is answered",
        "Hello {candidate_name},\n\nyou have asked {company_name} about your interview{job_title}. This is the answer:"
        "\n\n{answer}\n\nIt stands behind your link, too:\n{link}",
    ),
}

# In these the candidate is asked for something, which only the link leads to.
_ASKING = frozenset({Kind.INVITATION, Kind.UNSEATED, Kind.PROPOSED, Kind.OFFERED, Kind.OFFER_GONE, Kind.WAIT_OVER})


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its names filled in; nothing else in it has a meaning."""
    return _NAME.sub(lambda found: values.get(found[1], found[0]), text)


def refuse_bad_texts(texts: Mapping[str, Mapping[str, str]]) -> None:
    """Raise ``Invalid`` naming the kind for a text that cannot be sent."""
    for kind, parts in texts.items():
        subject, body = parts.get("subject", ""), parts.get("body", "")
        unknown = sorted({name for name in _NAME.findall(f"{subject}{body}") if name not in NAMES})
        if unknown:
            raise Invalid.field(
                f"texts.{kind}",
                f"Unknown: {', '.join(f'{{{name}}}' for name in unknown)}. There are: "
                f"{', '.join(f'{{{name}}}' for name in NAMES)}.",
                code="unknown_placeholder",
            )
        if not subject.strip() or not body.strip():
            raise Invalid.field(f"texts.{kind}", "A mail has a subject and a body.", code="required")
        if kind in _ASKING and "{link}" not in body:
            raise Invalid.field(
                f"texts.{kind}", "Write {link} where the candidate's personal link goes.", code="no_link"
            )
        if len(subject) > LONGEST_SUBJECT or "\n" in subject or "\r" in subject or len(body) > LONGEST_BODY:
            raise Invalid.field(
                f"texts.{kind}",
                f"A subject is one line of at most {LONGEST_SUBJECT} characters, a body at most {LONGEST_BODY:,}.",
                code="too_large",
            )
