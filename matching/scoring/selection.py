"""From counted patterns to the pairs that can matter: screened, with their context, the rest only as counts.

Belongs here: which pairs later stations must see one by one, and completing them without changing any result. A pair far below the
floor that no rule looks at is never fetched: at a million records that is most of them (rules/linkage.md#floor). Does not belong
here: the rules themselves (`screen`, `derived`, `compare.add_context`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matching.arrays import components
from matching.comparing.candidates import CONTEXT, pattern_numbers, pattern_table
from matching.comparing.compare import add_context, compare, group_table
from matching.encoding.derived import doubted, forget
from matching.scoring import screening
from matching.scoring.estimate import logit_bits
from matching.shapes import Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.comparing.candidates import Candidates, FetchedPairs
    from matching.model import Model
    from matching.scoring.screening import ScreenedNumbers
    from matching.shapes import Encoded, Levels

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

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
        levels, counts: one row per pattern: those of the gathered pairs first, then the engine's patterns of the others.
        back: each gathered pair's row.
        rest: the engine's patterns behind the last rows.
    """

    levels: Levels
    counts: Ints
    back: Ints
    rest: Ints


def floor_bits(model: Model) -> float:
    """Weight below which a pair is nobody's partner, no close candidate and not undecided."""
    faintest = min(model.decide.near, model.residual.low)
    return logit_bits(faintest) - _MARGIN


def looked_at(table: Levels, model: Model) -> Mask:
    """Patterns that a rule looks at whatever they weigh: equal numbers; one birth date with a like name or one guardian."""

    def groups(field: str, *wanted: int) -> Mask:
        return group_table(model, field, *wanted)[table[field]]

    found: Mask = groups("number", 1) | (groups("birth", 1) & (groups("name", 1, 2) | groups("people", 1)))
    return found


def select_pairs(e: Encoded, candidates: Candidates, judged: tuple[Ints, Ints], model: Model) -> Selection:
    """The pairs that rules look at, and the ones that people judged, screened and in context."""
    shown = looked_at(candidates.table, model)
    batch = _batch(candidates.fetch(shown), candidates)
    if len(judged[0]):
        named = np.zeros(len(e), dtype=bool)
        named[np.concatenate(judged)] = True
        batch = batch.with_others(_batch(candidates.touching(named, ~shown), candidates), len(e))
        batch = batch.with_others(_uncompared(e, batch.pairs, judged, model), len(e))
    screened = screening.screen_shared_numbers(e, batch.pairs, batch.levels, model)
    doubts = doubted(e, batch.pairs, batch.levels, model)
    touched = screened.borrowed | doubts
    if touched.any():
        more = _batch(candidates.touching(touched, ~shown), candidates)
        silence_borrowed(screened, more.pairs, more.levels, model)
        batch = batch.with_others(more, len(e))
    forget(doubts, batch.pairs, batch.levels, model)
    twins = add_context(e, batch.pairs, batch.levels, model)
    return Selection(batch, shown, screened, doubts, twins)


def histogram(found: Selection, candidates: Candidates, model: Model) -> Histogram:
    """Count the patterns of all candidates, the gathered ones as screening left them."""
    levels, size = found.batch.levels, len(model.fields[CONTEXT].levels)
    numbers = pattern_numbers(levels, model) * size + levels[CONTEXT]
    distinct, back, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    own = pattern_table(distinct // size, model) | {CONTEXT: (distinct % size).astype(np.int8)}
    pattern = found.batch.pattern
    left = candidates.counts - np.bincount(pattern[pattern >= 0], minlength=len(candidates.counts))
    rest = np.flatnonzero(left)
    table = {name: codes[rest] for name, codes in candidates.table.items()} | {
        CONTEXT: np.zeros(len(rest), dtype=np.int8)
    }
    joined = {name: np.concatenate([own[name], table[name]]) for name in own}
    return Histogram(joined, np.concatenate([counts, left[rest]]), back, rest)


def with_heavier_pairs(n: int, candidates: Candidates, found: Selection, wanted: Mask) -> Selection:
    """The pairs of these patterns too: those above the floor."""
    wanted = wanted & ~found.fetched
    if not wanted.any():
        return found
    batch = found.batch.with_others(_plain(candidates.fetch(wanted), candidates), n)
    return replace(found, batch=batch, fetched=found.fetched | wanted)


def faint_pairs_within(e: Encoded, candidates: Candidates, found: Selection, near: Mask) -> PairBatch:
    """The pairs not gathered yet whose records hang together by pairs of `near`, however little they weigh: they speak against a
    child that others would put together.
    """
    n, pairs = len(e), found.batch.pairs
    label = components(n, pairs.left[near], pairs.right[near])
    size = np.bincount(label, minlength=n)[label]
    more = _plain(candidates.inside(np.where(size > 2, label, -1), ~found.fetched), candidates)
    known = np.isin(pair_codes(more.pairs, n), pair_codes(pairs, n))
    return more.take(~known)


def late_pairs(e: Encoded, found: Selection, pairs: Pairs, model: Model) -> PairBatch:
    """Pairs that no key brought together, compared, screened and put in context like the others."""
    levels = compare(e, pairs, model)
    silence_borrowed(found.screened, pairs, levels, model)
    forget(found.doubts, pairs, levels, model)
    add_context(e, pairs, levels, model, found.twins)
    return PairBatch(pairs, levels, np.full(len(pairs), -1, dtype=np.int32))


def silence_borrowed(screened: ScreenedNumbers, pairs: Pairs, levels: Levels, model: Model) -> None:
    """A borrowed number says nothing in the pairs found later either (in place)."""
    spec = model.number
    touched = screened.borrowed[pairs.left] | screened.borrowed[pairs.right]
    levels["number"][touched & (levels["number"] == spec.code("differ"))] = spec.code("missing")


def _batch(found: FetchedPairs, candidates: Candidates) -> PairBatch:
    return PairBatch(
        found.pairs, {name: codes[found.pattern] for name, codes in candidates.table.items()}, found.pattern
    )


def _plain(found: FetchedPairs, candidates: Candidates) -> PairBatch:
    """Pairs without context: whoever shares birth and guardian with another is gathered before."""
    batch = _batch(found, candidates)
    batch.levels[CONTEXT] = np.zeros(len(found.pairs), dtype=np.int8)
    return batch


def _uncompared(e: Encoded, pairs: Pairs, judged: tuple[Ints, Ints], model: Model) -> PairBatch:
    """The judged pairs that are no candidates, compared all the same."""
    codes = judged[0] * len(e) + judged[1]
    fresh = np.sort(codes[~np.isin(codes, pair_codes(pairs, len(e)))])
    left, right = (fresh // len(e)).astype(np.int32), (fresh % len(e)).astype(np.int32)
    made = Pairs(left, right, np.zeros(len(fresh), dtype=np.uint32))
    return PairBatch(made, compare(e, made, model), np.full(len(fresh), -1, dtype=np.int32))


def pair_codes(pairs: Pairs, n: int) -> Ints:
    """One integer per pair, in their order."""
    codes: Ints = pairs.left.astype(np.int64) * n + pairs.right
    return codes
