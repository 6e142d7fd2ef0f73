"""Every sample through the front door, and the ways in which the reading process may end."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.hiring.resumes import ResumeError, read_resume, reading

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_expected_names_every_sample() -> None:
    assert set(EXPECTED) == {path.name for path in SAMPLES.iterdir()} - {"expected.json"}


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_gives_name_emails_and_phones(name: str) -> None:
    found = read_resume(content=(SAMPLES / name).read_bytes(), filename=name)

    assert {"full_name": found.full_name, "emails": [*found.emails], "phones": [*found.phones]} == EXPECTED[name]
    assert found.kind == name.rpartition(".")[2]
    assert found.content_type == ("application/pdf" if found.kind == "pdf" else DOCX)


@pytest.mark.parametrize(
    ("name", "pages"),
    [("two-pages.pdf", 2), ("two-columns.pdf", 1), ("scanned.pdf", 1), ("devanagari.docx", None)],
)
def test_pages_are_counted_in_a_pdf_only(sample: Callable[[str], bytes], name: str, pages: int | None) -> None:
    assert read_resume(content=sample(name), filename=name).pages == pages


@pytest.mark.parametrize(
    ("name", "links"),
    [
        (
            "two-columns.pdf",
            ("https://www.linkedin.com/in/amelia-hartwell-example", "https://github.com/ahartwell-example"),
        ),
        ("two-pages.pdf", ("https://www.okonkwo-research.example.org",)),
        ("nested-tables.docx", ("https://kwame.example.com/work",)),
        ("table-and-header.docx", ("https://gitlab.com/salvarez-example",)),
        ("text-box-office.docx", ("https://github.com/twisniewski-example",)),
    ],
)
def test_links_are_found_in_text_and_behind_words(
    sample: Callable[[str], bytes], name: str, links: tuple[str, ...]
) -> None:
    assert read_resume(content=sample(name), filename=name).links == links


def test_scanned_pdf_has_no_text_and_is_no_error(sample: Callable[[str], bytes]) -> None:
    assert read_resume(content=sample("scanned.pdf"), filename="scanned.pdf").text == ""


def test_text_of_docx_is_in_reading_order(sample: Callable[[str], bytes]) -> None:
    found = read_resume(content=sample("table-and-header.docx"), filename="a.docx")

    assert found.text == (
        "Dr. Sofía Álvarez Núñez\nsofia.alvarez@example.com\t+1 202 555 0118\nProfile\n"
        "Paediatric nurse turned product manager.\n2020 – 2025\tProduct manager, Examplia Health\n"
        "2012 – 2020\tNurse, St Example\nReferences: gitlab.com/salvarez-example"
    )


def test_empty_file_is_refused() -> None:
    with pytest.raises(ResumeError) as refused:
        read_resume(content=b"", filename="resume.pdf")
    assert refused.value.code == "empty_file"


def test_refusal_crosses_the_process_with_its_sentence() -> None:
    with pytest.raises(ResumeError) as refused:
        read_resume(content=b"\x89PNG\r\n\x1a\n", filename="resume.pdf")
    assert refused.value.code == "not_what_it_says"
    assert refused.value.message == (
        "The file is called .pdf but its content is not. Upload the resume as a PDF or as a Word document (.docx)."
    )


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import os; os.abort()", "damaged"),
        ("raise SystemExit(3)", "damaged"),
        ("print('no JSON')", "damaged"),
        ("print('[]')", "damaged"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "too_large_inside"),
        (
            "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass",
            "too_large_inside",
        ),
        ("import time; time.sleep(60)", "too_large_inside"),
    ],
)
def test_end_of_the_process_becomes_a_refusal(monkeypatch: pytest.MonkeyPatch, program: str, code: str) -> None:
    monkeypatch.setattr(reading, "_WORKER", (sys.executable, "-c", program))
    monkeypatch.setattr(reading, "_SECONDS", 3)

    with pytest.raises(ResumeError) as refused:
        read_resume(content=b"%PDF-1.7", filename="resume.pdf")
    assert refused.value.code == code


def test_process_does_not_see_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import json, os; print(json.dumps({'error': {'message': ' '.join(os.environ), 'code': 'damaged'}}))"
    monkeypatch.setenv("PARLEY_TEST_SECRET", "hush")
    monkeypatch.setattr(reading, "_WORKER", (sys.executable, "-c", program))

    with pytest.raises(ResumeError) as refused:
        read_resume(content=b"%PDF-1.7", filename="resume.pdf")
    assert "PATH" in refused.value.message
    assert "PARLEY_TEST_SECRET" not in refused.value.message


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(min_size=1, max_size=400), filename=st.text(max_size=30), region=st.none() | st.text())
def test_random_bytes_raise_nothing_but_resume_error(content: bytes, filename: str, region: str | None) -> None:
    with pytest.raises(ResumeError):
        read_resume(content=content, filename=filename, default_region=region)


def test_memory_of_the_process_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "from parley.hiring.resumes import worker\nworker.parse_resume = lambda **_: bytes(2 * 1024**3)\nworker.main()"
    )
    monkeypatch.setattr(reading, "_WORKER", (sys.executable, "-c", program))

    with pytest.raises(ResumeError) as refused:
        read_resume(content=b"%PDF-1.7", filename="resume.pdf")
    assert refused.value.code == "too_large_inside"
