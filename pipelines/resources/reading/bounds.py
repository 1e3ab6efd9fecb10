"""The limits as a parser in the child process sees them, without pydantic; and the measure of how far out a sheet's cells may lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.resources.reading.refusals import sparse, too_big
from pipelines.resources.reading.shapes import WARN, Cell, Notice


@dataclass(frozen=True)
class ParserBounds:
    """`Limits` of `limits.yaml`, validated there; same names, same units."""

    file_bytes: int
    unpacked_bytes: int
    ratio: float
    ratio_floor_bytes: int
    rows: int
    columns: int
    cells: int
    gap: int
    strays: int
    memory_bytes: int
    seconds: float
    kept_bytes: int
    members: int
    nesting: int


@dataclass(frozen=True)
class Extent:
    """Last row and last column of the table (counted from 1; 0 = nothing there), and the cells that lie astray beyond it."""

    last_row: int
    last_column: int
    strays: list[Cell]


def extent_of(filled: Iterable[Cell], sheet: int, bounds: ParserBounds) -> Extent:
    """Parts the table from cells far away from it (a stray space in the last row or column of a sheet, rules/bad-inputs.md#input-6).

    Args:
        filled: `(row, column)` of every cell that is not empty, both from 1, each once.
        sheet: Its number, for the refusal.
        bounds: `gap` empty rows, or a tenth of that in columns, part the table from what lies astray.

    Raises:
        Refusal: More lies beyond the gap than strays do, or the table itself is larger than the limits.
    """
    cells = list(filled)
    # Rows first, and columns of those rows only: a stray cell is far out in one direction and may be near in the other.
    last_row = _before_gap({row for row, _ in cells}, bounds.gap)
    last_column = _before_gap({column for row, column in cells if row <= last_row}, max(bounds.gap // 10, 1))
    strays = sorted(cell for cell in cells if cell[0] > last_row or cell[1] > last_column)
    if len(strays) > bounds.strays:
        raise sparse(sheet, position(*strays[-1]))
    check_size(last_row, last_column, bounds)
    return Extent(last_row, last_column, strays)


def _before_gap(numbers: set[int], gap: int) -> int:
    last = 0
    for number in sorted(numbers):
        if last and number - last > gap:
            break
        last = number
    return last


def check_size(rows: int, columns: int, bounds: ParserBounds) -> None:
    """Refuses a sheet of more rows, columns or cells than the limits allow."""
    if rows > bounds.rows:
        raise too_big("行数", f"{rows}行", f"{bounds.rows}行")
    if columns > bounds.columns:
        raise too_big("列数", f"{columns}列", f"{bounds.columns}列")
    # What a reader reserves is the rectangle, however few of its cells are filled (rules/packages.md#p3b).
    if rows * columns > bounds.cells:
        raise too_big("表格范围", f"{rows}行×{columns}列", f"{bounds.cells}个单元格")


def stray_notice(sheet: str, number: int, strays: list[Cell]) -> list[Notice]:
    """Says which cells were left out, by position; the sentence names the sheet by its number."""
    if not strays:
        return []
    listed = "、".join(position(*cell) for cell in strays[:5]) + ("等" if len(strays) > 5 else "")
    text = f"第{number}张表在远离数据区的地方有{len(strays)}个零散单元格（{listed}），未读取。"
    row, column = strays[0]
    advice = "请删除数据区以外的行和列；若其中有数据，请移到表内。"
    return [Notice("stray_cells", WARN, sheet, row, column, text, advice)]


def position(row: int, column: int) -> str:
    """`(1, 1)` → `A1`."""
    return f"{letters_of(column)}{row}"


def letters_of(column: int) -> str:
    """1 → `A`, 16384 → `XFD`."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """`A` → 1, `XFD` → 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
