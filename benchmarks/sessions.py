"""``make bench-sessions``: 300 interviews at once, led by a model that streams, on a server of its own.

The model is ``scenarios.provider`` in a process of its own, which sends a word every 60 ms. What is told are ratios and
differences of one run: an answer's way through Parley beside the same stream straight from the provider, bookings while
the interviews are held beside bookings before, and the memory of the web processes for each interview.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from benchmarks.server import fill, serve
from parley.core.embedded_postgres import temporary_server

if TYPE_CHECKING:
    from benchmarks.seed_sessions import Seeded

PAUSE = 0.06  # seconds between two words of the model
ANSWERS = 3  # of each candidate: two follow-ups and a core question, so that the next one is a follow-up again
WRITING = 40.0  # seconds that a candidate writes, on the average
BETWEEN_BOOKINGS = 0.2  # seconds
BOOKINGS_SLOWED_AT_MOST = 6.0
STRAIGHT, STEADY = "straight from the provider", f"{ANSWERS} answers, each written in {WRITING:.0f} s"
TEXT = "We had three services and one queue, and I wrote the part that read from it until it was empty again."


@dataclass
class Heard:
    """What streams took: milliseconds to the first text, and to the end; who led; what went wrong."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    leaders: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)


@dataclass
class Booked:
    """What bookings took, in milliseconds, and their statuses."""

    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


def main() -> int:
    """Measure, print, and say by the exit code whether the limits are kept."""
    options = argparse.ArgumentParser(prog="make bench-sessions")
    options.add_argument("--sessions", type=int, default=300)
    chosen = options.parse_args()
    random.seed(7)
    with temporary_server({"fsync": "on"}) as url, _provider() as port:
        os.environ.update(
            OPENAI_BASE_URL=f"http://127.0.0.1:{port}/v1", OPENAI_API_KEY="local", PARLEY_AI_MODEL="openai:local"
        )
        print("Filling the database …", flush=True)
        seeded = fill(url, lambda: _seed(chosen.sessions))
        with serve(url) as web:
            return asyncio.run(_measure(web, port, seeded))


def _seed(sessions: int) -> "Seeded":
    from benchmarks.seed_sessions import seed  # noqa: PLC0415 (after Django is set up)

    return seed(sessions)


@contextmanager
def _provider() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "scenarios.provider", str(port), str(PAUSE)])
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


async def _measure(web: int, provider: int, seeded: "Seeded") -> int:
    before, booked = _memory(), {"before": await _book(web, seeded, seconds=10)}
    print("Opening the rooms …", flush=True)
    await _open_all(web, seeded.links)
    print("The provider alone …", flush=True)
    straight = Heard()
    await asyncio.gather(*(_straight(provider, straight) for _ in seeded.links))
    print("Interviews and bookings …", flush=True)
    steady, burst = Heard(), Heard()
    interviews = asyncio.gather(*(_interview(web, link, steady) for link in seeded.links))
    booked["meanwhile"] = await _book(web, seeded, until=interviews)
    print("All answers at the same moment …", flush=True)
    answers = asyncio.gather(*(_answer(web, link, "burst", burst) for link in seeded.links))
    booked["while all answer at once"] = await _book(web, seeded, until=answers)
    kept = (_memory() - before) / len(seeded.links)
    heard = {STRAIGHT: straight, STEADY: steady, "all at the same moment": burst}
    return _report(len(seeded.links), heard, booked, kept)


def _consent() -> bytes:
    from parley.conversations.rules.consent import VERSION  # noqa: PLC0415 (after Django is set up)

    return orjson.dumps({"consent_version": VERSION, "accepted": True})


async def _open_all(port: int, links: Sequence[str]) -> None:
    """Eight at a time."""
    left, body = list(links), _consent()

    async def open_some() -> None:
        while left:
            path = f"/api/public/interviews/{left.pop()}/session/start/"
            status, _, _, said = await _exchange(port, path, body, accept="application/json")
            if status != 200:
                raise RuntimeError(f"A room does not open: {status} {said!r}")

    await asyncio.gather(*(open_some() for _ in range(8)))


async def _interview(port: int, link: str, heard: Heard) -> None:
    """Some answers, each after some time of writing."""
    for number in range(ANSWERS):
        await asyncio.sleep(random.uniform(WRITING / 2, WRITING * 1.5))
        await _answer(port, link, f"a{number}", heard)


