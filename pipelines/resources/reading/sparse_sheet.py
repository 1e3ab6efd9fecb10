"""A sheet under construction, cell by cell, for the formats that we parse ourselves (ods, XML, HTML): spans, hidden parts, strays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.resources.reading.bounds import ParserBounds, extent_of, stray_notice
from pipelines.resources.reading.cells import cut_digits, is_damaged, text_of
from pipelines.resources.reading.refusals import too_big
from pipelines.resources.reading.shapes import Merge, Notice, ParsedSheet


@dataclass
class SparseSheet:
    """Collects what is there; nothing is reserved for what is not. Rows count from 1, columns from 0."""

    name: str
    number: int
    bounds: ParserBounds
    hidden: bool = False
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    damaged: set[tuple[int, int]] = field(default_factory=set)
    merged: list[Merge] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    last_row: int = 0

    def put(self, row: int, column: int, value: Any) -> None:
        """Enters a typed value; empty ones are not kept.

        Raises:
            Refusal: More cells than the limits allow.
        """
        text = value if type(value) is str else text_of(value)
        if text:
            self.texts[row, column] = text
            if is_damaged(value):
                self.damaged.add((row, column))
            if len(self.texts) > self.bounds.cells:
                raise too_big("单元格数", f"{len(self.texts)}个", f"{self.bounds.cells}个")

    def put_number(self, row: int, column: int, written: str) -> None:
        """Enters a number as it is written in the file; text that is no number stays what it is."""
        try:
            value = float(written)
        except ValueError:
            self.put(row, column, written)
            return
        self.put(row, column, value)
        # As written and not by way of the float, whose last digits are not the file's (rules/packages.md#p2).
        digits = written.strip().removesuffix(".0")
        if (row, column) in self.damaged and digits.isdigit():
            self.texts[row, column] = cut_digits(digits)

    def merge(self, row: int, column: int, height: int, width: int) -> None:
        """Notes a merged range by its top left cell and its size."""
        if height > 1 or width > 1:
            self.merged.append((row, column, row + height - 1, column + width - 1))

    def hide_rows(self, row: int, count: int) -> None:
        """Notes hidden rows; a block that reaches to the end of the sheet says nothing beyond the data."""
        self.hidden_rows += range(row, row + min(count, self.bounds.gap))

    def hide_columns(self, column: int, count: int) -> None:
        """Notes hidden columns, likewise."""
        self.hidden_columns += range(column, column + min(count, self.bounds.gap))

    def finish(self) -> tuple[ParsedSheet, list[Notice]]:
        """The sheet and the remarks on cells astray.

        Raises:
            Refusal: Cells too far out, or too many.
        """
        extent = extent_of(((row, column + 1) for row, column in self.texts), self.number, self.bounds)
        columns = [[""] * extent.last_row for _ in range(extent.last_column)]
        for (row, column), text in self.texts.items():
            if row <= extent.last_row and column < extent.last_column:
                columns[column][row - 1] = text
        damaged = {cell for cell in self.damaged if cell[0] <= extent.last_row and cell[1] < extent.last_column}
        sheet = ParsedSheet(self.name, self.number, columns, self.hidden, damaged, self.merged)
        sheet.hidden_rows, sheet.hidden_columns = self.hidden_rows, self.hidden_columns
        return sheet, stray_notice(self.name, self.number, extent.strays)
