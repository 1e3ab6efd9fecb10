"""Learning without labels: u from random pairs, m and the prior by EM on pattern counts (rules/linkage.md#idea-1, #idea-2).

Belongs here: weights. Does not belong here: levels (`compare`) or links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.latin.compare import levels
from matching.scoring.estimate import sigmoid_bits

if TYPE_CHECKING:
    from matching.arrays import Floats, LevelCodes
    from matching.latin.encode import LatinRecords
    from matching.latin.model import LatinModel


@dataclass(frozen=True)
class Learned:
    """Bits of each level of each field (`missing` weighs 0), the prior of any two records, and the tables behind them."""

    bits: dict[str, Floats]
    prior: float
    u: dict[str, Floats]
    rounds: int

    def weight(self, codes: dict[str, LevelCodes]) -> Floats:
        """Log2 odds of each pair, the prior in."""
        total = np.full(len(next(iter(codes.values()))), self.prior)
        for name, code in codes.items():
            total += self.bits[name][code]
        return total


def learn(e: LatinRecords, compared: dict[str, LevelCodes], unique: bool, model: LatinModel) -> Learned:
    """Weights of these records.

    The prior is over all pairs of records, not over the candidates: pairs that no key found are taken for strangers, as are the
    random pairs that u is counted on. So keys do not distort it, whatever they are.

    Args:
        e: the records.
        compared: levels of the candidates.
        unique: whether only pairs of different sources are possible.
        model: where EM starts.
    """
    u = _strangers(e, unique, model)
    m = {name: np.array([level.m for level in model.kinds[model.fields[name].kind].values()]) for name in compared}
    codes, counts = _patterns(compared)
    every = possible_pairs(e, unique)
    # EM begins as if one record in four were somebody's second; the records say the rest.
    prior, rounds = float(np.log2(max(len(e), 2) / 4 / max(every, 1))), 0
    start = {name: values.copy() for name, values in m.items()}
    for rounds in range(1, model.learning.steps + 1):
        bits = {name: np.r_[0.0, np.log2(m[name] / u[name])] for name in compared}
        p = sigmoid_bits(prior + sum(bits[name][codes[name]] for name in compared)) * counts
        before, prior = prior, float(np.log2(max(p.sum(), 0.5) / max(every - p.sum(), 1.0)))
        for name in compared:
            seen = np.bincount(codes[name], weights=p, minlength=len(start[name]) + 1)[1:]
            # The starting values count for `pseudo` pairs, so that a level which few records show does not run away.
            m[name] = (seen + model.learning.pseudo * start[name]) / (seen.sum() + model.learning.pseudo)
        if abs(prior - before) < 1e-6 and rounds > 3:
            break
    bits = {name: np.r_[0.0, np.log2(m[name] / u[name])] for name in compared}
    return Learned(bits, prior, u, rounds)


def possible_pairs(e: LatinRecords, unique: bool) -> float:
    """How many pairs of records there are; with `unique`, of different sources only."""
    every = len(e) * (len(e) - 1) / 2
    sizes = np.bincount(e.source) if len(e) else np.zeros(0)
    return float(every - (sizes * (sizes - 1) / 2).sum()) if unique else float(every)


def _patterns(compared: dict[str, LevelCodes]) -> tuple[dict[str, LevelCodes], Floats]:
    """The distinct patterns of levels, and how many pairs show each: EM's rounds then cost nothing (rules/linkage.md#idea-2)."""
    code = np.zeros(len(next(iter(compared.values()))), dtype=np.int64)
    for values in compared.values():
        code = code * 8 + values  # three bits a field: missing and up to seven levels
    _, first, counts = np.unique(code, return_index=True, return_counts=True)
    return {name: values[first] for name, values in compared.items()}, counts.astype(np.float64)


def _strangers(e: LatinRecords, unique: bool, model: LatinModel) -> dict[str, Floats]:
    """How often two records of different people show each level: counted on random pairs; where nobody is twice in a source, on
    pairs inside a source, which are all strangers.
    """
    rng = np.random.default_rng(model.learning.seed)
    left, right = (rng.integers(0, len(e), model.learning.sample) for _ in range(2))
    kept = (left != right) & (~np.array(unique) | (e.source[left] == e.source[right]))
    out = {}
    for name, codes in levels(e, left[kept], right[kept], model).items():
        size = len(model.levels(name))
        seen = np.bincount(codes, minlength=size)[1:].astype(np.float64)
        share = (seen + model.learning.pseudo / 4) / (seen.sum() + model.learning.pseudo * (size - 1) / 4)
        share[0] = _equal(e, name, unique)
        out[name] = share / share.sum()
    return out


def _equal(e: LatinRecords, name: str, unique: bool) -> float:
    """Chance that two strangers have equal values, from the counts of the values: exact where a sample shows none."""
    code = e.values[name].code
    home = e.source * (int(code.max(initial=0)) + 1) + code if unique else code
    known = code != 0
    counts = np.unique(home[known], return_counts=True)[1].astype(np.float64)
    sizes = np.bincount(e.source[known]).astype(np.float64) if unique else np.array([float(known.sum())])
    pairs = (sizes * np.maximum(sizes - 1, 0)).sum()
    return float(max((counts * (counts - 1)).sum() + 1.0, 1.0) / max(pairs + 1.0, 2.0))
