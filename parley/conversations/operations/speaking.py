"""The interviewer's side: what is due is found without a lock, said outside of any transaction, and written once.

Whoever asks for it first makes it; a process that was killed between an answer and the next question leaves it to the
next request.
"""

import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from parley.conversations.interviewers import Context, Exchange, Interviewer, Scripted
from parley.conversations.interviewers.scripted import pieces
from parley.conversations.locks import lock_session
from parley.conversations.models import InterviewSession, Turn
from parley.conversations.operations.ending import end, expire_session
from parley.conversations.queries import Standing, kit_of_session, question_of, said_of, standing_of, turns_of
from parley.conversations.rules.kits import Kit
from parley.conversations.rules.plan import Next, next_step
from parley.conversations.rules.states import Ending, Role, SessionState, TurnKind
from parley.conversations.rules.timing import is_over
from parley.core.actors import SYSTEM
from parley.core.transactions import operation, release_connection
from parley.interviews.models import Interview


@dataclass
class _Due:
    """What the interviewer says after the turn ``after`` (0: at the beginning), and how it came about."""

    session: InterviewSession
    after: int
    step: Next
    words: Iterator[str]
    interviewer: str
    text: str = ""
    began: float = field(default_factory=time.perf_counter)
    first_ms: int | None = None

    def pieces(self) -> Iterator[str]:
        """The words as they come."""
        for piece in self.words:
            if self.first_ms is None:
                self.first_ms = self.elapsed()
            self.text += piece
            yield piece

    def elapsed(self) -> int:
        """Milliseconds since it was asked for."""
        return round((time.perf_counter() - self.began) * 1000)


def next_words(session_id: UUID, *, now: datetime) -> Iterator[str | Turn]:
    """What the interviewer says next: its pieces as they come, and last the turn once it is on disk.

    Nothing where it is the candidate's turn, or the session does not run. No database connection is held while the
    interviewer thinks.
    """
    due = _due(session_id, now=now)
    if due is None:
        return
    release_connection()
    yield from due.pieces()
    turn = _write(due=due, now=now)
    if turn is not None:
        yield turn


def speak(session_id: UUID, *, now: datetime) -> Turn | None:
    """``next_words`` for who does not listen meanwhile: the turn that was due, if one was."""
    said: str | Turn | None = None
    for said in next_words(session_id, now=now):  # noqa: B007 (the last of them counts)
        pass
    return said if isinstance(said, Turn) else None


def resume(interview: Interview, *, now: datetime) -> Standing:
    """Where an interview stands, once what a request before has left undone is done: the interviewer's turn, the end.

    Raises as ``standing_of`` does.
    """
    standing = standing_of(interview)
    session = standing.session
    if session is None or session.state != SessionState.RUNNING or session.ends_at is None:
        return standing
    if is_over(session.ends_at, now=now):
        expire_session(session_id=session.pk, now=now)
    elif standing.is_interviewers_turn:
        speak(session.pk, now=now)
    else:
        return standing
    interview.refresh_from_db(fields=["status"])
    return standing_of(interview)


def reply_to(answer: Turn, *, now: datetime) -> Iterator[str | Turn]:
    """As ``next_words`` after an answer; what was said already comes in one piece."""
    said = Turn.objects.filter(session=answer.session_id, number=answer.number + 1).first()
    if said is not None:
        yield from (said.text, said)
    else:
        yield from next_words(answer.session_id, now=now)


def _due(session_id: UUID, *, now: datetime) -> _Due | None:
    session = InterviewSession.objects.select_related("kit_version").get(pk=session_id)
    turns = turns_of(session)
    if session.state != SessionState.RUNNING or session.ends_at is None:
        return None
    if turns and turns[-1].role == Role.INTERVIEWER:
        return None
    kit, left, interviewer = kit_of_session(session), (session.ends_at - now).total_seconds() / 60, Scripted()
    step = next_step(kit, session.plan, said_of(turns), minutes_left=left)
    words = _words(kit, step, turns, interviewer)
    first = next(words, None)
    if first is None:  # nothing to ask on: the next core question, or the end
        step = next_step(kit, session.plan, said_of(turns), minutes_left=left, may_follow_up=False)
        words = _words(kit, step, turns, interviewer)
    whole = words if first is None else itertools.chain([first], words)
    return _Due(session, turns[-1].number if turns else 0, step, whole, interviewer.name)


def _words(kit: Kit, step: Next, turns: list[Turn], interviewer: Interviewer) -> Iterator[str]:
    """Core questions and closing words are those of the kit, whoever interviews."""
    question = question_of(kit, step.question_key)
    if step.kind == TurnKind.FOLLOW_UP:
        return interviewer.say(_context(kit, step, turns))
    return iter(pieces(kit.closing if question is None else question.text))


def _context(kit: Kit, step: Next, turns: Iterable[Turn]) -> Context:
    competency, question = next(each for each in kit.questions if each[1].key == step.question_key)
    about = [turn for turn in turns if turn.question_key == step.question_key]
    exchanges = zip(about[::2], about[1::2], strict=True)  # a question and its answer take turns
    return Context(
        kit=kit,
        competency=competency,
        question=question,
        exchanges=tuple(Exchange(asked=asked.text, answer=answer.text) for asked, answer in exchanges),
        follow_ups_left=step.follow_ups_left,
    )


@operation
def _write(*, due: _Due, now: datetime) -> Turn | None:
    """Keep what was said; where another request has been faster, it is what that one said."""
    interview, session = lock_session(due.session.pk, actor=SYSTEM)
    last = session.turns.order_by("-number").first()
    if last is not None and last.number > due.after:
        return session.turns.get(number=due.after + 1)
    if session.state != SessionState.RUNNING:  # ended meanwhile: nothing is added any more
        return last
    turn = Turn.objects.create(
        session=session,
        number=due.after + 1,
        role=Role.INTERVIEWER,
        kind=due.step.kind,
        question_key=due.step.question_key,
        text=due.text.strip(),
        created_at=now,
        interviewer=due.interviewer,
        first_token_ms=due.first_ms,
        total_ms=due.elapsed(),
    )
    if due.step.kind == TurnKind.CLOSING:
        _close(interview, session, now=now)
    return turn


def _close(interview: Interview, session: InterviewSession, *, now: datetime) -> None:
    """The closing words are said: all was asked, or the time is over."""
    asked = session.turns.filter(kind=TurnKind.QUESTION).count()
    if asked < len(session.plan):
        end(interview, session, SessionState.EXPIRED, Ending.TIME, actor=SYSTEM, now=now)
    else:
        end(interview, session, SessionState.FINISHED, Ending.COMPLETE, actor=SYSTEM, now=now)
