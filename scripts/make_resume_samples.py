"""Write the sample resumes of the tests: `python scripts/make_resume_samples.py`.

Needs the development requirements, LibreOffice Writer (`soffice`) and the fonts DejaVu, Liberation and Noto
(Debian: libreoffice-writer, fonts-dejavu-core, fonts-liberation,
fonts-noto-core). All people are invented; their numbers are of the
ranges that the regulators reserve for fiction. What each file says stands in `expected.json` beside them.
"""

# ruff: noqa: RUF001 - the dashes, quotes and letters are those of real resumes

import subprocess
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    BaseDocTemplate,
    Frame,
    FrameBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

SAMPLES = Path(__file__).resolve().parents[1] / "tests/hiring/resumes/samples"
DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
STYLES = getSampleStyleSheet()
OWNER = "only the owner"


def main() -> None:
    """Write every sample."""
    SAMPLES.mkdir(parents=True, exist_ok=True)
    for name, write in WRITERS.items():
        (SAMPLES / name).write_bytes(write())


def two_columns() -> bytes:
    """A narrow column with contacts and a table of skills, a wide one with the career; links behind words."""
    out = BytesIO()
    page = PageTemplate(
        frames=[Frame(30, 690, 535, 120), Frame(30, 40, 170, 640), Frame(215, 40, 350, 640)], id="columns"
    )
    document = BaseDocTemplate(out, pagesize=A4, title="Resume", author="Amelia Hartwell-Ong")
    document.addPageTemplates([page])
    body, heading = STYLES["BodyText"], STYLES["Heading3"]
    document.build([
        Paragraph("AMELIA HARTWELL-ONG", STYLES["Title"]),
        Paragraph("Senior Backend Engineer", body),
        FrameBreak(),
        Paragraph("Contact", heading),
        Paragraph('<a href="mailto:amelia.hartwell@example.com?subject=Hello">E-mail me</a>', body),
        Paragraph("+44 20 7946 0142", body),
        Paragraph('<a href="https://www.linkedin.com/in/amelia-hartwell-example">LinkedIn</a>', body),
        Paragraph("github.com/ahartwell-example", body),
        Paragraph("Skills", heading),
        Table([["Python", "9 years"], ["PostgreSQL", "8 years"], ["Go", "3 years"]], hAlign="LEFT"),
        FrameBreak(),
        Paragraph("Experience", heading),
        Paragraph("<b>Staff engineer, Northwind Parcels, London</b>, 2019 – 2025", body),
        Paragraph("Led the efficient re-write of the routing office’s workflow in five languages.", body),
        Paragraph("<b>Engineer, Contoso Maps, Bristol</b>, 2014 – 2019", body),
        Paragraph("Kept the tile servers up; on call 24/7 for 12 regions.", body),
        Paragraph("Education", heading),
        Paragraph("MSc Computing, University of Example, 2012 – 2014", body),
    ])  # fmt: skip
    return out.getvalue()


def two_pages() -> bytes:
    """Two pages, the number in national notation with its area code in brackets on the second."""
    out = BytesIO()
    document = SimpleDocTemplate(out, pagesize=A4, author="anonymous", title="untitled")
    body = STYLES["BodyText"]
    story: list[Any] = [
        Paragraph("Marcus T. Okonkwo, PhD", STYLES["Title"]),
        Paragraph("marcus.okonkwo@example.org | www.okonkwo-research.example.org", body),
        Spacer(1, 20),
    ]
    for year in range(2025, 2013, -1):
        story.append(Paragraph(f"{year - 1} – {year}: Research fellow, Institute of Examples", STYLES["Heading3"]))
        story.append(Paragraph("Modelled the flow of sediments in tidal rivers and taught two courses. " * 3, body))
    story.append(Paragraph("Telephone: +1 (202) 555-0173", body))
    document.build(story)
    return out.getvalue()


