"""Births that a row does not state but that stand inside its own valid number: a ledger without a birth column.

Belongs here: when a derived birth stands, and where it says nothing. A derived birth is no second witness beside the number it
comes from, and a borrowed number gives another child's birth. Does not belong here: what a number is worth (`screening`, `weigh`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matching.encoding.numbers import birth_code
from matching.model import GROUPS

if TYPE_CHECKING:
    from matching.arrays import Days, Ints, LevelCodes, Mask, Rows
    from matching.model import Model
    from matching.shapes import Encoded, Levels, Pairs


def with_derived(birth: Days, precision: LevelCodes, own: Ints) -> tuple[Days, LevelCodes, Mask]:
    """Births completed by the own number's where nothing is stated, their precision, and which ones were completed."""
    derived = (birth == 0) & (own != 0)
    whole: Days = np.where(derived, birth_code(own), birth).astype(np.int32)
    return whole, np.where(derived, 3, precision).astype(np.int8), derived


def without(e: Encoded, gone: Mask) -> Encoded:
    """The records without the derived births of `gone` (their number turned out to say nothing)."""
    gone = gone & e.derived
    if not gone.any():
        return e
    return replace(
        e,
        birth=np.where(gone, 0, e.birth).astype(np.int32),
        lunar=np.where(gone, 0, e.lunar).astype(np.int32),
        precision=np.where(gone, 0, e.precision).astype(np.int8),
        derived=e.derived & ~gone,
    )


def same_witness(e: Encoded, a: Rows, b: Rows) -> Mask:
    """Pairs whose births are not independent of their numbers: one is derived from a number that the other carries too."""
    out = np.zeros(len(a), dtype=bool)
    for deriving, other in ((a, b), (b, a)):
        rows = np.flatnonzero(e.derived[deriving])
        # Any number of the other side counts: a student number may hold the same citizen number, and its birth is then the same fact.
        out[rows] |= (e.numbers[other[rows]] == e.own[deriving[rows]][:, None]).any(axis=1)
    return out


def doubted(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Records whose derived birth rests on a number that a record of another name carries: it may be a sibling's (rules/identifiers.md#c14)."""
    number, name = model.number, model.fields["name"]
    other_name = np.array([GROUPS[level.group] == GROUPS["differ"] for level in name.levels.values()])[levels["name"]]
    shared = other_name & np.isin(levels["number"], [number.code(level) for level in ("same", "derived", "borrowed")])
    out = np.zeros(len(e), dtype=bool)
    out[pairs.left[shared]] = True
    out[pairs.right[shared]] = True
    doubts: Mask = out & e.derived
    return doubts


def forget(doubts: Mask, pairs: Pairs, levels: Levels, model: Model) -> None:
    """Births of doubted records say nothing in any pair (in place)."""
    if doubts.any():
        levels["birth"][doubts[pairs.left] | doubts[pairs.right]] = model.code("birth", "missing")
