"""Weights: from level patterns to bits, learned from the data's own valid numbers where there are enough of them.

Belongs here: patterns, the design of the regression, learning, the weight of every pair. Does not belong here:
thresholds (`decide`). The number is hidden while the rest is learned and added afterwards (rules/linkage.md#idea-1,
#idea-2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from matching.scoring.design import Design, make_design
from matching.scoring.estimate import LogisticFit, anchored_logistic, em_weights, shifted_prior, sigmoid_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Floats, Mask
    from matching.model import Model
    from matching.shapes import Levels


Mode = Literal["labels", "em", "fixed"]


@dataclass(frozen=True)
class Weights:
    """The learned model.

    Attributes:
        mode: `labels`, `em` or `fixed`; `why` says so in Chinese.
        design: the terms (level of a field, or interaction) that `bits` belong to.
        bits: weight of each term; `prior` of a pair whose numbers cannot be compared, `prior_labelled` of one whose
            numbers can.
        number: weight of each number level.
        figures: counts for the report.
    """

    mode: Mode
    why: str
    design: Design
    bits: Floats
    prior: float
    prior_labelled: float
    number: Floats
    figures: dict[str, float] = field(default_factory=dict)

    def of(self, levels: Levels) -> Floats:
        """Weight in bits (log2 of the posterior odds) of each pair."""
        patterns = Patterns.count(levels, self.design)
        return self.other_fields(patterns)[patterns.back] + self.of_number(levels["number"])

    def other_fields(self, patterns: Patterns) -> Floats:
        """Bits of everything but number and prior, per distinct pattern."""
        total: Floats = self.design.matrix(patterns.codes) @ self.bits
        return total

    def of_number(self, number: NDArray[np.int8]) -> Floats:
        """Bits of the number level and the prior that goes with it."""
        labelled = np.isin(number, self.design.comparable)
        total: Floats = self.number[number] + np.where(labelled, self.prior_labelled, self.prior)
        return total


@dataclass(frozen=True)
class Patterns:
    """Distinct level patterns: `codes` (patterns, fields), the pattern of each row of levels, and the pairs that each row stands for
    (none: one each).
    """

    codes: NDArray[np.int8]
    back: NDArray[np.int64]
    counts: NDArray[np.int64] | None = None

    @staticmethod
    def count(levels: Levels, design: Design, counts: NDArray[np.int64] | None = None) -> Patterns:
        """Find the distinct patterns of the design's fields."""
        code = np.zeros(len(levels[design.fields[0]]), dtype=np.int64)
        for name, size in zip(design.fields, design.sizes, strict=True):
            code = code * size + levels[name]
        _, first, back = np.unique(code, return_index=True, return_inverse=True)
        codes = np.stack([levels[name][first] for name in design.fields], axis=1)
        return Patterns(codes, back, counts)

    def tally(self, mask: Mask) -> Floats:
        """How many of the masked pairs carry each pattern."""
        weights = None if self.counts is None else self.counts[mask]
        return np.bincount(self.back[mask], weights=weights, minlength=len(self.codes)).astype(np.float64)

    def total(self, mask: Mask) -> int:
        """How many pairs the mask holds."""
        return int(mask.sum() if self.counts is None else self.counts[mask].sum())


def learn(levels: Levels, records: int, model: Model, counts: NDArray[np.int64] | None = None) -> Weights:
    """Weights for this delivery.

    Args:
        levels: levels of all candidate pairs, number included; one row per pair, or per pattern where `counts` says how many
            pairs each row stands for.
        records: how many records there are.
        model: anchors, and how many labels learning needs.
        counts: pairs of each row.
    """
    design = make_design(model)
    fixed = Weights("fixed", "", design, design.anchor, _flat_prior(records), _flat_prior(records), _number_bits(model))
    if not len(levels["name"]):
        return _named(fixed, "没有需要比较的记录对")
    patterns = Patterns.count(levels, design, counts)
    same, differ = _labels(levels, model)
    enough = min(patterns.total(same), patterns.total(differ)) >= model.learning.labels_needed
    if enough:
        return _from_labels(fixed, patterns, levels, model)
    if records >= model.learning.em_records_needed:
        return _from_em(fixed, patterns, levels, model)
    return _named(fixed, f"记录数少于 {model.learning.em_records_needed}，采用模型文件中的固定权重")


