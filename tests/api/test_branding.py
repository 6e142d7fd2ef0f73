"""``/api/companies/{id}/branding/`` and ``…/logo/``."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from parley.core.models import Event
from parley.organizations.models import Branding, Logo
from tests.api.tenants import Tenant, assert_problem, unchanged

EMPTY: dict[str, Any] = {"display_name": "", "accent": "", "logo": None, "sites": []}


def picture(colour: str = "#c02040") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (60, 20), colour).save(target, "PNG")
    return target.getvalue()


def upload(client: APIClient, address: str, content: bytes, name: str = "logo.png") -> Any:
    return client.put(address, {"logo": SimpleUploadedFile(name, content)}, format="multipart")


@pytest.fixture
def at(ours: Tenant) -> str:
    return f"/api/companies/{ours.company.pk}/"


def test_nothing_is_there_at_first(api: APIClient, at: str) -> None:
    with unchanged():
        assert api.get(f"{at}branding/").json() == EMPTY


def test_some_of_it_changes_and_the_rest_stays(ours: Tenant, api: APIClient, at: str) -> None:
    values = {"display_name": "Müller & <Söhne>", "accent": "#FD0", "sites": ["https://Jobs.Example.com/"]}
    kept = {
        "display_name": "Müller & <Söhne>",
        "accent": "#ffdd00",
        "logo": None,
        "sites": ["https://jobs.example.com"],
    }
    answer = api.patch(f"{at}branding/", values, format="json")
    assert (answer.status_code, answer.json()) == (200, kept)
    assert api.patch(f"{at}branding/", {"accent": ""}, format="json").json() == kept | {"accent": ""}
    assert api.get(f"{at}branding/").json() == kept | {"accent": ""}
    told = Event.objects.filter(type="company.branding_changed").order_by("pk")
    sites = {"sites": ["https://jobs.example.com"]}
    state = {"has_own_name": True, "accent": "#ffdd00", "logo": "", **sites}
    assert [each.after for each in told] == [state, state | {"accent": ""}]
    assert [each.before for each in told][1] == state
    assert {each.company_id for each in told} == {ours.company.pk}


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"accent": "blue"}, "accent", "bad_colour"),
        ({"accent": "#12345"}, "accent", "bad_colour"),
        ({"accent": "#0b5cad;"}, "accent", "invalid"),
        ({"sites": ["http://jobs.example.com"]}, "sites", "bad_site"),
        ({"sites": ["*"]}, "sites", "bad_site"),
        ({"sites": "https://jobs.example.com"}, "sites", "invalid"),
        ({"sites": [f"https://s{n}.example" for n in range(21)]}, "sites", "invalid"),
        ({"display_name": "two\nlines"}, "display_name", "invalid"),
        ({"display_name": "x" * 201}, "display_name", "invalid"),
    ],
)
def test_what_cannot_be_is_refused(api: APIClient, at: str, values: dict[str, Any], field: str, code: str) -> None:
    with unchanged():
        assert_problem(api.patch(f"{at}branding/", {"display_name": "Acme", **values}, format="json"), 400, field, code)


def test_a_logo_comes_changes_and_goes(ours: Tenant, api: APIClient, anonymous: APIClient, at: str) -> None:
    first = upload(api, f"{at}logo/", picture()).json()["logo"]
    second = upload(api, f"{at}logo/", picture("#1040c0")).json()["logo"]
    assert first != second
    assert api.get(f"{at}branding/").json() == EMPTY | {"logo": second}
    assert Logo.objects.filter(company=ours.company).count() == 1
    shown = anonymous.get(second[second.index("/branding/") :])
    assert shown.status_code == 200
    assert Image.open(io.BytesIO(shown.content)).size == (60, 20)
    assert anonymous.get(first[first.index("/branding/") :]).status_code == 404
    assert api.delete(f"{at}logo/").status_code == 204
    assert api.get(f"{at}branding/").json() == EMPTY
    assert Logo.objects.count() == 0
    assert anonymous.get(second[second.index("/branding/") :]).status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported_type"),
        (picture()[:60], "damaged"),
        (picture() + b"\0" * 512 * 1024, "too_large"),
    ],
    ids=["svg", "broken", "large"],
)
def test_a_file_that_is_no_logo_is_refused(api: APIClient, at: str, content: bytes, code: str) -> None:
    upload(api, f"{at}logo/", picture())
    with unchanged():
        assert_problem(upload(api, f"{at}logo/", content), 400, "logo", code)
        assert_problem(api.put(f"{at}logo/", {"other": "x"}, format="multipart"), 400, "logo", "invalid")
        assert_problem(api.put(f"{at}logo/", {"logo": "x"}, format="json"), 400, "logo", "invalid")


@pytest.mark.parametrize("role", ["recruiter", "hiring_agency"])
def test_who_does_not_manage_the_company_looks_alone(ours: Tenant, at: str, role: str) -> None:
    client = ours.client(role)
    assert client.get(f"{at}branding/").status_code == 200
    with unchanged():
        assert_problem(client.patch(f"{at}branding/", {"accent": "#000000"}, format="json"), 403)
        assert_problem(upload(client, f"{at}logo/", picture()), 403)
        assert_problem(client.delete(f"{at}logo/"), 403)


def test_another_companys_logo_is_not_there(theirs: Tenant, api: APIClient) -> None:
    address = f"/api/companies/{theirs.company.pk}/"
    with unchanged():
        assert_problem(upload(api, f"{address}logo/", picture()), 404)
        assert_problem(api.delete(f"{address}logo/"), 404)
        assert_problem(api.patch(f"{address}branding/", {"accent": "#000000"}, format="json"), 404)
    assert Branding.objects.count() == 0
