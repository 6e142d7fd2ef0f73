"""The crowd: many clients at once who want places, change their minds, and are refused by each other."""

import random
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from scenarios.books import Booking, Books, Slot
from scenarios.http import Api, StoryError

T = TypeVar("T")
SEED = 20270328
CROWDING = 1.1  # places on offer for each booking that is wanted: few enough to be refused now and then
REPEATED = 0.1  # of the calls, as after a lost connection
CONFIRMED = 0.2
TRIES = 500


class Crowd:
    """``clients`` threads, each with connections of its own and its own dice."""

    def __init__(self, base_url: str, clients: int) -> None:
        self.base_url, self.clients = base_url, clients
        self._local = threading.local()
        self._apis: list[Api] = []
        self._lock = threading.Lock()

    @property
    def calls(self) -> int:
        """Calls so far."""
        return sum(api.calls for api in self._apis)

    def share(self, tasks: Sequence[T], work: Callable[["Crowd", T], None]) -> None:
        """Let the clients do the tasks; the first failure ends the story."""
        with ThreadPoolExecutor(self.clients) as pool:
            for outcome in [pool.submit(work, self, task) for task in tasks]:
                outcome.result()

    def api(self, books: Books) -> Api:
        """This thread's connection as one of the company's users."""
        mine: dict[int, Api] = self._local.__dict__.setdefault("apis", {})
        if books.id not in mine:
            mine[books.id] = Api(self.base_url, self.dice.choice(books.tokens))
            with self._lock:
                self._apis.append(mine[books.id])
        return mine[books.id]

    @property
    def dice(self) -> random.Random:
        """This thread's own."""
        if not hasattr(self._local, "dice"):
            with self._lock:
                self._local.dice = random.Random(SEED + len(self._apis))  # noqa: S311 (plays, hides nothing)
        found: random.Random = self._local.dice
        return found

    def write(self, books: Books, path: str, body: Any, *, expect: Sequence[int]) -> tuple[int, Any]:
        """Post once, now and then twice under the same key; the second answer must be the first."""
        api, key = self.api(books), uuid.uuid4().hex
        answer = api.post(path, body, expect=expect, key=key)
        if self.dice.random() < REPEATED:
            again = api.post(path, body, expect=expect, key=key)
            if (again.status_code, again.content) != (answer.status_code, answer.content):
                raise StoryError(f"POST {path} was repeated and answered {again.text[:300]}, not {answer.text[:300]}")
            with books.lock:
                books.repeats += 1
        if answer.status_code == 409:
            books.refused(answer.json()["code"])
        return answer.status_code, answer.json()


def invite_and_book(crowd: Crowd, wish: tuple[Books, int, list[Slot]]) -> None:
    """Make an interview for a candidate and find a place among the wanted slots."""
    books, candidate, wanted = wish
    _, interview = crowd.write(books, "/api/interviews/", {"candidate": candidate}, expect=(201,))
    with books.lock:
        books.interviews[interview["id"]] = candidate
    books.happened("interview.created")
    path = "/api/interviews/schedules/book_interview/"
    row = _first_free(crowd, books, wanted, path, {"interview_id": interview["id"]}, made=201)
    booking = books.booked(row)
    if crowd.dice.random() < CONFIRMED:
        crowd.write(books, f"/api/interviews/schedules/{booking.id}/confirm_schedule/", {}, expect=(200,))
        with books.lock:
            booking.status = "confirmed"
        books.happened("interview.confirmed")


def cancel(crowd: Crowd, task: tuple[Books, Booking]) -> None:
    """Cancel; a second time is refused."""
    books, booking = task
    path = f"/api/interviews/schedules/{booking.id}/cancel_schedule/"
    crowd.write(books, path, {"reason": "The candidate is ill."}, expect=(200,))
    books.ended(booking, "interview.cancelled")
    crowd.write(books, path, {"reason": "Again."}, expect=(409,))


def release(crowd: Crowd, task: tuple[Books, Booking]) -> None:
    """Give the place back; a second time is refused."""
    books, booking = task
    path = f"/api/interviews/slots/{booking.slot}/release_slot/"
    crowd.write(books, path, {"schedule_id": booking.id}, expect=(200,))
    books.ended(booking, "interview.released")
    crowd.write(books, path, {"schedule_id": booking.id}, expect=(409,))


def reschedule(crowd: Crowd, task: tuple[Books, Booking]) -> None:
    """Move to another slot, whichever has room."""
    books, booking = task
    path = f"/api/interviews/schedules/{booking.id}/reschedule/"
    others = [slot for slot in books.open_slots() if slot.id != booking.slot]
    row = _first_free(crowd, books, others, path, {}, made=200)
    books.booked(row, instead_of=booking)


def popular(books: Books, wanted: int) -> list[Slot]:
    """The next slots with hardly more places than are wanted."""
    chosen: list[Slot] = []
    for slot in books.open_slots():
        if sum(each.places for each in chosen) >= wanted * CROWDING + 10:
            break
        chosen.append(slot)
    return chosen


def _first_free(crowd: Crowd, books: Books, wanted: list[Slot], path: str, body: dict[str, Any], *, made: int) -> Any:
    """Try slots as they come to mind, until one is neither full nor at a time when the candidate is busy."""
    left = list(wanted)
    crowd.dice.shuffle(left)
    spare = [slot for slot in reversed(books.open_slots()) if slot not in wanted]
    for slot in [*left, *spare][:TRIES]:
        status, answer = crowd.write(books, path, body | {"slot_id": slot.id}, expect=(made, 409))
        if status == made:
            return answer
        if answer["code"] not in ("slot_full", "candidate_busy"):
            raise StoryError(f"POST {path} was refused: {answer}")
    raise StoryError(f"{books.name} has no place left")