def cyrillic() -> bytes:
    """A Cyrillic name set in an embedded font, under a heading."""
    pdfmetrics.registerFont(TTFont("DejaVu", DEJAVU))
    out = BytesIO()
    style = ParagraphStyle("cyrillic", fontName="DejaVu", fontSize=11, leading=16)
    SimpleDocTemplate(out, pagesize=A4).build([
        Paragraph(line, style)
        for line in (
            "Резюме",
            "Ольга Петрівна Коваленко",
            "Аналітик даних",
            "olha.kovalenko@example.net, olha.work@example.net",
            "+44 20 7946 0777",
            "Досвід роботи",
            "2018 – 2024: Приклад ТОВ, Київ",
        )
    ])  # fmt: skip
    return out.getvalue()


def scanned() -> bytes:
    """A photograph of a page: nothing in it is text."""
    image = Image.new("L", (620, 877), 255)
    draw = ImageDraw.Draw(image)
    draw.text((60, 60), "Grace Scanwell\ngrace@example.com", font=ImageFont.truetype(DEJAVU, 22), fill=0)
    picture, out = BytesIO(), BytesIO()
    image.save(picture, "PNG")
    picture.seek(0)
    canvas = Canvas(out, pagesize=A4)
    canvas.drawInlineImage(Image.open(picture), 0, 0, *A4)
    canvas.save()
    return out.getvalue()


def no_printing() -> bytes:
    """Encrypted, but with an empty password for its readers: such files only forbid changes."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(two_pages())))
    writer.encrypt(user_password="", owner_password=OWNER, algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def table_and_header() -> bytes:
    """The name and contacts in the page's header, the career in a table."""
    document = docx.Document()
    document.core_properties.author = "python-docx"
    header = document.sections[0].header
    header.paragraphs[0].text = "Dr. Sofía Álvarez Núñez"
    header.add_paragraph("sofia.alvarez@example.com\t+1 202 555 0118")
    document.add_heading("Profile", 1)
    document.add_paragraph("Paediatric nurse turned product manager.")
    table = document.add_table(rows=0, cols=2)
    for years, what in (
        ("2020 – 2025", "Product manager, Examplia Health"),
        ("2012 – 2020", "Nurse, St Example"),
    ):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = years, what
    document.sections[0].footer.paragraphs[0].text = "References: gitlab.com/salvarez-example"
    return _saved(document)


