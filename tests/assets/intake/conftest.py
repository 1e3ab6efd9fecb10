"""Small grids made by hand, as reading would give them, and invented numbers that pass their check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pandas as pd
import pytest

from assets.intake.context import Context
from assets.intake.contract import Contract, load_contracts
from assets.intake.notices import DeliveredFile
from assets.intake.standard import Standardised, standardise
from assets.intake.tabulate import Tabulated, tabulate
from matching.reading.citizen import check_character
from pipelines.resources.reading.shapes import Grid, Reading

SHA = "1f0c9a77b2" + "0" * 54


def number(birth: str, order: int = 123, area: str = "620722") -> str:
    """A made-up citizen number: eight birth digits, three of order."""
    first = f"{area}{birth}{order:03d}"
    return first + check_character(first)


def grid(rows: Iterable[Iterable[str]], sheet: str = "Sheet1", at: int = 1, **marks: object) -> Grid:
    """A sheet of text rows, padded to one width, rows numbered from 1."""
    lines = [list(row) for row in rows]
    width = max((len(line) for line in lines), default=0)
    cells = pd.DataFrame([line + [""] * (width - len(line)) for line in lines], dtype=object)
    cells.index = pd.RangeIndex(1, len(lines) + 1)
    return Grid(sheet, at, False, cells, **marks)  # type: ignore[arg-type]


def reading(*grids: Grid) -> Reading:
    return Reading("xlsx", "", list(grids))


@pytest.fixture
def make_number() -> Callable[..., str]:
    return number


@pytest.fixture
def make_grid() -> Callable[..., Grid]:
    return grid


@pytest.fixture
def contracts() -> dict[str, Contract]:
    return load_contracts()


@pytest.fixture
def read(contracts: dict[str, Contract]) -> Callable[..., Tabulated]:
    """read(department, *grids, file=…) -> Tabulated."""

    def _read(department: str, *grids: Grid, file: str = "台账.xlsx") -> Tabulated:
        return tabulate(DeliveredFile(reading(*grids), file, SHA, "D1"), contracts[department], date(2026, 9, 30))

    return _read


@pytest.fixture
def context() -> Context:
    return Context("2026Q3", date(2026, 9, 30), None, "620722")


@pytest.fixture
def take(
    read: Callable[..., Tabulated], contracts: dict[str, Contract], context: Context
) -> Callable[..., Standardised]:
    """take(department, *grids, file=…) -> Standardised; the file must not be refused."""

    def _take(department: str, *grids: Grid, file: str = "台账.xlsx") -> Standardised:
        done = read(department, *grids, file=file)
        assert done.refusal is None, done.refusal
        return standardise(done.raw, done.readings, contracts[department], context)

    return _take
