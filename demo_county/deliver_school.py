"""How the education bureau delivers: the 71-column template, the districts' export with two-level headings,
HTML named .xls, UTF-16 CSV.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from demo_county.knowledge import Scene
from demo_county.settings import layouts, places
from demo_county.sheets import DemoFile, DemoSheet, forget, headings, numbered, records
from demo_county.spoil import with_births, write_dates
from demo_county.spoil_dates import STYLES

_NUMERALS = "一二三四五六七八九"


def deliver(frame: pd.DataFrame, scene: Scene, folder: Path) -> list[DemoFile]:
    """Lay the student records out as this period's files."""
    frame["father_rel"] = np.where(frame["father_name"] != "", "父亲", "")
    frame["mother_rel"] = np.where(frame["mother_name"] != "", "母亲", "")
    frame["father_guards"] = np.where(frame["father_name"] != "", "是", "")
    frame["father_addr"] = np.where(frame["father_name"] != "", frame["live_addr"], "")
    frame["nature_code"] = np.where(frame["nature"] == "农业", "1", "0")
    frame["sex_code"] = np.where(frame["sex"] == "男", "1", "2")
    for text, column in (("suspended_text", "suspended_on"), ("until_text", "suspended_until")):
        frame[text] = write_dates(frame, column, STYLES["dash"])
    small, senior = frame["stage"].isin(["kindergarten", "special"]), frame["stage"] == "senior"
    ordinary = frame["enrolment"] == "在读"
    template = ~small & ~senior & (frame["district"] == 0) & ordinary
    stamp = f"{scene.day - dt.timedelta(days=9):%Y%m%d}"
    in_template = DemoSheet("学生基础信息")
    in_template.line(*headings("school_template"))
    records(in_template, with_births(frame[template], STYLES["compact"]), "school_template")
    files = [
        DemoFile("edu", folder / f"学籍信息模板_{places().seat}_{stamp}.xlsx", "xlsx_shared", [in_template]),
        _export(frame[~small & ~senior & ~template], folder / f"义务教育学籍导出_{stamp}.xlsx", scene),
        _plain(
            frame[small],
            "school_small",
            DemoFile("edu", folder / f"幼儿园在园幼儿_{stamp}.xls", "html", [], "gb18030"),
            "chinese",
        ),
        _plain(
            frame[senior],
            "school_codes",
            DemoFile("edu", folder / f"高中阶段学籍_{stamp}.csv", "csv", [], "utf-16"),
            "clock",
        ),
    ]
    # The truth is about what was delivered: these two layouts have fewer columns than the others.
    forget(frame, "school_small", small.to_numpy())
    forget(frame, "school_codes", senior.to_numpy())
    return files


def _plain(frame: pd.DataFrame, layout: str, delivery: DemoFile, style: str) -> DemoFile:
    sheet = DemoSheet("")
    if delivery.container == "html":
        sheet.line(f"{places().county}幼儿园在园幼儿花名册")
    sheet.line(*headings(layout))
    records(sheet, with_births(frame, STYLES[style]), layout)
    delivery.sheets.append(sheet)
    return delivery


def _export(frame: pd.DataFrame, path: Path, scene: Scene) -> DemoFile:
    sheets = []
    for district in range(1, places().districts):
        part = frame[frame["district"] == district]
        sheet = _titled(f"第{_NUMERALS[district - 1]}学区", scene)
        rows = numbered(with_births(part, STYLES[["dash", "short_slash", "dot"][district % 3]]))
        half = len(rows) // 2
        records(sheet, rows.iloc[:half], "school_export")
        if district == 2:
            sheet.line(*headings("school_export"))  # the heading printed again in the middle
        records(sheet, rows.iloc[half:], "school_export")
        if district == 1:
            sheet.nameless(rows.iloc[:1], "school_export")
        sheet.line("合计", f"{len(rows)}人")
        sheet.line()
        sheet.line("填表人：", "", "", "审核人：", "", "", "单位负责人（签字）：")
        sheets.append(sheet)
    # The seat's pupils stand in the template; of them this file has only those with another status than 在读.
    changed = _titled("异动学生", scene)
    records(changed, numbered(with_births(frame[frame["district"] == 0], STYLES["slash"])), "school_export")
    return DemoFile("edu", path, "xlsx_shared", [*sheets, changed])


def _titled(name: str, scene: Scene) -> DemoSheet:
    """Begin a sheet with a title, an as-of line (rules/files.md#ff18) and two levels of headings (rules/files.md#ff5)."""
    columns = [heading.split("/") for heading, _ in layouts()["school_export"]]
    sheet = DemoSheet(name)
    sheet.line(f"{places().county}义务教育阶段学生学籍信息（{name}）", across=len(columns))
    sheet.line(
        f"填报单位：{places().county}教育和体育局　　统计时间：{scene.day - dt.timedelta(days=1)}", across=len(columns)
    )
    # Only the first cell of a merged area holds its text; the first column is merged downwards, so its text stands above.
    tops = [top for top, _ in columns]
    upper = [top if i == 0 or tops[i - 1] != top else "" for i, top in enumerate(tops)]
    upper[0] = columns[0][1]
    row = len(sheet.rows)
    for i, top in enumerate(tops):
        if upper[i] and i:
            sheet.merges.append((row, i, row, i + tops.count(top) - 1))
    sheet.merges.append((row, 0, row + 1, 0))
    sheet.line(*upper)
    sheet.line("", *[lower for _, lower in columns[1:]])
    return sheet
