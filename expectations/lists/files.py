"""The shape of child files, as the lists read them: three frames and the facts of the run.

Belongs here: the type. Not here: how the files are built (`assets.childfile.build`), ages and school years (`ages`), what the lists conclude.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
REGISTER_COUNTY = "register_county"
"""Column of the records: the other county in whose register it stands, "" for the own ones (rules/places-and-people.md#several-counties)."""
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


@dataclass(frozen=True)
class EarlierPeriod:
    """What the register of an earlier period said, as far as lists of a later one ask: only periods for which education delivered.

    Attributes:
        zh: what people read: 2026年第二季度.
        last_day: its last day.
        suspended: child_id of the pupils in 休学.
        transferred: child_id of the pupils in 转出.
    """

    zh: str
    last_day: date
    suspended: frozenset[str]
    transferred: frozenset[str]
