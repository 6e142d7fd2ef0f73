"""``make bench``: bookings and searches of a server of its own, beside what its parts do alone."""

import argparse
import itertools
import sys
from collections.abc import Iterator

import orjson

from benchmarks import bare_claim
from benchmarks.load import Figures, request, run
from benchmarks.server import fill, serve
from parley.core.embedded_postgres import temporary_server

CONNECTIONS = 16
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# name, what it is compared with, the least ratio to reach
BOOK_AT_LEAST, SEARCH_AT_LEAST = 0.04, 0.10


def main() -> int:
    """Measure, print, and say by the exit code whether the limits are reached."""
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument("--bookings", type=int, default=4000)
    options.add_argument("--searches", type=int, default=4000)
    options.add_argument("--seconds", type=int, default=10, help="for the bare claim")
    chosen = options.parse_args()
    with temporary_server(DURABLE) as url:
        print("Filling the database …", flush=True)
        token, pairs, week = fill(url, _seed)
        with serve(url) as port:
            print("Measuring …", flush=True)
            figures = _measure(port, token, pairs, week, chosen)
        bare = bare_claim.measure(url, connections=CONNECTIONS, seconds=chosen.seconds)
    return _report(figures, bare)


def _seed() -> tuple[str, list[tuple[str, str]], tuple[str, str]]:
    from benchmarks.seed import seed  # noqa: PLC0415 (after Django is set up)

    return seed()


def _measure(
    port: int, token: str, pairs: list[tuple[str, str]], week: tuple[str, str], chosen: argparse.Namespace
) -> dict[str, Figures]:
    search = request(
        "POST",
        "/api/interviews/slots/search_available/",
        token=token,
        body=orjson.dumps({"start_date": week[0], "end_date": week[1]}),
    )
    empty = request("GET", "/healthz")

    def booking(pair: tuple[str, str]) -> bytes:
        body = orjson.dumps({"interview_id": pair[0], "slot_id": pair[1]})
        return request("POST", "/api/interviews/schedules/book_interview/", token=token, body=body)

    def measured(requests: Iterator[bytes]) -> Figures:
        return run(port, requests, connections=CONNECTIONS)

    bookings = map(booking, pairs)
    measured(
        itertools.chain(itertools.repeat(search, 300), itertools.repeat(empty, 300), itertools.islice(bookings, 300))
    )
    return {
        "empty endpoint": measured(itertools.repeat(empty, chosen.searches * 3)),
        "search_available, a week": measured(itertools.repeat(search, chosen.searches)),
        "book_interview, distinct places": measured(itertools.islice(bookings, chosen.bookings)),
    }


def _report(figures: dict[str, Figures], bare: float) -> int:
    print(f"\n{CONNECTIONS} connections, 2 web workers, fsync on{'p50 ms':>26}{'p95 ms':>9}{'p99 ms':>9}   answers")
    for name, each in figures.items():
        print(each.row(name))
    print(f"{'bare claim (pgbench, prepared)':<34}{bare:>9.0f}/s")
    book = figures["book_interview, distinct places"].rate / bare
    search = figures["search_available, a week"].rate / figures["empty endpoint"].rate
    print(f"\nbook / bare claim: {book:.1%} (at least {BOOK_AT_LEAST:.0%})")
    print(f"search / empty endpoint: {search:.1%} (at least {SEARCH_AT_LEAST:.0%})")
    wrong = {name: each.statuses for name, each in figures.items() if set(each.statuses) - {200, 201}}
    if wrong:
        print(f"Answers that should not be: {wrong}")
    return 0 if book >= BOOK_AT_LEAST and search >= SEARCH_AT_LEAST and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
