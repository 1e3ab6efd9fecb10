"""The parts that blocking keys are made of: small integers per record, one column per value that a record may have.

Belongs here: what `model.yaml` calls a part of a key or what splits a large block; NumPy and SQL take the same columns. Does
not belong here: which parts make a key (`model.yaml`), keys and pairs (`keys`, `block`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matching.encode_numbers import slip_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matching.encode import Encoded

    Ints = NDArray[np.int64]
    Part = Callable[[Encoded], list[Ints]]


def _columns(table: NDArray[np.generic]) -> list[Ints]:
    return [table[:, place].astype(np.int64) for place in range(table.shape[1])]


def _day(e: Encoded) -> Ints:
    return np.where(e.birth % 100 > 0, e.birth, 0).astype(np.int64)


def _lunar(e: Encoded) -> Ints:
    """The day as a lunar date: equal values join one calendar with the other."""
    day = _day(e)
    return np.where(e.lunar == day, 0, e.lunar).astype(np.int64)


def _month(e: Encoded) -> Ints:
    month = e.birth.astype(np.int64) // 100
    return np.where(month % 100 > 0, month, 0)


def _year(e: Encoded) -> Ints:
    return e.birth.astype(np.int64) // 10000


def _known_year(e: Encoded) -> Ints:
    """The birth year, 1 where it is unknown: such records meet one another."""
    return np.where(_year(e) > 0, _year(e), 1)


def _compact(table: NDArray[np.int64]) -> list[Ints]:
    """Consecutive codes of long numbers, one column each, so that a key fits into 63 bits."""
    distinct, back = np.unique(np.append(table.ravel(), 0), return_inverse=True)
    codes = np.where(distinct == 0, 0, np.arange(1, len(distinct) + 1))[back[:-1]].reshape(table.shape)
    return _columns(codes)


PARTS: dict[str, Part] = {
    "numbers": lambda e: _columns(e.numbers),
    "documents": lambda e: _columns(-e.documents),  # small numbers: never a citizen number, which has 17 digits
    "number_parts": lambda e: number_parts(e),
    "sound": lambda e: [e.names.whole[e.name].astype(np.int64)],
    "former_sound": lambda e: [e.names.whole[e.former].astype(np.int64)],
    "given_sound": lambda e: [e.names.given[e.name].astype(np.int64)],
    "surname_sound": lambda e: [e.names.surname[e.name].astype(np.int64)],
    "day": lambda e: [_day(e)],
    "lunar": lambda e: [_lunar(e)],
    "month": lambda e: [_month(e)],
    "year": lambda e: [_year(e)],
    "year_or_none": lambda e: [_known_year(e)],
    "sex": lambda e: [e.sex.astype(np.int64)],
    "father": lambda e: [e.people[:, 0].astype(np.int64)],
    "mother": lambda e: [e.people[:, 1].astype(np.int64)],
    "people_sounds": lambda e: _columns(e.names.whole[e.people]),
    "people_numbers": lambda e: _compact(e.people_no),
    "phones": lambda e: _columns(e.phones),
    "household": lambda e: [e.household.astype(np.int64)],
    "towns": lambda e: _columns(e.towns),
    "villages": lambda e: _columns(e.villages),
}
"""Part name to its columns, 0 where a record has no such value."""

SPLITS: dict[str, Callable[[Encoded], Ints]] = {
    "name": lambda e: e.names.whole[e.name].astype(np.int64),
    "town": lambda e: e.towns.max(axis=1, initial=0).astype(np.int64),
    "year": _year,
    "sex": lambda e: e.sex.astype(np.int64),
}
"""What refines an oversized block; missing is a value of its own."""


def window_order(e: Encoded) -> Ints:
    """Rank of each record by name, birth, people: neighbours in it are the likeliest matches of a block too large
    to compare.
    """
    rank = np.empty(len(e), dtype=np.int64)
    keys = (e.people[:, 1], e.people[:, 0], e.birth, e.name, e.names.whole[e.name])
    rank[np.lexsort(keys)] = np.arange(len(e))
    return rank


def number_parts(e: Encoded) -> list[Ints]:
    """The parts of damaged numbers that are still whole, and the same parts of good numbers where a damaged one has them."""
    broken = np.flatnonzero(e.damaged != "")
    out = [np.zeros(len(e), dtype=np.int64) for _ in range(8)]
    if not len(broken):
        return out
    parts = np.array([slip_parts(str(text)) for text in e.damaged[broken]], dtype=np.int64).reshape(-1, 4)
    wanted = np.unique(parts[parts > 0])
    other = np.where(e.numbers[:, 1] != 0, e.numbers[:, 1], e.numbers[:, 2])
    for start, good in ((0, e.own), (4, other)):
        rows = np.flatnonzero(good)
        table = good_parts(good[rows])
        for place in range(4):
            column = table[:, place]
            out[start + place][rows] = np.where(np.isin(column, wanted), column, 0)
    for place in range(4):  # a row with a damaged number has no good one in the same place
        here = np.flatnonzero(e.own[broken] == 0)
        out[place][broken[here]] = np.where(parts[here, place] > 0, parts[here, place], 0)
    return out


def good_parts(numbers: Ints) -> Ints:
    """The parts of `slip_parts` of valid numbers, by arithmetic on the 17 digits and the check digit (X counts as
    9).
    """
    from matching.citizen import WEIGHTS

    total = np.zeros(len(numbers), dtype=np.int64)
    for place, weight in enumerate(WEIGHTS):
        total += numbers // 10 ** (16 - place) % 10 * weight
    check = np.array([1, 0, 9, 9, 8, 7, 6, 5, 4, 3, 2], dtype=np.int64)[total % 11]
    whole = numbers * 10 + check
    area, last = numbers // 10**11, whole % 10**4
    parts = (numbers // 100, numbers // 1000 * 100 + whole % 100, whole % 10**12, area * 10**4 + last)
    return np.stack([part * 4 + place + 1 for place, part in enumerate(parts)], axis=1)
