"""How far raters agree. Pure functions over numbers; None where a figure is not defined.

Sources: J. Cohen, "Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit",
Psychological Bulletin 70 (1968) 213–220; P. E. Shrout and J. L. Fleiss, "Intraclass correlations: uses in assessing
rater reliability", Psychological Bulletin 86 (1979) 420–428.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Weight = Callable[[float, float], float]


def quadratic(first: float, second: float) -> float:
    """How much a disagreement counts: the square of the distance."""
    return (first - second) ** 2


def weighted_kappa(
    first: Sequence[float],
    second: Sequence[float],
    *,
    weight: Weight = quadratic,
    shares: Sequence[float] | None = None,
) -> float | None:
    """Cohen's weighted kappa of two raters of the same things: 1 - Σ w·observed / Σ w·expected by chance.

    ``shares`` says how often each pair occurs; left out, once. None without pairs, or where both raters gave
    everything the same single level, so that no disagreement is expected by chance.
    """
    times = [1.0] * len(first) if shares is None else list(shares)
    total = sum(times)
    observed = sum(n * weight(a, b) for n, a, b in zip(times, first, second, strict=True))
    expected = sum(
        n * m * weight(a, b) for n, a in zip(times, first, strict=True) for m, b in zip(times, second, strict=True)
    )
    return None if not expected else 1 - observed * total / expected


@dataclass(frozen=True, kw_only=True)
class Intraclass:
    """The three forms for single ratings of Shrout and Fleiss. The second is the one that Parley shows:
    absolute agreement of raters who stand for others (two-way random effects)."""

    one: float  # ICC(1,1)
    two: float  # ICC(2,1)
    three: float  # ICC(3,1)


def intraclass(table: Sequence[Sequence[float]]) -> Intraclass | None:
    """Of ``table``: a row for each thing rated, a column for each rater.

    BMS, JMS, EMS and WMS are the mean squares between rows, between columns, of the residual and within rows; n rows,
    k columns. ICC(1,1) = (BMS - WMS)/(BMS + (k-1)·WMS); ICC(2,1) = (BMS - EMS)/(BMS + (k-1)·EMS + k·(JMS - EMS)/n);
    ICC(3,1) = (BMS - EMS)/(BMS + (k-1)·EMS). None for fewer than two rows or columns, or where nothing varies.
    """
    n, k = len(table), len(table[0]) if table else 0
    if n < 2 or k < 2:
        return None
    mean = sum(map(sum, table)) / (n * k)
    between_rows = k * sum((sum(row) / k - mean) ** 2 for row in table)
    between_columns = n * sum((sum(column) / n - mean) ** 2 for column in zip(*table, strict=True))
    total = sum((value - mean) ** 2 for row in table for value in row)
    bms, jms = between_rows / (n - 1), between_columns / (k - 1)
    ems = max(total - between_rows - between_columns, 0.0) / ((n - 1) * (k - 1))
    wms = (total - between_rows) / (n * (k - 1))
    below = (bms + (k - 1) * wms, bms + (k - 1) * ems + k * (jms - ems) / n, bms + (k - 1) * ems)
    if min(map(abs, below)) < 1e-12:
        return None
    return Intraclass(one=(bms - wms) / below[0], two=(bms - ems) / below[1], three=(bms - ems) / below[2])
