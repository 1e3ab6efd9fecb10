"""Blocking: candidate pairs from several cheap keys, each pair once, nothing dropped in silence.

Belongs here: pairs from key values, splitting and windowing of oversized blocks, the yields. Does not belong here:
what a key is (`keys`) or what a pair is worth (`compare`, `weigh`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from matching.blocking.keys import NEEDS_DAMAGE, KeyValues, Parts, key_values
from matching.blocking.parts import SPLITS, window_order
from matching.shapes import KeyYield, Pairs

if TYPE_CHECKING:
    from matching.arrays import Ints, Whole
    from matching.model import KeySpec, Model
    from matching.shapes import Encoded


_MERGED = 4_000_000
"""Pairs of keys made and merged at a time: bounds the memory of blocking."""


@dataclass(frozen=True)
class _Runs:
    """Records sorted by key value, the position behind the end of each record's block, and how many neighbours it may have."""

    record: Ints
    end: Ints
    near: Ints


def block(e: Encoded, model: Model, threads: int = 1) -> tuple[Pairs, list[KeyYield]]:
    """All candidate pairs of the model's keys.

    Args:
        e: the records.
        model: its keys and limits.
        threads: how many keys are worked on at a time; the result does not depend on it.

    Returns:
        The pairs, each once, sorted by (left, right), and one line per key for the report.
    """
    order, parts = window_order(e), Parts(e, model.keys.values())

    def paired(bit: int, key: str, spec: KeySpec) -> tuple[list[Ints], tuple[int, int, int]]:
        values = key_values(spec, parts)
        parts.done(spec)
        pieces, oversized = _key_pairs(values, SPLITS[spec.split](e), order, spec, model)
        if key == NEEDS_DAMAGE:
            broken = e.sets.damaged
            pieces = [codes[broken[codes // len(e)] | broken[codes % len(e)]] for codes in pieces if len(codes)]
        # The key's number goes behind the pair, so that sorting pairs brings each pair's keys together; in place, for nothing is larger.
        for codes in pieces:
            codes *= 32
            codes += bit
        return pieces, oversized

    # Threads, not processes: NumPy lets go of Python's lock while it sorts.
    with ThreadPoolExecutor(threads) as pool:
        by_key = list(pool.map(paired, range(len(model.keys)), model.keys, model.keys.values()))
    every_piece = [codes for pieces, _ in by_key for codes in pieces]
    counts = [oversized for _, oversized in by_key]
    by_key.clear()  # the pieces must have no second owner, or merging could not let them go one by one

    pairs, every, first = _merge(every_piece, len(e))
    return pairs, [KeyYield(key, int(every[bit]), int(first[bit]), *counts[bit]) for bit, key in enumerate(model.keys)]


@dataclass(frozen=True)
class BlockLimits:
    """Of one key: the largest block compared all with all, and the neighbours compared in larger ones.

    `wide` blocks, above the model's limit, get the model's window; `narrow` ones are split only because the key costs too much.
    """

    block: int
    wide: int
    window: int
    narrow: int

    def neighbours(self, size: Ints) -> Ints:
        """How many neighbours a record of a block of this size is compared with."""
        return np.where(size > self.wide, self.window, self.narrow)


def limits(blocks: Ints, records: int, key: KeySpec, model: Model) -> BlockLimits:
    """Hold a key to its budget of pairs: without it the pairs of a growing county grow with its square.

    Args:
        blocks: how many blocks of each size the key has, from size 0 on.
        records: of the delivery.
        key: whether it is held to the budget.
        model: the limits.
    """
    spec = model.blocking
    if not key.held:
        return BlockLimits(spec.block_limit, spec.block_limit, spec.window, spec.narrow)
    # A million records in 24 towns made 25 pairs each, mostly by such keys; held, they make 10 and lose 15 of 527,097 true pairs.
    size = np.arange(min(len(blocks), spec.block_limit + 1), dtype=np.int64)
    cost = np.cumsum(size * (size - 1) // 2 * blocks[: len(size)])
    allowed = int(np.searchsorted(cost, max(spec.budget * records, spec.free_pairs), side="right")) - 1
    fits = spec.block_limit if allowed >= len(size) - 1 else max(allowed, 2)
    return BlockLimits(fits, spec.block_limit, spec.window, spec.narrow)


def _merge(pieces: list[Ints], n: int) -> tuple[Pairs, Ints, Ints]:
    """Sort all keys' pairs together; each pair keeps the set of its keys and counts for the first of them.

    Args:
        pieces: pair codes with their keys behind them; the list is emptied.
        n: records of the delivery.
    """
    # Copied one by one and let go: the pairs are the largest thing in memory, and numpy.concatenate would hold them twice.
    merged = np.empty(sum(map(len, pieces)), dtype=np.int64)
    end = 0
    while pieces:
        start, end = end, end + len(pieces[-1])
        merged[start:end] = pieces.pop()
    merged.sort()
    cuts = [0]
    while cuts[-1] < len(merged):
        cut = min(cuts[-1] + _MERGED, len(merged))
        while cut < len(merged) and merged[cut] >> 5 == merged[cut - 1] >> 5:  # a pair stays whole
            cut += 1
        cuts.append(cut)
    parts = [_merged(merged[start:end], max(n, 1)) for start, end in pairwise(cuts)]
    del merged
    none = _merged(np.zeros(0, dtype=np.int64), 1)  # gives the types where a delivery has no pairs at all
    pairs, every, first = zip(none, *parts, strict=True)
    columns = ([getattr(part, name) for part in pairs] for name in ("left", "right", "keys"))
    return Pairs(*map(np.concatenate, columns)), np.sum(every, axis=0), np.sum(first, axis=0)


def _merged(rows: Ints, n: int) -> tuple[Pairs, Ints, Ints]:
    """Sorted pair codes with their keys behind them: the pairs, what each key made, and what it made first."""
    bit = (rows & 31).astype(np.uint8)
    rows = rows >> 5
    new = np.append(True, rows[1:] != rows[:-1])[: len(rows)]
    starts = np.flatnonzero(new)
    again = np.flatnonzero(~new[1:] & (bit[1:] == bit[:-1])) + 1  # a key makes a pair once, unless windows overlap
    every = np.bincount(bit, minlength=32) - np.bincount(bit[again], minlength=32)
    first = np.bincount(bit[starts], minlength=32)
    flags = np.uint32(1) << bit.astype(np.uint32)
    keys = np.bitwise_or.reduceat(flags, starts) if len(starts) else np.zeros(0, dtype=np.uint32)
    left, right = np.divmod(rows[starts], n)
    return Pairs(left.astype(np.int32), right.astype(np.int32), keys), every, first


def _key_pairs(
    values: KeyValues, refine: Whole, order: Ints, spec: KeySpec, model: Model
) -> tuple[list[Ints], tuple[int, int, int]]:
    """Pair codes of one key in pieces, and its oversized blocks: split, windowed, size of the largest."""
    n = len(refine)
    runs = _blocked(values, n)
    size = _sizes(runs)
    per_size = np.bincount(size, minlength=1)
    limit = limits(per_size // np.maximum(np.arange(len(per_size)), 1), n, spec, model)
    large = size > limit.block
    codes = [_pairs_to(runs, np.where(large, 0, runs.end - 1 - np.arange(len(runs.end))), n)]

    windowed = 0
    rows = runs.record[large]
    block_no, near = _numbered(runs.end[large], limit.neighbours(size[large]))
    split = len(near)
    if split:
        by_rank = np.empty(n, dtype=np.int64)
        by_rank[order] = np.arange(n)
        # Split by what refines the block, and windowed where even a part is too large ...
        bits = int(refine.max(initial=0)).bit_length()
        part, rank = _ranked(block_no << bits | refine[rows], order[rows], n)
        finer = _Runs(by_rank[rank], _ends(part), near[part >> bits])
        wide = _sizes(finer) > limit.block
        windowed = len(_numbered(finer.end[wide], finer.near[wide])[1])
        after = finer.end - 1 - np.arange(len(finer.end))
        codes.append(_pairs_to(finer, np.where(wide, np.minimum(after, finer.near), after), n))
        # ... and the whole block as a window too: what refines may itself be wrong or missing in one of two records of a child.
        part, rank = _ranked(block_no, order[rows], n)
        coarse = _Runs(by_rank[rank], _ends(part), near[part])
        after = coarse.end - 1 - np.arange(len(coarse.end))
        codes.append(_pairs_to(coarse, np.minimum(after, coarse.near), n))
    return codes, (split, windowed, int(size.max(initial=min(len(values.record), 1))))


def _blocked(values: KeyValues, n: int) -> _Runs:
    """Records by key value, without those that are alone with theirs: most are, and make no pair."""
    # Apart from making the pairs, so that the sorted values are let go before these are made.
    value, record = _ranked(values.value, values.record, n)
    same = np.zeros(len(value) + 1, dtype=bool)
    same[1 : len(value)] = value[1:] == value[:-1]
    kept = np.flatnonzero(same[1:] | same[:-1])
    value, record = value[kept], record[kept]
    return _Runs(record, _ends(value), record)


def _ranked(group: Ints, rank: Ints, n: int) -> tuple[Ints, Ints]:
    """Sorted by group, inside it by rank (below `n`): as one integer where they fit into one, several times quicker than sorting places."""
    bits = n.bit_length()
    if int(group.max(initial=0)).bit_length() + bits < 64:
        both = group << bits
        both |= rank
        both.sort()
        return both >> bits, both & ((1 << bits) - 1)
    order = np.lexsort((rank, group))
    return group[order], rank[order]


def _numbered(end: Ints, near: Ints) -> tuple[Ints, Ints]:
    """Consecutive numbers of ascending blocks, and what each block says once."""
    new = np.append(True, end[1:] != end[:-1])[: len(end)]
    return np.cumsum(new) - 1, near[new]


def _ends(value: Ints) -> Ints:
    """The position behind the end of each place's run of equal values."""
    last = np.flatnonzero(np.append(value[1:] != value[:-1], True)[: len(value)])
    return np.repeat(last + 1, np.diff(last, prepend=-1))


def _sizes(runs: _Runs) -> Ints:
    """Size of each record's block."""
    if not len(runs.end):
        return runs.end
    starts = np.r_[True, runs.end[1:] != runs.end[:-1]]
    lengths = np.diff(np.r_[np.flatnonzero(starts), len(runs.end)])
    return np.repeat(lengths, lengths)


def _pairs_to(runs: _Runs, counts: Ints, n: int) -> Ints:
    """Pair each position with the next `counts` positions."""
    # Filled in pieces: the passing arrays (positions, steps) are several times as large as the codes that stay.
    has = np.flatnonzero(counts)
    ends = np.cumsum(counts[has])
    codes = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.int64)
    cuts = np.searchsorted(ends, np.arange(0, len(codes), _MERGED)).tolist()
    for start, end in pairwise([*cuts, len(has)]):
        at, repeats = has[start:end], counts[has[start:end]]
        before = int(ends[start - 1]) if start else 0
        here = codes[before : before + int(repeats.sum())]
        first = np.repeat(at, repeats)
        step = np.arange(1, len(first) + 1) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        a, b = runs.record[first], runs.record[first + step]
        np.multiply(np.minimum(a, b), n, out=here)
        here += np.maximum(a, b)
    return codes
