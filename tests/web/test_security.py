"""What no page may do, tried on every one: show what somebody wrote as HTML, run a script, be framed or forged."""

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from parley.core.actors import SYSTEM
from parley.interviews.operations.links import invite_candidate
from parley.organizations.models import Role
from tests.api.routes import Route
from tests.api.tenants import Tenant, make_tenant, unchanged
from tests.api.test_isolation import PAGES, page_pk
from tests.factories import PASSWORD
from tests.poison import poison

# What people wrote, or others sent, and what is on some page of the company.
SHOWN = {
    "Company.name",
    "User.full_name",
    "ApiToken.name",
    "Job.job_title",
    "Job.description",
    "Job.requirements",
    "Job.location",
    "Candidate.full_name",
    "Candidate.domain",
    "Candidate.role",
    "Resume.filename",
    "CandidateImport.filename",
    "Interview.interview_round",
    "Interview.feedback",
    "InterviewSlot.notes",
    "InterviewSchedule.booking_notes",
    "InvitationBatch.interview_round",
    "CalendarFeed.name",
    "Message.last_error",
    "WebhookEndpoint.url",
    "WebhookEndpoint.description",
    "WebhookDelivery.last_error",
    "WebhookAttempt.answer_body",
}


ONE_OF_EACH = list({route.name: route for route in PAGES}.values())
pages = pytest.mark.parametrize("route", ONE_OF_EACH, ids=lambda route: route.name)


class Page(HTMLParser):
    """What a browser would make of the text: what is forbidden in it, and which of the texts are shown."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.text: list[str] = []
        self.feed(answer.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.text += [value for value in values.values() if value]
        if tag in ("x-evil", "style", "object", "embed", "base"):
            self.wrong.append(f"<{tag}>")
        if tag == "script" and not (values.get("src") or "").startswith("/static/") and "json" not in str(values):
            self.wrong.append(f"<script {values}>")
        self.wrong += [
            f"{tag} {name}={value}"
            for name, value in attrs
            if name.startswith("on")
            or name == "style"
            or (name in ("href", "src", "action") and (value or "").lower().startswith(("javascript:", "data:text")))
        ]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture
def ours(db: None) -> Tenant:
    return make_tenant("ours")


@pytest.fixture
def evil(db: None) -> Tenant:
    """A company that has markup in every text it could write."""
    tenant = make_tenant("evil")
    poison()
    return tenant


def _opened(route: Route, tenant: Tenant, role: str = Role.COMPANY) -> Any:
    client = Client(headers={"Accept": "text/html"})
    client.post("/login/", {"login": tenant.users[role].email, "password": PASSWORD})
    address = route.url(page_pk(route, tenant))
    answer = client.get(address)
    if answer.get("Location", "").startswith("/account/again/"):
        client.post(answer["Location"], {"password": PASSWORD})
        answer = client.get(address)
    return answer


def test_what_people_wrote_is_shown_as_text(evil: Tenant) -> None:
    wrong: dict[str, list[str]] = {}
    shown = ""
    for route in ONE_OF_EACH:
        answer = _opened(route, evil)
        assert answer.status_code < 500, (route, answer.content)
        if answer["Content-Type"].startswith("text/html"):
            page = Page(answer)
            shown += "".join(page.text)
            if page.wrong:
                wrong[route.name] = page.wrong
    assert wrong == {}
    assert {field for field in SHOWN if f"<x-evil onclick=x>{field}</x-evil>'\"&amp;" not in shown} == set()


def test_candidates_are_shown_it_as_text_too(evil: Tenant) -> None:
    now = timezone.now()
    invited = invite_candidate(
        interview_id=evil.interview.pk, interview_type="", valid_for=timedelta(days=30), actor=SYSTEM, now=now
    )
    answer = Client().get(f"/interview/{invited.link}/")
    page = Page(answer)
    assert (answer.status_code, page.wrong) == (200, [])
    assert "<x-evil onclick=x>Company.name</x-evil>" in "".join(page.text)


@pages
def test_every_page_is_sealed(route: Route, ours: Tenant) -> None:
    """Nothing but the own scripts run, nobody frames it, nothing on the way keeps it."""
    answer = _opened(route, ours)
    policy = dict(each.strip().partition(" ")[::2] for each in answer["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
    assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'self'")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


@pages
def test_no_form_is_taken_from_another_site(route: Route, ours: Tenant) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ours.users[Role.COMPANY])
    with unchanged():
        answer = client.post(route.url(page_pk(route, ours)), {"resolution": "resolved"})
    assert answer.status_code == 403
