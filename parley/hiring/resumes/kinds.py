"""What a file is, by its first bytes; its name only has to agree."""

import re

from parley.hiring.resumes.result import Kind, ResumeError, encrypted

_PDF_HEADER = b"%PDF-"
_PDF_HEADER_WITHIN = 1024
"""Readers accept a header within the first 1,024 bytes: ISO 32000-1, annex H, implementation note 13."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"MZ", b"\x7fELF", b"\x1f\x8b", b"Rar!",
    b"7z\xbc\xaf", b"{\\rtf", b"RIFF", b"%!PS", b"BM", _OLE,
)  # fmt: skip
_EXTENSION = re.compile(r"\.([a-z][a-z0-9]{0,7})\Z", re.IGNORECASE | re.ASCII)
_ADVICE = "Upload the resume as a PDF or as a Word document (.docx)."


def extension(filename: str) -> str:
    """Return the file name's extension in lower case without its dot, or "" ("Resume v1.2" has none)."""
    found = _EXTENSION.search(filename.strip())
    return found[1].lower() if found else ""


def kind_of(*, content: bytes, filename: str) -> Kind:
    """Return what `content` looks like; raise ResumeError if it is nothing we read or its name disagrees.

    A zip counts as "docx" here: whether it is one is seen when it is opened.
    """
    named = extension(filename)
    kind = _sniff(content)
    if kind is None:
        if content.startswith(_OLE) and _ENCRYPTED_PACKAGE in content:
            raise encrypted()
        raise refusal(named)
    if named in {"", kind}:
        return kind
    if kind == "pdf":
        raise ResumeError(
            f"The file is a PDF but is called .{named}. Rename it to .pdf and upload it again.",
            "not_what_it_says",
        )
    raise refusal(named)


def refusal(named: str) -> ResumeError:
    """Return the refusal of content that is not what the extension `named` promises, or not supported."""
    if named in {"pdf", "docx"}:
        return ResumeError(f"The file is called .{named} but its content is not. {_ADVICE}", "not_what_it_says")
    return ResumeError(f"This type of file is not supported. {_ADVICE}", "unsupported_type")


def _sniff(content: bytes) -> Kind | None:
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    if content.startswith(_FOREIGN) or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    return "pdf" if _PDF_HEADER in content[:_PDF_HEADER_WITHIN] else None
