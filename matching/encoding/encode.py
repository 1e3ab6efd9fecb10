"""Records as integers, once over distinct values: everything that blocking and comparison look at.

Belongs here: making `Encoded` from standard records. Does not belong here: the shape (`shapes`), cleaning of values (`reading`), or any
judgement on a pair.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.columns import TextColumns
from matching.distinct import as_text
from matching.encoding.derived import with_derived
from matching.encoding.names import encode_names
from matching.encoding.numbers import READABLE, by_code, damaged_text, document_column, read_numbers
from matching.reading.lunar import written_as_lunar
from matching.shapes import Encoded

if TYPE_CHECKING:
    from matching.arrays import Codes, Days, Ints, LevelCodes
    from matching.model import Model

_ISO = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
PEOPLE = (("father_name", "father_id"), ("mother_name", "mother_id"), ("guardian_name", "guardian_id"))
PLACES = (("live_town", "live_village"), ("hukou_town", "hukou_village"), ("town", "village"))


def encode(records: pd.DataFrame, model: Model) -> Encoded:
    """Code standard records (docs/data-shapes.md 3) for linking.

    Args:
        records: one row per record, `record_id` unique and `department` present; other columns may be absent.
        model: gives the limits above which a telephone says nothing.

    Raises:
        ValueError: `record_id` or `department` is absent, or a `record_id` occurs twice.
    """
    frame = checked(records)
    columns = TextColumns(frame)
    department = columns.of("department")
    # Numbered by name, not as they are met: which row stands first must not decide a department's code.
    departments, place = np.unique(department.texts.astype(str), return_inverse=True)
    numbers = _numbers(columns)
    birth, precision, derived = with_derived(*_births(columns), numbers["own"])
    days, back = np.unique(birth, return_inverse=True)
    lunar = np.fromiter((lunar_day(int(day)) for day in days), dtype=np.int32, count=len(days))[back]
    phones, dropped = _phones(columns, model.blocking.phone_limit)

    ids = frame["record_id"]
    return Encoded(
        # Python's texts where the frame holds such, else what it holds: a million Arrow texts are not turned into objects for this.
        record_id=as_text(ids).to_numpy(dtype=object) if ids.dtype == object else ids.array,
        departments=tuple(str(name) for name in departments),
        source=place.astype(np.int32)[department.code] if len(place) else department.code,
        roll=columns.codes(("layout",))[:, 0],
        **_names(columns),
        birth=birth,
        lunar=lunar,
        precision=precision,
        derived=derived,
        sex=by_code(columns.of("sex"), lambda text: int(text) if text in ("1", "2") else 0).astype(np.int8),
        nation=columns.codes(("nation",))[:, 0],
        people_no=np.stack([read_numbers(columns, number) for _, number in PEOPLE], axis=1),
        **numbers,
        phones=phones,
        towns=columns.codes([town for town, _ in PLACES]),
        villages=columns.codes([village for _, village in PLACES]),
        houses=columns.codes(("live_addr", "hukou_addr")),
        household=columns.codes(("household_no",))[:, 0],
        school=columns.codes(("school",))[:, 0],
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
    taken = records.take(order)
    taken.index = pd.RangeIndex(len(taken))
    return taken


def order_of(records: pd.DataFrame) -> Ints:
    """The places of the records sorted by `record_id`.

    Raises:
        ValueError: as `checked`.
    """
    import pyarrow.compute as pc

    absent = [column for column in ("record_id", "department") if column not in records.columns]
    if absent:
        raise ValueError(f"比对的数据缺少列：{'、'.join(absent)}")

    # By their UTF-8, whose order is that of the characters and which Arrow compares several times quicker than Python its texts.
    ids = records["record_id"]
    in_order_already = ids.is_monotonic_increasing
    texts = None if in_order_already else TextColumns(records).plain("record_id")
    if in_order_already:
        order, repeated = np.arange(len(ids), dtype=np.int64), not ids.is_unique
    elif texts is None or texts.null_count:  # no texts, or what no encoding has
        plain = as_text(ids).reset_index(drop=True)
        order = plain.sort_values(kind="stable").index.to_numpy()
        repeated = bool(plain.duplicated().any())
    else:
        order = pc.sort_indices(texts).to_numpy().astype(np.int64)
        texts = texts.take(order)
        repeated = bool(pc.any(pc.equal(texts[1:], texts[:-1])).as_py())

    if repeated:
        raise ValueError("比对的数据中 record_id 有重复，请检查同一文件是否装入两次")
    return order


def _names(columns: TextColumns) -> dict[str, Any]:
    """All names of a record under one numbering, so that a child's name is sounded once even where it is another's father's."""
    codes, distinct = columns.together(("name", "former_name", *(name for name, _ in PEOPLE)), ("",))
    table = encode_names(distinct)
    name, former = codes[:, 0], table.folded[codes[:, 1]]
    # The present name in another spelling is no second name.
    former = np.where(former == table.folded[name], 0, former)
    people = table.folded[codes[:, 2:]]
    father, mother, guardian = people[:, 0], people[:, 1], people[:, 2]
    people[:, 2] = np.where((guardian == father) | (guardian == mother), 0, guardian)  # nobody is counted twice
    return {"names": table, "name": name, "former": former, "people": people}


