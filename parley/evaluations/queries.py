"""What is known of the results of an interview, for one who looks. A constant number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Q

from parley.conversations.models import InterviewSession, Turn
from parley.conversations.queries import kit_of_session, session_of
from parley.conversations.rules.kits import Criterion, Kit, kit_of
from parley.core.actors import Actor
from parley.evaluations.judgements import judged_of
from parley.evaluations.locks import HELD
from parley.evaluations.models import CandidateRequest, Decision, Evaluation, Judgement, Override, Review
from parley.evaluations.rules.advice import Alike, alike
from parley.evaluations.rules.agreement import intraclass, weighted_kappa
from parley.evaluations.rules.judging import Judged, JudgeState, combined_samples, overall_of
from parley.evaluations.rules.quotes import Found
from parley.evaluations.rules.ratings import Combined, Levels, combine, overall
from parley.evaluations.rules.states import EvaluationState, Wish
from parley.interviews.models import Interview

PATIENCE = timedelta(minutes=2)  # with a job that is on its way
LOOKED_BACK = timedelta(days=7)
MOST_REVIEWS = 1000  # the latest ones that count for how far people and the AI agree


@dataclass(frozen=True, kw_only=True)
class Results:
    """The results as one person may see them. ``is_blind``: others' ratings are hidden until the own ones are there."""

    interview: Interview
    session: InterviewSession
    kit: Kit
    state: EvaluationState
    evaluation: Evaluation | None
    turns: tuple[Turn, ...]
    own: Review | None
    reviews: tuple[Review, ...]  # that may be seen, in the order in which they were given
    review_count: int
    is_blind: bool
    decisions: tuple[Decision, ...]  # the earlier ones first
    requests: tuple[CandidateRequest, ...]  # what the candidate has asked for since
    judge: JudgeState
    judged: tuple[Judged, ...]  # by the AI, for each criterion; none while it is not done, or others' are hidden
    overrides: tuple[Override, ...]  # all, the earlier ones first
    alike: Alike | None  # how far people and this model agree; None where no AI has judged

    @property
    def decision(self) -> Decision | None:
        """The one that holds."""
        return self.decisions[-1] if self.decisions else None

    @property
    def judge_attempts(self) -> list[dict[str, Any]]:
        """What went wrong with each attempt, where the AI has failed: ``parley.llm.rules.failures.record_of``."""
        return list(self.evaluation.attempts) if self.evaluation and self.judge == JudgeState.FAILED else []

    @property
    def combined(self) -> list[Combined]:
        """For each criterion, what can be seen of its ratings."""
        return combine(self.kit.criteria, [each.levels for each in self.reviews])

    @property
    def overall(self) -> Fraction | None:
        """The combined level of people, by the formula of ``rules.ratings.overall``."""
        return overall(self.combined)

    @property
    def is_advisory(self) -> bool:
        """Whether there are levels by the AI that have yet to prove themselves (``rules.advice``)."""
        return self.alike is not None and self.alike.is_advisory

    @property
    def levels(self) -> list["Level"]:
        """The result for each criterion: what a person set in the AI's place, else the AI's; without one, people's."""
        if not self.judged:
            return [Level(each.criterion, each.level, "people" if each.ratings else "") for each in self.combined]
        held = {each.criterion_key: each for each in self.overrides if each.replaced_at is None}
        return [_result(each, held.get(each.criterion.key)) for each in self.judged]

    @property
    def result(self) -> Fraction | None:
        """The result on the whole: the same formula over ``levels``."""
        return overall_of([(each.criterion, each.level) for each in self.levels])

    def words_of(self, found: Found) -> str:
        """A quote as the candidate wrote it, nothing masked."""
        text = next((turn.text for turn in self.turns if turn.number == found.turn), "")
        return text[found.start : found.end]

    @property
    def judged_overall(self) -> Fraction | None:
        """The AI's level on the whole, nothing overridden."""
        return overall_of([(each.criterion, each.level) for each in self.judged])


@dataclass(frozen=True)
class Level:
    """The result of one criterion, and whose it is: ``ai``, ``override``, ``people`` or nobody's yet."""

    criterion: Criterion
    level: Fraction | None
    source: str
    override: Override | None = None


