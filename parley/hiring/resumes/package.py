"""A DOCX as a zip: unpacked within limits, checked, and packed again with only what is read.

What python-docx then opens holds no pictures, no embedded files, no document type definitions and no
relationships that lead nowhere (Word forgives those, python-docx does not).
"""

import posixpath
from collections.abc import Callable, Collection
from io import BytesIO
from xml.parsers import expat
from xml.sax.saxutils import quoteattr
from zipfile import BadZipFile, ZipFile, ZipInfo

from parley.hiring.resumes.kinds import refusal
from parley.hiring.resumes.result import ResumeError, damaged, encrypted, too_large_inside

_ENTRIES = 2_000
_UNPACKED = 200 * 1024**2
_PARTS_READ = 24 * 1024**2
_RATIO = 250
"""Deflate reaches 1,032 : 1; the XML of a long table in Word some 60 : 1."""
_RATIO_FROM = 1024**2
_CHUNK = 64 * 1024

_CONTENT_TYPES = "[Content_Types].xml"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
_READ = {"officeDocument", "core-properties", "header", "footer", "hyperlink"}

# Word's "Strict Open XML" differs in its namespaces only, for what is read here.
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = {
    _STRICT + b"wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    _STRICT + b"drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
    _STRICT + b"officeDocument": b"http://schemas.openxmlformats.org/officeDocument/2006",
}

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_Element = tuple[str, dict[str, str]]


def repack(content: bytes, *, named: str) -> BytesIO:
    """Return the DOCX `content` as a package that is safe to open; `named` is its file's extension.

    Raises:
        ResumeError: it is not a DOCX, needs a password, unpacks to too much, or is damaged.
    """
    try:
        parts = _unpack(content)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise damaged() from error
    _check_main_part(parts, named)
    for name, part in parts.items():
        _parse(part)
        if name.endswith(".rels"):
            parts[name] = _pruned(name, part, parts.keys())
    return _pack(parts)


def _unpack(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        _check_directory(entries)
        parts: dict[str, bytes] = {}
        left = _PARTS_READ
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")) and not entry.is_dir():
                part = _read(archive, entry, left)
                left -= len(part)
                parts[entry.filename.lstrip("/")] = _transitional(part)
    return parts


def _check_directory(entries: list[ZipInfo]) -> None:
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise encrypted()
    if len(entries) > _ENTRIES or sum(entry.file_size for entry in entries) > _UNPACKED:
        raise too_large_inside()
    if any(e.file_size > _RATIO_FROM and e.file_size > _RATIO * e.compress_size for e in entries):
        raise too_large_inside()


def _read(archive: ZipFile, entry: ZipInfo, limit: int) -> bytes:
    """Unpack one entry, counting: the directory may say less than there is."""
    part = bytearray()
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            part += chunk
            if len(part) > limit:
                raise too_large_inside()
    return bytes(part)


def _transitional(part: bytes) -> bytes:
    if _STRICT in part:
        for strict, transitional in _TRANSITIONAL.items():
            part = part.replace(strict, transitional)
    return part


def _check_main_part(parts: dict[str, bytes], named: str) -> None:
    if _CONTENT_TYPES not in parts:
        raise refusal(named)
    types = {attributes.get("ContentType", "") for _, attributes in _elements(parts[_CONTENT_TYPES])}
    if _MACROS in types:
        raise ResumeError(
            "The document contains macros. Save it as a Word document (.docx) without them, or as a PDF.",
            "unsupported_type",
        )
    if _MAIN not in types:
        raise refusal(named)


def _pruned(name: str, part: bytes, present: Collection[str]) -> bytes:
    """Return the relationships part `name` with only those that are read and lead to a part that is there."""
    base = posixpath.dirname(posixpath.dirname(name))
    kept = [
        relation
        for tag, relation in _elements(part)
        if tag == "Relationship"
        and relation.get("Type", "").rpartition("/")[2] in _READ
        and (relation.get("TargetMode") == "External" or _target(base, relation) in present)
    ]
    written = (" ".join(f"{key}={quoteattr(value)}" for key, value in each.items()) for each in kept)
    rows = "".join(f"<Relationship {attributes}/>" for attributes in written)
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{rows}</Relationships>'.encode()


def _target(base: str, relation: dict[str, str]) -> str:
    return posixpath.normpath(posixpath.join("/", base, relation.get("Target", ""))).lstrip("/")


def _elements(part: bytes) -> list[_Element]:
    """Return every element's name, without its prefix, and its attributes."""
    found: list[_Element] = []
    _parse(part, lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes)))
    return found


def _parse(part: bytes, on_element: Callable[[str, dict[str, str]], None] | None = None) -> None:
    """Parse XML; refuse a document type definition, which Word never writes, before it defines an entity."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = on_element
    parser.Parse(part, True)


def _refuse_doctype(*_: object) -> None:
    raise damaged()


def _pack(parts: dict[str, bytes]) -> BytesIO:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    packed.seek(0)
    return packed
