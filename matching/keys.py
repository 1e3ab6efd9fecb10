"""The blocking keys: which values of two records make them worth comparing. One function per key, integers in,
integers out.

Belongs here: the keys that `model.yaml` names. Does not belong here: making pairs from keys (`block`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.encode_numbers import slip_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from matching.encode import Encoded

    Ints = NDArray[np.int64]

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True)
class Tokens:
    """Key values as rows `record -> value`; a record may carry several values, value 0 never occurs."""

    record: NDArray[np.int64]
    value: NDArray[np.uint64]


def mix(*parts: NDArray[np.generic]) -> NDArray[np.uint64]:
    """One 64-bit value for a tuple of integers (splitmix64), 0 where any part is 0."""
    out = np.zeros(len(parts[0]), dtype=np.uint64)
    known = np.ones(len(parts[0]), dtype=bool)
    with np.errstate(over="ignore"):
        for part in parts:
            known &= part != 0
            out = (out ^ part.astype(np.int64).astype(np.uint64)) * _MIX[0]
            out = (out ^ (out >> np.uint64(30))) * _MIX[1]
            out = (out ^ (out >> np.uint64(27))) * _MIX[2]
            out ^= out >> np.uint64(31)
    out[known & (out == 0)] = np.uint64(1)
    out[~known] = np.uint64(0)
    return out


def _tokens(columns: Sequence[NDArray[np.uint64]]) -> Tokens:
    record = np.tile(np.arange(len(columns[0]), dtype=np.int64), len(columns))
    value = np.concatenate(columns)
    kept = value != 0
    return Tokens(record[kept], value[kept])


def _month(e: Encoded) -> Ints:
    month = e.birth.astype(np.int64) // 100
    return np.where(month % 100 > 0, month, 0)


def _days(e: Encoded) -> tuple[Ints, Ints]:
    """Full birth dates as written and as a lunar date: equal tokens join the one with the other."""
    day = np.where(e.birth % 100 > 0, e.birth, 0).astype(np.int64)
    return day, np.where(e.lunar == day, 0, e.lunar).astype(np.int64)


def _year(e: Encoded) -> Ints:
    return e.birth.astype(np.int64) // 10000


def _towns(e: Encoded) -> list[Ints]:
    return _columns(e.towns)


def _columns(table: NDArray[np.generic]) -> list[Ints]:
    return [table[:, place].astype(np.int64) for place in range(table.shape[1])]


def number(e: Encoded) -> Tokens:
    """Equal numbers, own or inside another number, and equal documents."""
    return _tokens([mix(column) for column in (*_columns(e.numbers), *_columns(e.documents))])


def name_birth(e: Encoded) -> Tokens:
    """Sound of the name (or of the former name) and birth date, Gregorian or lunar."""
    sounds = (e.names.whole[e.name], e.names.whole[e.former])
    return _tokens([mix(sound, day) for sound in sounds for day in _days(e)])


def name_month(e: Encoded) -> Tokens:
    """Sound of the name, birth year and month."""
    return _tokens([mix(e.names.whole[e.name], _month(e))])


def given_birth(e: Encoded) -> Tokens:
    """Sound of the given name and birth date: changed surnames."""
    return _tokens([mix(e.names.given[e.name], _days(e)[0])])


def surname_birth(e: Encoded) -> Tokens:
    """Sound of the surname and birth date, Gregorian or lunar."""
    return _tokens([mix(e.names.surname[e.name], day) for day in _days(e)])


def number_part(e: Encoded) -> Tokens:
    """The part of a damaged number that is still whole, against good numbers that share it."""
    rows = np.flatnonzero(e.damaged != "")
    if not len(rows):
        return Tokens(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64))
    parts = np.array([slip_parts(str(e.damaged[row])) for row in rows], dtype=np.int64).reshape(-1, 4)
    holders = np.tile(np.arange(len(e), dtype=np.int64), 2)
    good = np.concatenate([e.own, np.where(e.numbers[:, 1] != 0, e.numbers[:, 1], e.numbers[:, 2])])
    kept = good != 0
    holders, table = holders[kept], _good_parts(good[kept])
    wanted = np.unique(parts[parts > 0])
    record = np.concatenate([np.repeat(rows, 4), np.repeat(holders, table.shape[1])])
    value = np.concatenate([parts.ravel(), table.ravel()])
    kept = (value > 0) & np.isin(value, wanted)
    return Tokens(record[kept], mix(value[kept]))


def _good_parts(numbers: Ints) -> Ints:
    """The parts of `slip_parts` of valid numbers, by arithmetic on the 17 digits and the check digit (X counts as
    9).
    """
    from matching.citizen import WEIGHTS

    digits = numbers[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    check = np.array([1, 0, 9, 9, 8, 7, 6, 5, 4, 3, 2], dtype=np.int64)[digits @ np.array(WEIGHTS) % 11]
    whole = numbers * 10 + check
    area, last = numbers // 10**11, whole % 10**4
    parts = (numbers // 100, numbers // 1000 * 100 + whole % 100, whole % 10**12, area * 10**4 + last)
    return np.stack([part * 4 + place + 1 for place, part in enumerate(parts)], axis=1)


def guardian_number(e: Encoded) -> Tokens:
    """Any parent's or guardian's number and the birth year; without a birth year the number alone."""
    year = np.where(_year(e) > 0, _year(e), 1)
    return _tokens([mix(column, year) for column in _columns(e.people_no)])


def guardian_birth(e: Encoded) -> Tokens:
    """Sound of any parent's or guardian's name and birth date, Gregorian or lunar."""
    return _tokens([mix(e.names.whole[column], day) for column in _columns(e.people) for day in _days(e)])


def guardian_year(e: Encoded) -> Tokens:
    """Sound of any parent's or guardian's name, of the child's surname, and birth year."""
    surname = e.names.surname[e.name]
    return _tokens([mix(e.names.whole[column], surname, _year(e)) for column in _columns(e.people)])


