"""Sentences about one sheet that was read: unknown headings, totals that do not add up, merged and damaged cells.

Belongs here: notices of severity `warn`. Does not belong here: refusals (`tabulate`), remarks on single rows.
"""

from __future__ import annotations

import re

import numpy as np

from assets.intake import rows
from assets.intake.contract import load_dictionary
from assets.intake.notices import IntakeNotice, column_at, where
from assets.intake.table import TabulatedSheet

MOST_COLUMNS = 20
TOTAL_ADVICE = "请核对是否漏了行，或文件是否完整。"


def remarks(sheet: TabulatedSheet, merged_down: int) -> list[IntakeNotice]:
    """All notices of a sheet, in a fixed order."""
    assert sheet.mapping is not None
    name = sheet.grid.sheet
    place = where(name, sheet.grid.number)
    notices: list[IntakeNotice] = []

    def warn(code: str, text: str, advice: str) -> None:
        notices.append(IntakeNotice(code, "warn", name, message=f"{place}{text}", advice=advice))

    unknown = sheet.mapping.unknown_places
    if unknown:
        # By their places: what stands in a heading row may be a child's name.
        listed = "、".join(map(column_at, unknown[:MOST_COLUMNS])) + ("等" if len(unknown) > MOST_COLUMNS else "")
        advice = "请对照原表看这些列；如需使用，请在部门约定文件中登记列名。"
        warn("unknown_heading", f"有 {len(unknown)} 列的列名不认识，没有使用：{listed}。", advice)
    notices += _totals(sheet)
    if sheet.damaged:
        text = f"有 {len(sheet.damaged)} 行的长号码存成了数字，末几位已丢失，这些号码不作为号码使用。"
        warn("damaged_numbers", text, "请把号码列设为文本格式后重新导出。")
    if merged_down:
        text = f"有合并单元格，已向下填充 {merged_down} 个单元格。"
        warn("merged_cells", text, "请核对合并的单元格是否每一行都适用。")
    repeated = int((sheet.kinds == "repeated_heading").sum())
    if repeated:
        warn("repeated_heading", f"中间重复出现表头 {repeated} 次，已跳过。", "不影响比对。")
    if sheet.heading is not None and sheet.heading.last < 0:
        text = "没有表头，已按前一份文件的列名或学籍模板的列次读取。"
        warn("no_heading_used_profile", text, "请核对各列是否对应正确。")
    return notices


def _totals(sheet: TabulatedSheet) -> list[IntakeNotice]:
    """Compare each stated total with the data rows: a subtotal since the last one, a grand total with all."""
    notices: list[IntakeNotice] = []
    # Money is added up in these rows, too: it is no number of people.
    amounts = sheet.mapping.positions("amount") if sheet.mapping else []
    last, counted = 0, np.cumsum(sheet.kinds == "data")
    for position in np.flatnonzero(sheet.kinds == "total"):
        row = sheet.cells.iloc[position]
        stated = rows.stated_total(row.drop(row.index[amounts]))
        everything = int(counted[position])
        grand = any(re.search(load_dictionary().rows.grand_total, str(cell)) for cell in row if cell)
        expected = everything if grand else everything - last
        last = everything
        # 小计 on the last line may count everything although there are others above it.
        if stated is None or stated in {expected, everything}:
            continue
        number = int(sheet.cells.index[int(position)])
        place = f"{where(sheet.grid.sheet, sheet.grid.number)}第{number}行"
        text = f"{place}的合计数与实际数据行数不一致：写明 {stated}，实际 {expected}。"
        notices.append(
            IntakeNotice("total_differs", "warn", sheet.grid.sheet, number, message=text, advice=TOTAL_ADVICE)
        )
    return notices
