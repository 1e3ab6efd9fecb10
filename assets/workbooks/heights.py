"""How high a row must be: a spreadsheet program does not reckon it for a file that it did not write itself.

Here: rows of text needed in a column, points per row. Not here: widths (layout.yaml).
"""

from __future__ import annotations

from math import ceil

# A unit of column width is one digit of the 11-point standard font; a Chinese character is about two of them,
# and as much wider as its font is larger.
STANDARD_SIZE = 11.0
WIDE, NARROW = 2.1, 1.1
# Excel refuses rows of more than 409 points.
HIGHEST = 400.0


def text_width(text: str, size: float = STANDARD_SIZE) -> float:
    """Width of one line of text in units of column width."""
    # UTF-8 takes one byte for a Latin character and three for a Chinese one: counting bytes tells them apart quickly.
    narrow = (3 * len(text) - len(text.encode("utf-8", "replace"))) / 2
    return ((len(text) - narrow) * WIDE + narrow * NARROW) * size / STANDARD_SIZE


def rows_needed(text: str, width: float, size: float = STANDARD_SIZE) -> int:
    """How many rows a text takes in a column of this width."""
    if len(text) * WIDE * size / STANDARD_SIZE <= width - 1 and "\n" not in text:
        return 1
    return sum(max(1, ceil(text_width(line, size) / (width - 1.6))) for line in text.split("\n"))


def row_height(rows: int, size: float = STANDARD_SIZE) -> float:
    """Height in points of a row of the table with so many rows of text."""
    return min(HIGHEST, rows * size * 1.36 + 6)