def nested_tables() -> bytes:
    """A layout of tables in tables, with addresses that are only the targets of links."""
    document = docx.Document()
    document.core_properties.author = "Recruiting Department"
    document.add_paragraph("Curriculum Vitae")
    outer = document.add_table(rows=1, cols=2)
    left, right = outer.rows[0].cells
    left.text = "Kwame Boateng"
    inner = left.add_table(rows=2, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Phone", "+44 161 496 0345"
    inner.cell(1, 0).text = "Mail"
    _link(document, inner.cell(1, 1).paragraphs[0], "mailto:Kwame.Boateng@example.com", "write")
    right.text = "Work"
    right.add_paragraph("2016 – today: Electrician, Volta Examples Ltd")
    _link(document, right.add_paragraph("Call "), "tel:+44-20-7946-0346", "my office")
    _link(document, document.add_paragraph("More at "), "https://kwame.example.com/work", "my site")
    return _saved(document)


def devanagari() -> bytes:
    """A Hindi resume with the name in Devanagari behind a label."""
    document = docx.Document()
    for line in ("जीवनवृत्त", "नाम: प्रिया शर्मा", "ईमेल: priya.sharma@example.in", "फ़ोन: +1 202 555 0134"):
        document.add_paragraph(line)
    document.add_heading("अनुभव", 2)
    document.add_paragraph("२०१८ – २०२४: वरिष्ठ अभियंता, उदाहरण प्रौद्योगिकी, पुणे")
    for run in (run for paragraph in document.paragraphs for run in paragraph.runs):
        fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi"):
            fonts.set(qn(script), "Liberation Sans")
        fonts.set(qn("w:cs"), "Noto Sans Devanagari")
    return _saved(document)


GERMAN = """<html><head><meta charset="utf-8"><title>Lebenslauf</title></head>
<body style="font-family: 'Liberation Sans'"><h1>Lebenslauf</h1><h2>Jürgen Weiß-Größmann</h2>
<table border="1"><tr><td>Anschrift</td><td>Musterstraße 12, 10115 Berlin</td></tr>
<tr><td>Telefon</td><td>+49 30 23125 042</td></tr>
<tr><td>E-Mail</td>
<td><a href="mailto:juergen.weiss@example.de">juergen.weiss@example.de</a></td></tr></table>
<h2>Berufserfahrung</h2><p>01.2019 – 03.2025 Pflegefachkraft, Klinik am Beispiel, Köln<br>
08.2011 – 12.2018 Rettungssanitäter, Übungswache Süd</p>
<h2>Ausbildung</h2><p>2008 – 2011 Berufsfachschule, Düsseldorf</p></body></html>"""

FRENCH = """<html><head><meta charset="utf-8"></head><body><h1>Chloé D’Aubigné-Lefèvre</h1>
<p>Cheffe de projet • Lyon</p><ul><li>chloe.daubigne@example.fr</li><li>+44 20 7946 0955</li>
<li><a href="https://fr.linkedin.com/in/chloe-example">Mon profil</a></li></ul>
<h2>Expérience</h2><p>2017 à 2024 : coordination d’une équipe de 14 personnes, Exemple &amp; Fils</p>
<h2>Formation</h2><p>Master, Université d’Exemple, 2015</p></body></html>"""

_FLAT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2"
 office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>
<text:p>Résumé</text:p>
<text:p><draw:frame text:anchor-type="paragraph" svg:x="11cm" svg:y="0cm" svg:width="6cm" draw:z-index="1">
<draw:text-box><text:p>Tomasz Wiśniewski</text:p><text:p>tomasz.wisniewski@example.pl</text:p>
<text:p>+1 202-555-0187</text:p></draw:text-box></draw:frame>Warehouse lead with a forklift licence.</text:p>
<text:p>Find me on
<text:a xlink:href="https://github.com/twisniewski-example">the code host</text:a>.</text:p>
<text:p>2015 – 2025<text:tab/>Shift lead, Example Logistics, Poznań</text:p>
</office:text></office:body></office:document>"""


def _office(source: bytes, suffix: str, target: str, filter_in: str = "") -> bytes:
    """Return `source` as LibreOffice converts it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"resume{suffix}")
        path.write_bytes(source)
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += [f"--infilter={filter_in}"] if filter_in else []
        command += ["--convert-to", target, "--outdir", f"{folder}/out", str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed, no shell
        return next(Path(folder, "out").iterdir()).read_bytes()


def _html(source: str, target: str) -> bytes:
    return _office(source.encode(), ".html", target, "HTML (StarWriter)")


def _saved(document: Any) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _link(document: Any, paragraph: Any, target: str, words: str) -> None:
    """Append a hyperlink; python-docx itself only reads them."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), document.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(words)
    link.append(run._element)
    paragraph._element.append(link)


WRITERS: dict[str, Callable[[], bytes]] = {
    "two-columns.pdf": two_columns,
    "two-pages.pdf": two_pages,
    "cyrillic.pdf": cyrillic,
    "scanned.pdf": scanned,
    "no-printing.pdf": no_printing,
    "german-office.pdf": lambda: _html(GERMAN, "pdf:writer_pdf_Export"),
    "devanagari-office.pdf": lambda: _office(devanagari(), ".docx", "pdf:writer_pdf_Export"),
    "text-box-office.pdf": lambda: _office(_FLAT.encode(), ".fodt", "pdf:writer_pdf_Export"),
    "table-and-header.docx": table_and_header,
    "nested-tables.docx": nested_tables,
    "devanagari.docx": devanagari,
    "french-office.docx": lambda: _html(FRENCH, "docx:MS Word 2007 XML"),
    "text-box-office.docx": lambda: _office(_FLAT.encode(), ".fodt", "docx:MS Word 2007 XML"),
}

if __name__ == "__main__":
    main()
