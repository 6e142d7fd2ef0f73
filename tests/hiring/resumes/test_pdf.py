"""PDFs as they should not be; the well-formed ones are among the samples."""

import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from parley.hiring.resumes import ResumeError, read_resume
from parley.hiring.resumes.parsing import parse_resume
from parley.hiring.resumes.result import Resume

from .conftest import SAMPLES


def read(content: bytes) -> Resume:
    return read_resume(content=content, filename="resume.pdf")


def refusal(content: bytes) -> str:
    with pytest.raises(ResumeError) as refused:
        read(content)
    return refused.value.code


def pdf(*objects: bytes, root: int = 1) -> bytes:
    """Return a PDF of `objects`, numbered from 1, with a correct cross-reference table."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), entries, data)


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FONT = b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"


def page(contents: bytes, resources: bytes = b"") -> bytes:
    return b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<<%b%b>>/Contents %b>>" % (
        FONT, resources, contents,
    )  # fmt: skip


def test_pdf_by_hand_is_read() -> None:
    content = pdf(CATALOG, PAGES, page(b"4 0 R"), stream(b"BT /F1 12 Tf (Ada Example) Tj ET"))
    assert read(content).full_name == "Ada Example"


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_password_is_asked_for(sample: Callable[[str], bytes], algorithm: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(sample("two-pages.pdf"))))
    writer.encrypt(user_password="secret", algorithm=algorithm)
    out = BytesIO()
    writer.write(out)
    assert refusal(out.getvalue()) == "encrypted"


def test_unknown_encryption_is_encrypted() -> None:
    content = pdf(CATALOG, PAGES, page(b"4 0 R"), stream(b""))
    handler = b"trailer\n<</Encrypt<</Filter/Example.DRM/V 4>>/ID[<00><00>]"
    assert refusal(content.replace(b"trailer\n<<", handler)) == "encrypted"


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.98])
def test_truncated_pdf_is_damaged(sample: Callable[[str], bytes], part: float) -> None:
    content = sample("german-office.pdf")
    assert refusal(content[: int(len(content) * part)]) == "damaged"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"%PDF-1.7\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\nstartxref\n99999999999\n%%EOF",
        pdf(CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"),
        pdf(CATALOG, b"null"),
        pdf(b"<</Type/Catalog>>"),
        pdf(b"[]"),
    ],
)
def test_pdf_without_pages_is_damaged(content: bytes) -> None:
    assert refusal(content) == "damaged"


@pytest.mark.parametrize(
    "objects",
    [
        (CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        (
            CATALOG,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Pages/Kids[2 0 R]/Parent 2 0 R/Count 1>>",
        ),
        (CATALOG, b"<</Type/Pages/Kids 2 0 R/Count 1>>"),
        (CATALOG, PAGES, b"3 0 R"),
    ],
)
def test_cyclic_page_tree_is_damaged(objects: tuple[bytes, ...]) -> None:
    assert refusal(pdf(*objects)) == "damaged"


def test_deep_page_tree_is_refused() -> None:
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1) for number in range(2, 3000)]
    assert refusal(pdf(CATALOG, *nodes, page(b"null"))) == "too_large_inside"


def test_deeply_nested_objects_are_damaged() -> None:
    assert refusal(pdf(CATALOG, b"<</Type/Pages/Kids" + b"[" * 50_000 + b"]" * 50_000 + b">>")) == "damaged"


def test_page_drawn_by_a_form_that_draws_itself_ends() -> None:
    form = stream(b"/X Do (x) Tj", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>")
    content = pdf(CATALOG, PAGES, page(b"4 0 R", b"/XObject<</X 5 0 R>>"), stream(b"/X Do " * 50), form)
    assert set(read(content).text.splitlines()) == {"x"}


def test_stream_that_inflates_to_gigabytes_is_refused() -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(1024)) + packer.flush()
    content = pdf(CATALOG, PAGES, page(b"4 0 R"), stream(bomb, b"/Filter/FlateDecode"))
    assert len(content) < 1_200_000
    assert refusal(content) == "too_large_inside"


def test_filters_on_filters_are_refused() -> None:
    bomb = bytes(12 * 2**20)
    for _ in range(3):
        bomb = zlib.compress(bomb, 9)
    filters = b"/Filter[" + b"/FlateDecode" * 400 + b"]"
    assert refusal(pdf(CATALOG, PAGES, page(b"4 0 R"), stream(bomb, filters))) in {
        "damaged",
        "too_large_inside",
    }


def test_stream_of_millions_of_operators_is_refused() -> None:
    work = zlib.compress(b"BT /F1 1 Tf (a) Tj ET q 1 0 0 1 0 0 cm Q\n" * 390_000, 9)
    content = pdf(CATALOG, PAGES, page(b"4 0 R"), stream(work, b"/Filter/FlateDecode"))
    assert refusal(content) == "too_large_inside"


def test_hundred_pages_are_read_of_thousands() -> None:
    out = BytesIO()
    canvas = Canvas(out)
    for number in range(3000):
        canvas.drawString(50, 700, f"Page number {number + 1}")
        canvas.showPage()
    canvas.save()
    found = read(out.getvalue())
    assert found.pages == 3000
    assert found.text.splitlines() == [f"Page number {number + 1}" for number in range(100)]


def test_odd_annotations_are_passed_over(sample: Callable[[str], bytes]) -> None:
    links = (
        b"[null 5 (x) [] <</A 7>> <</A<</URI 5>>>> <</A<</URI[]>>>> 99 0 R"
        b"<</Subtype/Link/A<</S/URI/URI(mailto:ada@example.com)>>>>]"
    )
    node = page(b"4 0 R").replace(b"/Contents", b"/Annots " + links + b"/Contents")
    assert read(pdf(CATALOG, PAGES, node, stream(b""))).emails == ("ada@example.com",)


def test_annotations_that_are_no_array_are_passed_over(sample: Callable[[str], bytes]) -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(sample("two-columns.pdf"))))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([ArrayObject()])
    out = BytesIO()
    writer.write(out)
    assert read(out.getvalue()).emails == ()


ALL = sorted(path for path in SAMPLES.iterdir() if path.suffix in {".pdf", ".docx"})


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_altered_sample_raises_nothing_but_resume_error(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(ALL))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 40))
        content[at : at + length] = data.draw(st.binary(max_size=40))
    try:
        found = parse_resume(content=bytes(content), filename=path.name, default_region=None)
    except ResumeError:
        return
    assert "\x00" not in found.text
    assert len(found.text) <= 200_000


@settings(max_examples=150, deadline=None)
@given(
    head=st.sampled_from([b"%PDF-1.7\n", b"PK\x03\x04", b""]),
    tail=st.binary(max_size=2000),
    end=st.booleans(),
)
def test_random_bytes_after_a_header_raise_nothing_but_resume_error(head: bytes, tail: bytes, end: bool) -> None:
    content = head + tail + (b"\nstartxref\n9\n%%EOF" if end else b"")
    with pytest.raises(ResumeError):
        parse_resume(content=content, filename="", default_region=None)
