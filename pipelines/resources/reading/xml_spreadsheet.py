"""XML Spreadsheet 2003 (often named `.xls`) to sheets, inside the child process. Other XML is refused."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from pipelines.resources.reading.bounds import ParserBounds
from pipelines.resources.reading.refusals import not_a_table, refusal
from pipelines.resources.reading.shapes import Parsed
from pipelines.resources.reading.sparse_sheet import SparseSheet

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"


def is_xml_spreadsheet(head: str) -> bool:
    """Whether the first few kilobytes are those of an XML Spreadsheet."""
    return "urn:schemas-microsoft-com:office:spreadsheet" in head and re.search(r"<(\w+:)?Workbook\b", head) is not None


def parse_xml_spreadsheet(text: str, bounds: ParserBounds) -> Parsed:
    """Reads every worksheet.

    Raises:
        Refusal: The file breaks off, defines entities, is other XML, or too large.
    """
    # The text is decoded already, and lxml takes no bytes that declare another encoding than they have.
    bare = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True
    )
    try:
        root = etree.fromstring(bare.encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError:
        raise refusal("truncated" if not re.search(r"Workbook>\s*$", bare) else "damaged_file") from None
    worksheets = list(root.iter(f"{_SS}Worksheet"))
    if not worksheets:
        raise not_a_table("page")
    parsed = Parsed("xmlss", [])
    for number, node in enumerate(worksheets, 1):
        sheet, notices = _worksheet(node, number, bounds).finish()
        parsed.sheets.append(sheet)
        parsed.notices += notices
    return parsed


def _worksheet(node: Any, number: int, bounds: ParserBounds) -> SparseSheet:
    sheet = SparseSheet(node.get(f"{_SS}Name", ""), number, bounds)
    visible = node.findtext(f".//{_EXCEL}Visible", "")
    sheet.hidden = visible.startswith("SheetHidden") or visible == "SheetVeryHidden"
    table = node.find(f"{_SS}Table")
    if table is None:
        return sheet
    column = 0
    for definition in table.iterchildren(f"{_SS}Column"):
        column = int(definition.get(f"{_SS}Index", column + 1))
        span = int(definition.get(f"{_SS}Span", 0))
        if _hidden(definition):
            sheet.hide_columns(column - 1, span + 1)
        column += span

    row = 0
    for line in table.iterchildren(f"{_SS}Row"):
        row = int(line.get(f"{_SS}Index", row + 1))
        span = int(line.get(f"{_SS}Span", 0))
        if _hidden(line):
            sheet.hide_rows(row, span + 1)
        _row(line, row, sheet)
        row += span
    return sheet


def _hidden(node: Any) -> bool:
    return bool(node.get(f"{_SS}Hidden") == "1")


def _row(line: Any, row: int, sheet: SparseSheet) -> None:
    column = 0
    # Columns (from 1) that a range merged downwards from an earlier row covers here: the format leaves those cells out.
    covered = sorted((c0 + 1, c1 + 1) for r0, c0, r1, c1 in sheet.merged[-200:] if r0 < row <= r1)
    for cell in line.iterchildren(f"{_SS}Cell"):
        index = int(cell.get(f"{_SS}Index", 0))
        if not index:
            index = column + 1
            for first, last in covered:
                if first <= index <= last:
                    index = last + 1
        column = index
        across, down = int(cell.get(f"{_SS}MergeAcross", 0)), int(cell.get(f"{_SS}MergeDown", 0))
        sheet.merge(row, column - 1, down + 1, across + 1)
        data = cell.find(f"{_SS}Data")
        if data is not None:
            _put(sheet, row, column - 1, data)
        column += across


def _put(sheet: SparseSheet, row: int, column: int, data: Any) -> None:
    kind, text = data.get(f"{_SS}Type", "String"), "".join(data.itertext())
    if kind == "Number":
        sheet.put_number(row, column, text)
    elif kind == "DateTime":
        # A time alone is written as a time of the day before the first one.
        day, _, clock = text.removesuffix("Z").partition("T")
        clock = clock.removesuffix(".000")
        sheet.put(row, column, day if clock in ("", "00:00:00") else clock if day == "1899-12-31" else f"{day} {clock}")
    elif kind == "Boolean":
        sheet.put(row, column, "TRUE" if text.strip() == "1" else "FALSE")
    elif kind != "Error":
        sheet.put(row, column, text)
