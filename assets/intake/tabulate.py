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
from assets.intake.contract import Contract, load_contracts, load_dictionary, load_fields
from assets.intake.forms import is_form
from assets.intake.headings import compile_aliases
from assets.intake.layout import Heading, find_heading
from assets.intake.mapping import Headings, Mapping, SheetColumn, Surroundings, missing_mandatory, understand_headings
from assets.intake.notices import (
    DeliveredFile,
    GridLike,
    IntakeNotice,
    IntakeRefusal,
    SheetReport,
    Tabulated,
    column_at,
    where,
)
from assets.intake.remarks import remarks
from assets.intake.sheetreading import SheetReading
from assets.intake.table import TabulatedSheet, damaged_cells, fill_down, raw_rows

FORM = "form"
FORM_ADVICE = "请改交名册：第一行是列名，下面一行一名儿童；可由业务系统导出，或把各张登记表抄进一张名册。"
# So many are named in a sentence: a book with a form for each child has hundreds of sheets.
MOST_SHEETS, MOST_NAMES = 10, 40
KEY_COLUMNS = ["record_id", "delivery_id", "file", "sheet", "sheet_no", "row", "kind", "damaged"]


@dataclass(frozen=True)
class KnownHeadings:
    """Headings known from an earlier piece or sheet, for one that comes without (rules/files.md#ff10), and what was understood of them."""

    names: list[str]
    sample: pd.DataFrame
    mapping: Mapping


def tabulate(source: DeliveredFile, contract: Contract, as_of: date, known: Sequence[KnownHeadings] = ()) -> Tabulated:
    """One file to raw rows (docs/data-shapes.md section 2).

    Args:
        source: the file.
        contract: the department's contract.
        as_of: last day of its period.
        known: headings of earlier pieces, for sheets without.

    Returns:
        Rows and notices; or a refusal and no rows: no data rows, no heading, wrong department, missing column.
    """
    earlier, sheets = list(known), list[TabulatedSheet]()
    for grid in source.reading.grids:
        sheet = read_sheet(grid, contract, source.file, as_of, earlier)
        sheets.append(sheet)
        if sheet.mapping is not None and sheet.report.data_rows:
            earlier.append(KnownHeadings(sheet.names, sheet.cells[sheet.kinds == "data"].head(200), sheet.mapping))
    refusal = _refusal(sheets, contract)
    # What the whole file is refused for is not said of its sheets as well.
    notices = [notice for sheet in sheets for notice in sheet.notices if refusal is None or notice.code != refusal.code]
    reports = [sheet.report for sheet in sheets]
    if refusal is not None:
        return Tabulated(raw=pd.DataFrame(columns=KEY_COLUMNS), notices=notices, refusal=refusal, sheets=reports)
    readings = [
        SheetReading(source.delivery_id, sheet.grid.number, sheet.around, sheet.mapping)
        for sheet in sheets
        if sheet.mapping is not None and sheet.around is not None
    ]
    return Tabulated(raw_rows(sheets, contract.code, source), notices, None, reports, readings)


def read_sheet(
    grid: GridLike, contract: Contract, file: str, as_of: date, known: Sequence[KnownHeadings]
) -> TabulatedSheet:
    """One sheet: heading, mapping, kinds of rows, and what there is to say about it; arguments as in `tabulate`."""
    cells = grid.cells
    if not any(any(cells[column].tolist()) for column in cells):
        return _aside(grid, "", "空白工作表，没有内容。", quiet=True)
    aliases = compile_aliases(contract)
    heading = find_heading(grid, aliases)
    # Before the heading is believed: a form's best row passes for one, and what stands in it is a child's.
    if is_form(cells, aliases, heading.hits if heading else 0):
        return _aside(grid, FORM, "是一页登记一人的登记表（一人一表），不是名册，没有读取。", FORM_ADVICE)
    if heading is None:
        heading = _without_heading(grid, contract, known)
    if heading is None:
        return _aside(grid, "no_heading", "没有找到表头，这张表没有读取。")
    # With the upper lines of the heading itself: 低保金发放 over 金额 tells the kind of file as a title does.
    above = cells.iloc[: max(heading.last, 0)].to_numpy(dtype=object).ravel()
    around = Surroundings(file, grid.sheet, " ".join(cell for cell in above if cell)[:400], as_of)
    body, merged_down = fill_down(grid, heading.last + 1)
    understood = understand_headings(heading.names, contract, around)
    return _with_rows(
        TabulatedSheet(grid=grid, heading=heading, around=around), contract, understood, body, merged_down
    )


