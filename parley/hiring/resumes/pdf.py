"""PDF: the text of its first pages and the targets of their link annotations, by pypdf."""

import itertools
from collections.abc import Iterator
from io import BytesIO

from pypdf import Configuration, PageObject, PasswordType, PdfReader, apply_configuration
from pypdf.errors import FileNotDecryptedError, LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from parley.hiring.resumes.result import (
    TEXT_LIMIT,
    Document,
    Passage,
    damaged,
    encrypted,
    too_large_inside,
)

_PAGES_READ = 100
_TARGETS_PER_PAGE = 200
_TARGET_LENGTH = 2048
_END_WITHIN = 4096
_STREAM = 16 * 1024**2
_LIMITS = Configuration(
    maximum_declared_stream_length=_STREAM,
    array_based_stream_maximum_output_length=_STREAM,
    lzw_maximum_output_length=_STREAM,
    run_length_maximum_output_length=_STREAM,
    zlib_maximum_output_length=_STREAM,
    stream_decoding_work_maximum_length=4 * _STREAM,
    stream_parsing_work_maximum_count=1_000_000,
    jbig2dec_binary=None,
)
"""Stricter than pypdf's own (75 MB and 2 million operands a stream): no page of a resume has that much."""


def read_pdf(content: bytes) -> Document:
    """Return the text of at most 100 pages, each a passage, with the targets of its links.

    Raises:
        ResumeError: "encrypted", "damaged" or "too_large_inside"; other exceptions of pypdf pass.
    """
    # pypdf recovers what it can of a file that was cut off: half a resume, taken for the whole.
    if b"startxref" not in content[-_END_WITHIN:]:
        raise damaged()
    try:
        with apply_configuration(_LIMITS):
            return _read(_opened(content))
    except LimitReachedError as error:
        raise too_large_inside() from error


def _opened(content: bytes) -> PdfReader:
    try:
        reader = PdfReader(BytesIO(content))
        # Most "protected" PDFs only forbid printing and open without a password.
        opens = not reader.is_encrypted or reader.decrypt("") != PasswordType.NOT_DECRYPTED
    except (FileNotDecryptedError, NotImplementedError) as error:  # the latter: a scheme pypdf does not know
        raise encrypted() from error
    if not opens:
        raise encrypted()
    return reader


def _read(reader: PdfReader) -> Document:
    pages = len(reader.pages)
    if pages == 0:
        raise damaged()
    return Document(passages=tuple(_passages(reader)), properties=_properties(reader), pages=pages)


def _passages(reader: PdfReader) -> Iterator[Passage]:
    length = 0
    for page in itertools.islice(reader.pages, _PAGES_READ):
        text = page.extract_text()
        yield Passage(text=text, targets=tuple(_targets(page)))
        length += len(text)
        if length >= TEXT_LIMIT:
            return


def _targets(page: PageObject) -> Iterator[str]:
    annotations = _resolved(page.get("/Annots"))
    if not isinstance(annotations, ArrayObject):
        return
    for each in itertools.islice(annotations, _TARGETS_PER_PAGE):
        annotation = _resolved(each)
        action = _resolved(annotation.get("/A")) if isinstance(annotation, DictionaryObject) else None
        uri = _resolved(action.get("/URI")) if isinstance(action, DictionaryObject) else None
        target = uri.decode("utf-8", "replace") if isinstance(uri, bytes) else uri
        if isinstance(target, str) and len(target) <= _TARGET_LENGTH:
            yield str(target)


def _resolved(value: PdfObject | None) -> object:
    return value.get_object() if value is not None else None


def _properties(reader: PdfReader) -> tuple[str, ...]:
    metadata = reader.metadata
    if metadata is None:
        return ()
    values = (_resolved(metadata.get(key)) for key in ("/Author", "/Title"))
    return tuple(str(value) for value in values if isinstance(value, str))
