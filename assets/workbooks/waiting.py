"""The workbook of an edition that waits: why, its lists, who would be sent what, who owes what; for whoever decides on its release.

Belongs here: sheets and columns. Does not belong here: the figures (`assets.coverage.waiting`, `assets.publishing.preview`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from assets.county import department_names, list_names
from assets.coverage.waiting import WaitingEdition
from assets.publishing.editions import bare_context
from assets.workbooks.book import Book, open_book
from assets.workbooks.completeness import add_completeness
from assets.workbooks.table import Cell, TableSheet
from expectations.lists.knowledge import CANNOT
from pipelines.resources.access import owner_only
from pipelines.resources.session import Session

RECIPIENT = "等待放行"
_KINDS = {"department": "部门", "township": "乡镇（街道）"}


def write_waiting(opened: Session, edition: WaitingEdition, sent: pd.DataFrame, path: Path) -> Path:
    """Write the workbook; returns where it lies.

    Args:
        opened: the workspace.
        edition: what waits.
        sent: who would be sent what (`assets.publishing.preview.would_be_sent`).
        path: where to.
    """
    names = department_names(opened.workspace)
    context = replace(bare_context(opened.workspace, edition.period), owed=edition.owed, department_names=names)
    with open_book(path, context, RECIPIENT) as book:
        _reasons(book, edition, {**names, **list_names(opened.workspace)})
        _lists(book, edition)
        _recipients(book, sent)
        add_completeness(book)
    owner_only(path)
    return path


def _reasons(book: Book, edition: WaitingEdition, names: Mapping[str, str]) -> None:
    """等待的原因: each with what to do."""
    rows: list[list[Cell]] = [
        [str(number), names.get(reason["about"], reason["about"]), reason["sentence"], reason["advice"]]
        for number, reason in enumerate(edition.open_reasons.to_dict("records"), start=1)
    ]
    title = f"{book.context.place}{book.context.period_zh()}　等待放行的原因（{len(rows)}处）"
    TableSheet("等待的原因", title, ["序号", "部门或清单", "情况", "怎么办"], [6, 16, 60, 60], rows).write(book)


def _lists(book: Book, edition: WaitingEdition) -> None:
    """各清单: sizes now and before, what would be new and what would end, and what nobody can say."""
    rows: list[list[Cell]] = []
    for line in edition.lists.to_dict("records"):
        known = edition.known[line["code"]]
        word = known.word(int(line["now"]))
        hidden: Cell = known.hidden if word in ("", CANNOT) else "—"
        before: Cell = int(line["before"]) if line["before"] else "—"
        moves = [int(line[name]) for name in ("new", "closed", "unchecked")]
        why = known.why if word or known.is_partial else ""
        rows.append([line["code"], line["name"], word or int(line["now"]), before, *moves, hidden, why])
    headings = [
        "代码",
        "清单",
        "本次",
        "上一次",
        "新发现",
        "拟了结",
        "无法核对",
        "无法比对（儿童）",
        "无法比对或未计算的原因",
    ]
    TableSheet(
        "各清单", "放行后各清单的线索（数据中仍有）", headings, [7, 28, 10, 9, 9, 9, 10, 12, 60], rows, kept=2
    ).write(book)


def _recipients(book: Book, sent: pd.DataFrame) -> None:
    """放行后发给谁: every workbook that would be written."""
    rows: list[list[Cell]] = [
        [_KINDS[row["kind"]], row["recipient"], *[int(row[name]) for name in ("lines", "new", "closed", "unchecked")]]
        for row in sent.to_dict("records")
    ]
    headings = ["类别", "收件单位", "下发线索", "其中新发现", "拟了结（上次下发的）", "无法核对，保持原状态"]
    TableSheet("放行后发给谁", "放行后各单位收到的线索", headings, [14, 24, 11, 12, 15, 16], rows, kept=2).write(book)
