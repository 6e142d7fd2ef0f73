"""Every page there is, opened in a browser: axe finds nothing, and nothing scrolls sideways."""

import pytest
from django.conf import LazySettings

from parley.organizations.models import Role
from tests.api.tenants import Tenant, make_tenant
from tests.api.test_isolation import PAGES, page_pk
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_calendar import Open
from tests.factories import PASSWORD

ADDRESSES = {route.name: route for route in PAGES}
OUTSIDE = ("/login/", "/register/", "/password/forgotten/", "/join/nowhere/", "/nowhere/", "/interview/nowhere/")


@pytest.fixture
def tenant(transactional_db: None, settings: LazySettings) -> Tenant:
    # The server knows no other hashes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return make_tenant("acme", "Europe/Berlin")


@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (DESKTOP, True)], ids=["phone-light", "desktop-dark"])
def test_every_page(open_page: Open, tenant: Tenant, size: dict[str, int], dark: bool) -> None:
    user = tenant.users[Role.COMPANY]  # the administrators' pages are in test_platform.py
    page = open_page(size, dark=dark)
    wrong: dict[str, list[str]] = {}
    seen = 0

    def look(address: str) -> None:
        nonlocal seen
        answer = page.request.get(address)
        assert answer.status < 500, address
        # Not what is made for a part of a page, nor what only forms are sent to.
        if answer.status == 405 or "html" not in answer.headers["content-type"] or "<html" not in answer.text():
            return
        page.goto(address)
        seen += 1
        found = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if found or wide > 0:
            wrong[address] = [*found, f"scrolls sideways by {wide}"] if wide > 0 else found

    for address in OUTSIDE:
        look(address)
    page.goto("/login/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/app/**")
    for route in ADDRESSES.values():
        look(route.url(page_pk(route, tenant)))
    assert wrong == {}
    assert seen > 30
