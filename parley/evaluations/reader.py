"""From the end of an interview to its evaluation. Runs inside the transaction that moves the cursor."""

from collections.abc import Sequence
from datetime import datetime

from parley.core.models import Event
from parley.core.outbox import Reader
from parley.evaluations.jobs import ask_to_evaluate


def evaluate_what_was_held(events: Sequence[Event], now: datetime) -> None:
    """Ask for the evaluation of each interview that has just been held."""
    for event in events:
        if event.type == "interview.completed" and (event.after or {}).get("session_id"):
            ask_to_evaluate(event.object_id)


READER = Reader("evaluating", evaluate_what_was_held)
