"""``make screenshots``: the pictures of ``docs/screenshots/``, taken of a Parley with the demo data."""

import io
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
from PIL import Image

from scenarios.browser import chromium
from scenarios.server import PROJECT, own_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

FOLDER = PROJECT / "docs" / "screenshots"
USER, PASSWORD = "company@example.com", "parley-demo"
DESKTOP: "ViewportSize" = {"width": 1440, "height": 900}
PHONE: "ViewportSize" = {"width": 390, "height": 844}
CODE = """def overlap(bookings):
    # Sorted by their beginning, only neighbours can overlap first.
    ordered = sorted(bookings)
    return any(
        later_start < earlier_end
        for (_, earlier_end), (later_start, _) in zip(ordered, ordered[1:])
    )
"""


@dataclass(frozen=True)
class Shot:
    """A picture: its file's name, the page, and how it is looked at."""

    name: str
    path: str
    size: "ViewportSize"
    dark: bool = False
    user: str = USER
    prepare: "Callable[[Page], None] | None" = None  # what is done on the page before


def main() -> int:
    """Take all of them anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    print("Starting a Parley with the demo data …", flush=True)
    with own_server(None, PARLEY_DEMO="true", PARLEY_SLOT_HORIZON_DAYS="60") as parley, chromium() as browser:
        for shot in _shots(parley.url, parley.log.read_text() if parley.log else ""):
            (FOLDER / f"{shot.name}.png").write_bytes(_small(_taken(browser, parley.url, shot)))
            print(f"docs/screenshots/{shot.name}.png", flush=True)
    return 0


def _shots(base: str, said: str) -> list[Shot]:
    """All of them, the room's last: it changes. ``said`` is what the server has written, the room's address in it."""
    with httpx.Client(base_url=base, timeout=60) as client:
        login = client.post("/api/auth/login/", json={"email": USER, "password": PASSWORD}).raise_for_status()
        client.headers["Authorization"] = f"Token {login.json()['token']}"
        booked = client.get("/api/interviews/schedules/").raise_for_status().json()
        taken = {each["interview"] for each in booked}
        free = next(each["id"] for each in client.get("/api/interviews/").json() if each["id"] not in taken)
        link = client.post(f"/api/interviews/{free}/invite/", json={}).raise_for_status()
        confirmed = next(each["interview"] for each in booked if each["status"] == "confirmed")
        held = client.get("/api/interviews/", params={"status": "completed"}).raise_for_status().json()
        results = [f"/api/interviews/{each['id']}/evaluation/" for each in held]
        rated = next(path for path in results if client.get(path).json()["ratings"])
        ours = {"interview_type": "technical", "name": "Backend engineers"}
        kit = client.post("/api/kits/", json=ours).raise_for_status().json()
    room = re.search(r"/interview/\S+/room/", said)
    if room is None:
        raise RuntimeError("The server has not said where the room is that can be entered.")
    next_week = datetime.now(UTC).date() + timedelta(days=7)
    pages = {
        "calendar": f"/app/calendar/?date={next_week}",
        "availability": "/app/availability/new/",
        "interviews": "/app/interviews/",
        "interview": f"/app/interviews/{confirmed}/",
        "candidates": "/app/candidates/",
        "conflicts": "/app/conflicts/",
        "results": rated.replace("/api/", "/app/").replace("/evaluation/", "/results/"),
        "kit": f"/app/kits/{kit['id']}/",
        "booking": httpx.URL(link.json()["url"]).path,
    }
    return [
        *(Shot(name, path, DESKTOP) for name, path in pages.items()),
        *(Shot(f"{name}-phone", pages[name], PHONE) for name in ("calendar", "conflicts", "booking", "results")),
        Shot("calendar-dark", pages["calendar"], DESKTOP, dark=True),
        Shot("booking-phone-dark", pages["booking"], PHONE, dark=True),
        Shot("system", "/app/system/", DESKTOP, user="admin@example.com"),
        Shot("room-phone", room[0], PHONE),
        Shot("room", room[0], DESKTOP, prepare=_answer),
        Shot("room-dark", room[0], DESKTOP, dark=True, prepare=_write),
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
    if shot.prepare:
        shot.prepare(page)
    picture = page.screenshot()
    context.close()
    return picture


def _answer(page: "Page") -> None:
    """Begin the interview, and write on an answer."""
    page.get_by_label("I have read this, and agree.").check()
    page.get_by_role("button", name="Begin the interview").click()
    page.get_by_role("button", name="Send the answer").wait_for()
    _write(page)


def _write(page: "Page") -> None:
    page.get_by_label("Programming language").select_option("Python")
    page.get_by_label("Your answer").fill(CODE)
    page.mouse.wheel(0, 250)
    page.wait_for_timeout(300)  # until it is scrolled, and coloured


def _small(picture: bytes) -> bytes:
    """The same with 256 colours, a third of the size."""
    with Image.open(io.BytesIO(picture)) as image:
        small = io.BytesIO()
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        return small.getvalue()


if __name__ == "__main__":
    sys.exit(main())
