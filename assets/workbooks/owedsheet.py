"""The sheet 请补交 of a department's own workbook: what it still owes of the period, units and counts, never a child.

Belongs here: the sheet. Does not belong here: what is owed (`assets.coverage.owed`). Source: rules/coverage.md#three-outcomes.
"""

from __future__ import annotations

from assets.coverage.owed import FIELD, OwedPart, really_owed
from assets.workbooks.book import Book
from assets.workbooks.table import Cell, TableSheet

SHEET = "请补交"
HEADINGS = (
    ("序号", 6),
    ("缺少的数据", 34),
    ("应有（名）", 10),
    ("这次（名）", 10),
    ("情况", 40),
    ("请怎样补", 40),
    ("补齐以前受影响的清单", 36),
)


def add_owed(book: Book) -> bool:
    """Write the sheet where the workbook's department owes anything; returns whether it does."""
    own = [
        part for part in really_owed(book.context.owed) if book.context.department(part.department) == book.recipient
    ]
    if not own:
        return False
    rows = [_row(number, part) for number, part in enumerate(own, start=1)]
    headings, widths = [name for name, _ in HEADINGS], [width for _, width in HEADINGS]
    title = f"{book.context.place}{book.recipient}　请补交{len(own)}处数据"
    TableSheet(SHEET, title, headings, widths, rows, kept=2, note=NOTE).write(book)
    return True


NOTE = "补交后由县级牵头部门重新比对。补齐以前，有关儿童列为“无法比对”，不作为线索下发，已下发的线索保持原状态。"


def _row(number: int, part: OwedPart) -> list[Cell]:
    how = (
        "请按上一次的栏目重新导出、整份补交；这一栏确已不再登记的，请书面说明。"
        if part.kind == FIELD
        else "请核对后把完整的文件重新交来（同一文件名，替换原来的）；确已交齐的（如学校撤并），请书面说明。"
    )
    return [str(number), part.which, part.expected, part.came, part.because, how, "、".join(part.lists) or "—"]
