"""The kits that come with Parley: each can be held as it is."""

from pathlib import Path
from typing import Any

import pytest

from parley import conversations
from parley.conversations.library import LANGUAGES, shipped
from parley.conversations.rules.kits import Kit, kit_of
from parley.interviews.rules.states import InterviewType

SAID = {
    "en": ("I am an AI interviewer.", ", and people decide.", "minutes", "You will hear from them"),
    "de": ("Ich bin eine KI", ", und Menschen entscheiden.", "Minuten", "Sie hören von ihnen"),
}
FOLDER = Path(conversations.__file__).parent / "kits"


@pytest.fixture(params=[(code, kind) for code in LANGUAGES for kind in sorted(InterviewType.values)], ids="-".join)
def kit(request: pytest.FixtureRequest) -> Kit:
    """The kit that is shipped for one type of interview in one language."""
    code, kind = request.param
    return kit_of(shipped(kind, code) or {})


def test_there_is_one_for_each_type_in_each_language_and_no_other() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(LANGUAGES)
    for code in LANGUAGES:
        assert sorted(path.stem for path in (FOLDER / code).iterdir()) == sorted(InterviewType.values)


@pytest.mark.parametrize("kind", InterviewType.values)
@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_in_each_language_it_is_the_same_kit(code: str, kind: str) -> None:
    """The same questions and criteria, so that what is rated in one language can be set beside another."""
    english, other = kit_of(shipped(kind) or {}), kit_of(shipped(kind, code) or {})
    assert other.language == code
    assert skeleton(other) == skeleton(english)
    assert not words(other) & words(english)


def skeleton(kit: Kit) -> list[Any]:
    """All but the words."""
    return [
        kit.minutes,
        [(each.key, each.weight) for each in kit.criteria],
        [
            (
                (part.key, part.criterion_keys, part.follow_ups),
                (each.key, len(each.probes), each.difficulty, each.topics, each.minutes, each.answer),
            )
            for part, each in kit.questions
        ],
    ]


def words(kit: Kit) -> set[str]:
    """All texts, without the names, which may be the same in two languages."""
    texts = {kit.introduction, kit.closing, kit.practice}
    texts |= {text for each in kit.criteria for text in (each.description, *each.anchors)}
    return texts | {text for _, each in kit.questions for text in (each.text, *each.probes)}


def test_the_questions_fill_the_time(kit: Kit) -> None:
    assert sum(question.minutes for _, question in kit.questions) == kit.minutes
    assert 4 <= len(kit.questions) <= 6


def test_the_rubric_has_several_criteria_and_each_is_asked_about(kit: Kit) -> None:
    asked = {key for part, _ in kit.questions for key in part.criterion_keys}
    assert asked == {each.key for each in kit.criteria}
    assert 4 <= len(kit.criteria) <= 5


def test_no_two_texts_are_the_same(kit: Kit) -> None:
    anchors = [anchor for each in kit.criteria for anchor in each.anchors]
    asked = [text for _, question in kit.questions for text in (question.text, *question.probes)]
    assert len(set(anchors)) == len(anchors)
    assert len(set(asked)) == len(asked)


def test_keys_are_unique_throughout(kit: Kit) -> None:
    for keys in (
        [each.key for each in kit.criteria],
        [each.key for each in kit.competencies],
        [question.key for _, question in kit.questions],
    ):
        assert len(set(keys)) == len(keys)


def test_parts_name_their_criteria_in_the_order_of_the_rubric(kit: Kit) -> None:
    """As the form for the words does, so that saving it unchanged is no other version."""
    order = [each.key for each in kit.criteria]
    assert [part.criterion_keys for part in kit.competencies] == [
        tuple(sorted(part.criterion_keys, key=order.index)) for part in kit.competencies
    ]


def test_there_is_a_probe_for_each_follow_up(kit: Kit) -> None:
    assert {len(question.probes) == part.follow_ups for part, question in kit.questions} == {True}


def test_it_says_who_asks_and_who_decides(kit: Kit) -> None:
    said, decided, length, heard = SAID[kit.language]
    assert said in kit.introduction
    assert kit.introduction.endswith(decided)
    assert length not in kit.introduction  # a slot may be shorter: the room shows the time
    assert heard in kit.closing
    assert kit.practice


def test_a_coding_interview_is_held_in_the_editor() -> None:
    kit = kit_of(shipped("coding") or {})
    assert [question.key for _, question in kit.questions if question.answer == "code"] == [
        "free_room",
        "top_pages",
        "average_delay",
    ]
