"""The pages of candidates, and inviting them, as a browser without scripts uses them."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parley.core.models import Event
from parley.hiring.models import Candidate, Resume
from parley.interviews.models import Interview, InterviewLink, InvitationBatch
from parley.interviews.operations.inviting import invite_next
from parley.interviews.tasks import invite_many, resume_inviting
from parley.organizations.models import User
from tests.factories import CandidateFactory, InterviewFactory, JobFactory, SlotFactory, UserFactory, book

pytestmark = pytest.mark.django_db
PAGE = "/app/candidates/"
SAMPLES = Path(__file__).parents[1] / "hiring" / "resumes" / "samples"
PERSON = {"full_name": "Ada Lovelace", "email": "Ada@Example.com"}


def html(client: Client, address: str = PAGE, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def resume(name: str = "two-pages.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (SAMPLES / name).read_bytes())


def ticked(client: Client, candidates: list[Candidate], **values: str) -> InvitationBatch:
    sent = {"candidate": [str(each.pk) for each in candidates], "to-interview_round": "Screening", **values}
    answer = client.post(f"{PAGE}invite/", sent)
    batch = InvitationBatch.objects.latest("created_at")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}invited/{batch.pk}/")
    return batch


def test_an_empty_list_says_what_to_do(logged_in: Client) -> None:
    assert "Add the first candidate" in html(logged_in)
    assert "Nobody is found" in html(logged_in, q="x\0")


def test_a_candidate_is_made_and_changed(logged_in: Client, user: User) -> None:
    job = JobFactory(company=user.company)
    answer = logged_in.post(f"{PAGE}new/", PERSON | {"job": str(job.pk), "work_experience": "2.5"}, follow=True)
    candidate = Candidate.objects.get()
    assert answer.redirect_chain == [(f"{PAGE}{candidate.pk}/", 302)]
    assert (candidate.company, candidate.job, candidate.email) == (user.company, job, "ada@example.com")
    assert "2.5 years" in answer.content.decode()
    logged_in.post(f"{PAGE}{candidate.pk}/edit/", {"full_name": "Ada <b>King</b>", "email": "ada@example.com"})
    candidate.refresh_from_db()
    assert (candidate.full_name, candidate.job, candidate.work_experience) == ("Ada <b>King</b>", None, None)
    assert "Ada &lt;b&gt;King&lt;/b&gt;" in html(logged_in)


def test_a_resume_fills_what_is_left_empty(logged_in: Client) -> None:
    answer = logged_in.post(f"{PAGE}new/", {"phone": "112", "resume": resume("german-office.pdf")}, follow=True)
    candidate = Candidate.objects.select_related("resume").get()
    read = Resume.objects.get()
    assert (candidate.full_name, candidate.email, candidate.phone) == (read.full_name, read.emails[0], "112")
    assert "german-office.pdf" in answer.content.decode()
    download = logged_in.get(f"{PAGE}{candidate.pk}/resume/")
    assert download.getvalue() == (SAMPLES / "german-office.pdf").read_bytes()
    assert download["Content-Disposition"] == 'attachment; filename="german-office.pdf"'
    logged_in.post(f"{PAGE}{candidate.pk}/edit/", PERSON | {"drop_resume": "1"})
    assert not Resume.objects.exists()
    assert logged_in.get(f"{PAGE}{candidate.pk}/resume/").status_code == 404


def test_reading_a_resume_offers_what_it_says_and_keeps_nothing(logged_in: Client) -> None:
    values = {"full_name": "Typed <i>before</i>", "email": "", "resume": resume("german-office.pdf")}
    answer = logged_in.post(f"{PAGE}read-resume/", values)
    page = answer.content.decode()
    assert 'value="Typed &lt;i&gt;before&lt;/i&gt;"' in page
    assert "Read from the resume: e-mail address, phone." in page
    assert not Candidate.objects.exists()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("resume.png", b"\x89PNG1234"), "This type of file is not supported."),
        (SimpleUploadedFile("resume.pdf", b"no pdf"), "The file is called .pdf but its content is not."),
        (SimpleUploadedFile("resume.pdf", b"%PDF-" + b"x" * 2000), "The file is larger than 10 MB."),
    ],
    ids=["picture", "not-what-it-says", "large"],
)
def test_a_resume_that_cannot_be_taken_is_said_beside_it(
    logged_in: Client, settings: LazySettings, file: SimpleUploadedFile, said: str
) -> None:
    settings.PARLEY_MAX_RESUME_BYTES = 1000
    for address in ("new/", "read-resume/"):
        file.seek(0)
        page = logged_in.post(PAGE + address, PERSON | {"resume": file}).content.decode()
        assert said in page
    assert not Candidate.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"full_name": ""}, "full_name"),
        ({"email": "nobody"}, "email"),
        ({"email": "taken@example.com"}, "email"),
        ({"work_experience": "-1"}, "work_experience"),
        ({"job": "999999"}, "job"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    logged_in: Client, user: User, values: dict[str, str], field: str
) -> None:
    CandidateFactory(company=user.company, email="taken@example.com")
    answer = logged_in.post(f"{PAGE}new/", PERSON | values)
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert Candidate.objects.count() == 1


def test_one_without_interviews_is_deleted_and_another_kept(logged_in: Client, user: User) -> None:
    free, used = CandidateFactory(company=user.company), CandidateFactory(company=user.company)
    InterviewFactory(candidate=used)
    assert "This cannot be undone." in html(logged_in, f"{PAGE}{free.pk}/delete/")
    assert "their history is kept" in html(logged_in, f"{PAGE}{used.pk}/delete/")
    for each in (free, used):
        logged_in.post(f"{PAGE}{each.pk}/delete/")
    assert list(Candidate.objects.all()) == [used]


def test_the_list_is_searched_filtered_and_sorted(logged_in: Client, user: User) -> None:
    job = JobFactory(company=user.company)
    ada = CandidateFactory(company=user.company, full_name="Ada Lovelace", email="x1@example.com", job=job)
    bob = CandidateFactory(company=user.company, full_name="Bob Bell", email="x2@example.com")
    cyd = CandidateFactory(company=user.company, full_name="Cyd Cole", email="x3@example.com")
    CandidateFactory(full_name="Another Company's")
    book(SlotFactory(company=user.company), InterviewFactory(candidate=bob))
    InterviewFactory(candidate=cyd, job=job)

    def found(**query: str) -> list[str]:
        page = html(logged_in, **query)
        names = {f">{each.full_name}</a>": each.full_name for each in (ada, bob, cyd)}
        return [names[text] for text in sorted((text for text in names if text in page), key=page.index)]

    assert found() == ["Cyd Cole", "Bob Bell", "Ada Lovelace"]
    assert found(sort="full_name") == ["Ada Lovelace", "Bob Bell", "Cyd Cole"]
    assert found(q="BELL") == ["Bob Bell"]
    assert found(q="x3@") == ["Cyd Cole"]
    assert found(job=str(job.pk)) == ["Cyd Cole", "Ada Lovelace"]
    assert found(stage="none") == ["Ada Lovelace"]
    assert found(stage="booked") == ["Bob Bell"]
    assert found(stage="uninvited") == ["Cyd Cole"]
    assert "Another Company" not in html(logged_in)


def test_one_is_invited_from_the_own_page(logged_in: Client, user: User) -> None:
    job = JobFactory(company=user.company)
    candidate = CandidateFactory(company=user.company)
    address = f"{PAGE}{candidate.pk}/invite/"
    values = {"job": str(job.pk), "interview_round": "Screening", "interview_type": "coding"}
    answer = logged_in.post(address, values, follow=True)
    interview = Interview.objects.get()
    assert answer.redirect_chain == [(f"/app/interviews/{interview.pk}/", 302)]
    assert (interview.job, interview.interview_round) == (job, "Screening")
    assert InterviewLink.objects.get().ai_interview_type == "coding"
    again = logged_in.post(address, values, follow=True).content.decode()
    assert "Was invited already, and has not chosen a time yet." in again
    assert Interview.objects.count() == 1


def test_several_are_invited_and_the_report_says_who_was_not(logged_in: Client, user: User) -> None:
    job = JobFactory(company=user.company)
    people = [CandidateFactory(company=user.company, full_name=f"Person {number}") for number in range(4)]
    made = InterviewFactory(candidate=people[1], job=job, interview_round="Screening")
    book(
        SlotFactory(company=user.company),
        InterviewFactory(candidate=people[2], job=job, interview_round="Screening"),
    )
    InterviewFactory(candidate=people[3], job=job, interview_round="Screening", status="completed")
    batch = ticked(logged_in, people, **{"to-job": str(job.pk)})
    assert (batch.total, batch.invited, batch.refused, batch.status) == (4, 2, 2, "done")
    assert made.links.count() == 1
    assert Interview.objects.filter(candidate=people[0], job=job, interview_round="Screening").count() == 1
    page = html(logged_in, f"{PAGE}invited/{batch.pk}/")
    assert "2 candidates invited" in page
    assert "A time is booked already." in page
    assert "This interview was held already" in page
    refused = html(logged_in, f"{PAGE}invited/{batch.pk}/", state="refused")
    assert ("Person 0<" in refused, "Person 2<" in refused) == (False, True)
    again = ticked(logged_in, people, **{"to-job": str(job.pk)})
    assert (again.invited, again.refused) == (0, 4)
    assert Event.objects.filter(type="interview.invited").count() == 2


def test_many_are_invited_by_a_job_that_can_be_broken_off(logged_in: Client, user: User) -> None:
    for number in range(45):
        CandidateFactory(company=user.company, full_name=f"Person {number}")
    CandidateFactory(company=user.company, full_name="Somebody else")
    batch = ticked(logged_in, [], everyone="1", q="person")
    assert (batch.total, batch.invited, batch.status) == (45, 0, "running")
    page = html(logged_in, f"{PAGE}invited/{batch.pk}/")
    assert "0 of 45 done" in page
    assert '<meta http-equiv="refresh"' in page
    assert invite_next(batch_id=batch.pk, valid_for=timedelta(days=1), now=timezone.now())  # and the worker dies here
    batch.refresh_from_db()
    assert (batch.invited, batch.status) == (20, "running")
    resume_inviting(timestamp=0)
    invite_many(batch_id=str(batch.pk))
    invite_many(batch_id=str(batch.pk))
    batch.refresh_from_db()
    assert (batch.invited, batch.refused, batch.status) == (45, 0, "done")
    assert Event.objects.filter(type="interview.invited").count() == 45


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"to-interview_round": "Screening"}, "Choose at least one candidate."),
        ({"to-interview_round": "", "candidate": "1"}, "Round: This field is required."),
        ({"to-interview_round": "Screening", "candidate": "999999"}, "not there any more."),
    ],
)
def test_inviting_nobody_is_said(logged_in: Client, values: dict[str, str], said: str) -> None:
    page = logged_in.post(f"{PAGE}invite/", values, follow=True).content.decode()
    assert said in page
    assert not InvitationBatch.objects.exists()


def test_nobody_is_invited_to_an_archived_job_or_from_another_company(logged_in: Client, user: User) -> None:
    job = JobFactory(company=user.company, is_active=False)
    candidate, foreign = CandidateFactory(company=user.company), CandidateFactory()
    for sent in ({"candidate": str(candidate.pk), "to-job": str(job.pk)}, {"candidate": str(foreign.pk)}):
        logged_in.post(f"{PAGE}invite/", {"to-interview_round": "Screening", **sent})
    assert not InvitationBatch.objects.exists()
    assert not Interview.objects.exists()


def test_another_companys_report_is_not_there(logged_in: Client, client: Client, user: User) -> None:
    batch = ticked(logged_in, [CandidateFactory(company=user.company)])
    client.force_login(UserFactory())
    assert client.get(f"{PAGE}invited/{batch.pk}/").status_code == 404


def test_old_reports_are_forgotten(logged_in: Client, user: User) -> None:
    batch = ticked(logged_in, [CandidateFactory(company=user.company)])
    InvitationBatch.objects.update(created_at=timezone.now() - timedelta(days=31))
    resume_inviting(timestamp=0)
    assert not InvitationBatch.objects.filter(pk=batch.pk).exists()
    assert Interview.objects.count() == 1


def test_statements_are_the_same_for_1_3_and_300(logged_in: Client, user: User) -> None:
    job = JobFactory(company=user.company)
    counts = []
    for number in (1, 2, 297):
        for _ in range(number):
            InterviewFactory(candidate__company=user.company, job=job)
        with CaptureQueriesContext(connection) as captured:
            html(logged_in)
        counts.append(len(captured))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 9
