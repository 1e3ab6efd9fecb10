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

    from matching.latin.encode import Encoded, Values
    from matching.latin.model import LatinModel, Level

    Ints = NDArray[np.int64]
    Codes = NDArray[np.int8]


@dataclass(frozen=True)
class Candidates:
    """Pairs of record positions, `left < right`, sorted; `keys` is a bit set of the keys that found each."""

    left: Ints
    right: Ints
    keys: Ints
    yields: tuple[dict[str, int | str], ...]

    def __len__(self) -> int:
        return len(self.left)


def candidates(e: Encoded, model: LatinModel, unique: bool) -> Candidates:
    """All pairs that a key brings together; with `unique`, only pairs of different sources."""
    n, found = len(e), []
    lines: list[dict[str, int | str]] = []
    for bit, key in enumerate(model.keys):
        code = key_codes(e, key)
        if code is None:
            continue
        pairs, oversized = _pairs(code, n, model.block_limit)
        if unique:
            pairs = pairs[e.source[pairs // n] != e.source[pairs % n]]
        found.append(pairs * 64 + bit)
        lines.append({"key": "+".join(key), "pairs": len(pairs), "oversized_blocks": oversized})
    merged = np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
    codes, start = np.unique(merged // 64, return_index=True)
    bits = np.int64(1) << (merged % 64)
    keys = np.bitwise_or.reduceat(bits, start) if len(start) else bits
    return Candidates(codes // max(n, 1), codes % max(n, 1), keys, tuple(lines))


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


def levels(e: Encoded, left: Ints, right: Ints, model: LatinModel) -> dict[str, Codes]:
    """Level codes of every field the records have, one per pair."""
    return {name: _field(e, name, (left, right), model) for name in e.values}


def _field(e: Encoded, name: str, pair: tuple[Ints, Ints], model: LatinModel) -> Codes:
    values, spec = e.values[name], model.fields[name]
    a, b = values.code[pair[0]], values.code[pair[1]]
    out = _by_distinct(values, np.minimum(a, b), np.maximum(a, b), model.kinds[spec.kind])
    names = model.levels(name)
    if "crossed" in names and spec.partner in e.values:
        other = e.values[spec.partner].code
        crossed = ((a == other[pair[1]]) & (a != 0)) | ((b == other[pair[0]]) & (b != 0))
        out[crossed & (out != names.index("same"))] = names.index("crossed")
        return out
    return out


def _by_distinct(values: Values, low: Ints, high: Ints, levels: dict[str, Level]) -> Codes:
    """Levels worked out once per distinct pair of values."""
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


def _holds(name: str, level: Level, left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.bool_]:
    found = np.zeros(len(left), dtype=bool)
    if not len(left):
        return found
    if level.at_least:
        score = cpdist(left, right, scorer=JaroWinkler.normalized_similarity, score_cutoff=level.at_least)
        found = np.asarray(score) >= level.at_least
    elif level.slips:
        found = np.asarray(cpdist(left, right, scorer=OSA.distance, score_cutoff=level.slips)) <= level.slips
    elif name == "swapped":
        swapped = (a[:4] == b[:4] and a[4:6] == b[6:8] and a[6:8] == b[4:6] for a, b in zip(left, right, strict=True))
        found = np.fromiter(swapped, dtype=bool, count=len(left))
    return found
