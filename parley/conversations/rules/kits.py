"""Interview kits: what is asked word for word, and the rubric by which answers are read.

A kit's content is one JSON document; its hash is the SHA-256 of its canonical JSON (RFC 8785 for what occurs here:
sorted keys, no spaces, UTF-8), so that the same words have the same hash in every company.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parley.core.errors import Invalid

MOST_COMPETENCIES, MOST_QUESTIONS, MOST_FOLLOW_UPS = 12, 40, 5
LEVELS = (1, 2, 3, 4, 5)
LONGEST_TEXT, LONGEST_NAME = 4000, 100
_CODE = "abcdefghijklmnopqrstuvwxyz0123456789_"


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One line of the rubric: what is judged, and what each level looks like in what somebody says or does."""

    key: str
    name: str
    description: str
    anchors: tuple[str, str, str, str, str]  # of the levels 1 to 5
    weight: int = 1


@dataclass(frozen=True, kw_only=True)
class Question:
    """A core question. ``probes`` are the follow-ups of the scripted interviewer, in order."""

    key: str
    text: str
    probes: tuple[str, ...] = ()
    difficulty: str = "medium"
    topics: tuple[str, ...] = ()
    minutes: int = 5
    answer: str = "text"  # or "code": the room offers an editor


@dataclass(frozen=True, kw_only=True)
class Competency:
    """What a part of the interview is about."""

    key: str
    name: str
    criterion_keys: tuple[str, ...]
    questions: tuple[Question, ...]
    follow_ups: int = 2  # at most so many for each question


@dataclass(frozen=True, kw_only=True)
class Kit:
    """The whole content of one version."""

    language: str  # BCP 47
    introduction: str
    closing: str
    minutes: int
    competencies: tuple[Competency, ...]
    criteria: tuple[Criterion, ...]
    practice: str = ""  # a question to try the room with; nobody reads the answer

    @property
    def questions(self) -> tuple[tuple[Competency, Question], ...]:
        """All of them, in the order of the kit, with what they are about."""
        return tuple((part, question) for part in self.competencies for question in part.questions)


def base_of(language: str | None) -> str:
    """The language itself, without where it is spoken: ``de`` of ``de-AT`` or ``DE_at``; empty for none."""
    return (language or "").replace("_", "-").partition("-")[0].strip().casefold()


def kit_of(content: Mapping[str, Any]) -> Kit:
    """The kit that a document describes; raises ``Invalid`` that names the place where it is none."""
    reading = _Reading(content, "content")
    criteria = tuple(_criterion(each) for each in reading.items("criteria", most=20))
    competencies = tuple(_competency(each) for each in reading.items("competencies", most=MOST_COMPETENCIES))
    kit = Kit(
        language=reading.text("language", most=35),
        introduction=reading.text("introduction"),
        closing=reading.text("closing"),
        minutes=reading.whole("minutes", low=5, high=240),
        practice=reading.text("practice", default=""),
        competencies=competencies,
        criteria=criteria,
    )
    reading.nothing_else()
    _refuse_inconsistent(kit)
    return kit


