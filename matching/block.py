"""Blocking: candidate pairs from several cheap keys, each pair once, nothing dropped in silence.

Belongs here: pairs from key tokens, splitting and windowing of oversized blocks, the yields. Does not belong here:
what a key is (`keys`) or what a pair is worth (`compare`, `weigh`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.keys import KEYS, Tokens, refinement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.encode import Encoded
    from matching.model import Model

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Candidate pairs of record positions, `left < right`, sorted; `keys` is a bit set, bit k = k-th key of the
    model.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    keys: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.left)

    def take(self, rows: NDArray[np.generic]) -> Pairs:
        """The pairs at these positions or under this mask."""
        return Pairs(self.left[rows], self.right[rows], self.keys[rows])


@dataclass(frozen=True)
class KeyYield:
    """What one key gave: its values, pairs, pairs that no earlier key had, and oversized blocks (split and, of
    those, windowed).
    """

    key: str
    pairs: int
    first: int
    split_blocks: int
    windowed_blocks: int
    largest_block: int


@dataclass(frozen=True)
class _Runs:
    """Records sorted by key value, and the position behind the end of each record's block."""

    record: Ints
    end: Ints


def block(e: Encoded, model: Model) -> tuple[Pairs, list[KeyYield]]:
    """All candidate pairs of the model's keys.

    Returns:
        The pairs, each once, sorted by (left, right), and one line per key for the report.
    """
    found: list[Ints] = []
    counts: list[tuple[int, int, int]] = []
    order = _window_order(e)
    for bit, (key, spec) in enumerate(model.keys.items()):
        codes, oversized = _key_pairs(KEYS[key](e), refinement(e, spec.split), order, model)
        if key == "number_part" and len(codes):
            n, broken = len(e), e.damaged != ""
            codes = codes[broken[codes // n] | broken[codes % n]]
        found.append(codes * 32 + bit)
        counts.append(oversized)
    pairs, first = _merge(found, len(e))
    made = [int((pairs.keys >> np.uint32(bit) & np.uint32(1)).sum()) for bit in range(len(found))]
    return pairs, [KeyYield(key, made[bit], int(first[bit]), *counts[bit]) for bit, key in enumerate(model.keys)]


def _merge(found: list[Ints], n: int) -> tuple[Pairs, Ints]:
    """Sort all keys' pairs together; each pair keeps the set of its keys and counts for the first of them."""
    merged = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    merged.sort()
    codes = merged >> 5
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else np.zeros(0, dtype=np.int64)
    flags = np.uint32(1) << (merged & 31).astype(np.uint32)
    keys = np.bitwise_or.reduceat(flags, starts) if len(starts) else np.zeros(0, dtype=np.uint32)
    unique = codes[starts]
    first = np.bincount(merged[starts] & 31, minlength=32)
    n = max(n, 1)
    return Pairs((unique // n).astype(np.int32), (unique % n).astype(np.int32), keys.astype(np.uint32)), first


def _key_pairs(
    tokens: Tokens, refine: NDArray[np.uint64], order: Ints, model: Model
) -> tuple[Ints, tuple[int, int, int]]:
    """Pair codes of one key, and its oversized blocks: split, windowed, size of the largest."""
    limit, n = model.blocking.block_limit, len(refine)
    runs = _runs(tokens.record, tokens.value, None)
    size = _sizes(runs)
    large = size > limit
    codes = [_all_pairs(runs, ~large, n)]
    split = int(_blocks(runs, large))
    windowed = 0
    if split:
        rows = runs.record[large]
        block_no = runs.end[large].astype(np.uint64)
        finer = _runs(rows, (block_no << np.uint64(34)) ^ (refine[rows] >> np.uint64(30)), order)
        wide = _sizes(finer) > limit
        windowed = int(_blocks(finer, wide))
        codes += [_all_pairs(finer, ~wide, n), _window_pairs(finer, wide, model.blocking.window, n)]
        coarse = _runs(rows, block_no, order)
        codes.append(_window_pairs(coarse, np.ones(len(rows), dtype=bool), model.blocking.window, n))
    return np.concatenate(codes), (split, windowed, int(size.max(initial=0)))


def _window_order(e: Encoded) -> Ints:
    """Rank of each record by name, birth, people: neighbours in it are the likeliest matches of a block too large
    to compare.
    """
    rank = np.empty(len(e), dtype=np.int64)
    keys = (e.people[:, 1], e.people[:, 0], e.birth, e.name, e.names.whole[e.name])
    rank[np.lexsort(keys)] = np.arange(len(e))
    return rank


def _runs(record: Ints, value: NDArray[np.uint64], order: Ints | None) -> _Runs:
    """Sort by value; inside a value by `order` where it is given (only windows need it)."""
    by_value = np.argsort(value, kind="stable") if order is None else np.lexsort((order[record], value))
    value, record = value[by_value], record[by_value]
    if not len(value):
        return _Runs(record, record)
    last = np.flatnonzero(np.r_[value[1:] != value[:-1], True])
    return _Runs(record, np.repeat(last + 1, np.diff(np.r_[-1, last])))


def _sizes(runs: _Runs) -> Ints:
    """Size of each record's block."""
    if not len(runs.end):
        return runs.end
    starts = np.r_[True, runs.end[1:] != runs.end[:-1]]
    lengths = np.diff(np.r_[np.flatnonzero(starts), len(runs.end)])
    return np.repeat(lengths, lengths)


def _blocks(runs: _Runs, chosen: NDArray[np.bool_]) -> int:
    return len(np.unique(runs.end[chosen]))


def _pairs_to(runs: _Runs, counts: Ints, n: int) -> Ints:
    """Pair each position with the next `counts` positions."""
    first = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    a, b = runs.record[first], runs.record[first + step]
    two = a != b  # a record may carry one value twice
    a, b = a[two], b[two]
    codes: Ints = np.minimum(a, b) * n + np.maximum(a, b)
    return codes


def _all_pairs(runs: _Runs, chosen: NDArray[np.bool_], n: int) -> Ints:
    after = np.where(chosen, runs.end - 1 - np.arange(len(runs.end)), 0)
    return _pairs_to(runs, after, n)


def _window_pairs(runs: _Runs, chosen: NDArray[np.bool_], window: int, n: int) -> Ints:
    after = np.where(chosen, np.minimum(runs.end - 1 - np.arange(len(runs.end)), window), 0)
    return _pairs_to(runs, after, n)
