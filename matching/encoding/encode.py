"""Records as integers, once over distinct values: everything that blocking and comparison look at.

Belongs here: the shape `Encoded` and its making. Does not belong here: cleaning of values (`normalise`), or any
judgement on a pair.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.columns import Columns
from matching.distinct import as_text
from matching.encoding.derived import with_derived
from matching.encoding.names import encode_names
from matching.encoding.numbers import READABLE, by_code, damaged_text, document_column, read_numbers
from matching.reading.lunar import written_as_lunar
from matching.shapes import Encoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.model import Model

    Ints = NDArray[np.int64]
    Texts = NDArray[np.object_]

_ISO = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
PEOPLE = (("father_name", "father_id"), ("mother_name", "mother_id"), ("guardian_name", "guardian_id"))
PLACES = (("live_town", "live_village"), ("hukou_town", "hukou_village"), ("town", "village"))


def _codes(columns: Columns, *names: str) -> NDArray[np.int32]:
    """Codes shared by several columns, shape (rows, columns); 0 for `""`."""
    return columns.codes(names)


def encode(records: pd.DataFrame, model: Model) -> Encoded:
    """Code standard records (docs/data-shapes.md 3) for linking.

    Args:
        records: one row per record, `record_id` unique and `department` present; other columns may be absent.
        model: gives the limits above which a telephone says nothing.

    Raises:
        ValueError: `record_id` or `department` is absent, or a `record_id` occurs twice.
    """
    frame = checked(records)
    columns = Columns(frame)
    department = columns.of("department")
    departments, place = np.unique(department.texts.astype(str), return_inverse=True)
    names = _names(columns)
    numbers = _numbers(columns)
    birth, precision, derived = with_derived(*_births(columns), numbers["own"])
    phones, dropped = _phones(columns, model.blocking.phone_limit)
    return Encoded(
        record_id=_ids(frame["record_id"]),
        departments=tuple(str(name) for name in departments),
        source=place.astype(np.int32)[department.code] if len(place) else department.code,
        roll=_codes(columns, "layout")[:, 0],
        **names,
        birth=birth,
        lunar=_lunar(birth),
        precision=precision,
        derived=derived,
        sex=by_code(columns.of("sex"), lambda text: int(text) if text in ("1", "2") else 0).astype(np.int8),
        nation=_codes(columns, "nation")[:, 0],
        people_no=np.stack([read_numbers(columns, number) for _, number in PEOPLE], axis=1),
        **numbers,
        phones=phones,
        towns=_codes(columns, *(town for town, _ in PLACES)),
        villages=_codes(columns, *(village for _, village in PLACES)),
        houses=_codes(columns, "live_addr", "hukou_addr"),
        household=_codes(columns, "household_no")[:, 0],
        school=_codes(columns, "school")[:, 0],
        notes={"phones_without_information": dropped},
    )


def checked(records: pd.DataFrame) -> pd.DataFrame:
    """The records sorted by `record_id`, numbered from 0; themselves where they are.

    Raises:
        ValueError: `record_id` or `department` is absent, or a `record_id` occurs twice.
    """
    order, index = order_of(records), records.index
    counted = isinstance(index, pd.RangeIndex) and (index.start, index.step) == (0, 1)
    return records if counted and bool((order[1:] > order[:-1]).all()) else in_order(records, order)


def in_order(records: pd.DataFrame, order: Ints) -> pd.DataFrame:
    """Some rows by their places, numbered from 0."""
    found = records.take(order)
    found.index = pd.RangeIndex(len(found))
    return found


def order_of(records: pd.DataFrame) -> Ints:
    """The places of the records sorted by `record_id`.

    Raises:
        ValueError: as `checked`.
    """
    absent = [column for column in ("record_id", "department") if column not in records.columns]
    if absent:
        raise ValueError(f"比对的数据缺少列：{'、'.join(absent)}")
    order, repeated = _sorted(records)
    if repeated:
        raise ValueError("比对的数据中 record_id 有重复，请检查同一文件是否装入两次")
    return order


def _sorted(records: pd.DataFrame) -> tuple[Ints, bool]:
    """The order of the record ids, and whether any of them occurs twice: by their UTF-8, whose order is that of their characters and
    which is compared several times quicker than Python's texts.
    """
    import pyarrow.compute as pc

    ids = records["record_id"]
    if ids.is_monotonic_increasing:
        return np.arange(len(ids), dtype=np.int64), not ids.is_unique
    texts = Columns(records).plain("record_id")
    if texts is None or texts.null_count:  # no texts, or what no encoding has
        plain = as_text(ids).reset_index(drop=True)
        return plain.sort_values(kind="stable").index.to_numpy(), bool(plain.duplicated().any())
    order = pc.sort_indices(texts).to_numpy().astype(np.int64)
    texts = texts.take(order)
    return order, bool(pc.any(pc.equal(texts[1:], texts[:-1])).as_py())


def _ids(values: pd.Series) -> Texts:
    """The rows' identifiers: Python's texts where the frame holds such, else what it holds (no text per record is made)."""
    return as_text(values).to_numpy(dtype=object) if values.dtype == object else values.array


def _names(columns: Columns) -> dict[str, Any]:
    found, distinct = columns.together(("name", "former_name", *(name for name, _ in PEOPLE)), ("",))
    table = encode_names(distinct)
    name, people = found[:, 0], table.folded[found[:, 2:]]
    former = table.folded[found[:, 1]]
    former = np.where(former == table.folded[name], 0, former)
    return {"names": table, "name": name, "former": former, "people": _distinct_people(people)}


def _distinct_people(people: NDArray[np.int32]) -> NDArray[np.int32]:
    """Father, mother and a guardian who is neither: nobody is counted twice."""
    out = people.copy()
    out[:, 2] = np.where((out[:, 2] == out[:, 0]) | (out[:, 2] == out[:, 1]), 0, out[:, 2])
    return out


def _births(columns: Columns) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Birth as yyyymmdd with 0 for unknown parts, and 3, 2, 1, 0 for day, month, year, unknown."""
    birth = by_code(columns.of("birth_date"), day_code)
    stated = by_code(columns.of("birth_precision"), lambda word: {"day": 3, "month": 2, "year": 1}.get(word, 0))
    shape = np.where(birth % 100 > 0, 3, np.where(birth // 100 % 100 > 0, 2, np.where(birth > 0, 1, 0)))
    precision = np.where(stated > 0, np.minimum(stated, shape), shape)
    return birth.astype(np.int32), precision.astype(np.int8)


def day_code(text: str) -> int:
    """`yyyymmdd` of an ISO day, month or year; 0 for anything else."""
    return int(text.replace("-", "").ljust(8, "0")) if _ISO.fullmatch(text) else 0


def _lunar(birth: NDArray[np.int32]) -> NDArray[np.int32]:
    """The lunar date of each Gregorian day, as yyyymmdd; what a villager writes for it (rules/dates.md#b01)."""
    distinct, back = np.unique(birth, return_inverse=True)
    return np.fromiter((lunar_day(int(day)) for day in distinct), dtype=np.int32, count=len(distinct))[back]


def lunar_day(day: int) -> int:
    """The lunar date of one day as yyyymmdd, 0 where there is none."""
    if not day % 100:
        return 0
    try:
        written = written_as_lunar(date(day // 10000, day // 100 % 100, day % 100).isoformat())
    except ValueError:  # no such Gregorian day: it was a lunar one already
        return 0
    return int(written.replace("-", "")) if written else 0


def _numbers(columns: Columns) -> dict[str, Any]:
    own, student, certificate = (read_numbers(columns, name) for name in ("id_no", "student_no_id", "disability_no_id"))
    certificate = np.where(certificate == student, 0, certificate)
    numbers = np.stack(
        [own, np.where(student == own, 0, student), np.where(certificate == own, 0, certificate)], axis=1
    )
    papers = [
        document_column(columns.once(name), kind)
        for kind, name in enumerate(("student_no", "birth_cert_no", "disability_no"))
    ]
    return {
        "own": own,
        "numbers": numbers,
        "documents": np.stack([*papers, _local_numbers(columns, len(papers))], axis=1),
        "damaged": _damaged(columns, own),
    }


def _local_numbers(columns: Columns, kind: int) -> Ints:
    """A department's own numbers of children, apart from other departments'."""
    department, child = columns.of("department"), columns.once("child_no")
    code = child.code.astype(np.int64) * max(len(department), 1) + department.code
    return np.where(child.where(""), 0, -(code * 8 + kind + 1))


def _damaged(columns: Columns, own: Ints) -> Texts:
    """Digits of numbers that are no number, where something of them can still be read."""
    status = columns.once("id_no_status")
    readable = np.array([text in READABLE for text in status.distinct], dtype=bool)
    out = np.full(len(own), "", dtype=object)
    rows = np.flatnonzero(readable[status.code] & (own == 0)) if len(readable) else np.zeros(0, dtype=np.int64)
    out[rows] = [damaged_text(text) for text in columns.take("id_no_raw", rows)]
    return out


def _phones(columns: Columns, limit: int) -> tuple[NDArray[np.int32], int]:
    """Telephones of each record; a telephone on more than `limit` records says nothing and is dropped (counted)."""
    table = _codes(columns, "phone", "father_phone", "mother_phone")
    counts = np.bincount(table.ravel(), minlength=1)
    frequent = counts > limit * 3
    frequent[0] = False
    table[frequent[table]] = 0
    table[:, 1] = np.where(table[:, 1] == table[:, 0], 0, table[:, 1])
    table[:, 2] = np.where((table[:, 2] == table[:, 0]) | (table[:, 2] == table[:, 1]), 0, table[:, 2])
    return table, int(frequent.sum())
