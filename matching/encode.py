"""Records as integers, once over distinct values: everything that blocking and comparison look at.

Belongs here: the shape `Encoded` and its making. Does not belong here: cleaning of values (`normalise`), or any
judgement on a pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.derived import with_derived
from matching.distinct import as_text
from matching.encode_names import NameTable, encode_names
from matching.encode_numbers import READABLE, by_value, damaged_text, document_codes, number_codes
from matching.lunar import written_as_lunar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matching.model import Model

    Ints = NDArray[np.int64]
    Texts = NDArray[np.object_]

PEOPLE = (("father_name", "father_id"), ("mother_name", "mother_id"), ("guardian_name", "guardian_id"))
PLACES = (("live_town", "live_village"), ("hukou_town", "hukou_village"), ("town", "village"))


@dataclass(frozen=True)
class Encoded:
    """One row per record, sorted by `record_id`, so that no result depends on the order of the input.

    Code 0 means missing everywhere. `derived` marks births that are only the ones inside the row's own number. `source` is the department, `roll` the kind of its lists. `people`, `people_no`, `phones`, `towns`, `villages`, `houses`, `numbers` are
    sets, one column per member. `own` is the number that stands as the child's own; `numbers` are all numbers that
    may identify the child (own first, then the ones in student number and certificate); `documents` are other
    identifying documents.
    """

    record_id: Texts
    departments: tuple[str, ...]
    source: NDArray[np.int32]
    roll: NDArray[np.int32]
    names: NameTable
    name: NDArray[np.int32]
    former: NDArray[np.int32]
    birth: NDArray[np.int32]
    lunar: NDArray[np.int32]
    precision: NDArray[np.int8]
    derived: NDArray[np.bool_]
    sex: NDArray[np.int8]
    nation: NDArray[np.int32]
    people: NDArray[np.int32]
    people_no: Ints
    own: Ints
    numbers: Ints
    documents: Ints
    damaged: Texts
    phones: Ints
    towns: NDArray[np.int32]
    villages: NDArray[np.int32]
    houses: NDArray[np.int32]
    household: NDArray[np.int32]
    school: NDArray[np.int32]
    notes: dict[str, int]

    def __len__(self) -> int:
        return len(self.record_id)


class _Columns:
    """Text columns of a frame; a column that is not there is missing on every row."""

    def __init__(self, records: pd.DataFrame) -> None:
        self._records = records

    def text(self, column: str) -> Texts:
        if column not in self._records.columns:
            return np.full(len(self._records), "", dtype=object)
        return as_text(self._records[column]).to_numpy(dtype=object)

    def codes(self, columns: Sequence[str]) -> NDArray[np.int32]:
        """Codes shared by several columns, shape (rows, columns)."""
        stacked = np.concatenate([self.text(column) for column in columns])
        return _codes(stacked).reshape(len(columns), -1).T.copy()


def _codes(texts: Texts) -> NDArray[np.int32]:
    """Consecutive codes of distinct texts in the order of appearance; 0 for `""`."""
    found, distinct = pd.factorize(texts)
    table = np.arange(1, len(distinct) + 1, dtype=np.int32)
    empty = np.flatnonzero(distinct == "")
    table[empty] = 0
    return table[found] if len(table) else np.zeros(len(texts), dtype=np.int32)


def encode(records: pd.DataFrame, model: Model) -> Encoded:
    """Code standard records (docs/data-shapes.md 3) for linking.

    Args:
        records: one row per record, `record_id` unique and `department` present; other columns may be absent.
        model: gives the limits above which a telephone says nothing.

    Raises:
        ValueError: `record_id` or `department` is absent, or a `record_id` occurs twice.
    """
    frame = _checked(records)
    columns = _Columns(frame)
    departments, source = np.unique(columns.text("department").astype(str), return_inverse=True)
    names = _names(columns)
    numbers = _numbers(columns)
    birth, precision, derived = with_derived(*_births(columns), numbers["own"])
    phones, dropped = _phones(columns, model.blocking.phone_limit)
    return Encoded(
        record_id=columns.text("record_id"),
        departments=tuple(str(name) for name in departments),
        source=source.astype(np.int32),
        roll=columns.codes(["layout"])[:, 0],
        **names,
        birth=birth,
        lunar=_lunar(birth),
        precision=precision,
        derived=derived,
        sex=by_value(columns.text("sex"), lambda text: int(text) if text in ("1", "2") else 0).astype(np.int8),
        nation=columns.codes(["nation"])[:, 0],
        people_no=np.stack([number_codes(columns.text(number)) for _, number in PEOPLE], axis=1),
        **numbers,
        phones=phones,
        towns=columns.codes([town for town, _ in PLACES]),
        villages=columns.codes([village for _, village in PLACES]),
        houses=columns.codes(["live_addr", "hukou_addr"]),
        household=columns.codes(["household_no"])[:, 0],
        school=columns.codes(["school"])[:, 0],
        notes={"phones_without_information": dropped},
    )


def _checked(records: pd.DataFrame) -> pd.DataFrame:
    absent = [column for column in ("record_id", "department") if column not in records.columns]
    if absent:
        raise ValueError(f"比对的数据缺少列：{'、'.join(absent)}")
    if records["record_id"].duplicated().any():
        raise ValueError("比对的数据中 record_id 有重复，请检查同一文件是否装入两次")
    return records.sort_values("record_id", kind="stable", ignore_index=True)


def _names(columns: _Columns) -> dict[str, Any]:
    wanted = ["name", "former_name", *(name for name, _ in PEOPLE)]
    stacked = np.concatenate([np.array([""], dtype=object), *(columns.text(column) for column in wanted)])
    found, distinct = pd.factorize(stacked)  # "" comes first and is 0
    table = encode_names([str(text) for text in distinct])
    ids = found[1:].astype(np.int32).reshape(len(wanted), -1)
    ids[1:] = table.folded[ids[1:]]
    former = np.where(ids[1] == table.folded[ids[0]], 0, ids[1])
    return {"names": table, "name": ids[0], "former": former, "people": _distinct_people(ids[2:].T)}


def _distinct_people(people: NDArray[np.int32]) -> NDArray[np.int32]:
    """Father, mother and a guardian who is neither: nobody is counted twice."""
    out = people.copy()
    out[:, 2] = np.where((out[:, 2] == out[:, 0]) | (out[:, 2] == out[:, 1]), 0, out[:, 2])
    return out


def _births(columns: _Columns) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Birth as yyyymmdd with 0 for unknown parts, and 3, 2, 1, 0 for day, month, year, unknown."""
    text = columns.text("birth_date")
    birth = by_value(text, lambda day: int(day.replace("-", "").ljust(8, "0")) if day[:4].isdigit() else 0)
    stated = by_value(columns.text("birth_precision"), lambda word: {"day": 3, "month": 2, "year": 1}.get(word, 0))
    shape = np.where(birth % 100 > 0, 3, np.where(birth // 100 % 100 > 0, 2, np.where(birth > 0, 1, 0)))
    precision = np.where(stated > 0, np.minimum(stated, shape), shape)
    return birth.astype(np.int32), precision.astype(np.int8)


def _lunar(birth: NDArray[np.int32]) -> NDArray[np.int32]:
    """The lunar date of each Gregorian day, as yyyymmdd; what a villager writes for it (domain.md 4.2 B01)."""
    distinct, back = np.unique(birth, return_inverse=True)
    return np.fromiter(
        (_lunar_of(int(day)) if day % 100 else 0 for day in distinct), dtype=np.int32, count=len(distinct)
    )[back]


def _lunar_of(day: int) -> int:
    try:
        written = written_as_lunar(date(day // 10000, day // 100 % 100, day % 100).isoformat())
    except ValueError:  # no such Gregorian day: it was a lunar one already
        return 0
    return int(written.replace("-", "")) if written else 0


def _numbers(columns: _Columns) -> dict[str, Any]:
    own = number_codes(columns.text("id_no"))
    student = number_codes(columns.text("student_no_id"))
    certificate = number_codes(columns.text("disability_no_id"))
    certificate = np.where(certificate == student, 0, certificate)
    numbers = np.stack(
        [own, np.where(student == own, 0, student), np.where(certificate == own, 0, certificate)], axis=1
    )
    department = columns.text("department")
    local = np.array(
        [f"{a}|{b}" if b else "" for a, b in zip(department, columns.text("child_no"), strict=True)], dtype=object
    )
    papers = [*(columns.text(column) for column in ("student_no", "birth_cert_no", "disability_no")), local]
    readable = np.isin(columns.text("id_no_status"), list(READABLE))
    raw = np.where(readable & (own == 0), columns.text("id_no_raw"), "")
    code, distinct = pd.factorize(raw)
    cleaned = np.array([damaged_text(text) for text in distinct], dtype=object)
    damaged = cleaned[code] if len(distinct) else raw
    return {
        "own": own,
        "numbers": numbers,
        "documents": np.stack([document_codes(paper, kind) for kind, paper in enumerate(papers)], axis=1),
        "damaged": damaged,
    }


def _phones(columns: _Columns, limit: int) -> tuple[Ints, int]:
    """Telephones of each record; a telephone on more than `limit` records says nothing and is dropped (counted)."""
    stacked = np.concatenate([columns.text(column) for column in ("phone", "father_phone", "mother_phone")])
    codes = _codes(stacked).astype(np.int64)
    counts = np.bincount(codes) if len(codes) else np.zeros(1, dtype=np.int64)
    frequent = counts > limit * 3
    frequent[0] = False
    codes[frequent[codes]] = 0
    table = codes.reshape(3, -1).T.copy()
    table[:, 1] = np.where(table[:, 1] == table[:, 0], 0, table[:, 1])
    table[:, 2] = np.where((table[:, 2] == table[:, 0]) | (table[:, 2] == table[:, 1]), 0, table[:, 2])
    return table, int(frequent.sum())
