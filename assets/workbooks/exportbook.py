"""An export as a workbook: the same columns and rows as the CSV file, every cell a text, to be locked like any other workbook.

Here: its sheets. Not here: which columns (`csvout`), when a workbook stands in for the CSV file (`assets.publishing.exports`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import xlsxwriter

from assets.workbooks.book import SAFE, clean

SHEET = "数据"
SHEET_ROWS = 1_048_575
"""Rows below the heading that a sheet can hold; more go on in further sheets under the same heading."""


def write_exportbook(source: Path, target: Path, sheet_rows: int = SHEET_ROWS) -> Path:
    """Write the rows of a CSV file (UTF-8 with BOM, escaped as `csvout` does) as a workbook."""
    with source.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        heading = next(rows)
        # Row by row, for there may be millions; what it puts aside meanwhile lies beside the book, not where others write.
        options = {**SAFE, "in_memory": False, "constant_memory": True, "tmpdir": str(target.parent)}
        book = xlsxwriter.Workbook(str(target), options)
        for number, first in enumerate(_firsts(rows), 1):
            sheet = book.add_worksheet(SHEET if number == 1 else f"{SHEET}{number}")
            below = (first, *islice(rows, sheet_rows - 1)) if first else ()
            for place, row in enumerate((heading, *below)):
                for column, value in enumerate(row):
                    sheet.write_string(place, column, clean(value))
        book.close()
    return target


def _firsts(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The first row of each sheet; without any row there is one sheet, and its first row is empty.

    A sheet is begun only when a row is there for it: rows that just fill one leave no empty sheet behind.
    """
    yield next(rows, [])
    while row := next(rows, None):
        yield row
