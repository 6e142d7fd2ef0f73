"""How a company looks: its settings' page, what candidates get of it, and the addresses that are kept for ever."""

import io
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from parley.interviews.models import InterviewLink
from parley.interviews.operations.links import invite_candidate
from parley.notifications.rendering import preview
from parley.notifications.rules import Kind
from parley.organizations.models import Branding, Company, Logo, User
from parley.organizations.operations.branding import update_branding
from parley.organizations.rules.pictures import read_logo
from tests.api.tenants import unchanged
from tests.factories import CandidateFactory, CompanyFactory, InterviewFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = "/app/settings/branding/"
NAME = "Müller & <b>Söhne</b>"
ESCAPED = "Müller &amp; &lt;b&gt;Söhne&lt;/b&gt;"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def picture(size: tuple[int, int] = (200, 112)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "#c02040").save(target, "PNG")
    return target.getvalue()


def sent(content: bytes = b"", **values: Any) -> dict[str, Any]:
    logo = {"logo": SimpleUploadedFile("logo.png", content)} if content else {}
    return {"display_name": NAME, "accent": "#fd0", **logo, **values}


@pytest.fixture
def brand(user: User) -> Branding:
    fields = {"display_name": NAME, "accent": "#ffdd00"}
    return update_branding(
        company_id=user.company_id or 0, fields=fields, logo=read_logo(picture()), actor=user, now=timezone.now()
    )


@pytest.fixture
def page(user: User) -> str:
    interview = InterviewFactory(candidate=CandidateFactory(company=user.company))
    days, now = timedelta(days=30), timezone.now()
    invited = invite_candidate(interview_id=interview.pk, interview_type="", valid_for=days, actor=user, now=now)
    return f"/interview/{invited.link}/"


# --- the settings' page ------------------------------------------------------------------------------


def test_the_branding_is_saved(logged_in: Client, user: User) -> None:
    answer = logged_in.post(AT, sent(picture()), follow=True)
    assert "The branding is saved." in answer.content.decode()
    kept = Branding.objects.get(company=user.company)
    assert (kept.display_name, kept.accent, kept.logo_width, kept.logo_height) == (NAME, "#ffdd00", 200, 112)
    assert Logo.objects.get().name == kept.logo_name
    html = answer.content.decode()
    assert ESCAPED in html
    assert NAME not in html
    assert f'href="/branding/{kept.accent[1:]}.css"' in html
    logged_in.post(AT, sent(display_name="", accent="", no_logo="on"))
    kept.refresh_from_db()
    assert (kept.display_name, kept.accent, kept.logo_name, Logo.objects.count()) == ("", "", "", 0)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (sent(accent="sky"), "Write the colour as six digits after #"),
        (sent(SVG), "Export the logo as PNG"),
        (sent(picture()[:50]), "The picture is damaged."),
        (sent(picture() + b"\0" * 512 * 1024), "The file is larger than 512 KB."),
        (sent(display_name="x" * 201), "at most 200 characters"),
    ],
    ids=["colour", "svg", "broken", "large", "name"],
)
def test_what_cannot_be_is_said_at_its_field(logged_in: Client, values: dict[str, Any], words: str) -> None:
    with unchanged():
        answer = logged_in.post(AT, values)
    html = unescape(answer.content.decode())
    assert (answer.status_code, words in html) == (400, True)
    assert 'class="errorlist"' in html


def test_a_preview_keeps_nothing(logged_in: Client) -> None:
    with unchanged():
        shown = logged_in.post(AT, sent(picture()), headers={"HX-Request": "true"})
        refused = logged_in.post(AT, sent(SVG), headers={"HX-Request": "true"})
        plain = logged_in.post(AT, sent(preview="1"))
    html = shown.content.decode()
    assert 'src="data:image/png;base64,' in html
    assert 'href="/branding/ffdd00.css"' in html
    assert f'alt="{ESCAPED}"' in html
    assert (refused.status_code, "This cannot be used: SVG is not taken" in refused.content.decode()) == (200, True)
    assert ESCAPED in plain.content.decode()


