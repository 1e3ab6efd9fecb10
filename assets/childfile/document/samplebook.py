"""The sheet of the yearly check: who was drawn, what is looked at, room for the answers, and how the draw can be repeated.

The children's names are masked unless the place says otherwise: the file itself is asked for by its number. Not here: the draw (`sample`).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assets.childfile.document.sample import KINDS, Draw
from assets.workbooks.book import Book, clean, open_book
from assets.workbooks.context import PublishContext
from assets.workbooks.masking import mask_name
from assets.workbooks.table import Cell, TableSheet

CHECKS = ("儿童基本信息", "走访记录", "工作日志", "关爱帮扶记录", "发现问题和解决方案", "与系统信息一致")
ANSWERS = ["齐全", "不全", "没有"]
FIRST_ROW, HEAD_ROW = 4, 3
FIXED = ("序号", "儿童编号", "姓名", "乡镇（街道）", "村（社区）", "类别")
WIDTHS = (6, 18, 12, 16, 18, 18)
LAST = (("抽查日期", 13), ("抽查人", 12), ("问题和整改意见", 36))


def write_sheet(drawn: pd.DataFrame, wanted: Draw, context: PublishContext, path: Path) -> Path:
    """Write the workbook.

    Args:
        drawn: `sample.draw` with the column `name`.
        wanted: size and seed, printed.
        context: period, place, office.
        path: in the outbox.
    """
    with open_book(path, context, f"{context.place}儿童档案抽查") as book:
        _form(book, drawn, wanted)
        _strata(drawn, wanted).write(book)
    return path


def _form(book: Book, drawn: pd.DataFrame, wanted: Draw) -> None:
    """抽查表: who was drawn, what is looked at, yellow cells for the answers."""
    sheet = book.sheet("抽查表")
    small = book.style(font_name=book.layout.fonts.body, font_size=book.layout.sizes.body)
    masked = "（遮蔽）" if book.context.names_masked else ""
    headings = [
        *(f"{name}{masked}" if name == "姓名" else name for name in FIXED),
        *CHECKS,
        *[name for name, _ in LAST],
    ]
    widths = [*WIDTHS, *[11] * len(CHECKS), *[width for _, width in LAST]]
    sheet.write_string(0, 0, clean(f"{book.context.place}儿童档案（一人一档）抽查表"), book.title(align="left"))
    sheet.write_string(1, 0, clean(f"{book.context.period_zh()}　抽取{len(drawn)}名　种子“{wanted.seed}”"), small)
    sheet.write_string(2, 0, "黄色格填写；五个部分和一致性从下拉框选择。同一期次、人数和种子抽出的名单相同。", small)
    sheet.set_row(0, 34)
    sheet.set_row(HEAD_ROW, 36)
    for place, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(HEAD_ROW, place, heading, book.head())

    yellow = book.cell(bg_color=book.layout.colours["open"], locked=False, align="center")
    for number, line in enumerate(drawn.to_dict("records")):
        row = FIRST_ROW + number
        name = mask_name(str(line["name"])) if book.context.names_masked else str(line["name"])
        texts = [str(number + 1), line["child_id"], name, line["town"], line["village"], KINDS[str(line["kind"])]]
        for place, text in enumerate(texts):
            style = book.cell(align="center" if place in (0, 1, 2) else "left")
            sheet.write_string(row, place, clean(str(text)), style)
        for place in range(len(texts), len(headings)):
            sheet.write_blank(row, place, None, yellow)

    # Without rows the range would run upwards into the headings.
    if len(drawn):
        rule = {"validate": "list", "source": ANSWERS, "error_message": "请从下拉框选择"}
        last = FIRST_ROW + len(drawn) - 1
        sheet.data_validation(FIRST_ROW, len(FIXED), last, len(FIXED) + len(CHECKS) - 1, rule)
        sheet.autofilter(HEAD_ROW, 0, last, len(headings) - 1)
    sheet.freeze_panes(FIRST_ROW, 3)
    sheet.repeat_rows(HEAD_ROW)
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})


def _strata(drawn: pd.DataFrame, wanted: Draw) -> TableSheet:
    """分层: how many there are of each stratum and how many were drawn, so that the draw can be checked by hand."""
    strata = drawn.drop_duplicates(["town", "kind"])
    rows: list[list[Cell]] = [
        [line["town"], KINDS[line["kind"]], int(line["stratum_size"]), int(line["stratum_drawn"])]
        for line in strata.to_dict("records")
    ]
    rows.append(["合计", "", sum(int(row[2]) for row in rows), sum(int(row[3]) for row in rows)])
    title = f"分层情况（种子“{wanted.seed}”）"
    return TableSheet(
        "分层", title, ["乡镇（街道）", "类别", "在册人数", "抽取人数"], [24, 24, 14, 14], rows, total=True
    )
