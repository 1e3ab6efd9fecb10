"""Which known rows a changed row may concern, without comparing anything: row fingerprints and change keys, the same in every period.

A fingerprint is a digest of everything that linking reads of a row; equal fingerprints are an unchanged row, whatever file it comes in. A
change key is a digest of something that two rows of one child, or of twins, have in common: unlike the codes of blocking keys it does
not depend on the other rows of the delivery, so that it can be kept. Digests are personal data.

Belongs here: fingerprints, change keys, rows that share them. Does not belong here: what is kept (`memory`), or linking (`changes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.blocking.parts import good_parts
from matching.distinct import distinct_numbers
from matching.encoding.encode import day_code, lunar_day
from matching.encoding.names import hash_text
from matching.encoding.numbers import READABLE, damaged_text, number_column, slip_parts
from matching.names.codes import code_points
from matching.names.tables import compound_surnames, first_reading, fold_all, fuzzy_sound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from matching.arrays import Ints, Mask
    from matching.columns import TextColumns

    Digests = NDArray[np.uint64]
    Keys = NDArray[np.uint32]

READ = (
    *("department", "layout", "name", "former_name", "birth_date", "birth_precision", "sex", "nation"),
    *("id_no", "id_no_raw", "id_no_status", "student_no", "student_no_id", "disability_no", "disability_no_id", "birth_cert_no"),
    *("child_no", "father_name", "father_id", "mother_name", "mother_id", "guardian_name", "guardian_id"),
    *("phone", "father_phone", "mother_phone", "live_town", "live_village", "hukou_town", "hukou_village", "town", "village"),
    *("live_addr", "hukou_addr", "household_no", "school"),
)  # fmt: skip
"""Columns that linking reads: a row in which none of them changed is unchanged."""
_THREADS = 2
# Two odd multipliers (the golden ratio's, splitmix64's first): multiplying by an odd number makes no two digests one.
_ODD = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(0xBF58476D1CE4E5B9)
_GUARDIANS = ("father", "mother", "guardian")
_PHONES = ("phone", "father_phone", "mother_phone")
_TOWNS = ("live_town", "hukou_town", "town")
_VILLAGES = ("live_village", "hukou_village", "village")
_NUMBER_PARTS = 3
"""Parts of a number that are looked at: the fourth (district and last digits) is shared by many by chance."""
_HEARD = 12
"""Characters of a name that are heard."""
_CROWD = 60
"""Known rows under one change key above which it says nothing: a school's telephone, a placeholder."""

STRONG = ("number", "document", "name_day", "guardian_day", "guardian_number")
"""Change keys of which one is enough for a row to be looked at again."""
WEAK = (
    *("number_part", "name_month", "given_day", "phone_year", "household_year", "parents", "name_guardian"),
    *("guardian_year", "name_village", "surname_day"),
)
"""Change keys of which two of different kinds are needed: a county has many children of one name and month, or of one telephone."""
CHANGE_KEYS = (*STRONG, *WEAK)
"""The engine's own keys (`model.yaml`) where they say much; those that only neighbours share are left out."""


def row_fingerprints(columns: TextColumns) -> Digests:
    """One digest per row of the columns in `READ`; a column that is absent counts as empty.

    Raises:
        UnicodeEncodeError: a text holds what no encoding has.
    """
    import duckdb

    rows = columns.table(READ)
    values = ", ".join(f"coalesce({name}, '')" for name in rows.column_names)
    # DuckDB hashes the columns where they lie, which costs less than digests made in pandas. Another version of it may hash otherwise:
    # then no row is followed and the period is compared as a whole, which is slow and not wrong.
    with duckdb.connect(":memory:", config={"threads": _THREADS}) as connection:
        connection.register("delivered", rows)
        hashed = connection.execute(f"SELECT hash({values}) AS fingerprint FROM delivered").fetchnumpy()
    return np.asarray(hashed["fingerprint"], dtype=np.uint64)


def change_keys(columns: TextColumns) -> dict[str, Keys]:
    """The change keys of each row per kind, shape (rows, columns), 0 for none."""
    out = {}
    for name, digests in _digests_per_key(_RowDigests(columns)):
        table = np.stack([_mixed(column) for column in digests], axis=1)
        # Half of each digest: keys that are equal by chance cost one row more to look at, whole digests would cost twice the memory.
        half = (table >> np.uint64(32)).astype(np.uint32) | np.uint32(1)  # never 0, which says "none"
        out[name] = np.where(table != 0, half, np.uint32(0))
    return out


