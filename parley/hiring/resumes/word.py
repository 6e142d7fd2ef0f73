"""DOCX: paragraphs, tables, text boxes, headers and footers in reading order, opened by python-docx.

python-docx opens the package and finds the headers and footers; the text is walked in the XML, because
its own `paragraphs` leave out text boxes, content controls and what stands in nested tables.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.rel import Relationships
from docx.oxml.ns import qn

from parley.hiring.resumes.package import repack
from parley.hiring.resumes.result import TEXT_LIMIT, Document, Passage

_PARAGRAPH, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_TEXT, _FIELD, _BOX, _RELATION = qn("w:t"), qn("w:instrText"), qn("w:txbxContent"), qn("r:id")
_MARKS = {
    qn("w:tab"): "\t",
    qn("w:ptab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
# Properties, deleted and moved text; `pPr` would otherwise give its tab stops.
_SKIPPED = {qn(tag) for tag in ("w:pPr", "w:rPr", "w:tblPr", "w:sdtPr", "w:sectPr", "w:del", "w:moveFrom")}
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ALTERNATES, _CHOICE = _COMPATIBILITY + "AlternateContent", _COMPATIBILITY + "Choice"
_HYPERLINK_FIELD = re.compile(r'HYPERLINK\s+"([^"]{1,2048})"')
_Element = Any  # lxml has no types; what python-docx says of its elements does not cover a walk


def read_docx(content: bytes, *, named: str) -> Document:
    """Return the header's, the body's and the footer's text, each paragraph or table row a passage.

    Raises:
        ResumeError: see `repack`; other exceptions of python-docx and lxml pass.
    """
    document = docx.Document(repack(content, named=named))
    passages: list[Passage] = []
    length = 0
    for passage in _passages(document):
        passages.append(passage)
        length += len(passage.text) + 1
        if length > TEXT_LIMIT:
            break
    properties = document.core_properties
    return Document(passages=tuple(passages), properties=(properties.author, properties.title), pages=None)


def _passages(document: WordDocument) -> Iterator[Passage]:
    yield from _margins(document, "header")
    yield from _Walk(document.part.rels).blocks(document.element.body)
    yield from _margins(document, "footer")


def _margins(document: WordDocument, which: str) -> Iterator[Passage]:
    """Yield the headers' or footers' text, each only once: sections repeat them."""
    seen: set[tuple[str, ...]] = set()
    for section in document.sections:
        for variant in ("first_page_", "", "even_page_"):
            margin = getattr(section, f"{variant}{which}")
            if margin.is_linked_to_previous:
                continue
            passages = list(_Walk(margin.part.rels).blocks(margin._element))
            text = tuple(passage.text for passage in passages)
            if text not in seen:
                seen.add(text)
                yield from passages


@dataclass
class _Line:
    """What one paragraph holds; its text boxes are read after it."""

    text: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)


class _Walk:
    """A walk through one part's elements; lxml refuses XML deeper than 256, so it may recurse."""

    def __init__(self, relationships: Relationships) -> None:
        self._relationships = relationships

    def blocks(self, parent: _Element) -> Iterator[Passage]:
        for child in _children(parent):
            if child.tag == _PARAGRAPH:
                yield from self._paragraph(child)
            elif child.tag == _TABLE:
                yield from self._table(child)
            else:  # a content control, an insertion, a custom element
                yield from self.blocks(child)

    def _table(self, table: _Element) -> Iterator[Passage]:
        for row in _nearest(table, _ROW):
            cells = [list(self.blocks(cell)) for cell in _nearest(row, _CELL)]
            if any(len(cell) > 1 for cell in cells):
                yield from (passage for cell in cells for passage in cell)
                continue
            row_passages = [passage for cell in cells for passage in cell]
            yield Passage(
                text="\t".join(passage.text for passage in row_passages),
                targets=tuple(target for passage in row_passages for target in passage.targets),
            )

    def _paragraph(self, paragraph: _Element) -> Iterator[Passage]:
        line = _Line()
        self._inline(paragraph, line)
        targets = [*line.targets, *_HYPERLINK_FIELD.findall("".join(line.fields))]
        yield Passage(text="".join(line.text), targets=tuple(targets))
        for box in line.boxes:
            yield from self.blocks(box)

    def _inline(self, parent: _Element, line: _Line) -> None:
        for child in _children(parent):
            line.targets += self._target(child)
            if child.tag == _TEXT:
                line.text.append(child.text or "")
            elif child.tag == _FIELD:
                line.fields.append(child.text or "")
            elif child.tag == _BOX:
                line.boxes.append(child)
            elif child.tag in _MARKS:
                line.text.append(_MARKS[child.tag])
            else:
                self._inline(child, line)

    def _target(self, element: _Element) -> Iterator[str]:
        relationship = self._relationships.get(element.get(_RELATION))
        if relationship is not None and relationship.reltype == RELATIONSHIP_TYPE.HYPERLINK:
            yield relationship.target_ref


def _children(parent: _Element) -> Iterator[_Element]:
    """Yield the elements that hold text; of alternatives only the first, as Word shows it."""
    for child in parent.iterchildren(tag="*"):
        if child.tag == _ALTERNATES:
            yield child.find(_CHOICE) if child.find(_CHOICE) is not None else child
        elif child.tag not in _SKIPPED:
            yield child


def _nearest(parent: _Element, tag: str) -> Iterator[_Element]:
    for child in _children(parent):
        if child.tag == tag:
            yield child
        elif child.tag != _TABLE:
            yield from _nearest(child, tag)