def _result(judged: Judged, override: Override | None) -> Level:
    if override is None:
        return Level(judged.criterion, judged.level, "ai")
    level = None if override.level is None else Fraction(override.level)
    return Level(judged.criterion, level, "override", override)


def standing_of(interview: Interview) -> EvaluationState | None:
    """Where the evaluation of an interview stands; None where it was not held. One statement."""
    rows = InterviewSession.objects.filter(interview=interview, state__in=HELD).order_by("-created_at", "pk")
    found = rows.values_list("evaluation__state").first()
    return None if found is None else EvaluationState(found[0] or EvaluationState.NEEDS_RATINGS)


def wanting_ratings(interview_ids: Iterable[UUID]) -> dict[UUID, bool]:
    """Of those that the AI has held (others are left out): whether nobody has rated yet what was said last."""
    ids = list(interview_ids)
    if not ids:
        return {}
    rows = InterviewSession.objects.filter(interview_id__in=ids, state__in=HELD).order_by("created_at", "-pk")
    found = dict(rows.values_list("interview_id", "evaluation__state"))
    return {pk: state in (None, EvaluationState.NEEDS_RATINGS) for pk, state in found.items()}


def results_of(interview: Interview, actor: Actor) -> Results | None:
    """Of an interview that ``actor`` may see; None where it was not held."""
    rows = InterviewSession.objects.select_related("kit_version__kit").filter(interview=interview, state__in=HELD)
    session = rows.order_by("-created_at", "pk").first()
    if session is None:
        return None
    evaluation = Evaluation.objects.filter(session=session).first()
    current = Review.objects.filter(evaluation=evaluation, replaced_at__isnull=True).select_related("reviewer")
    reviews = list(current) if evaluation else []
    own = next((each for each in reviews if each.reviewer_id == actor.actor_id), None)
    state = EvaluationState(evaluation.state) if evaluation else EvaluationState.NEEDS_RATINGS
    is_blind = own is None and state != EvaluationState.DECIDED
    kit = kit_of(session.kit_version.content)
    judge = JudgeState(evaluation.judge_state) if evaluation else JudgeState.NONE
    shows_ai = evaluation is not None and judge == JudgeState.DONE and not is_blind
    return Results(
        interview=interview,
        session=session,
        kit=kit,
        state=state,
        evaluation=evaluation,
        turns=tuple(session.turns.all()),
        own=own,
        reviews=() if is_blind else tuple(reviews),
        review_count=len(reviews),
        is_blind=is_blind,
        decisions=tuple(evaluation.decisions.select_related("decided_by")) if evaluation else (),
        requests=tuple(requests_of(session)),
        judge=judge,
        judged=tuple(judged_of(kit.criteria, list(evaluation.judgements.all()))) if evaluation and shows_ai else (),
        overrides=tuple(evaluation.overrides.select_related("overridden_by")) if evaluation and shows_ai else (),
        alike=alike_of(evaluation, session.kit_version_id, kit.criteria)
        if evaluation and judge == JudgeState.DONE
        else None,
    )


def requests_of(session: InterviewSession) -> list[CandidateRequest]:
    """What the candidate has asked for after it, and the answers; one statement."""
    return list(session.requests.select_related("answered_by"))


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What a candidate may know of how their interview is judged: what it asked about, and what people answered."""

    session: InterviewSession
    kit: Kit
    requests: list[CandidateRequest]

    def request(self, kind: Wish) -> CandidateRequest | None:
        """What was asked for of this kind."""
        return next((each for each in self.requests if each.kind == kind), None)


def explanation_of(interview: Interview) -> Explanation | None:
    """Of the session that counts; None until it is over. Levels are in none of it."""
    session = session_of(interview.pk)
    if session is None or session.state not in HELD:
        return None
    return Explanation(session=session, kit=kit_of_session(session), requests=requests_of(session))


def left_undone(*, now: datetime) -> list[UUID]:
    """Interviews that were held a while ago and are not evaluated yet, or not to the end; older ones are left alone."""
    late = now - PATIENCE
    held = InterviewSession.objects.filter(state__in=HELD, ended_at__lt=late, ended_at__gte=now - LOOKED_BACK)
    untouched = Q(evaluation__isnull=True)
    unsettled = Q(evaluation__judge_state=JudgeState.NONE, evaluation__wanted_at__isnull=True)
    never = held.filter(untouched | unsettled).exclude(evaluation__state=EvaluationState.DECIDED)
    begun = Evaluation.objects.filter(
        judge_state=JudgeState.ASKED, updated_at__lt=late, updated_at__gte=now - LOOKED_BACK
    )
    return [*never.values_list("interview_id", flat=True), *begun.values_list("interview_id", flat=True)]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far people agree over the interviews of one version of a kit, of those that two or more have rated blind.

    ``kappa`` is Cohen's, weighted by squares, for each criterion; ``icc`` is ICC(2,1) of the combined levels. Of each
    person the latest ratings count that were given before others' were seen; where more than two have rated an
    interview, the first two. None means that the figure is not defined for so few.
    """

    interviews: int
    kappa: dict[str, float | None]
    icc: float | None


