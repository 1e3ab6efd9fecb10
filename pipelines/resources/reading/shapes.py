"""What reading hands on: `Reading`, `Grid`, `Notice`, and the exception `Refusal`. No reading is done here, and nothing heavy is imported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

STOP = "stop"
ASK = "ask"
"""Nothing is refused, and the edition waits for a person."""
WARN = "warn"

Cell = tuple[int, int]
Merge = tuple[int, int, int, int]


class Refusal(Exception):  # noqa: N818 - 拒收 is the field's word for it, and it is an answer rather than an error
    """The whole file is refused (拒收).

    Attributes:
        code: A short English code, e.g. `truncated`.
        message: What is wrong, in Chinese, naming positions and never a cell's value.
        advice: What the clerk can do, in Chinese.
    """

    def __init__(self, code: str, message: str, advice: str) -> None:
        super().__init__(f"{message}{advice}")
        self.code, self.message, self.advice = code, message, advice


@dataclass(frozen=True)
class Notice:
    """A remark about a file (提示): position as a person sees it (`row`, `column` count from 1, 0 = the whole sheet), never a value."""

    code: str
    severity: str
    sheet: str
    row: int
    column: int
    message: str
    advice: str = ""


@dataclass
class Grid:
    """One sheet, or one table of a page.

    Attributes:
        sheet: The sheet's name, `""` for text files.
        number: Position in the file, from 1.
        hidden: The sheet is hidden.
        cells: Text frame; index = the row number a person sees (`int32`, first row 1), columns `0..n-1`.
        damaged: `(row, column)` of cells that were numbers of 16 or more digits (row as in the index, column from 0).
        merged: `(row0, column0, row1, column1)` of merged ranges, same counting, both ends inside.
        hidden_rows: Row numbers that are hidden or filtered away.
        hidden_columns: Hidden column positions, from 0.
    """

    sheet: str
    number: int
    hidden: bool
    cells: pd.DataFrame
    damaged: set[Cell] = field(default_factory=set)
    merged: list[Merge] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


@dataclass
class Reading:
    """A whole file: `container` is `xlsx|xlsm|xls|ods|csv|tsv|html|xmlss`, `encoding` is `""` for containers that state their own."""

    container: str
    encoding: str
    grids: list[Grid]
    notices: list[Notice] = field(default_factory=list)


@dataclass
class ParsedSheet:
    """A sheet on its way out of a parser: `columns` are equally long lists of text, their first entry is row 1."""

    name: str
    number: int
    columns: list[list[str]]
    hidden: bool = False
    damaged: set[Cell] = field(default_factory=set)
    merged: list[Merge] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.columns[0]) if self.columns else 0

    def trim(self) -> None:
        """Drops what only formatting left behind: empty rows at the end and empty columns at the right."""
        while self.columns and not any(self.columns[-1]):
            self.columns.pop()
        height = self.height
        while height and not any(column[height - 1] for column in self.columns):
            height -= 1
        if height < self.height:
            self.columns = [column[:height] for column in self.columns]
        # A range may reach beyond what is left; one that has shrunk to a cell is none any more.
        right = len(self.columns) - 1
        clipped = [(r0, c0, max(r0, min(r1, height)), max(c0, min(c1, right))) for r0, c0, r1, c1 in self.merged]
        self.merged = [merge for merge in clipped if merge[:2] != merge[2:]]
        self.hidden_rows = sorted({row for row in self.hidden_rows if row <= height})
        self.hidden_columns = sorted({column for column in self.hidden_columns if column < len(self.columns)})


@dataclass
class Parsed:
    """What a parser read of one file."""

    container: str
    sheets: list[ParsedSheet]
    encoding: str = ""
    notices: list[Notice] = field(default_factory=list)
