"""``make screenshots``: the pictures of ``docs/screenshots/``, taken of a Parley with the demo data."""

import io
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
from PIL import Image

from scenarios.browser import chromium
from scenarios.server import PROJECT, own_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

FOLDER = PROJECT / "docs" / "screenshots"
USER, PASSWORD = "company@example.com", "parley-demo"
DESKTOP: "ViewportSize" = {"width": 1440, "height": 900}
PHONE: "ViewportSize" = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Shot:
    """A picture: its file's name, the page, and how it is looked at."""

    name: str
    path: str
    size: "ViewportSize"
    dark: bool = False
    user: str = USER


def main() -> int:
    """Take all of them anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    print("Starting a Parley with the demo data …", flush=True)
    with own_server(None, PARLEY_DEMO="true", PARLEY_SLOT_HORIZON_DAYS="60") as parley, chromium() as browser:
        for shot in _shots(parley.url):
            (FOLDER / f"{shot.name}.png").write_bytes(_small(_taken(browser, parley.url, shot)))
            print(f"docs/screenshots/{shot.name}.png", flush=True)
    return 0


def _shots(base: str) -> list[Shot]:
    with httpx.Client(base_url=base, timeout=60) as client:
        login = client.post("/api/auth/login/", json={"email": USER, "password": PASSWORD}).raise_for_status()
        client.headers["Authorization"] = f"Token {login.json()['token']}"
        booked = client.get("/api/interviews/schedules/").raise_for_status().json()
        taken = {each["interview"] for each in booked}
        free = next(each["id"] for each in client.get("/api/interviews/").json() if each["id"] not in taken)
        link = client.post(f"/api/interviews/{free}/invite/", json={}).raise_for_status()
        confirmed = next(each["interview"] for each in booked if each["status"] == "confirmed")
    next_week = datetime.now(UTC).date() + timedelta(days=7)
    pages = {
        "calendar": f"/app/calendar/?date={next_week}",
        "availability": "/app/availability/new/",
        "interviews": "/app/interviews/",
        "interview": f"/app/interviews/{confirmed}/",
        "candidates": "/app/candidates/",
        "conflicts": "/app/conflicts/",
        "booking": httpx.URL(link.json()["url"]).path,
    }
    return [
        *(Shot(name, path, DESKTOP) for name, path in pages.items()),
        *(Shot(f"{name}-phone", pages[name], PHONE) for name in ("calendar", "conflicts", "booking")),
        Shot("calendar-dark", pages["calendar"], DESKTOP, dark=True),
        Shot("booking-phone-dark", pages["booking"], PHONE, dark=True),
        Shot("system", "/app/system/", DESKTOP, user="admin@example.com"),
    ]


def _taken(browser: "Browser", base: str, shot: Shot) -> bytes:
    context = browser.new_context(
        base_url=base,
        viewport=shot.size,
        color_scheme="dark" if shot.dark else "light",
        device_scale_factor=1 if shot.size is DESKTOP else 2,
        timezone_id="Europe/Berlin",
        locale="en-GB",
    )
    page = context.new_page()
    if shot.path.startswith("/app/"):
        page.goto("/login/")
        page.get_by_label("Email").fill(shot.user)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/app/**")
    page.goto(shot.path)
    page.wait_for_load_state("networkidle")
    picture = page.screenshot()
    context.close()
    return picture


def _small(picture: bytes) -> bytes:
    """The same with 256 colours, a third of the size."""
    with Image.open(io.BytesIO(picture)) as image:
        small = io.BytesIO()
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        return small.getvalue()


if __name__ == "__main__":
    sys.exit(main())
