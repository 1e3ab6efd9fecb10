"""The shape of coverage: what is handed on to lists, lives, workbooks, reports and the gate (docs/data-shapes.md section 5a).

Belongs here: types and column names. Does not belong here: how they are worked out (`units`, `fields`, `carrying`).
"""

from dataclasses import dataclass, field, fields

import pandas as pd

from expectations.lists.columns import no_rows

WHOLE, HOLE, SMALL, CONFIRMED = "whole", "hole", "small", "confirmed"
"""States of a unit: nothing speaks against it; far too few of its children came; too few children to tell; a person confirmed that it is all."""

SOURCE, FILE, COUNTY, TOWN, SCHOOL, GRADE, STAGE, AGE = (
    "source",
    "file",
    "county",
    "town",
    "school",
    "grade",
    "stage",
    "age",
)
"""Dimensions of units, from the whole of a source down."""

KEPT, KNOWN_ELSEWHERE = "kept", "elsewhere"
"""What a share is of: the children whom the source itself had before; the children whom other sources place there."""

UNIT_COLUMNS = [
    *("source", "basis", "dimension", "unit", "rows", "rows_before", "asked", "seen", "share", "expected", "tail"),
    *("state", "because"),
]
FIELD_COLUMNS = ["source", "file", "field", "rows", "filled", "share", "share_before", "lost", "state", "because"]
UNSEEN_COLUMNS = ["child_id", "source", "because"]


@dataclass(frozen=True)
class Coverage:
    """What a period's deliveries could have shown.

    Attributes:
        units: one row per source, basis, dimension and unit (`UNIT_COLUMNS`); `because` is a Chinese sentence for a hole, else "".
        fields: one row per source, file and field that lists rest on (`FIELD_COLUMNS`); `lost` counts the children whose earlier value is gone.
        unseen: children who are not in a source that could not have shown them (`UNSEEN_COLUMNS`); whoever is in it is not here.
        carried: earlier records that the source did not cover this time, in the columns of the child files' records.
        refilled: `record_id, field, value`: cells of this period that are blank because their column told nothing, with what was there before.
    """

    units: pd.DataFrame
    fields: pd.DataFrame
    unseen: pd.DataFrame
    carried: pd.DataFrame
    refilled: pd.DataFrame

    @classmethod
    def complete(cls) -> "Coverage":
        """Where nothing is missing."""
        return cls(
            *(
                no_rows(names)
                for names in (
                    UNIT_COLUMNS,
                    FIELD_COLUMNS,
                    UNSEEN_COLUMNS,
                    ["record_id"],
                    ["record_id", "field", "value"],
                )
            )
        )

    def holes(self) -> pd.DataFrame:
        """The units that are holes, the widest dimension first."""
        return self.units[self.units["state"] == HOLE]

    def lost_fields(self) -> pd.DataFrame:
        """The fields that told something before and do not now."""
        return self.fields[self.fields["state"] == HOLE]


COVERAGE_PARTS = [part.name for part in fields(Coverage)]
"""The frames of a coverage by name, in their order."""


@dataclass(frozen=True)
class Past:
    """What was known before this delivery: the period before and the edition that is replaced.

    Attributes:
        records: records of children as the child files held them, each record once, with what was carried then; `child_id` is today's number.
        units: the units judged then.
        sources: departments and `department.layout` that came then.
    """

    records: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"child_id": pd.Series(dtype=object)}))
    units: pd.DataFrame = field(default_factory=lambda: no_rows(UNIT_COLUMNS))
    sources: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether this is the first delivery of all."""
        return not len(self.records)
