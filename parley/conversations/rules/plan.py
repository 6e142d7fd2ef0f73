"""Which core questions an interview asks, in which order, and what is asked next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parley.conversations.rules.kits import Competency, Kit, Question
from parley.conversations.rules.states import Difficulty, TurnKind

_RANK = {Difficulty.EASY: 0, Difficulty.MEDIUM: 1, Difficulty.HARD: 2}


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a slot's ``ai_configuration``, and beneath it the week's ``ai_settings``, say of an interview."""

    difficulty: str | None = None
    topics: tuple[str, ...] = ()
    questions: int | None = None
    duration_minutes: int | None = None
    language: str | None = None
    kit: str | int | None = None

    @classmethod
    def of(cls, *settings: Mapping[str, Any]) -> "Wishes":
        """The first of the settings that names a key decides it."""

        def first(key: str) -> Any:
            return next((each[key] for each in settings if each.get(key) is not None), None)

        return cls(
            difficulty=first("difficulty"),
            topics=tuple(first("topics") or ()),
            questions=first("questions"),
            duration_minutes=first("duration_minutes"),
            language=first("language"),
            kit=first("kit"),
        )


def plan_of(kit: Kit, wishes: Wishes) -> list[str]:
    """The keys of the core questions, in order. It follows from the kit and the wishes alone.

    Everybody who is interviewed by one version with the same wishes so gets the same questions in the same order. Each
    competency keeps at least one where that is possible: where fewer are wished than there are, or than fit into the
    duration, the competencies give up questions in turn, the last first. A difficulty leaves out harder ones, topics
    prefer their own.
    """
    chosen = [_suitable(part, wishes) for part in kit.competencies]
    most = max(wishes.questions or sum(map(len, chosen)), 1)
    while _is_too_much(chosen, most, wishes.duration_minutes) and any(len(each) > 1 for each in chosen):
        max(reversed(chosen), key=len).pop()
    while _is_too_much(chosen, most, wishes.duration_minutes) and len(chosen) > 1:
        chosen.pop()
    return [question.key for questions in chosen for question in questions]


def _is_too_much(chosen: Sequence[Sequence[Question]], most: int, minutes: int | None) -> bool:
    questions = [question for several in chosen for question in several]
    return len(questions) > most or (minutes is not None and sum(each.minutes for each in questions) > minutes)


def _suitable(part: Competency, wishes: Wishes) -> list[Question]:
    most = _RANK.get(Difficulty(wishes.difficulty), 2) if wishes.difficulty in Difficulty.values else 2
    kept = [each for each in part.questions if _RANK[Difficulty(each.difficulty)] <= most] or list(part.questions[:1])
    topics = {topic.casefold() for topic in wishes.topics}
    about = [each for each in kept if topics & {topic.casefold() for topic in each.topics}]
    return about or kept


@dataclass(frozen=True, kw_only=True)
class Said:
    """What counts of a turn for what comes next."""

    kind: str
    question_key: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Next:
    """What the interviewer does now: ask a core question, follow up on one, or close."""

    kind: TurnKind
    question_key: str = ""
    follow_ups_left: int = 0


def next_step(
    kit: Kit, plan: Sequence[str], turns: Sequence[Said], *, minutes_left: float, may_follow_up: bool = True
) -> Next:
    """What may come after an answer: a follow-up within the budget, else the next core question, else the end.

    No follow-up where the time is needed for the core questions that are left: everybody gets those. Once the time is
    over, only the end.
    """
    if minutes_left <= 0:
        return Next(kind=TurnKind.CLOSING)
    if not turns:
        return Next(kind=TurnKind.QUESTION, question_key=plan[0]) if plan else Next(kind=TurnKind.CLOSING)
    places = {question.key: (part, question) for part, question in kit.questions}
    current = turns[-1].question_key
    part, _ = places[current]
    asked = {turn.question_key for turn in turns if turn.kind == TurnKind.QUESTION}
    left = [key for key in plan if key not in asked]
    used = sum(1 for turn in turns if turn.kind == TurnKind.FOLLOW_UP and turn.question_key == current)
    needed = sum(places[key][1].minutes for key in left)
    if may_follow_up and used < part.follow_ups and minutes_left > needed:
        return Next(kind=TurnKind.FOLLOW_UP, question_key=current, follow_ups_left=part.follow_ups - used)
    if left:
        return Next(kind=TurnKind.QUESTION, question_key=left[0])
    return Next(kind=TurnKind.CLOSING)
