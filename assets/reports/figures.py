"""All figures of a report in one place: whole numbers in named grids, and every sum that holds between them.

Every text, table and chart of a report reads a number here and nowhere else, so they cannot disagree; the sums are
checked when the figures are closed, and the public version is protected with them (`suppress`). Not here: counting
(`count`, `survey`), words and layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

Key = tuple[str, str, str]
TOTAL = "total"
HIDDEN = "＊"
NOTHING = "—"
COLUMNS = ["table", "row", "column", "value"]


class FiguresError(ValueError):
    """The figures of a report do not add up: a fault of the program, never of the data."""


@dataclass(frozen=True)
class FigureGrid:
    """One table of figures: names of its rows and columns in order, as people read them."""

    name: str
    title: str
    rows: Mapping[str, str]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Sum:
    """One cell is the sum of others."""

    total: Key
    parts: tuple[Key, ...]


@dataclass
class Figures:
    """The figures of one report.

    Attributes:
        values: cell -> number; a cell that is absent was not counted (data not delivered), which is not zero.
        grids: name -> grid.
        sums: what must add up.
        hidden: cells that this version does not show.
        secret: cells that count something of an earlier period that was never published.
    """

    values: dict[Key, int] = field(default_factory=dict)
    grids: dict[str, FigureGrid] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    hidden: frozenset[Key] = frozenset()
    secret: set[Key] = field(default_factory=set)

    def add(self, grid: FigureGrid, counts: Mapping[tuple[str, str], int], totals: str = "") -> None:
        """Add a grid.

        Args:
            grid: its names; the row or column `total` is made here.
            counts: (row, column) -> number; a cell that is not named is zero.
            totals: `rows`: the column `total` is the sum of its row; `columns`: the row `total` that of its column;
                `both`; empty: the numbers stand for themselves.
        """
        self.grids[grid.name] = grid
        rows = [row for row in grid.rows if row != TOTAL]
        columns = [column for column in grid.columns if column != TOTAL]
        # Zeros are cells, too: a cell that is absent would be printed as not counted.
        for row in rows:
            for column in columns:
                self.values[grid.name, row, column] = int(counts.get((row, column), 0))
        if totals in ("rows", "both"):
            for row in rows:
                self._make((grid.name, row, TOTAL), [(grid.name, row, column) for column in columns])
        if totals in ("columns", "both"):
            for column in [name for name in grid.columns if totals == "both" or name != TOTAL]:
                self._make((grid.name, TOTAL, column), [(grid.name, row, column) for row in rows])
        # The corner is the sum of its row, too: a reader may use either.
        if totals == "both":
            self.total((grid.name, TOTAL, TOTAL), [(grid.name, TOTAL, column) for column in columns])

    def _make(self, total: Key, parts: list[Key]) -> None:
        self.values[total] = sum(self.values[part] for part in parts)
        self.total(total, parts)

    def total(self, total: Key, parts: list[Key]) -> None:
        """Say that a cell is the sum of others, wherever they stand."""
        self.sums.append(Sum(total, tuple(parts)))

    def same(self, cell: Key, other: Key) -> None:
        """Say that two cells are the same number."""
        self.sums.append(Sum(cell, (other,)))

    def check(self) -> None:
        """Check every sum.

        Raises:
            FiguresError: naming the cell, without values of anybody.
        """
        for stated in self.sums:
            if self.values[stated.total] != sum(self.values[part] for part in stated.parts):
                raise FiguresError("报告中的数字对不上：" + " ".join(stated.total))

    def number(self, table: str, row: str, column: str) -> int | None:
        """A number; None when it was not counted or is not shown in this version."""
        key = (table, row, column)
        return None if key in self.hidden else self.values.get(key)

    def say(self, table: str, row: str, column: str) -> str:
        """A number as text: `1,234`, `＊` when it is not published, `—` when it was not counted."""
        key = (table, row, column)
        if key not in self.values:
            return NOTHING
        return HIDDEN if key in self.hidden else f"{self.values[key]:,}"

    def share(self, table: str, row: str, parts: tuple[str, str]) -> str:
        """The share of one column in another of the same row, `96.3%`; hidden when either is."""
        part, whole = (self.number(table, row, column) for column in parts)
        if part is None or whole is None:
            # With one of the two numbers shown, the share would give the other away.
            counted = all((table, row, column) in self.values for column in parts)
            return HIDDEN if counted else NOTHING
        return f"{part / whole:.1%}" if whole else NOTHING

    def frame(self, tables: Iterable[str] = ()) -> pd.DataFrame:
        """The cells that this version shows: `table, row, column, value`, in a fixed order."""
        names = set(tables) or set(self.grids)
        shown = [(*key, value) for key, value in self.values.items() if key[0] in names and key not in self.hidden]
        return pd.DataFrame(shown, columns=COLUMNS).astype({"value": "int64"})
