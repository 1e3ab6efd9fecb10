"""The demo's returned workbooks as files: read what went out, fill it in, save it the way people save things.

No chance here and no answers: those are `replies`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from demo_county.formats.biff import write_xls
from demo_county.formats.text import write_csv
from demo_county.sheets import DemoSheet

_NUMBER, _ANSWER, _DAY, _BY, _NOTE = "线索编号", "核查结果", "核查日期", "核查人", "说明"
# What somebody who makes his own table of it leaves out.
_DROPPED = {"把握程度", "政策依据", "重点群体", "相近记录(已比对未采信)"}


@dataclass(frozen=True)
class Filled:
    """What stands in the yellow cells of a line; `number` when the number itself was changed."""

    answer: str
    day: str
    by: str
    note: str
    number: str = ""

    def with_answer(self, answer: str) -> Filled:
        """The same with other words."""
        return replace(self, answer=answer)

    def with_day(self, day: str) -> Filled:
        """The same with another date."""
        return replace(self, day=day)

    def with_number(self, number: str) -> Filled:
        """The same on a line whose number was changed."""
        return replace(self, number=number)


@dataclass
class SentWorkbook:
    """A workbook that went out: its recipient, its lists as tables (heading row first), the numbers on them."""

    path: Path
    recipient: str
    tables: dict[str, list[list[str]]]

    @property
    def numbers(self) -> list[str]:
        """Every line's number, in the order of the sheets."""
        return [row[0] for table in self.tables.values() for row in table[1:]]


def books_of(folder: Path, departments: Collection[str]) -> list[SentWorkbook]:
    """The workbooks of every township and of the departments that answer, those without lines left out."""
    paths = sorted((folder / "乡镇").glob("*.xlsx"))
    paths += [path for path in sorted((folder / "部门").glob("*.xlsx")) if path.name.partition("_")[0] in departments]
    books = [SentWorkbook(path, path.name.partition("_")[0], _tables(path)) for path in paths]
    return [book for book in books if book.numbers]


def _tables(path: Path) -> dict[str, list[list[str]]]:
    from python_calamine import CalamineWorkbook

    book, tables = CalamineWorkbook.from_path(str(path)), {}
    for name in book.sheet_names:
        rows = [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        head = next((place for place, row in enumerate(rows) if row and row[0] == _NUMBER), None)
        if head is not None:
            tables[name] = rows[head:]
    return tables


def write_edited(book: SentWorkbook, filled: Mapping[str, Filled], path: Path) -> None:
    """The workbook itself, its yellow cells filled in."""
    from openpyxl import load_workbook

    # The file itself, not its content written anew: hidden sheet, locks and drop-downs come back as they went out.
    workbook = load_workbook(book.path)
    for name in book.tables:
        sheet: Any = workbook[name]
        head = next(row for row in sheet.iter_rows(max_row=10) if row[0].value == _NUMBER)
        at = {str(cell.value): cell.column for cell in head}
        for row in range(head[0].row + 1, sheet.max_row + 1):
            cells = filled.get(str(sheet.cell(row, 1).value))
            if cells is None:
                continue
            for heading, value in _values(cells).items():
                sheet.cell(row, at[heading]).value = value or None
            if cells.number:
                sheet.cell(row, 1).value = cells.number
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)


def _values(cells: Filled) -> dict[str, str]:
    return {_ANSWER: cells.answer, _DAY: cells.day, _BY: cells.by, _NOTE: cells.note}


def write_csv_copy(book: SentWorkbook, filled: Mapping[str, Filled], path: Path) -> None:
    """All lists in one table of the person's own, last line first, some columns left out, saved as GB18030 text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_csv(path, _own_table(book, filled, "汇总"), "gb18030")


def write_xls_copy(book: SentWorkbook, filled: Mapping[str, Filled], path: Path) -> None:
    """The same as an old workbook; the hidden sheet is lost."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_xls(path, [_own_table(book, filled, "Sheet1")])


def _own_table(book: SentWorkbook, filled: Mapping[str, Filled], name: str) -> DemoSheet:
    heads = list(dict.fromkeys(head for table in book.tables.values() for head in table[0] if head not in _DROPPED))
    rows = []
    for table in book.tables.values():
        for values in table[1:]:
            row = dict(zip(table[0], values, strict=False))
            if cells := filled.get(row[_NUMBER]):
                row = {**row, **_values(cells), _NUMBER: cells.number or row[_NUMBER]}
            rows.append(row)
    sheet = DemoSheet(name)
    sheet.rows = [["序号", *heads]]
    for place, row in enumerate(reversed(rows), 1):
        sheet.rows.append([place, *(row.get(head, "") for head in heads)])
    return sheet
