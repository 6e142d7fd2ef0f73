"""The booking page in a company's own site, another server under another name; and the page of its settings."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FrameLocator, Page, expect

from parley.interviews.models import Interview, InterviewSchedule
from parley.interviews.operations.links import invite_candidate
from parley.organizations.models import User
from parley.organizations.operations.branding import update_branding
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.browser.test_conflicts import log_in, picture
from tests.factories import CandidateFactory, InterviewFactory, JobFactory, SlotFactory, UserFactory, in_future

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
SITE = """<!doctype html><html lang="en"><head><title>Acme careers</title><link rel="icon" href="data:,"></head>
<body><main><h1>Your application</h1>
<div id="place"></div><p id="after">Questions? Write to us.</p></main>
<script>
  window.told = [];
  for (const what of ["ready", "booked", "moved", "cancelled", "refused"])
    document.addEventListener(`parley:${what}`, (event) => told.push([what, event.detail.state, event.detail.start]));
</script>
SNIPPET</body></html>"""


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    # The server knows no other hashes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return UserFactory(
        full_name="Rosa Recruiter", email="rosa@example.com", company__name="Acme", company__timezone="Europe/Berlin"
    )


@pytest.fixture
def interview(user: User) -> Interview:
    """Ada's interview, and times on several days."""
    job = JobFactory(company=user.company, job_title="Site reliability engineer")
    for days in range(3, 13):
        SlotFactory(company=user.company, start_time=in_future(days=days))
    return InterviewFactory(candidate=CandidateFactory(company=user.company, full_name="Ada Lovelace"), job=job)


@pytest.fixture
def link(interview: Interview, user: User) -> str:
    days, now = timedelta(days=30), timezone.now()
    return invite_candidate(interview_id=interview.pk, interview_type="", valid_for=days, actor=user, now=now).link


def allow(user: User, *sites: str) -> None:
    assert user.company_id
    update_branding(company_id=user.company_id, fields={"sites": list(sites)}, actor=user, now=timezone.now())


@contextmanager
def company_site() -> Iterator[tuple[str, dict[str, str]]]:
    """A web server of the company's own; returns its origin and the pages that it serves."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = pages.get(self.path, "").encode()
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """It says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            # Under this name it is another site for a browser, and not only another origin: cookies are third parties'.
            yield f"http://localhost:{server.server_port}", pages
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, str]]]:
    with company_site() as running:
        yield running


def snippet(server: str, link: str, **options: str) -> str:
    more = "".join(f' data-{name}="{value}"' for name, value in options.items())
    return SITE.replace("SNIPPET", f'<script src="{server}/embed.js" data-link="{link}"{more} async></script>')


def heard_by(page: Page) -> list[str]:
    """What the browser complains of, from now on."""
    complaints: list[str] = []

    def hear(text: str) -> None:
        if "Blocked autofocusing" not in text:  # a browser's way; framed.js gives the focus where it belongs
            complaints.append(text)

    page.on("console", lambda said: hear(said.text) if said.type in ("error", "warning") else None)
    return complaints


def told(page: Page) -> list[str]:
    return [each[0] for each in page.evaluate("told")]