async def _answer(port: int, link: str, key: str, heard: Heard) -> None:
    body = orjson.dumps({"client_id": key, "text": f"{TEXT} {key}"})
    path = f"/api/public/interviews/{link}/session/answers/"
    status, first, whole, last = await _exchange(port, path, body, accept="text/event-stream", mark=b"event: delta")
    if status != 200 or not last.startswith(b'{"turn"'):
        heard.failures[f"{status} {last[:80]!r}"] += 1
        return
    turn = json.loads(last)["turn"]
    heard.kinds[turn["kind"]] += 1
    if turn["kind"] == "follow_up":
        heard.leaders["the model" if turn["text"].startswith("I see what") else "the script"] += 1
        heard.first.append(first)
        heard.whole.append(whole)


async def _straight(port: int, heard: Heard) -> None:
    messages = [{"role": "system", "content": "x" * 1500}, {"role": "user", "content": TEXT}]
    body = orjson.dumps({"model": "local", "messages": messages, "stream": True})
    await asyncio.sleep(random.uniform(0, WRITING / 2))
    _, first, whole, _ = await _exchange(port, "/v1/chat/completions", body, accept="text/event-stream", mark=b"there.")
    heard.first.append(first)
    heard.whole.append(whole)


async def _exchange(
    port: int, path: str, body: bytes, *, accept: str, mark: bytes = b"", token: str = ""
) -> tuple[int, float, float, bytes]:
    """Status, milliseconds until ``mark`` and until the end, and the data of the last event."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: {accept}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n"
    )
    head += f"Authorization: Token {token}\r\n\r\n" if token else "\r\n"
    writer.write(head.encode() + body)
    said, first = b"", 0.0
    while piece := await reader.read(65536):
        said += piece
        if mark and not first and mark in said:
            first = (time.perf_counter() - began) * 1000
    writer.close()
    whole = (time.perf_counter() - began) * 1000
    status = int(said[9:12] or b"0")
    data = [line for line in said.splitlines() if line.startswith(b"data: ")]
    return status, first, whole, data[-1].removeprefix(b"data: ") if data else said[-200:]


async def _book(
    port: int, seeded: "Seeded", *, seconds: float = 0.0, until: "asyncio.Future[Any] | None" = None
) -> Booked:
    """Bookings one after the other, for so long, or until something is done."""
    booked, end = Booked(), time.perf_counter() + seconds
    while not until.done() if until is not None else time.perf_counter() < end:
        interview, slot = seeded.pairs.pop()
        body = orjson.dumps({"interview_id": interview, "slot_id": slot})
        path = "/api/interviews/schedules/book_interview/"
        status, _, whole, _ = await _exchange(port, path, body, accept="application/json", token=seeded.token)
        booked.milliseconds.append(whole)
        booked.statuses[status] += 1
        await asyncio.sleep(BETWEEN_BOOKINGS)
    return booked


def _memory() -> float:
    """Kilobytes that the web processes have to themselves (``Pss``)."""
    total = 0.0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if b"granian" in (folder / "cmdline").read_bytes():
                lines = (folder / "smaps_rollup").read_text().splitlines()
                total += next(float(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except OSError:
            continue
    return total


def _both(milliseconds: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20, method="inclusive")[-1]


def _report(sessions: int, heard: dict[str, Heard], booked: dict[str, Booked], kept: float) -> int:
    print(f"\n{sessions} interviews at once, 2 web workers, a word each {PAUSE * 1000:.0f} ms")
    print(f"{'follow-ups':<44}{'first text p50':>16}{'p95 ms':>9}{'whole p50':>12}{'p95 ms':>9}")
    for name, each in heard.items():
        first, whole = _both(each.first), _both(each.whole)
        print(f"{name:<44}{first[0]:>16.0f}{first[1]:>9.0f}{whole[0]:>12.0f}{whole[1]:>9.0f}")
    straight, steady = heard[STRAIGHT], heard[STEADY]
    added = [ours - theirs for ours, theirs in zip(_both(steady.first), _both(straight.first), strict=True)]
    print(f"added to the first text: median {added[0]:.0f} ms, p95 {added[1]:.0f} ms")
    for name, bookings in booked.items():
        p50, p95 = _both(bookings.milliseconds)
        print(f"bookings {name:<35}{p50:>16.0f}{p95:>9.0f} ms   {dict(bookings.statuses)}")
    print(f"memory for each interview: {kept:.0f} KB; said: {dict(steady.kinds)}, led by {dict(steady.leaders)}")
    slowed = _both(booked["meanwhile"].milliseconds)[0] / _both(booked["before"].milliseconds)[0]
    print(f"bookings meanwhile / before, medians: {slowed:.1f} (at most {BOOKINGS_SLOWED_AT_MOST:.0f})")
    failures = sum((each.failures for each in heard.values()), Counter[str]())
    statuses = sum((each.statuses for each in booked.values()), Counter[int]())
    if failures or set(statuses) != {201}:
        print(f"failed: {dict(failures)}, bookings {dict(statuses)}")
        return 1
    return 0 if slowed <= BOOKINGS_SLOWED_AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
