"""What the engines on SQL hand to the later stations: sorted pairs, and the yields of the keys.

Belongs here: rows of an answer as `FetchedPairs` and `KeyYield`. Does not belong here: any statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matching.comparing.candidates import FetchedPairs
from matching.shapes import KeyYield, Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.model import Model

    Ints = NDArray[np.int64]
    Rows = dict[str, NDArray[Any]]


def sorted_found(rows: Rows, patterns: Ints, size: int) -> FetchedPairs:
    """Rows `left_rid, right_rid, key_bits, pattern` in any order as pairs sorted by their records."""
    codes = rows["left_rid"].astype(np.int64) * size + rows["right_rid"]
    order = np.argsort(codes)
    pairs = Pairs(
        rows["left_rid"][order].astype(np.int32),
        rows["right_rid"][order].astype(np.int32),
        rows["key_bits"][order].astype(np.uint32),
    )
    return FetchedPairs(pairs, np.searchsorted(patterns, rows["pattern"][order]).astype(np.int32))


def block_figures(some: Rows, figures: Rows, windowed: Rows) -> dict[int, tuple[int, int, int]]:
    """Per key number: blocks split, parts windowed, size of the largest block."""
    out = {int(key): (0, 0, 1) for key in some["key_no"]}
    wide = dict(zip(windowed["key_no"].tolist(), windowed["windowed"].tolist(), strict=True))
    for key, split, largest in zip(
        figures["key_no"].tolist(), figures["split"].tolist(), figures["largest"].tolist(), strict=True
    ):
        out[int(key)] = (int(split), int(wide.get(key, 0)), int(largest))
    return out


def key_yields(sets: Ints, pairs: Ints, blocks: dict[int, tuple[int, int, int]], model: Model) -> list[KeyYield]:
    """One line per key from the counted sets of keys: all its pairs, and those that no earlier key has."""
    lines = []
    for bit, key in enumerate(model.keys):
        here = (sets >> bit & 1) == 1
        first = here & ((sets & ((1 << bit) - 1)) == 0)
        lines.append(KeyYield(key, int(pairs[here].sum()), int(pairs[first].sum()), *blocks.get(bit, (0, 0, 0))))
    return lines
