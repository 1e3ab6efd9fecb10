"""OpenDocument tables (ods) to sheets, inside the child process. Formulas are their stored values."""

from __future__ import annotations

import zipfile
from typing import Any

from lxml import etree

from pipelines.resources.reading.bounds import ParserBounds
from pipelines.resources.reading.refusals import refusal
from pipelines.resources.reading.shapes import Notice, Parsed, ParsedSheet
from pipelines.resources.reading.sparse_sheet import SparseSheet
from pipelines.resources.reading.zip_guard import check_parts

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_REPEAT_WITH_CONTENT = 10_000
"""A filled row repeated more often than this is an attack or an accident; empty repetitions are only counted."""


def parse_ods(archive: zipfile.ZipFile, bounds: ParserBounds) -> Parsed:
    """Reads every table of an OpenDocument file.

    Raises:
        Refusal: Encrypted, hostile, too large or broken XML.
    """
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise refusal("password")
    check_parts(archive, skip=set())
    builder = _Builder(bounds)
    with archive.open("content.xml") as stream:
        tags = [f"{_TABLE}{name}" for name in ("table", "table-row", "table-column")] + [f"{_STYLE}style"]
        parser = etree.iterparse(
            stream, ("start", "end"), tag=tags, resolve_entities=False, no_network=True, huge_tree=True
        )
        for event, node in parser:
            builder.take(event, node)
    return Parsed("ods", builder.sheets, notices=builder.notices)


class _Builder:
    def __init__(self, bounds: ParserBounds) -> None:
        self.bounds = bounds
        self.sheets: list[ParsedSheet] = []
        self.notices: list[Notice] = []
        self._hidden_styles: set[str] = set()
        self._sheet: SparseSheet | None = None
        self._row = self._column = 1

    def take(self, event: str, node: Any) -> None:
        if node.tag == f"{_STYLE}style":
            if event == "end" and any(child.get(f"{_TABLE}display") == "false" for child in node):
                self._hidden_styles.add(node.get(f"{_STYLE}name", ""))
        elif node.tag == f"{_TABLE}table":
            self._table(event, node)
        elif event == "end" and self._sheet:
            if node.tag == f"{_TABLE}table-row":
                self._take_row(self._sheet, node)
            else:
                count = int(node.get(f"{_TABLE}number-columns-repeated", 1))
                if _hidden(node):
                    self._sheet.hide_columns(self._column, count)
                self._column += count
            node.clear()  # the tree of a whole sheet would take many times the memory of its texts

    def _table(self, event: str, node: Any) -> None:
        if event == "start":
            # A hidden sheet says so in its style only, and styles stand before the sheets.
            hidden = node.get(f"{_TABLE}style-name") in self._hidden_styles
            self._sheet = SparseSheet(node.get(f"{_TABLE}name", ""), len(self.sheets) + 1, self.bounds, hidden)
            self._row, self._column = 1, 0
        elif self._sheet:
            sheet, notices = self._sheet.finish()
            self.sheets.append(sheet)
            self.notices += notices
            self._sheet = None
            node.clear()

    def _take_row(self, sheet: SparseSheet, node: Any) -> None:
        count = int(node.get(f"{_TABLE}number-rows-repeated", 1))
        if _hidden(node):
            sheet.hide_rows(self._row, count)
        cells = list(_filled(node))
        # An empty row is repeated to the end of the sheet, a million times: it is only counted.
        for row in range(self._row, self._row + min(count, _REPEAT_WITH_CONTENT) if cells else self._row):
            for column, cell in cells:
                _put(sheet, row, column, cell)
        self._row += count


def _hidden(node: Any) -> bool:
    return node.get(f"{_TABLE}visibility") in ("collapse", "filter")


def _filled(row: Any) -> Any:
    """Column and cell of what holds something; a covered cell counts as a column, too."""
    column = 0
    for cell in row:
        if cell.tag not in _CELLS:
            continue
        count = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if len(cell) or cell.get(f"{_OFFICE}value-type"):
            yield from ((at, cell) for at in range(column, column + min(count, _REPEAT_WITH_CONTENT)))
        column += count


def _put(sheet: SparseSheet, row: int, column: int, cell: Any) -> None:
    kind = cell.get(f"{_OFFICE}value-type", "")
    height = int(cell.get(f"{_TABLE}number-rows-spanned", 1))
    sheet.merge(row, column, height, int(cell.get(f"{_TABLE}number-columns-spanned", 1)))
    if kind in ("float", "currency", "percentage"):
        sheet.put_number(row, column, cell.get(f"{_OFFICE}value", ""))
    elif kind == "date":
        sheet.put(row, column, cell.get(f"{_OFFICE}date-value", "").removesuffix("T00:00:00").replace("T", " "))
    elif kind == "boolean":
        sheet.put(row, column, cell.get(f"{_OFFICE}boolean-value", "").upper())
    else:
        text = "\n".join(_plain(part) for part in cell.iterchildren(f"{_TEXT}p"))
        # A formula that failed shows its error as text; there is no value in it.
        failed = text.startswith(("#", "Err:")) and cell.get(f"{_TABLE}formula")
        sheet.put(row, column, "" if failed else text)


def _plain(part: Any) -> str:
    """The text of a paragraph; runs of spaces, tabs and line breaks are elements of their own in this format."""
    text = part.text or ""
    for child in part:
        if child.tag == f"{_TEXT}s":
            text += " " * int(child.get(f"{_TEXT}c", 1))
        elif child.tag == f"{_TEXT}tab":
            text += "\t"
        elif child.tag == f"{_TEXT}line-break":
            text += "\n"
        elif child.tag == f"{_OFFICE}annotation":
            pass
        else:
            text += _plain(child)
        text += child.tail or ""
    return text
