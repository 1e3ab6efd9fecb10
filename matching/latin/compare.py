"""Pairs of Latin records: which are compared, and their level in every field.

Belongs here: blocking and comparison. Does not belong here: what a level weighs (`fit`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matching.latin.encode import key_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Ints, LevelCodes
    from matching.latin.encode import FieldValues, LatinRecords
    from matching.latin.model import LatinLevel, LatinModel


@dataclass(frozen=True)
class LatinCandidates:
    """Pairs of record positions, `left < right`, sorted; `keys` is a bit set of the keys that found each."""

    left: Ints
    right: Ints
    keys: Ints
    yields: tuple[dict[str, int | str], ...]

    def __len__(self) -> int:
        return len(self.left)


def candidates(e: LatinRecords, model: LatinModel, unique: bool) -> LatinCandidates:
    """All pairs that a key brings together; with `unique`, only pairs of different sources."""
    n, per_key = len(e), []
    lines: list[dict[str, int | str]] = []
    for bit, key in enumerate(model.keys):
        code = key_codes(e, key)
        if code is None:
            continue
        pairs, oversized = _pairs(code, n, model.block_limit)
        if unique:
            pairs = pairs[e.source[pairs // n] != e.source[pairs % n]]
        per_key.append(pairs * 64 + bit)  # pair and key as one integer: one sort brings the keys of a pair together
        lines.append({"key": "+".join(key), "pairs": len(pairs), "oversized_blocks": oversized})
    merged = np.sort(np.concatenate(per_key)) if per_key else np.zeros(0, dtype=np.int64)
    codes, start = np.unique(merged // 64, return_index=True)
    bits = np.int64(1) << (merged % 64)
    keys = np.bitwise_or.reduceat(bits, start) if len(start) else bits
    return LatinCandidates(codes // max(n, 1), codes % max(n, 1), keys, tuple(lines))


def _pairs(code: Ints, n: int, limit: int) -> tuple[Ints, int]:
    """Pairs of equal codes as `left * n + right`, and how many blocks were too large."""
    rows = np.flatnonzero(code)
    rows = rows[np.argsort(code[rows], kind="stable")]
    size = np.bincount(code, minlength=1)
    oversized = int((size[1:] > limit).sum())
    rows = rows[size[code[rows]] <= limit]
    last = np.flatnonzero(np.r_[code[rows][1:] != code[rows][:-1], True]) if len(rows) else np.zeros(0, dtype=np.int64)
    after = np.repeat(last, np.diff(np.r_[-1, last])) - np.arange(len(rows))
    first = np.repeat(np.arange(len(rows)), after)
    step = np.arange(len(first)) - np.repeat(np.cumsum(after) - after, after) + 1
    return rows[first] * n + rows[first + step], oversized  # stable sort: the first is the smaller


def levels(e: LatinRecords, left: Ints, right: Ints, model: LatinModel) -> dict[str, LevelCodes]:
    """Level codes of every field the records have, one per pair."""
    out = {}
    for name, values in e.values.items():
        spec, names = model.fields[name], model.levels(name)
        a, b = values.code[left], values.code[right]
        # The smaller code first, so that a pair has one level whichever way round it stands.
        codes = _by_distinct(values, np.minimum(a, b), np.maximum(a, b), model.kinds[spec.kind])
        if "crossed" in names and spec.partner in e.values:
            other = e.values[spec.partner].code
            # One half in the other's column is enough: the other half may be missing or misspelt.
            crossed = ((a == other[right]) & (a != 0)) | ((b == other[left]) & (b != 0))
            codes[crossed & (codes != names.index("same"))] = names.index("crossed")
        out[name] = codes
    return out


def _by_distinct(values: FieldValues, low: Ints, high: Ints, levels: dict[str, LatinLevel]) -> LevelCodes:
    """Levels worked out once per distinct pair of values: string distances are dear, and pairs repeat their values."""
    size = len(values.texts)
    pairs, back = np.unique(low * size + high, return_inverse=True)
    a, b = pairs // size, pairs % size
    names = list(levels)
    out = np.full(len(pairs), names.index("differ") + 1, dtype=np.int8)
    rows = np.flatnonzero((a != b) & (a != 0))
    left, right = values.texts[a[rows]], values.texts[b[rows]]
    for name in reversed(names):  # the weakest first, so that the strongest stays
        out[rows[_holds(name, levels[name], left, right)]] = names.index(name) + 1
    out[(a == b)] = names.index("same") + 1
    out[a == 0] = 0
    return np.asarray(out[back], dtype=np.int8)


def _holds(name: str, level: LatinLevel, left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which pairs of texts are as much alike as the level asks for; a level that asks for nothing here holds for none."""
    holds = np.zeros(len(left), dtype=bool)
    if not len(left):
        return holds
    if level.at_least:
        score = cpdist(left, right, scorer=JaroWinkler.normalized_similarity, score_cutoff=level.at_least)
        holds = np.asarray(score) >= level.at_least
    elif level.slips:
        holds = np.asarray(cpdist(left, right, scorer=OSA.distance, score_cutoff=level.slips)) <= level.slips
    elif name == "swapped":
        swapped = (a[:4] == b[:4] and a[4:6] == b[6:8] and a[6:8] == b[4:6] for a, b in zip(left, right, strict=True))
        holds = np.fromiter(swapped, dtype=bool, count=len(left))
    return holds
