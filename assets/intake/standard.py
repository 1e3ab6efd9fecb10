"""Raw rows to standard records and quarantine (docs/data-shapes.md section 3).

Belongs here: the order of the steps and the frames that come out. Does not belong here: any single rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from assets.intake import judge, numbers
from assets.intake.context import Context
from assets.intake.contract import Contract, load_fields
from assets.intake.facts import complete
from assets.intake.gather import BASE, SheetRows, cell_columns, gather, sheets
from assets.intake.sentences import issue, place_sentence
from assets.intake.sheetreading import SheetReading
from assets.intake.values import Remarks, read_values
from matching.model import default_model

EXTRAS = [
    "name_raw", "name_note", "name_unreadable", "id_no_raw", "id_no_status", "id_no_birth", "id_no_sex",
    "birth_date_raw", "birth_precision", "student_no_kind", "student_no_id", "disability_no_id",
    "live_town", "live_village", "hukou_town", "hukou_village", "hukou_county", "live_county", "stated_county",
    "layout", "issues",
]  # fmt: skip
STANDARD = ["record_id", "period", "department", "delivery_id", "file", "sheet", "row", *load_fields(), *EXTRAS]
QUARANTINE = [
    "record_id", "delivery_id", "file", "sheet", "row", "code", "field", "heading", "column", "message",
    "advice", "cells",
]  # fmt: skip


@dataclass(frozen=True)
class Standardised:
    """Every data row of the raw frame in exactly one of the three.

    Attributes:
        accepted: standard records, columns `STANDARD`.
        quarantine: rows that cannot be used, columns `QUARANTINE`.
        set_aside: rows that are no child's (`record_id, delivery_id, file, sheet, row, code`), counted only.
    """

    accepted: pd.DataFrame
    quarantine: pd.DataFrame
    set_aside: pd.DataFrame


def standardise(
    raw: pd.DataFrame, readings: Iterable[SheetReading], contract: Contract, context: Context
) -> Standardised:
    """Read every data row of `raw` into our fields and codes.

    Args:
        raw: files of one department, concatenated (docs/data-shapes.md section 2).
        readings: what was understood of their columns.
        contract: the department's contract.
        context: the period and the county's places.

    Raises:
        AssertionError: a data row would be lost or counted twice.
    """
    raw = raw.reset_index(drop=True)
    columns = cell_columns(raw)
    for column in columns:
        if raw[column].hasnans:  # files of different width, concatenated
            raw[column] = raw[column].fillna("")
    sheets_read = list(sheets(raw, readings)) if len(raw) else []
    parts = [gather(sheet, contract) for sheet in sheets_read]
    parts = [part for part in parts if len(part)]
    if not parts:
        return Standardised(pd.DataFrame(columns=STANDARD), pd.DataFrame(columns=QUARANTINE), _set_aside(None))
    rows = pd.concat(parts) if len(parts) > 1 else parts[0]
    remarks = Remarks(rows.index)
    frame = read_values(rows, contract.department, context, remarks)
    complete(frame)
    limits = pd.to_numeric(rows["layout"].map(contract.age_limits), errors="coerce")
    child = rows["subject"] == "child"
    numbers.settle(frame, limits.notna(), context, remarks, child)
    if contract.numbers_are_truth:
        numbers.tell_birth_and_sex(frame)
    # Ages are asked of children only: a child worker or a parent is of age, and that is no fault of the row.
    frame = pd.concat([rows[[*BASE, "layout"]], frame, judge.ages(frame, context.as_of).where(child)], axis=1)
    remarks.add(rows["shift"] == "realigned", "realigned")
    judge.oddities(frame, contract, context, remarks)
    again, copies = _alike(raw, rows, sheets_read)
    remarks.add(again, "duplicate_row")
    codes = judge.unusable(frame, rows["shift"])
    aside = judge.age_code(frame, limits) & (codes == "")
    # Asked of the department and not of the linkage: it would make one child of them, or as many as there are rows.
    crowd = judge.too_many_alike(frame, copies, default_model().decide.cluster_limit)
    codes[crowd & (codes == "") & ~aside] = "many_alike"
    frame["period"], frame["department"], frame["issues"] = context.period, contract.department, remarks.joined()
    keep = (codes == "") & ~aside
    # More than a hundred columns are not copied where every row stays.
    accepted = frame[STANDARD] if keep.all() else frame.loc[keep, STANDARD]
    accepted.index = pd.RangeIndex(len(accepted))
    done = Standardised(
        accepted=accepted,
        quarantine=_quarantine(raw.loc[codes.index[codes != ""]], codes[codes != ""], sheets_read),
        set_aside=_set_aside(frame.loc[aside]),
    )
    total = len(done.accepted) + len(done.quarantine) + len(done.set_aside)
    if total != int((raw["kind"] == "data").sum()):
        raise AssertionError(f"数据行 {int((raw['kind'] == 'data').sum())} 行，读出 {total} 行：有行丢失或重复")
    return done


def _alike(raw: pd.DataFrame, rows: pd.DataFrame, sheets_read: list[SheetRows]) -> tuple[pd.Series, pd.Series]:
    """Rows that repeat an earlier row of their file in every cell but the running number; and how many rows of the department hold
    the same cells, in whichever file.
    """
    again, copies = pd.Series(False, index=rows.index), pd.Series(1, index=rows.index)
    # Whoever agrees in all cells agrees in these three: only such rows are compared whole.
    alike = rows.duplicated(["name", "id_no", "birth_date"], keep=False)
    if not alike.any():
        return again, copies
    at = rows.index[alike]
    cells = raw.loc[at, cell_columns(raw)]
    for sheet in sheets_read:
        position = sheet.mapping.sequence
        if position is not None:
            cells.loc[sheet.data.index.intersection(at), f"c{position:03d}"] = ""
    again[at] = cells.assign(file=raw.loc[at, "file"]).duplicated(keep="first")
    same = cells[cells.duplicated(keep=False)]
    if len(same):
        copies[same.index] = same.groupby(list(same.columns), sort=False)[same.columns[0]].transform("size")
    return again, copies


def _quarantine(rows: pd.DataFrame, codes: pd.Series, sheets_read: list[SheetRows]) -> pd.DataFrame:
    if rows.empty:
        return pd.DataFrame(columns=QUARANTINE)
    sheet_of = {index: sheet for sheet in sheets_read for index in sheet.data.index.intersection(rows.index)}
    columns = cell_columns(rows)
    records = []
    for (index, row), code in zip(rows.iterrows(), codes.astype(str), strict=True):
        spec = issue(code)
        mapping = sheet_of[index].mapping
        at = next(iter(mapping.positions(spec.field)), None)
        heading = mapping.columns[at].heading if at is not None else ""
        records.append(
            [
                *(row[name] for name in ("record_id", "delivery_id", "file", "sheet", "row")),
                *(code, spec.field, heading, at + 1 if at is not None else 0),
                place_sentence(row, spec.field, at, spec.zh),
                f"{spec.advice}。",
                # As they came: what is wrong with the row may be in a cell that nobody reads.
                json.dumps([row[name] for name in columns], ensure_ascii=False),
            ]
        )
    return pd.DataFrame(records, columns=QUARANTINE)


def _set_aside(frame: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["record_id", "delivery_id", "file", "sheet", "row", "code"]
    if frame is None:
        return pd.DataFrame(columns=columns)
    return frame.assign(code="over_age")[columns].reset_index(drop=True)
