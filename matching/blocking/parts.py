"""The parts that blocking keys are made of: small integers per record, one column per value that a record may have.

Belongs here: what `model.yaml` calls a part of a key or what splits a large block; NumPy and SQL take the same columns. Does
not belong here: which parts make a key (`model.yaml`), keys and pairs (`keys`, `block`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.encoding.numbers import slip_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from matching.arrays import Ints, Whole
    from matching.shapes import Encoded

    Part = Callable[[Encoded], list[Whole]]


def _columns(table: Whole) -> list[Whole]:
    return [table[:, place] for place in range(table.shape[1])]


def _days(e: Encoded) -> tuple[Whole, Whole]:
    """The day, and the day as a lunar date where that is another: consecutive codes of their own, so that a key and a record fit into one
    integer; equal values join one calendar with the other.
    """
    day = np.where(e.birth % 100 > 0, e.birth, 0)
    lunar = np.where(e.lunar == day, 0, e.lunar)
    # The leading zero takes code 0, so that a missing day stays missing.
    codes = pd.factorize(np.concatenate([np.zeros(1, dtype=day.dtype), day, lunar]))[0].astype(np.int32)
    return codes[1 : len(day) + 1], codes[len(day) + 1 :]


def _year(e: Encoded) -> Whole:
    return e.birth // 10000


PARTS: dict[str, Part] = {
    # Citizen numbers are even, other papers' odd: one key holds both as its lines, and a certificate must not meet a person's number.
    "numbers": lambda e: _columns(e.sets.tables["numbers"] * 2),
    "documents": lambda e: _columns(np.where(e.documents != 0, np.abs(e.documents) * 2 + 1, 0)),
    "number_parts": lambda e: number_parts(e),
    "sound": lambda e: [e.names.whole[e.name]],
    "former_sound": lambda e: [e.names.whole[e.former]],
    "given_sound": lambda e: [e.names.given[e.name]],
    "surname_sound": lambda e: [e.names.surname[e.name]],
    "day": lambda e: [_days(e)[0]],
    "lunar": lambda e: [_days(e)[1]],
    "month": lambda e: [np.where(e.birth // 100 % 100 > 0, e.birth // 100, 0)],
    "year": lambda e: [_year(e)],
    # Records whose year is unknown meet one another, by a year that nobody has.
    "year_or_none": lambda e: [np.where(_year(e) > 0, _year(e), 1)],
    "sex": lambda e: [e.sex],
    "father": lambda e: [e.people[:, 0]],
    "mother": lambda e: [e.people[:, 1]],
    "people_sounds": lambda e: _columns(e.sets.tables["sounds"]),
    "people_numbers": lambda e: _columns(e.sets.tables["people_no"]),
    "phones": lambda e: _columns(e.phones),
    "household": lambda e: [e.household],
    "towns": lambda e: _columns(e.towns),
    "villages": lambda e: _columns(e.villages),
}
"""Part name to its columns, 0 where a record has no such value."""

SPLITS: dict[str, Callable[[Encoded], Whole]] = {
    "name": lambda e: e.names.whole[e.name],
    "town": lambda e: e.towns.max(axis=1, initial=0),
    "year": _year,
    "sex": lambda e: e.sex,
}
"""What refines an oversized block; missing is a value of its own."""


def window_order(e: Encoded) -> Ints:
    """Rank of each record by name, birth, people: neighbours in it are the likeliest matches of a block too large
    to compare.
    """
    place = np.empty(len(e.names), dtype=np.int64)
    place[np.argsort(e.names.whole, kind="stable")] = np.arange(len(e.names))
    child = place[e.name] << 27 | e.birth  # yyyymmdd has 27 bits
    parents = e.people[:, 0].astype(np.int64) << 32 | e.people[:, 1]
    rank = np.empty(len(e), dtype=np.int64)
    rank[np.lexsort((parents, child))] = np.arange(len(e))
    return rank


def number_parts(e: Encoded) -> list[Whole]:
    """The parts of damaged numbers that are still whole, and the same parts of good numbers where a damaged one has them; small codes."""
    broken = np.flatnonzero(e.sets.damaged)
    out: list[Whole] = [np.zeros(len(e), dtype=np.int32) for _ in range(8)]
    if not len(broken):
        return out
    damaged_parts = np.array([slip_parts(str(text)) for text in e.damaged[broken]], dtype=np.int64).reshape(-1, 4)
    # Only the parts of damaged numbers get a code: good numbers meet by the whole, so two of them have no business here.
    codes = pd.Index(pd.unique(damaged_parts[damaged_parts > 0]))

    # A student number or a certificate may hold the number that the damaged cell has lost.
    second = np.where(e.numbers[:, 1] != 0, e.numbers[:, 1], e.numbers[:, 2])
    for start, good in ((0, e.own), (4, second)):
        rows = np.flatnonzero(good)
        parts = good_parts(good[rows])
        for place in range(4):
            out[start + place][rows] = codes.get_indexer(pd.Index(parts[:, place])) + 1

    unknown = np.flatnonzero(e.own[broken] == 0)  # a row with a damaged number has no good one in the same place
    for place in range(4):
        out[place][broken[unknown]] = codes.get_indexer(pd.Index(damaged_parts[unknown, place])) + 1
    return out


def good_parts(numbers: Ints) -> Ints:
    """The parts of `slip_parts` of valid numbers, by arithmetic on the 17 digits and the check digit (X counts as
    9).
    """
    from matching.reading.citizen import WEIGHTS

    total = np.zeros(len(numbers), dtype=np.int64)
    for place, weight in enumerate(WEIGHTS):
        total += numbers // 10 ** (16 - place) % 10 * weight
    check = np.array([1, 0, 9, 9, 8, 7, 6, 5, 4, 3, 2], dtype=np.int64)[total % 11]
    whole = numbers * 10 + check
    area, last = numbers // 10**11, whole % 10**4
    parts = (numbers // 100, numbers // 1000 * 100 + whole % 100, whole % 10**12, area * 10**4 + last)
    return np.stack([part * 4 + place + 1 for place, part in enumerate(parts)], axis=1)