def booking(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def height(page: Page) -> float:
    box = page.locator("iframe").bounding_box()
    assert box is not None
    return box["height"]


def fits(page: Page) -> None:
    """The frame is as high as what is in it: nothing of it has to be scrolled."""
    page.wait_for_function("document.querySelector('iframe').offsetHeight > 320")
    inside = page.frames[1]
    inside.wait_for_function("document.documentElement.scrollHeight <= window.innerHeight")
    assert abs(inside.evaluate("document.documentElement.getBoundingClientRect().height") - height(page)) <= 1


@SIZES
def test_a_whole_booking_in_a_listed_site_without_cookies(
    chromium: Browser, server: str, site: tuple[str, dict[str, str]], user: User, link: str, size: dict[str, int]
) -> None:
    origin, pages = site
    pages["/apply"] = snippet(server, f"{server}/interview/{link}/", title="Book with Acme")
    allow(user, "https://other.example.com", origin)
    context = chromium.new_context(viewport=size, timezone_id="Asia/Tokyo")  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    cookies: list[str] = []
    page = context.new_page()
    page.on("response", lambda answer: cookies.extend(["set-cookie"] if "set-cookie" in answer.headers else []))
    page.on("request", lambda sent: cookies.extend(["cookie"] if "cookie" in sent.headers else []))
    complaints = heard_by(page)
    page.goto(f"{origin}/apply")
    frame = booking(page)
    expect(page.locator("iframe")).to_have_attribute("title", "Book with Acme")
    expect(frame.get_by_label("Times are shown in this time zone")).to_have_value("Asia/Tokyo")
    fits(page)
    before = height(page)
    assert told(page) == ["ready"]
    picture(page, f"embedded-{size['width']}")
    frame.locator(".times a").first.click()
    frame.get_by_role("button", name="Book this time").click()
    expect(frame.get_by_role("heading", name="Your interview is booked")).to_be_focused()
    page.wait_for_function("told.length === 2")
    booked = InterviewSchedule.objects.get(status="pending")
    what, state, start = page.evaluate("told")[1]
    assert (what, state) == ("booked", "booked")
    assert datetime.fromisoformat(start) == booked.start_time
    fits(page)
    assert height(page) < before
    picture(page, f"embedded-booked-{size['width']}")
    frame.get_by_role("link", name="Choose another time").click()
    frame.locator("td a").last.click()
    frame.locator(".times a").last.click()
    frame.get_by_role("button", name="Move to this time").click()
    page.wait_for_function("told.length === 3")
    frame.get_by_text("Cancel the interview").first.click()
    frame.get_by_role("button", name="Cancel the interview").click()
    page.wait_for_function("told.length === 4")
    assert told(page) == ["ready", "booked", "moved", "cancelled"]
    assert InterviewSchedule.objects.filter(status="pending").count() == 0
    assert cookies == []
    assert context.cookies() == []
    assert complaints == []
    context.close()


def test_a_site_that_is_not_listed_shows_nothing(
    chromium: Browser, server: str, site: tuple[str, dict[str, str]], user: User, link: str
) -> None:
    origin, pages = site
    pages["/apply"] = snippet(server, link)
    context = chromium.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    for listed in ([], ["https://other.example.com", origin.replace("localhost", "127.0.0.1")]):
        allow(user, *listed)
        page = context.new_page()
        complaints = heard_by(page)
        page.goto(f"{origin}/apply")
        page.wait_for_function("told.length === 1")
        assert told(page) == ["refused"]
        assert any("frame" in each.lower() and "ancestors" in each for each in complaints), complaints
        expect(booking(page).locator(".times")).to_have_count(0)
        page.close()
    context.close()


def test_messages_of_others_are_not_believed(
    chromium: Browser, server: str, site: tuple[str, dict[str, str]], user: User, link: str
) -> None:
    origin, pages = site
    pages["/apply"] = snippet(server, link, target="#place")
    allow(user, origin)
    page = chromium.new_context().new_page()
    page.goto(f"{origin}/apply")
    fits(page)
    before = height(page)
    page.evaluate("""async () => {
        window.postMessage({ parley: 1, type: "height", height: 5000 }, "*");
        window.postMessage({ parley: 1, type: "state", state: "booked" }, "*");
        await new Promise((done) => setTimeout(done, 100));
    }""")
    assert (height(page), told(page)) == (before, ["ready"])
    assert page.locator("#place > iframe").count() == 1
    page.context.close()


@pytest.mark.parametrize(
    "wrong", ["https://evil.example/interview/{link}/", "javascript:alert(1)", "", "{server}/login/"]
)
def test_the_script_frames_nothing_but_a_link_of_its_own_server(
    chromium: Browser, server: str, site: tuple[str, dict[str, str]], link: str, wrong: str
) -> None:
    origin, pages = site
    pages["/apply"] = snippet(server, wrong.format(link=link, server=server))
    page = chromium.new_context().new_page()
    with page.expect_console_message(lambda said: "data-link must be" in said.text):
        page.goto(f"{origin}/apply")
    assert page.locator("iframe").count() == 0
    page.context.close()


# --- the settings' page ------------------------------------------------------------------------------


def logo() -> bytes:
    drawn = Image.new("RGBA", (640, 200), (0, 0, 0, 0))
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((10, 10, 190, 190), fill="#e4572e")
    pen.rectangle((230, 70, 620, 130), fill="#1c2430")
    target = io.BytesIO()
    drawn.save(target, "PNG")
    return target.getvalue()


@SIZES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_settings_page_and_what_candidates_see(
    open_page: Open, size: dict[str, int], dark: bool, user: User, link: str
) -> None:
    page = open_page(size, dark=dark)
    name = f"{size['width']}-{'dark' if dark else 'light'}"
    found: dict[str, list[str]] = {}

    def look(at: str) -> None:
        picture(page, f"{at}-{name}")
        if seen := violations(page):
            found[at] = seen
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found[f"{at} scrolls sideways"] = [str(wide)]

    log_in(page)
    page.get_by_role("heading", name="Conflicts").wait_for()
    page.goto("/app/settings/branding/")
    look("branding-empty")
    page.get_by_label("Name", exact=False).first.fill("Acme Europe")
    page.get_by_label("Accent colour", exact=False).first.fill("#fd0")
    sample = page.locator("#preview")
    expect(sample.locator(".in-dark .sample-brand")).to_contain_text("Acme Europe")
    expect(sample.locator(".in-light .sample-button")).to_have_css("background-color", "rgb(255, 221, 0)")
    page.get_by_label("Logo").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": logo()})
    expect(sample.locator(".in-light img")).to_have_attribute("alt", "Acme Europe")
    look("branding-preview")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("The branding is saved.")
    page.get_by_label("Your sites").fill("jobs.example.com")
    page.get_by_role("button", name="Save the sites").click()
    expect(page.get_by_text("is not the address of a site")).to_be_visible()
    look("branding-refused")
    page.get_by_label("Your sites").fill("https://jobs.example.com")
    page.get_by_role("button", name="Save the sites").click()
    expect(page.get_by_role("status").first).to_contain_text("The sites are saved.")
    look("branding")
    page.goto(f"/interview/{link}/")
    expect(page.get_by_role("img", name="Acme Europe")).to_be_visible()
    look("branded")
    page.locator(".times a").first.click()
    book = page.get_by_role("button", name="Book this time")
    expect(book).to_have_css("background-color", "rgb(255, 221, 0)")
    look("branded-confirm")
    page.goto(f"/interview/{'A' * 43}/")
    look("nowhere")
    assert found == {}
