"""The interviewer's side: what is due is found without a lock, said outside of any transaction, and written once.

Whoever asks for it first makes it; a process that was killed between an answer and the next question leaves it to the
next request.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from parley.conversations.interviewers import Account, Context, Exchange, Interviewer, Model, Scripted
from parley.conversations.interviewers.scripted import pieces
from parley.conversations.locks import lock_session
from parley.conversations.models import InterviewSession, Turn
from parley.conversations.operations.ending import end, expire_session
from parley.conversations.queries import (
    Standing,
    kit_of_session,
    language_of,
    question_of,
    said_of,
    standing_of,
    turns_of,
)
from parley.conversations.rules.kits import Kit
from parley.conversations.rules.plan import Next, next_step
from parley.conversations.rules.states import Ending, Role, SessionState, TurnKind
from parley.conversations.rules.timing import is_over
from parley.core.actors import SYSTEM
from parley.core.transactions import operation, release_connection
from parley.hiring.masks import masker_of
from parley.interviews.models import Interview
from parley.interviews.operations.conflicts import Trouble, open_conflicts
from parley.interviews.rules.states import ConflictType
from parley.llm.calling import Again, Unavailable, is_configured
from parley.llm.queries import concurrent_sessions_of
from parley.llm.rules.failures import has_failed


@dataclass
class _Due:
    """What the interviewer says after the turn ``after`` (0: at the beginning), and how it came about."""

    session: InterviewSession
    kit: Kit
    after: int
    step: Next
    else_step: Next  # where there is nothing to ask on
    context: Context | None = None  # of a follow-up
    text: str = ""
    account: Account = Account(interviewer="scripted")  # noqa: RUF009 (frozen)
    failed: list[dict[str, Any]] = field(default_factory=list)  # the attempts of models, where none of them answered
    began: float = field(default_factory=time.perf_counter)
    first_ms: int | None = None

    def pieces(self) -> Iterator[str | Again]:
        """The words as they come. Core questions and closing words are those of the kit, whoever interviews."""
        if self.context is not None:
            yield from self._listen_to_all(self.context)
            if self.text.strip():
                return
            self.step = self.else_step
        question = question_of(self.kit, self.step.question_key)
        yield from map(self._take, pieces(self.kit.closing if question is None else question.text))

    def _listen_to_all(self, context: Context) -> Iterator[str | Again]:
        """The follow-up of the model; where no model is of use, the scripted interviewer's."""
        if is_configured() and not self._is_one_too_many():
            try:
                yield from self._listen_to(Model(), context)
            except Unavailable as refusal:
                self.failed = refusal.attempts
                if self.text:  # what was heard of it is void
                    self.text = ""
                    yield Again()
                yield from self._listen_to(Scripted(), context)
        else:
            yield from self._listen_to(Scripted(), context)

    def _listen_to(self, interviewer: Interviewer, context: Context) -> Iterator[str | Again]:
        for each in interviewer.say(context):
            if isinstance(each, Account):
                self.account = each
            elif isinstance(each, Again):
                self.text = ""
                yield each
            else:
                yield self._take(each)

    def _take(self, piece: str) -> str:
        if self.first_ms is None:
            self.first_ms = self.elapsed()
        self.text += piece
        return piece

    def _is_one_too_many(self) -> bool:
        """Whether models lead as many interviews of the company at once as they may: those that began first."""
        most = concurrent_sessions_of(self.session.company_id)
        if most is None:
            return False
        earlier = InterviewSession.objects.filter(
            company_id=self.session.company_id, state=SessionState.RUNNING, started_at__lt=self.session.started_at
        )
        return earlier.count() >= most

    def elapsed(self) -> int:
        """Milliseconds since it was asked for."""
        return round((time.perf_counter() - self.began) * 1000)


