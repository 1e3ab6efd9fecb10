"""The correction letter (Word) and its list (a workbook that comes back like every other), one pair per department.

Here: looks and sentences put together. Not here: which errors (`lines`), the words themselves (`errata.yaml`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from assets.errata.lines import errata_rules
from assets.paper.document import blank, save
from assets.paper.tables import Row, TableLook, table_xml
from assets.workbooks.answers import add_choices, facts_sheet
from assets.workbooks.book import Book, clean, file_name, open_book
from assets.workbooks.context import PublishContext
from assets.workbooks.heights import row_height, rows_needed
from assets.workbooks.lines import build_lines, gather
from assets.workbooks.publish import numbered
from assets.workbooks.table import Cell, Table
from assets.workbooks.wording import field_name

SHEET = "更正清单"
_FIRST_ROW = 3
_FIXED = (("线索编号", 16.5), ("清单", 9), ("文件", 26), ("工作表", 10), ("行", 6), ("姓名", 9), ("项目", 9))
_SIDES = (("贵单位登记", 20), ("其他部门登记", 30), ("原因", 34))
_YELLOW = (("核查结果", 16), ("核查日期", 11.5), ("核查人", 9), ("说明", 18))


@dataclass(frozen=True)
class Sheet:
    """What one department gets: its errors now, and what became of those before (with `result`)."""

    department: str
    errors: pd.DataFrame
    before: pd.DataFrame


@dataclass(frozen=True)
class Frames:
    """The period's child files, from which the shown values are taken."""

    children: pd.DataFrame
    records: pd.DataFrame


def write_errata(sheet: Sheet, frames: Frames, context: PublishContext, folder: Path) -> list[Path]:
    """Write the letter and the list of a department below a folder; nothing when there is nothing to say.

    Those written for it earlier in the same period are taken away then: they may hold lines that it is not sent any more.
    """
    label = context.department(sheet.department)
    stem = f"{file_name(label)}_{file_name(context.period)}"
    letter, path = folder / f"{stem}_数据更正函.docx", folder / f"{stem}_更正清单.xlsx"
    if sheet.errors.empty and sheet.before.empty:
        letter.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        return []
    paths = [_letter(sheet, context, letter)]
    with open_book(path, context, label) as book:
        _list(book, sheet, frames)
        if not sheet.before.empty:
            _tracking(sheet, context).write(book)
        facts = {"tongbi": "findings", "period": context.period, "kind": "errata", "recipient": label}
        _dictionary(book, sheet, facts)
    return [*paths, path]


def _dictionary(book: Book, sheet: Sheet, facts: Mapping[str, str]) -> None:
    hidden = facts_sheet(book, facts)
    codes = sorted(set(sheet.errors["code"])) if len(sheet.errors) else []
    add_choices(book, hidden, [book.context.info(code) for code in codes])


def _list(book: Book, sheet: Sheet, frames: Frames) -> None:
    context, page = book.context, book.sheet(SHEET)
    lines = build_lines(gather(numbered(sheet.errors, context.period), frames.children, frames.records, context))
    found = {str(one["finding_id"]): one for one in sheet.errors.to_dict("records")}
    page.set_row(0, 34)
    title = f"{context.place}{book.recipient}　{context.period_zh()}数据更正清单"
    page.write_string(0, 0, clean(title), book.title(align="left"))
    said = f"共 {len(lines)} 处（与此前发出的核查清单中相同编号的线索，在任一份表中答复一次即可）。请对照原始材料核对，在黄色单元格选择核查结果；更正以业务系统中的更正为准，下期数据会显示是否已经更正。"
    page.write_string(1, 0, said, book.style(font_name=book.layout.fonts.body, font_size=book.layout.sizes.body))
    for place, (heading, width) in enumerate((*_FIXED, *_SIDES, *_YELLOW)):
        page.set_column(place, place, width)
        page.write_string(_FIRST_ROW - 1, place, heading, book.head())
    for row, line in enumerate(lines.to_dict("records"), start=_FIRST_ROW):
        _row(book, page, row, _cells(line, found[str(line["_finding"])], (sheet.department, context)))
        code = str(line["_code"])
        if context.info(code).answers:
            rule = {"validate": "list", "source": f"=answers_{code}", "input_message": "从下拉列表中选择"}
            page.data_validation(row, len(_FIXED) + len(_SIDES), row, len(_FIXED) + len(_SIDES), rule)
    page.freeze_panes(_FIRST_ROW, 1)
    page.repeat_rows(_FIRST_ROW - 1)
    page.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})


