"""The words of a kit as a form, and back: a field is named after its place in the content (``criteria[0].name``).

The refusals of ``rules.kits.kit_of`` name the same places, so that each is shown beside its field. Adding and removing
parts works by buttons of the form, which send it without saving.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from parley.conversations.rules.kits import LEVELS, MOST_COMPETENCIES, MOST_QUESTIONS
from parley.core.errors import DomainError

Content = dict[str, Any]
MOST_CRITERIA = 20
_ADD_QUESTION = re.compile(r"add-question:(\d{1,2})")
_REMOVE = re.compile(r"remove:(criteria|competencies)\[(\d{1,2})\](?:\.questions\[(\d{1,2})\])?")


@dataclass(frozen=True)
class Field:
    """One field of the form."""

    name: str
    label: str
    value: Any = ""
    kind: str = "text"  # or area, number, select, ticks
    rows: int = 2
    choices: list[tuple[str, str]] = field(default_factory=list)
    help: str = ""
    optional: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """As HTML wants it."""
        return "id_" + re.sub(r"\W+", "_", self.name).strip("_")


def content_of(post: QueryDict) -> Content:
    """What was sent, as the content of a kit; numbers that are none stay texts, for ``kit_of`` to refuse."""
    return {
        "language": _text(post, "language"),
        "introduction": _text(post, "introduction"),
        "closing": _text(post, "closing"),
        "minutes": _number(post, "minutes"),
        "practice": _text(post, "practice"),
        "criteria": [_criterion(post, place) for place in _places(post, "criteria", MOST_CRITERIA)],
        "competencies": [_competency(post, place) for place in _places(post, "competencies", MOST_COMPETENCIES)],
    }


def changed(content: Mapping[str, Any], wish: str) -> Content | None:
    """The content with a part added or removed, as a button wishes; None where the button is that for saving."""
    new: Content = deepcopy(dict(content))
    if wish == "add-criterion" and len(new["criteria"]) < MOST_CRITERIA:
        new["criteria"].append(_new_criterion(_unused("criterion", new["criteria"])))
    elif wish == "add-competency" and len(new["competencies"]) < MOST_COMPETENCIES:
        new["competencies"].append(_new_competency(new))
    elif found := _ADD_QUESTION.fullmatch(wish):
        parts = new["competencies"]
        if int(found[1]) < len(parts) and len(parts[int(found[1])]["questions"]) < MOST_QUESTIONS:
            parts[int(found[1])]["questions"].append(_new_question(_unused("question", _questions(new))))
    elif found := _REMOVE.fullmatch(wish):
        _remove(new, found)
    elif not wish.startswith("add-"):
        return None
    return new


def errors_of(error: DomainError) -> dict[str, list[str]]:
    """The messages by the names of the fields that they are about; those about none under an empty name."""
    by_name: dict[str, list[str]] = {}
    for message in error.errors.get("content", [error.detail]):
        place, _, words = message.partition(": ")
        inside = place.removeprefix("content.") if place.startswith("content.") else ""
        by_name.setdefault(inside, []).append(words if inside else message)
    return by_name


def form_of(content: Mapping[str, Any], errors: Mapping[str, list[str]]) -> dict[str, Any]:
    """All fields in their groups, and the messages that belong to none of them."""
    drawing = _Drawing(errors)
    criteria = content.get("criteria", [])
    groups = {
        "general": drawing.general(content),
        "criteria": [drawing.criterion(each, f"criteria[{n}]") for n, each in enumerate(criteria)],
        "competencies": [
            drawing.competency(each, f"competencies[{n}]", criteria)
            for n, each in enumerate(content.get("competencies", []))
        ],
    }
    others = [message for name, several in errors.items() if name not in drawing.shown for message in several]
    return groups | {"others": others}


class _Drawing:
    """Makes fields, and remembers which messages have found theirs."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        self.errors, self.shown = errors, set[str]()

    def field(self, name: str, label: str, value: Any, **more: Any) -> Field:
        self.shown.add(name)
        return Field(name, label, value, errors=self.errors.get(name, []), **more)

    def general(self, content: Mapping[str, Any]) -> list[Field]:
        return [
            self.field("introduction", "Introduction", content.get("introduction", ""), kind="area", rows=6),
            self.field("closing", "Closing words", content.get("closing", ""), kind="area", rows=4),
            self.field(
                "practice",
                "Practice question",
                content.get("practice", ""),
                kind="area",
                help="To try the room with before it begins; nobody reads the answer.",
                optional=True,
            ),
            self.field("minutes", "Minutes in all", content.get("minutes", ""), kind="number"),
            self.field("language", "Language", content.get("language", ""), help="Its tag, such as en or de."),
        ]

    def criterion(self, given: Mapping[str, Any], place: str) -> dict[str, Any]:
        anchors = given.get("anchors", {})
        fields = [
            self.field(f"{place}.name", "Name", given.get("name", "")),
            self.field(f"{place}.description", "What is judged", given.get("description", ""), kind="area"),
            *(self.field(f"{place}.anchors.{n}", f"Level {n}", anchors.get(str(n), ""), kind="area") for n in LEVELS),
            self.field(
                f"{place}.weight",
                "Weight",
                given.get("weight", 1),
                kind="number",
                help="How often it counts in the level on the whole: 1 to 10.",
            ),
        ]
        return {"place": place, "key": given.get("key", ""), "name": given.get("name", ""), "fields": fields}

    def competency(self, given: Mapping[str, Any], place: str, criteria: list[Any]) -> dict[str, Any]:
        ticks = [(each.get("key", ""), each.get("name", "") or "A criterion without a name") for each in criteria]
        fields = [
            self.field(f"{place}.name", "Name", given.get("name", "")),
            self.field(f"{place}.criteria", "Judged by", given.get("criteria", []), kind="ticks", choices=ticks),
            self.field(
                f"{place}.follow_ups",
                "Follow-ups at most for each question",
                given.get("follow_ups", 2),
                kind="number",
            ),
        ]
        questions = [
            self.question(each, f"{place}.questions[{n}]") for n, each in enumerate(given.get("questions", []))
        ]
        shown = {"place": place, "key": given.get("key", ""), "name": given.get("name", "")}
        return {**shown, "number": re.sub(r"\D", "", place), "fields": fields, "questions": questions}

    def question(self, given: Mapping[str, Any], place: str) -> dict[str, Any]:
        fields = [
            self.field(
                f"{place}.text",
                "Question",
                given.get("text", ""),
                kind="area",
                rows=4,
                help="Everybody is asked it word for word.",
            ),
            self.field(
                f"{place}.probes",
                "Follow-ups",
                "\n".join(given.get("probes", [])),
                kind="area",
                rows=3,
                help="One a line, in order: they must fit after any answer.",
                optional=True,
            ),
            self.field(f"{place}.minutes", "Minutes", given.get("minutes", 5), kind="number"),
            self.field(
                f"{place}.difficulty",
                "Difficulty",
                given.get("difficulty", "medium"),
                kind="select",
                choices=[("easy", "Easy"), ("medium", "Medium"), ("hard", "Hard")],
            ),
            self.field(
                f"{place}.answer",
                "Answered in",
                given.get("answer", "text"),
                kind="select",
                choices=[("text", "A text field"), ("code", "A code editor")],
            ),
            self.field(
                f"{place}.topics",
                "Topics",
                ", ".join(given.get("topics", [])),
                help="With commas between; slots can ask for some topics first.",
                optional=True,
            ),
        ]
        return {"place": place, "key": given.get("key", ""), "fields": fields}


