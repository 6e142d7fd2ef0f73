"""DOCX as Word and others really write them, and as nobody should."""

import struct
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest

from parley.hiring.resumes.parsing import parse_resume
from parley.hiring.resumes.result import Resume, ResumeError

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
Altered = Callable[..., bytes]


def parse(content: bytes, filename: str = "resume.docx") -> Resume:
    return parse_resume(content=content, filename=filename, default_region=None)


def refusal(content: bytes, filename: str = "resume.docx") -> str:
    with pytest.raises(ResumeError) as refused:
        parse(content, filename)
    return refused.value.code


def body(inner: str) -> dict[str, bytes]:
    xml = f'<?xml version="1.0"?><w:document {W} xmlns:r="{R}"><w:body>{inner}</w:body></w:document>'
    return {"word/document.xml": xml.encode()}


def test_inserted_text_and_content_controls_count_and_deleted_text_does_not(altered_docx: Altered) -> None:
    inner = (
        "<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins><w:del><w:r><w:t>deleted</w:t></w:r></w:del></w:p>"
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t>"
        "<w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>"
    )
    assert parse(altered_docx(body(inner))).text == "in a control\ninserted\na\tb\nc-d"


def test_text_box_is_read_once_though_word_writes_it_twice(altered_docx: Altered) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
    inner = (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
        "<w:t>beside</w:t></w:r></w:p>"
    )
    assert parse(altered_docx(body(inner))).text == "beside\nboxed"


def test_address_in_a_field_code_is_found(altered_docx: Altered) -> None:
    inner = (
        "<w:p><w:r><w:instrText> HYPERLINK &quot;mailto:ada@</w:instrText></w:r>"
        "<w:r><w:instrText>example.com&quot; </w:instrText></w:r><w:r><w:t>mail me</w:t></w:r></w:p>"
    )
    assert parse(altered_docx(body(inner))).emails == ("ada@example.com",)


def test_nested_tables_are_read_cell_by_cell(sample: Callable[[str], bytes]) -> None:
    assert parse(sample("nested-tables.docx")).text == (
        "Curriculum Vitae\nKwame Boateng\nPhone\t+44 161 496 0345\nMail\twrite\n\nWork\n"
        "2016 – today: Electrician, Volta Examples Ltd\nCall my office\nMore at my site"
    )


def test_relationship_to_a_missing_part_is_forgiven_as_word_does(
    sample: Callable[[str], bytes], altered_docx: Altered
) -> None:
    with ZipFile(BytesIO(sample("text-box-office.docx"))) as archive:
        relations = archive.read("word/_rels/document.xml.rels")
    dangling = f'<Relationship Id="rId900" Type="{R}/header" Target="NULL"/></Relationships>'.encode()
    altered = altered_docx({"word/_rels/document.xml.rels": relations.replace(b"</Relationships>", dangling)})

    assert parse(altered).full_name == "Tomasz Wiśniewski"


def test_strict_open_xml_is_read(sample: Callable[[str], bytes], altered_docx: Altered) -> None:
    strict = {}
    with ZipFile(BytesIO(sample("text-box-office.docx"))) as archive:
        for name in ("_rels/.rels", "word/document.xml", "word/_rels/document.xml.rels"):
            part = archive.read(name)
            part = part.replace(R.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships")
            strict[name] = part.replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
    assert parse(altered_docx(strict)).emails == ("tomasz.wisniewski@example.pl",)


def test_text_is_capped(altered_docx: Altered) -> None:
    paragraph = f"<w:p><w:r><w:t>{'word ' * 2000}</w:t></w:r></w:p>"
    assert 199_000 < len(parse(altered_docx(body(paragraph * 50))).text) <= 200_000


def test_zip_that_is_no_docx_is_refused(zipped_parts: Callable[..., bytes]) -> None:
    spreadsheet = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
        b'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.sheet.main+xml"/></Types>'
    )
    assert refusal(zipped_parts({"readme.txt": b"hello"})) == "not_what_it_says"
    assert refusal(zipped_parts({"readme.txt": b"hello"}), "resume") == "unsupported_type"
    assert refusal(zipped_parts({"[Content_Types].xml": spreadsheet})) == "not_what_it_says"


