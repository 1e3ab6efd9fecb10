"""Candidates: every compared pair as one small number, its pattern; counted first, fetched only where it can matter.

Belongs here: what the later stations ask of an engine (`Candidates`), the numbering of patterns, and the engine on NumPy arrays, the
reference. Does not belong here: SQL (`sql/`), or which patterns matter (`linking`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from matching.blocking.block import block
from matching.comparing.compare import Comparer
from matching.shapes import KeyYield, Pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matching.arrays import Ints, Mask, Rows
    from matching.model import Model
    from matching.shapes import Encoded, Levels


CONTEXT = "family"
"""The one field that needs other pairs; it is not part of the engines' patterns."""
CHUNK = 500_000
"""Pairs compared at a time: bounds the memory of the comparison."""


@dataclass(frozen=True)
class FetchedPairs:
    """Pairs sorted by (left, right), and the row of each one's pattern in the table."""

    pairs: Pairs
    pattern: NDArray[np.int32]


class Candidates(Protocol):
    """What an engine knows of the pairs of one delivery.

    Attributes:
        table: level codes per distinct pattern, ordered by pattern number; every field but `family`, and `number`.
        counts: pairs of each pattern.
        yields: one line per key for the report.
    """

    table: Levels
    counts: Ints
    yields: list[KeyYield]

    def fetch(self, patterns: Mask) -> FetchedPairs:
        """The pairs of some patterns."""

    def touching(self, records: Mask, patterns: Mask) -> FetchedPairs:
        """The pairs of these patterns that touch one of the records."""

    def inside(self, label: Ints, patterns: Mask) -> FetchedPairs:
        """The pairs of these patterns whose two records have the same label; negative labels are nobody's."""

    def close(self) -> None:
        """Let go what the engine holds."""


def pattern_fields(model: Model) -> tuple[str, ...]:
    """The fields of a pattern number, the most significant first."""
    return *(name for name in model.fields if name != CONTEXT), "number"


def pattern_numbers(levels: Levels, model: Model) -> NDArray[np.int64]:
    """One integer per pair: its levels in mixed radix."""
    fields = pattern_fields(model)
    numbers = np.zeros(len(levels[fields[0]]), dtype=np.int64)
    for name in fields:
        numbers *= len(model.spec(name).levels)  # in place: a million rows make millions of pairs
        numbers += levels[name]
    return numbers


def pattern_table(numbers: Ints, model: Model) -> Levels:
    """The levels behind pattern numbers."""
    levels: Levels = {}
    rest = numbers.copy()
    for name in reversed(pattern_fields(model)):
        size = len(model.spec(name).levels)
        levels[name] = (rest % size).astype(np.int8)
        rest //= size
    return {name: levels[name] for name in pattern_fields(model)}


class ArrayCandidates:
    """The reference engine: all pairs in memory, 16 bytes each. Threads share the chunks; the result does not depend on them."""

    def __init__(self, e: Encoded, model: Model, threads: int = 1) -> None:
        self.pairs, self.yields = block(e, model, threads)
        self.pattern, numbers = self._patterns(e, model, threads)
        self.table = pattern_table(numbers, model)
        # Again in pieces: `bincount` widens what it counts to eight bytes a pair.
        self.counts = np.zeros(len(numbers), dtype=np.int64)
        for here in self._chunks():
            self.counts += np.bincount(self.pattern[here], minlength=len(numbers))

    def _chunks(self) -> list[slice]:
        size = len(self.pairs)
        return [slice(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK)]

    def _patterns(self, e: Encoded, model: Model, threads: int) -> tuple[NDArray[np.int32], Ints]:
        """Pattern of each pair as a row of the sorted distinct ones, a chunk at a time."""
        comparer = Comparer(e, model)
        pattern = np.empty(len(self.pairs), dtype=np.int32)
        chunks = self._chunks()

        def compared(here: slice) -> Ints:
            levels = comparer.levels(self.pairs.left[here], self.pairs.right[here])
            distinct, pattern[here] = np.unique(pattern_numbers(levels, model), return_inverse=True)
            return distinct

        # Threads, not processes: NumPy lets go of the interpreter while it compares, and nobody copies the records.
        with ThreadPoolExecutor(threads) as pool:
            by_chunk = list(pool.map(compared, chunks))
        # A chunk knows only its own patterns; which row they are of all is known when every chunk is done.
        numbers = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *by_chunk]))
        for here, distinct in zip(chunks, by_chunk, strict=True):
            pattern[here] = np.searchsorted(numbers, distinct).astype(np.int32)[pattern[here]]
        return pattern, numbers

    def _fetched(self, rows: Ints) -> FetchedPairs:
        return FetchedPairs(self.pairs.take(rows), self.pattern[rows])

    def fetch(self, patterns: Mask) -> FetchedPairs:
        """The pairs of some patterns."""
        return self._fetched(np.flatnonzero(patterns[self.pattern]))

    def touching(self, records: Mask, patterns: Mask) -> FetchedPairs:
        """The pairs of these patterns that touch one of the records."""
        return self._where(lambda left, right, pattern: (records[left] | records[right]) & patterns[pattern])

    def inside(self, label: Ints, patterns: Mask) -> FetchedPairs:
        """The pairs of these patterns whose two records have the same label."""
        return self._where(
            lambda left, right, pattern: (label[left] >= 0) & (label[left] == label[right]) & patterns[pattern]
        )

    def _where(self, test: Callable[[Rows, Rows, Rows], Mask]) -> FetchedPairs:
        """The pairs that pass, a chunk at a time: a mask over all of them would cost as much memory as they do."""
        rows = [
            here.start + np.flatnonzero(test(self.pairs.left[here], self.pairs.right[here], self.pattern[here]))
            for here in self._chunks()
        ]
        return self._fetched(np.concatenate([np.zeros(0, dtype=np.int64), *rows]))

    def close(self) -> None:
        """Nothing outlives the object."""
