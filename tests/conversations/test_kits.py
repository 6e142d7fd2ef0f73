"""The kits that come with Parley: each can be held as it is."""

import json
from pathlib import Path

import pytest

from parley import conversations
from parley.conversations.rules.kits import Kit, kit_of
from parley.interviews.rules.states import InterviewType

FOLDER = Path(conversations.__file__).parent / "kits"


@pytest.fixture(params=sorted(InterviewType.values))
def kit(request: pytest.FixtureRequest) -> Kit:
    """The kit that is shipped for one type of interview."""
    return kit_of(json.loads((FOLDER / f"{request.param}.json").read_text(encoding="utf-8")))


def test_there_is_one_for_each_type_and_no_other() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(InterviewType.values)


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
    assert "I am an AI interviewer." in kit.introduction
    assert kit.introduction.endswith("people read what you said, and people decide.") or kit.introduction.endswith(
        "people read what you wrote, and people decide."
    )
    assert "minutes" not in kit.introduction  # a slot may be shorter: the room shows the time
    assert "You will hear from them" in kit.closing
    assert kit.practice.endswith("Nobody reads this answer.")
    assert kit.language == "en"


def test_a_coding_interview_is_held_in_the_editor() -> None:
    kit = kit_of(json.loads((FOLDER / "coding.json").read_text(encoding="utf-8")))
    assert [question.key for _, question in kit.questions if question.answer == "code"] == [
        "free_room",
        "top_pages",
        "average_delay",
    ]
