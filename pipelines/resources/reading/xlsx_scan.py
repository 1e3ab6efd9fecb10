"""A first, quick look through the sheets of an xlsx file, as bytes: how far cells reach, what is hidden, which long numbers stand there.

The reader that follows reserves the whole rectangle of a sheet and aborts the process when that is too large, so this must come first.
No cell is turned into a value here.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from pipelines.resources.reading.bounds import ParserBounds, column_number
from pipelines.resources.reading.shapes import Cell
from pipelines.resources.reading.zip_guard import chunks

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_TRUE = rb'"(?:1|true)"'
_HIDDEN = re.compile(rb"\bhidden=" + _TRUE)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_ROW_NUMBER = re.compile(rb'\br="([0-9]{1,7})"')
_COLUMN_RANGE = re.compile(rb'\b(min|max)="([0-9]{1,6})"')


@dataclass(eq=False)
class SheetScan:
    """What the look through one sheet saw; rows from 1, columns from 1 where not said otherwise."""

    name: str
    part: str
    number: int = 0
    """Its place in the file, from 1."""
    prefix: bytes = b""
    last_row: int = 0
    last_column: int = 0
    rows: int = 0
    """Row elements with cells: what the file really spends on rows."""
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    """From 0."""
    long_numbers: dict[Cell, str] = field(default_factory=dict)
    """Digits of whole numbers of 16 or more, as written in the file; `(row, column from 0)`."""

    def is_sparse(self, bounds: ParserBounds) -> bool:
        """Whether cells seem to lie far outside the table, so that each needs a look."""
        far = self.last_row > 2 * self.rows + bounds.gap or self.last_column > bounds.gap
        return far or self.last_row * self.last_column > bounds.cells


def sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Name and part of the workbook's tabs in their order; the part is `""` where a tab has none."""
    book = "xl/workbook.xml"
    for node in ElementTree.fromstring(_read(archive, "_rels/.rels")):
        if node.get("Type", "").endswith("/officeDocument"):
            book = posixpath.normpath(node.get("Target", "")).lstrip("/")
            break
    relations: dict[str | None, str] = {}
    folder, name = posixpath.split(book)
    for node in ElementTree.fromstring(_read(archive, f"{folder}/_rels/{name}.rels".lstrip("/"))):
        relations[node.get("Id")] = posixpath.normpath(posixpath.join("/", folder, node.get("Target", ""))).lstrip("/")
    parts = []
    for node in ElementTree.fromstring(_read(archive, book)).iter():
        if node.tag.rpartition("}")[2] == "sheet":
            part = relations.get(node.get(_RELATION) or node.get(_STRICT_RELATION), "")
            parts.append((node.get("name", ""), part if part in archive.namelist() else ""))
    return parts


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    return b"".join(chunks(archive, name))


def scan_sheet(archive: zipfile.ZipFile, name: str, part: str) -> SheetScan:
    """Looks through one sheet; about a second for 100 MB of XML, a third of it unpacking.

    Raises:
        Refusal: The part holds a document type definition.
        zipfile.BadZipFile: The part is damaged.
    """
    scan = SheetScan(name, part)
    if not part:
        return scan
    pending, close = b"", b"</row>"
    for number, chunk in enumerate(chunks(archive, part)):
        pending += chunk
        if number == 0:
            # Programs that write XML by a library give every element a prefix of their own: `<x:row>`.
            root = re.search(rb"<([A-Za-z0-9_]+:)?worksheet\b", pending)
            scan.prefix = (root and root[1]) or b""
            close = b"</" + scan.prefix + b"row>"
            _scan_columns(pending, scan)
        rows, closed, rest = pending.rpartition(close)
        if closed:
            _scan_rows(rows, close, scan)
            pending = rest
    if b"hidden" in pending:
        _scan_hidden_rows(pending, scan)
    return scan


def _scan_columns(head: bytes, scan: SheetScan) -> None:
    for tag in re.findall(rb"<" + scan.prefix + rb"col\b[^>]*>", head.partition(b"<" + scan.prefix + b"sheetData")[0]):
        if _HIDDEN.search(tag):
            ends = {key: int(value) for key, value in _COLUMN_RANGE.findall(tag)}
            # Hiding "all columns from here on" reaches to the last column of the sheet; beyond the data it says nothing.
            scan.hidden_columns += range(ends.get(b"min", 1) - 1, min(ends.get(b"max", 0), 1024))


def _scan_rows(xml: bytes, close: bytes, scan: SheetScan) -> None:
    """A stretch of XML that ends with the content of a row. Per row only the last cell is looked at: the rest would cost seconds."""
    opening = b"<" + scan.prefix + b"row"
    rows = xml.split(close)
    scan.rows += len(rows)
    letters = set()
    for row in rows:
        reference = _REFERENCE.match(row, row.rfind(b' r="') + 1)
        letters.add(reference[1] if reference else b"")
    numbers = (_ROW_NUMBER.search(row, row.rfind(opening)) for row in reversed(rows[-50:]))
    scan.last_row = max([scan.rows, scan.last_row, *(int(number[1]) for number in numbers if number)])
    scan.last_column = max([scan.last_column, *(column_number(column.decode()) for column in letters)])
    # References are optional in this format: without them a cell's place is its place among its row's cells.
    if b"" in letters:
        scan.last_column = max(scan.last_column, *(row.count(b"<" + scan.prefix + b"c") for row in rows))
    if b"hidden" in xml:
        _scan_hidden_rows(xml, scan)
    number = re.compile(rb"<" + scan.prefix + rb"v>([0-9]{16,25})<")
    if not number.search(xml):
        return
    for attributes, content in cell_pattern(scan.prefix).findall(xml):
        reference, digits = _REFERENCE.search(attributes), number.search(content)
        # Another type than a number: the digits are the place of a text, or a text that stands in the cell.
        if reference and digits and (b' t="' not in attributes or b' t="n"' in attributes):
            scan.long_numbers[int(reference[2]), column_number(reference[1].decode()) - 1] = digits[1].decode()


def _scan_hidden_rows(xml: bytes, scan: SheetScan) -> None:
    for tag in re.findall(rb"<" + scan.prefix + rb"row\b[^>]*>", xml):
        number = _ROW_NUMBER.search(tag)
        if number and _HIDDEN.search(tag):
            scan.hidden_rows.append(int(number[1]))


def cell_pattern(prefix: bytes) -> re.Pattern[bytes]:
    """Matches one cell of a sheet's XML: group 1 its attributes, group 2 its content (None for a self-closing one)."""
    return re.compile(rb"<%sc\b([^>]*?)(?:/>|>(.*?)</%sc>)" % (prefix, prefix), re.DOTALL)


def filled_cells(xml: bytes, prefix: bytes) -> Iterator[Cell]:
    """`(row, column)` from 1 of every cell that holds something, for sheets whose first look was alarming."""
    for attributes, content in cell_pattern(prefix).findall(xml):
        reference = _REFERENCE.search(attributes)
        if content and reference:
            yield int(reference[2]), column_number(reference[1].decode())


def without_cells(xml: bytes, prefix: bytes, strays: set[Cell]) -> bytes:
    """The sheet's XML without these cells."""

    def keep(cell: re.Match[bytes]) -> bytes:
        reference = _REFERENCE.search(cell[1])
        stray = reference and (int(reference[2]), column_number(reference[1].decode())) in strays
        return b"" if stray else cell[0]

    return cell_pattern(prefix).sub(keep, xml)
