"""What is known of the results of an interview, for one who looks. A constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from parley.conversations.models import InterviewSession, Turn
from parley.conversations.queries import kit_of_session, session_of
from parley.conversations.rules.kits import Criterion, Kit, kit_of
from parley.core.actors import Actor
from parley.evaluations.locks import HELD
from parley.evaluations.models import CandidateRequest, Decision, Evaluation, Review
from parley.evaluations.rules.agreement import intraclass, weighted_kappa
from parley.evaluations.rules.ratings import Combined, Levels, combine, overall
from parley.evaluations.rules.states import EvaluationState, Wish
from parley.interviews.models import Interview


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

    @property
    def decision(self) -> Decision | None:
        """The one that holds."""
        return self.decisions[-1] if self.decisions else None

    @property
    def combined(self) -> list[Combined]:
        """For each criterion, what can be seen of its ratings."""
        return combine(self.kit.criteria, [each.levels for each in self.reviews])

    @property
    def overall(self) -> Fraction | None:
        """The combined level, by the formula of ``rules.ratings.overall``."""
        return overall(self.combined)


def standing_of(interview: Interview) -> EvaluationState | None:
    """Where the evaluation of an interview stands; None where it was not held. One statement."""
    rows = InterviewSession.objects.filter(interview=interview, state__in=HELD).order_by("-created_at", "pk")
    found = rows.values_list("evaluation__state").first()
    return None if found is None else EvaluationState(found[0] or EvaluationState.NEEDS_RATINGS)


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
    return Results(
        interview=interview,
        session=session,
        kit=kit_of(session.kit_version.content),
        state=state,
        evaluation=evaluation,
        turns=tuple(session.turns.all()),
        own=own,
        reviews=() if is_blind else tuple(reviews),
        review_count=len(reviews),
        is_blind=is_blind,
        decisions=tuple(evaluation.decisions.select_related("decided_by")) if evaluation else (),
        requests=tuple(requests_of(session)),
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
