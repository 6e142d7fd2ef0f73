"""Candidates, jobs and interviews in a browser: on a phone and a desktop, with the keyboard alone, light and dark."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from parley.hiring.models import Candidate, Job
from parley.interviews.models import Interview, InterviewSchedule, InvitationBatch
from parley.organizations.models import User
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import log_in, picture, press_until
from tests.factories import CandidateFactory, InterviewFactory, JobFactory, SlotFactory, UserFactory, book, in_future

Open = Callable[..., Page]
SAMPLES = Path(__file__).parents[1] / "hiring" / "resumes" / "samples"
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    # The server knows no other hashes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


@pytest.fixture
def interview(user: User) -> Interview:
    """Ada's interview, and two times that are free."""
    job = JobFactory(company=user.company, job_title="Site reliability engineer")
    for hour in (8, 10):
        SlotFactory(company=user.company, start_time=in_future(days=5, hours=hour))
    candidate = CandidateFactory(company=user.company, full_name="Ada Lovelace", job=job)
    return InterviewFactory(candidate=candidate, job=job, interview_round="Screening")


def start(page: Page, address: str) -> None:
    log_in(page)
    page.locator("form[action='/logout/']").first.wait_for(state="attached")  # in a menu that is closed
    page.goto(address)


@SIZES
def test_from_a_dropped_resume_to_an_invitation(open_page: Open, size: dict[str, int], user: User) -> None:
    JobFactory(company=user.company, job_title="Engineer")
    page = open_page(size)
    start(page, "/app/candidates/")
    page.get_by_role("link", name="Add the first candidate").click()
    _drop(page, SAMPLES / "german-office.pdf")
    expect(page.locator("#resume-said")).to_contain_text("Read from the resume: name, e-mail address")
    name = page.get_by_label("Full name")
    assert name.input_value()
    name.fill("Checked Name")
    picture(page, f"resume-{size['width']}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Checked Name is added.")
    assert Candidate.objects.get().resume.filename == "german-office.pdf"
    page.get_by_label("Job", exact=True).select_option("Engineer")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Checked Name is invited")
    link = page.get_by_label("Personal link").input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("[data-copied]")).to_contain_text("opied")
    page.goto(link[link.index("/interview/") :])
    expect(page.get_by_text("Engineer").first).to_be_visible()


def _drop(page: Page, path: Path) -> None:
    """What a browser does when somebody lets go of a file above the frame."""
    with page.expect_response("**/read-resume/"):
        handle = page.evaluate_handle(
            """([name, bytes]) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes)], name, { type: "application/pdf" }));
                return data;
            }""",
            [path.name, list(path.read_bytes())],
        )
        page.dispatch_event("[data-drop]", "drop", {"dataTransfer": handle})


def test_a_file_that_is_no_resume_is_said_at_once(open_page: Open, user: User) -> None:
    page = open_page(PHONE)
    start(page, "/app/candidates/new/")
    picture_file = {"name": "me.png", "mimeType": "image/png", "buffer": b"\x89PNG1234"}
    page.get_by_label("Resume").set_input_files(picture_file)  # type: ignore[arg-type]  # it is such a dictionary
    expect(page.locator("#resume-said")).to_contain_text("This type of file is not supported.")
    page.evaluate("document.querySelector('[data-drop]').dataset.most = '3'")
    page.get_by_label("Resume").set_input_files(picture_file)  # type: ignore[arg-type]  # it is such a dictionary
    expect(page.locator("#resume-said")).to_contain_text("The file is larger than 10 MB.")
    assert page.get_by_label("Resume").input_value() == ""


@SIZES
def test_several_are_ticked_and_invited(open_page: Open, size: dict[str, int], user: User) -> None:
    for name in ("Ada Lovelace", "Grace Hopper", "Alan Turing"):
        CandidateFactory(company=user.company, full_name=name)
    page = open_page(size)
    start(page, "/app/candidates/")
    page.get_by_label("Choose Ada Lovelace").check()
    page.get_by_label("Choose Grace Hopper").check()
    expect(page.get_by_text("2 ticked")).to_be_visible()
    picture(page, f"ticked-{size['width']}")
    page.get_by_role("link", name="Invite them").click()
    page.get_by_label("Round").fill("Screening")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text("2 candidates invited: the e-mails are on their way.")).to_be_visible()
    batch = InvitationBatch.objects.get()
    assert (batch.total, batch.invited) == (2, 2)
    picture(page, f"invited-{size['width']}")
    page.get_by_role("link", name="To the interviews").click()
    expect(page.get_by_role("region", name="Invited 2")).to_contain_text("Grace Hopper")


