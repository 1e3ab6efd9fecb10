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
from assets.intake.notices import IntakeNotice, ReadingLike, Tabulated, where
from assets.intake.tabulate import Known, tabulate

ReadBy = tuple[Contract, date]


@dataclass(frozen=True)
class Source:
    """One file of a delivery: its grids, name, SHA-256 (64 hex) and delivery number."""

    reading: ReadingLike
    file: str
    sha256: str
    delivery_id: str


def tabulate_files(sources: Iterable[Source], contract: Contract, as_of: date) -> list[Tabulated]:
    """All files of one department for one period, in the order given; each is taken in before the next is asked for.

    A file without a heading takes that of another file when its values agree; a gap in the running numbers is reported. `as_of` is the last
    day of the period.
    """
    read_by = (contract, as_of)
    read: list[Source] = []
    first: list[Tabulated] = []
    for source in sources:
        read.append(source)
        first.append(_one(source, read_by, []))
    known = [_known(done) for done in first]
    again = [
        _one(source, read_by, [each for group in known for each in group])
        if done.refusal is not None and done.refusal.code == "no_heading"
        else done
        for source, done in zip(read, first, strict=True)
    ]
    return _with_gaps(again)


def _one(source: Source, read_by: ReadBy, known: list[Known]) -> Tabulated:
    return tabulate(source.reading, read_by[0], (source.file, source.sha256, source.delivery_id), read_by[1], known)


def _known(done: Tabulated) -> list[Known]:
    if done.refusal is not None:
        return []
    columns = cell_columns(done.raw)
    return [
        Known([column.heading for column in sheet.mapping.columns], sheet.data[columns].head(200), sheet.mapping)
        for sheet in sheets(done.raw, done.readings)
    ]


def _with_gaps(done: list[Tabulated]) -> list[Tabulated]:
    """Add a notice where the running numbers begin after 1 and no other piece ends just before."""
    ranges = [_ranges(each) for each in done]
    ends = {last for group in ranges for _sheet, _number, _first, last in group}
    starts = {first for group in ranges for _sheet, _number, first, _last in group}
    out = []
    for each, group in zip(done, ranges, strict=True):
        notices = []
        for sheet, number, first, last in group:
            place = where(sheet, number)
            if first > 1 and first - 1 not in ends:
                text = f"{place}的序号从 {first} 开始，前面的 {first - 1} 行没有收到。"
                notices.append(IntakeNotice("missing_piece", "warn", sheet, message=text, advice="请补交缺少的部分。"))
            piece = load_dictionary().rows.piece
            if (last - first + 1) % piece == 0 and last + 1 not in starts:
                text = f"{place}正好 {last - first + 1} 行，可能是分段导出，后面的部分没有收到。"
                notices.append(
                    IntakeNotice("perhaps_cut", "warn", sheet, message=text, advice="请核对是否还有后续文件。")
                )
        out.append(replace(each, notices=[*each.notices, *notices]) if notices else each)
    return out


def _ranges(done: Tabulated) -> list[tuple[str, int, int, int]]:
    """(sheet, number, first, last) of the running numbers of each sheet that has a column of them, counting by one."""
    if done.refusal is not None:
        return []
    found = []
    for sheet in sheets(done.raw, done.readings):
        number = int(sheet.data["sheet_no"].iloc[0]) if len(sheet.data) else 0
        position = sheet.mapping.sequence
        if position is None:
            if len(sheet.data) and len(sheet.data) % load_dictionary().rows.piece == 0:
                found.append((sheet.around.sheet, number, 1, len(sheet.data)))
            continue
        column = pd.to_numeric(pd.Series(sheet.cells[:, position]), errors="coerce").dropna()
        if len(column) >= 3 and (column.diff().dropna() == 1).mean() > 0.9:
            found.append((sheet.around.sheet, number, int(column.min()), int(column.max())))
    return found