def _digests_per_key(row: _RowDigests) -> Iterator[tuple[str, list[Digests]]]:
    """What stands under each change key; handed out one by one, since together the whole digests take more than what is kept."""
    name, former, year = row.sounds("name"), row.sounds("former_name"), row.year
    guardians = [row.sounds(f"{who}_name").whole for who in _GUARDIANS]

    yield "number", [row.text(column) for column in ("id_no", "student_no_id", "disability_no_id")]
    own = _joined(row.text("child_no"), row.text("department"))  # a department's own numbering means nothing to another
    yield "document", [*(row.text(column) for column in ("student_no", "birth_cert_no", "disability_no")), own]
    yield "name_day", [_joined(each.whole, day) for each in (name, former) for day in (row.day, row.lunar)]
    yield "guardian_day", [_joined(guardian, row.day) for guardian in guardians]
    yield "guardian_number", [_joined(row.text(f"{who}_id"), year) for who in _GUARDIANS]

    yield "number_part", row.number_parts()
    yield "name_month", [_joined(name.whole, row.month)]
    yield "given_day", [_joined(name.given, row.day)]
    yield "phone_year", [_joined(row.text(column), year) for column in _PHONES]
    yield "household_year", [_joined(row.text("household_no"), year)]
    yield "parents", [_joined(row.text("father_name"), row.text("mother_name"), row.text("sex"))]
    yield "name_guardian", [_joined(name.whole, guardian) for guardian in guardians]
    yield "guardian_year", [_joined(guardian, name.surname, year) for guardian in guardians]
    yield "name_village", [_joined(name.whole, row.text(village)) for village in _VILLAGES]
    yield "surname_day", [_joined(name.surname, row.day, row.text(town)) for town in _TOWNS]


@dataclass(frozen=True)
class _Sounds:
    """Digests of how a name sounds: whole, given part, surname; 0 for nothing."""

    whole: Digests
    given: Digests
    surname: Digests


