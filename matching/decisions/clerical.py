"""People's decisions on pairs, found again although every new file gives its rows new record ids.

Belongs here: the content keys of records, and which records of this delivery a decision speaks of. Does not belong here:
what a decision does to a pair (`decide`), decisions that contradict each other or the numbers (`conflicts`), or where they are kept.
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
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matching.arrays import Ints


CONTENT_KIND = "content"
"""Kind of the register's rows that remember the keys of a record: `record_id` and its `content_keys`."""
_VERDICTS = {"same": 1, "different": -1, "unsure": 0}
_GUARDIANS = ("father_name", "mother_name", "guardian_name")


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

    # A number that is not valid still tells rows apart, as it was written.
    number = text("id_no").copy()
    broken = np.flatnonzero(number == "")
    number[broken] = [damaged_text(raw) for raw in text("id_no_raw")[broken]]
    name = np.array([*fold_all(text("name").tolist()), ""], dtype=object)[:-1]
    birth_group = np.array(
        [*map("|".join, zip(text("birth_date"), *(text(each) for each in _GUARDIANS), strict=True)), ""], dtype=object
    )[:-1]
    source = map(".".join, zip(text("department"), text("layout"), strict=True))
    return [*map(" ".join, zip(source, _digests(number), _digests(name), _digests(birth_group), strict=True))]


def _digests(texts: NDArray[np.object_]) -> list[str]:
    """The same in every process and on every machine (pandas' keyed hash of the text); `-` for nothing."""
    digests = pd.util.hash_array(texts, categorize=False).tolist()
    return [str(digest) if text else "-" for digest, text in zip(digests, texts.tolist(), strict=True)]


def _keys(content: str) -> tuple[str, ...]:
    """The keys of a record, the fullest first: everything; department, number and name; department, name, birth, guardians."""
    source, number, name, birth_group = content.split(" ")
    department = source.split(".")[0]
    numbered = f"{department} {number} {name}" if number != "-" else ""
    return content, numbered, f"{department} {name} {birth_group}"


@dataclass(frozen=True)
class ClericalDecisions:
    """People's decisions on the records of this delivery.

    Attributes:
        left, right: positions of each pair, left < right, sorted.
        verdict: 1 same, -1 different, 0 unsure or conflicting.
        conflicting: pairs on which people disagree; neither verdict is applied until one of them decides anew.
        unfound: decisions whose records are not in this delivery.
    """

    left: Ints
    right: Ints
    verdict: NDArray[np.int8]
    conflicting: NDArray[np.bool_]
    unfound: int

    @staticmethod
    def none() -> ClericalDecisions:
        """Nobody has decided anything."""
        empty = np.zeros(0, dtype=np.int64)
        return ClericalDecisions(empty, empty, np.zeros(0, dtype=np.int8), np.zeros(0, dtype=bool), 0)


def decided_pairs(
    judgements: pd.DataFrame | None, records: pd.DataFrame, remembered: pd.DataFrame | None = None
) -> tuple[Ints, Ints, NDArray[np.int8]]:
    """People's decisions as positions: left, right, verdict (see `find_decisions`)."""
    decisions = find_decisions(judgements, records, remembered)
    return decisions.left, decisions.right, decisions.verdict


def find_decisions(
    judgements: pd.DataFrame | None, records: pd.DataFrame, remembered: pd.DataFrame | None = None
) -> ClericalDecisions:
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
        return ClericalDecisions.none()
    if not set(judgements["verdict"]) <= set(_VERDICTS):
        raise ValueError("人工结论只能是 same、different、unsure")
    finder = _RowFinder(records, _content_of_named(judgements, remembered))
    by_author: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    unfound = 0
    for record_a, record_b, verdict, author in _in_time(judgements):
        # Equal rows of one list may both stand for a record; a row decided against itself says nothing.
        pairs = {(min(a, b), max(a, b)) for a in finder.rows(record_a) for b in finder.rows(record_b) if a != b}
        unfound += not pairs
        for pair in pairs:
            by_author[pair][author] = _VERDICTS[verdict]

    decided = sorted(by_author)
    left, right = (np.array([pair[side] for pair in decided], dtype=np.int64) for side in (0, 1))
    # Who is unsure leaves it to the others. No vote is taken: two against one is still a question of who is right.
    verdicts = [set(by_author[pair].values()) - {0} for pair in decided]
    conflicting = np.array([len(each) == 2 for each in verdicts], dtype=bool)
    agreed = np.array([0 if len(each) == 2 else next(iter(each), 0) for each in verdicts], dtype=np.int8)
    return ClericalDecisions(left, right, agreed, conflicting, unfound)


def _in_time(judgements: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Decisions in the order they were made; without authors all are one author's."""
    frame = judgements
    if "decided_at" in frame.columns:
        frame = frame.assign(_at=as_text(frame["decided_at"])).sort_values("_at", kind="stable")
    authors = as_text(frame["author"]) if "author" in frame.columns else [""] * len(frame)
    columns = (frame["record_a"].astype(str), frame["record_b"].astype(str), frame["verdict"].astype(str), authors)
    return list(zip(*columns, strict=True))


def _content_of_named(judgements: pd.DataFrame, remembered: pd.DataFrame | None) -> dict[str, str]:
    """Content keys of the records that decisions name: the register's, and the decisions' own, which come before them."""
    named = {*judgements["record_a"].astype(str), *judgements["record_b"].astype(str)}
    content: dict[str, str] = {}
    if remembered is not None and len(remembered):
        for value in remembered.loc[remembered["kind"] == CONTENT_KIND, "value"]:
            record, _, keys = str(value).partition(" ")
            if record in named:
                content[record] = keys
    for record, key in (("record_a", "key_a"), ("record_b", "key_b")):
        if key in judgements.columns:
            own = zip(judgements[record].astype(str), as_text(judgements[key]), strict=True)
            content |= {name: keys for name, keys in own if keys}
    return content


class _RowFinder:
    """Rows of this delivery by record id, or by content key; the delivery's keys are made only when one is needed."""

    def __init__(self, records: pd.DataFrame, content: Mapping[str, str]) -> None:
        self._position = {str(record): row for row, record in enumerate(records["record_id"])}
        self._content = content
        self._by_key: list[dict[str, list[int]]] = [defaultdict(list) for _ in range(3)]
        if any(record not in self._position for record in content):
            for row, text in enumerate(content_keys(records)):
                for strength, key in enumerate(_keys(text)):
                    self._by_key[strength][key].append(row)

    def rows(self, record: str) -> list[int]:
        """The rows that a decision on this record speaks of today."""
        if record in self._position:
            return [self._position[record]]
        for strength, key in enumerate(_keys(self._content[record]) if record in self._content else ()):
            rows = self._by_key[strength].get(key, []) if key else []
            if rows and (strength == 0 or len(rows) == 1):
                return rows
        return []
