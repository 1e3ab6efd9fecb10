"""Estimation on pattern counts: anchored logistic regression, the prior of the unlabelled pairs, EM where labels
are few.

Belongs here: numerical estimation. Does not belong here: what a pattern means (`design`) or when which is used
(`weigh`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, diags_array
from scipy.special import expit, logit
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Floats, Whole
    from matching.model import LearningSettings
    from matching.scoring.design import Design


LN2 = float(np.log(2.0))
_STEPS = 40
_ENOUGH = 1e-3


def sigmoid_bits(bits: Floats) -> Floats:
    """Probability of log2 odds."""
    probability: Floats = expit(bits * LN2)
    return probability


def logit_bits(probability: float) -> float:
    """Log2 odds of a probability between 0 and 1, both left out."""
    return float(logit(probability) / LN2)


class LogisticFit(NamedTuple):
    """Bits per term, and the prior bits (intercept) of a labelled pair."""

    bits: Floats
    prior: float


def anchored_logistic(
    matrix: Floats, counts: Floats, anchor: Floats, ridge: float, warm: LogisticFit | None = None
) -> LogisticFit:
    """Logistic regression on counts, pulled towards the anchor: with few labels it stays there, with many it
    follows them.

    Args:
        matrix: (patterns, terms).
        counts: (2, patterns), labelled same and labelled different.
        anchor: starting bits of each term.
        ridge: strength of the pull.
        warm: an earlier answer to start from.
    """
    kept = counts.sum(axis=0) > 0
    used = np.r_[matrix[kept].any(axis=0), True]  # a term that no labelled pair shows keeps its anchor
    # Sparse: a pattern has one term per field and interaction, about a tenth of the columns.
    x = csr_matrix(np.concatenate([matrix[kept], np.ones((int(kept.sum()), 1))], axis=1)[:, used])
    same, total = counts[0][kept], counts[:, kept].sum(axis=0)
    full = np.r_[anchor * LN2, 0.0]
    full[-1] = _intercept(x[:, :-1] @ full[used][:-1], same, total)
    # The intercept is hardly pulled: how rare matches are differs from county to county, and no anchor knows it.
    posterior = _Posterior(x, same, total, full[used], np.r_[np.full(int(used.sum()) - 1, ridge), 1e-6])
    beta = posterior.start.copy() if warm is None else np.r_[warm.bits * LN2, warm.prior * LN2][used]
    loss = posterior.loss(beta)
    for _ in range(_STEPS):
        beta, loss, moved = posterior.improved(beta, loss)
        if moved < _ENOUGH:
            break
    full[used] = beta
    return LogisticFit(full[:-1] / LN2, float(full[-1] / LN2))


@dataclass(frozen=True)
class _Posterior:
    """The likelihood of counted labels and the pull towards where the weights start.

    Attributes:
        x: (patterns, terms).
        same, total: labelled pairs of each pattern, and those of them that are one child.
        start, pull: where each weight is pulled to, and how strongly.
    """

    x: csr_matrix
    same: Floats
    total: Floats
    start: Floats
    pull: Floats

    def loss(self, beta: Floats) -> float:
        """What is made small."""
        score = self.x @ beta
        fit = (self.total * np.logaddexp(0.0, score) - self.same * score).sum()
        return float(fit + 0.5 * (self.pull * (beta - self.start) ** 2).sum())

    def improved(self, beta: Floats, loss: float) -> tuple[Floats, float, float]:
        """A Newton step, halved until the loss falls: the weights, their loss, and the largest move."""
        p = expit(self.x @ beta)
        gradient = self.x.T @ (self.same - self.total * p) - self.pull * (beta - self.start)
        curvature = (self.x.T @ diags_array(self.total * p * (1 - p)) @ self.x).toarray() + np.diag(self.pull)
        with threadpool_limits(1, user_api="blas"):  # two hundred equations: threads only burn time waiting
            step = np.linalg.solve(curvature, gradient)
        # A whole step may leap over the lowest point where labels part so well that the curvature vanishes.
        for _ in range(12):
            candidate = beta + step
            candidate_loss = self.loss(candidate)
            if candidate_loss <= loss + 1e-12:
                return candidate, candidate_loss, float(np.abs(step).max())
            step = step / 2
        return beta, loss, 0.0


def _intercept(offset: Floats, same: Floats, total: Floats) -> float:
    """Intercept at which the expected share of matches is the observed one."""
    from scipy.optimize import brentq

    weights = total / total.sum()
    # Labels of one kind alone would have their intercept at infinity.
    share = float(np.clip(same.sum() / total.sum(), 1e-12, 1 - 1e-12))

    def surplus(intercept: float) -> float:
        return float(weights @ expit(offset + intercept)) - share

    # With every pair at the highest offset too few would be expected, with every pair at the lowest too many.
    return float(brentq(surplus, logit(share) - offset.max() - 1, logit(share) - offset.min() + 1))


def shifted_prior(score: Floats, counts: Floats, prior: float, labelled_share: float) -> float:
    """Prior bits of the unlabelled pairs by EM on the prior alone, the weights held (rules/linkage.md#idea-1).

    Args:
        score: bits of each pattern without the prior.
        counts: unlabelled pairs per pattern.
        prior: prior bits of the labelled pairs.
        labelled_share: share of matches among the labelled pairs.
    """
    if counts.sum() < 50:  # a share of so few pairs is chance
        return prior
    base = logit_bits(float(np.clip(labelled_share, 1e-7, 1 - 1e-7)))
    shift = prior
    for _ in range(50):
        before = shift
        posterior = float((sigmoid_bits(score + shift) * counts).sum() / counts.sum())
        share = float(np.clip(posterior, 1e-7, 0.9))
        shift = float(np.clip(prior + logit_bits(share) - base, prior - 8, prior + 4))
        if abs(shift - before) < 1e-4:
            break
    return shift


def em_weights(
    design: Design, codes: NDArray[np.int8], counts: Floats, prior: float, learning: LearningSettings
) -> Floats:
    """Fellegi-Sunter by EM on pattern counts, started at and held near the anchor; only the shape inside each field
    is learned.

    Candidates agree on their keys by construction, so that u measured on them is too high: without labels EM would
    take every field's weight down (recall fell from 0.99 to 0.65 on a county without numbers). A field's mean
    weight over the matches therefore stays the anchor's, and families, whose fields move together, cannot drift
    into matches (rules/linkage.md#drift).

    Args:
        design: the terms.
        codes: (patterns, fields) level codes.
        counts: (3, patterns), labelled same, labelled different, unlabelled; labels are held.
        prior: prior bits.
        learning: how far, and against how many pairs of the anchor, a level may move.

    Returns:
        Bits per term; interactions keep their anchor.
    """
    matrix = design.matrix(codes)
    bits = design.anchor.copy()
    for _ in range(_STEPS):
        p = sigmoid_bits(matrix @ bits + prior)
        updated = _shaped(design, codes, counts[0] + p * counts[2], counts[1] + (1 - p) * counts[2], learning)
        moved = float(np.abs(updated - bits).max())
        bits = updated
        if moved < 1e-3:
            break
    return bits


def _shaped(
    design: Design, codes: NDArray[np.int8], same: Floats, different: Floats, learning: LearningSettings
) -> Floats:
    """The anchor bent, within `em_bend` bits, towards the observed log2(m/u) of each field's levels."""
    out = design.anchor.copy()
    for place, terms in enumerate(design.level_term):
        levels = np.flatnonzero(terms >= 0)
        anchor = design.anchor[terms[levels]]
        m = np.bincount(codes[:, place], weights=same, minlength=len(terms))[levels]
        u = np.bincount(codes[:, place], weights=different, minlength=len(terms))[levels] + 1.0
        # The anchor speaks as `em_pairs` pairs would that show its own m/u: a level seen by nobody stays where it is.
        guess = u * np.exp2(np.clip(anchor, -10, 10))
        m_smooth = m + learning.em_pairs * guess / guess.sum()
        change = np.log2(m_smooth / m_smooth.sum()) - np.log2(u / u.sum()) - anchor
        change -= float((change * m_smooth).sum() / m_smooth.sum())
        seen = m_smooth.sum() > 2 * learning.em_pairs
        out[terms[levels]] = anchor + (np.clip(change, -learning.em_bend, learning.em_bend) if seen else 0.0)
    return out


def unblocked_links(keys: Whole, number_of_keys: int) -> float:
    """Links that no key may have brought together, by Chao's estimator: (found by one key)² / 2 (found by two).

    No more than one key alone found: records that say so little that few keys can find them would make it grow without bound.

    Args:
        keys: the keys that found each link, one bit a key.
        number_of_keys: how many keys the model has.
    """
    times_found = np.zeros(len(keys), dtype=np.int64)
    for bit in range(number_of_keys):
        times_found += ((keys >> np.uint32(bit)) & np.uint32(1)).astype(np.int64)
    once, twice = (int((times_found == times).sum()) for times in (1, 2))
    # The form that is corrected for small counts: where no link was found twice it does not divide by nothing.
    return min(once * max(once - 1, 0) / (2.0 * (twice + 1)), float(once))
