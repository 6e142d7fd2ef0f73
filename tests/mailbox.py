"""A real mail server, and its mails read with parsers that are not ours."""

import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import vobject
from aiosmtpd.controller import Controller


class Mailbox:
    """A mail server that keeps what it gets, or refuses it."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.refuse = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuse:
            return self.refuse
        parsed = BytesParser(policy=email.policy.default).parsebytes(envelope.content)
        assert isinstance(parsed, EmailMessage)
        self.got.append(parsed)
        return "250 OK"


@contextmanager
def mail_server(box: Mailbox) -> Iterator[int]:
    """The server's port on 127.0.0.1, while it runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield port
    finally:
        server.stop()


def entry(mail: EmailMessage) -> Any:
    """The calendar entry, read with another library than the one that wrote it."""
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar = vobject.readOne(part.get_content())
    assert calendar.method.value == part.get_param("method")
    (attached,) = [part for part in mail.walk() if part.get_filename() == "invitation.ics"]
    assert vobject.readOne(attached.get_content().decode()).serialize() == calendar.serialize()
    return calendar


def body(mail: EmailMessage, kind: str = "plain") -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def subject(mail: EmailMessage) -> str:
    return str(mail["Subject"]).strip()
