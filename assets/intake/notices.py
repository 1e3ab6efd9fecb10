"""The words that intake and its callers exchange: notices, refusals, results.

Belongs here: small frozen records and Chinese sentences without cell values. Does not belong here: deciding anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from assets.intake.sheetreading import SheetReading
from pipelines.resources.naming import naming


class GridLike(Protocol):
    """One sheet as `pipelines.resources.reading` gives it (docs/data-shapes.md section 1)."""

    @property
    def sheet(self) -> str: ...  # noqa: D102
    @property
    def number(self) -> int: ...  # noqa: D102
    @property
    def cells(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def damaged(self) -> set[tuple[int, int]]: ...  # noqa: D102
    @property
    def merged(self) -> list[tuple[int, int, int, int]]: ...  # noqa: D102


class ReadingLike(Protocol):
    """One file as `pipelines.resources.reading` gives it."""

    @property
    def grids(self) -> Sequence[GridLike]: ...  # noqa: D102
    @property
    def notices(self) -> Sequence[Any]: ...  # noqa: D102


@dataclass(frozen=True)
class DeliveredFile:
    """One file of a delivery: its grids, its name as people know it, SHA-256 (64 hex) and delivery number."""

    reading: ReadingLike
    file: str
    sha256: str
    delivery_id: str


@dataclass(frozen=True)
class IntakeNotice:
    """A remark on a file, in the shape of the reading's notices; Chinese, without cell values."""

    code: str
    severity: str
    sheet: str = ""
    row: int = 0
    column: int = 0
    message: str = ""
    advice: str = ""


@dataclass(frozen=True)
class IntakeRefusal:
    """Why a whole file is refused (rules/bad-inputs.md#files)."""

    code: str
    message: str
    advice: str


@dataclass(frozen=True)
class SheetReport:
    """What was understood of one sheet; for `tongbi check`.

    `columns` and `unknown` hold headings as they were written: only `understanding` decides which of them are shown. `words` are the
    dictionary's own words for those that are known.
    """

    sheet: str
    sheet_no: int
    layout: str
    heading_row: int
    columns: dict[int, tuple[str, str]]
    unknown: list[str]
    data_rows: int
    note: str = ""
    words: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tabulated:
    """A file as rows: `raw` in the shape of docs/data-shapes.md section 2, what was understood of its columns, and what there is to say about it."""

    raw: pd.DataFrame
    notices: list[IntakeNotice] = field(default_factory=list)
    refusal: IntakeRefusal | None = None
    sheets: list[SheetReport] = field(default_factory=list)
    readings: list[SheetReading] = field(default_factory=list)


def where(sheet: str, number: int) -> str:
    """「工作表…」 for people: the sheet's name where known words make it up, else its number: sheets bear children's names, too."""
    return naming().where(sheet, number)


def column_at(position: int) -> str:
    """「第3列（C）」: a column (0-based) by its place, as a spreadsheet counts and letters it. Its heading may be anything."""
    from xlsxwriter.utility import xl_col_to_name  # a tenth of a second, and most files have headings

    return f"第{position + 1}列（{xl_col_to_name(position)}）"
