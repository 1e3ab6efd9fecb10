"""The shape of child files, as the lists read them: three frames and the facts of the run.

Belongs here: the type and the calendar arithmetic on ages that both child files and lists need. Not here: how the files
are built (`assets.childfiles`) and what the lists conclude.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
VEILED = "veiled"
"""Column of the children: "yes" for a child whom only one named person may see; no line about others may be hung on it."""


@dataclass(frozen=True)
class ChildFiles:
    """One file per child (一人一档); docs/data-shapes.md section 5.

    `beside` are the records about adults (child workers, heads of households, parents in answers of justice or funeral homes), which belong
    to no child and are joined by a parent's number or a village.

    Attributes:
        children: one row per child in order of child_id, index 0..n-1.
        records: the standard records in a fixed order, with `child` (row number in `children`), `child_id`, `method`,
            `probability`, `state` and `active`.
        near: one row per child and near candidate: `child, record_id, other_record_id, other_child_id,
            other_department, grade, probability, reason`.
        as_of: last day of the period.
        period: `2026Q3` or `2026-09`.
        county: the county's six digits, configured or inferred; "" when unknown.
    """

    children: pd.DataFrame
    records: pd.DataFrame
    near: pd.DataFrame
    as_of: date
    period: str
    county: str
    beside: pd.DataFrame = field(default_factory=pd.DataFrame)


def school_grade(birth: pd.Series, as_of: date, entry_age: int, days: tuple[str, str]) -> IntArray:
    """The grade a child of the regular cohort attends; 1 = first grade, 0 or less = too young (domain.md 5.1.1).

    Born up to and including the cut-off day: first grade in the year of the entry age, else one year later.

    Args:
        birth: ISO dates at day precision; "" gives a large negative number.
        as_of: the day for which the grade is wanted.
        entry_age: completed years at entry.
        days: cut-off day and first day of the school year, both MM-DD.
    """
    cutoff, start = days
    school_year = as_of.year if as_of.strftime("%m-%d") >= start else as_of.year - 1
    year = pd.to_numeric(birth.str[:4], errors="coerce").fillna(9999).to_numpy(np.int64)
    late = (birth.str[5:10] > cutoff).to_numpy()
    return np.asarray(school_year - (year + entry_age + late) + 1, dtype=np.int64)


def completed_years(birth: pd.Series, as_of: date) -> IntArray:
    """Age in completed years at the as-of day; -1 where the birth date is "" or in the future."""
    year = pd.to_numeric(birth.str[:4], errors="coerce").fillna(9999).to_numpy(np.int64)
    later = (birth.str[5:10] > as_of.strftime("%m-%d")).to_numpy()
    return np.asarray(np.maximum(as_of.year - year - later, -1), dtype=np.int64)


def birth_span(birth: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Earliest and latest day that an ISO date of day, month or year precision may mean; "" stays ""."""
    length = birth.str.len()
    first = birth.mask(length == 7, birth + "-01").mask(length == 4, birth + "-01-01")
    # "-31" may be no real day: it is only compared as text, never parsed.
    last = birth.mask(length == 7, birth + "-31").mask(length == 4, birth + "-12-31")
    return first, last
