"""Children left over: clusters that no link joined, taken together where neither has anybody else to go to.

Belongs here: the step after clustering that looks at rivals instead of one pair's probability alone (rules/linkage.md#idea-7, #idea-13). Does not belong
here: weights and vetoes (`decide`), or the clustering before it (`cluster`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.model import Model
    from matching.scoring.decide import Evidence
    from matching.shapes import Pairs

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]


def join_unmatched_clusters(label: Ints, pairs: Pairs, evidence: Evidence, model: Model) -> Ints:
    """Join clusters that are each other's only candidate.

    A pair that is likelier right than wrong, but not likely enough to stand alone, is right far more often when no other
    cluster comes near it on either side: every child that could be meant has been compared. One department's two rows are
    never joined so, nor what looks like twins.

    Args:
        label: cluster of each record, named by its first record.
        pairs: all compared pairs.
        evidence: their evidence.
        model: the least weight, and how far a rival must be.

    Returns:
        The clusters, named by their first record.
    """
    spec = model.decide
    one, other = label[pairs.left], label[pairs.right]
    code = np.minimum(one, other) * len(label) + np.maximum(one, other)
    near = (one != other) & (evidence.weight > spec.alone_bits - spec.rival_bits)
    rows = np.flatnonzero((one != other) & np.isin(code, code[near]))
    if not len(rows):
        return label
    edges = _edges(code[rows], rows, evidence, model, len(label))
    best, second = _two_best(edges, len(label))
    low, high, score, allowed = edges
    mutual = (score >= best[low]) & (score >= best[high])
    apart = (score - second[low] >= spec.rival_bits) & (score - second[high] >= spec.rival_bits)
    chosen = np.flatnonzero(allowed & mutual & apart & (score >= spec.alone_bits))
    out = label.copy()
    out[high[chosen]] = low[chosen]  # both are each other's best: no cluster is in two of them
    return np.asarray(out[label], dtype=np.int64)


def _edges(codes: Ints, rows: Ints, evidence: Evidence, model: Model, n: int) -> tuple[Ints, Ints, Floats, Mask]:
    """Pairs of clusters: their heaviest pair, and whether nothing between them forbids a join."""
    code, back = np.unique(codes, return_inverse=True)
    weight = np.clip(evidence.weight[rows], -model.decide.cap_bits, model.decide.cap_bits)
    score = np.full(len(code), -np.inf)
    np.maximum.at(score, back, weight)
    mean = np.bincount(back, weights=weight) / np.bincount(back)
    forbidden = (evidence.veto | evidence.twinlike | evidence.inside)[rows] | (weight < model.decide.refuse_bits)
    against = np.bincount(back, weights=forbidden) > 0
    return code // n, code % n, score, ~against & (mean > 0)


def _two_best(edges: tuple[Ints, Ints, Floats, Mask], n: int) -> tuple[Floats, Floats]:
    """Best and second-best score of each cluster over all its neighbours, forbidden ones too: a rival is a rival."""
    low, high, score, _ = edges
    who, what = np.r_[low, high], np.r_[score, score]
    order = np.lexsort((-what, who))
    who, what = who[order], what[order]
    first = np.r_[True, who[1:] != who[:-1]]
    best, second = np.full(n, -np.inf), np.full(n, -np.inf)
    best[who[first]] = what[first]
    after = np.flatnonzero(first) + 1
    after = after[(after < len(who))]
    after = after[~first[after]]
    second[who[after]] = what[after]
    return best, second
