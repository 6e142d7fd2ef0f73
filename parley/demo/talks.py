"""What the invented candidates said in interviews that were held, and what was thought of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from parley.evaluations.rules.states import Verdict
from parley.interviews.rules.states import InterviewType


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """Ratings by the user of this address: levels by the keys of the kit's criteria."""

    email: str
    levels: Mapping[str, int | None]
    notes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Talk:
    """An interview that was held: answers by the keys of the core questions, the follow-ups' behind them."""

    email: str
    kind: InterviewType
    minutes: int
    questions: int
    workdays_ago: int
    answers: Mapping[str, Sequence[str]]
    rating: int
    feedback: str = ""
    opinions: Sequence[Opinion] = ()
    verdict: Verdict | None = None
    reason: str = ""


FONTAINE = Talk(
    email="amelie.fontaine@example.com",
    kind=InterviewType.CODING,
    minutes=60,
    questions=4,
    workdays_ago=3,
    answers={
        "free_room": (
            "# Python. Sorted by start, only neighbours can overlap first.\n"
            "def overlaps(bookings):\n"
            "    ordered = sorted(bookings)\n"
            "    return any(\n"
            "        later_start < earlier_end\n"
            "        for (_, earlier_end), (later_start, _) in zip(ordered, ordered[1:])\n"
            "    )",
            "[(600, 660), (540, 600), (630, 700)] is sorted to 540-600, 600-660, 630-700.\n"
            "First pair: 600 < 600 is false, they only touch. Second pair: 630 < 660 is true, so any() stops there\n"
            "and the result is True. With 660 instead of 630 no pair is left and it is False.",
            "An empty list or a single booking gives no pairs, so any() is False, which is right. Two equal bookings\n"
            "are neighbours after sorting and overlap: True, also right. It fails where an entry has not exactly two\n"
            "numbers; I would rather let it raise there than guess. Comparing neighbours is enough: if a booking\n"
            "overlaps a later one, it also overlaps everything that starts between the two.",
        ),
        "large_input": (
            "Sorting is n log n in time and the sorted copy is n in memory; the pass behind it is linear. A room has "
            "perhaps 20 bookings a day, so I would change nothing there. For a thousand times as many, 20,000, it is "
            "still some 10 milliseconds. Only if they came as a stream, one booking at a time, I would keep them in a "
            "sorted structure and compare each new one with its two neighbours, which is log n for each. If they did "
            "not fit in memory any more, I would let the database do it: an exclusion constraint on the time range "
            "refuses the second booking when it is made, so that nobody has to search for overlaps afterwards.",
        ),
        "which_tests": (
            "- Monday to Friday of one week: 4 if the first day does not count, 5 if it does. The task leaves that "
            "open, so this test fixes what we agreed on.\n"
            "- Friday to Monday: 1. Shows that the weekend is left out.\n"
            "- Saturday to Sunday: 0.\n"
            "- The same day twice: 0, or 1 if both ends count.\n"
            "- Across a month, a year and 29 February 2028: catches arithmetic on day numbers.\n"
            "- The second date before the first: an error or a negative number, to be decided and then tested.\n"
            "I leave out more ordinary weeks, they would not find anything new. And I would compare it with a slow "
            "version that walks through the days one by one, for some 1,000 random pairs.",
        ),
        "average_delay": (
            "def average_delay(delays):\n"
            "    known = [delay for delay in delays if delay is not None]\n"
            "    return sum(known) / len(known) if known else None\n"
            "\n"
            "# It returns the sum of the known delays divided by the number of ALL entries: [10, None] gives 5.0\n"
            "# and should give 10.0. An empty list is a ZeroDivisionError.\n"
            "# `if delay` also skips 0, which happens to do no harm in a sum. I would tell my colleague that the\n"
            "# filter is right in spirit, but has to apply to the count as well, and suggest [10, None] as a test.",
            "As above: None when nothing is known, because 0 would look like a train that was on time. If callers\n"
            "cannot deal with None, I would raise a ValueError with a clear message instead.",
        ),
    },
    rating=5,
    feedback="Clear tasks, and enough time. I liked that nothing had to be run.",
    opinions=(
        Opinion(
            email="company@example.com",
            levels={"correctness": 5, "readability": 4, "efficiency": 5, "testing": 4, "review": 5},
            notes={
                "correctness": "Explains why neighbours are enough, without being asked.",
                "efficiency": "Knows when the simple way is good enough.",
            },
            note="Would trust her with the booking code on day one.",
        ),
        Opinion(
            email="recruiter@example.com",
            levels={"correctness": 5, "readability": 4, "efficiency": 4, "testing": 4, "review": 4},
            notes={"testing": "Names what the task leaves open, and tests the agreement."},
        ),
    ),
    verdict=Verdict.ADVANCE,
    reason="Both of us see a clear 4 or better throughout. On to the technical interview with the team.",
)

