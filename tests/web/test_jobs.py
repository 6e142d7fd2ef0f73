"""The pages of jobs, as a browser without scripts uses them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parley.core.models import Event
from parley.hiring.models import Job
from parley.organizations.models import User
from tests.factories import CandidateFactory, InterviewFactory, JobFactory, SlotFactory, UserFactory, book

pytestmark = pytest.mark.django_db
PAGE = "/app/jobs/"


def html(client: Client, address: str = PAGE, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_list_says_what_to_do(logged_in: Client) -> None:
    assert "Add the first job" in html(logged_in)
    assert "Nothing is archived" in html(logged_in, state="archived")
    assert "No job is called like that" in html(logged_in, q="x\0")


def test_a_job_is_made_and_changed(logged_in: Client, user: User) -> None:
    values = {"job_title": "Engineer <b>", "location": "Berlin", "tech_stack": "Python, SQL ,, Python"}
    answer = logged_in.post(f"{PAGE}new/", values, follow=True)
    job = Job.objects.get()
    assert answer.redirect_chain == [(f"{PAGE}{job.pk}/", 302)]
    assert (job.company, job.tech_stack, job.is_active) == (user.company, ["Python", "SQL"], True)
    assert "Engineer &lt;b&gt;" in answer.content.decode()
    assert 'value="Python, SQL"' in html(logged_in, f"{PAGE}{job.pk}/edit/")
    logged_in.post(f"{PAGE}{job.pk}/edit/", {"job_title": "Senior engineer"})
    job.refresh_from_db()
    assert (job.job_title, job.location, job.tech_stack) == ("Senior engineer", "", [])


@pytest.mark.parametrize("values", [{"job_title": ""}, {"job_title": "x" * 201}, {"job_title": "a\0"}])
def test_what_is_wrong_stands_beside_its_field(logged_in: Client, values: dict[str, str]) -> None:
    answer = logged_in.post(f"{PAGE}new/", values)
    assert answer.status_code == 400
    assert 'id="id_job_title_error"' in answer.content.decode()
    assert not Job.objects.exists()


def test_a_job_is_archived_and_brought_back(logged_in: Client, user: User) -> None:
    job = JobFactory(company=user.company, job_title="Old job")
    page = logged_in.post(f"{PAGE}{job.pk}/archive/", follow=True).content.decode()
    assert "Old job is archived." in page
    assert f'action="{PAGE}{job.pk}/restore/"' in page
    assert f'href="{PAGE}{job.pk}/"' not in html(logged_in)
    assert f'href="{PAGE}{job.pk}/"' in html(logged_in, state="archived")
    page = logged_in.post(f"{PAGE}{job.pk}/restore/", {"next": PAGE}, follow=True).content.decode()
    assert "Old job is active again." in page
    assert f'href="{PAGE}{job.pk}/"' in html(logged_in)


def test_an_unused_job_is_deleted_and_one_in_use_is_kept(logged_in: Client, user: User) -> None:
    free, used = JobFactory(company=user.company), JobFactory(company=user.company)
    CandidateFactory(company=user.company, job=used)
    assert "This cannot be undone" in html(logged_in, f"{PAGE}{free.pk}/delete/")
    logged_in.post(f"{PAGE}{free.pk}/delete/")
    before = Event.objects.count()
    page = logged_in.post(f"{PAGE}{used.pk}/delete/", follow=True).content.decode()
    assert "so it is kept. Archive it instead." in page
    assert list(Job.objects.all()) == [used]
    assert Event.objects.count() == before


def test_a_job_says_where_its_interviews_stand(logged_in: Client, user: User) -> None:
    job = JobFactory(company=user.company)
    ada = InterviewFactory(candidate__company=user.company, candidate__full_name="Ada Lovelace", job=job)
    InterviewFactory(candidate__company=user.company, job=job, status="completed")
    book(SlotFactory(company=user.company), ada)
    for page in (html(logged_in), html(logged_in, f"{PAGE}{job.pk}/")):
        numbers = [f"<dt>{stage}</dt><dd>{n}</dd>" for stage, n in (("Invited", 0), ("Booked", 1), ("Held", 1))]
        assert [number in page for number in numbers] == [True] * 3
    assert "Ada Lovelace" in page


def test_search_and_another_companys_job(logged_in: Client, user: User) -> None:
    JobFactory(company=user.company, job_title="Data scientist")
    JobFactory(company=user.company, job_title="Welder", location="Ulm")
    other = JobFactory(job_title="Secret job")
    assert "Welder" in html(logged_in, q="ulm")
    assert "Data scientist" not in html(logged_in, q="ulm")
    assert "Secret job" not in html(logged_in)
    assert logged_in.get(f"{PAGE}{other.pk}/").status_code == 404


def test_an_administrator_is_told_to_act_for_a_company(client: Client) -> None:
    client.force_login(UserFactory(role="admin", company=None))
    answer = client.get(PAGE)
    assert (answer.status_code, "This page belongs to a company" in answer.content.decode()) == (403, True)


def test_statements_are_the_same_for_1_3_and_300(logged_in: Client, user: User) -> None:
    counts = []
    for number in (1, 2, 297):
        for job in JobFactory.create_batch(number, company=user.company):  # type: ignore[attr-defined]  # a factory
            InterviewFactory(candidate__company=user.company, job=job)
        with CaptureQueriesContext(connection) as captured:
            html(logged_in)
        counts.append(len(captured))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 7
