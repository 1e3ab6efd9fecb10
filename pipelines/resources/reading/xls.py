"""Old workbooks (xls, BIFF) to sheets, inside the child process: calamine, and xlrd where calamine gives up."""

from __future__ import annotations

import io
from datetime import time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipelines.resources.reading.biff import BiffSheet, hidden_parts, is_locked, open_stream
from pipelines.resources.reading.bounds import ParserBounds, extent_of, stray_notice
from pipelines.resources.reading.refusals import refusal
from pipelines.resources.reading.shapes import Notice, Parsed, ParsedSheet
from pipelines.resources.reading.xlsx import typed_sheet


def parse_xls(data: bytes, bounds: ParserBounds) -> Parsed:
    """Reads every tab of an old workbook.

    Raises:
        Refusal: Locked, cut off, or no workbook at all.
    """
    stream = open_stream(data)
    if is_locked(stream):
        raise refusal("password")
    sheets = by_calamine(data) or by_xlrd(data)
    if sheets is None:
        raise refusal("truncated")
    hidden = hidden_parts(stream)
    notices: list[Notice] = []
    for sheet in sheets:
        tab = hidden[sheet.number - 1] if sheet.number <= len(hidden) else BiffSheet()
        sheet.hidden_rows, sheet.hidden_columns = tab.hidden_rows, tab.hidden_columns
        # Only now: in this format a sheet ends at column 256 and row 65,536, so the reader can have reserved it whole.
        filled = [(row, at) for at, column in enumerate(sheet.columns, 1) for row, text in enumerate(column, 1) if text]
        extent = extent_of(filled, sheet.number, bounds)
        sheet.columns = [column[: extent.last_row] for column in sheet.columns[: extent.last_column]]
        notices += stray_notice(sheet.name, sheet.number, extent.strays)
    return Parsed("xls", sheets, notices=notices)


def by_calamine(data: bytes) -> list[ParsedSheet] | None:
    """The tabs by the faster reader; None where it gives up."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = []
        for index, meta in enumerate(book.sheets_metadata):
            if meta.typ == SheetTypeEnum.WorkSheet:
                source = book.get_sheet_by_index(index)
                sheet = typed_sheet(meta.name, index + 1, source.to_python(skip_empty_area=False))
                sheet.hidden = meta.visible != SheetVisibleEnum.Visible
                sheet.merged = [(r0 + 1, c0, r1 + 1, c1) for (r0, c0), (r1, c1) in source.merged_cell_ranges or []]
                sheets.append(sheet)
    except CalamineError:
        return None
    return sheets


def by_xlrd(data: bytes) -> list[ParsedSheet] | None:
    """The tabs by the slower reader, which gets further with a broken file; None where it gives up, too."""
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
        sheets = []
        for number, source in enumerate(book.sheets(), 1):
            rows = [[_xlrd_value(cell, book.datemode) for cell in source.row(at)] for at in range(source.nrows)]
            width = max(map(len, rows), default=0)
            sheet = typed_sheet(source.name, number, [row + [""] * (width - len(row)) for row in rows])
            sheet.hidden = bool(source.visibility)
            sheet.merged = [(r0 + 1, c0, r1, c1 - 1) for r0, r1, c0, c1 in source.merged_cells]
            sheets.append(sheet)
    except Exception:
        # xlrd meets broken files with whatever its arithmetic runs into: struct.error, AssertionError, IndexError, ...
        return None
    return sheets


def _xlrd_value(cell: Any, datemode: int) -> Any:
    """The value as calamine types it, so that a file reads the same whichever of the two has read it."""
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate_as_datetime(cell.value, datemode)
        except (ValueError, OverflowError):
            return cell.value
        return moment if cell.value >= 1 else time() if cell.value == 0 else moment.time()
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return "" if cell.ctype in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else cell.value
