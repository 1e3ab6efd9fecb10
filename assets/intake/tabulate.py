"""Grids to raw rows: every physical row of every sheet once, with its kind, or a refusal in Chinese.

Belongs here: sheets of one file, what is refused and what is set aside. Does not belong here: several files of one
delivery (`pieces`), the meaning of cells (`standard`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from assets.intake import profile, rows
from assets.intake.contract import Contract, FileLayout, Positional, load_contracts, load_dictionary, load_fields
from assets.intake.forms import is_form
from assets.intake.headings import compile_aliases
from assets.intake.layout import Heading, find_heading
from assets.intake.mapping import Headings, Mapping, SheetColumn, Surroundings, missing_mandatory, understand_headings
from assets.intake.notices import (
    GridLike,
    IntakeNotice,
    IntakeRefusal,
    ReadingLike,
    SheetReport,
    Tabulated,
    column_at,
    where,
)
from assets.intake.sheetreading import SheetReading
from assets.intake.table import TabulatedSheet, damaged_cells, fill_down, raw_rows

FORM = "form"
FORM_ADVICE = "请改交名册：第一行是列名，下面一行一名儿童；可由业务系统导出，或把各张登记表抄进一张名册。"
MOST_SHEETS, MOST_NAMES = 10, 40
KEY_COLUMNS = ["record_id", "delivery_id", "file", "sheet", "sheet_no", "row", "kind", "damaged"]


@dataclass(frozen=True)
class KnownHeadings:
    """Headings known from an earlier piece or sheet, for one that comes without (rules/files.md#ff10), and what was understood of them."""

    names: list[str]
    sample: pd.DataFrame
    mapping: Mapping


def tabulate(
    reading: ReadingLike,
    contract: Contract,
    source: tuple[str, str, str],
    as_of: date,
    known: Sequence[KnownHeadings] = (),
) -> Tabulated:
    """One file to raw rows (docs/data-shapes.md section 2).

    Args:
        reading: the file's grids.
        contract: the department's contract.
        source: name of the file as people know it; its fingerprint, 64 hex characters, of which the first ten stand in the record numbers;
            number of the delivery.
        as_of: last day of its period.
        known: headings of earlier pieces, for sheets without.

    Returns:
        Rows and notices; or a refusal and no rows: no data rows, no heading, wrong department, missing column.
    """
    file = source[0]
    earlier, sheets = list(known), list[TabulatedSheet]()
    for grid in reading.grids:
        sheet = read_sheet(grid, (contract, as_of), file, earlier)
        sheets.append(sheet)
        if sheet.mapping is not None and sheet.report.data_rows:
            earlier.append(KnownHeadings(sheet.names, sheet.cells[sheet.kinds == "data"].head(200), sheet.mapping))
    refusal = _refusal(sheets, contract)
    notices = [notice for sheet in sheets for notice in sheet.notices if refusal is None or notice.code != refusal.code]
    reports = [sheet.report for sheet in sheets]
    if refusal is not None:
        return Tabulated(raw=pd.DataFrame(columns=KEY_COLUMNS), notices=notices, refusal=refusal, sheets=reports)
    readings = [
        SheetReading(source[2], sheet.grid.number, sheet.around, sheet.mapping)
        for sheet in sheets
        if sheet.mapping is not None and sheet.around is not None
    ]
    return Tabulated(raw_rows(sheets, contract.code, source), notices, None, reports, readings)


def read_sheet(grid: GridLike, read_by: tuple[Contract, date], file: str, known: list[KnownHeadings]) -> TabulatedSheet:
    """One sheet: heading, mapping, kinds of rows, and what there is to say about it; `read_by` = contract, last day of the period."""
    contract, as_of = read_by
    cells = grid.cells
    if not any(any(cells[column].tolist()) for column in cells):
        return _aside(grid, "", "空白工作表，没有内容。", quiet=True)
    aliases = compile_aliases(contract)
    heading = find_heading(grid, aliases)
    if is_form(cells, aliases, heading.hits if heading else 0):
        return _aside(grid, FORM, "是一页登记一人的登记表（一人一表），不是名册，没有读取。", FORM_ADVICE)
    if heading is None:
        heading = _without_heading(grid, contract, known)
    if heading is None:
        return _aside(grid, "no_heading", "没有找到表头，这张表没有读取。")
    around = Surroundings(file, grid.sheet, _titles(cells, heading), as_of)
    body, merged_down = fill_down(grid, heading.last + 1)
    understood = understand_headings(heading.names, contract, around)
    return _judge(TabulatedSheet(grid=grid, heading=heading, around=around), contract, understood, body, merged_down)


def _judge(
    sheet: TabulatedSheet, contract: Contract, understood: Headings, body: pd.DataFrame, merged_down: int
) -> TabulatedSheet:
    mapping, heading, grid = understood.settled_by(body), sheet.heading, sheet.grid
    assert heading is not None
    if mapping.layout.kind == "set_aside":
        found = _aside(grid, "other_kind", mapping.layout.notice, advice=mapping.layout.advice)
        return replace(found, report=replace(found.report, layout=mapping.layout.zh), other_kind=True)
    rival = _rival(heading.names, contract) if mapping.layout is contract.layouts[-1] else None
    if rival is not None:
        found = _aside(grid, "wrong_department", f"表头像是{rival.zh}的文件，不是{contract.zh}的文件。")
        return replace(found, rival=rival.zh)
    missing = missing_mandatory(mapping, contract)
    if missing:
        found = _aside(grid, "missing_column", f"缺少必需的列：{_group_names(missing)}。")
        return replace(found, missing=missing, names=_understood(mapping, contract))
    kinds = np.full(len(grid.cells), "title", dtype=object)
    kinds[: max(heading.last, 0)] = np.where(
        (grid.cells.iloc[: max(heading.last, 0)] != "").any(axis=1), "title", "blank"
    )
    if heading.last >= 0:
        kinds[heading.last] = "heading"
    kinds[heading.last + 1 :] = rows.classify(body, heading.names, mapping)
    if heading.last < 0:
        kinds[: rows.strange_headings(body, mapping)] = "title"
    # Which rows are data could only be asked of all rows; what a column holds, of the data alone: a repeated heading is no value of it.
    mapping = understood.settled_by(body[kinds[heading.last + 1 :] == "data"])
    cells = grid.cells.copy()
    cells.iloc[heading.last + 1 :] = body.to_numpy(dtype=object)
    report = _report(grid, mapping, heading, int((kinds == "data").sum()))
    report = replace(report, words=_words(mapping, contract))
    done = replace(sheet, mapping=mapping, cells=cells, kinds=kinds, names=heading.names)
    done = replace(done, report=report, damaged=damaged_cells(grid))
    return replace(done, notices=[*_remarks(done, merged_down), *_about(mapping.layout, grid)])


def _about(layout: FileLayout, grid: GridLike) -> list[IntakeNotice]:
    """What a layout has to say about files of its kind, for example that a row is a household."""
    if not layout.notice:
        return []
    text = f"{where(grid.sheet, grid.number)}：{layout.notice}"
    return [IntakeNotice("kind_of_file", "warn", grid.sheet, message=text, advice=layout.advice)]


def _titles(cells: pd.DataFrame, heading: Heading) -> str:
    # With the upper lines of the heading itself: 低保金发放 over 金额 tells the kind of file as a title does.
    above = cells.iloc[: max(heading.last, 0)].to_numpy(dtype=object).ravel()
    return " ".join(cell for cell in above if cell)[:400]


def _without_heading(grid: GridLike, contract: Contract, known: list[KnownHeadings]) -> Heading | None:
    """Headings from an earlier piece or a positional profile, when the values agree with them (rules/files.md#ff10, #ff11)."""
    cells = grid.cells[(grid.cells != "").sum(axis=1) >= 2]
    width = int((cells != "").any(axis=0).to_numpy().nonzero()[0].max()) + 1 if len(cells) else 0
    for profile_ in contract.positional:
        if width in range(max(profile_.fits) + 1, len(profile_.headings) + 1) and _positional_fits(
            profile_, cells, width
        ):
            return Heading(-1, -1, _padded(profile_.headings, grid.cells.shape[1]), len(profile_.headings))
    for earlier in reversed(known):
        expected = _expected(earlier)
        if len(expected) >= 2 and width <= len(earlier.names) and profile.fits(cells, expected):
            return Heading(-1, -1, _padded(earlier.names, grid.cells.shape[1]), len(expected))
    return None


def _positional_fits(spec: Positional, cells: pd.DataFrame, width: int) -> bool:
    # The last columns (second parent) may be empty in a small file, so half the template's width is enough.
    return width * 2 >= len(spec.headings) and profile.fits(cells, spec.fits)


def _expected(earlier: KnownHeadings) -> dict[int, str]:
    wanted = ("name", "id_no", "sex", "birth_date", "student_no", "disability_no")
    found = {positions[0]: field for field in wanted if (positions := earlier.mapping.positions(field))}
    return {position: f for position, f in found.items() if profile.share(earlier.sample.iloc[:, position], f) >= 0.6}


def _padded(names: list[str], width: int) -> list[str]:
    return (names + [""] * width)[:width] if width >= len(names) else names[:width]


def _rival(headings: list[str], contract: Contract) -> Contract | None:
    """The department whose typical fields these headings hold much better than ours (rules/bad-inputs.md#input-20)."""
    own = _marks(headings, contract)
    scores = {key: _marks(headings, other) for key, other in load_contracts().items() if key != contract.department}
    best = max(scores, key=lambda key: scores[key])
    foreign = own < contract.least_marks and scores[best] >= 2
    return load_contracts()[best] if foreign or (scores[best] >= 4 and scores[best] > 2 * own + 1) else None


def _marks(headings: list[str], contract: Contract) -> int:
    aliases = compile_aliases(contract)
    found = {SheetColumn(0, heading, aliases.find(heading)).field for heading in headings if heading}
    found |= {aliases.ambiguous[field[1:]].default for field in found if field.startswith("?")}
    return len(found & set(contract.marks))


def _understood(mapping: Mapping, contract: Contract) -> list[str]:
    """The columns for a sentence: those that are understood by the dictionary's word, every other one by its place."""
    words = _words(mapping, contract)
    return [words.get(column.position) or column_at(column.position) for column in mapping.columns if column.heading]


def _words(mapping: Mapping, contract: Contract) -> dict[int, str]:
    aliases = compile_aliases(contract, mapping.layout)
    known = (column for column in mapping.columns if column.heading and column.target.known)
    return {column.position: word for column in known if (word := aliases.word(column.heading))}


def _group_names(groups: list[list[str]]) -> str:
    fields = load_fields()
    return "；".join("或".join(fields[name].zh for name in group if name in fields) for group in groups)


def _aside(grid: GridLike, code: str, message: str, advice: str = "", quiet: bool = False) -> TabulatedSheet:
    kinds = np.full(len(grid.cells), "other_sheet", dtype=object)
    if len(grid.cells):
        kinds[~(grid.cells != "").any(axis=1).to_numpy()] = "blank"
    text = f"{where(grid.sheet, grid.number)}：{message}"
    notices = (
        []
        if quiet
        else [IntakeNotice(code, "warn", grid.sheet, message=text, advice=advice or "如需读取，请核对表头。")]
    )
    report = SheetReport(grid.sheet, grid.number, "未读取", 0, {}, [], 0, message)
    return TabulatedSheet(
        grid=grid, cells=grid.cells, kinds=kinds, report=report, notices=notices, reason=code or "empty"
    )


def _report(grid: GridLike, mapping: Mapping, heading: Heading, data_rows: int) -> SheetReport:
    columns = {
        c.position: (c.heading, c.field or _role(c.target.person, c.target.field)) for c in mapping.columns if c.heading
    }
    row = int(grid.cells.index[heading.last]) if heading.last >= 0 else 0
    return SheetReport(grid.sheet, grid.number, mapping.layout.zh, row, columns, mapping.unknown, data_rows)


def _role(person: str, field: str) -> str:
    return person or field


def _remarks(sheet: TabulatedSheet, merged_down: int) -> list[IntakeNotice]:
    from assets.intake import remarks

    return remarks.remarks(sheet, merged_down)


def _refusal(sheets: list[TabulatedSheet], contract: Contract) -> IntakeRefusal | None:
    """Why the whole file cannot be used; None when at least one sheet can, or when it is another kind of file."""
    usable = [sheet for sheet in sheets if sheet.mapping is not None and not sheet.reason]
    if any(sheet.report.data_rows for sheet in usable) or any(sheet.other_kind for sheet in sheets):
        return None
    forms = [sheet for sheet in sheets if sheet.reason == FORM]
    if forms:
        return _form_refusal(forms)
    for sheet in sheets:
        place = where(sheet.grid.sheet, sheet.grid.number)
        if sheet.rival:
            return IntakeRefusal(
                "wrong_department",
                f"{place}的表头像是{sheet.rival}的文件，放在了{contract.zh}的文件夹里，已拒收。",
                f"请核对后把文件放入{sheet.rival}的文件夹，或换成{contract.zh}的文件。",
            )
        if sheet.missing:
            return IntakeRefusal(
                "missing_column",
                f"{place}缺少必需的列：{_group_names(sheet.missing)}。找到的列有：{'、'.join(sheet.names[:MOST_NAMES])}。",
                "请补上缺少的列，或核对列名后重新交来。",
            )
    number = next((sheet.grid.number for sheet in usable), None)
    if number is not None or not any(sheet.reason == "no_heading" for sheet in sheets):
        return IntakeRefusal("no_rows", f"第{number or 1}张表没有数据行。", "请核对是否导出了数据，重新导出后交来。")
    names = "、".join(where(sheet.grid.sheet, sheet.grid.number) for sheet in sheets if sheet.reason == "no_heading")
    return IntakeRefusal(
        "no_heading",
        f"{names}的前{load_dictionary().rows.scan}行中没有找到表头（如姓名、身份证号、出生日期）。",
        "请保留表头行后重新交来。",
    )


def _form_refusal(forms: list[TabulatedSheet]) -> IntakeRefusal:
    places = "、".join(f"第{sheet.grid.number}张表" for sheet in forms[:MOST_SHEETS])
    more = "等" if len(forms) > MOST_SHEETS else ""
    text = f"有 {len(forms)} 张表是一页登记一人的登记表（一人一表），不是名册，没有读取：{places}{more}。"
    return IntakeRefusal(FORM, text, FORM_ADVICE)
