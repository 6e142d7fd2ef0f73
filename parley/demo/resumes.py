"""The smallest PDF that a resume fits on: one page, lines of text in Helvetica."""

from collections.abc import Sequence

_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def resume_pdf(*, name: str, title: str, contacts: Sequence[str], career: Sequence[str]) -> bytes:
    """A resume: the name large, then the contacts, then the career. Western European letters only."""
    text = ["BT", "/F 22 Tf", "50 780 Td", _shown(name), "/F 11 Tf", "16 TL"]
    for line in (title, *contacts, "", *career):
        text += ["T*", _shown(line)]
    content = "\n".join([*text, "ET"]).encode("cp1252")
    return _document(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        _FONT,
    )


def _shown(line: str) -> str:
    escaped = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"({escaped}) Tj"


def _document(*objects: bytes) -> bytes:
    """The objects, numbered from 1 (the first is the catalogue), and the table of where each begins."""
    written = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(written))
    )
