"""Modern workbooks (xlsx, xlsm) to sheets, inside the child process. Macros and formulas are never run: a formula is its stored value."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from pipelines.resources.reading.bounds import Bounds, Extent, check_size, extent_of, stray_notice
from pipelines.resources.reading.cells import cut_digits, text_of_column
from pipelines.resources.reading.shapes import WARN, Cell, Notice, Parsed, Sheet
from pipelines.resources.reading.sniff import zip_container
from pipelines.resources.reading.xlsx_scan import SheetScan, filled_cells, scan_sheet, sheet_parts, without_cells
from pipelines.resources.reading.zip_guard import check_parts, chunks

_MACROS = "文件带有宏，宏没有运行，只读取了数据。"


def parse_xlsx(data: bytes, archive: zipfile.ZipFile, bounds: Bounds) -> Parsed:
    """Reads every tab of a workbook.

    Args:
        data: The file.
        archive: The same, opened; its sizes are checked already.
        bounds: What it may cost.

    Raises:
        Refusal: Too far out, too large or hostile.
        zipfile.BadZipFile, CalamineError: Damaged.
    """
    container = zip_container(archive)
    parts = sheet_parts(archive)
    scans = [scan_sheet(archive, part) if part else SheetScan(part) for part in parts]
    check_parts(archive, skip=set(parts))
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = [meta.name for meta in book.sheets_metadata]
    extents = [_extent(archive, scan, name, bounds) for scan, name in zip(scans, names, strict=True)]
    strays = {scan: extent.strays for scan, extent in zip(parts, extents, strict=True) if extent.strays}
    if strays:
        prefixes = {scan.part: scan.prefix for scan in scans}
        book = CalamineWorkbook.from_filelike(_copy_without(archive, strays, prefixes))
    notices = [Notice("macros", WARN, "", 0, 0, _MACROS)] if container == "xlsm" else []
    for name, extent in zip(names, extents, strict=True):
        notices += stray_notice(name, extent.strays)
    sheets = [
        _sheet(book.get_sheet_by_index(index), meta, index + 1, scans[index])
        for index, meta in enumerate(book.sheets_metadata)
        if meta.typ == SheetTypeEnum.WorkSheet
    ]
    return Parsed(container, sheets, notices=notices)


def _extent(archive: zipfile.ZipFile, scan: SheetScan, name: str, bounds: Bounds) -> Extent:
    if scan.is_sparse(bounds.gap):
        extent = extent_of(filled_cells(b"".join(chunks(archive, scan.part)), scan.prefix), name, bounds)
        if extent.last_row:
            return extent
    check_size(scan.last_row, scan.last_column, bounds)
    return Extent(scan.last_row, scan.last_column, [])


def _copy_without(archive: zipfile.ZipFile, strays: dict[str, list[Cell]], prefixes: dict[str, bytes]) -> io.BytesIO:
    """The same workbook without its stray cells, so that the one reader with the one way of typing cells can read it."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
        for name in archive.namelist():
            content = archive.read(name)
            target.writestr(
                name, without_cells(content, prefixes[name], set(strays[name])) if name in strays else content
            )
    copy.seek(0)
    return copy


def _sheet(sheet: CalamineSheet, meta: SheetMetadata, number: int, scan: SheetScan) -> Sheet:
    result = typed_sheet(meta.name, number, sheet.to_python(skip_empty_area=False))
    result.hidden = meta.visible != SheetVisibleEnum.Visible
    result.merged = [(r0 + 1, c0, r1 + 1, c1) for (r0, c0), (r1, c1) in sheet.merged_cell_ranges or []]
    result.hidden_rows, result.hidden_columns = scan.hidden_rows, scan.hidden_columns
    for (row, column), digits in scan.long_numbers.items():
        if (row, column) in result.damaged:
            result.columns[column][row - 1] = cut_digits(digits)
    return result


def typed_sheet(name: str, number: int, rows: list[list[Any]]) -> Sheet:
    """A sheet from equally long rows of typed cells, the first of them row 1."""
    damaged: set[Cell] = set()
    columns = [text_of_column(column, position, damaged) for position, column in enumerate(zip(*rows, strict=True))]
    return Sheet(name, number, columns, damaged=damaged)
