"""When the AI's levels are more than advice: once people who did not see them have agreed with them often enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parley.conversations.rules.kits import Criterion
from parley.evaluations.rules.agreement import intraclass, weighted_kappa
from parley.evaluations.rules.judging import overall_of
from parley.evaluations.rules.ratings import Combined

FEWEST_INTERVIEWS = 20
LEAST_AGREEMENT = 0.6  # of the kappa of each criterion, and of the ICC on the whole


@dataclass(frozen=True, kw_only=True)
class Alike:
    """How far people and the AI agree over the interviews that both rated; None where a figure is not defined.

    ``kappa`` by criterion is Cohen's, weighted by squares, of those interviews where both gave it a level; ``icc`` is
    ICC(2,1) of the levels on the whole.
    """

    interviews: int
    kappa: Mapping[str, float | None]
    icc: float | None

    @property
    def is_advisory(self) -> bool:
        """Whether the AI's levels have yet to prove themselves: too few interviews, or too little agreement.

        A figure that is not defined proves nothing.
        """
        figures = [*self.kappa.values(), self.icc]
        return self.interviews < FEWEST_INTERVIEWS or any(each is None or each < LEAST_AGREEMENT for each in figures)


def alike(criteria: Sequence[Criterion], pairs: Sequence[tuple[Sequence[Combined], Sequence[Combined]]]) -> Alike:
    """Of pairs of what people (combined over those who rated blind) and the AI gave to the same interview."""
    kappa: dict[str, float | None] = {}
    for place, criterion in enumerate(criteria):
        levels = [(people[place].level, ai[place].level) for people, ai in pairs]
        both = [(float(a), float(b)) for a, b in levels if a is not None and b is not None]
        enough = len(both) >= 2  # of one pair it is 0, whatever the levels
        kappa[criterion.key] = weighted_kappa([a for a, _ in both], [b for _, b in both]) if enough else None
    wholes = [[overall_of([(each.criterion, each.level) for each in one]) for one in pair] for pair in pairs]
    icc = intraclass([[float(level) for level in each if level is not None] for each in wholes if None not in each])
    return Alike(interviews=len(pairs), kappa=kappa, icc=icc.two if icc else None)
