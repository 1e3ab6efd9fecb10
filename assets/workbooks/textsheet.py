"""A worksheet that writes many text cells quickly.

Here: the three inner steps of xlsxwriter that are replaced, because a county's workbooks are
700,000 text cells and nothing else
(measured: half of the time of the general path). Numbers, dates and merged cells still take the general path.
Not here: what is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import CellBlankTuple, CellStringTuple, Worksheet


class TextSheet(Worksheet):  # type: ignore[misc]
    """A worksheet for many texts.

    Shared strings and blanks are put out without the general path's checks for formulas, dates and
    links.
    """

    def write_texts(self, row: int, column: int, values: Sequence[str], style: Any) -> None:
        """Write a column of clean texts (`book.clean`) downwards in one format, from a cell on."""
        index, table = self.str_table._get_shared_string_index, self.table
        for place, value in enumerate(values, start=row):
            table[place][column] = CellStringTuple(index(value), style)
        self._reach(row, column, len(values))

    def write_blanks(self, row: int, column: int, count: int, style: Any) -> None:
        """Write empty formatted cells downwards."""
        for place in range(row, row + count):
            self.table[place][column] = CellBlankTuple(style)
        self._reach(row, column, count)

    def write_row_of_texts(self, row: int, values: Sequence[str], style: Any, blank: bool) -> None:
        """Write a row of texts in one format from its first cell on; empty ones as formatted cells or not at all."""
        index, cells, empty = self.str_table._get_shared_string_index, self.table[row], CellBlankTuple(style)
        for column, value in enumerate(values):
            if len(value) > LONG:
                self.write_string(row, column, value, style)
            elif value:
                cells[column] = CellStringTuple(index(value), style)
            elif blank:
                cells[column] = empty
        if cells:
            self._reach(row, min(cells), 1)
            self._reach(row, max(cells), 1)

    def _reach(self, row: int, column: int, count: int) -> None:
        """Tell the sheet how far its cells go."""
        if self._check_dimensions(row, column) or self._check_dimensions(row + count - 1, column):
            raise ValueError("清单行数超过一张工作表能容纳的行数（1048576 行）")

    def _calculate_spans(self) -> None:
        # The attribute is optional in the format, and reckoning it looks at every cell once more.
        self.row_spans: dict[int, str] = {}

    def _write_rows(self) -> None:
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            cells, about = self.table.get(row), self.row_info.get(row)
            if cells:
                self._write_row(row, None, about)
                self._write_cells(row, cells)
                self._xml_end_tag("row")
            elif about is not None or row in self.comments:
                self._write_empty_row(row, None, about)

    def _write_cells(self, row: int, cells: dict[int, Any]) -> None:
        """The cells of a row from left to right."""
        for column in sorted(cells):
            cell, kind = cells[column], type(cells[column])
            if cell.format is None or kind not in (CellStringTuple, CellBlankTuple):
                self._write_cell(row, column, cell)
                continue
            start = f'<c r="{xl_rowcol_to_cell_fast(row, column)}" s="{cell.format._get_xf_index()}"'
            self.fh.write(f'{start} t="s"><v>{cell.string}</v></c>' if kind is CellStringTuple else f"{start}/>")


LONG = 16_000
"""Characters from which on the general path looks whether a cell can hold them (32,767 at most)."""
