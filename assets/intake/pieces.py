"""Several files of one department together: pieces of 10,000 rows, without a heading, missing ones (rules/files.md#ff10).

Belongs here: what only shows across files. Does not belong here: one file alone (`tabulate`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from assets.intake.contract import Contract, load_dictionary
from assets.intake.gather import cell_columns, sheets
from assets.intake.notices import DeliveredFile, IntakeNotice, Tabulated, where
from assets.intake.tabulate import KnownHeadings, tabulate


def tabulate_files(sources: Iterable[DeliveredFile], contract: Contract, as_of: date) -> list[Tabulated]:
    """All files of one department for one period, in the order given; each is taken in before the next is asked for.

    A file without a heading takes that of another file when its values agree; a gap in the running numbers is reported. `as_of` is the last
    day of the period.
    """

    def taken_in(source: DeliveredFile, known: list[KnownHeadings]) -> Tabulated:
        return tabulate(source, contract, as_of, known)

    read: list[DeliveredFile] = []
    files: list[Tabulated] = []
    known: list[KnownHeadings] = []
    # One after the other: while a file is looked at, the next are being read.
    for source in sources:
        file = taken_in(source, [])
        read.append(source)
        files.append(file)
        if file.refusal is None:
            columns = cell_columns(file.raw)
            known += [
                KnownHeadings(
                    [column.heading for column in sheet.mapping.columns], sheet.data[columns].head(200), sheet.mapping
                )
                for sheet in sheets(file.raw, file.readings)
            ]
    # Only now: the piece with the heading need not be the one whose name comes first.
    again = [
        taken_in(source, known) if file.refusal is not None and file.refusal.code == "no_heading" else file
        for source, file in zip(read, files, strict=True)
    ]
    return _with_gaps(again)


@dataclass(frozen=True)
class _RunningNumbers:
    """The running numbers of one sheet: its name and number, the first and the last of them."""

    sheet: str
    sheet_no: int
    first: int
    last: int


def _with_gaps(files: list[Tabulated]) -> list[Tabulated]:
    """Add a notice where the running numbers begin after 1 and no other piece ends just before."""
    runs_of = [_running_numbers(file) for file in files]
    ends = {run.last for runs in runs_of for run in runs}
    starts = {run.first for runs in runs_of for run in runs}
    piece = load_dictionary().rows.piece
    completed = []
    for file, runs in zip(files, runs_of, strict=True):
        notices = []
        for run in runs:
            place = where(run.sheet, run.sheet_no)
            rows = run.last - run.first + 1
            if run.first > 1 and run.first - 1 not in ends:
                text = f"{place}的序号从 {run.first} 开始，前面的 {run.first - 1} 行没有收到。"
                notices.append(
                    IntakeNotice("missing_piece", "warn", run.sheet, message=text, advice="请补交缺少的部分。")
                )
            # An exporter that stops at its limit says nothing of the rest.
            if rows % piece == 0 and run.last + 1 not in starts:
                text = f"{place}正好 {rows} 行，可能是分段导出，后面的部分没有收到。"
                notices.append(
                    IntakeNotice("perhaps_cut", "warn", run.sheet, message=text, advice="请核对是否还有后续文件。")
                )
        completed.append(replace(file, notices=[*file.notices, *notices]) if notices else file)
    return completed


def _running_numbers(file: Tabulated) -> list[_RunningNumbers]:
    """Those of each sheet of a file that has a column of them, counting by one."""
    if file.refusal is not None:
        return []
    runs = []
    for sheet in sheets(file.raw, file.readings):
        number = int(sheet.data["sheet_no"].iloc[0]) if len(sheet.data) else 0
        position = sheet.mapping.sequence
        if position is None:
            # Nothing counts the rows, but so many to a row are what an exporter's limit leaves.
            if len(sheet.data) and len(sheet.data) % load_dictionary().rows.piece == 0:
                runs.append(_RunningNumbers(sheet.around.sheet, number, 1, len(sheet.data)))
            continue
        column = pd.to_numeric(pd.Series(sheet.cells[:, position]), errors="coerce").dropna()
        # Most steps and not all: a number is written twice or left out, and numbers that begin anew in every village tell no gap.
        if len(column) >= 3 and (column.diff().dropna() == 1).mean() > 0.9:
            runs.append(_RunningNumbers(sheet.around.sheet, number, int(column.min()), int(column.max())))
    return runs
