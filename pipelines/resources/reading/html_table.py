"""Web pages with tables (often named `.xls`) to sheets, inside the child process: one sheet per table that holds no other table."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from pipelines.resources.reading.bounds import ParserBounds
from pipelines.resources.reading.refusals import not_a_table, too_big
from pipelines.resources.reading.shapes import WARN, Notice, Parsed
from pipelines.resources.reading.sparse_sheet import SparseSheet

_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?([Ee][+-]?\d+)?$")
_LARGEST_SPAN = 1000
_EXCEL_NAMES = re.compile(r"<x:Name>([^<]*)</x:Name>")


def parse_html(text: str, bounds: ParserBounds) -> Parsed:
    """Reads the tables of a page; a table alone is the sheet `""`, several are named by Excel's own list, their caption or their number.

    Raises:
        Refusal: There is no table, or more in it than the limits allow.
    """
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    # The text is decoded already: a declaration of another encoding would have lxml decode it once more.
    page = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "replace"), parser)
    if page is None:
        raise not_a_table("page")
    # A table around tables is there for the look of the page and holds no rows of its own.
    tables = [
        table for table in page.iter("table") if table.find(".//table") is None and table.find(".//tr") is not None
    ]
    if not tables:
        raise not_a_table("page")
    parsed = Parsed("html", [])
    names = _EXCEL_NAMES.findall(text) if len(tables) > 1 else []
    for number, table in enumerate(tables, 1):
        name = _name(table, number, names) if len(tables) > 1 else ""
        sheet, notices = _filled(SparseSheet(name, number, bounds), table).finish()
        parsed.sheets.append(sheet)
        parsed.notices += notices
    if not re.search(r"</table\s*>", text[-20_000:], re.IGNORECASE):
        message, advice = "网页表格没有结束标记，文件可能没有导出完。", "请核对总行数，必要时重新导出。"
        parsed.notices.append(Notice("cut_table", WARN, "", parsed.sheets[-1].height, 0, message, advice))
    return parsed


def _name(table: Any, number: int, names: list[str]) -> str:
    caption = table.find("caption")
    title = "" if caption is None else _text(caption)
    return names[number - 1] if len(names) >= number else title or f"表{number}"


def _filled(sheet: SparseSheet, table: Any) -> SparseSheet:
    at = 0
    for node in table.iter("col"):
        count = _span(node, "span")
        if _hidden(node):
            sheet.hide_columns(at, count)
        at += count

    covered: dict[int, int] = {}  # column → last row that a span from above covers
    for row, node in enumerate(table.iter("tr"), 1):
        if _hidden(node):
            sheet.hide_rows(row, 1)
        column = 0
        for cell in node.iterchildren("td", "th"):
            while covered.get(column, 0) >= row:
                column += 1
            if column >= sheet.bounds.columns:
                # Spans of spans would go on for as many columns as there are cells, and be looked through in every row.
                raise too_big("列数", f"{column + 1}列", f"{sheet.bounds.columns}列")
            height, width = _span(cell, "rowspan"), _span(cell, "colspan")
            number, text = cell.get("x:num") or cell.get("sdval"), _text(cell)
            if number and _NUMBER.match(text) and cell.get("x:str") is None:
                # A page saved by a spreadsheet keeps the number itself beside the text it shows, which may be 4.1E+17.
                # A date keeps its serial number there, and what it shows is better.
                sheet.put_number(row, column, number)
            else:
                sheet.put(row, column, text)
            sheet.merge(row, column, height, width)
            if height > 1:
                covered.update(dict.fromkeys(range(column, column + width), row + height - 1))
            column += width
    return sheet


def _hidden(node: Any) -> bool:
    return bool(_NOT_SHOWN.search(node.get("style", ""))) or node.get("hidden") is not None


def _span(cell: Any, name: str) -> int:
    written = cell.get(name)
    if written is None:
        return 1
    # People write `colspan="100%"` and `colspan="0"`; a browser takes such a cell for one column.
    written = written.strip()
    return min(int(written), _LARGEST_SPAN) if written.isdecimal() and int(written) else 1


def _text(node: Any) -> str:
    """The text as a browser shows it: runs of spaces are one, `<br>` and paragraphs break the line, `&nbsp;` alone is nothing."""
    if not len(node):
        return _SPACES.sub(" ", node.text or "").strip(" \xa0")
    pieces: list[str] = []
    _collect(node, pieces)
    lines = (_SPACES.sub(" ", line).strip(" \xa0") for line in "".join(pieces).split("\x00"))
    return "\n".join(lines).strip("\n")


def _collect(node: Any, pieces: list[str]) -> None:
    pieces.append(node.text or "")
    for child in node:
        # What is no element (a comment, an entity) has a function for a tag.
        if isinstance(child, etree._Element) and isinstance(child.tag, str) and child.tag not in ("script", "style"):
            if child.tag in ("br", "p", "div"):
                pieces.append("\x00")
            if not _hidden(child):
                _collect(child, pieces)
        pieces.append(child.tail or "")
