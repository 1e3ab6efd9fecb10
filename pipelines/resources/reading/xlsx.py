"""Modern workbooks (xlsx, xlsm) to sheets, inside the child process.

Macros and formulas are never run: a formula is its stored value.
"""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from pipelines.resources.reading.bounds import Extent, ParserBounds, check_size, extent_of, stray_notice
from pipelines.resources.reading.cells import cut_digits, text_of_column
from pipelines.resources.reading.shapes import WARN, Cell, Notice, Parsed, ParsedSheet
from pipelines.resources.reading.sniff import zip_container
from pipelines.resources.reading.xlsx_scan import SheetScan, filled_cells, scan_sheet, sheet_parts, without_cells
from pipelines.resources.reading.zip_guard import check_parts, chunks

_MACROS = "文件带有宏，宏没有运行，只读取了数据。"
_Loaded = list[tuple[SheetMetadata, CalamineSheet | None]]


def parse_xlsx(data: bytes, archive: zipfile.ZipFile, bounds: ParserBounds, careful: bool) -> Parsed:
    """Reads every tab of a workbook.

    Args:
        data: The file.
        archive: The same, opened; its sizes are checked already.
        bounds: What it may cost.
        careful: Look through the sheets before the reader gets them, not beside it. The reader reserves the whole
            rectangle of a sheet and aborts the process where that is too much; the parent then asks again, carefully.

    Raises:
        Refusal: Too far out, too large or hostile.
        zipfile.BadZipFile, CalamineError: Damaged.
    """
    container, loaded = zip_container(archive), None
    if careful:
        scans = _look_through(archive)
    else:
        with ThreadPoolExecutor(1) as beside:
            looking = beside.submit(_look_through, archive)
            loaded = _load(io.BytesIO(data))
            scans = looking.result()
    extents = [_extent(archive, scan, bounds) for scan in scans]
    strays = {scan: extent.strays for scan, extent in zip(scans, extents, strict=True) if extent.strays}
    if strays:
        # Without them for the same reader: a second one would type cells its own way.
        loaded = _load(_copy_without(archive, strays))
    notices = [Notice("macros", WARN, "", 0, 0, _MACROS)] if container == "xlsm" else []
    for scan, cells in strays.items():
        notices += stray_notice(scan.name, scan.number, cells)
    sheets = []
    for number, ((meta, source), scan) in enumerate(zip(loaded or _load(io.BytesIO(data)), scans, strict=True), 1):
        if source is None:
            continue
        # From A1 on, or the row numbers would not be those that a person sees.
        sheet = typed_sheet(meta.name, number, source.to_python(skip_empty_area=False))
        sheet.hidden = meta.visible != SheetVisibleEnum.Visible
        sheet.merged = [(r0 + 1, c0, r1 + 1, c1) for (r0, c0), (r1, c1) in source.merged_cell_ranges or []]
        sheet.hidden_rows, sheet.hidden_columns = scan.hidden_rows, scan.hidden_columns
        for (row, column), digits in scan.long_numbers.items():
            # The reader's float has rounded what the file may still have whole; whether it was a number only the reader knows.
            if (row, column) in sheet.damaged:
                sheet.columns[column][row - 1] = cut_digits(digits)
        sheets.append(sheet)
    return Parsed(container, sheets, notices=notices)


def _look_through(archive: zipfile.ZipFile) -> list[SheetScan]:
    tabs = sheet_parts(archive)
    scans = [scan_sheet(archive, name, part) for name, part in tabs]
    for number, scan in enumerate(scans, 1):
        scan.number = number
    check_parts(archive, skip={part for _, part in tabs})
    return scans


def _load(source: io.BytesIO) -> _Loaded:
    book = CalamineWorkbook.from_filelike(source)
    return [
        (meta, book.get_sheet_by_index(index) if meta.typ == SheetTypeEnum.WorkSheet else None)
        for index, meta in enumerate(book.sheets_metadata)
    ]


def _extent(archive: zipfile.ZipFile, scan: SheetScan, bounds: ParserBounds) -> Extent:
    """How far the table reaches; only a sheet that looks sparse has each of its cells looked at, which takes seconds."""
    if scan.is_sparse(bounds):
        extent = extent_of(filled_cells(b"".join(chunks(archive, scan.part)), scan.prefix), scan.number, bounds)
        if extent.last_row:
            return extent
    check_size(scan.last_row, scan.last_column, bounds)
    return Extent(scan.last_row, scan.last_column, [])


def _copy_without(archive: zipfile.ZipFile, strays: dict[SheetScan, list[Cell]]) -> io.BytesIO:
    """The same workbook without its stray cells."""
    copy, scans = io.BytesIO(), {scan.part: scan for scan in strays}
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
        for name in archive.namelist():
            content = archive.read(name)
            if name in scans:
                content = without_cells(content, scans[name].prefix, set(strays[scans[name]]))
            target.writestr(name, content)
    copy.seek(0)
    return copy


def typed_sheet(name: str, number: int, rows: list[list[Any]]) -> ParsedSheet:
    """A sheet from equally long rows of typed cells, the first of them row 1."""
    damaged: set[Cell] = set()
    columns = [text_of_column(column, position, damaged) for position, column in enumerate(zip(*rows, strict=True))]
    return ParsedSheet(name, number, columns, damaged=damaged)