class _RowDigests:
    """Digests of a frame's values."""

    def __init__(self, columns: TextColumns) -> None:
        self._columns = columns
        codes = [day_code(text) for text in columns.of("birth_date").distinct]
        self.day = self._births([code if code % 100 else 0 for code in codes])
        self.lunar = self._births([lunar_day(code) for code in codes])
        self.month = self._births([code // 100 if code // 100 % 100 else 0 for code in codes])
        self.year = self._births([code // 10000 for code in codes])

    def _births(self, codes: Sequence[int]) -> Digests:
        """What each row's birth date says, from what the distinct dates say."""
        table = np.array(codes, dtype=np.uint64)
        return table[self._columns.of("birth_date").code] if len(table) else self.text("birth_date")

    def text(self, column: str) -> Digests:
        """Digest of a text, 0 for none."""
        coded = self._columns.of(column)
        table = pd.util.hash_array(coded.texts, categorize=False)
        table[coded.texts == ""] = 0
        return table[coded.code] if len(table) else np.zeros(len(coded.code), dtype=np.uint64)

    def sounds(self, column: str) -> _Sounds:
        """Digests of a name's sounds."""
        coded = self._columns.of(column)
        tables = _heard(coded.distinct)
        return _Sounds(*(table[coded.code] if len(table) else self.text(column) for table in tables))

    def number_parts(self) -> list[Digests]:
        """Long parts of the number, or of what is left of a damaged one; one slip leaves one of them whole."""
        number, raw, status = (self._columns.of(name) for name in ("id_no", "id_no_raw", "id_no_status"))
        codes = number_column(number)
        out = np.where(codes[:, None] > 0, good_parts(codes), 0)[:, :_NUMBER_PARTS].astype(np.uint64)
        readable = np.array([text in READABLE for text in status.distinct], dtype=bool)
        rows = np.flatnonzero(readable[status.code] & (codes == 0)) if len(readable) else np.zeros(0, dtype=np.int64)
        for row in rows.tolist():
            out[row] = slip_parts(damaged_text(raw.distinct[raw.code[row]]))[:_NUMBER_PARTS]
        return [out[:, part] for part in range(_NUMBER_PARTS)]


def _heard(names: Sequence[str]) -> tuple[Digests, Digests, Digests]:
    """Digests of whole name, given part and surname, read from the left; each distinct character is heard once."""
    folded = [name[:_HEARD] for name in fold_all(list(names))]
    size = np.fromiter(map(len, folded), dtype=np.int64, count=len(folded))
    points = code_points("".join(folded))
    sound = np.zeros(int(points.max(initial=0)) + 1, dtype=np.uint64)
    for point in np.flatnonzero(np.bincount(points, minlength=1)).tolist():
        sound[point] = hash_text(fuzzy_sound(first_reading(chr(point))))

    table = np.zeros((len(folded), _HEARD), dtype=np.uint64)
    row = np.repeat(np.arange(len(folded)), size)
    table[row, np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)] = sound[points]

    compound = np.array([name[:2] in compound_surnames() for name in folded], dtype=bool) & (size > 2)
    surname_size = np.where(compound, 2, 1)
    whole = _read_from(table, np.zeros(len(folded), dtype=np.int64))
    # One character of a given name says too little by itself; with the surname of one character it is heard as a whole.
    given = np.where(
        size - surname_size >= 2, _read_from(table, surname_size), np.where(size == 2, whole, np.uint64(0))
    )
    return whole, given, table[:, 0]


def _read_from(table: Digests, start: Ints) -> Digests:
    """Digest of each row's sounds in their order, from a place of its own on."""
    out = np.zeros(len(table), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(table.shape[1]):
            sound = np.where(place >= start, table[:, place], np.uint64(0))
            out = np.where(sound > 0, _mixed(out + sound), out)
    return out


def _mixed(values: Digests) -> Digests:
    """Spread digests over all bits."""
    with np.errstate(over="ignore"):
        values = (values ^ values >> np.uint64(31)) * _ODD
        return (values ^ values >> np.uint64(29)) * _TURN


def _joined(*parts: Digests) -> Digests:
    """Digest of several values together, 0 where one is missing."""
    out, known = np.zeros(len(parts[0]), dtype=np.uint64), np.ones(len(parts[0]), dtype=bool)
    with np.errstate(over="ignore"):
        for place, part in enumerate(parts):
            out = _mixed(out + part + np.uint64(place + 1))
            known &= part != 0
    return np.where(known, out, np.uint64(0))


def rows_concerned(known: dict[str, Keys], changed: dict[str, Keys], size: int) -> Mask:
    """Which of `size` known rows one of the changed rows may concern.

    Args:
        known: change keys of the known rows.
        changed: change keys of the changed rows.
        size: how many known rows there are.
    """
    out = np.zeros(size, dtype=bool)
    for name in STRONG:
        out[_sharing(known[name], changed[name]) % size] = True

    # Two kinds must bring the *same* two rows together, so that each kind counts a pair once.
    pairs = np.sort(np.concatenate([distinct_numbers(_sharing(known[name], changed[name])) for name in WEAK]))
    out[pairs[1:][pairs[1:] == pairs[:-1]] % size] = True
    return out


def _sharing(known: Keys, changed: Keys) -> Ints:
    """Pairs of rows with a key in common: `changed row * known rows + known row`; crowded keys left out."""
    size = len(known)
    known_keys, changed_keys = known.ravel(), changed.ravel()
    # Few rows changed: a sieve over the upper 22 bits throws out most known keys before anything is sorted.
    sieve = np.zeros(1 << 22, dtype=bool)
    sieve[changed_keys[changed_keys != 0] >> np.uint32(10)] = True
    kept = np.flatnonzero(sieve[known_keys >> np.uint32(10)] & (known_keys != 0))
    order = kept[np.argsort(known_keys[kept], kind="stable")]
    ordered = known_keys[order]

    filled = np.flatnonzero(changed_keys)
    low, high = (np.searchsorted(ordered, changed_keys[filled], side=side) for side in ("left", "right"))
    count = np.where(high - low <= _CROWD, high - low, 0)
    row = np.repeat(filled // changed.shape[1], count).astype(np.int64)
    step = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    pairs: Ints = row * size + order[np.repeat(low, count) + step] // known.shape[1]
    return pairs
