"""The hidden dictionary sheet: the dropdowns of every list, and what the workbook is when it comes back.

Here: named ranges for the dropdowns (an inline list of Excel ends at 255 characters), and the facts
by which a returned workbook is recognised (period, recipient, layout version). Not here: reading it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from assets.workbooks.book import Book, clean
from assets.workbooks.context import PrintedList
from assets.workbooks.routing import Packet

SHEET = "字典"
FIRST_ANSWER_ROW = 1


def add_dictionary(book: Book, packet: Packet) -> None:
    """Write the sheet 字典, very hidden and locked.

    Columns A and B: facts. Then one column of answers per list, named `answers_<code>`.
    """
    sheet = facts_sheet(book, facts(book, packet))
    add_choices(book, sheet, [part.info for part in packet.parts if part.count])


def add_choices(book: Book, sheet: Any, lists: Sequence[PrintedList]) -> None:
    """One column of answers per list behind the facts, each with its name for the dropdowns."""
    for column, info in enumerate((info for info in lists if info.answers), start=2):
        sheet.write_string(0, column, info.code)
        for row, answer in enumerate(info.answers, start=FIRST_ANSWER_ROW):
            sheet.write_string(row, column, clean(answer))
        letter, last = xl_col_to_name(column, col_abs=True), FIRST_ANSWER_ROW + len(info.answers)
        book.file.define_name(range_name(info), f"={SHEET}!{letter}${FIRST_ANSWER_ROW + 1}:{letter}${last}")


def facts_sheet(book: Book, facts: Mapping[str, str]) -> Any:
    """The hidden sheet with what the workbook says about itself, in columns A and B; returned for more columns."""
    sheet = book.sheet(SHEET)
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, clean(value))
    sheet.protect()
    # Very hidden: the menu does not offer to show it, and a clerk who tidies up does not delete what is read on return.
    sheet.very_hidden()
    return sheet


def facts(book: Book, packet: Packet) -> Mapping[str, str]:
    """What a returned workbook says about itself."""
    return {
        "tongbi": "findings",
        "period": book.context.period,
        "kind": packet.kind,
        "recipient": packet.recipient,
        "layout": str(book.layout.version),
        "number": book.context.number(packet.recipient),
    }


def range_name(info: PrintedList) -> str:
    """The defined name of a list's answers."""
    return f"answers_{info.code}"