def _cells(line: Mapping[Any, Any], finding: Mapping[Any, Any], whom: tuple[str, PublishContext]) -> list[str]:
    """The grey cells of one error: where it stands in the department's file, its value and the others'."""
    department, context = whom
    sides = context.layout.sides
    own = str(line.get(sides.get(department, ""), ""))
    others = [
        f"{context.department(name)}：{line[column]}"
        for name, column in sides.items()
        if name != department and line.get(column)
    ]
    if not finding["field"]:
        own, others = str(line["record_no"] or line["record_name"]), []
    place = [str(finding[name]) for name in ("file", "sheet", "row")]
    about = str(line["field"]) or "身份证号"
    return [
        str(line["finding_id"]),
        str(line["list_name"]),
        *place,
        str(line["name"]),
        about,
        own,
        "\n".join(others),
        str(line["reason"]),
    ]


def _row(book: Book, page: Any, row: int, cells: list[str]) -> None:
    widths = [width for _, width in (*_FIXED, *_SIDES)]
    needed = max(rows_needed(value, width) for value, width in zip(cells, widths, strict=True))
    page.set_row(row, row_height(needed, book.layout.sizes.body) + 2)
    for place, value in enumerate(cells):
        page.write_string(row, place, clean(value), book.cell(bg_color=book.layout.colours["locked"]))
    for place, (heading, _) in enumerate(_YELLOW, start=len(cells)):
        look = {"bg_color": book.layout.colours["open"], "locked": False}
        page.write_blank(row, place, None, book.cell(**look, num_format="yyyy-mm-dd" if "日期" in heading else "@"))


def _tracking(sheet: Sheet, context: PublishContext) -> Table:
    words = errata_rules().results
    rows: list[list[Cell]] = [
        [
            str(one["finding_id"]),
            context.info(str(one["code"])).name,
            str(one["file"]),
            str(one["sheet"]),
            int(one["row"]),
            words[str(one["result"])],
        ]
        for one in sheet.before.sort_values(["result", "finding_id"]).to_dict("records")
    ]
    headings = ["线索", "清单", "上期文件", "工作表", "行", "本期数据显示"]
    return Table("上期更正情况", "上期请更正事项的办理情况", headings, [16, 20, 40, 12, 7, 26], rows)


def _letter(sheet: Sheet, context: PublishContext, path: Path) -> Path:
    words, document = errata_rules().letter, blank()
    for paragraph in list(document.paragraphs):
        paragraph._p.getparent().remove(paragraph._p)
    title = words.title.format(period=context.period_zh())
    document.add_paragraph(title, "公文标题")
    document.add_paragraph(
        f"{context.place}{context.layout.bureau(sheet.department) or context.department(sheet.department)}：",
        "公文正文",
    ).paragraph_format.first_line_indent = 0
    due = _spoken(date.today() + timedelta(days=words.due_days))
    facts = {
        "office": context.office or "民政部门",
        "period": context.period_zh(),
        "count": len(sheet.errors),
        "due": due,
    }
    for text in (words.opening.format(**facts), _tracked(sheet), words.ask.format(**facts), words.care):
        document.add_paragraph(text, "公文正文")
    document.add_paragraph("本期需更正事项分类", "表题")
    document.element.body.insert(
        len(document.element.body) - 1, table_xml(_counts(sheet, context), TableLook([70, 40, 30]))
    )
    document.add_paragraph("", "表注")
    document.add_paragraph(f"附件：{SHEET}（{len(sheet.errors)}处）", "公文正文")
    document.add_paragraph(context.office, "公文署名")
    document.add_paragraph(_spoken(date.today()), "公文署名")
    return save(document, path, title, context.office)


def _spoken(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _tracked(sheet: Sheet) -> str:
    words = errata_rules()
    if sheet.before.empty:
        return words.letter.first
    counts = Counter(sheet.before["result"])
    said = "，".join(f"{word}{counts[result]}处" for result, word in words.results.items() if counts[result])
    return words.letter.tracking.format(asked=len(sheet.before), said=said)


def _counts(sheet: Sheet, context: PublishContext) -> list[Row]:
    rows: list[Row] = [["清单", "项目", "处数"]]
    keys = Counter(zip(sheet.errors["code"], sheet.errors["field"], strict=True))
    for (code, field), number in sorted(keys.items()):
        rows.append([context.info(str(code)).name, field_name(str(field)) or "—", f"{number:,}"])
    return [*rows, ["合计", "", f"{len(sheet.errors):,}"]]
