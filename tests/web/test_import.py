"""Importing candidates from a file, as a browser without scripts does it."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parley.core.models import Event
from parley.hiring.models import Candidate, CandidateImport, ImportRow
from parley.hiring.operations.importing import take_batch
from parley.hiring.tasks import resume_imports, run_import, tidy_imports
from parley.organizations.models import User
from tests.factories import CandidateFactory, InterviewFactory, JobFactory

pytestmark = pytest.mark.django_db
PAGE = "/app/imports/"
PEOPLE = "Name,E-Mail,Telefon\nAda Lovelace,ada@example.com,+49 30 1\nGrace Hopper,GRACE@example.com,\n"
COLUMNS = {"full_name": "0", "email": "1", "phone": "2"}


def upload(client: Client, content: str | bytes = PEOPLE, name: str = "people.csv") -> CandidateImport:
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    answer = client.post(PAGE, {"file": file})
    batch = CandidateImport.objects.latest("created_at")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}{batch.pk}/")
    return batch


def checked(client: Client, content: str = PEOPLE, **values: str) -> CandidateImport:
    batch = upload(client, content)
    answer = client.post(f"{PAGE}{batch.pk}/columns/", COLUMNS | values)
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}{batch.pk}/")
    batch.refresh_from_db()
    return batch


def done(client: Client, content: str = PEOPLE, **values: str) -> CandidateImport:
    batch = checked(client, content, **values)
    client.post(f"{PAGE}{batch.pk}/run/")
    run_import(import_id=str(batch.pk))
    batch.refresh_from_db()
    return batch


def html(client: Client, batch: CandidateImport, **query: str) -> str:
    answer = client.get(f"{PAGE}{batch.pk}/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def many(number: int) -> str:
    return "Name,Mail\n" + "".join(f"Person {each},person{each}@example.com\n" for each in range(number))


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_from_the_file_to_the_candidates(logged_in: Client, user: User) -> None:
    job = JobFactory(company=user.company)
    batch = upload(logged_in)
    assert batch.columns == {"full_name": 0, "email": 1, "phone": 2}
    page = html(logged_in, batch)
    assert "Which column is what?" in page
    assert '<option value="1" selected>E-Mail</option>' in page
    logged_in.post(f"{PAGE}{batch.pk}/columns/", COLUMNS | {"job": str(job.pk)})
    assert "All 2 rows can be imported" in html(logged_in, batch)
    assert not Candidate.objects.exists()
    logged_in.post(f"{PAGE}{batch.pk}/run/")
    page = html(logged_in, batch)
    assert "0 of 2 imported" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    run_import(import_id=str(batch.pk))
    assert "2 candidates imported" in html(logged_in, batch)
    found = Candidate.objects.order_by("email").values_list("full_name", "email", "phone", "company", "job")
    assert list(found) == [
        ("Ada Lovelace", "ada@example.com", "+49 30 1", user.company_id, job.pk),
        ("Grace Hopper", "grace@example.com", "", user.company_id, job.pk),
    ]
    assert Event.objects.filter(type="candidate.created", actor_id=user.pk).count() == 2


@pytest.mark.parametrize(
    "content",
    [
        "Vorname;Nachname;E-Mail-Adresse\nJürgen;Groß;jg@example.com\n".encode("cp1252"),
        "Vorname;Nachname;E-Mail-Adresse\nJürgen;Groß;jg@example.com\n".encode("utf-8-sig"),
        "Vorname\tNachname\tE-Mail-Adresse\nJürgen\tGroß\tjg@example.com\n".encode("utf-16"),
        "Vorname,Nachname,E-Mail-Adresse\r\n\r\nJürgen,Groß,jg@example.com\r\n".encode("utf-16-le"),
        workbook([[], ["Vorname", "Nachname", "E-Mail-Adresse"], ["Jürgen", "Groß", "jg@example.com"]]),
    ],
    ids=["windows-1252", "utf-8-bom", "utf-16-tabs", "utf-16-unmarked", "xlsx"],
)
def test_files_as_spreadsheets_write_them(logged_in: Client, content: bytes) -> None:
    batch = upload(logged_in, content)
    assert batch.columns == {"first_name": 0, "last_name": 1, "email": 2}
    logged_in.post(f"{PAGE}{batch.pk}/columns/", {"first_name": "0", "last_name": "1", "email": "2"})
    row = ImportRow.objects.get()
    assert (row.values, row.state) == ({"full_name": "Jürgen Groß", "email": "jg@example.com"}, "good")


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        ("Nombre;Apellidos;Correo electrónico;Teléfono", {"first_name": 0, "last_name": 1, "email": 2, "phone": 3}),
        ("Nom;Prénom;Courriel;Poste", {"last_name": 0, "first_name": 1, "email": 2, "role": 3}),
        ("नाम;ईमेल;फ़ोन;अनुभव", {"full_name": 0, "email": 1, "phone": 2, "work_experience": 3}),
        ("Nome;Indirizzo email;Cellulare;x", {"full_name": 0, "email": 1, "phone": 2}),
        ("Who;Where;What;Ever", {"email": 1}),
    ],
)
def test_columns_are_guessed_in_several_languages(logged_in: Client, headers: str, columns: dict[str, int]) -> None:
    batch = upload(logged_in, f"{headers}\na;b@example.com;c;d\n")
    assert batch.columns == columns


def test_a_file_without_column_names_loses_no_row(logged_in: Client) -> None:
    batch = upload(logged_in, "Ada,ada@example.com\nBob,bob@example.com\n")
    assert (batch.headers, batch.total, batch.columns) == (["Column 1", "Column 2"], 2, {"email": 1})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b" \n,,\n", "The file is empty."),
        (b"Name,Mail\n", "The file has column names, and no candidates under them."),
        (b"%PDF-1.7", "This type of file is not supported."),
        (b"PK\x03\x04 no archive", "The file is damaged and cannot be read."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Excel file (.xls)."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
        (many(10_001).encode(), "The file has more than 10,000 rows."),
        (b"x," * 101 + b"y", "The file has more than 100 columns."),
    ],
    ids=["empty", "blank", "headers", "pdf", "no-zip", "xls", "encrypted", "large", "long", "wide"],
)
def test_a_file_that_cannot_be_taken_is_said_beside_it(logged_in: Client, content: bytes, said: str) -> None:
    answer = logged_in.post(PAGE, {"file": SimpleUploadedFile("people.csv", content)})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'id="id_file_error"' in page
    assert said in page
    assert not CandidateImport.objects.exists()


def test_formulas_are_taken_as_the_values_that_they_had(logged_in: Client) -> None:
    content = workbook([["Name", "Mail", "Phone"], ["Ada", "ada@example.com", 4930123456], ["=1+1", "b@example.com"]])
    upload(logged_in, content)
    assert list(ImportRow.objects.values_list("number", "cells")) == [
        (2, ["Ada", "ada@example.com", "4930123456"]),
        (3, ["", "b@example.com"]),  # no program has reckoned it
    ]


def test_each_wrong_row_says_why(logged_in: Client, user: User) -> None:
    CandidateFactory(company=user.company, email="there@example.com")
    CandidateFactory(email="elsewhere@example.com")
    lines = [
        "Ada,ada@example.com,",
        "Ada again,Ada@Example.com,",
        "There,there@example.com,",
        "Elsewhere,elsewhere@example.com,",
        "No mail,nobody<x>,",
        ",missing@example.com,",
        "Empty,,",
        "Long,long@example.com," + "1" * 41,
    ]
    batch = checked(logged_in, "Name,Mail,Phone\n" + "\n".join(lines))
    rows = ImportRow.objects.filter(state="wrong").order_by("number")
    assert [(row.number, row.problems[0]["message"]) for row in rows] == [
        (3, "The same e-mail address stands in row 2, too."),
        (4, "A candidate with this e-mail address is there already."),
        (6, "“nobody<x>” is no e-mail address."),
        (7, "The name is missing."),
        (8, "The e-mail address is missing."),
        (9, "Phone is longer than 40 characters."),
    ]
    page = html(logged_in, batch)
    assert "2 of 8 rows can be imported" in page
    assert "Import 2, skip the wrong 6" in page
    assert "“nobody&lt;x&gt;” is no e-mail address." in page
    assert html(logged_in, batch, rows="wrong").count('<li class="row-import">') == 6
    assert html(logged_in, batch, rows="good").count('<li class="row-import">') == 2
    report = logged_in.get(f"{PAGE}{batch.pk}/report.csv", {"rows": "wrong"}).content.decode("utf-8-sig").splitlines()
    assert report[0] == "Row,Result,Problems,Name,Mail,Phone"
    assert report[1] == '3,wrong,"The same e-mail address stands in row 2, too.",Ada again,Ada@Example.com,'
    assert len(report) == 7


def test_the_report_is_no_formula_to_a_spreadsheet(logged_in: Client) -> None:
    batch = checked(logged_in, 'Name,Mail,Phone\n"=HYPERLINK(""http://x"")",@x,-1\n')
    report = logged_in.get(f"{PAGE}{batch.pk}/report.csv").content.decode("utf-8-sig").splitlines()
    assert report[1] == '2,wrong,“@x” is no e-mail address.,"\'=HYPERLINK(""http://x"")",\'@x,\'-1'


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": ""}, "email"),
        ({"full_name": ""}, "full_name"),
        ({"phone": "1"}, "phone"),
        ({"phone": "99"}, "phone"),
        ({"job": "999999"}, "job"),
    ],
)
def test_columns_that_cannot_be_meant_are_said(logged_in: Client, values: dict[str, str], field: str) -> None:
    batch = upload(logged_in)
    answer = logged_in.post(f"{PAGE}{batch.pk}/columns/", COLUMNS | values)
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()
    batch.refresh_from_db()
    assert batch.state == "mapping"


def test_it_is_never_done_twice_and_goes_on_where_it_stopped(logged_in: Client) -> None:
    batch = checked(logged_in, many(450), phone="")
    for _ in range(2):
        logged_in.post(f"{PAGE}{batch.pk}/run/")
    assert take_batch(import_id=batch.pk, now=timezone.now())  # and the worker is killed here
    assert Candidate.objects.count() == 200
    assert "200 of 450 imported" in html(logged_in, batch)
    resume_imports(timestamp=0)
    for _ in range(2):
        run_import(import_id=str(batch.pk))
    batch.refresh_from_db()
    assert (Candidate.objects.count(), batch.done, batch.state) == (450, 450, "done")
    assert Event.objects.filter(type="candidate.created").count() == 450
    assert Event.objects.filter(type="candidate_import.finished").count() == 1


def test_an_address_that_was_taken_meanwhile_is_left_out(logged_in: Client, user: User) -> None:
    batch = checked(logged_in)
    CandidateFactory(company=user.company, email="ada@example.com", full_name="The first")
    logged_in.post(f"{PAGE}{batch.pk}/run/")
    run_import(import_id=str(batch.pk))
    page = html(logged_in, batch)
    assert "1 candidate imported, 1 row left out" in page
    assert "A candidate with this e-mail address is there already." in page
    assert Candidate.objects.get(email="ada@example.com").full_name == "The first"


def test_an_import_is_undone_but_for_who_was_used_since(logged_in: Client, user: User) -> None:
    batch = done(logged_in, many(4), phone="")
    people = list(Candidate.objects.order_by("pk"))
    InterviewFactory(candidate=people[0])
    logged_in.post(f"/app/candidates/{people[1].pk}/edit/", {"full_name": "Changed", "email": people[1].email})
    page = logged_in.post(f"{PAGE}{batch.pk}/undo/", follow=True).content.decode()
    assert "Undone: 2 candidates removed. 2 stay: changed or invited since." in page
    assert list(Candidate.objects.order_by("pk")) == people[:2]
    assert Event.objects.filter(type="candidate.deleted").count() == 2
    page = logged_in.post(f"{PAGE}{batch.pk}/undo/", follow=True).content.decode()
    assert "can be undone, and only once" in page
    assert Candidate.objects.count() == 2


@pytest.mark.parametrize(("what", "said"), [("run", "Choose the columns first."), ("undo", "Only an import that is")])
def test_what_comes_too_early_is_said(logged_in: Client, what: str, said: str) -> None:
    batch = upload(logged_in)
    assert said in logged_in.post(f"{PAGE}{batch.pk}/{what}/", follow=True).content.decode()
    batch.refresh_from_db()
    assert batch.state == "mapping"


def test_nothing_good_is_not_imported(logged_in: Client) -> None:
    batch = checked(logged_in, "Name,Mail,Phone\n,,1\n")
    page = logged_in.post(f"{PAGE}{batch.pk}/run/", follow=True).content.decode()
    assert "No row can be imported" in page
    assert not Candidate.objects.exists()


def test_a_file_is_thrown_away_before_and_not_after(logged_in: Client) -> None:
    batch = upload(logged_in)
    page = logged_in.post(f"{PAGE}{batch.pk}/drop/", follow=True).content.decode()
    assert "Nothing was imported." in page
    assert not ImportRow.objects.exists()
    batch = done(logged_in)
    page = logged_in.post(f"{PAGE}{batch.pk}/drop/", follow=True).content.decode()
    assert "This import has been started already." in page
    assert CandidateImport.objects.get() == batch


def test_uploads_are_forgotten_after_some_days(logged_in: Client) -> None:
    done(logged_in)
    for days, left in ((13, 1), (15, 0)):
        CandidateImport.objects.update(created_at=timezone.now() - timedelta(days=days))
        tidy_imports(timestamp=0)
        assert CandidateImport.objects.count() == left
    assert Candidate.objects.count() == 2


def test_the_latest_imports_are_listed(logged_in: Client) -> None:
    done(logged_in)
    page = logged_in.get(PAGE).content.decode()
    assert "people.csv" in page
    assert "2 of 2 rows imported" in page


def test_statements_are_the_same_for_1_3_and_300(logged_in: Client) -> None:
    counts = []
    for number in (1, 3, 300):
        batch = checked(logged_in, many(number), phone="")
        with CaptureQueriesContext(connection) as captured:
            html(logged_in, batch)
        counts.append(len(captured))
        batch.delete()
    assert counts == [counts[0]] * 3
    assert counts[0] <= 8