def _text(post: QueryDict, name: str) -> str:
    return post.get(name, "").replace("\r\n", "\n").strip()


def _number(post: QueryDict, name: str) -> int | str:
    text = _text(post, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else text


def _places(post: QueryDict, name: str, most: int) -> list[str]:
    places = [f"{name}[{n}]" for n in range(most)]
    return [place for place in places if f"{place}.key" in post]


def _criterion(post: QueryDict, place: str) -> Content:
    return {
        "key": _text(post, f"{place}.key"),
        "name": _text(post, f"{place}.name"),
        "description": _text(post, f"{place}.description"),
        "anchors": {str(n): _text(post, f"{place}.anchors.{n}") for n in LEVELS},
        "weight": _number(post, f"{place}.weight"),
    }


def _competency(post: QueryDict, place: str) -> Content:
    return {
        "key": _text(post, f"{place}.key"),
        "name": _text(post, f"{place}.name"),
        "criteria": post.getlist(f"{place}.criteria"),
        "follow_ups": _number(post, f"{place}.follow_ups"),
        "questions": [_question(post, each) for each in _places(post, f"{place}.questions", MOST_QUESTIONS)],
    }


def _question(post: QueryDict, place: str) -> Content:
    return {
        "key": _text(post, f"{place}.key"),
        "text": _text(post, f"{place}.text"),
        "probes": [line.strip() for line in _text(post, f"{place}.probes").splitlines() if line.strip()],
        "difficulty": _text(post, f"{place}.difficulty"),
        "topics": [topic.strip() for topic in _text(post, f"{place}.topics").split(",") if topic.strip()],
        "minutes": _number(post, f"{place}.minutes"),
        "answer": _text(post, f"{place}.answer"),
    }


def _questions(content: Content) -> list[Content]:
    return [question for part in content["competencies"] for question in part["questions"]]


def _unused(word: str, parts: list[Content]) -> str:
    taken = {each.get("key") for each in parts}
    return next(key for n in range(1, len(parts) + 2) if (key := f"{word}_{n}") not in taken)


def _new_criterion(key: str) -> Content:
    return {"key": key, "name": "", "description": "", "anchors": {str(n): "" for n in LEVELS}, "weight": 1}


def _new_competency(content: Content) -> Content:
    question = _new_question(_unused("question", _questions(content)))
    key = _unused("competency", content["competencies"])
    return {"key": key, "name": "", "criteria": [], "follow_ups": 2, "questions": [question]}


def _new_question(key: str) -> Content:
    return {"key": key, "text": "", "probes": [], "difficulty": "medium", "topics": [], "minutes": 5, "answer": "text"}


def _remove(content: Content, found: re.Match[str]) -> None:
    parts, number = content[found[1]], int(found[2])
    if number >= len(parts):
        return
    if found[3] is None:
        removed = parts.pop(number)
        if found[1] == "criteria":
            for part in content["competencies"]:
                part["criteria"] = [key for key in part["criteria"] if key != removed["key"]]
    elif found[1] == "competencies" and int(found[3]) < len(parts[number]["questions"]):
        parts[number]["questions"].pop(int(found[3]))
