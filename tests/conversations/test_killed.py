"""The web server is killed (kill -9) at every step of an interview, and the candidate goes on."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from django.utils import timezone

from parley.conversations.models import Turn
from parley.conversations.rules.consent import VERSION
from parley.core.models import Event
from scenarios.provider import Provider
from tests.conversations.conftest import Booked, make_booked, make_kit
from tests.factories import CompanyFactory
from tests.invariants import broken_invariants
from tests.live import server_environment

WITHOUT_MODEL = {"PARLEY_AI_MODEL": ""}
AFTER = (0.0, 0.01, 0.04, 0.1, 0.3)  # seconds from the request to the kill
ANSWERS = ["We wrote to a queue and another service read it until it was empty.", "", "I would ask.", "Yes."]


class Mortal:
    """A web server that is killed with all its processes, and started again at the same address."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.address, self._command, self._environment = server_environment(workers=1, **environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it serves."""
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        while True:
            try:
                httpx.get(f"{self.address}/healthz").raise_for_status()
            except httpx.HTTPError:
                assert self._process.poll() is None, "the server ended instead of serving"
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """As ``kill -9`` does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def mortal(environment: dict[str, str]) -> Iterator[Mortal]:
    server = Mortal(environment)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def struck(server: Mortal, after: float, method: str, url: str, body: dict[str, Any]) -> bool:
    """Send a request and kill the server ``after`` so long; whether the answer still came."""
    came: list[bool] = []

    def send() -> None:
        try:
            came.append(httpx.request(method, url, json=body, timeout=30).is_success)
        except httpx.HTTPError:
            came.append(False)

    thread = threading.Thread(target=send)
    thread.start()
    time.sleep(after)
    server.kill()
    thread.join()
    server.start()
    return came == [True]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leader", ["scripted", "model"])
def test_killed_at_every_step_nothing_is_lost_or_doubled(leader: str, provider: Provider) -> None:
    follow_up = "I see. What did you measure in step {}?"
    provider.usually = lambda it: it.say(follow_up.format(len(provider.requests)), pause=0.02)
    company = CompanyFactory()
    make_kit(company)
    soon: Booked = make_booked(company, timezone.now().replace(microsecond=0))
    delays = iter(AFTER * 20)
    with mortal(provider.environment if leader == "model" else WITHOUT_MODEL) as server:
        base = f"{server.address}/api/public/interviews/{soon.token}/session"
        consent = {"consent_version": VERSION, "accepted": True}
        struck(server, next(delays), "POST", f"{base}/start/", consent)
        session = httpx.post(f"{base}/start/", json=consent, timeout=30).json()  # as the candidate would: once more
        kept: list[str] = []
        for number, text in enumerate(ANSWERS * 4):
            if session["state"] != "running":
                break
            asked = session["turns"][-1]
            assert asked["role"] == "interviewer"
            draft = {"text": f"draft {number}", "turn": asked["id"]}
            if struck(server, next(delays), "PUT", f"{base}/draft/", draft):
                assert httpx.get(f"{base}/", timeout=30).json()["draft"] == f"draft {number}"
            answer = {"client_id": f"answer-{number}", "text": text, "turn": asked["id"]}
            is_told = struck(server, next(delays), "POST", f"{base}/answers/", answer)
            session = httpx.get(f"{base}/", timeout=30).json()
            said = [turn["text"] for turn in session["turns"] if turn["role"] == "candidate"]
            assert said in ([*kept, text], kept) and (not is_told or said == [*kept, text])  # noqa: PT018
            again = httpx.post(f"{base}/answers/", json=answer, timeout=30)
            assert again.status_code == 200, again.text
            kept.append(text)
            session = httpx.get(f"{base}/", timeout=30).json()
            assert [turn["text"] for turn in session["turns"] if turn["role"] == "candidate"] == kept
        assert session["state"] == "finished"
    roles = [turn["role"] for turn in session["turns"]]
    assert roles == ["interviewer", "candidate"] * len(kept) + ["interviewer"]
    assert [turn["number"] for turn in session["turns"]] == list(range(1, len(roles) + 1))
    assert [turn["text"] for turn in session["turns"] if turn["kind"] == "question"] == [
        "Ask d1?",
        "Ask d2?",
        "Ask t1?",
        "Ask t2?",
    ]
    led = set(Turn.objects.filter(kind="follow_up").values_list("interviewer", flat=True))
    assert led == {leader}
    assert soon.events() == ["interview.started", "interview.completed"]
    assert Event.objects.filter(type="interview.completed").count() == 1
    assert broken_invariants() == {}
