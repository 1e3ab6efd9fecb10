"""Which known rows a changed row may concern, without comparing anything: row marks and meeting tokens, the same in every period.

A mark is a digest of everything that linking reads of a row; equal marks are an unchanged row, whatever file it comes in. A token is a
digest of something that two rows of one child, or of twins, have in common: unlike the codes of blocking keys it does not depend on
the other rows of the delivery, so that it can be kept. Digests are personal data.

Belongs here: marks, tokens, rows that share them. Does not belong here: what is kept (`memory`), or linking (`changes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.blocking.parts import good_parts
from matching.distinct import distinct_numbers
from matching.encoding.encode import day_code, lunar_day
from matching.encoding.names import hash_text
from matching.encoding.numbers import READABLE, damaged_text, number_column, slip_parts
from matching.names.codes import code_points
from matching.names.tables import compound_surnames, first_reading, fold_all, fuzzy_sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from matching.columns import TextColumns

    Digests = NDArray[np.uint64]
    Tokens = NDArray[np.uint32]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

READ = (
    *("department", "layout", "name", "former_name", "birth_date", "birth_precision", "sex", "nation"),
    *("id_no", "id_no_raw", "id_no_status", "student_no", "student_no_id", "disability_no", "disability_no_id", "birth_cert_no"),
    *("child_no", "father_name", "father_id", "mother_name", "mother_id", "guardian_name", "guardian_id"),
    *("phone", "father_phone", "mother_phone", "live_town", "live_village", "hukou_town", "hukou_village", "town", "village"),
    *("live_addr", "hukou_addr", "household_no", "school"),
)  # fmt: skip
"""Columns that linking reads: a row in which none of them changed is unchanged."""
_THREADS = 2
_ODD = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(0xBF58476D1CE4E5B9)
_PEOPLE = ("father", "mother", "guardian")
_TOWNS = (("live_town", "live_village"), ("hukou_town", "hukou_village"), ("town", "village"))
_PARTS = 3
"""Parts of a number that are looked at: the fourth (district and last digits) is shared by many by chance."""
_LONG = 12
"""Characters of a name that are heard."""
_CROWD = 60
"""Known rows under one token above which it says nothing: a school's telephone, a placeholder."""


def marks(columns: TextColumns) -> Digests:
    """One digest per row of the columns in `READ`; a column that is absent counts as empty.

    DuckDB's row hash: another version of it may give other digests, and then a period is compared as a whole.

    Raises:
        UnicodeEncodeError: a text holds what no encoding has.
    """
    import duckdb

    rows = columns.table(READ)
    values = ", ".join(f"coalesce({name}, '')" for name in rows.column_names)
    with duckdb.connect(":memory:", config={"threads": _THREADS}) as connection:
        connection.register("delivered", rows)
        found = connection.execute(f"SELECT hash({values}) AS mark FROM delivered").fetchnumpy()["mark"]
    return np.asarray(found, dtype=np.uint64)


@dataclass(frozen=True)
class _Sounds:
    """Digests of how a name sounds: whole, given part, surname; 0 for nothing."""

    whole: Digests
    given: Digests
    surname: Digests


