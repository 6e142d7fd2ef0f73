"""``python -m scenarios.quarter``: three companies, a quarter of slots, 500 interviews.

Plays through HTTP against a server of its own, or against ``--url`` with an administrator's ``--email`` and
``--password``. Prints a summary computed from the answers, and compares it, row by row, with the database.
"""

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from scenarios import clients, trouble
from scenarios.books import Books
from scenarios.checks import differences
from scenarios.clients import Crowd
from scenarios.companies import set_up
from scenarios.http import Api, StoryError
from scenarios.server import Running, own_server
from scenarios.snapshot import from_api, from_database
from scenarios.summary import table

CANCELLED, MOVED, RELEASED = 0.12, 0.12, 0.04  # of the bookings
SECOND_ROUNDS = 1.4  # interviews for each candidate


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the quarter; 0 where all totals agree, 1 where they do not, 2 where the story broke off."""
    options = _options(arguments)
    try:
        with _server(options) as server:
            return Story(server, interviews=options.interviews, clients=options.clients).play()
    except StoryError as error:
        _say(f"The story broke off: {error}")
        return 2


class Story:
    """The quarter, chapter by chapter."""

    def __init__(self, server: Running, *, interviews: int, clients: int) -> None:
        self.server, self.interviews = server, interviews
        self.crowd = Crowd(server.url, clients)
        self.began = time.monotonic()

    def play(self) -> int:
        """All of it; the exit status."""
        self.say(f"A server answers at {self.server.url}.")
        with Api.login(self.server.url, self.server.email, self.server.password) as admin:
            share = -(-self.interviews // 3)
            companies = set_up(admin, people=int(share / SECOND_ROUNDS), say=self.say)
        self._book(companies)
        self._change_minds(companies)
        self._lose_days(companies)
        _say(f"\n{table(companies)}\n")
        return self._compare(companies)

    def say(self, line: str) -> None:
        """Progress."""
        _say(f"{time.monotonic() - self.began:6.1f} s  {line}")

    def _book(self, companies: list[Books]) -> None:
        wishes = []
        popular = {books.id: clients.popular(books, self.interviews // len(companies)) for books in companies}
        for number in range(self.interviews):
            books = companies[number % len(companies)]
            candidates = list(books.candidates.values())
            candidate = candidates[number // len(companies) % len(candidates)]
            wishes.append((books, candidate, popular[books.id]))
        began = time.monotonic()
        self.crowd.share(wishes, clients.invite_and_book)
        refused = sum((books.refusals for books in companies), Counter[str]())
        rate = len(wishes) / (time.monotonic() - began)
        self.say(
            f"{len(wishes)} interviews booked by {self.crowd.clients} clients at once ({rate:.0f} a second); "
            f"refused on the way: {_counted(refused)}."
        )

    def _change_minds(self, companies: list[Books]) -> None:
        tasks = [(books, booking) for books in companies for booking in books.live()]
        tasks.sort(key=lambda task: task[1].id)  # as good as shuffled
        sizes = {name: round(len(tasks) * part) for name, part in _PARTS.items()}
        cancelled, rest = tasks[: sizes["cancelled"]], tasks[sizes["cancelled"] :]
        moved, rest = rest[: sizes["moved"]], rest[sizes["moved"] :]
        released = rest[: sizes["released"]]
        mixed = [(clients.cancel, task) for task in cancelled]
        mixed += [(clients.reschedule, task) for task in moved]
        mixed += [(clients.release, task) for task in released]
        mixed.sort(key=lambda pair: pair[1][1].slot)
        self.crowd.share(mixed, lambda crowd, pair: pair[0](crowd, pair[1]))
        self.say(f"{len(cancelled)} cancelled, {len(moved)} rescheduled, {len(released)} released, all at once.")

    def _lose_days(self, companies: list[Books]) -> None:
        for books in companies:
            with Api(self.server.url, books.tokens[0]) as api:
                day, conflicts = trouble.lose_a_day(api, books)
                settled = trouble.settle(api, books)
            self.say(f"{books.name} loses {day:%A %d %B}: {conflicts} conflicts, {_counted(settled)}.")

    def _compare(self, companies: list[Books]) -> int:
        wrong: list[str] = []
        for books in companies:
            if self.server.database_url:
                found = from_database(self.server.database_url, books.id)
            else:
                with Api(self.server.url, books.tokens[0]) as api:
                    found = from_api(api, books)
            wrong += differences(books, found)
        for sentence in wrong[:50]:
            _say(sentence)
        _say(f"{len(wrong)} differences." if wrong else "Totals agree.")
        return 1 if wrong else 0


_PARTS = {"cancelled": CANCELLED, "moved": MOVED, "released": RELEASED}


def _server(options: argparse.Namespace) -> AbstractContextManager[Running]:
    if options.url is None:
        _say("Starting a server …")
        return own_server(options.database)
    return nullcontext(
        Running(url=options.url, database_url=options.database, email=options.email, password=options.password)
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scenarios.quarter", description=__doc__)
    parser.add_argument("--url", help="a running server, instead of one of its own")
    parser.add_argument("--email", help="an administrator there")
    parser.add_argument("--password")
    parser.add_argument("--database", help="its DATABASE_URL, to compare with; of an own server: an empty database")
    parser.add_argument("--interviews", type=int, default=500)
    parser.add_argument("--clients", type=int, default=20)
    options = parser.parse_args(arguments)
    if options.url and not (options.email and options.password):
        parser.error("--url needs --email and --password of an administrator")
    return options


def _counted(words: Counter[str]) -> str:
    return ", ".join(f"{times} {word}" for word, times in sorted(words.items())) or "none"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server is stopped on the way out
    sys.exit(main())