def content_hash(content: Mapping[str, Any]) -> str:
    """64 hexadecimal digits: the same for the same content, whatever the order of its keys."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class _Reading:
    """One object of the document, read key by key: what is left over at the end was a mistake."""

    def __init__(self, given: Any, place: str) -> None:
        self.place = place
        if not isinstance(given, Mapping):
            raise self.refusal("Must be an object.")
        self.given = dict(given)

    def refusal(self, words: str, key: str = "") -> Invalid:
        return Invalid.field("content", f"{self.place}{'.' if key else ''}{key}: {words}", code="bad_kit")

    def text(self, key: str, *, most: int = LONGEST_TEXT, default: str | None = None) -> str:
        value = self.given.pop(key, default)
        if not isinstance(value, str) or len(value) > most or "\0" in value or (not value.strip() and default is None):
            raise self.refusal(f"Must be a text of 1 to {most} characters.", key)
        return value.strip()

    def code(self, key: str) -> str:
        value = self.text(key, most=50)
        if not set(value) <= set(_CODE):
            raise self.refusal("Must consist of small letters, digits and _.", key)
        return value

    def whole(self, key: str, *, low: int, high: int, default: int | None = None) -> int:
        value = self.given.pop(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.refusal(f"Must be a whole number from {low} to {high}.", key)
        return value

    def word(self, key: str, *, of: tuple[str, ...]) -> str:
        value = self.given.pop(key, of[0])
        if value not in of:
            raise self.refusal(f"Must be one of {', '.join(of)}.", key)
        return str(value)

    def texts(self, key: str, *, most: int) -> tuple[str, ...]:
        values = self.given.pop(key, [])
        if not isinstance(values, list) or len(values) > most:
            raise self.refusal(f"Must be a list of at most {most} texts.", key)
        return tuple(_Reading({key: value}, self.place).text(key) for value in values)

    def items(self, key: str, *, most: int) -> list["_Reading"]:
        values = self.given.pop(key, None)
        if not isinstance(values, list) or not 0 < len(values) <= most:
            raise self.refusal(f"Must be a list of 1 to {most} objects.", key)
        return [_Reading(value, f"{self.place}.{key}[{number}]") for number, value in enumerate(values)]

    def nothing_else(self) -> None:
        if self.given:
            raise self.refusal(f"There is no such key: {min(map(str, self.given))}.")


def _criterion(reading: _Reading) -> Criterion:
    anchors = reading.given.pop("anchors", None)
    levels = [str(level) for level in LEVELS]
    if not isinstance(anchors, Mapping) or sorted(anchors) != levels:
        raise reading.refusal("Must describe each of the levels 1 to 5.", "anchors")
    described = _Reading(anchors, f"{reading.place}.anchors")
    criterion = Criterion(
        key=reading.code("key"),
        name=reading.text("name", most=LONGEST_NAME),
        description=reading.text("description"),
        anchors=tuple(described.text(level) for level in levels),  # type: ignore[arg-type]  # there are five
        weight=reading.whole("weight", low=1, high=10, default=1),
    )
    reading.nothing_else()
    return criterion


def _competency(reading: _Reading) -> Competency:
    competency = Competency(
        key=reading.code("key"),
        name=reading.text("name", most=LONGEST_NAME),
        criterion_keys=reading.texts("criteria", most=20),
        follow_ups=reading.whole("follow_ups", low=0, high=MOST_FOLLOW_UPS, default=2),
        questions=tuple(_question(each) for each in reading.items("questions", most=MOST_QUESTIONS)),
    )
    reading.nothing_else()
    return competency


def _question(reading: _Reading) -> Question:
    question = Question(
        key=reading.code("key"),
        text=reading.text("text"),
        probes=reading.texts("probes", most=MOST_FOLLOW_UPS),
        difficulty=reading.word("difficulty", of=("medium", "easy", "hard")),
        topics=reading.texts("topics", most=20),
        minutes=reading.whole("minutes", low=1, high=120, default=5),
        answer=reading.word("answer", of=("text", "code")),
    )
    reading.nothing_else()
    return question


def _refuse_inconsistent(kit: Kit) -> None:
    for what, keys in {
        "criteria": [each.key for each in kit.criteria],
        "competencies": [each.key for each in kit.competencies],
        "questions": [question.key for _, question in kit.questions],
    }.items():
        if doubled := {key for key in keys if keys.count(key) > 1}:
            raise Invalid.field("content", f"{what}: the key {min(doubled)} occurs twice.", code="bad_kit")
    known = {each.key for each in kit.criteria}
    for competency in kit.competencies:
        if unknown := set(competency.criterion_keys) - known:
            words = f"competencies: {competency.key} names a criterion that is not there: {min(unknown)}."
            raise Invalid.field("content", words, code="bad_kit")
    if unused := known - {key for each in kit.competencies for key in each.criterion_keys}:
        raise Invalid.field("content", f"criteria: no competency asks about {min(unused)}.", code="bad_kit")
