"""The AI's judgements: what is sent for them, what is kept, and the same once more from the model's own words."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction

from parley.conversations.models import InterviewSession, Turn
from parley.conversations.rules.kits import Criterion, kit_of
from parley.conversations.rules.states import Role, TurnKind
from parley.core.models import Event
from parley.core.texts import Text, cleaned
from parley.evaluations.models import Evaluation, Judgement
from parley.evaluations.rules.judging import Judged, JudgeState, Outcome, Sample, judged, overall_of, read_sample
from parley.evaluations.rules.prompting import Line, answers_in, system_prompt, user_prompt
from parley.evaluations.rules.quotes import FEWEST_WORDS, Found, Refused
from parley.hiring.masks import masker_of
from parley.hiring.rules.masking import Masker

JUDGED = "evaluation.judged"  # the event that seals the records
_SEALED = (
    *("criterion_key", "sample", "kit_version_hash", "system", "user", "model", "parameters"),
    *("raw", "outcome", "level", "reason", "found", "refused"),
)


@dataclass(frozen=True, kw_only=True)
class Brief:
    """All that a model is shown of a session, the same for every criterion but the criterion itself."""

    criteria: tuple[Criterion, ...]
    kit_version_hash: str
    user: str
    answers: Mapping[int, Text]  # masked, by turn

    def system(self, criterion: Criterion) -> str:
        """The task for one criterion."""
        return system_prompt(criterion, fewest_words=FEWEST_WORDS)


def brief_of(session: InterviewSession) -> Brief:
    """What is sent of a session: masked, without what nobody sees."""
    masker = masker_of(session.interview.candidate)
    said = [turn for turn in session.turns.all() if turn.kind != TurnKind.CLOSING]
    lines = [_line(turn, masker) for turn in said]
    return Brief(
        criteria=kit_of(session.kit_version.content).criteria,
        kit_version_hash=session.kit_version.content_hash,
        user=user_prompt(lines),
        answers={line.turn: line.text for line in lines if line.is_answer},
    )


def _line(turn: Turn, masker: Masker) -> Line:
    return Line(turn=turn.number, is_answer=turn.role == Role.CANDIDATE, text=masker.mask(cleaned(turn.text)))


def prompt_hash(system: str, user: str) -> str:
    """64 hexadecimal digits of what was sent."""
    return hashlib.sha256(f"{system}\0{user}".encode()).hexdigest()


def records_hash(rows: Sequence[Judgement]) -> str:
    """64 hexadecimal digits of all that was asked, answered and made of it."""
    kept = [
        [getattr(row, column) for column in _SEALED]
        for row in sorted(rows, key=lambda each: (each.criterion_key, each.sample))
    ]
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def kept_quotes(quotes: Sequence[Found] | Sequence[Refused]) -> list[dict[str, object]]:
    """Quotes as a judgement keeps them."""
    return [asdict(each) for each in quotes]


def sample_of(row: Judgement) -> Sample:
    """What is kept of one sample."""
    return Sample(
        outcome=Outcome(row.outcome),
        level=row.level,
        reason=row.reason,
        found=tuple(Found(**each) for each in row.found),
        refused=tuple(Refused(**each) for each in row.refused),
    )


def judged_of(criteria: Sequence[Criterion], rows: Sequence[Judgement]) -> list[Judged]:
    """The levels of all criteria by what is kept."""
    return [
        judged(criterion, [sample_of(row) for row in rows if row.criterion_key == criterion.key])
        for criterion in criteria
    ]


@dataclass(frozen=True, kw_only=True)
class Recomputed:
    """The levels once more from what the model answered. ``problems``: where that is not what is kept and shown."""

    judged: tuple[Judged, ...]
    overall: Fraction | None
    problems: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether all is as it is shown."""
        return not self.problems


def recompute(evaluation: Evaluation) -> Recomputed:
    """Derive each level from the model's raw answers and the prompts, and compare with what is kept and shown.

    Where what was said has been deleted, only the levels are left, and nothing can be compared.

    Four statements. Found are: a column that was changed, a prompt or an answer that was changed (the event that sealed
    the records has another hash), a sample that is missing or too many, another version of the kit.
    """
    session = InterviewSession.objects.select_related("kit_version").get(pk=evaluation.session_id)
    version, rows = session.kit_version, list(evaluation.judgements.all())
    criteria = kit_of(version.content).criteria
    if session.said_deleted_at is not None:
        kept = judged_of(criteria, rows)
        overall = overall_of([(each.criterion, each.level) for each in kept])
        return Recomputed(judged=tuple(kept), overall=overall, problems=())
    fresh: dict[tuple[str, int], Sample] = {}
    problems: list[str] = []
    for row in rows:
        place = f"{row.criterion_key}, sample {row.sample}"
        fresh[row.criterion_key, row.sample] = sample = _again(row)
        problems += [f"{place}: {words}" for words in _differences(row, sample, version.content_hash)]
    if evaluation.judge_state == JudgeState.DONE:
        due = {(each.key, number) for each in criteria for number in range(1, evaluation.samples + 1)}
        problems += [f"{key}, sample {number}: it is missing" for key, number in sorted(due - fresh.keys())]
        problems += [f"{key}, sample {number}: nobody asked for it" for key, number in sorted(fresh.keys() - due)]
        seal = Event.objects.filter(type=JUDGED, object_type="evaluation", object_id=str(evaluation.pk)).last()
        if seal is None or (seal.after or {}).get("records") != records_hash(rows):
            problems.append("the records are not those that the history has sealed")
    again = [judged(each, [sample for (key, _), sample in fresh.items() if key == each.key]) for each in criteria]
    return Recomputed(
        judged=tuple(again),
        overall=overall_of([(each.criterion, each.level) for each in again]),
        problems=tuple(problems),
    )


def _again(row: Judgement) -> Sample:
    try:
        answers = {turn: _in_place(words) for turn, words in answers_in(row.user).items()}
    except (ValueError, KeyError, TypeError):  # the prompt was tampered with: nothing proves anything then
        answers = {}
    return read_sample(row.raw, answers)


def _in_place(words: str) -> Text:
    return Text.of((character, (place, place + 1)) for place, character in enumerate(words))


def _differences(row: Judgement, again: Sample, content_hash: str) -> list[str]:
    found = []
    if row.prompt_hash != prompt_hash(row.system, row.user):
        found.append("the prompt is not the one that was sent")
    if row.kit_version_hash != content_hash:
        found.append("it is of another version of the kit")
    if (row.outcome, row.level) != (again.outcome, again.level):
        found.append(f"kept is {row.outcome} {row.level or ''}, the answer says {again.outcome} {again.level or ''}")
    if row.reason != again.reason:
        found.append("the reason is not the one that was given")
    kept = [(each["turn"], each["quote"]) for each in row.found]
    if kept != [(each.turn, each.quote) for each in again.found] or row.refused != kept_quotes(again.refused):
        found.append("the quotes are not those that were found")
    return found