class _Row:
    """Digests of a frame's values, each made once."""

    def __init__(self, columns: TextColumns) -> None:
        self._columns = columns
        self._sounds: dict[str, _Sounds] = {}
        days = self._columns.of("birth_date")
        codes = [day_code(text) for text in days.distinct]
        self.day = self._each("birth_date", [code if code % 100 else 0 for code in codes])
        self.lunar = self._each("birth_date", [lunar_day(code) for code in codes])
        self.month = self._each("birth_date", [code // 100 if code // 100 % 100 else 0 for code in codes])
        self.year = self._each("birth_date", [code // 10000 for code in codes])

    def _each(self, column: str, codes: Sequence[int]) -> Digests:
        table = np.array(codes, dtype=np.uint64)
        return table[self._columns.of(column).code] if len(table) else self.text(column)

    def text(self, column: str) -> Digests:
        """Digest of a text, 0 for none."""
        return _digests(self._columns, column)

    def sounds(self, column: str) -> _Sounds:
        """Digests of a name's sounds."""
        if column not in self._sounds:
            found = self._columns.of(column)
            table = _heard(found.distinct)
            self._sounds[column] = _Sounds(*(each[found.code] if len(each) else self.text(column) for each in table))
        return self._sounds[column]

    def parts(self) -> list[Digests]:
        """Long parts of the number, or of what is left of a damaged one; one slip leaves one of them whole."""
        number, raw, status = (self._columns.of(name) for name in ("id_no", "id_no_raw", "id_no_status"))
        codes = number_column(number)
        out = np.where(codes[:, None] > 0, good_parts(codes), 0)[:, :_PARTS].astype(np.uint64)
        readable = np.array([text in READABLE for text in status.distinct], dtype=bool)
        rows = np.flatnonzero(readable[status.code] & (codes == 0)) if len(readable) else np.zeros(0, dtype=np.int64)
        for row in rows.tolist():
            out[row] = slip_parts(damaged_text(raw.distinct[raw.code[row]]))[:_PARTS]
        return [out[:, place] for place in range(_PARTS)]


def _heard(names: Sequence[str]) -> tuple[Digests, Digests, Digests]:
    """Digests of whole name, given part and surname, read from the left; each distinct character is heard once."""
    folded = [name[:_LONG] for name in fold_all(list(names))]
    size = np.fromiter(map(len, folded), dtype=np.int64, count=len(folded))
    points = code_points("".join(folded))
    sound = np.zeros(int(points.max(initial=0)) + 1, dtype=np.uint64)
    for point in np.flatnonzero(np.bincount(points, minlength=1)).tolist():
        sound[point] = hash_text(fuzzy_sound(first_reading(chr(point))))
    table = np.zeros((len(folded), _LONG), dtype=np.uint64)
    row = np.repeat(np.arange(len(folded)), size)
    table[row, np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)] = sound[points]
    two = np.array([name[:2] in compound_surnames() for name in folded], dtype=bool) & (size > 2)
    first = np.where(two, 2, 1)
    whole = _read(table, np.zeros(len(folded), dtype=np.int64))
    given = np.where(size - first >= 2, _read(table, first), np.where(size == 2, whole, np.uint64(0)))
    return whole, given, table[:, 0]


def _read(table: Digests, start: Ints) -> Digests:
    out = np.zeros(len(table), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(table.shape[1]):
            here = np.where(place >= start, table[:, place], np.uint64(0))
            out = np.where(here > 0, _mixed(out + here), out)
    return out


def _digests(columns: TextColumns, column: str) -> Digests:
    import pandas as pd

    found = columns.of(column)
    table = pd.util.hash_array(found.texts, categorize=False)
    table[found.texts == ""] = 0
    return table[found.code] if len(table) else np.zeros(len(found.code), dtype=np.uint64)


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


def _numbers(row: _Row) -> list[Digests]:
    return [row.text(name) for name in ("id_no", "student_no_id", "disability_no_id")]


def _documents(row: _Row) -> list[Digests]:
    own = _joined(row.text("child_no"), row.text("department"))
    return [*(row.text(name) for name in ("student_no", "birth_cert_no", "disability_no")), own]


def _name_day(row: _Row) -> list[Digests]:
    name, former = row.sounds("name").whole, row.sounds("former_name").whole
    return [_joined(one, day) for one in (name, former) for day in (row.day, row.lunar)]


def _people(row: _Row) -> list[Digests]:
    return [row.sounds(f"{who}_name").whole for who in _PEOPLE]


def _guardian_number(row: _Row) -> list[Digests]:
    return [_joined(row.text(f"{who}_id"), row.year) for who in _PEOPLE]


def _phone_year(row: _Row) -> list[Digests]:
    return [_joined(row.text(name), row.year) for name in ("phone", "father_phone", "mother_phone")]


def _parents(row: _Row) -> list[Digests]:
    return [_joined(row.text("father_name"), row.text("mother_name"), row.text("sex"))]


def _name_village(row: _Row) -> list[Digests]:
    return [_joined(row.sounds("name").whole, row.text(village)) for _, village in _TOWNS]


def _surname_day(row: _Row) -> list[Digests]:
    return [_joined(row.sounds("name").surname, row.day, row.text(town)) for town, _ in _TOWNS]


MEETINGS: dict[str, tuple[bool, Callable[[_Row], list[Digests]]]] = {
    "number": (True, _numbers),
    "document": (True, _documents),
    "name_day": (True, _name_day),
    "guardian_day": (True, lambda row: [_joined(one, row.day) for one in _people(row)]),
    "guardian_number": (True, _guardian_number),
    "number_part": (False, _Row.parts),
    "name_month": (False, lambda row: [_joined(row.sounds("name").whole, row.month)]),
    "given_day": (False, lambda row: [_joined(row.sounds("name").given, row.day)]),
    "phone_year": (False, _phone_year),
    "household_year": (False, lambda row: [_joined(row.text("household_no"), row.year)]),
    "parents": (False, _parents),
    "name_guardian": (False, lambda row: [_joined(row.sounds("name").whole, one) for one in _people(row)]),
    "guardian_year": (False, lambda row: [_joined(one, row.sounds("name").surname, row.year) for one in _people(row)]),
    "name_village": (False, _name_village),
    "surname_day": (False, _surname_day),
}
"""What brings two rows together: whether it does so alone (else two are needed), and its columns of digests. The engine's own keys
(`model.yaml`) where they say much; those that only neighbours share are left out."""


def tokens(columns: TextColumns) -> dict[str, Tokens]:
    """The tokens of each row per meeting, shape (rows, columns), 0 for none."""
    row = _Row(columns)
    return {name: _short(made(row)) for name, (_, made) in MEETINGS.items()}


def _short(columns: Iterable[Digests]) -> Tokens:
    """Half of each digest: a chance meeting costs one row more to look at, the whole would cost twice the memory."""
    found = np.stack([_mixed(column) for column in columns], axis=1)
    return np.where(found != 0, (found >> np.uint64(32)).astype(np.uint32) | np.uint32(1), np.uint32(0))


def met(known: dict[str, Tokens], changed: dict[str, Tokens], size: int) -> Mask:
    """Which of `size` known rows one of the changed rows may concern.

    Args:
        known: tokens of the known rows.
        changed: tokens of the changed rows.
        size: how many known rows there are.
    """
    out = np.zeros(size, dtype=bool)
    weak: list[Ints] = []
    for name, (alone, _) in MEETINGS.items():
        pairs = _pairs(known[name], changed[name])
        if alone:
            out[pairs % size] = True
        else:
            weak.append(distinct_numbers(pairs))
    codes = np.sort(np.concatenate(weak))
    out[codes[1:][codes[1:] == codes[:-1]] % size] = True
    return out


def _pairs(known: Tokens, changed: Tokens) -> Ints:
    """Pairs of rows with a token in common: `changed row * known rows + known row`; crowded tokens left out."""
    size = len(known)
    theirs, mine = known.ravel(), changed.ravel()
    wanted = np.zeros(1 << 22, dtype=bool)
    wanted[mine[mine != 0] >> np.uint32(10)] = True
    at = np.flatnonzero(wanted[theirs >> np.uint32(10)] & (theirs != 0))
    order = at[np.argsort(theirs[at], kind="stable")]
    values = theirs[order]
    here = np.flatnonzero(mine)
    low, high = (np.searchsorted(values, mine[here], side=side) for side in ("left", "right"))
    count = np.where(high - low <= _CROWD, high - low, 0)
    row = np.repeat(here // changed.shape[1], count).astype(np.int64)
    step = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    pairs: Ints = row * size + order[np.repeat(low, count) + step] // known.shape[1]
    return pairs
