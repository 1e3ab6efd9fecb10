"""The sheet 说明 that opens every workbook: what each list means, what to do, how sure it is, who answers by when.

Here: the wording around the lists' own texts, and filling in from the catalogue what a list does not say itself. Not here: those texts
(`expectations/lists`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assets.workbooks.book import Book, clean
from assets.workbooks.context import PrintedList
from assets.workbooks.heights import row_height, rows_needed
from assets.workbooks.routing import Packet
from expectations.lists.catalogue import load_catalogue

SHEET = "说明"
HEADINGS = (
    ("清单", 15),
    ("本期下发条数", 9),
    ("含义", 32),
    ("怎么办", 32),
    ("把握程度", 28),
    ("已经排除的情形", 30),
    ("政策依据", 24),
    ("谁答复、何时", 18),
    ("核查结果选项", 26),
)
MEANING = 2
HOW_TO = (
    "一、本表由各部门数据比对产生，是需要核实的线索，不是结论。任何人的待遇、学籍、户籍都不因本表而变动，须经人工核实并按规定程序办理。",
    "二、请只填写黄色单元格：核查结果（下拉选择）、核查日期、核查人、说明。灰色单元格已锁定。线索编号（含末两位校验码）是回收时识别每一行的唯一依据，请勿修改；"
    "行的顺序、筛选、列宽可以自由调整，另存为其他格式、删去其他列也能读回。",
    "三、筛选和列宽在保护状态下可直接使用；如需排序，先点“审阅—撤销工作表保护”（没有密码），排序后不必恢复保护。",
    "四、把握程度：明确＝证据齐全，号码或多项信息一致；很可能＝主要信息一致，个别信息缺失或有出入；待核＝证据不足，先查资料、打电话，再决定是否入户。",
    "五、“相近记录”是比对时找到、但判断为另一个孩子的记录及理由。核查前请先看这一列：如果其实就是同一个孩子，请在说明中写明，不必入户。",
    "六、“状态”一列：新发现＝本期第一次列出；第2期、第3期＝以前各期已列出、尚未办结；复发＝办结或答复之后又出现，“原因”中写明上次的答复和变化。已答复、情况没有变化的不再列出。",
    "七、填好后把本表交回县级牵头部门。同一条线索有两种不同答复时不会覆盖，由牵头部门与双方核实。",
    "八、含未成年人敏感个人信息。只供本单位承办人员使用，不得转发、截图或上传到互联网；用毕按规定归档或销毁。",
)


def explained(info: PrintedList) -> PrintedList:
    """The list with the texts that it does not bring itself; its short name is the catalogue's where that has one."""
    catalogue = load_catalogue()
    known = catalogue.lists.get(info.code)
    if known is None:
        return replace(info, certainty=info.certainty or catalogue.certainty)
    return replace(
        info,
        short=known.short,
        certainty=info.certainty or known.certainty or catalogue.certainty,
        guards=info.guards or tuple(known.excluded),
    )


def add_explanation(book: Book, packet: Packet) -> None:
    """Write the sheet: title, how to use it, one row per list of this recipient."""
    sheet = book.sheet(SHEET)
    width = len(HEADINGS)
    for place, (_, size) in enumerate(HEADINGS):
        sheet.set_column(place, place, size)
    context = book.context
    sheet.set_row(0, 36)
    sheet.merge_range(
        0,
        0,
        0,
        width - 1,
        clean(f"{context.place}{packet.recipient}　{context.period_zh()}核查清单使用说明"),
        book.title(),
    )
    urgent = "　　【急件】当日办理" if packet.urgent else ""
    number = context.number(packet.recipient)
    about = (
        f"数据截至 {context.as_of.isoformat()}　　本册共 {packet.rows} 条线索（本期下发）　　编号 {number}{urgent}"
        + (f"　　制表：{context.office}" if context.office else "")
    )
    sheet.merge_range(1, 0, 1, width - 1, clean(about), book.prose(align="center"))
    row = add_paragraphs(book, sheet, HOW_TO, 2, width) + 1
    for place, (heading, _) in enumerate(HEADINGS):
        sheet.write_string(row, place, heading, book.head())
    sheet.set_row(row, 26)
    # Also lists without lines and lists that were not computed: an empty list and a missing one must not look alike.
    for below, part in enumerate(packet.parts, start=row + 1):
        cells = list_cells(part.info, count_text(book, part.info, part.count) + elsewhere_text(len(part.elsewhere)))
        cells[MEANING] += why_not(book, part.info, part.count)
        write_list_cells(book, sheet, below, cells)
    sheet.repeat_rows(row)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def add_paragraphs(book: Book, sheet: Any, paragraphs: tuple[str, ...], row: int, columns: int) -> int:
    """Write paragraphs across so many columns from a row on, and return the next row.

    A merged cell does not grow by itself, so its height is reckoned.
    """
    total, size = sum(size for _, size in HEADINGS[:columns]), book.layout.sizes.text
    for paragraph in paragraphs:
        sheet.set_row(row, row_height(rows_needed(paragraph, total, size), size) + 4)
        sheet.merge_range(row, 0, row, columns - 1, paragraph, book.prose())
        row += 1
    return row


def write_list_cells(book: Book, sheet: Any, row: int, cells: list[str]) -> None:
    """One explained list, as high as its longest text."""
    needed = [rows_needed(value, width) for value, (_, width) in zip(cells, HEADINGS, strict=True)]
    sheet.set_row(row, row_height(max(needed), book.layout.sizes.body) + 6)
    for place, value in enumerate(cells):
        sheet.write_string(row, place, clean(value), book.cell(align="center" if place == 1 else "left"))


def count_text(book: Book, info: PrintedList, count: int) -> str:
    """12, 本期无, 未计算, 无法比对 or 未放行."""
    return book.context.knowledge(info.code).cell(count)


def elsewhere_text(count: int) -> str:
    """What is asked in the correction list and therefore not here; "" where nothing is."""
    return f"\n另有{count}条见更正清单" if count else ""


def why_not(book: Book, info: PrintedList, count: int) -> str:
    """Why a list was not computed, or only in part, to stand below its meaning; empty when it is whole."""
    known = book.context.knowledge(info.code)
    if known.not_computed:
        return f"\n【本期未计算】{known.not_computed}"
    if known.is_held:
        return "\n【未放行】本期这张清单没有放行，没有下发，不表示没有这类情况。"
    beside = known.beside(count)
    return f"\n【没有交齐】{beside}。无法比对的不下发，不用入户。" if beside else ""


def list_cells(info: PrintedList, count: str) -> list[str]:
    """One row of the table of lists."""
    name = (
        f"{info.name}（{info.code}）"
        + (f"\n{info.comparison}" if info.comparison else "")
        + ("\n【急】当日办理" if info.urgent else "")
    )
    guards = "\n".join(f"· {guard}" for guard in info.guards)
    answers = "、".join(info.answers)
    return [
        name,
        count,
        info.meaning,
        info.action,
        info.certainty,
        guards,
        info.clause,
        "\n".join(part for part in (info.owner, info.due) if part),
        answers,
    ]
