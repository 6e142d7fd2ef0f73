"""What reading a resume gives, or why it could not be read."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["pdf", "docx"]
Code = Literal["unsupported_type", "not_what_it_says", "encrypted", "damaged", "too_large_inside", "empty_file"]

CONTENT_TYPES: dict[Kind, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
TEXT_LIMIT = 200_000
"""The characters of text that are kept of one resume."""


class TooBusy(Exception):
    """Nothing is wrong with the file; the moment is."""


class ResumeError(Exception):
    """A file that is refused: `message` tells its owner what to do, `code` tells the program why."""

    def __init__(self, message: str, code: Code) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Resume:
    """What a resume says. A scanned one has no text: `text` is empty and nothing is found.

    `text` has at most 200,000 characters and can be stored as it is (NFC, no NUL, no lone surrogates);
    `phones` are in E.164; `pages` is None for a DOCX, which has pages only once it is laid out.
    """

    kind: Kind
    content_type: str
    text: str
    full_name: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    links: tuple[str, ...]
    pages: int | None


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch of a document (a page, a paragraph, a table's row) and the targets of its hyperlinks."""

    text: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file as its format's reader gives it: passages in reading order and the name-like properties."""

    passages: tuple[Passage, ...]
    properties: tuple[str, ...]
    pages: int | None


def damaged() -> ResumeError:
    """Return the refusal of a file that its format's reader cannot make sense of."""
    return ResumeError(
        "The file is damaged and cannot be read. Open it, save or export it again, and upload the new file.",
        "damaged",
    )


def too_large_inside() -> ResumeError:
    """Return the refusal of a file that unpacks to far more than a resume, or takes too long to read."""
    return ResumeError(
        "The file holds far more than a resume should. Export it again as a plain PDF and upload that.",
        "too_large_inside",
    )


def encrypted() -> ResumeError:
    """Return the refusal of a file that needs a password."""
    return ResumeError("The file is protected with a password. Remove the protection and upload it again.", "encrypted")
