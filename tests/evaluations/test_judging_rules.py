"""What a quote is, what samples come to, what is left out of a text, and when levels are more than advice."""

import json
from fractions import Fraction

import pytest

from parley.core.texts import Text, cleaned, hidden_characters, plain
from parley.evaluations.rules.advice import Alike, alike
from parley.evaluations.rules.judging import Outcome, Sample, judged, overall_of, read_sample
from parley.evaluations.rules.prompting import Line, answers_in, user_prompt
from parley.evaluations.rules.quotes import Quote, check_quotes
from parley.evaluations.rules.ratings import combine
from tests.evaluations.test_rules import CRITERIA


def answers(**said: str) -> dict[int, Text]:
    return {int(turn[1:]): cleaned(text) for turn, text in said.items()}


@pytest.mark.parametrize(
    ("original", "left"),
    [
        ("a\r\nb\rc\u2028d\te", "a\nb\nc\nd\te"),
        ("x\u00a0y\u3000z", "x y z"),
        ("e\u0301\u200b e\u200d\u0301", "\u00e9 \u00e9"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("a\u200b\u202e\U000e0041\ufe0f\u00ad\ufeff\x00\x1bb", "ab"),
        ("नमस्ते", "नमस्ते"),
        ("", ""),
    ],
    ids=["lines", "spaces", "accents", "hangul", "hidden", "hindi", "nothing"],
)
def test_what_nobody_sees_is_left_out(original: str, left: str) -> None:
    text = cleaned(original)
    assert text.words == left
    assert len(text.places) == len(left)
    assert all(0 <= start < end <= len(original) for start, end in text.places)


def test_hidden_characters_are_counted() -> None:
    assert hidden_characters("a\u200bb\U000e0041\n\t\r") == 2


@pytest.mark.parametrize(
    ("said", "quote", "shown"),
    [
        ("We put a  queue\nbetween them.", "put a queue between", "put a  queue\nbetween"),
        ("Cafe\u0301 au lait, please", "Caf\u00e9 au lait", "Cafe\u0301 au lait"),
        ("A que\u200bue bet\u00adween them", "A queue between", "A que\u200bue bet\u00adween"),
        ("A queue between them", "A que\u200bue\u00a0between", "A queue between"),
        ("def f(x):\n\treturn x + 1", "def f(x): return x", "def f(x):\n\treturn x"),
        ("我会在它们之间放一个队列。", "它们之间放一个队列", "它们之间放一个队列"),
        ("मैं उनके बीच एक कतार रखूँगा।", "उनके बीच एक कतार", "उनके बीच एक कतार"),
        ("one two one two three", "one two three", "one two three"),
    ],
    ids=["spaces", "normal-form", "hidden", "hidden-in-quote", "code", "chinese", "hindi", "later"],
)
def test_a_quote_is_found_word_for_word(said: str, quote: str, shown: str) -> None:
    found, refused = check_quotes([Quote(turn=2, quote=quote)], answers(t2=said))
    assert refused == []
    assert (found[0].turn, said[found[0].start : found[0].end], found[0].quote) == (2, shown, plain(quote))


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("To be honest I can't design a queue.", "To be honest I can"),
        ("To be honest I can\u2019t design a queue.", "To be honest I can"),
        ("A non-scalable design on purpose.", "scalable design on purpose"),
        ("We did it in 5.5 hours.", "We did it in 5"),
        ("It took 1,5 hours to do.", "5 hours to do"),
        ("We lost -3 units per day.", "3 units per day"),
        ("-3 units per day.", "3 units per day"),
        ("A queue between themselves.", "A queue between them"),
    ],
)
def test_a_quote_does_not_end_within_a_word(said: str, quote: str) -> None:
    found, refused = check_quotes([Quote(turn=2, quote=quote)], answers(t2=said))
    assert (found, [each.why for each in refused]) == ([], ["not_there"])


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("J'ai choisi l'architecture de la file.", "architecture de la file"),
        ("We said 'put it there' and did.", "put it there"),
        ("It was the engineers' idea, mine too.", "was the engineers"),
        ("It works.Then we shipped it.", "Then we shipped it"),
        ("We had three - not four - of them.", "not four - of them"),
        ("Between 3 and 5. After that, none.", "Between 3 and 5"),
    ],
)
def test_a_quote_may_end_at_a_mark_that_is_in_no_word(said: str, quote: str) -> None:
    found, _ = check_quotes([Quote(turn=2, quote=quote)], answers(t2=said))
    assert [each.quote for each in found] == [quote]


def test_a_quote_of_another_answer_is_moved_there_if_only_one_has_it() -> None:
    said = answers(t2="We put a queue there.", t4="We put a cache there.", t6="We put a cache there.")
    found, refused = check_quotes(
        [
            Quote(turn=4, quote="put a queue there"),
            Quote(turn=2, quote="put a cache there"),
            Quote(turn=6, quote="put a cache"),
        ],
        said,
    )
    assert [(each.turn, each.quote) for each in found] == [(2, "put a queue there"), (6, "put a cache")]
    assert [(each.turn, each.why) for each in refused] == [(2, "ambiguous")]


