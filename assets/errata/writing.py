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

from assets.county import office_name
from assets.errata.lines import errata_rules
from assets.paper.document import blank, save
from assets.paper.tables import Row, TableLook, table_xml
from assets.workbooks.answers import add_choices, facts_sheet
from assets.workbooks.book import Book, clean, file_name, open_book
from assets.workbooks.context import PublishContext
from assets.workbooks.heights import row_height, rows_needed
from assets.workbooks.lines import align, build_lines
from assets.workbooks.publish import numbered
from assets.workbooks.table import Cell, TableSheet
from assets.workbooks.wording import field_name

SHEET = "更正清单"
_FIRST_ROW = 3
_FIXED = (("线索编号", 16.5), ("清单", 9), ("文件", 26), ("工作表", 10), ("行", 6), ("姓名", 9), ("项目", 9))
_SIDES = (("贵单位登记", 20), ("其他部门登记", 30), ("原因", 34))
_YELLOW = (("核查结果", 16), ("核查日期", 11.5), ("核查人", 9), ("说明", 18))


@dataclass(frozen=True)
class DepartmentErrors:
    """What one department gets: its errors now, and what became of those before (with `result`)."""

    department: str
    errors: pd.DataFrame
    before: pd.DataFrame


@dataclass(frozen=True)
class Frames:
    """The period's child files, from which the shown values are taken."""

    children: pd.DataFrame
    records: pd.DataFrame


def write_errata(whose: DepartmentErrors, frames: Frames, context: PublishContext, folder: Path) -> list[Path]:
    """Write the letter and the list of a department below a folder; nothing when there is nothing to say.

    Those written for it earlier in the same period are taken away then: they may hold lines that it is not sent any more.
    """
    label = context.department(whose.department)
    stem = f"{file_name(label)}_{file_name(context.period)}"
    letter, path = folder / f"{stem}_数据更正函.docx", folder / f"{stem}_更正清单.xlsx"
    if whose.errors.empty and whose.before.empty:
        letter.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        return []
    _letter(whose, context, letter)
    with open_book(path, context, label) as book:
        _list(book, whose, frames)
        if not whose.before.empty:
            _tracking(whose, context).write(book)
        # The same kind of facts as a workbook of lists: it comes back through the same reader, and one answer counts for both.
        facts = {"tongbi": "findings", "period": context.period, "kind": "errata", "recipient": label}
        codes = sorted(set(whose.errors["code"])) if len(whose.errors) else []
        add_choices(book, facts_sheet(book, facts), [context.info(code) for code in codes])
    return [letter, path]


def _list(book: Book, whose: DepartmentErrors, frames: Frames) -> None:
    """更正清单: one row an error, by file, sheet and row, because the clerk corrects in the system that the file came from."""
    context, page = book.context, book.sheet(SHEET)
    lines = build_lines(align(numbered(whose.errors, context.period), frames.children, frames.records, context))
    findings = {str(row["finding_id"]): row for row in whose.errors.to_dict("records")}
    page.set_row(0, 34)
    title = f"{context.place}{book.recipient}　{context.period_zh()}数据更正清单"
    page.write_string(0, 0, clean(title), book.title(align="left"))
    note = f"共 {len(lines)} 处（与此前发出的核查清单中相同编号的线索，在任一份表中答复一次即可）。请对照原始材料核对，在黄色单元格选择核查结果；更正以业务系统中的更正为准，下期数据会显示是否已经更正。"
    page.write_string(1, 0, note, book.style(font_name=book.layout.fonts.body, font_size=book.layout.sizes.body))
    for place, (heading, width) in enumerate((*_FIXED, *_SIDES, *_YELLOW)):
        page.set_column(place, place, width)
        page.write_string(_FIRST_ROW - 1, place, heading, book.head())

    result_column = len(_FIXED) + len(_SIDES)
    for row, line in enumerate(lines.to_dict("records"), start=_FIRST_ROW):
        _row(book, page, row, _cells(line, findings[str(line["_finding"])], whose.department, context))
        code = str(line["_code"])
        # Row by row: the lists stand mixed in one table, and each has answers of its own.
        if context.info(code).answers:
            rule = {"validate": "list", "source": f"=answers_{code}", "input_message": "从下拉列表中选择"}
            page.data_validation(row, result_column, row, result_column, rule)
    page.freeze_panes(_FIRST_ROW, 1)
    page.repeat_rows(_FIRST_ROW - 1)
    page.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})


