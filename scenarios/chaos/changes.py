"""The clients: each story is one interview that is booked, confirmed, moved and cancelled, whatever breaks meanwhile.

A change whose answer did not come is asked for again under the same key until it is answered. What the answers said is
kept, and the database has to agree with it.
"""

import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from scenarios.http import StoryError

PATIENCE_SECONDS = 300.0  # for one answer; only ends a hang
PAUSE_SECONDS = 0.2  # before a call is repeated
CALL_SECONDS = 20.0
IMPATIENT = 0.2  # of the calls: their clients hang up after a moment, often after the change and before its answer
IMPATIENT_SECONDS = (0.005, 0.05)
NEXT = {  # what may follow, so often
    "booked": ["confirm", "reschedule", "reschedule", "cancel", "release", "end"],
    "confirmed": ["reschedule", "cancel", "end"],
    "free": ["book", "book", "end"],
}
AFTER = {"book": "booked", "confirm": "confirmed", "reschedule": "booked", "cancel": "free", "release": "free"}


@dataclass(kw_only=True)
class Company:
    """Who books, and where there is room."""

    id: int
    token: str
    slots: list[str]
    candidates: list[int]


@dataclass(kw_only=True)
class Story:
    """One interview: what is to be done with it, and what the answers said of it."""

    company: Company
    candidate: int
    begins: float  # seconds after the first
    steps: list[str]
    dice: random.Random
    interview: str = ""
    events: list[str] = field(default_factory=list)
    bookings: dict[str, tuple[str, str]] = field(default_factory=dict)  # slot and status by schedule


@dataclass
class Tally:
    """What the clients met."""

    changes: int = 0
    broken: Counter[str] = field(default_factory=Counter)  # calls without an answer, by what happened
    replayed: int = 0  # answers that were given a second time


def plan(companies: Sequence[Company], *, changes: int, seconds: float, dice: random.Random) -> list[Story]:
    """Stories with so many changes in all, whose beginnings are spread over so many seconds."""
    stories: list[Story] = []
    left = changes
    used: Counter[int] = Counter()
    while left:
        company = companies[len(stories) % len(companies)]
        steps = list(_steps(dice))[:left]
        left -= len(steps)
        candidate = company.candidates[used[company.id]]
        used[company.id] += 1
        own = random.Random(dice.random())  # noqa: S311 (plays, hides nothing)
        stories.append(Story(company=company, candidate=candidate, begins=0, steps=steps, dice=own))
    for number, story in enumerate(stories):
        story.begins = seconds * number / len(stories)
    return stories


def _steps(dice: random.Random) -> Iterator[str]:
    step = "book"
    while step != "end":
        yield step
        step = dice.choice(NEXT[AFTER[step]])


class Client:
    """One thread's connection. It is made anew when it breaks."""

    def __init__(self, url: str, began: float, tally: Tally) -> None:
        self.url, self.began, self.tally = url, began, tally

    def play(self, story: Story) -> None:
        """From its beginning to its end; raises ``StoryError`` for an answer that cannot be."""
        time.sleep(max(0.0, self.began + story.begins - time.monotonic()))
        answer = self._post(story, "/api/interviews/", {"candidate": story.candidate}, expect=(201,))
        story.interview = answer.json()["id"]
        story.events.append("interview.created")
        for step in story.steps:
            getattr(self, f"_{step}")(story)
            self.tally.changes += 1

    def _book(self, story: Story) -> None:
        path = "/api/interviews/schedules/book_interview/"
        row = self._first_free(story, path, {"interview_id": story.interview}, made=201)
        self._seated(story, row, "interview.booked")

    def _reschedule(self, story: Story) -> None:
        earlier, slot = _live(story)
        path = f"/api/interviews/schedules/{earlier}/reschedule/"
        row = self._first_free(story, path, {}, made=200)
        story.bookings[earlier] = (slot, "rescheduled")
        self._seated(story, row, "interview.rescheduled")

    def _confirm(self, story: Story) -> None:
        schedule, slot = _live(story)
        self._post(story, f"/api/interviews/schedules/{schedule}/confirm_schedule/", {}, expect=(200,))
        story.bookings[schedule] = (slot, "confirmed")
        story.events.append("interview.confirmed")

    def _cancel(self, story: Story) -> None:
        schedule, slot = _live(story)
        self._post(story, f"/api/interviews/schedules/{schedule}/cancel_schedule/", {"reason": "Ill."}, expect=(200,))
        story.bookings[schedule] = (slot, "cancelled")
        story.events.append("interview.cancelled")

    def _release(self, story: Story) -> None:
        schedule, slot = _live(story)
        path = f"/api/interviews/slots/{slot}/release_slot/"
        self._post(story, path, {"schedule_id": schedule}, expect=(200,))
        story.bookings[schedule] = (slot, "cancelled")
        story.events.append("interview.released")

    def _seated(self, story: Story, row: dict[str, Any], event: str) -> None:
        story.bookings[row["id"]] = (row["slot"], row["status"])
        story.events.append(event)

    def _first_free(self, story: Story, path: str, body: dict[str, Any], *, made: int) -> dict[str, Any]:
        """Try slots as they come to mind; each try is a call of its own, with a key of its own."""
        taken = {slot for slot, status in story.bookings.values() if status in ("pending", "confirmed")}
        slots = [slot for slot in story.company.slots if slot not in taken]
        for slot in story.dice.sample(slots, len(slots)):
            answer = self._post(story, path, {**body, "slot_id": slot}, expect=(made, 409))
            if answer.status_code == made:
                row: dict[str, Any] = answer.json()
                return row
            if answer.json()["code"] != "slot_full":
                raise StoryError(f"POST {path} was refused: {answer.text}")
        raise StoryError("No place is left.")

    def _post(self, story: Story, path: str, body: Any, *, expect: Sequence[int]) -> httpx.Response:
        """Call until there is an answer, each time under the same key."""
        headers = {"Authorization": f"Token {story.company.token}", "Idempotency-Key": uuid.uuid4().hex}
        deadline = time.monotonic() + PATIENCE_SECONDS
        timeout = story.dice.uniform(*IMPATIENT_SECONDS) if story.dice.random() < IMPATIENT else CALL_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = httpx.post(f"{self.url}{path}", json=body, headers=headers, timeout=timeout)
            except httpx.TransportError as error:
                self.tally.broken[type(error).__name__] += 1
            else:
                if answer.status_code in expect:
                    self.tally.replayed += "Idempotency-Replayed" in answer.headers
                    return answer
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    raise StoryError(f"POST {path} answered {answer.status_code}: {answer.text[:500]}")
                self.tally.broken[str(answer.status_code)] += 1
            timeout = CALL_SECONDS
            time.sleep(PAUSE_SECONDS)
        raise StoryError(f"POST {path} was not answered for {PATIENCE_SECONDS:.0f} seconds.")


def _live(story: Story) -> tuple[str, str]:
    """The schedule that holds a place, and its slot."""
    ((schedule, slot),) = [
        (key, slot) for key, (slot, status) in story.bookings.items() if status in ("pending", "confirmed")
    ]
    return schedule, slot
