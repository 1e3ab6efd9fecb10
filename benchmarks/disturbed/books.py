"""A delivered file as sheets of rows that know where they stood, so that rows and columns can be taken out and the truth follows.

Workbooks (xlsx) and text (commas or tabs, any encoding of the departments). Belongs here: reading, cutting, writing. Does not belong here:
what a column means (`inbox`), what is cut and why (`disturbances`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

Cell = Any
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column; from 0."""
_WORKBOOK = b"PK\x03\x04"
_OTHERS = (b"\xd0\xcf\x11\xe0", b"<")
_ENCODINGS = ("utf-8-sig", "gb18030")


class UnreadableBookError(ValueError):
    """A container that this harness cannot write again."""


@dataclass
class Written:
    """A cell's value, and how the workbook shows it."""

    value: Cell = None
    shown: str = "General"


@dataclass
class BookSheet:
    """One sheet; `origins` says for every row where it stood, counted from 1 as a person does (0: nowhere)."""

    name: str
    rows: list[list[Written]]
    merges: list[Merge] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    origins: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.origins:
            self.origins = list(range(1, len(self.rows) + 1))

    def keep_rows(self, wanted: Callable[[int], bool]) -> int:
        """Leave only the rows of which `wanted` says so (asked with the number under which a person sees them now).

        Returns:
            How many rows went.
        """
        before = len(self.rows)
        kept = [place for place in range(before) if wanted(place + 1)]
        self._hand_down(kept)
        self.order(kept)
        return before - len(kept)

    def leave_out(self, gone: Collection[int]) -> int:
        """Leave out the rows with these numbers; returns how many went."""
        return self.keep_rows(lambda row: row not in gone)

    def order(self, places: list[int]) -> None:
        """The rows at these places (from 0), in this order; merges are kept where their rows stay side by side."""
        now = {place: new for new, place in enumerate(places)}
        merges = []
        for top, left, bottom, right in self.merges:
            rows = sorted(now[row] for row in range(top, bottom + 1) if row in now)
            if rows and rows[-1] - rows[0] == len(rows) - 1 and (len(rows) > 1 or right > left):
                merges.append((rows[0], left, rows[-1], right))
        self.rows = [self.rows[place] for place in places]
        self.origins = [self.origins[place] for place in places]
        self.hidden = {now[place] for place in self.hidden if place in now}
        self.merges = merges

    def _hand_down(self, kept: list[int]) -> None:
        """A merged cell's text stands in its first row: where that goes, the next one of it takes the text."""
        stays = set(kept)
        for top, left, bottom, _ in self.merges:
            first = next((row for row in range(top, bottom + 1) if row in stays), top)
            if first != top and left < len(self.rows[top]):
                self.rows[first] = _padded(self.rows[first], left + 1)
                self.rows[first][left] = self.rows[top][left]

    def drop_columns(self, columns: Collection[int]) -> None:
        """Take columns out, headings and all."""
        width = max((len(row) for row in self.rows), default=0)
        kept = [column for column in range(width) if column not in columns]
        now = {column: new for new, column in enumerate(kept)}
        merges = []
        for top, left, bottom, right in self.merges:
            whole = [now[column] for column in range(left, right + 1) if column in now]
            if whole and left not in now:  # the text of a heading over several columns
                for row in self.rows[top : top + 1]:
                    row[:] = _padded(row, right + 1)
                    row[kept[whole[0]]] = row[left]
            if whole and (len(whole) > 1 or bottom > top):
                merges.append((top, whole[0], bottom, whole[-1]))
        self.rows = [[row[column] for column in kept if column < len(row)] for row in self.rows]
        self.merges = merges

    def put(self, row: int, column: int, value: Cell) -> None:
        """Write a value into a cell (row as a person counts, column from 0)."""
        self.rows[row - 1] = _padded(self.rows[row - 1], column + 1)
        self.rows[row - 1][column] = Written(value)

    def text(self, row: int, column: int) -> str:
        """What stands in a cell, "" where there is none."""
        cells = self.rows[row - 1]
        value = cells[column].value if column < len(cells) else None
        return "" if value is None else str(value)


@dataclass
class SheetBook:
    """A file: its sheets, and for text how it was written."""

    sheets: list[BookSheet]
    encoding: str = ""
    delimiter: str = ","

    @property
    def is_text(self) -> bool:
        """Whether it is text and no workbook; its only sheet has no name."""
        return bool(self.encoding)


def read_book(path: Path) -> SheetBook:
    """Read a file.

    Raises:
        UnreadableBookError: it is neither xlsx nor text.
    """
    content = path.read_bytes()
    if content.startswith(_WORKBOOK):
        return SheetBook([_sheet_of(page) for page in openpyxl.load_workbook(path).worksheets])
    if content.lstrip().startswith(_OTHERS):
        raise UnreadableBookError(path.name)
    text, encoding = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    if delimiter == "\t":
        lines = [line.split("\t") for line in text.splitlines()]
    else:
        lines = list(csv.reader(io.StringIO(text, newline="")))
    return SheetBook([BookSheet("", [[Written(cell) for cell in line] for line in lines])], encoding, delimiter)


def write_book(book: SheetBook, path: Path) -> None:
    """Write a file as it was written before; sheets without rows are left out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if book.is_text:
        path.write_bytes(_encoded(book))
        return
    written = openpyxl.Workbook()
    written.remove(written.active)
    for sheet in book.sheets:
        if sheet.rows:
            _write_sheet(written.create_sheet(sheet.name), sheet)
    written.save(path)


def _sheet_of(page: Any) -> BookSheet:
    rows = [[Written(cell.value, cell.number_format) for cell in row] for row in page.iter_rows()]
    merges = [(box.min_row - 1, box.min_col - 1, box.max_row - 1, box.max_col - 1) for box in page.merged_cells.ranges]
    hidden = {number - 1 for number, shape in page.row_dimensions.items() if shape.hidden}
    return BookSheet(page.title, rows, merges, hidden)


def _write_sheet(page: Any, sheet: BookSheet) -> None:
    for number, row in enumerate(sheet.rows, 1):
        for column, written in enumerate(row, 1):
            if written.value is None:
                continue
            cell = page.cell(number, column, written.value)
            cell.number_format = written.shown
            if isinstance(written.value, str):
                cell.data_type = "s"  # a text that begins with "=" is no formula
    for top, left, bottom, right in sheet.merges:
        page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    for place in sheet.hidden:
        page.row_dimensions[place + 1].hidden = True


def _decoded(content: bytes) -> tuple[str, str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16"), "utf-16"
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        has_mark = content.startswith(b"\xef\xbb\xbf")
        return text, encoding if encoding != "utf-8-sig" or has_mark else "utf-8"
    raise UnreadableBookError("encoding")


def _encoded(book: SheetBook) -> bytes:
    lines = [["" if cell.value is None else str(cell.value) for cell in row] for row in book.sheets[0].rows]
    if book.delimiter == "\t":
        return ("\r\n".join("\t".join(line) for line in lines) + "\r\n").encode(book.encoding, errors="replace")
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode(book.encoding, errors="replace")


def _padded(row: list[Written], width: int) -> list[Written]:
    return [*row, *(Written() for _ in range(width - len(row)))]
