"""Threads that work, and threads that wait beside them."""

import threading
from collections.abc import Callable

import pytest

from parley.core.turnstile import Pieces, TooManyWait, Turnstile, waiting

pytestmark = pytest.mark.django_db


def started(*works: Callable[[], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=work, daemon=True) for work in works]
    for each in threads:
        each.start()
    return threads


def test_one_works_while_another_waits() -> None:
    turnstile, order, is_there = Turnstile(working=1, waiting=1), [], threading.Event()

    def slow() -> None:
        with turnstile.work():
            order.append("slow begins")
            with waiting():
                assert is_there.wait(30)
            order.append("slow ends")

    def quick() -> None:
        with turnstile.work():
            order.append("quick")
        is_there.set()

    (first,) = started(slow)
    while not order:
        pass
    (second,) = started(quick)
    first.join(30)
    second.join(30)
    assert order == ["slow begins", "quick", "slow ends"]


def test_no_more_wait_than_may() -> None:
    turnstile, are_there, go = Turnstile(working=2, waiting=1), threading.Semaphore(0), threading.Event()

    def slow() -> None:
        with turnstile.work(), waiting():
            are_there.release()
            assert go.wait(30)

    (first,) = started(slow)
    assert are_there.acquire(timeout=30)
    with turnstile.work():
        with pytest.raises(TooManyWait), waiting():
            pytest.fail("it must not come to that")
        go.set()
        first.join(30)
        with waiting():
            pass


def test_patient_work_leaves_a_turn_to_others() -> None:
    turnstile, have_begun, go = Turnstile(working=3, waiting=9), threading.Semaphore(0), threading.Event()
    done: list[str] = []

    def patient() -> None:
        with turnstile.work(is_patient=True):
            have_begun.release()
            assert go.wait(30)
            with waiting():
                pass
            done.append("patient")

    threads = started(*[patient] * 5)
    assert have_begun.acquire(timeout=30)
    assert have_begun.acquire(timeout=30)
    with turnstile.work():  # the third turn, although three more stand before it
        assert not have_begun.acquire(blocking=False)
        done.append("quick")
    go.set()
    for each in threads:
        each.join(30)
    assert done == ["quick"] + ["patient"] * 5
    with turnstile.work(is_patient=True), turnstile.work(is_patient=True), turnstile.work():
        pass  # all turns have been given back


def test_the_only_turn_is_for_all() -> None:
    turnstile = Turnstile(working=1, waiting=1)
    with turnstile.work(is_patient=True), waiting():
        pass


def test_outside_of_a_web_process_everybody_may_wait() -> None:
    with waiting(), waiting():
        pass


def test_a_streamed_answer_takes_a_turn_for_each_piece() -> None:
    turnstile, closed = Turnstile(working=1, waiting=1), []

    class Answer:
        def __iter__(self) -> "Answer":
            self.left = [b"a", b"b"]
            return self

        def __next__(self) -> bytes:
            if not self.left:
                raise StopIteration
            return self.left.pop(0)

        def close(self) -> None:
            closed.append(True)

    pieces = Pieces(turnstile, Answer())
    heard = []
    for piece in pieces:
        with turnstile.work():  # nobody holds the only one between two pieces
            heard.append(piece)
    pieces.close()
    assert (heard, closed) == ([b"a", b"b"], [True])
