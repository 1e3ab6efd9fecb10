"""One list on one sheet: title, headings, grey locked lines, yellow cells to fill in.

Here: where everything stands and how it behaves (freeze, filter, dropdown, protection, print). Not
here: which lines and columns (`routing.py`).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from assets.workbooks.answers import range_name
from assets.workbooks.book import Book, clean
from assets.workbooks.heights import row_height
from assets.workbooks.layout import AnswerColumn
from assets.workbooks.routing import ListPart

TITLE_ROW, NOTE_ROW, HEAD_ROW, FIRST_ROW = 0, 1, 2, 3
KEPT_IN_VIEW = "name"
# Excel still asks for unlocked cells when it sorts: the sheet 说明 says how to lift the protection,
# which has no password.
ALLOWED = {
    "autofilter": True,
    "sort": True,
    "format_columns": True,
    "format_rows": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}


def add_list_sheet(book: Book, part: ListPart) -> None:
    """Write one list; the caller leaves out lists without lines."""
    sheet = book.sheet(f"{part.info.code}{part.info.short}")
    width = len(part.cells) + len(book.layout.answers)
    _head(book, sheet, part, width)
    _lines(book, sheet, part)
    _answer_cells(book, sheet, part)
    last = FIRST_ROW + part.count - 1
    names = list(part.cells)
    kept = names.index(KEPT_IN_VIEW) + 1 if KEPT_IN_VIEW in names else 1
    sheet.freeze_panes(FIRST_ROW, kept)
    sheet.autofilter(HEAD_ROW, 0, last, width - 1)
    sheet.repeat_rows(HEAD_ROW)
    sheet.print_area(0, 0, last, width - 1)
    sheet.protect("", ALLOWED)


def _head(book: Book, sheet: Any, part: ListPart, width: int) -> None:
    """Title, a line that says period, recipient, number, who answers by when; headings and widths."""
    context, info, layout = book.context, part.info, book.layout
    sheet.set_row(TITLE_ROW, 34)
    sheet.set_row(NOTE_ROW, 22)
    # The text goes behind the merge: `merge_range` guesses what a text means, and people's words are written by `write_string` alone.
    sheet.merge_range(TITLE_ROW, 0, TITLE_ROW, width - 1, "", book.title())
    sheet.write_string(TITLE_ROW, 0, clean(f"{context.place}{book.recipient}　{info.name}核查清单"), book.title())
    known = context.knowledge(info.code)
    facts = [
        f"比对期次：{context.period_zh()}（数据截至{context.as_of.isoformat()}）",
        f"本期下发 {part.count} 条",
        f"另有 {known.hidden} 名儿童无法比对，见说明" if known.hidden else "",
        f"制表：{context.office}" if context.office else "",
        f"答复单位：{info.owner}" if info.owner else "",
        f"答复时限：{info.due}" if info.due else "",
        "请填写黄色单元格，灰色部分请勿改动",
    ]
    style = book.style(font_name=layout.fonts.body, font_size=layout.sizes.body, align="center")
    sheet.merge_range(NOTE_ROW, 0, NOTE_ROW, width - 1, "", style)
    sheet.write_string(NOTE_ROW, 0, clean("　　".join(fact for fact in facts if fact)), style)
    sheet.set_row(HEAD_ROW, 34)
    for place, name in enumerate(part.cells):
        column = layout.columns[name]
        sheet.set_column(place, place, column.width)
        sheet.write_string(HEAD_ROW, place, column.zh, book.head())
    for place, answer in enumerate(layout.answers, start=len(part.cells)):
        sheet.set_column(place, place, answer.width)
        sheet.write_string(HEAD_ROW, place, answer.zh, book.head(bold=True))


def _lines(book: Book, sheet: Any, part: ListPart) -> None:
    """The grey cells, texts only, and the height of every line."""
    layout = book.layout
    for place, (name, values) in enumerate(part.cells.items()):
        if name == "grade":
            # Cell by cell, for each grade has its colour; every other column is one format from top to bottom.
            colours = layout.colours
            tints = {value: colours.get(value, colours["locked"]) for value in set(values)}
            styles = {value: book.cell(align="center", bg_color=tint) for value, tint in tints.items()}
            for row, value in enumerate(values, start=FIRST_ROW):
                sheet.write_string(row, place, value, styles[value])
            continue
        align = layout.columns[name].align
        # The prefix keeps a text that begins like a formula a text when somebody has lifted the protection and edits the cell.
        style = book.cell(align=align, bg_color=layout.colours["locked"], quote_prefix=True)
        sheet.write_texts(FIRST_ROW, place, values, style)
    for row, needed in enumerate(part.needed, start=FIRST_ROW):
        sheet.set_row(row, row_height(needed, layout.sizes.body))


def _answer_cells(book: Book, sheet: Any, part: ListPart) -> None:
    """The yellow cells with their dropdown or hint."""
    first, last = FIRST_ROW, FIRST_ROW + part.count - 1
    for place, answer in enumerate(book.layout.answers, start=len(part.cells)):
        number_format = "yyyy-mm-dd" if answer.kind == "date" else "@"
        style = book.cell(bg_color=book.layout.colours["open"], locked=False, num_format=number_format)
        sheet.write_blanks(first, place, part.count, style)
        rule = _rule(answer, part, book.context.as_of)
        if rule:
            sheet.data_validation(first, place, last, place, rule)


def _rule(answer: AnswerColumn, part: ListPart, as_of: date) -> dict[str, Any] | None:
    if answer.kind == "answers" and part.info.answers:
        return {
            "validate": "list",
            "source": f"={range_name(part.info)}",
            "input_title": "请选择",
            "input_message": "从下拉列表中选择核查结果",
            "error_title": "请从下拉列表中选择",
            "error_message": "只能填写下拉列表中的结果；没有合适的，请选最接近的一项，并在“说明”中写明。",
        }
    if answer.kind == "date":
        return {
            "validate": "date",
            "criteria": "between",
            # A visit can lie a little before the last day of the period: deliveries come in earlier.
            "minimum": as_of - timedelta(days=366),
            "maximum": as_of + timedelta(days=731),
            "input_title": "核查日期",
            "input_message": "格式：2026-10-15",
            "error_title": "日期不对",
            "error_message": "请填写入户或电话核查的日期，格式如 2026-10-15。",
        }
    return None
