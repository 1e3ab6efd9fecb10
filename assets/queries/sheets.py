"""The query as a workbook, and the answered workbook back: by number, whatever became of rows and columns.

Here: writing and reading the sheet. Not here: who is on it (`people`), what the answers become (`answers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from assets.queries.rules import Query
from assets.replies.lines import plain
from assets.workbooks.answers import facts_sheet
from assets.workbooks.book import clean, open_book
from assets.workbooks.context import PublishContext
from expectations.life.numbering import GOOD, printed, read
from pipelines.resources.reading import Grid, Reading

NUMBER = "查询编号"
_FIRST_ROW, _HEADING_ROWS = 3, 20


@dataclass(frozen=True)
class QueryAnswer:
    """One answered line: the number as read (`state` as in `numbering`), and the cells by heading."""

    row: int
    state: str
    number: str
    cells: dict[str, str]


def write_query(people: pd.DataFrame, query: Query, context: PublishContext, path: Path) -> Path:
    """Write the query; only the configured columns stand in it."""
    with open_book(path, context, query.zh) as book:
        sheet = book.sheet(query.title)
        layout = book.layout
        sheet.set_row(0, 34)
        title = f"{context.place}{query.zh}　{context.period_zh()}{query.title}"
        sheet.write_string(0, 0, clean(title), book.title(align="left"))
        note = f"共 {len(people)} 人。用途：{query.purpose}。请在黄色单元格填写，不必提供其他信息；查询编号请勿改动。含敏感个人信息，用毕销毁。"
        sheet.write_string(1, 0, note, book.style(font_name=layout.fonts.body, font_size=layout.sizes.body))
        columns = [(NUMBER, 16.5), *((column.zh, column.width) for column in query.all_columns)]
        for place, (heading, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(_FIRST_ROW - 1, place, heading, book.head())

        answer_column = len(query.columns) + 1
        grey, colours = book.cell(bg_color=book.layout.colours["locked"]), book.layout.colours
        for row, person in enumerate(people.to_dict("records"), start=_FIRST_ROW):
            sheet.write_string(row, 0, printed(str(person["number"]), context.period), grey)
            for place, column in enumerate(query.columns, start=1):
                # A parent's name only where there is no number: no more goes out than is needed to find the person.
                hidden = column.when_missing and person[column.when_missing]
                sheet.write_string(row, place, "" if hidden else clean(str(person[column.value])), grey)
            for place, asked in enumerate(query.asked, start=answer_column):
                form = "yyyy-mm-dd" if "日期" in asked.zh else "@"
                sheet.write_blank(row, place, None, book.cell(bg_color=colours["open"], locked=False, num_format=form))
        if len(people):
            rule = {"validate": "list", "source": list(query.answers), "error_message": "请从下拉列表中选择"}
            sheet.data_validation(_FIRST_ROW, answer_column, _FIRST_ROW + len(people) - 1, answer_column, rule)
        sheet.freeze_panes(_FIRST_ROW, 2)
        sheet.repeat_rows(_FIRST_ROW - 1)
        sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
        facts_sheet(book, {"tongbi": "query", "period": context.period, "kind": query.code, "recipient": query.zh})
    return path


def read_answers(reading: Reading, query: Query, period: str) -> list[QueryAnswer]:
    """The lines of an answered query, of all its sheets."""
    return [answer for grid in reading.grids for answer in _answers_on(grid, query, period)]


def _answers_on(grid: Grid, query: Query, period: str) -> list[QueryAnswer]:
    heading, places = _heading_row(grid, [NUMBER, *(column.zh for column in query.all_columns)])
    if NUMBER not in places:
        return []
    answers = []
    for row in grid.cells.index[grid.cells.index > heading]:
        cells = {name: str(grid.cells.at[row, place]).strip() for name, place in places.items()}
        number = read(cells[NUMBER], [period])
        # An answer without a number that can be read is kept, so that it is said; a line with neither is no line.
        if number.state == GOOD or cells.get(query.answer_heading):
            answers.append(QueryAnswer(int(row), number.state, number.finding_id, cells))
    return answers


def _heading_row(grid: Grid, headings: Sequence[str]) -> tuple[int, dict[str, int]]:
    """The row that holds most of the headings, and where each stands in it: people put rows above and move columns."""
    best: tuple[int, dict[str, int]] = (0, {})
    for row in grid.cells.index[:_HEADING_ROWS]:
        texts = [plain(str(cell)) for cell in grid.cells.loc[row]]
        places = {name: texts.index(plain(name)) for name in headings if plain(name) in texts}
        if len(places) > len(best[1]):
            best = (int(row), places)
    return best