def next_words(session_id: UUID, *, now: datetime) -> Iterator[str | Again | Turn]:
    """What the interviewer says next: its pieces as they come, and last the turn once it is on disk.

    After ``Again`` the pieces before it are void. Nothing where it is the candidate's turn, or the session does not
    run. No database connection is held while the interviewer thinks.
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
    said: str | Again | Turn | None = None
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


def reply_to(answer: Turn, *, now: datetime) -> Iterator[str | Again | Turn]:
    """As ``next_words`` after an answer; what was said already comes in one piece."""
    said = _said_after(answer)
    if said is None:
        for each in next_words(answer.session_id, now=now):
            yield each
            if isinstance(each, Turn):
                return
        said = _said_after(answer)  # another request has been faster
    if said is not None:
        yield from (said.text, said)


def _said_after(answer: Turn) -> Turn | None:
    return Turn.objects.filter(session=answer.session_id, number=answer.number + 1).first()


def _due(session_id: UUID, *, now: datetime) -> _Due | None:
    session = InterviewSession.objects.select_related("kit_version", "interview__candidate").get(pk=session_id)
    turns = turns_of(session)
    if session.state != SessionState.RUNNING or session.ends_at is None:
        return None
    if turns and turns[-1].role == Role.INTERVIEWER:
        return None
    kit, left = kit_of_session(session), (session.ends_at - now).total_seconds() / 60
    step = next_step(kit, session.plan, said_of(turns), minutes_left=left)
    return _Due(
        session=session,
        kit=kit,
        after=turns[-1].number if turns else 0,
        step=step,
        else_step=next_step(kit, session.plan, said_of(turns), minutes_left=left, may_follow_up=False),
        context=_context(session, kit, step, turns) if step.kind == TurnKind.FOLLOW_UP else None,
    )


def _context(session: InterviewSession, kit: Kit, step: Next, turns: Iterable[Turn]) -> Context:
    competency, question = next(each for each in kit.questions if each[1].key == step.question_key)
    about = [turn for turn in turns if turn.question_key == step.question_key]
    exchanges = zip(about[::2], about[1::2], strict=True)  # a question and its answer take turns
    return Context(
        company_id=session.company_id,
        session_id=session.pk,
        language=language_of(session),
        competency=competency,
        question=question,
        exchanges=tuple(Exchange(asked=asked.text, answer=answer.text) for asked, answer in exchanges),
        follow_ups_left=step.follow_ups_left,
        masker=masker_of(session.interview.candidate),
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
        interviewer=due.account.interviewer,
        model=due.account.model,
        first_token_ms=due.first_ms,
        total_ms=due.elapsed(),
        input_tokens=due.account.input_tokens,
        output_tokens=due.account.output_tokens,
        cost_micros=due.account.cost_micros,
        attempts=due.failed or due.account.attempts,
    )
    if has_failed(due.failed):
        _tell_of_failure(session, due.failed, now=now)
    if due.step.kind == TurnKind.CLOSING:
        _close(interview, session, now=now)
    return turn


def _tell_of_failure(session: InterviewSession, failed: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Tell the company, once for an interview, that the scripted interviewer had to carry on. Nobody loses a place."""
    trouble = Trouble(
        company_id=session.company_id,
        type=ConflictType.AI_SYSTEM_ERROR,
        cause=f"model:{session.pk}",
        details={
            "problems": sorted({str(each["problem"]) for each in failed}),
            "models": sorted({str(each["model"]) for each in failed}),
            "carried_on": "scripted",
            "reason": "The scripted interviewer carried on, and nothing was lost. See how language models are set.",
        },
        schedule=session.schedule,
        is_manual=True,
    )
    open_conflicts([trouble], actor=SYSTEM, now=now)


def _close(interview: Interview, session: InterviewSession, *, now: datetime) -> None:
    """The closing words are said: all was asked, or the time is over."""
    asked = session.turns.filter(kind=TurnKind.QUESTION).count()
    if asked < len(session.plan):
        end(interview, session, SessionState.EXPIRED, Ending.TIME, actor=SYSTEM, now=now)
    else:
        end(interview, session, SessionState.FINISHED, Ending.COMPLETE, actor=SYSTEM, now=now)
