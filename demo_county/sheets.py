"""A sheet under construction: cells, merges, hidden rows, and which physical row holds which child. No file
format here, no department's habits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from demo_county.settings import layouts

Cell = str | int | float | dt.date
Merge = tuple[int, int, int, int]


@dataclass
class DemoSheet:
    """One sheet, rows counted from 0 here; `blocks` says (first row as a person counts, children, errors) for every
    block of data rows.
    """

    name: str
    rows: list[Sequence[Cell]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    blocks: list[tuple[int, list[int], list[str]]] = field(default_factory=list)
    quarantined: int = 0
    adults: int = 0  # rows about grown-ups: no record of a child

    @property
    def data_rows(self) -> int:
        """Count the rows that are records (also those that must be quarantined)."""
        return sum(len(kids) for _, kids, _ in self.blocks) + self.quarantined

    def line(self, *cells: Cell, across: int = 0) -> None:
        """Add a row that is no record; `across` merges its first cell over so many columns."""
        if across > 1:
            self.merges.append((len(self.rows), 0, len(self.rows), across - 1))
        self.rows.append(list(cells))

    def block(self, rows: Sequence[Sequence[Cell]], kids: Sequence[int], errors: Sequence[str]) -> None:
        """Add data rows, each with its child and its errors."""
        self.blocks.append((len(self.rows) + 1, list(kids), list(errors)))
        self.rows.extend(rows)

    def about_adults(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Add rows about grown-ups, which are no child's."""
        self.rows.extend(rows)
        self.adults += len(rows)

    def nameless(self, frame: pd.DataFrame, layout: str) -> None:
        """Add copies of records without name and number: rows that nobody can accept."""
        lost = frame.assign(name="", id_no="", dis_card="", student_no="")
        self.rows.extend(table(lost, layout))
        self.quarantined += len(lost)


@dataclass
class DemoFile:
    """One file to be written: where, in which container, with which sheets. `department` is the truth's code
    (ca, edu, psb, dpf).
    """

    department: str
    path: Path
    container: str
    sheets: list[DemoSheet]
    encoding: str = "utf-8"


def headings(layout: str) -> list[str]:
    """Return the headings of a layout (lower level where there are two)."""
    return [heading.rsplit("/", 1)[-1] if heading != "国籍/地区" else heading for heading, _ in layouts()[layout]]


def table(frame: pd.DataFrame, layout: str) -> list[list[Cell]]:
    """Lay the columns of a frame out in the order of a layout, as rows of cells."""
    columns: list[list[Cell]] = []
    # "=x" is the constant x, "" an empty column, as forms have them that nobody fills in.
    for _, source in layouts()[layout]:
        if source == "" or source.startswith("="):
            columns.append([source[1:]] * len(frame))
        else:
            columns.append(frame[source].tolist())
    return [list(row) for row in zip(*columns, strict=True)]


def records(sheet: DemoSheet, frame: pd.DataFrame, layout: str) -> None:
    """Add all records of a frame to a sheet."""
    sheet.block(table(frame, layout), frame["kid"].tolist(), frame["errors"].tolist())


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the running number of the sheet."""
    return frame.assign(seq=np.arange(1, len(frame) + 1).astype(str))


def forget(frame: pd.DataFrame, layout: str, rows: np.ndarray[tuple[int], np.dtype[np.bool_]] | None = None) -> None:
    """Blank what a layout has no column for, so that the truth is about what was delivered. Call it after writing."""
    delivered = {column for _, column in layouts()[layout]}
    for column, codes in (
        ("nation", "nation_code"),
        ("father_name", ""),
        ("mother_name", ""),
        ("orphan_flag", ""),
        ("left_behind", ""),
    ):
        if column in frame and not {column, codes} & delivered:
            frame[column] = "" if rows is None else np.where(rows, "", frame[column])