def parents(e: Encoded) -> Tokens:
    """Both parents' names and the child's sex."""
    return _tokens([mix(e.people[:, 0], e.people[:, 1], e.sex)])


def phone_year(e: Encoded) -> Tokens:
    """Any telephone and birth year."""
    return _tokens([mix(column, _year(e)) for column in _columns(e.phones)])


def household_year(e: Encoded) -> Tokens:
    """Household number and birth year."""
    return _tokens([mix(e.household, _year(e))])


def birth_town(e: Encoded) -> Tokens:
    """Birth date, town and sex."""
    return _tokens([mix(_days(e)[0], town, e.sex) for town in _towns(e)])


def village_month(e: Encoded) -> Tokens:
    """Village, sex, birth year and month."""
    return _tokens([mix(village, _month(e), e.sex) for village in _columns(e.villages)])


def name_town(e: Encoded) -> Tokens:
    """Sound of the name and town."""
    return _tokens([mix(e.names.whole[e.name], town) for town in _towns(e)])


def name_guardian(e: Encoded) -> Tokens:
    """Sound of the name and of any guardian's name."""
    return _tokens([mix(e.names.whole[e.name], e.names.whole[column]) for column in _columns(e.people)])


KEYS: dict[str, Callable[[Encoded], Tokens]] = {
    function.__name__: function
    for function in (
        *(number, name_birth, name_month, given_birth, surname_birth, number_part, guardian_number, guardian_birth),
        *(guardian_year, parents, phone_year, household_year, birth_town, village_month, name_town, name_guardian),
    )
}


def refinement(e: Encoded, split: str) -> NDArray[np.uint64]:
    """What splits an oversized block: the name's sound, the town, the birth year or the sex; missing is a value of
    its own.
    """
    columns: dict[str, NDArray[np.generic]] = {
        "name": e.names.whole[e.name],
        "town": e.towns.max(axis=1) if len(e) else e.name,
        "year": _year(e),
        "sex": e.sex,
    }
    return mix(columns[split].astype(np.int64) + 1)
