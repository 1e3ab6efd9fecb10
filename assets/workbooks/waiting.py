"""The workbook of an edition that waits: why, its lists, who cannot be compared; for whoever decides on its release.

Belongs here: sheets and columns. Does not belong here: the figures (`assets.coverage.waiting`).
"""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from assets.county import department_names, list_names
from assets.coverage.waiting import WaitingEdition
from pipelines.resources.access import owner_only
from pipelines.resources.files import replacing
from pipelines.resources.session import Session


def write_waiting(opened: Session, edition: WaitingEdition, path: Path) -> Path:
    """Write the workbook; returns where it lies."""
    names = {**department_names(opened.workspace), **list_names(opened.workspace)}
    reasons = edition.reasons[edition.reasons["settled"] == ""]
    with replacing(path) as aside, xlsxwriter.Workbook(aside) as book:
        head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("等待的原因")
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 2, 60)
        sheet.write_row(0, 0, ["部门或清单", "情况", "怎么办"], head)
        for row, reason in enumerate(reasons.to_dict("records"), start=1):
            sheet.write_row(
                row, 0, [names.get(reason["about"], reason["about"]), reason["sentence"], reason["advice"]], cell
            )
        lists = book.add_worksheet("各清单")
        lists.set_column(0, 0, 8)
        lists.set_column(1, 1, 28)
        lists.set_column(5, 5, 80)
        lists.write_row(0, 0, ["代码", "清单", "本次", "上一次", "无法比对（儿童）", "原因"], head)
        for row, line in enumerate(edition.lists.to_dict("records"), start=1):
            now = "未计算" if line["not_computed"] else line["now"]
            why = line["not_computed"] or line["why"]
            lists.write_row(
                row, 0, [line["code"], line["name"], now, line["before"], line["uncompared"] or "", why], cell
            )
    owner_only(path)
    return path
