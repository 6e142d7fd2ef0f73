"""What a kit is, and what is asked in which order."""

from typing import Any

import pytest

from parley.conversations.rules.kits import content_hash, kit_of
from parley.conversations.rules.plan import Next, Said, Wishes, next_step, plan_of
from parley.conversations.rules.probing import follow_up_of
from parley.conversations.rules.states import TurnKind
from parley.core.errors import Invalid

Q, F, A = TurnKind.QUESTION, TurnKind.FOLLOW_UP, TurnKind.ANSWER


def content(**changes: Any) -> dict[str, Any]:
    """A kit of two competencies with two questions each."""

    def question(key: str, **more: Any) -> dict[str, Any]:
        return {"key": key, "text": f"Ask {key}?", "minutes": 5, **more}

    return {
        "language": "en",
        "introduction": "Hello.",
        "closing": "Thank you.",
        "minutes": 30,
        "criteria": [
            {"key": each, "name": each, "description": each, "anchors": {str(n): f"{each} {n}" for n in range(1, 6)}}
            for each in ("depth", "clarity")
        ],
        "competencies": [
            {
                "key": "design",
                "name": "Design",
                "criteria": ["depth"],
                "follow_ups": 1,
                "questions": [question("d1", topics=["Queues"]), question("d2", difficulty="hard")],
            },
            {
                "key": "talk",
                "name": "Talk",
                "criteria": ["clarity", "depth"],
                "follow_ups": 0,
                "questions": [question("t1", difficulty="easy"), question("t2")],
            },
        ],
        **changes,
    }


def test_the_content_is_read() -> None:
    kit = kit_of(content())
    assert [(part.key, question.key) for part, question in kit.questions] == [
        ("design", "d1"),
        ("design", "d2"),
        ("talk", "t1"),
        ("talk", "t2"),
    ]
    assert kit.criteria[0].anchors == ("depth 1", "depth 2", "depth 3", "depth 4", "depth 5")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"minutes": 4}, "content.minutes: Must be a whole number from 5 to 240."),
        ({"minutes": True}, "content.minutes: Must be a whole number from 5 to 240."),
        ({"introduction": " "}, "content.introduction: Must be a text of 1 to 4000 characters."),
        ({"competencies": []}, "content.competencies: Must be a list of 1 to 12 objects."),
        ({"criteria": [7]}, "content.criteria[0]: Must be an object."),
        ({"colour": "red"}, "content: There is no such key: colour."),
    ],
    ids=["short", "bool", "blank", "nothing", "number", "unknown"],
)
def test_what_is_no_kit_is_refused_with_its_place(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid) as refused:
        kit_of(content(**changes))
    assert refused.value.errors == {"content": [said]}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("criteria", 0, "key"), "clarity", "criteria: the key clarity occurs twice."),
        (
            ("criteria", 0, "anchors"),
            {"1": "x"},
            "content.criteria[0].anchors: Must describe each of the levels 1 to 5.",
        ),
        (("competencies", 0, "criteria"), ["wit"], "competencies: design names a criterion that is not there: wit."),
        (("competencies", 1, "criteria"), ["depth"], "criteria: no competency asks about clarity."),
        (
            ("competencies", 0, "questions", 0, "difficulty"),
            "brutal",
            "content.competencies[0].questions[0].difficulty: Must be one of medium, easy, hard.",
        ),
    ],
    ids=["twice", "anchors", "unknown", "unused", "difficulty"],
)
def test_what_does_not_fit_together_is_refused(path: tuple[Any, ...], value: Any, said: str) -> None:
    given: Any = content()
    inner = given
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(Invalid) as refused:
        kit_of(given)
    assert refused.value.errors == {"content": [said]}


def test_the_hash_is_that_of_the_words() -> None:
    given = content()
    assert content_hash(given) == content_hash(dict(reversed(given.items())))
    assert content_hash(given) != content_hash(content(closing="Thank you!"))
    assert len(content_hash(given)) == 64


