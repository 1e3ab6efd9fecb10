"""Unmatched clusters: those that no link joined, taken together where neither has anybody else to go to.

Belongs here: the step after clustering that looks at competing candidates instead of one pair's probability alone (rules/linkage.md#idea-7, #idea-13). Does not belong
here: weights and vetoes (`decide`), or the clustering before it (`cluster`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matching.arrays import Floats, Ints, Mask
    from matching.model import Model
    from matching.scoring.decide import Evidence
    from matching.shapes import Pairs


def join_unmatched_clusters(label: Ints, pairs: Pairs, evidence: Evidence, model: Model) -> Ints:
    """Join clusters that are each other's only candidate.

    A pair that is likelier right than wrong, but not likely enough to stand alone, is right far more often when no other
    cluster comes near it on either side: every child that could be meant has been compared. One department's two rows are
    never joined so, nor what looks like twins.

    Args:
        label: cluster of each record, named by its first record.
        pairs: all compared pairs.
        evidence: their evidence.
        model: the least weight, and how far a competing candidate must be.

    Returns:
        The clusters, named by their first record.
    """
    spec = model.decide
    a, b = label[pairs.left], label[pairs.right]
    code = np.minimum(a, b) * len(label) + np.maximum(a, b)
    # Clusters between which no pair reaches the weight of a competing candidate cannot change who is joined.
    near = (a != b) & (evidence.weight > spec.alone_bits - spec.rival_bits)
    rows = np.flatnonzero((a != b) & np.isin(code, code[near]))
    if not len(rows):
        return label
    edges = _ClusterPairs.of(code[rows], rows, evidence, model, len(label))
    best, second = edges.two_best(len(label))
    low, high, score = edges.low, edges.high, edges.score
    mutual = (score >= best[low]) & (score >= best[high])
    apart = (score - second[low] >= spec.rival_bits) & (score - second[high] >= spec.rival_bits)
    chosen = np.flatnonzero(edges.allowed & mutual & apart & (score >= spec.alone_bits))
    out = label.copy()
    out[high[chosen]] = low[chosen]  # both are each other's best: no cluster is in two of them
    return np.asarray(out[label], dtype=np.int64)


@dataclass(frozen=True)
class _ClusterPairs:
    """Pairs of clusters: their heaviest pair of records, and whether nothing between them forbids a join."""

    low: Ints
    high: Ints
    score: Floats
    allowed: Mask

    @staticmethod
    def of(codes: Ints, rows: Ints, evidence: Evidence, model: Model, n: int) -> _ClusterPairs:
        """One for each distinct code (low cluster × n + high cluster); `rows` are the pairs of records behind the codes."""
        code, back = np.unique(codes, return_inverse=True)
        weight = np.clip(evidence.weight[rows], -model.decide.cap_bits, model.decide.cap_bits)
        score = np.full(len(code), -np.inf)
        np.maximum.at(score, back, weight)
        mean = np.bincount(back, weights=weight) / np.bincount(back)
        forbidden = (evidence.veto | evidence.twinlike | evidence.inside)[rows] | (weight < model.decide.refuse_bits)
        against = np.bincount(back, weights=forbidden) > 0
        return _ClusterPairs(code // n, code % n, score, ~against & (mean > 0))

    def two_best(self, n: int) -> tuple[Floats, Floats]:
        """Best and second-best score of each cluster over all its neighbours, forbidden ones too: whoever may be meant competes."""
        cluster, score = np.r_[self.low, self.high], np.r_[self.score, self.score]
        order = np.lexsort((-score, cluster))
        cluster, score = cluster[order], score[order]
        first = np.r_[True, cluster[1:] != cluster[:-1]]
        best, second = np.full(n, -np.inf), np.full(n, -np.inf)
        best[cluster[first]] = score[first]
        after = np.flatnonzero(first) + 1
        after = after[(after < len(cluster))]
        after = after[~first[after]]  # the next row is another cluster's: this one has a single neighbour
        second[cluster[after]] = score[after]
        return best, second
