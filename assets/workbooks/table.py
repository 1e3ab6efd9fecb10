"""A plain table on its own sheet: title, headings, texts and numbers, an optional row of totals.

Here: the look of the summary's tables. Not here: their figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assets.workbooks.book import Book, clean
from assets.workbooks.heights import row_height, rows_needed
from expectations.lists.knowledge import CANNOT, HELD, NOT_COMPUTED

Cell = str | int
HEAD_ROW, FIRST_ROW = 2, 3


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A table of the summary.

    Attributes:
        sheet: name of the sheet.
        title: printed above.
        headings: with `widths` in characters, one each.
        rows: texts and whole numbers.
        total: the last row is a total.
        kept: columns that stay in view.
        note: printed below the title behind the period; empty = "internal".
    """

    sheet: str
    title: str
    headings: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[Cell]]
    total: bool = False
    kept: int = 0
    note: str = ""

    def write(self, book: Book) -> None:
        """Write the sheet, locked but filterable."""
        sheet, context, layout = book.sheet(self.sheet), book.context, book.layout
        office = f"　　制表：{context.office}" if context.office else ""
        # On paper it is out of reach of whoever could rewrite the database and its key.
        head = f"　　审计校验码 {context.audit_head}" if context.audit_head else ""
        about = self.note or f"内部版本{office}{head}"
        note = f"{context.period_zh()}　　数据截至 {context.as_of.isoformat()}　　{about}"
        note_style = book.style(font_name=layout.fonts.body, font_size=layout.sizes.body)
        sheet.set_row(0, 34)
        sheet.set_row(1, 22)
        # Not merged: the frozen columns would cut a centred title in two when the sheet is scrolled.
        sheet.write_string(0, 0, clean(self.title), book.title(align="left"))
        sheet.write_string(1, 0, clean(note), note_style)

        sheet.set_row(HEAD_ROW, 32)
        for place, (heading, size) in enumerate(zip(self.headings, self.widths, strict=True)):
            sheet.set_column(place, place, size)
            sheet.write_string(HEAD_ROW, place, clean(heading), book.head())
        for number, row in enumerate(self.rows):
            self._row(book, sheet, number, row)
        last = FIRST_ROW + len(self.rows) - 1
        sheet.freeze_panes(FIRST_ROW, self.kept)
        sheet.repeat_rows(HEAD_ROW)
        if self.rows:
            # The total stays outside: sorted with the others it would stand in the middle of the table.
            sheet.autofilter(HEAD_ROW, 0, last - int(self.total), len(self.headings) - 1)
        sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})

    def _row(self, book: Book, sheet: Any, number: int, row: Sequence[Cell]) -> None:
        last = self.total and number == len(self.rows) - 1
        needed = [rows_needed(str(value), width) for value, width in zip(row, self.widths, strict=True)]
        sheet.set_row(FIRST_ROW + number, row_height(max(needed), book.layout.sizes.body) + 4)
        look: dict[str, Any] = {"bold": True, "bg_color": book.layout.colours["total"]} if last else {}
        for place, value in enumerate(row):
            if isinstance(value, int):
                # Numbers are numbers here, unlike in a list: somebody adds them up. A nought is a stroke, so that what is there stands out.
                style = book.cell(num_format="#,##0;-#,##0;–", align="center", **look)
                sheet.write_number(FIRST_ROW + number, place, value, style)
            else:
                short = value in ("—", NOT_COMPUTED, CANNOT, HELD) or (len(value) <= 6 and value[:1].isdigit())
                style = book.cell(align="center" if short else "left", **look)
                sheet.write_string(FIRST_ROW + number, place, clean(value), style)
