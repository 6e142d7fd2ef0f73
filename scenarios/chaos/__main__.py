"""``python -m scenarios.chaos``: 500 bookings, changes and cancellations while programs are killed.

A server of its own, with everything that ``serve`` starts, is called by many clients, and tells a real mail server and
real receivers of webhooks. Every second or so the web server, one of its workers, the job worker or the dispatcher is
ended with SIGKILL, and the job worker also right after something that it sent has arrived. Afterwards, when nothing
waits any more, all that the clients were answered, the database and what was received are compared. What a dead process
had claimed is waited for (up to five minutes) unless ``--hurry`` is given.
"""

import argparse
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from scenarios.chaos import changes
from scenarios.chaos.changes import Client, Story, Tally
from scenarios.chaos.checks import differences, look
from scenarios.chaos.companies import set_up
from scenarios.chaos.killing import Killer
from scenarios.chaos.quiet import Clock
from scenarios.chaos.receivers import Taken, WebhookServer, mail_server, webhook_server
from scenarios.http import Api, StoryError
from scenarios.server import Running, free_port, own_server

SEED = 20261124
PATIENCE_SECONDS = 1200.0  # until nothing waits any more; only ends a hang
SHOWN = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Play it; 0 where all totals agree, 1 where they do not, 2 where it broke off."""
    options = _options(arguments)
    dice = random.Random(options.seed)  # noqa: S311 (plays, hides nothing)
    mailed, hooked = (Taken(random.Random(dice.random())) for _ in range(2))  # noqa: S311 (likewise)
    _say(f"Starting a server … (seed {options.seed})")
    with ExitStack() as stack:
        port = free_port()
        stack.enter_context(mail_server(mailed, port))
        receivers = stack.enter_context(webhook_server(hooked))
        settings = {
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "PARLEY_ALLOW_PRIVATE_WEBHOOKS": "true",
            "PARLEY_MAILS_PER_SECOND": "50",
        }
        server = stack.enter_context(own_server(options.database, **settings))
        try:
            return Chaos(server, receivers, options, dice).play(mailed, hooked)
        except StoryError as error:
            _say(f"It broke off: {error}")
            _say(_log_of(server))
            return 2


class Chaos:
    """The changes, the killing, the waiting and the comparison."""

    def __init__(
        self, server: Running, receivers: WebhookServer, options: argparse.Namespace, dice: random.Random
    ) -> None:
        if server.pid is None or server.database_url is None:
            raise StoryError("Only an own server can be killed.")
        self.server, self.receivers, self.options, self.dice = server, receivers, options, dice
        self.database_url = server.database_url
        self.clock = Clock(self.database_url, is_hurried=options.hurry)
        killers_dice = random.Random(dice.random())  # noqa: S311 (plays, hides nothing)
        self.killer = Killer(server.pid, dice=killers_dice, after_each=self.clock.hurry)
        self.tally = Tally()
        self.began = time.monotonic()

    def play(self, mailed: Taken, hooked: Taken) -> int:
        """All of it; the exit status."""
        with Api.login(self.server.url, self.server.email, self.server.password) as admin:
            companies = set_up(admin, self.receivers, changes=self.options.changes)
        stories = changes.plan(
            companies, changes=self.options.changes, seconds=self.options.seconds * 0.8, dice=self.dice
        )
        self._say(
            f"{len(stories)} interviews, {self.options.clients} clients, {self.options.seconds} seconds of killing."
        )
        mailed.before_answer = hooked.before_answer = self.killer.tempt
        self._change_while_killing(stories)
        self._say(f"{self.tally.changes} changes were acknowledged; kills: {_counted(self.killer.kills)}.")
        self._say(
            f"Calls without an answer: {_counted(self.tally.broken)}; answers given again: {self.tally.replayed}."
        )
        left = self.clock.wait_until_quiet(PATIENCE_SECONDS, say=self._say)
        self._say("Nothing waits any more." if not left else f"There is still open: {_counted(Counter(left))}.")
        wrong = [f"{count} {what} are left over." for what, count in left.items()]
        return self._compare(stories, wrong, mailed, hooked)

    def _change_while_killing(self, stories: Sequence[Story]) -> None:
        stop = threading.Event()
        client = Client(self.server.url, time.monotonic(), self.tally)
        with ThreadPoolExecutor(1) as killing, ThreadPoolExecutor(self.options.clients) as clients:
            killed = killing.submit(self.killer.run, stop)
            played = [clients.submit(client.play, story) for story in stories]
            try:
                stop.wait(self.options.seconds)
            finally:
                stop.set()
            killed.result()
            for outcome in played:
                outcome.result()

    def _compare(self, stories: Collection[Story], wrong: list[str], mailed: Taken, hooked: Taken) -> int:
        found = look(self.database_url)
        wrong += differences(stories, found, mailed=mailed, hooked=hooked)
        states = Counter(row["state"] for row in found.mails if row["kind"] != "reminder")
        self._say(f"{len(found.events)} events, {len(found.notifications)} notifications.")
        self._say(f"Mails: {_counted(states)}; reminders to come: {len(found.mails) - states.total()}.")
        self._say(_received(mailed, "Message-ID"))
        self._say(f"Deliveries: {_counted(Counter(row['state'] for row in found.deliveries))}.")
        self._say(_received(hooked, "webhook-id"))
        for sentence in wrong[:SHOWN]:
            _say(sentence)
        if wrong:
            _say(_log_of(self.server))
        _say(f"{len(wrong)} differences." if wrong else "Totals agree.")
        return 1 if wrong else 0

    def _say(self, line: str) -> None:
        _say(f"{time.monotonic() - self.began:6.1f} s  {line}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scenarios.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="how long programs are killed")
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--database", help="the DATABASE_URL of an empty database, instead of one of its own")
    parser.add_argument("--hurry", action="store_true", help="move claims and pauses into the past instead of waiting")
    return parser.parse_args(arguments)


def _log_of(server: Running) -> str:
    return "" if server.log is None else server.log.read_text(errors="replace")[-6000:]


def _received(taken: Taken, name: str) -> str:
    return (
        f"  received: {len(taken.times)}, again under the same {name}: {taken.repeats}, "
        f"refused at first: {len(taken.refused)}"
    )


def _counted(words: Counter[str]) -> str:
    return ", ".join(f"{times} {word}" for word, times in sorted(words.items())) or "none"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server is stopped on the way out
    sys.exit(main())
