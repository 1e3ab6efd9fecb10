"""另设台账: the further books that a place keeps (单亲, 虚拟专门学校, 流浪和打拐, 流动), a sheet each, for the bureau only.

Here: the workbook. Not here: who belongs in a book (`expectations.lists.ledgers`). Source: rules/jurisdictions.md#row-23, rules/workflow.md#m18. Such a book says
something about a child that may harm it: it lies with civil affairs' workbooks, under their password, and names are masked unless the place
says otherwise; the child's file is asked for by its number.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assets.workbooks.book import open_book
from assets.workbooks.context import PublishContext
from assets.workbooks.lines import text
from assets.workbooks.masking import mask_name
from assets.workbooks.table import Cell, TableSheet
from assets.workbooks.wording import say

HEADINGS = (
    ("序号", 7), ("儿童编号", 18), ("姓名", 10), ("性别", 7), ("出生日期", 13), ("乡镇（街道）", 16), ("村（社区）", 18),
)  # fmt: skip


def write_further_books(children: pd.DataFrame, context: PublishContext, path: Path) -> Path | None:
    """Write the workbook, one sheet per book of the place, also where nobody is in it.

    Args:
        children: data-shapes section 5, `child_id, name, sex, birth_date`.
        context: `further` holds the books and who is in them.
        path: in the folder of the period.

    Returns:
        The path, or None where the place keeps no further books: then nothing is written.
    """
    further = context.further
    if not further.names:
        return None
    known = children.drop_duplicates("child_id").set_index("child_id")
    with open_book(path, context, f"{context.place}另设台账") as book:
        for code, zh in further.names.items():
            members = further.members[further.members["ledger"] == code]
            # By the members, not by the children: a book may name a child whose record is not among the period's.
            theirs = known.reindex(members["child_id"])
            names = [mask_name(name) if context.names_masked else name for name in text(theirs, "name")]
            values = (say(text(theirs, "sex"), "sex"), text(theirs, "birth_date"), members["town"], members["village"])
            lines = zip(members["child_id"].astype(str), names, *values, strict=True)
            rows: list[list[Cell]] = [[str(number), *line] for number, line in enumerate(lines, start=1)]
            # An empty book is printed, too: that there is nobody is an answer.
            rows = rows or [["—", "本期没有", "", "", "", "", ""]]
            headings, widths = [name for name, _ in HEADINGS], [width for _, width in HEADINGS]
            TableSheet(zh, f"{zh}（{len(members)}名）", headings, widths, rows, kept=3).write(book)
    return path
