"""The error list: a copy of the department's own file with the offending cells marked and a column 问题说明.

Belongs here: this one workbook. Does not belong here: lists between departments (`assets/workbooks`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from assets.intake.gather import cell_columns, sheets
from assets.intake.mapping import Mapping
from assets.intake.sentences import RowIssue, is_issue, issue
from assets.intake.sheetreading import SheetReading
from assets.intake.standard import Standardised
from assets.workbooks.book import clean
from assets.workbooks.textsheet import LONG, TextSheet

TITLE = "问题说明"
# Not the clock: the same delivery gives the same bytes.
_CREATED = datetime(2020, 1, 1)
NOTE_WIDTH = 60
_SHEET_CHARACTERS = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
# True remarks that the department need not correct in its file.
_QUIET = {"other_county", "adult"}


@dataclass(frozen=True)
class Fault:
    """One sentence about one row; `column` 0-based, None for the row as a whole."""

    spec: RowIssue
    column: int | None
    stop: bool


def write_error_list(
    raw: pd.DataFrame, standardised: Standardised, readings: Sequence[SheetReading], file: str, path: Path
) -> int:
    """Write the marked copy of one file; nothing is written when it has no faults.

    Args:
        raw: the department's raw frame.
        standardised: what came out of it.
        readings: what was understood of its columns.
        file: the file, as in the frame's column `file`.
        path: the workbook to write (`.xlsx`, whatever the input was).

    Returns:
        Number of rows with a remark.
    """
    of_file = raw[raw["file"] == file]
    faults = dict(_faults(of_file, standardised, readings, file))
    if not faults:
        return 0
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": TITLE, "created": _CREATED})
        formats = _formats(book)
        used: set[str] = set()
        # Row 0 is an assumed heading and never was in the file.
        for number, rows in of_file[of_file["row"] > 0].groupby("sheet_no", sort=True):
            name = str(rows["sheet"].iloc[0]) or "数据"
            page = book.add_worksheet(_sheet_name(name, int(str(number)), used), worksheet_class=TextSheet)
            _write_sheet(page, rows, faults, formats)
    return len(faults)


def _faults(
    raw: pd.DataFrame, standardised: Standardised, readings: Sequence[SheetReading], file: str
) -> Iterator[tuple[str, list[Fault]]]:
    """(record_id, faults) of every row that has something to say."""
    mapping_of: dict[str, Mapping] = {}
    for sheet in sheets(raw, readings):
        mapping_of.update(dict.fromkeys(sheet.data["record_id"], sheet.mapping))
    refused = standardised.quarantine[standardised.quarantine["file"] == file]
    columns = ["record_id", "code", "message", "advice", "field"]
    for record, code, message, advice, field in refused[columns].astype(str).itertuples(index=False, name=None):
        # Intake's own sentence, or that of the rule of the suite that the row broke.
        spec = issue(code) if is_issue(code) else RowIssue(zh=message, advice=advice, field=field)
        yield record, [_fault(spec, mapping_of[record], True)]
    accepted = standardised.accepted[(standardised.accepted["file"] == file) & (standardised.accepted["issues"] != "")]
    for record, codes in zip(accepted["record_id"], accepted["issues"], strict=True):
        faults = [_fault(issue(code), mapping_of[record], False) for code in codes.split(";") if code not in _QUIET]
        if faults:
            yield str(record), faults


def _fault(spec: RowIssue, mapping: Mapping, stop: bool) -> Fault:
    return Fault(spec, next(iter(mapping.positions(spec.field)), None), stop)


def _sheet_name(name: str, number: int, used: set[str]) -> str:
    # A workbook takes 31 characters, none of some signs, no apostrophe at an end, and tells no capitals from small letters.
    plain = name.translate(_SHEET_CHARACTERS).strip("'")[:31] or f"第{number}张表"
    if plain.lower() in used:
        plain = f"{plain[:26]}_{number}"
    used.add(plain.lower())
    return plain


def _formats(book: Any) -> dict[str, Any]:
    edge = {"border": 1, "border_color": "#C8C8C8", "num_format": "@", "valign": "vcenter"}
    return {
        "cell": book.add_format(edge),
        "plain": book.add_format({"num_format": "@", "valign": "vcenter"}),
        "heading": book.add_format({**edge, "bold": True, "bg_color": "#E8EEF4", "text_wrap": True, "align": "center"}),
        "warn": book.add_format({**edge, "bg_color": "#FFF2B3"}),
        "stop": book.add_format({**edge, "bg_color": "#F8C8C0"}),
        "text": book.add_format({**edge, "font_color": "#A02010", "text_wrap": True}),
    }


def _writable(cells: Any) -> Any:
    """The cells, those that xlsxwriter would not write as they are cleaned: ready-made rich text, and what is too long."""
    odd = [
        (row, column)
        for row, line in enumerate(cells)
        for column, value in enumerate(line)
        if value[:3] == "<r>" or len(value) > LONG
    ]
    cells = cells.copy() if odd else cells  # they may still be the frame's own
    for place in odd:
        cells[place] = clean(cells[place])
    return cells


def _write_sheet(page: Any, rows: pd.DataFrame, faults: dict[str, list[Fault]], formats: dict[str, Any]) -> None:
    columns = cell_columns(rows)
    # The frame is as wide as the department's widest file: the note goes right beside this sheet's last column.
    used = [column for column in columns if any(rows[column].array)]
    width = columns.index(used[-1]) + 1 if used else 0
    values = _writable(rows[columns[:width]].to_numpy(dtype=object))
    top = lead = 0
    for record, kind, number, line in zip(rows["record_id"], rows["kind"], rows["row"], values, strict=True):
        at = int(number) - 1
        if kind == "heading":
            top = top or at + 1
            # Columns to keep in sight: up to the name, when it stands near the left edge.
            lead = lead or next((position + 1 for position, cell in enumerate(line[:4]) if "姓名" in cell), 0)
            for position, cell in enumerate(line):
                # A flattened two-level heading keeps only its own line's word; the upper line stands above as it came.
                page.write_string(at, position, cell.rpartition(".")[2] or cell, formats["heading"])
            page.write_string(at, width, TITLE, formats["heading"])
            continue
        if kind == "data":
            page.write_row_of_texts(at, line, formats["cell"], blank=True)
        else:
            page.write_row_of_texts(at, line, formats["plain"], blank=False)
        if record in faults:
            _mark(page, at, line, faults[record], formats)
    table = values[rows["kind"].isin(["heading", "data"]).to_numpy()]
    _finish(page, table, width, top, lead)
    if top:
        page.autofilter(top - 1, 0, max(int(rows["row"].max()) - 1, top), width)
    if int(rows["row"].max()) > len(rows):
        page.set_default_row(hide_unused_rows=True)  # only some rows were given: they keep their own numbers


def _mark(page: Any, at: int, line: Any, faults: list[Fault], formats: dict[str, Any]) -> None:
    for fault in faults:
        if fault.column is not None:
            style = formats["stop" if fault.stop else "warn"]
            page.write_string(at, fault.column, line[fault.column], style)
    notes: dict[int, list[str]] = {}
    for fault in faults:
        if fault.column is not None:
            notes.setdefault(fault.column, []).append(f"{fault.spec.zh}。{fault.spec.advice}。")
    for column, sentences in notes.items():
        page.write_comment(at, column, "\n".join(sentences), {"x_scale": 1.6, "author": "童比"})
    lead = "【未采用】" if any(fault.stop for fault in faults) else ""
    text = lead + "；".join(dict.fromkeys(f"{fault.spec.zh}，{fault.spec.advice}" for fault in faults)) + "。"
    page.write_string(at, len(line), text, formats["text"])

    lines = -(-_display(text, 4000) // (NOTE_WIDTH - 2))
    if lines > 1:
        page.set_row(at, 15.5 * lines)


def _finish(page: Any, values: Any, width: int, top: int, lead: int) -> None:
    for position in range(width):
        longest = max((_display(cell) for cell in values[:400, position]), default=8)
        page.set_column(position, position, min(max(longest + 2, 6), 24))
    page.set_column(width, width, NOTE_WIDTH)
    if top:
        page.freeze_panes(top, lead)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(max(top - 1, 0))
    page.set_footer("&L内部资料 注意保密&R第 &P 页，共 &N 页")


def _display(cell: str, most: int = 40) -> int:
    # A Chinese character is as wide as two Latin ones, and column widths count the latter.
    return sum(2 if ord(character) > 255 else 1 for character in cell[:most])
