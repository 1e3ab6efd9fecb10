"""People's decisions on pairs, found again although every new file gives its rows new record ids.

Belongs here: the content keys of records, and which records of this delivery a decision speaks of. Does not belong here:
what a decision does to a pair (`decide`), decisions that contradict each other or the numbers (`disputes`), or where they are kept.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.distinct import as_text
from matching.encoding.numbers import damaged_text
from matching.names.tables import fold_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    name = np.array([*fold_all(text("name").tolist()), ""], dtype=object)[:-1]
    cradle = np.array(
        [*map("|".join, zip(text("birth_date"), *(text(each) for each in _PEOPLE), strict=True)), ""], dtype=object
    )[:-1]
    source = map(".".join, zip(text("department"), text("layout"), strict=True))
    return [*map(" ".join, zip(source, _digests(number), _digests(name), _digests(cradle), strict=True))]


def _digests(texts: NDArray[np.object_]) -> list[str]:
    """The same in every process and on every machine (pandas' keyed hash of the text); `-` for nothing."""
    made = pd.util.hash_array(texts, categorize=False).tolist()
    return [str(digest) if text else "-" for digest, text in zip(made, texts.tolist(), strict=True)]


def _keys(content: str) -> tuple[str, ...]:
    """The keys of a record, the fullest first: everything; department, number and name; department, name, birth, guardians."""
    source, number, name, cradle = content.split(" ")
    department = source.split(".")[0]
    numbered = f"{department} {number} {name}" if number != "-" else ""
    return content, numbered, f"{department} {name} {cradle}"


@dataclass(frozen=True)
class Judged:
    """People's decisions on the records of this delivery.

    Attributes:
        left, right: positions of each pair, left < right, sorted.
        verdict: 1 same, -1 different, 0 unsure or disputed.
        disputed: pairs on which people disagree; neither verdict is applied until one of them decides anew.
        unfound: decisions whose records are not in this delivery.
    """

    left: Ints
    right: Ints
    verdict: NDArray[np.int8]
    disputed: NDArray[np.bool_]
    unfound: int

    @staticmethod
    def none() -> Judged:
        """Nobody has decided anything."""
        empty = np.zeros(0, dtype=np.int64)
        return Judged(empty, empty, np.zeros(0, dtype=np.int8), np.zeros(0, dtype=bool), 0)


def judged_pairs(
    judgements: pd.DataFrame | None, records: pd.DataFrame, remembered: pd.DataFrame | None = None
) -> tuple[Ints, Ints, NDArray[np.int8]]:
    """People's decisions as positions: left, right, verdict (see `find_judged`)."""
    found = find_judged(judgements, records, remembered)
    return found.left, found.right, found.verdict


def find_judged(
    judgements: pd.DataFrame | None, records: pd.DataFrame, remembered: pd.DataFrame | None = None
) -> Judged:
    """People's decisions, found in this delivery.

    A record that is not in this delivery is looked for by its content keys, taken from the decision (`key_a`, `key_b`, as
    `content_keys` gives them) or from the register. The full key may stand for several equal rows; a weaker one counts only
    where one row has it. A decision whose records are not found is passed over, and counted.

    Args:
        judgements: columns `record_a, record_b, verdict` (`same`, `different`, `unsure`), optionally `key_a, key_b`, `author` and
            `decided_at`. Of one author's decisions on a pair the last counts (by time, else by order). Where two authors say `same` and
            `different`, neither is applied.
        records: this delivery, in the order that positions count.
        remembered: the register's identifiers.

    Raises:
        ValueError: a verdict is none of the three.
    """
    if judgements is None or not len(judgements):
        return Judged.none()
    if not set(judgements["verdict"]) <= set(_VERDICTS):
        raise ValueError("人工结论只能是 same、different、unsure")
    finder = _Finder(records, _wanted_keys(judgements, remembered))
    said: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    unfound = 0
    for a, b, verdict, author in _in_time(judgements):
        pairs = {
            (min(one, other), max(one, other)) for one in finder.rows(a) for other in finder.rows(b) if one != other
        }
        unfound += not pairs
        for pair in pairs:
            said[pair][author] = _VERDICTS[verdict]
    found = sorted(said)
    left, right = (np.array([pair[side] for pair in found], dtype=np.int64) for side in (0, 1))
    verdicts = [_agreed(said[pair].values()) for pair in found]
    disputed = np.array([verdict is None for verdict in verdicts], dtype=bool)
    return Judged(left, right, np.array([verdict or 0 for verdict in verdicts], dtype=np.int8), disputed, unfound)


def _in_time(judgements: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Decisions in the order they were made; without authors all are one author's."""
    frame = judgements
    if "decided_at" in frame.columns:
        frame = frame.assign(_at=as_text(frame["decided_at"])).sort_values("_at", kind="stable")
    authors = as_text(frame["author"]) if "author" in frame.columns else [""] * len(frame)
    columns = (frame["record_a"].astype(str), frame["record_b"].astype(str), frame["verdict"].astype(str), authors)
    return list(zip(*columns, strict=True))


def _agreed(verdicts: Iterable[int]) -> int | None:
    """What the authors say together: None where one says same and another different; who is unsure leaves it to the others."""
    told = set(verdicts) - {0}
    return None if len(told) == 2 else next(iter(told), 0)


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