def _flat_prior(records: int) -> float:
    """Prior bits of a pair of a population without labels: about one partner per record."""
    # A handful of records is a sample of a county, not a county of a handful: there a match would be nearly certain beforehand.
    return float(np.log2(2.0 / max(records - 1, 1000)))


def _number_bits(model: Model) -> Floats:
    return np.array([level.bits for level in model.number.levels.values()])


def _named(fixed: Weights, why: str) -> Weights:
    return Weights("fixed", why, fixed.design, fixed.bits, fixed.prior, fixed.prior_labelled, fixed.number, {})


def _labels(levels: Levels, model: Model) -> tuple[Mask, Mask]:
    number, spec = levels["number"], model.number
    same: Mask = (number == spec.code("same")) | (number == spec.code("derived"))
    differ: Mask = number == spec.code("differ")
    return same, differ


def _from_labels(fixed: Weights, patterns: Patterns, levels: Levels, model: Model) -> Weights:
    same, differ = _labels(levels, model)
    alike, apart = patterns.total(same), patterns.total(differ)
    design = fixed.design
    matrix = design.matrix(patterns.codes)
    counts = np.stack([patterns.tally(same), patterns.tally(differ)])
    fit, slip = _fit(matrix, counts, design, model)
    score = matrix @ fit.bits
    share = alike / (alike + apart)
    # Two populations: how often a pair with two numbers is a match says little of pairs in which one has none.
    shifted = shifted_prior(score, patterns.tally(~(same | differ)), fit.prior, share)
    number = _number_bits(model)
    number[model.number.code("differ")] = slip
    figures = {
        "labelled_same": float(alike),
        "labelled_different": float(apart),
        "patterns": float(len(patterns.codes)),
    }
    why = f"有效身份证号提供了 {alike} 对相同、{apart} 对不同的样本，权重由本期数据学得"
    return Weights("labels", why, design, fit.bits, shifted, fit.prior, number, figures)


def _fit(matrix: Floats, counts: Floats, design: Design, model: Model) -> tuple[LogisticFit, float]:
    """Weights and prior, and the bits of two different valid numbers, learned together by EM over what the numbers hide.

    Two different valid numbers mostly mean two children, but a corrected or mistyped number makes one child look
    like two (rules/identifiers.md#number-changes, #c22). A pair labelled different is therefore the same child with the posterior that
    the other fields and the rate of such numbers give.
    """
    low, high = model.learning.differ_bounds
    ridge = model.learning.ridge
    same, differ = counts

    def hidden_matches(fit: LogisticFit, slip: float) -> tuple[Floats, float]:
        hidden = differ * sigmoid_bits(matrix @ fit.bits + fit.prior + slip)
        rate = np.log2((hidden.sum() + 0.5) / (same.sum() + hidden.sum() + 1.0))
        return hidden, float(np.clip(rate, low, high))

    fit = anchored_logistic(matrix, counts, design.anchor, ridge)
    hidden, slip = hidden_matches(fit, high - 2.0)
    for _ in range(3):
        soft = np.stack([same + hidden, differ - hidden])
        fit = anchored_logistic(matrix, soft, design.anchor, ridge, fit)
        hidden, slip = hidden_matches(fit, slip)
    return fit, slip


def _from_em(fixed: Weights, patterns: Patterns, levels: Levels, model: Model) -> Weights:
    design = fixed.design
    same, differ = _labels(levels, model)
    counts = np.stack([patterns.tally(same), patterns.tally(differ), patterns.tally(~(same | differ))])
    bits, prior = em_weights(design, patterns.codes, counts, fixed.prior, model.learning), fixed.prior
    figures = {
        "labelled_same": float(patterns.total(same)),
        "labelled_different": float(patterns.total(differ)),
        "patterns": float(len(patterns.codes)),
    }
    why = "可作样本的有效身份证号太少，权重由记录对的模式计数（EM）估计"
    return Weights("em", why, design, bits, prior, prior, fixed.number, figures)
