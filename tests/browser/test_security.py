"""What scripts draw: markup in what people wrote stays text."""

import pytest
from django.conf import LazySettings
from playwright.sync_api import expect

from parley.organizations.models import Role
from tests.api.tenants import Tenant, make_tenant
from tests.browser.test_calendar import Open
from tests.factories import PASSWORD
from tests.poison import poison


@pytest.fixture
def evil(transactional_db: None, settings: LazySettings) -> Tenant:
    # The server knows no other hashes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    tenant = make_tenant("evil")
    poison()
    return tenant


def test_markup_stays_text_in_what_scripts_draw(open_page: Open, evil: Tenant) -> None:
    page = open_page()
    page.goto("/login/")
    page.get_by_label("Email").fill(evil.users[Role.COMPANY].email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    day = evil.booked_slot.start_time.date().isoformat()
    for address, seen in {
        f"/app/calendar/?view=day&date={day}": "Job.job_title",
        f"/app/slots/{evil.booked_slot.pk}/": "InterviewSlot.notes",
        f"/app/availability/{evil.configuration.pk}/": "",
        "/app/candidates/": "Candidate.full_name",
        f"/app/interviews/{evil.booked_interview.pk}/": "Interview.feedback",
        "/app/settings/mails/booked/": "",
    }.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        if seen:
            expect(page.get_by_text(f"<x-evil onclick=x>{seen}").first).to_be_attached()
        assert page.locator("x-evil").count() == 0, address