def _births(columns: TextColumns) -> tuple[Days, LevelCodes]:
    """Birth as yyyymmdd with 0 for unknown parts, and 3, 2, 1, 0 for day, month, year, unknown."""
    birth = by_code(columns.of("birth_date"), day_code)
    stated = by_code(columns.of("birth_precision"), lambda word: {"day": 3, "month": 2, "year": 1}.get(word, 0))
    shape = np.where(birth % 100 > 0, 3, np.where(birth // 100 % 100 > 0, 2, np.where(birth > 0, 1, 0)))
    # A stated precision may only take away: a 1 January written for "some day of that year" has the shape of a day (rules/dates.md#b04).
    precision = np.where(stated > 0, np.minimum(stated, shape), shape)
    return birth.astype(np.int32), precision.astype(np.int8)


def day_code(text: str) -> int:
    """`yyyymmdd` of an ISO day, month or year; 0 for anything else."""
    return int(text.replace("-", "").ljust(8, "0")) if _ISO.fullmatch(text) else 0


def lunar_day(day: int) -> int:
    """The lunar date of one day as yyyymmdd, what a villager writes for it (rules/dates.md#b01); 0 where there is none."""
    if not day % 100:
        return 0
    try:
        written = written_as_lunar(date(day // 10000, day // 100 % 100, day % 100).isoformat())
    except ValueError:  # no such Gregorian day: it was a lunar one already
        return 0
    return int(written.replace("-", "")) if written else 0


def _numbers(columns: TextColumns) -> dict[str, Any]:
    """The record's numbers by what they may be trusted for: its own, all that may be the child's, other papers', damaged ones."""
    own, student, certificate = (read_numbers(columns, name) for name in ("id_no", "student_no_id", "disability_no_id"))
    certificate = np.where(certificate == student, 0, certificate)
    others = [np.where(number == own, 0, number) for number in (student, certificate)]

    papers = ("student_no", "birth_cert_no", "disability_no")
    documents = [document_column(columns.once(name), kind) for kind, name in enumerate(papers)]
    # A department's own numbers of children are counted up from 1 in every department: each number is one with its department only.
    department, child = columns.of("department"), columns.once("child_no")
    code = child.code.astype(np.int64) * max(len(department), 1) + department.code
    documents.append(np.where(child.where(""), 0, -(code * 8 + len(papers) + 1)))

    status = columns.once("id_no_status")
    readable = np.array([text in READABLE for text in status.distinct], dtype=bool)
    damaged = np.full(len(own), "", dtype=object)
    rows = np.flatnonzero(readable[status.code] & (own == 0)) if len(readable) else np.zeros(0, dtype=np.int64)
    damaged[rows] = [damaged_text(text) for text in columns.take("id_no_raw", rows)]

    return {
        "own": own,
        "numbers": np.stack([own, *others], axis=1),
        "documents": np.stack(documents, axis=1),
        "damaged": damaged,
    }


def _phones(columns: TextColumns, limit: int) -> tuple[Codes, int]:
    """Telephones of each record; a telephone on more than `limit` records says nothing and is dropped (counted)."""
    table = columns.codes(("phone", "father_phone", "mother_phone"))
    counts = np.bincount(table.ravel(), minlength=1)
    # Counted by places, of which a record has three.
    frequent = counts > limit * 3
    frequent[0] = False
    table[frequent[table]] = 0
    table[:, 1] = np.where(table[:, 1] == table[:, 0], 0, table[:, 1])
    table[:, 2] = np.where((table[:, 2] == table[:, 0]) | (table[:, 2] == table[:, 1]), 0, table[:, 2])
    return table, int(frequent.sum())