@pytest.mark.parametrize(
    ("wishes", "planned"),
    [
        (Wishes(), ["d1", "d2", "t1", "t2"]),
        (Wishes(questions=3), ["d1", "d2", "t1"]),
        (Wishes(questions=2), ["d1", "t1"]),
        (Wishes(questions=1), ["d1"]),
        (Wishes(questions=50), ["d1", "d2", "t1", "t2"]),
        (Wishes(duration_minutes=20), ["d1", "d2", "t1", "t2"]),
        (Wishes(duration_minutes=19), ["d1", "d2", "t1"]),
        (Wishes(duration_minutes=12), ["d1", "t1"]),
        (Wishes(duration_minutes=1), ["d1"]),
        (Wishes(difficulty="medium"), ["d1", "t1", "t2"]),
        (Wishes(difficulty="easy"), ["d1", "t1"]),
        (Wishes(difficulty="whatever"), ["d1", "d2", "t1", "t2"]),
        (Wishes(topics=("queues",)), ["d1", "t1", "t2"]),
    ],
    ids=lambda it: "",
)
def test_the_plan_follows_from_kit_and_wishes(wishes: Wishes, planned: list[str]) -> None:
    assert plan_of(kit_of(content()), wishes) == planned


def test_a_slot_decides_before_its_week() -> None:
    slot, week = {"questions": 3, "difficulty": None}, {"questions": 5, "difficulty": "hard", "topics": ["queues"]}
    assert Wishes.of(slot, week) == Wishes(questions=3, difficulty="hard", topics=("queues",))


PLAN = ["d1", "d2", "t1"]


@pytest.mark.parametrize(
    ("turns", "minutes_left", "following"),
    [
        ([], 30, Next(kind=Q, question_key="d1")),
        ([(Q, "d1"), (A, "d1")], 30, Next(kind=F, question_key="d1", follow_ups_left=1)),
        ([(Q, "d1"), (A, "d1")], 10, Next(kind=Q, question_key="d2")),  # the rest needs them
        ([(Q, "d1"), (A, "d1"), (F, "d1"), (A, "d1")], 30, Next(kind=Q, question_key="d2")),
        ([(Q, "d1"), (A, "d1"), (Q, "d2"), (A, "d2"), (F, "d2"), (A, "d2")], 9, Next(kind=Q, question_key="t1")),
        ([(Q, "d1"), (A, "d1"), (Q, "d2"), (A, "d2"), (Q, "t1"), (A, "t1")], 9, Next(kind=TurnKind.CLOSING)),
    ],
    ids=["first", "follow-up", "no-time", "budget-used", "next-part", "end"],
)
def test_what_comes_next(turns: list[tuple[str, str]], minutes_left: float, following: Next) -> None:
    said = [Said(kind=kind, question_key=key) for kind, key in turns]
    assert next_step(kit_of(content()), PLAN, said, minutes_left=minutes_left) == following


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        (["A few words only."], "Take your time: even a rough idea helps. First?"),
        ([""], "Take your time: even a rough idea helps. First?"),
        (["", ""], ""),
        (["word " * 12], "First?"),
        (["word " * 12, "A few words."], "Second?"),
        (["word " * 12, "word " * 12, "word " * 12], ""),
        (["word " * 89 + "7"], ""),
        (["word " * 90], "First?"),
    ],
    ids=["short", "empty", "empty-twice", "usual", "next", "none-left", "long-and-concrete", "long-and-vague"],
)
def test_the_scripted_interviewer_asks_on_by_simple_rules(answers: list[str], asked: str) -> None:
    assert follow_up_of(["First?", "Second?"], answers, language="en-GB") == asked


def test_a_kind_question_needs_no_probe_and_speaks_the_kits_language() -> None:
    assert follow_up_of([], ["Ja."], language="de") == (
        "Lassen Sie sich Zeit: auch eine grobe Idee hilft."
        " Können Sie etwas mehr dazu sagen, vielleicht mit einem Beispiel?"
    )
    assert follow_up_of([], ["Joo."], language="fi").startswith("Take your time")
