"""People's decisions on pairs, found again although every new file gives its rows new record ids.

Belongs here: the content keys of records, and which records of this delivery a decision speaks of. Does not belong here:
what a decision does to a pair (`decide`), or where decisions are kept.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.distinct import as_text
from matching.encode_numbers import damaged_text
from matching.name_tables import fold_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

KIND = "content"
"""Kind of the register's rows that remember the keys of a record: `record_id` and its `content_keys`."""
_VERDICTS = {"same": 1, "different": -1, "unsure": 0}
_PEOPLE = ("father_name", "mother_name", "guardian_name")


def content_keys(records: pd.DataFrame) -> list[str]:
    """Content of each record that does not change with the file it comes in: source, number, name, birth with guardians.

    Four parts joined by blanks; `-` for no number. All but the source are digests: no value can be read from them, but they
    are personal data.
    """
    size = len(records)
    if not size:
        return []

    def text(column: str) -> NDArray[np.object_]:
        if column not in records.columns:
            return np.full(size, "", dtype=object)
        return as_text(records[column]).to_numpy(dtype=object)

    number = text("id_no").copy()
    broken = np.flatnonzero(number == "")
    number[broken] = [damaged_text(raw) for raw in text("id_no_raw")[broken]]
    name = np.array(fold_all(text("name").tolist()), dtype=object)
    cradle = text("birth_date")
    for column in _PEOPLE:
        cradle = cradle + "|" + text(column)
    source = text("department") + "." + text("layout")
    found: list[str] = (source + " " + _digests(number) + " " + _digests(name) + " " + _digests(cradle)).tolist()
    return found


def _digests(texts: NDArray[np.object_]) -> NDArray[np.object_]:
    """The same in every process and on every machine (pandas' keyed hash of the text)."""
    made = pd.util.hash_array(texts).astype(str).astype(object)
    return np.where(texts == "", "-", made)


def _keys(content: str) -> tuple[str, ...]:
    """The keys of a record, the fullest first: everything; department, number and name; department, name, birth, guardians."""
    source, number, name, cradle = content.split(" ")
    department = source.split(".")[0]
    numbered = f"{department} {number} {name}" if number != "-" else ""
    return content, numbered, f"{department} {name} {cradle}"


def judged_pairs(
    judgements: pd.DataFrame | None, records: pd.DataFrame, remembered: pd.DataFrame | None = None
) -> tuple[Ints, Ints, NDArray[np.int8]]:
    """People's decisions as positions: left, right, verdict (1 same, -1 different, 0 unsure).

    A record that is not in this delivery is looked for by its content keys, taken from the decision (`key_a`, `key_b`, as
    `content_keys` gives them) or from the register. The full key may stand for several equal rows; a weaker one counts only
    where one row has it. A decision whose records are not found is passed over.

    Args:
        judgements: columns `record_a, record_b, verdict` (`same`, `different`, `unsure`) and optionally `key_a, key_b`;
            the last decision on a pair counts.
        records: this delivery, in the order that positions count.
        remembered: the register's identifiers.

    Raises:
        ValueError: a verdict is none of the three.
    """
    empty = np.zeros(0, dtype=np.int64)
    if judgements is None or not len(judgements):
        return empty, empty, np.zeros(0, dtype=np.int8)
    if not set(judgements["verdict"]) <= set(_VERDICTS):
        raise ValueError("人工结论只能是 same、different、unsure")
    finder = _Finder(records, _wanted_keys(judgements, remembered))
    latest: dict[tuple[int, int], int] = {}
    for a, b, verdict in zip(judgements["record_a"], judgements["record_b"], judgements["verdict"], strict=True):
        for one in finder.rows(str(a)):
            for other in finder.rows(str(b)):
                if one != other:
                    latest[min(one, other), max(one, other)] = _VERDICTS[verdict]
    found = sorted(latest)
    left, right = (np.array([pair[side] for pair in found], dtype=np.int64) for side in (0, 1))
    return left, right, np.array([latest[pair] for pair in found], dtype=np.int8)


def _wanted_keys(judgements: pd.DataFrame, remembered: pd.DataFrame | None) -> dict[str, str]:
    """Content keys of the records that decisions name: the register's, and the decisions' own."""
    named = {*judgements["record_a"].astype(str), *judgements["record_b"].astype(str)}
    found: dict[str, str] = {}
    if remembered is not None and len(remembered):
        for value in remembered.loc[remembered["kind"] == KIND, "value"]:
            record, _, keys = str(value).partition(" ")
            if record in named:
                found[record] = keys
    for record, key in (("record_a", "key_a"), ("record_b", "key_b")):
        if key in judgements.columns:
            given = zip(judgements[record].astype(str), as_text(judgements[key]), strict=True)
            found |= {name: keys for name, keys in given if keys}
    return found


class _Finder:
    """Rows of this delivery by record id, or by content key; the delivery's keys are made only when one is needed."""

    def __init__(self, records: pd.DataFrame, wanted: Mapping[str, str]) -> None:
        self._position = {str(record): row for row, record in enumerate(records["record_id"])}
        self._wanted = wanted
        self._by_key: list[dict[str, list[int]]] = [defaultdict(list) for _ in range(3)]
        if any(record not in self._position for record in wanted):
            for row, content in enumerate(content_keys(records)):
                for place, key in enumerate(_keys(content)):
                    self._by_key[place][key].append(row)

    def rows(self, record: str) -> list[int]:
        """The rows that a decision on this record speaks of today."""
        if record in self._position:
            return [self._position[record]]
        for place, key in enumerate(_keys(self._wanted[record]) if record in self._wanted else ()):
            rows = self._by_key[place].get(key, []) if key else []
            if rows and (place == 0 or len(rows) == 1):
                return rows
        return []
