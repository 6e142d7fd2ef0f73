"""The mails that were written to files instead of sent: what a developer, or who tries Parley, looks into."""

from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings

MOST = 100
_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# Django's file backend writes a line of dashes behind each message of a file.
_END = b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Mail:
    """A mail to show."""

    subject: str
    recipient: str
    text: str
    has_calendar: bool


def is_open(address: str) -> bool:
    """Whether mails are written to files, and whoever asks from ``address`` sits at this machine: mails hold links."""
    with suppress(ValueError):
        return settings.EMAIL_BACKEND == _BACKEND and not settings.PRODUCTION and ip_address(address).is_loopback
    return False


def latest() -> list[Mail]:
    """The last mails, the newest first."""
    folder = Path(str(getattr(settings, "EMAIL_FILE_PATH", "")))  # the file backend's own setting
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)[:MOST]
    return [_read(content) for path in files for content in reversed(path.read_bytes().split(_END)) if content.strip()]


def _read(content: bytes) -> Mail:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 (what the policy makes)
    body = message.get_body(("plain",))
    return Mail(
        subject=str(message["Subject"] or "").strip(),
        recipient=str(message["To"] or ""),
        text=str(body.get_content()) if body else "",
        has_calendar=any(part.get_content_type() == "text/calendar" for part in message.walk()),
    )
