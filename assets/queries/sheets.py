"""The query as a workbook, and the answered workbook back: by number, whatever became of rows and columns.

Here: writing and reading the sheet. Not here: who is on it (`people`), what the answers become (`answers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from assets.queries.rules import Query
from assets.replies.lines import plain
from assets.workbooks.answers import facts_sheet
from assets.workbooks.book import Book, clean, open_book
from assets.workbooks.context import PublishContext
from expectations.life.numbering import GOOD, printed, read
from pipelines.resources.reading import Grid, Reading

NUMBER = "查询编号"
_FIRST_ROW, _HEADING_ROWS = 3, 20


@dataclass(frozen=True)
class Answer:
    """One answered line: the number as read (`state` as in `numbering`), and the cells by heading."""

    row: int
    state: str
    number: str
    cells: dict[str, str]


def write_query(people: pd.DataFrame, query: Query, context: PublishContext, path: Path) -> Path:
    """Write the query; only the configured columns stand in it."""
    with open_book(path, context, query.zh) as book:
        sheet = book.sheet(query.title)
        _head(book, sheet, query, len(people))
        for row, person in enumerate(people.to_dict("records"), start=_FIRST_ROW):
            _line(book, sheet, row, (person, query))
        place = len(query.columns) + 1
        if len(people):
            rule = {"validate": "list", "source": list(query.answers), "error_message": "请从下拉列表中选择"}
            sheet.data_validation(_FIRST_ROW, place, _FIRST_ROW + len(people) - 1, place, rule)
        sheet.freeze_panes(_FIRST_ROW, 2)
        sheet.repeat_rows(_FIRST_ROW - 1)
        sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
        facts_sheet(book, {"tongbi": "query", "period": context.period, "kind": query.code, "recipient": query.zh})
    return path


def _head(book: Book, sheet: Any, query: Query, count: int) -> None:
    context, layout = book.context, book.layout
    sheet.set_row(0, 34)
    sheet.write_string(
        0, 0, clean(f"{context.place}{query.zh}　{context.period_zh()}{query.title}"), book.title(align="left")
    )
    said = f"共 {count} 人。用途：{query.purpose}。请在黄色单元格填写，不必提供其他信息；查询编号请勿改动。含敏感个人信息，用毕销毁。"
    sheet.write_string(1, 0, said, book.style(font_name=layout.fonts.body, font_size=layout.sizes.body))
    headings = [
        (NUMBER, 16.5),
        *((one.zh, one.width) for one in query.columns),
        *((one.zh, one.width) for one in query.asked),
    ]
    for place, (heading, width) in enumerate(headings):
        sheet.set_column(place, place, width)
        sheet.write_string(_FIRST_ROW - 1, place, heading, book.head())


def _line(book: Book, sheet: Any, row: int, what: tuple[dict[Any, Any], Query]) -> None:
    person, query = what
    grey = book.cell(bg_color=book.layout.colours["locked"])
    sheet.write_string(row, 0, printed(str(person["number"]), book.context.period), grey)
    for place, column in enumerate(query.columns, start=1):
        hidden = column.when_missing and person[column.when_missing]
        sheet.write_string(row, place, "" if hidden else clean(str(person[column.value])), grey)
    for place, asked in enumerate(query.asked, start=len(query.columns) + 1):
        form = "yyyy-mm-dd" if "日期" in asked.zh else "@"
        sheet.write_blank(
            row, place, None, book.cell(bg_color=book.layout.colours["open"], locked=False, num_format=form)
        )


def read_answers(reading: Reading, query: Query, period: str) -> list[Answer]:
    """The lines of an answered query, of all its sheets."""
    return [answer for grid in reading.grids for answer in _of_sheet(grid, query, period)]


def _of_sheet(grid: Grid, query: Query, period: str) -> list[Answer]:
    wanted = [NUMBER, *(one.zh for one in query.columns), *(one.zh for one in query.asked)]
    heading, at = _headed(grid, wanted)
    if NUMBER not in at:
        return []
    found = []
    for row in grid.cells.index[grid.cells.index > heading]:
        cells = {name: str(grid.cells.at[row, place]).strip() for name, place in at.items()}
        number = read(cells[NUMBER], [period])
        if number.state == GOOD or cells.get(query.answer_heading):
            found.append(Answer(int(row), number.state, number.finding_id, cells))
    return found


def _headed(grid: Grid, wanted: Sequence[str]) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (0, {})
    for row in grid.cells.index[:_HEADING_ROWS]:
        texts = [plain(str(cell)) for cell in grid.cells.loc[row]]
        at = {name: texts.index(plain(name)) for name in wanted if plain(name) in texts}
        if len(at) > len(best[1]):
            best = (int(row), at)
    return best
