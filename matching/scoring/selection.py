"""From counted patterns to the pairs that can matter: screened, with their context, the rest only as counts.

Belongs here: which pairs later stations must see one by one, and completing them without changing any result. A pair far below the
floor that no rule looks at is never fetched: at a million records that is most of them (rules/linkage.md#floor). Does not belong
here: the rules themselves (`screening`, `derived`, `compare.add_context`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matching.arrays import components
from matching.comparing.candidates import CONTEXT, pattern_numbers, pattern_table
from matching.comparing.compare import add_context, compare, group_table
from matching.encoding.derived import doubted, forget
from matching.scoring.estimate import logit_bits
from matching.scoring.screening import screen_shared_numbers, silence_borrowed
from matching.shapes import Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Floats, Ints, Mask
    from matching.comparing.candidates import Candidates, FetchedPairs
    from matching.model import Model
    from matching.scoring.screening import ScreenedNumbers
    from matching.shapes import Encoded, Levels


_MARGIN = 2.0
"""Bits below the faintest pair of interest down to which pairs are fetched: what measures them (`report`) hides one field."""


@dataclass(frozen=True)
class PairBatch:
    """Pairs sorted by (left, right), their levels, and the row of each in the engine's table (-1: no key brought it together)."""

    pairs: Pairs
    levels: Levels
    pattern: NDArray[np.int32]

    def take(self, rows: Mask | Ints) -> PairBatch:
        """The pairs at these positions or under this mask."""
        return PairBatch(
            self.pairs.take(rows), {name: codes[rows] for name, codes in self.levels.items()}, self.pattern[rows]
        )

    def followed_by(self, other: PairBatch) -> PairBatch:
        """Both, one behind the other: no longer sorted."""
        if not len(other.pairs):
            return self
        x, y = self.pairs, other.pairs
        left, right = np.concatenate([x.left, y.left]), np.concatenate([x.right, y.right])
        pairs = Pairs(left, right, np.concatenate([x.keys, y.keys]))
        levels = {name: np.concatenate([self.levels[name], other.levels[name]]) for name in self.levels}
        return PairBatch(pairs, levels, np.concatenate([self.pattern, other.pattern]))

    def with_others(self, other: PairBatch, n: int) -> PairBatch:
        """Both, sorted; a pair that is in both keeps what is known of it here."""
        if not len(other.pairs):
            return self
        both = self.followed_by(other)
        codes = pair_codes(both.pairs, n)
        order = np.argsort(codes, kind="stable")  # two sorted runs
        codes = codes[order]
        return both.take(order[np.append(True, codes[1:] != codes[:-1])])


@dataclass(frozen=True)
class Selection:
    """The pairs that can matter, and what is known of the others.

    Attributes:
        batch: the pairs, each once, with all levels, `family` included.
        fetched: per pattern of the engine's table, whether all its pairs are here.
        screened, doubts, twins: what screening and context found, for pairs that come later.
    """

    batch: PairBatch
    fetched: Mask
    screened: ScreenedNumbers
    doubts: Mask
    twins: Ints


@dataclass(frozen=True)
class Histogram:
    """All compared pairs as counted patterns.

    Attributes:
        levels, counts: one row per pattern: those of the selected pairs first, then the engine's patterns of the others.
        back: each selected pair's row.
        rest: the engine's patterns behind the last rows.
    """

    levels: Levels
    counts: Ints
    back: Ints
    rest: Ints

    def heavy_patterns(self, bits: Floats, floor: float) -> Ints:
        """The engine's patterns of pairs not selected yet that weigh the floor or more.

        Args:
            bits: weight of each row.
            floor: see `floor_bits`.
        """
        return self.rest[bits[len(bits) - len(self.rest) :] >= floor]


def floor_bits(model: Model) -> float:
    """Weight below which a pair is nobody's partner, no close candidate and not undecided."""
    # Close candidates are kept from `near` on, long texts are compared from `low` on: whichever reaches lower.
    faintest = min(model.decide.near, model.residual.low)
    return logit_bits(faintest) - _MARGIN


def looked_at(table: Levels, model: Model) -> Mask:
    """Patterns that a rule looks at whatever they weigh: equal numbers; one birth date with a like name or one guardian."""

    def groups(field: str, *accepted: int) -> Mask:
        return group_table(model, field, *accepted)[table[field]]

    rules: Mask = groups("number", 1) | (groups("birth", 1) & (groups("name", 1, 2) | groups("people", 1)))
    return rules


