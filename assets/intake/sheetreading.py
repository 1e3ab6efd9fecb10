"""The reading of a sheet's columns, derived once where the delivery is read and kept beside its raw rows.

Belongs here: the record, its frame, and by what it was read. Not here: deriving it (`mapping`), where its frame lies
(`assets.receiving.kept_readings`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from assets.intake.contract import Contract, load_dictionary
from assets.intake.headings import Target
from assets.intake.mapping import Mapping, SheetColumn, Surroundings

RULES = 1
"""Counts up with every change of `headings`, `mapping` or `profile`: what was kept under another number is derived anew."""
# Of the code that the number stands for. Too many readings derived anew cost seconds; one that was kept by other rules would be believed.
RULES_DIGEST = "d11aefd1a69912b4"
COLUMNS = ["delivery_id", "file", "sheet_no", "sheet", "titles", "layout", "columns", "read_by"]


@dataclass(frozen=True)
class SheetReading:
    """What was understood of one sheet's columns, and of which sheet of which delivery."""

    delivery_id: str
    sheet_no: int
    around: Surroundings
    mapping: Mapping

    def is_of(self, delivery_id: str, headings: Sequence[str]) -> bool:
        """Whether this is the reading of that delivery's sheet with those headings.

        A piece without a heading takes that of another file, so the same content may come under other headings (rules/files.md#ff10).
        """
        return self.delivery_id == delivery_id and _filled(headings) == _filled(
            [column.heading for column in self.mapping.columns]
        )


def readings_frame(readings: Sequence[SheetReading], contract: Contract) -> pd.DataFrame:
    """The readings as a frame, one row per sheet; it holds headings and titles as written, so it lies where raw rows lie."""
    rows = []
    for reading in readings:
        around, mapping = reading.around, reading.mapping
        columns = [[each.heading, each.target.field, each.target.person, each.target.role] for each in mapping.columns]
        written = json.dumps(columns, ensure_ascii=False)
        place = [reading.delivery_id, around.file, reading.sheet_no, around.sheet, around.titles]
        rows.append([*place, mapping.layout.name, written, _read_by(contract, around.as_of)])
    return pd.DataFrame(rows, columns=COLUMNS)


def readings_from(frame: pd.DataFrame, contract: Contract, as_of: date) -> list[SheetReading]:
    """The readings of a frame that were made by this contract, as of this day and by today's rules; the others are stale."""
    valid = frame[frame["read_by"] == _read_by(contract, as_of)]
    readings = []
    for row in valid[COLUMNS].to_numpy():
        cells = dict(zip(COLUMNS, row, strict=True))
        columns = [
            SheetColumn(position, heading, Target(field, person, role))
            for position, (heading, field, person, role) in enumerate(json.loads(str(cells["columns"])))
        ]
        # The day is not kept: it is part of `read_by`, so that every row that is left was read as of this one.
        around = Surroundings(str(cells["file"]), str(cells["sheet"]), str(cells["titles"]), as_of)
        mapping = Mapping(contract.layout(str(cells["layout"])), columns)
        readings.append(SheetReading(str(cells["delivery_id"]), int(str(cells["sheet_no"])), around, mapping))
    return readings


def _read_by(contract: Contract, as_of: date) -> str:
    """Everything but the sheet that a reading rests on, as 16 hex digits: a changed alias gives another one."""
    # The contents and not the files' times: a copied workspace, or a new version with the same headings, keeps its readings.
    rests_on = [str(RULES), contract.model_dump_json(), load_dictionary().model_dump_json(), as_of.isoformat()]
    # A sign that no YAML text holds stands between the parts: none of them can run into the next.
    return hashlib.sha256("\x1f".join(rests_on).encode()).hexdigest()[:16]


def _filled(headings: Sequence[str]) -> list[str]:
    """Without the empty headings on the right, which a wider neighbour adds."""
    last = max((place for place, heading in enumerate(headings) if heading), default=-1)
    return list(headings[: last + 1])