def alike_of(evaluation: Evaluation, kit_version_id: int, criteria: Sequence[Criterion]) -> Alike:
    """How far people who rated blind and the AI agree: over the latest interviews of the company by this version of
    the kit that the same model has judged. Overridden levels count as the AI gave them. Two statements.
    """
    rated = Review.objects.filter(
        was_blind=True,
        evaluation__company=evaluation.company_id,
        evaluation__session__kit_version=kit_version_id,
        evaluation__judge_state=JudgeState.DONE,
        evaluation__model=evaluation.model,
    ).order_by("-created_at", "pk")
    people: dict[UUID, dict[int, Levels]] = {}
    for evaluation_id, reviewer_id, levels in rated.values_list("evaluation_id", "reviewer_id", "levels")[
        :MOST_REVIEWS
    ]:
        people.setdefault(evaluation_id, {}).setdefault(reviewer_id, levels)  # the latest of each person
    given: dict[UUID, dict[str, list[int | None]]] = {}
    rows = Judgement.objects.filter(evaluation__in=list(people)).values_list("evaluation_id", "criterion_key", "level")
    for evaluation_id, key, level in rows:
        given.setdefault(evaluation_id, {}).setdefault(key, []).append(level)
    pairs = [
        (combine(criteria, list(each.values())), combined_samples(criteria, given.get(key, {})))
        for key, each in people.items()
    ]
    return alike(criteria, pairs)


Pair = tuple[Levels, Levels]


def agreement_of(kit_version_id: int, criteria: Sequence[Criterion], actor: Actor) -> Agreement:
    """Over all that ``actor`` may see; one statement."""
    evaluations = Evaluation.objects.visible_to(actor).filter(session__kit_version=kit_version_id)
    rows = Review.objects.filter(evaluation__in=evaluations, was_blind=True).order_by("created_at", "pk")
    together: dict[UUID, dict[int, Levels]] = {}
    for evaluation_id, reviewer_id, levels in rows.values_list("evaluation_id", "reviewer_id", "levels"):
        together.setdefault(evaluation_id, {})[reviewer_id] = levels
    each_two = [list(each.values())[:2] for each in together.values()]
    pairs = [(two[0], two[1]) for two in each_two if len(two) == 2]
    icc = intraclass(_wholes(criteria, pairs))
    return Agreement(
        interviews=len(pairs),
        kappa={each.key: _kappa(each.key, pairs) for each in criteria},
        icc=icc.two if icc else None,
    )


def _wholes(criteria: Sequence[Criterion], pairs: Sequence[Pair]) -> list[list[float]]:
    """The combined levels of both for each pair."""
    levels = [[overall(combine(criteria, [one])) for one in pair] for pair in pairs]
    return [[float(level) for level in each if level is not None] for each in levels if None not in each]


def _kappa(key: str, pairs: Sequence[Pair]) -> float | None:
    levels = [(first.get(key), second.get(key)) for first, second in pairs]
    both = [(a, b) for a, b in levels if a is not None and b is not None]
    if len(both) < 2:  # of one pair it is 0, whatever the ratings
        return None
    return weighted_kappa([a for a, _ in both], [b for _, b in both])