def select_pairs(e: Encoded, candidates: Candidates, judged: tuple[Ints, Ints], model: Model) -> Selection:
    """The pairs that rules look at, and the ones that people judged, screened and in context.

    Args:
        e: the records.
        candidates: all compared pairs.
        judged: left and right record of the pairs that people decided.
        model: the levels' codes.
    """
    shown = looked_at(candidates.table, model)
    batch = _with_levels(candidates.fetch(shown), candidates)
    left, right = judged
    if len(left):
        named = np.zeros(len(e), dtype=bool)
        named[np.concatenate(judged)] = True
        batch = batch.with_others(_with_levels(candidates.touching(named, ~shown), candidates), len(e))
        # A person may join what no key ever brought together: such pairs are compared all the same.
        codes = left * len(e) + right
        codes = np.sort(codes[~np.isin(codes, pair_codes(batch.pairs, len(e)))])
        a, b = (codes // len(e)).astype(np.int32), (codes % len(e)).astype(np.int32)
        unmet = Pairs(a, b, np.zeros(len(codes), dtype=np.uint32))
        no_pattern = np.full(len(codes), -1, dtype=np.int32)
        batch = batch.with_others(PairBatch(unmet, compare(e, unmet, model), no_pattern), len(e))

    screened = screen_shared_numbers(e, batch.pairs, batch.levels, model)
    doubts = doubted(e, batch.pairs, batch.levels, model)
    # What screening found of a record changes all its pairs, the unfetched too: they are fetched now, or their patterns would be
    # counted and weighed with a number that says nothing.
    touched = screened.borrowed | doubts
    if touched.any():
        more = _with_levels(candidates.touching(touched, ~shown), candidates)
        silence_borrowed(screened, more.pairs, more.levels, model)
        batch = batch.with_others(more, len(e))
    forget(doubts, batch.pairs, batch.levels, model)
    twins = add_context(e, batch.pairs, batch.levels, model)
    return Selection(batch, shown, screened, doubts, twins)


def histogram(selection: Selection, candidates: Candidates, model: Model) -> Histogram:
    """Count the patterns of all candidates, the selected ones as screening left them."""
    levels, size = selection.batch.levels, len(model.fields[CONTEXT].levels)
    numbers = pattern_numbers(levels, model) * size + levels[CONTEXT]
    distinct, back, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    own = pattern_table(distinct // size, model) | {CONTEXT: (distinct % size).astype(np.int8)}
    # The engine counted every pair before screening: the selected ones are taken out of its counts again.
    pattern = selection.batch.pattern
    left = candidates.counts - np.bincount(pattern[pattern >= 0], minlength=len(candidates.counts))
    rest = np.flatnonzero(left)
    table = {name: codes[rest] for name, codes in candidates.table.items()} | {
        CONTEXT: np.zeros(len(rest), dtype=np.int8)
    }
    joined = {name: np.concatenate([own[name], table[name]]) for name in own}
    return Histogram(joined, np.concatenate([counts, left[rest]]), back, rest)


def with_heavier_pairs(n: int, candidates: Candidates, selection: Selection, heavy: Mask) -> Selection:
    """The pairs of these patterns too: those above the floor."""
    heavy = heavy & ~selection.fetched
    if not heavy.any():
        return selection
    batch = selection.batch.with_others(_without_context(candidates.fetch(heavy), candidates), n)
    return replace(selection, batch=batch, fetched=selection.fetched | heavy)


def faint_pairs_within(e: Encoded, candidates: Candidates, selection: Selection, near: Mask) -> PairBatch:
    """The pairs not selected yet whose records hang together by pairs of `near`, however little they weigh: they speak against a
    child that others would put together.
    """
    n, pairs = len(e), selection.batch.pairs
    label = components(n, pairs.left[near], pairs.right[near])
    # Two records hang together by their one pair, which is here: only from three on can another one be missing.
    size = np.bincount(label, minlength=n)[label]
    more = _without_context(candidates.inside(np.where(size > 2, label, -1), ~selection.fetched), candidates)
    known = np.isin(pair_codes(more.pairs, n), pair_codes(pairs, n))
    return more.take(~known)


def late_pairs(e: Encoded, selection: Selection, pairs: Pairs, model: Model) -> PairBatch:
    """Pairs that no key brought together, compared, screened and put in context like the others."""
    levels = compare(e, pairs, model)
    silence_borrowed(selection.screened, pairs, levels, model)
    forget(selection.doubts, pairs, levels, model)
    add_context(e, pairs, levels, model, selection.twins)
    return PairBatch(pairs, levels, np.full(len(pairs), -1, dtype=np.int32))


def _with_levels(fetched: FetchedPairs, candidates: Candidates) -> PairBatch:
    levels = {name: codes[fetched.pattern] for name, codes in candidates.table.items()}
    return PairBatch(fetched.pairs, levels, fetched.pattern)


def _without_context(fetched: FetchedPairs, candidates: Candidates) -> PairBatch:
    """Pairs whose family is missing: whoever shares birth and guardian with another was selected before."""
    batch = _with_levels(fetched, candidates)
    batch.levels[CONTEXT] = np.zeros(len(fetched.pairs), dtype=np.int8)
    return batch


def pair_codes(pairs: Pairs, n: int) -> Ints:
    """One integer per pair, in their order."""
    codes: Ints = pairs.left.astype(np.int64) * n + pairs.right
    return codes
