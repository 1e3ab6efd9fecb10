"""The parts that blocking keys are made of: small integers per record, one column per value that a record may have.

Belongs here: what `model.yaml` calls a part of a key or what splits a large block; NumPy and SQL take the same columns. Does
not belong here: which parts make a key (`model.yaml`), keys and pairs (`keys`, `block`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.encoding.numbers import slip_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matching.shapes import Encoded

    Ints = NDArray[np.int64]
    Small = NDArray[np.integer[Any]]
    Part = Callable[[Encoded], list[Small]]


def _columns(table: Small) -> list[Small]:
    return [table[:, place] for place in range(table.shape[1])]


def _days(e: Encoded) -> tuple[Small, Small]:
    """The day, and the day as a lunar date where that is another: consecutive codes of their own, so that a key and a record fit into one
    integer; equal values join one calendar with the other.
    """
    day = np.where(e.birth % 100 > 0, e.birth, 0)
    lunar = np.where(e.lunar == day, 0, e.lunar)
    codes = pd.factorize(np.concatenate([np.zeros(1, dtype=day.dtype), day, lunar]))[0].astype(np.int32)
    return codes[1 : len(day) + 1], codes[len(day) + 1 :]


def _month(e: Encoded) -> Small:
    month = e.birth // 100
    return np.where(month % 100 > 0, month, 0)


def _year(e: Encoded) -> Small:
    return e.birth // 10000


def _known_year(e: Encoded) -> Small:
    """The birth year, 1 where it is unknown: such records meet one another."""
    return np.where(_year(e) > 0, _year(e), 1)


def _numbers(e: Encoded) -> list[Small]:
    """Citizen numbers as even codes: never a document's."""
    return _columns(e.sets.tables["numbers"] * 2)


def _documents(e: Encoded) -> list[Small]:
    """Other papers' numbers as odd codes."""
    return [np.where(column != 0, np.abs(column.astype(np.int64)) * 2 + 1, 0) for column in _columns(e.documents)]


PARTS: dict[str, Part] = {
    "numbers": _numbers,
    "documents": _documents,
    "number_parts": lambda e: number_parts(e),
    "sound": lambda e: [e.names.whole[e.name]],
    "former_sound": lambda e: [e.names.whole[e.former]],
    "given_sound": lambda e: [e.names.given[e.name]],
    "surname_sound": lambda e: [e.names.surname[e.name]],
    "day": lambda e: [_days(e)[0]],
    "lunar": lambda e: [_days(e)[1]],
    "month": lambda e: [_month(e)],
    "year": lambda e: [_year(e)],
    "year_or_none": lambda e: [_known_year(e)],
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

SPLITS: dict[str, Callable[[Encoded], Small]] = {
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


def number_parts(e: Encoded) -> list[Small]:
    """The parts of damaged numbers that are still whole, and the same parts of good numbers where a damaged one has them; small codes."""
    broken = np.flatnonzero(e.sets.damaged)
    out: list[Small] = [np.zeros(len(e), dtype=np.int32) for _ in range(8)]
    if not len(broken):
        return out
    parts = np.array([slip_parts(str(text)) for text in e.damaged[broken]], dtype=np.int64).reshape(-1, 4)
    wanted = pd.Index(pd.unique(parts[parts > 0]))
    other = np.where(e.numbers[:, 1] != 0, e.numbers[:, 1], e.numbers[:, 2])
    for start, good in ((0, e.own), (4, other)):
        rows = np.flatnonzero(good)
        table = good_parts(good[rows])
        for place in range(4):
            out[start + place][rows] = wanted.get_indexer(pd.Index(table[:, place])) + 1
    for place in range(4):  # a row with a damaged number has no good one in the same place
        here = np.flatnonzero(e.own[broken] == 0)
        out[place][broken[here]] = wanted.get_indexer(pd.Index(parts[here, place])) + 1
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
