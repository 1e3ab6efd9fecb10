"""One sheet on its way to raw rows: the record that carries it, merged cells filled down, and the frame itself.

Belongs here: shapes. Does not belong here: decisions about headings, kinds or refusals.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assets.intake.layout import Heading
from assets.intake.mapping import Mapping, Surroundings
from assets.intake.notices import DeliveredFile, GridLike, IntakeNotice, SheetReport


@dataclass(frozen=True)
class TabulatedSheet:
    """One sheet while it is being read; `reason` says why it was not taken ("" when it was)."""

    grid: GridLike
    heading: Heading | None = None
    mapping: Mapping | None = None
    around: Surroundings | None = None
    cells: pd.DataFrame = field(default_factory=pd.DataFrame)
    kinds: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    names: list[str] = field(default_factory=list)
    damaged: dict[int, str] = field(default_factory=dict)
    report: SheetReport = field(default_factory=lambda: SheetReport("", 0, "", 0, {}, [], 0))
    notices: list[IntakeNotice] = field(default_factory=list)
    missing: list[list[str]] = field(default_factory=list)
    rival: str = ""
    reason: str = ""
    other_kind: bool = False


def damaged_cells(grid: GridLike) -> dict[int, str]:
    """`;`-joined positions of number-typed cells of 16 and more digits, by row number (rules/files.md#ff14)."""
    columns_of: dict[int, list[int]] = {}
    for row, column in sorted(grid.damaged):
        columns_of.setdefault(int(row), []).append(int(column))
    return {row: ";".join(str(column) for column in columns) for row, columns in columns_of.items()}


def fill_down(grid: GridLike, start: int) -> tuple[pd.DataFrame, int]:
    """The rows from position `start` on, vertically merged cells filled down; and how many cells were filled."""
    body = grid.cells.iloc[start:]
    # Ranges of one column only: what spans several columns is a title or a remark, and no cell's value.
    ranges = [each for each in grid.merged if each[2] > each[0] and each[1] == each[3]]
    ranges = [each for each in ranges if len(body) and each[0] >= int(body.index[0])]
    if not ranges:
        return body, 0
    body = body.copy()
    values = body.to_numpy(dtype=object)
    positions = {int(row): position for position, row in enumerate(body.index)}
    count = 0
    for row0, column, row1, _column1 in ranges:
        top = positions.get(row0)
        for row in range(row0 + 1, row1 + 1):
            below = positions.get(row)
            # A cell that holds something under a merged range was hidden, not shared: it stays its own.
            if top is not None and below is not None and values[below, column] == "":
                values[below, column] = values[top, column]
                count += 1
    return pd.DataFrame(values, index=body.index, columns=body.columns), count


def raw_rows(sheets: list[TabulatedSheet], code: str, source: DeliveredFile) -> pd.DataFrame:
    """The raw frame of one file from its sheets (docs/data-shapes.md section 2); `code` is the department's two letters.

    A sheet without its own heading gets one more row, numbered 0 and of kind `heading`: no physical row, never counted.
    """
    width = max((sheet.cells.shape[1] for sheet in sheets), default=0)
    frames = [_sheet_rows(sheet, width, code, source) for sheet in sheets if len(sheet.cells)]
    raw = pd.concat(frames, ignore_index=True)
    raw["row"] = raw["row"].astype("int32")
    raw["sheet_no"] = raw["sheet_no"].astype("int32")
    return raw


def _sheet_rows(sheet: TabulatedSheet, width: int, code: str, source: DeliveredFile) -> pd.DataFrame:
    values = sheet.cells.to_numpy(dtype=object)
    numbers = [int(row) for row in sheet.cells.index]
    kinds = list(sheet.kinds)
    if sheet.heading is not None and not sheet.reason:
        names = np.array([(sheet.names + [""] * values.shape[1])[: values.shape[1]]], dtype=object)
        if sheet.heading.last >= 0:
            values = values.copy()
            values[sheet.heading.last] = names[0]
        else:
            values, numbers, kinds = np.vstack([names, values]), [0, *numbers], ["heading", *kinds]
    # By the content and not by the file's name: the same file, renamed or delivered again, has the same records.
    prefix = f"{code}-{source.sha256[:10]}-{sheet.grid.number}-"
    frame = pd.DataFrame(
        {
            "record_id": [f"{prefix}{row}" for row in numbers],
            "delivery_id": source.delivery_id,
            "file": source.file,
            "sheet": sheet.grid.sheet,
            "sheet_no": sheet.grid.number,
            "row": numbers,
            "kind": kinds,
            "damaged": [sheet.damaged.get(row, "") for row in numbers],
        }
    )
    cells = pd.DataFrame(values, columns=[f"c{position:03d}" for position in range(values.shape[1])])
    for position in range(values.shape[1], width):
        cells[f"c{position:03d}"] = ""
    return pd.concat([frame, cells], axis=1)
