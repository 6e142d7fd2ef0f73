"""Who may frame a candidate's page, and forms that need no cookie."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from parley.core.actors import SYSTEM
from parley.interviews.models import Interview, InterviewLink, InterviewSlot
from parley.interviews.operations.links import invite_candidate
from parley.organizations.models import User
from parley.organizations.operations.branding import update_branding
from parley.web.faces import FORM_LASTS, form_token
from tests.api.tenants import unchanged
from tests.factories import CandidateFactory, CompanyFactory, InterviewFactory, SlotFactory, in_future

pytestmark = pytest.mark.django_db
SITES = ["https://jobs.example.com", "https://portal.example.com:8443"]
ACTIONS = ["book", "cancel", "answer", "wait", "hours"]


@pytest.fixture
def interview() -> Interview:
    return InterviewFactory(candidate=CandidateFactory(company=CompanyFactory(name="Acme")))


@pytest.fixture
def slot(interview: Interview) -> InterviewSlot:
    return SlotFactory(company=interview.company, start_time=in_future(days=3))


def link_of(interview: Interview) -> str:
    days = timedelta(days=30)
    now = timezone.now()
    return invite_candidate(interview_id=interview.pk, interview_type="", valid_for=days, actor=SYSTEM, now=now).link


@pytest.fixture
def link(interview: Interview) -> str:
    return link_of(interview)


def allow(interview: Interview, sites: list[str]) -> None:
    assert interview.company_id
    update_branding(company_id=interview.company_id, fields={"sites": sites}, actor=SYSTEM_ADMIN, now=timezone.now())


class _Admin:
    actor_kind, actor_id, company_id, sees_all = "system", None, None, True


SYSTEM_ADMIN: Any = _Admin()


def policy(answer: Any) -> dict[str, str]:
    parts = (each.strip().partition(" ") for each in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


# --- framing -----------------------------------------------------------------------------------------


def test_nobody_frames_the_page_of_a_company_that_lists_no_site(client: Client, link: str) -> None:
    answer = client.get(f"/interview/{link}/")
    assert policy(answer) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "connect-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer["X-Frame-Options"] == "DENY"
    assert "framed.js" not in answer.content.decode()


def test_exactly_the_listed_sites_frame_it(client: Client, interview: Interview, link: str) -> None:
    allow(interview, SITES)
    answer = client.get(f"/interview/{link}/")
    assert policy(answer)["frame-ancestors"] == "https://jobs.example.com https://portal.example.com:8443"
    assert policy(answer)["script-src"] == "'self'"
    assert "X-Frame-Options" not in answer
    assert 'data-sites="https://jobs.example.com https://portal.example.com:8443"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_so_do_its_refusals_and_what_follows_a_form(
    client: Client, interview: Interview, link: str, slot: InterviewSlot
) -> None:
    allow(interview, SITES)
    at = f"/interview/{link}/"
    answers = [
        client.post(f"{at}book/", {"slot": "x"}),
        client.get(f"{at}book/"),
        Client(enforce_csrf_checks=True).post(f"{at}book/", {"slot": str(slot.pk)}),
        client.post(f"{at}book/", {"slot": str(slot.pk)}),
    ]
    assert [answer.status_code for answer in answers] == [400, 302, 403, 302]
    InterviewLink.objects.update(revoked_at=timezone.now())
    answers.append(client.get(at))
    assert answers[-1].status_code == 410
    for answer in answers:
        assert policy(answer)["frame-ancestors"] == " ".join(SITES)
        assert "X-Frame-Options" not in answer


def test_a_link_that_leads_nowhere_is_framed_by_nobody(client: Client, interview: Interview) -> None:
    allow(interview, SITES)
    answer = client.get(f"/interview/{'A' * 43}/")
    assert (answer.status_code, policy(answer)["frame-ancestors"], answer["X-Frame-Options"]) == (404, "'none'", "DENY")


@pytest.mark.parametrize("address", ["/login/", "/register/", "/app/settings/", "/join/x/", "/none/", "/api/docs/"])
def test_no_other_page_is_framed(client: Client, user: User, interview: Interview, address: str) -> None:
    allow(interview, SITES)
    if address.startswith("/app/"):
        client.force_login(user)
    answer = client.get(address, headers={"Accept": "text/html"}, follow=True)
    assert answer["X-Frame-Options"] == "DENY"
    assert "example.com:8443" not in answer.get("Content-Security-Policy", "")


def test_another_companys_sites_do_not_count(client: Client, interview: Interview, link: str) -> None:
    other = InterviewFactory(candidate=CandidateFactory(company=CompanyFactory()))
    allow(other, SITES)
    assert policy(client.get(f"/interview/{link}/"))["frame-ancestors"] == "'none'"


def test_the_script_is_served(client: Client) -> None:
    answer = client.get("/embed.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert (answer["Cache-Control"], answer["Cross-Origin-Resource-Policy"]) == ("public, max-age=3600", "cross-origin")
    assert b"parley:" in answer.content
    assert client.post("/embed.js").status_code == 405


# --- forms without cookies ---------------------------------------------------------------------------


@pytest.fixture
def strict() -> Client:
    """As a browser is: with the checks on."""
    return Client(enforce_csrf_checks=True)


def token_on(page: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_form_is_taken_with_the_token_of_its_page_and_without_a_cookie(
    strict: Client, link: str, slot: InterviewSlot, interview: Interview
) -> None:
    page = strict.get(f"/interview/{link}/")
    assert not page.cookies
    values = {"slot": str(slot.pk), "form_token": token_on(page.content.decode())}
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    booked = Client(enforce_csrf_checks=True).post(f"/interview/{link}/book/", values, headers=headers)
    assert (booked.status_code, booked["Location"]) == (302, f"/interview/{link}/?done=booked")
    assert not booked.cookies
    assert interview.schedules.filter(slot=slot, status="pending").count() == 1


def _none(link: str, other: str) -> str:
    return ""


def _of_another_link(link: str, other: str) -> str:
    return form_token(other, now=timezone.now())


def _expired(link: str, other: str) -> str:
    return form_token(link, now=timezone.now() - FORM_LASTS - timedelta(minutes=1))


def _of_tomorrow(link: str, other: str) -> str:
    return form_token(link, now=timezone.now() + timedelta(days=1))


def _made_younger(link: str, other: str) -> str:
    made, _, proof = _expired(link, other).partition(".")
    return f"{int(made) + 100_000}.{proof}"


def _nonsense(link: str, other: str) -> str:
    return "1\x00.ü"


TOKENS = [_none, _of_another_link, _expired, _of_tomorrow, _made_younger, _nonsense]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("token", TOKENS, ids=[each.__name__ for each in TOKENS])
def test_a_form_without_the_right_token_changes_nothing(
    strict: Client, link: str, slot: InterviewSlot, action: str, token: Callable[[str, str], str]
) -> None:
    other = link_of(InterviewFactory(candidate=CandidateFactory(company=slot.company)))
    values = {"slot": str(slot.pk), "answer": "accept", "first": "2027-01-01", "last": "2027-01-02"}
    with unchanged():
        answer = strict.post(f"/interview/{link}/{action}/", values | {"form_token": token(link, other)})
    html = answer.content.decode()
    assert (answer.status_code, "Please try again" in html) == (403, True)
    assert f'href="/interview/{link}/"' in html


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver:81"},
        {"Origin": "https://testserver"},
        {"Origin": "https://jobs.example.com"},  # it may show the page, and not act in it
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=lambda headers: "-".join(headers.values()),
)
def test_a_form_of_another_site_changes_nothing(
    strict: Client, interview: Interview, link: str, slot: InterviewSlot, headers: dict[str, str]
) -> None:
    allow(interview, SITES)
    values = {"slot": str(slot.pk), "form_token": form_token(link, now=timezone.now())}
    with unchanged():
        assert strict.post(f"/interview/{link}/book/", values, headers=headers).status_code == 403


def test_behind_a_proxy_the_public_address_is_ours(
    strict: Client, link: str, slot: InterviewSlot, settings: LazySettings
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://interviews.example.com"]
    values = {"slot": str(slot.pk), "form_token": form_token(link, now=timezone.now())}
    headers = {"Origin": "https://interviews.example.com", "Sec-Fetch-Site": "same-origin"}
    assert strict.post(f"/interview/{link}/book/", values, headers=headers).status_code == 302


def test_a_token_lasts_half_a_day(strict: Client, link: str, slot: InterviewSlot) -> None:
    token = form_token(link, now=timezone.now() - FORM_LASTS + timedelta(minutes=5))
    values = {"slot": str(slot.pk), "form_token": token}
    assert strict.post(f"/interview/{link}/book/", values).status_code == 302