GALLAGHER = Talk(
    email="siobhan.gallagher@example.com",
    kind=InterviewType.BEHAVIORAL,
    minutes=45,
    questions=3,
    workdays_ago=2,
    answers={
        "made_it_happen": (
            "In 2023 we had to make the forms of a council's web site usable with a screen reader, in 9 weeks, and "
            "the contractor who had built them was gone. The build did not even run any more. I spent the first week "
            "only on getting it to build, and told the project lead on day 2 that this would cost us a week. Then I "
            "sorted the 61 forms by how often they were used and started with the 12 that made up most of the visits. "
            "By the deadline 40 forms were done, among them all that people really used. The rest followed in the "
            "next quarter. What I am glad about is that a blind colleague of the council tested each of them with me.",
        ),
        "disagreement": (
            "A designer wanted light grey labels inside the fields that vanish when you type. I thought that was "
            "wrong for our users, he wanted the page to look calm.",
            "He would probably say that I came with the guidelines instead of asking what he was after. That is fair. "
            "I did that at first.",
            "Well. We made two versions and watched five people use them, and four of them lost track with the "
            "vanishing labels. He then found a way to have the labels above and still keep it calm. We still show "
            "each other drafts early.",
        ),
        "too_much": (
            "Before a release last year, everything came at once. I did the urgent bugs first and moved the rest.",
            "I knew the date and the list of bugs. How long each would take I had to guess, and I was too optimistic.",
            "The style guide was not updated, for months actually. Nobody complained, but new people copied old "
            "patterns from it, so it came back to us.",
        ),
    },
    rating=4,
    feedback="It felt a bit strange to get no reaction, but the questions were good.",
)

OWUSU = Talk(
    email="kwabena.owusu@example.com",
    kind=InterviewType.GENERAL,
    minutes=30,
    questions=3,
    workdays_ago=1,
    answers={
        "closest_work": (
            "I have been in customer support for 6 years, the last 2 as deputy of the team lead.",
            "Complaints. You have to stay calm and find a solution.",
        ),
        "why_this": (
            "I would like to lead a team of my own and do fewer night shifts. The position is a lead, so that fits.",
            "I am not sure how much is decided in Leipzig and how much in Berlin. I would ask the people in the team.",
        ),
        "keeping_track": (
            "With the ticket system, and a list for the things that are not tickets. In the morning I look at what is "
            "overdue and give it to somebody.",
            "",
        ),
    },
    rating=3,
    opinions=(
        Opinion(
            email="recruiter@example.com",
            levels={"experience": 3, "motivation": 3, "organisation": 2, "adaptability": None, "communication": 2},
            notes={"organisation": "A list and the ticket system; what happens when it slips stays open."},
            note="Thin answers, but the experience is there. A call would help.",
        ),
    ),
)

TALKS = (FONTAINE, GALLAGHER, OWUSU)
MISSED = "marek.horvath@example.com"
INVITED = "meiling.zhao@example.com"  # whose interview can be taken by who looks around
