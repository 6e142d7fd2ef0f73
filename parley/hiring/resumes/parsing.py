"""From a file's bytes to a Resume, in this process: `reading` calls it in a process of its own."""

from collections.abc import Iterator

from parley.hiring.resumes import contacts
from parley.hiring.resumes.kinds import extension, kind_of
from parley.hiring.resumes.names import guess_name
from parley.hiring.resumes.normalise import normalise
from parley.hiring.resumes.result import (
    CONTENT_TYPES,
    TEXT_LIMIT,
    Document,
    Kind,
    Passage,
    Resume,
    ResumeError,
    damaged,
)


def parse_resume(*, content: bytes, filename: str, default_region: str | None) -> Resume:
    """Return what the file says.

    Raises:
        ResumeError: the file is refused.
        MemoryError: it needs more memory than there is.
    """
    kind = kind_of(content=content, filename=filename)
    try:
        document = _document(kind, content, extension(filename))
        return _resume(kind, document, filename, default_region)
    except (ResumeError, MemoryError):
        raise
    except Exception as error:  # the parsers raise anything on a hostile file
        raise damaged() from error


def _document(kind: Kind, content: bytes, named: str) -> Document:
    # Only the one that is needed is loaded: each takes a tenth of a second.
    if kind == "pdf":
        from parley.hiring.resumes.pdf import read_pdf  # noqa: PLC0415

        return read_pdf(content)
    from parley.hiring.resumes.word import read_docx  # noqa: PLC0415

    return read_docx(content, named=named)


def _resume(kind: Kind, document: Document, filename: str, default_region: str | None) -> Resume:
    passages = tuple(_kept(document.passages))
    text = normalise("\n".join(passage.text for passage in passages))[:TEXT_LIMIT]
    emails = contacts.emails(passages)
    return Resume(
        kind=kind,
        content_type=CONTENT_TYPES[kind],
        text=text,
        full_name=guess_name(
            text=text,
            properties=document.properties,
            emails=emails,
            filename=filename,
            drawn=kind == "pdf",
        ),
        emails=emails,
        phones=contacts.phones(passages, default_region=default_region),
        links=contacts.links(passages),
        pages=document.pages,
    )


def _kept(passages: tuple[Passage, ...]) -> Iterator[Passage]:
    left = TEXT_LIMIT
    for passage in passages:
        text = normalise(passage.text[:left])
        left -= len(text) + 1
        yield Passage(text=text, targets=passage.targets)
        if left <= 0:
            break
