"""Births that a row does not state but that stand inside its own valid number: a ledger without a birth column.

Belongs here: when a derived birth stands, and where it says nothing. A derived birth is no second witness beside the number it
comes from, and a borrowed number gives another child's birth. Does not belong here: what a number is worth (`screen`, `weigh`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matching.encoding.numbers import birth_code
from matching.model import GROUPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.model import Model
    from matching.shapes import Encoded, Levels, Pairs

    Mask = NDArray[np.bool_]
    Days = NDArray[np.int32]
    Precision = NDArray[np.int8]


def with_derived(birth: Days, precision: Precision, own: NDArray[np.int64]) -> tuple[Days, Precision, Mask]:
    """Births completed by the own number's where nothing is stated, their precision, and which ones were completed."""
    derived = (birth == 0) & (own != 0)
    whole: Days = np.where(derived, birth_code(own), birth).astype(np.int32)
    return whole, np.where(derived, 3, precision).astype(np.int8), derived


def without(e: Encoded, gone: Mask) -> Encoded:
    """The records without the derived births of `gone` (their number turned out to say nothing)."""
    gone = gone & e.derived
    if not gone.any():
        return e
    birth, lunar, precision = (np.where(gone, 0, column) for column in (e.birth, e.lunar, e.precision))
    days = (birth.astype(np.int32), lunar.astype(np.int32), precision.astype(np.int8))
    return replace(e, birth=days[0], lunar=days[1], precision=days[2], derived=e.derived & ~gone)


def same_witness(e: Encoded, a: Days, b: Days) -> Mask:
    """Pairs whose births are not independent of their numbers: one is derived from a number that the other carries too."""
    out = np.zeros(len(a), dtype=bool)
    for one, other in ((a, b), (b, a)):
        rows = np.flatnonzero(e.derived[one])
        out[rows] |= (e.numbers[other[rows]] == e.own[one[rows]][:, None]).any(axis=1)
    return out


def doubted(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Records whose derived birth rests on a number that a record of another name carries: it may be a sibling's (rules/identifiers.md#c14)."""
    number, name = model.number, model.fields["name"]
    other = np.array([GROUPS[level.group] == 3 for level in name.levels.values()])[levels["name"]]
    shared = other & np.isin(levels["number"], [number.code(level) for level in ("same", "derived", "borrowed")])
    out = np.zeros(len(e), dtype=bool)
    out[pairs.left[shared]] = True
    out[pairs.right[shared]] = True
    found: Mask = out & e.derived
    return found


def forget(doubts: Mask, pairs: Pairs, levels: Levels, model: Model) -> None:
    """Births of doubted records say nothing in any pair (in place)."""
    if doubts.any():
        levels["birth"][doubts[pairs.left] | doubts[pairs.right]] = model.code("birth", "missing")
