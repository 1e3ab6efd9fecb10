"""One workbook per unit with the lines that only the unit can put right: sent back, filled in, returned like any other.

Belongs here: which lines go back to whom, and that workbook. Does not belong here: what is wrong with a line (`judging`, `asking`), the bureau's own
report (`report`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assets.replies.judging import JudgedLine
from assets.replies.report import advice_of, number_of, problem_of, trouble_of, written_in
from assets.replies.taking import AboutLine, Taking
from assets.replies.words import reply_words
from assets.workbooks.answers import add_choices, facts_sheet, range_name
from assets.workbooks.book import Book, clean, file_name, open_book
from assets.workbooks.context import PublishContext
from assets.workbooks.heights import row_height, rows_needed
from assets.workbooks.review import LIST

FOLDER = "退回补正"
_SHEET, _FIRST_ROW = "请补正", 3
_HEADINGS = (
    *(
        ("线索编号", 17),
        ("儿童编号", 14),
        ("清单", 14),
        ("乡镇", 10),
        ("交来的表里", 26),
        ("问题", 12),
        ("填写的内容", 20),
        ("怎么办", 44),
    ),
    *(("核查结果", 18), ("核查日期", 12), ("核查人", 10), ("说明", 24)),
)
_YELLOW = 8


def send_back(taking: Taking, context: PublishContext, folder: Path) -> dict[str, Path]:
    """Write the workbooks; those of an earlier look are taken away.

    Args:
        taking: what came back; lines that are one person's alone are not in it.
        context: of the period.
        folder: of the report; they lie in a folder of it.

    Returns:
        Unit -> its workbook.
    """
    context = replace(context, lists=(*context.lists, LIST))
    for path in (folder / FOLDER).glob("*.xlsx"):
        path.unlink()
    units: dict[str, list[JudgedLine]] = {}
    for line in trouble_of(taking):
        if line.recipient and (line.result in reply_words().send_back or line.asks):
            units.setdefault(line.recipient, []).append(line)
    paths = {}
    for unit, lines in sorted(units.items()):
        paths[unit] = folder / FOLDER / f"{file_name(unit)}_{taking.period}_请补正.xlsx"
        with open_book(paths[unit], context, unit) as book:
            _write(book, lines, taking)
    return paths


def _write(book: Book, lines: Sequence[JudgedLine], taking: Taking) -> None:
    sheet, layout = book.sheet(_SHEET), book.layout
    sheet.set_row(0, 34)
    # County and unit before the wide space: by them a copy that lost its hidden sheet is still known.
    title = f"{book.context.place}{book.recipient}　{book.context.period_zh()}核查答复请补正"
    sheet.write_string(0, 0, clean(title), book.title(align="left"))
    text = f"共 {len(lines)} 条。请按“怎么办”在黄色单元格补正后交回；已填写正确的不必重填。线索编号请勿改动（编号损坏的除外）。"
    sheet.write_string(1, 0, text, book.style(font_name=layout.fonts.body, font_size=layout.sizes.body))
    for place, (heading, width) in enumerate(_HEADINGS):
        sheet.set_column(place, place, width)
        sheet.write_string(_FIRST_ROW - 1, place, heading, book.head())
    for row, line in enumerate(lines, start=_FIRST_ROW):
        _line(book, sheet, row, line, taking)
    sheet.freeze_panes(_FIRST_ROW, 1)
    sheet.repeat_rows(_FIRST_ROW - 1)
    sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
    _dictionary(book, lines, taking.period)


def _line(book: Book, sheet: Any, row: int, line: JudgedLine, taking: Taking) -> None:
    texts = _texts(line, taking, book.context)
    colours = book.layout.colours
    needed = max(rows_needed(value, _HEADINGS[place][1]) for place, value in enumerate(texts))
    sheet.set_row(row, row_height(needed, book.layout.sizes.body) + 4)
    for place, value in enumerate(texts):
        # A number that could not be read has to be put right; one that could is the line's name.
        opened = (place == 0 and not line.finding_id) or place >= _YELLOW
        look = {"bg_color": colours["open"], "locked": False} if opened else {"bg_color": colours["locked"]}
        sheet.write_string(row, place, clean(value), book.cell(**look))
    if line.code and book.context.info(line.code).answers:
        rule = {
            "validate": "list",
            "source": f"={range_name(book.context.info(line.code))}",
            "error_message": "请从下拉列表中选择",
        }
        sheet.data_validation(row, _YELLOW, row, _YELLOW, rule)


def _texts(line: JudgedLine, taking: Taking, context: PublishContext) -> list[str]:
    """The cells; what was right already stands in the yellow ones, so that only the rest is to be filled in."""
    written, about = line.line, taking.about.get(line.finding_id, AboutLine())
    return [
        number_of(line, taking.period),
        about.child_id,
        context.info(line.code).name if line.code else "",
        about.town,
        "·".join(part for part in (written.file, written.sheet, f"第{written.row}行") if part),
        problem_of(line),
        written_in(line),
        "".join(part for part in (advice_of(line), f"（{line.detail}）" if line.detail else "") if part),
        line.answer or (written.answer if line.result == "unchanged" else ""),
        line.answered_on,
        written.answered_by,
        written.note,
    ]


def _dictionary(book: Book, lines: Sequence[JudgedLine], period: str) -> None:
    """The hidden sheet by which the workbook is known when it comes back, with the options of its lists."""
    facts = {"tongbi": "findings", "period": period, "kind": "sendback", "recipient": book.recipient}
    sheet = facts_sheet(book, facts)
    add_choices(book, sheet, [book.context.info(code) for code in sorted({line.code for line in lines if line.code})])
