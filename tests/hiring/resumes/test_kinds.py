import pytest

from parley.hiring.resumes.kinds import extension, kind_of
from parley.hiring.resumes.result import ResumeError

PDF, ZIP = b"%PDF-1.7\n", b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("resume.pdf", "pdf"),
        ("Resume.PDF ", "pdf"),
        ("resume.pdf.exe", "exe"),
        ("Resume v1.2", ""),
        ("J. Smith", ""),
        ("resume", ""),
        ("", ""),
        ("a/b.c/resume", ""),
    ],
)
def test_extension(filename: str, expected: str) -> None:
    assert extension(filename) == expected


@pytest.mark.parametrize(
    ("content", "filename", "kind"),
    [
        (PDF, "a.pdf", "pdf"),
        (PDF, "a", "pdf"),
        (b"\n" * 1000 + PDF, "a.PDF", "pdf"),
        (ZIP, "a.docx", "docx"),
        (ZIP, "Resume v1.2", "docx"),
    ],
)
def test_kind_is_decided_by_content(content: bytes, filename: str, kind: str) -> None:
    assert kind_of(content=content, filename=filename) == kind


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"\x89PNG\r\n\x1a\n", "a.pdf", "not_what_it_says"),
        (b"\x89PNG\r\n\x1a\n" + PDF, "a.pdf", "not_what_it_says"),
        (b"MZ\x90\0" + PDF, "a.pdf", "not_what_it_says"),
        (b"<!DOCTYPE html><p>%PDF-1.7", "a.pdf", "not_what_it_says"),
        (b" \xef\xbb\xbf<html>", "a.docx", "not_what_it_says"),
        (b"\n" * 1024 + PDF, "a.pdf", "not_what_it_says"),
        (PDF, "a.docx", "not_what_it_says"),
        (PDF, "a.txt", "not_what_it_says"),
        (ZIP, "a.pdf", "not_what_it_says"),
        (ZIP, "a.xlsx", "unsupported_type"),
        (ZIP, "a.zip", "unsupported_type"),
        (OLE, "a.doc", "unsupported_type"),
        (OLE, "a.docx", "not_what_it_says"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "encrypted"),
        (b"{\\rtf1 Ada}", "a.rtf", "unsupported_type"),
        (b"Ada Example", "a.txt", "unsupported_type"),
        (b"Ada Example", "", "unsupported_type"),
        (b"Ada Example", "a.pdf", "not_what_it_says"),
    ],
)
def test_other_content_or_name_is_refused(content: bytes, filename: str, code: str) -> None:
    with pytest.raises(ResumeError) as refused:
        kind_of(content=content, filename=filename)
    assert refused.value.code == code
