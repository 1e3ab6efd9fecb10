"""One typed cell to text, the way it was typed: no `.0`, no invented digit, ISO dates. What the text means is not decided here."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.resources.reading.shapes import Cell

EXACT = 10**15
"""From here on a number has 16 digits, and a spreadsheet keeps 15 (rules/files.md#ff14): the rest of them is lost in the file itself."""

_PRIVATE = re.compile("[\ue78d-\ue864]")
_MIDNIGHT = time()


def text_of_column(values: Sequence[Any], column: int, damaged: set[Cell]) -> list[str]:
    """The texts of one column of typed cells, first cell = row 1; adds the positions of damaged numbers to `damaged`."""
    # Most columns of a register are texts throughout: one look at the types saves a call per cell.
    if set(map(type, values)) == {str}:
        return list(values)
    damaged.update((row, column) for row, value in enumerate(values, 1) if is_damaged(value))
    return [value if type(value) is str else text_of(value) for value in values]


def is_damaged(value: object) -> bool:
    """Whether the cell was typed as a number of 16 or more digits."""
    # By type and not by `isinstance`: a truth value is an int, too.
    return type(value) in (float, int) and abs(value) >= EXACT  # type: ignore[arg-type]


def text_of(value: object) -> str:
    """The text of one cell; empty for a type that holds nothing readable."""
    writer = _WRITERS.get(type(value))
    return writer(value) if writer else ""


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if abs(value) >= EXACT:
        return true_digits(value)
    return str(int(value)) if value == int(value) else f"{value:.15g}"


def true_digits(value: float) -> str:
    """The 15 digits of a long number that a spreadsheet keeps, padded with zeros.

    Rounding restores the digits where the program that wrote the file had kept 15 of them; where it had kept more, rounding would
    invent the fifteenth, so the number is cut.
    """
    whole = int(abs(value))
    scale = 10 ** (len(str(whole)) - 15)
    kept = (whole + scale // 2) // scale * scale
    if float(kept) != abs(value):
        kept = whole // scale * scale
    return f"{'-' if value < 0 else ''}{kept}"


def cut_digits(digits: str) -> str:
    """The same for the digits of a number as they stand in the file, which no conversion has touched yet."""
    return digits[:15] + "0" * (len(digits) - 15)


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    int: _number,
    float: _number,
    datetime: lambda value: (
        value.strftime("%Y-%m-%d") if value.time() == _MIDNIGHT else value.isoformat(sep=" ", timespec="seconds")
    ),
    date: date.isoformat,
    # Serial number 0 in a date column: Excel shows 1900-01-00, which is what a clerk knows it by.
    time: lambda value: "1900-01-00" if value == _MIDNIGHT else value.isoformat(timespec="seconds"),
    timedelta: str,
}


@cache
def _assigned_points() -> dict[int, int]:
    """Private code point -> the one assigned since."""
    with Path(__file__).with_name("gb18030_pua.csv").open(encoding="utf-8", newline="") as table:
        return {int(row["private"], 16): int(row["assigned"], 16) for row in csv.DictReader(table)}


def map_private(text: str) -> str:
    """Replaces private code points of older GB 18030 tables by the assigned ones (rules/names.md#encodings: U+E81E is U+9FB4)."""
    return text.translate(_assigned_points()) if _PRIVATE.search(text) else text