def test_document_with_macros_is_refused(sample: Callable[[str], bytes], altered_docx: Altered) -> None:
    with ZipFile(BytesIO(sample("text-box-office.docx"))) as archive:
        types = archive.read("[Content_Types].xml")
    macros = types.replace(MAIN, b"application/vnd.ms-word.document.macroEnabled.main+xml")
    assert refusal(altered_docx({"[Content_Types].xml": macros})) == "unsupported_type"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE w:document>",
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
@pytest.mark.parametrize("part", ["word/document.xml", "[Content_Types].xml", "docProps/core.xml", "_rels/.rels"])
def test_document_type_definition_is_refused(
    sample: Callable[[str], bytes], altered_docx: Altered, encoding: str, doctype: str, part: str
) -> None:
    with ZipFile(BytesIO(sample("text-box-office.docx"))) as archive:
        root = archive.read(part).decode().partition("?>")[2]
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{root}'.encode(encoding, "xmlcharrefreplace")
    assert refusal(altered_docx({part: xml})) == "damaged"


@pytest.mark.parametrize("xml", [b"", b"<", b"\xff\xfe\x00", b"<a></b>", b"<w:document/>"])
def test_broken_xml_is_damaged(altered_docx: Altered, xml: bytes) -> None:
    assert refusal(altered_docx({"word/document.xml": xml})) == "damaged"


def test_deep_nesting_is_damaged(altered_docx: Altered) -> None:
    assert refusal(altered_docx(body("<w:p>" * 5000 + "</w:p>" * 5000))) == "damaged"


def test_tables_in_tables_as_deep_as_the_parser_allows_are_read(altered_docx: Altered) -> None:
    inner = "<w:tbl><w:tr><w:tc>" * 80 + "<w:p><w:r><w:t>deep</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 80
    assert parse(altered_docx(body(inner))).text == "deep"


def test_zip_bomb_is_refused_by_its_ratio(altered_docx: Altered) -> None:
    assert refusal(altered_docx({"word/media/a.bin": bytes(60 * 1024**2)})) == "too_large_inside"


def test_many_entries_are_refused(altered_docx: Altered) -> None:
    assert refusal(altered_docx({f"x/{n}": b"" for n in range(2100)})) == "too_large_inside"


def test_more_xml_than_a_resume_has_is_refused_while_unpacking(altered_docx: Altered) -> None:
    noise = b"".join(b"<w:a>%d</w:a>" % (n * 2654435761 % 2**32) for n in range(1_300_000))
    assert refusal(altered_docx(body(noise.decode()))) == "too_large_inside"


def test_directory_that_lies_about_sizes_is_refused(altered_docx: Altered) -> None:
    content = bytearray(altered_docx({"word/document.xml": b"<a>" + b" " * 30 * 1024**2 + b"</a>"}))
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) != -1:
        struct.pack_into("<I", content, at + 24, 100)  # the uncompressed size
    assert refusal(bytes(content)) == "damaged"


def test_encrypted_entry_is_refused(sample: Callable[[str], bytes]) -> None:
    content = bytearray(sample("text-box-office.docx"))
    content[content.find(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(content)) == "encrypted"


def test_truncated_docx_is_damaged(sample: Callable[[str], bytes]) -> None:
    content = sample("french-office.docx")
    assert {refusal(content[:length]) for length in range(4, len(content) - 1, 97)} == {"damaged"}


def test_relationships_in_a_circle_end(altered_docx: Altered) -> None:
    circle = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{R}/header" Target="document.xml"/>'
        f'<Relationship Id="rId2" Type="{R}/header" Target="/word/document.xml"/></Relationships>'
    )
    assert parse(altered_docx({"word/_rels/document.xml.rels": circle.encode()})).full_name == "Tomasz Wiśniewski"


def test_thousands_of_sections_repeat_a_header_once() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Ada Example"
    for _ in range(300):
        document.add_section().header.is_linked_to_previous = True
    section = document.add_section()
    section.header.is_linked_to_previous = False
    section.header.paragraphs[0].text = "Ada Example"
    out = BytesIO()
    document.save(out)
    assert parse(out.getvalue()).text.count("Ada Example") == 1


def test_pictures_are_not_looked_at(altered_docx: Altered) -> None:
    with ZipFile(BytesIO(altered_docx({"word/media/image1.png": b"no picture"}))) as archive:
        assert "word/media/image1.png" in archive.namelist()
    assert parse(altered_docx({"word/media/image1.png": b"no picture"})).full_name == "Tomasz Wiśniewski"


def test_zip_in_front_of_a_docx_does_not_hide_it(sample: Callable[[str], bytes]) -> None:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "hello")
    assert parse(out.getvalue() + sample("text-box-office.docx")).full_name == "Tomasz Wiśniewski"