def test_the_sites_are_saved_and_refused(logged_in: Client, user: User) -> None:
    values = {"sites": "https://Jobs.Example.com/\r\n\r\nhttps://jobs.example.com\r\nhttp://localhost:3000\r\n"}
    answer = logged_in.post(f"{AT}sites/", values, follow=True)
    assert "The sites are saved." in answer.content.decode()
    kept = ["https://jobs.example.com", "http://localhost:3000"]
    assert Branding.objects.get(company=user.company).sites == kept
    with unchanged():
        refused = logged_in.post(f"{AT}sites/", {"sites": "http://jobs.example.com"})
    assert (refused.status_code, "must begin with https://" in unescape(refused.content.decode())) == (400, True)
    assert 'data-link="' in unescape(answer.content.decode())


def test_one_companys_settings_are_not_anothers(client: Client, brand: Branding) -> None:
    client.force_login(UserFactory())
    html = client.get(AT).content.decode()
    assert "Müller" not in html
    assert brand.logo_name not in html


# --- what candidates get -----------------------------------------------------------------------------


def test_candidates_see_name_logo_and_colour(client: Client, brand: Branding, page: str) -> None:
    html = client.get(page).content.decode()
    assert f"<title>Interview with {ESCAPED}</title>" in html
    logo = f'<img src="/branding/logo/{brand.logo_name}" width="100" height="56" alt="{ESCAPED}">'
    assert logo in html
    assert '<link rel="stylesheet" href="/branding/ffdd00.css">' in html
    assert NAME not in html
    assert client.get(f"/api/public{page.replace('interview', 'interviews')}").json()["company_name"] == NAME


def test_without_branding_the_companys_name_is_there(client: Client, page: str) -> None:
    html = client.get(page).content.decode()
    assert "<title>Interview with Acme</title>" in html
    assert "/branding/" not in html


def test_a_link_that_has_ended_has_its_companys_looks(client: Client, brand: Branding, page: str) -> None:
    InterviewLink.objects.update(revoked_at=timezone.now())
    html = client.get(page).content.decode()
    assert brand.logo_name in html
    assert f"Interview · {ESCAPED}" in html
    nowhere = client.get(f"/interview/{'A' * 43}/").content.decode()
    assert "/branding/" not in nowhere
    assert "Interview · Parley" in nowhere


def test_mails_have_name_logo_and_colour(brand: Branding) -> None:
    company = Company.objects.get(pk=brand.company_id)
    mail = preview(company, Kind.INVITATION, text=None, now=timezone.now())
    assert mail.subject == f"{NAME} invites you to an interview"
    assert f'/branding/logo/{brand.logo_name}" alt="{ESCAPED}" width="86" height="48"' in mail.html
    assert "background:#ffdd00;color:#000000;" in mail.html
    assert NAME not in mail.html
    usual = preview(CompanyFactory(name="Plain"), Kind.INVITATION, text=None, now=timezone.now())
    assert "background:#1d5fd1;color:#ffffff;" in usual.html
    assert "<img" not in usual.html


# --- addresses that are kept for ever ----------------------------------------------------------------


def test_the_logo_is_a_picture_and_nothing_else(client: Client, brand: Branding) -> None:
    answer = client.get(brand.logo_path)
    assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        200,
        "image/png",
        "nosniff",
    )
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.content == bytes(Logo.objects.get().content)
    assert not answer.cookies
    for name in ("x.png", "0" * 32 + ".png", brand.logo_name[:-1]):
        assert client.get(f"/branding/logo/{name}").status_code == 404


def test_the_accents_style_sheet(client: Client) -> None:
    answer = client.get("/branding/ffdd00.css")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    css = answer.content.decode()
    assert css.count("--brand: #ffdd00; --on-brand: #000000;") == 3
    assert css.count("--accent: #7a6a00; --on-accent: #ffffff;") == 1
    assert css.count("--accent: #ffdd00; --on-accent: #000000;") == 2
    for name in ("FFDD00", "fd0", "ffdd0g", "ffdd00;x", "%23ffdd00"):
        assert client.get(f"/branding/{name}.css").status_code == 404