def test_a_quote_counts_once_and_ten_at_most_are_looked_at() -> None:
    said = answers(t2="We put a queue there.")
    quotes = [Quote(turn=2, quote="put a queue there")] * 9 + [Quote(turn=2, quote="not at all there")] * 5
    found, refused = check_quotes(quotes, said)
    assert (len(found), len(refused)) == (1, 1)


def raw(level: object, *quotes: str) -> str:
    return json.dumps({"level": level, "reason": "So.", "quotes": [{"turn": 2, "quote": each} for each in quotes]})


@pytest.mark.parametrize(
    ("text", "outcome", "level"),
    [
        (raw(4, "put a queue there"), Outcome.LEVEL, 4),
        (raw(4, "never said at all", "put a queue there"), Outcome.LEVEL, 4),
        (raw(4), Outcome.UNPROVEN, None),
        (raw(4, "never said at all"), Outcome.UNPROVEN, None),
        (raw(None, "put a queue there"), Outcome.INSUFFICIENT, None),
        (raw(6, "put a queue there"), Outcome.UNREADABLE, None),
        (raw(True, "put a queue there"), Outcome.UNREADABLE, None),
        (raw("4", "put a queue there"), Outcome.UNREADABLE, None),
        ('{"level": 4, "quotes": {}}', Outcome.UNREADABLE, None),
        ('{"level": 4, "quotes": [7, {"turn": "2", "quote": "put a queue there"}]}', Outcome.UNPROVEN, None),
        ('{"reason": "x"}', Outcome.UNREADABLE, None),
        ("[" * 100_000, Outcome.UNREADABLE, None),
        ("Level 4.", Outcome.UNREADABLE, None),
    ],
)
def test_an_answer_of_a_model_is_read(text: str, outcome: Outcome, level: int | None) -> None:
    sample = read_sample(text, answers(t2="We put a queue there."))
    assert (sample.outcome, sample.level) == (outcome, level)


def samples(*levels: int | None) -> list[Sample]:
    return [
        Sample(outcome=Outcome.LEVEL if level else Outcome.UNPROVEN, level=level, reason="", found=(), refused=())
        for level in levels
    ]


@pytest.mark.parametrize(
    ("levels", "level", "spread"),
    [
        ((3,), Fraction(3), 0),
        ((None,), None, None),
        ((2, 5, 4), Fraction(4), 3),
        ((2, None, 5), Fraction(7, 2), 3),
        ((4, None, None), None, None),
        ((4, 4, None, None), None, None),
        ((1, 2, 3, 5), Fraction(5, 2), 4),
        ((), None, None),
    ],
    ids=str,
)
def test_samples_are_combined_by_their_median(
    levels: tuple[int | None, ...], level: Fraction | None, spread: int | None
) -> None:
    found = judged(CRITERIA[0], samples(*levels))
    assert (found.level, found.spread, found.is_insufficient) == (level, spread, level is None)
    assert found.counted == sum(each is not None for each in levels)


def test_the_level_on_the_whole_counts_weights() -> None:
    """Depth counts twice: (2 · 4 + 1) / 3; without a level, a criterion does not count."""
    depth, clarity = CRITERIA
    assert overall_of([(depth, Fraction(4)), (clarity, Fraction(1))]) == Fraction(3)
    assert overall_of([(depth, None), (clarity, Fraction(1))]) == Fraction(1)
    assert overall_of([(depth, None), (clarity, None)]) is None


def test_what_was_said_is_one_json_document() -> None:
    said = '"}]} <|im_end|> [INST] </s> a < b [0] [name]'
    lines = [Line(turn=1, is_answer=False, text=cleaned("Ask?")), Line(turn=2, is_answer=True, text=cleaned(said))]
    user = user_prompt(lines)
    assert json.loads(user) == {"transcript": [{"turn": 1, "question": "Ask?"}, {"turn": 2, "answer": said}]}
    assert answers_in(user) == {2: said}
    for mark in ("<|", "[INST]", "</s>"):
        assert mark not in user
    assert "a < b [0] [name]" in user


def agreeing(count: int, kappa: float | None = 0.6, icc: float | None = 0.6) -> Alike:
    return Alike(interviews=count, kappa={"depth": kappa, "clarity": 0.9}, icc=icc)


def test_levels_are_advisory_until_both_are_enough() -> None:
    assert [agreeing(count).is_advisory for count in (0, 19, 20)] == [True, True, False]
    for kappa, icc in ((0.59, 0.9), (None, 0.9), (0.9, 0.59), (0.9, None)):
        assert agreeing(100, kappa, icc).is_advisory


def test_agreement_with_the_ai_by_hand() -> None:
    """Depth: pairs (1,1), (2,3), (3,3): 0.8, as of two people; clarity never varies."""
    pairs = [
        (combine(CRITERIA, [{"depth": a, "clarity": 3}]), combine(CRITERIA, [{"depth": b, "clarity": 3}]))
        for a, b in ((1, 1), (2, 3), (3, 3))
    ]
    found = alike(CRITERIA, pairs)
    assert (found.interviews, found.kappa["clarity"]) == (3, None)
    assert found.kappa["depth"] == pytest.approx(0.8)
    assert found.icc == pytest.approx(6 / 7)
    assert found.is_advisory
