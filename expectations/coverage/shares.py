"""Whether a share is lower than its neighbours and its own past explain: beta-binomial tails (rules/coverage.md#model).

Belongs here: the arithmetic over units, with SciPy. Does not belong here: which units there are (`units`), what follows from a hole.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom

from expectations.lists.files import BoolArray, IntArray

Shares = NDArray[np.float64]
HIGHEST = 0.995
"""No unit is expected whole: of every register somebody is missing for a reason, and a sure thing would make each of them a hole."""


@dataclass(frozen=True)
class ShareBounds:
    """When a share is a hole; all four must hold.

    Attributes:
        smallest: fewer children than that prove nothing.
        tail: how unlikely so few must be, by the beta-binomial distribution.
        below: how far below what is expected, as a part of it.
        spread: the least overdispersion (intraclass correlation) between units of an ordinary county.
    """

    smallest: int
    tail: float
    below: float
    spread: float


@dataclass(frozen=True)
class UnitCounts:
    """How many children of each unit were looked for and were seen; `expected` is each unit's own earlier share, NaN where it has none."""

    asked: IntArray
    seen: IntArray
    expected: Shares

    @property
    def share(self) -> Shares:
        """The share seen; NaN of nobody."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.asked > 0, self.seen / np.maximum(self.asked, 1), np.nan)


@dataclass(frozen=True)
class JudgedShares:
    """Per unit: the share expected, the probability of so few, whether it is a hole, whether it is large enough to tell."""

    expected: Shares
    tail: Shares
    is_hole: BoolArray
    is_telling: BoolArray


def judge_shares(counts: UnitCounts, bounds: ShareBounds, county: float = np.nan) -> JudgedShares:
    """Judge the units of one source and one dimension beside each other.

    Args:
        counts: the units.
        bounds: when a share is a hole.
        county: what is expected where there are no neighbours to look at; NaN: nothing.

    Returns:
        For every unit the expectation from its own past, else from the middle of the others; a unit without either is no hole.
    """
    share, telling = counts.share, counts.asked >= bounds.smallest
    middle = _middle_of_others(share, counts.asked, telling, county)
    expected = np.where(np.isnan(counts.expected), middle, counts.expected)
    with np.errstate(invalid="ignore"):
        low = share <= expected * (1 - bounds.below)
    tail = np.ones(len(share))
    ordinary = telling & ~low
    for place in np.flatnonzero(telling & (share < expected)):
        # A unit must not hide in the spread that it makes itself.
        others = ordinary.copy()
        others[place] = False
        spread = max(bounds.spread, overdispersion(counts, others))
        scale, mean = (1 - spread) / spread, min(expected[place], HIGHEST)
        tail[place] = betabinom.cdf(counts.seen[place], counts.asked[place], mean * scale, (1 - mean) * scale)
    return JudgedShares(expected, tail, telling & low & (tail <= bounds.tail), telling)


def overdispersion(counts: UnitCounts, among: BoolArray) -> float:
    """How much more the units' shares spread than the same coin would make them: intraclass correlation by moments, 0 or more.

    Args:
        counts: the units.
        among: the ordinary ones; what is a hole would hide itself in the spread that it makes.
    """
    asked, seen = counts.asked[among].astype(np.float64), counts.seen[among].astype(np.float64)
    total = asked.sum()
    if len(asked) < 2 or total <= 0:
        return 0.0
    # Around each unit's own past where it has one: that a border township was always lower is no spread of this period.
    own = counts.expected[among]
    mean = np.clip(np.where(np.isnan(own), seen.sum() / total, own), 1 - HIGHEST, HIGHEST)
    # Pearson's statistic is k-1 for a plain binomial; what it exceeds, per further child of a unit, is the correlation.
    excess = ((seen - asked * mean) ** 2 / (asked * mean * (1 - mean))).sum() - (len(asked) - 1)
    further = (asked - 1).sum() * (1 - 1 / len(asked))
    return float(np.clip(excess / further, 0.0, 0.5)) if further > 0 else 0.0


def _middle_of_others(share: Shares, asked: IntArray, telling: BoolArray, county: float) -> Shares:
    """Per unit the median share of the other telling ones, weighted by their children."""
    order = np.argsort(np.where(telling, share, np.inf), kind="stable")
    order = order[telling[order]]
    middles = np.full(len(share), county)
    if not len(order):
        return middles
    weights, values = asked[order].astype(np.float64), share[order]
    total = np.cumsum(weights)
    for place in range(len(share)):
        own = np.flatnonzero(order == place)
        rest = total.copy()
        if len(own):
            rest[own[0] :] -= weights[own[0]]
        if rest[-1] <= 0:
            continue
        middles[place] = values[int(np.searchsorted(rest, rest[-1] / 2))]
    return middles