def _with_rows(
    sheet: TabulatedSheet, contract: Contract, understood: Headings, body: pd.DataFrame, merged_down: int
) -> TabulatedSheet:
    """The sheet with its rows; or set aside, when it is of another kind or another department or lacks a column."""
    mapping, heading, grid = understood.settled_by(body), sheet.heading, sheet.grid
    assert heading is not None
    layout = mapping.layout
    if layout.kind == "set_aside":
        aside = _aside(grid, "other_kind", layout.notice, advice=layout.advice)
        return replace(aside, report=replace(aside.report, layout=layout.zh), other_kind=True)
    # What is recognised as a special kind of this department's files is not doubted; the ordinary kind is recognised by nothing.
    rival = _rival(heading.names, contract) if layout is contract.layouts[-1] else None
    if rival is not None:
        aside = _aside(grid, "wrong_department", f"表头像是{rival.zh}的文件，不是{contract.zh}的文件。")
        return replace(aside, rival=rival.zh)
    missing = missing_mandatory(mapping, contract)
    if missing:
        words = _words(mapping, contract)
        # What nobody knows is named by its place: it may be a child's name.
        names = [words.get(each.position) or column_at(each.position) for each in mapping.columns if each.heading]
        aside = _aside(grid, "missing_column", f"缺少必需的列：{_group_names(missing)}。")
        return replace(aside, missing=missing, names=names)

    kinds = _kinds(grid, heading, body, mapping)
    # Which rows are data could only be asked of all rows; what a column holds, of the data alone: a repeated heading is no value of it.
    mapping = understood.settled_by(body[kinds[heading.last + 1 :] == "data"])
    cells = grid.cells.copy()
    cells.iloc[heading.last + 1 :] = body.to_numpy(dtype=object)
    taken = replace(sheet, mapping=mapping, cells=cells, kinds=kinds, names=heading.names, damaged=damaged_cells(grid))
    taken = replace(taken, report=_report(taken, heading, mapping, contract))
    notices = remarks(taken, merged_down)
    if layout.notice:
        text = f"{where(grid.sheet, grid.number)}：{layout.notice}"
        notices.append(IntakeNotice("kind_of_file", "warn", grid.sheet, message=text, advice=layout.advice))
    return replace(taken, notices=notices)


def _report(sheet: TabulatedSheet, heading: Heading, mapping: Mapping, contract: Contract) -> SheetReport:
    return SheetReport(
        sheet=sheet.grid.sheet,
        sheet_no=sheet.grid.number,
        layout=mapping.layout.zh,
        heading_row=int(sheet.grid.cells.index[heading.last]) if heading.last >= 0 else 0,
        columns={
            each.position: (each.heading, each.field or each.target.person or each.target.field)
            for each in mapping.columns
            if each.heading
        },
        unknown=mapping.unknown,
        data_rows=int((sheet.kinds == "data").sum()),
        words=_words(mapping, contract),
    )


def _kinds(grid: GridLike, heading: Heading, body: pd.DataFrame, mapping: Mapping) -> np.ndarray:
    """The kind of every row of a sheet: above the heading, the heading (its last row), and below it."""
    kinds = np.full(len(grid.cells), "title", dtype=object)
    above = grid.cells.iloc[: max(heading.last, 0)]
    kinds[: len(above)] = np.where((above != "").any(axis=1), "title", "blank")
    if heading.last >= 0:
        kinds[heading.last] = "heading"
    kinds[heading.last + 1 :] = rows.classify(body, heading.names, mapping)
    # Read by position, its own first rows may be a heading in words that nobody knows: those are no child.
    if heading.last < 0:
        kinds[: rows.strange_headings(body, mapping)] = "title"
    return kinds


def _without_heading(grid: GridLike, contract: Contract, known: Sequence[KnownHeadings]) -> Heading | None:
    """Headings from an earlier piece or a positional profile, when the values agree with them (rules/files.md#ff10, #ff11)."""
    cells = grid.cells[(grid.cells != "").sum(axis=1) >= 2]
    width = int((cells != "").any(axis=0).to_numpy().nonzero()[0].max()) + 1 if len(cells) else 0
    for template in contract.positional:
        columns = len(template.headings)
        # The last columns (second parent) may be empty in a small file, so half the template's width is enough.
        wide_enough = max(template.fits) < width <= columns and width * 2 >= columns
        if wide_enough and profile.fits(cells, template.fits):
            return Heading(-1, -1, _padded(template.headings, grid.cells.shape[1]), columns)
    # The latest first: pieces lie beside each other, and a department's files of different kinds do not look alike.
    for earlier in reversed(known):
        firsts = {
            positions[0]: field
            for field in ("name", "id_no", "sex", "birth_date", "student_no", "disability_no")
            if (positions := earlier.mapping.positions(field))
        }
        # A column that does not look like its field there proves nothing here.
        expected = {
            place: field
            for place, field in firsts.items()
            if profile.share(earlier.sample.iloc[:, place], field) >= 0.6
        }
        if len(expected) >= 2 and width <= len(earlier.names) and profile.fits(cells, expected):
            return Heading(-1, -1, _padded(earlier.names, grid.cells.shape[1]), len(expected))
    return None


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
    fields = {SheetColumn(0, heading, aliases.find(heading)).field for heading in headings if heading}
    # No values are looked at for another department's sake: an ambiguous heading is what it mostly is there.
    fields |= {aliases.ambiguous[field[1:]].default for field in fields if field.startswith("?")}
    return len(fields & set(contract.marks))


def _words(mapping: Mapping, contract: Contract) -> dict[int, str]:
    aliases = compile_aliases(contract, mapping.layout)
    understood = (column for column in mapping.columns if column.heading and column.target.known)
    return {column.position: word for column in understood if (word := aliases.word(column.heading))}


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


def _refusal(sheets: list[TabulatedSheet], contract: Contract) -> IntakeRefusal | None:
    """Why the whole file cannot be used; None when at least one sheet can, or when it is another kind of file."""
    usable = [sheet for sheet in sheets if sheet.mapping is not None and not sheet.reason]
    if any(sheet.report.data_rows for sheet in usable) or any(sheet.other_kind for sheet in sheets):
        return None
    # Of several reasons the one that tells most what to do: a form's sheets have no heading either.
    forms = [sheet for sheet in sheets if sheet.reason == FORM]
    if forms:
        places = "、".join(f"第{sheet.grid.number}张表" for sheet in forms[:MOST_SHEETS])
        more = "等" if len(forms) > MOST_SHEETS else ""
        text = f"有 {len(forms)} 张表是一页登记一人的登记表（一人一表），不是名册，没有读取：{places}{more}。"
        return IntakeRefusal(FORM, text, FORM_ADVICE)
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