def _cells(line: Mapping[Any, Any], finding: Mapping[Any, Any], department: str, context: PublishContext) -> list[str]:
    """The grey cells of one error: where it stands in the department's file, its value and the others'."""
    sides = context.layout.sides
    own = str(line.get(sides.get(department, ""), ""))
    others = [
        f"{context.department(name)}：{line[column]}"
        for name, column in sides.items()
        if name != department and line.get(column)
    ]
    if not finding["field"]:
        # Nothing differs between departments: it is the row's number that is wrong in itself.
        own, others = str(line["record_no"] or line["record_name"]), []
    return [
        str(line["finding_id"]),
        str(line["list_name"]),
        *(str(finding[name]) for name in ("file", "sheet", "row")),
        str(line["name"]),
        str(line["field"]) or "身份证号",
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


def _tracking(whose: DepartmentErrors, context: PublishContext) -> TableSheet:
    """上期更正情况: every earlier error with what this period's data show of it."""
    words = errata_rules().results
    rows: list[list[Cell]] = [
        [
            str(error["finding_id"]),
            context.info(str(error["code"])).name,
            str(error["file"]),
            str(error["sheet"]),
            int(error["row"]),
            words[str(error["result"])],
        ]
        for error in whose.before.sort_values(["result", "finding_id"]).to_dict("records")
    ]
    headings = ["线索", "清单", "上期文件", "工作表", "行", "本期数据显示"]
    return TableSheet("上期更正情况", "上期请更正事项的办理情况", headings, [16, 20, 40, 12, 7, 26], rows)


def _letter(whose: DepartmentErrors, context: PublishContext, path: Path) -> None:
    rules, document = errata_rules(), blank()
    words, count = rules.letter, len(whose.errors)
    for paragraph in list(document.paragraphs):
        paragraph._p.getparent().remove(paragraph._p)
    title = words.title.format(period=context.period_zh())
    document.add_paragraph(title, "公文标题")
    addressee = context.layout.bureau(whose.department) or context.department(whose.department)
    opening = document.add_paragraph(f"{context.place}{addressee}：", "公文正文")
    opening.paragraph_format.first_line_indent = 0

    # From the day of the letter, not of the period: it may be written weeks after the run.
    due = _spoken(date.today() + timedelta(days=words.due_days))
    facts = {
        "office": context.office or office_name(context.place),
        "period": context.period_zh(),
        "count": count,
        "due": due,
    }
    tracked = words.first
    if not whose.before.empty:
        counts = Counter(whose.before["result"])
        results = "，".join(f"{word}{counts[result]}处" for result, word in rules.results.items() if counts[result])
        tracked = words.tracking.format(asked=len(whose.before), said=results)
    for text in (words.opening.format(**facts), tracked, words.ask.format(**facts), words.care):
        document.add_paragraph(text, "公文正文")

    document.add_paragraph("本期需更正事项分类", "表题")
    rows: list[Row] = [["清单", "项目", "处数"]]
    keys = Counter(zip(whose.errors["code"], whose.errors["field"], strict=True))
    for (code, field), number in sorted(keys.items()):
        rows.append([context.info(str(code)).name, field_name(str(field)) or "—", f"{number:,}"])
    rows.append(["合计", "", f"{count:,}"])
    # The last element of the body is the page's setup: the table goes before it.
    document.element.body.insert(len(document.element.body) - 1, table_xml(rows, TableLook([70, 40, 30])))
    document.add_paragraph("", "表注")
    document.add_paragraph(f"附件：{SHEET}（{count}处）", "公文正文")
    document.add_paragraph(context.office or office_name(context.place), "公文署名")
    document.add_paragraph(_spoken(date.today()), "公文署名")
    save(document, path, title, context.office)


def _spoken(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