@SIZES
@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_a_time_is_booked_moved_cancelled_and_given_back(
    open_page: Open, size: dict[str, int], scripts: bool, interview: Interview
) -> None:
    page = open_page(size, scripts=scripts)
    start(page, f"/app/interviews/{interview.pk}/")
    status = page.get_by_role("status").first
    page.get_by_role("link", name="Choose a time yourself").click()
    page.locator(".times button").first.click()
    expect(status).to_contain_text("Booked: ")
    page.get_by_role("link", name="Move").click()
    page.locator(".times button").first.click()
    expect(status).to_contain_text("Moved to ")
    status.get_by_role("button", name="Undo").click()
    expect(status).to_contain_text("Undone: the interview is at its old time again.")
    page.get_by_text("Cancel the interview").first.click()
    page.get_by_label("Why").fill("Position filled")
    page.get_by_role("button", name="Cancel the interview").click()
    expect(status).to_contain_text("The interview is cancelled")
    status.get_by_role("button", name="Undo").click()
    expect(status).to_contain_text("Undone: the interview is booked at its old time again.")
    assert InterviewSchedule.objects.filter(status="pending").count() == 1
    expect(page.get_by_role("region", name="History").get_by_role("listitem")).to_have_count(5)
    picture(page, f"interview-{size['width']}-{scripts}")


def test_by_keyboard_alone(open_page: Open, user: User) -> None:
    CandidateFactory(company=user.company, full_name="Ada Lovelace")
    page = open_page(DESKTOP)
    start(page, "/app/jobs/")
    press_until(page, "Tab", "Add the first job")
    page.keyboard.press("Enter")
    page.get_by_label("Title").focus()
    page.keyboard.type("Engineer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Engineer")).to_be_visible()
    page.goto("/app/candidates/")
    press_until(page, "Tab", "Choose Ada Lovelace")
    page.keyboard.press("Space")
    press_until(page, "Tab", "Invite them")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "Invite")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 candidate invited")).to_be_visible()
    assert Interview.objects.count() == 1


def test_a_job_is_archived_and_that_undone(open_page: Open, interview: Interview) -> None:
    page = open_page(PHONE)
    start(page, f"/app/jobs/{interview.job_id}/")
    page.get_by_role("button", name="Archive").click()
    status = page.get_by_role("status").first
    expect(status).to_contain_text("Site reliability engineer is archived.")
    status.get_by_role("button", name="Undo").click()
    expect(status).to_contain_text("is active again.")
    assert Job.objects.get().is_active


@SIZES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(open_page: Open, size: dict[str, int], dark: bool, interview: Interview, user: User) -> None:
    for status in ("completed", "no_show", "error", "cancelled"):
        InterviewFactory(candidate__company=user.company, job=interview.job, status=status)
    booked = InterviewFactory(candidate__company=user.company, job=interview.job)
    book(SlotFactory(company=user.company), booked)
    page = open_page(size, dark=dark)
    start(page, "/app/jobs/")
    addresses = {
        "jobs": "/app/jobs/",
        "job": f"/app/jobs/{interview.job_id}/",
        "job-new": "/app/jobs/new/",
        "job-delete": f"/app/jobs/{interview.job_id}/delete/",
        "candidates": "/app/candidates/",
        "none-found": "/app/candidates/?q=nobody",
        "candidate": f"/app/candidates/{interview.candidate_id}/",
        "candidate-edit": f"/app/candidates/{interview.candidate_id}/edit/",
        "pipeline": "/app/interviews/",
        "decided": "/app/interviews/?stage=decided",
        "interview": f"/app/interviews/{booked.pk}/",
        "to-invite": f"/app/interviews/{interview.pk}/",
        "times": f"/app/interviews/{booked.pk}/times/",
        "edit": f"/app/interviews/{booked.pk}/edit/",
    }
    found: dict[str, list[str]] = {}
    for name, address in addresses.items():
        page.goto(address)
        found |= look(page, f"{name}-{size['width']}-{'dark' if dark else 'light'}")
    page.goto("/app/jobs/new/")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_title("Error: New job · Parley")
    found |= look(page, f"refused-{size['width']}-{dark}")
    assert found == {}


def look(page: Page, name: str) -> dict[str, list[str]]:
    """What is wrong with the page as it stands."""
    for summary in page.locator("main details > summary").all():
        summary.click()
    picture(page, name)
    found = {name: told} if (told := violations(page)) else {}
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found | ({f"{name} scrolls sideways": [str(wide)]} if wide > 0 else {})
