"""``make bench-pages``: what each page costs the server, the network and the browser.

Statements are counted in this process, times are those of a server of its own, and everything is set beside an
empty endpoint or an empty month measured in the same run. The month has 5,000 slots.
"""

import gzip
import logging
import re
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from benchmarks.server import fill, serve
from parley.core.embedded_postgres import temporary_server
from scenarios.browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from benchmarks.seed_pages import Seeded

TIMES = 30  # requests of each page
DRAWN = 5  # times that a month is drawn
MOST_BYTES, MOST_FOR_CANDIDATES = 250_000, 60_000
MOST_STATEMENTS = 30
DRAWN_AT_MOST = 4.0  # times what an empty month takes
BUILT = Path("parley/web/static")


@dataclass
class Cost:
    """What one page costs: milliseconds of the server, SQL statements, compressed bytes of its script and style."""

    milliseconds: float
    statements: int
    html: int
    assets: int


def main() -> int:
    """Measure, print, and say by the exit code whether the limits are kept."""
    with temporary_server({"fsync": "on"}) as url:
        print("Filling the database …", flush=True)
        seeded = fill(url, _seed)
        statements = _statements(seeded)
        with serve(url) as port:
            print("Measuring …", flush=True)
            base = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=base, cookies={"sessionid": seeded.session}, timeout=60) as client:
                empty = _milliseconds(client, "/healthz")
                costs = {path: _cost(client, path, statements[path]) for path in seeded.pages}
            drawn = _drawn(base, seeded)
    return _report(costs, empty, drawn)


def _seed() -> "Seeded":
    from benchmarks.seed_pages import seed  # noqa: PLC0415 (after Django is set up)

    return seed()


def _statements(seeded: "Seeded") -> dict[str, int]:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = Client(headers={"Host": "localhost"})
    client.cookies["sessionid"] = seeded.session
    counted = {}
    logging.disable()
    for path in seeded.pages:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        counted[path] = len(captured)
    connection.close()
    return counted


def _milliseconds(client: httpx.Client, path: str) -> float:
    for _ in range(3):
        client.get(path).raise_for_status()
    return statistics.median(_timed(client, path) for _ in range(TIMES))


def _timed(client: httpx.Client, path: str) -> float:
    begun = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - begun) * 1000


def _cost(client: httpx.Client, path: str, statements: int) -> Cost:
    html = client.get(path).raise_for_status().text
    # ``data-highlight`` is loaded only where it is needed, and counts all the same.
    assets = set(re.findall(r'(?:src|href|data-highlight)="/static/([^"?]+\.(?:js|css))"', html))
    return Cost(
        milliseconds=_milliseconds(client, path),
        statements=statements,
        html=len(gzip.compress(html.encode())),
        assets=sum(_compressed(name) for name in assets),
    )


def _compressed(name: str) -> int:
    """Bytes that go over the network: of the compressed file beside it, where there is one."""
    beside = BUILT / f"{name}.gz"
    return beside.stat().st_size if beside.exists() else len(gzip.compress((BUILT / name).read_bytes()))


def _drawn(base: str, seeded: "Seeded") -> dict[str, float]:
    """Milliseconds from going to the address until the calendar is drawn, by what is in it."""
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": seeded.session, "url": base}])
        page = context.new_page()
        return {
            name: statistics.median(_draw(page, base + address, selector) for _ in range(DRAWN))
            for name, (address, selector) in seeded.drawn.items()
        }


def _draw(page: "Page", address: str, selector: str) -> float:
    page.goto("about:blank")
    begun = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(selector, state="attached")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return (time.perf_counter() - begun) * 1000


def _report(costs: dict[str, Cost], empty: float, drawn: dict[str, float]) -> int:
    print(f"\n{'page':<46}{'ms':>8}{'/ empty':>9}{'statements':>12}{'html gz':>10}{'js+css gz':>11}")
    for path, cost in costs.items():
        ratio = cost.milliseconds / empty
        print(
            f"{_short(path):<46}{cost.milliseconds:>8.1f}{ratio:>9.1f}{cost.statements:>12}"
            f"{cost.html:>10,}{cost.assets:>11,}"
        )
    print(f"{'empty endpoint':<46}{empty:>8.1f}{1:>9.1f}\n")
    nothing = drawn["an empty month"]
    for name, milliseconds in drawn.items():
        print(f"{name:<46}{milliseconds:>8.0f} ms drawn, {milliseconds / nothing:.1f} of the empty month")
    wrong = [
        *(f"{path}: {cost.assets:,} bytes" for path, cost in costs.items() if cost.assets > _most(path)),
        *(f"{path}: {cost.statements} statements" for path, cost in costs.items() if cost.statements > MOST_STATEMENTS),
    ]
    if drawn["a month of 5,000 slots"] > DRAWN_AT_MOST * nothing:
        wrong.append("the month of 5,000 slots takes too long")
    print("All limits are kept." if not wrong else "Too much: " + "; ".join(wrong))
    return 1 if wrong else 0


def _short(path: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|/interview/[^/]+", lambda it: it[0][:18] + "…", path)[:45]


def _most(path: str) -> int:
    return MOST_FOR_CANDIDATES if path.startswith("/interview/") else MOST_BYTES


if __name__ == "__main__":
    sys.exit(main())
