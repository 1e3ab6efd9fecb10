"""Real workbooks of two townships, as they go out; a test edits one the way people do and gives it back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook, load_workbook

from assets.replies.judging import ReplyOutcome, SentLines, judge
from assets.replies.lines import ReturnedFile, read_lines
from assets.workbooks.context import PrintedList, PublishContext
from expectations.jurisdictions.profile import load_profile
from pipelines.resources.reading import read_file

CHOICES = {"L01": ("已登记（填写身份证号）", "缺少材料", "不属本地", "户籍在外地", "查无此人", "其他"),
           "L03": ("已在校有学籍", "省外就读", "失联", "外出务工", "其他")}  # fmt: skip
HEAD_ROW, FIRST_ROW = 3, 4
TODAY = date(2026, 11, 20)
TOWNS = ("顺化镇", "民联镇")


def findings(period: str) -> pd.DataFrame:
    """Three lines of L01 and two of L03 in each township."""
    rows = []
    for town_number, town in enumerate(TOWNS):
        for number in range(5):
            code = "L01" if number < 3 else "L03"
            body = f"{'AB'[town_number]}{'CDEFG'[number]}HJKLMN"
            names = {"period": period, "code": code, "finding_id": f"{code}-{body}", "child_id": f"T{body}"}
            place = {
                "record_id": f"r{body}",
                "department": "civil_affairs",
                "file": "台账.xlsx",
                "sheet": "名册",
                "row": number + 2,
            }
            said = {
                "field": "",
                "grade": "明确",
                "reason": "公安未找到。",
                "clause": "",
                "town": town,
                "village": "上庄村",
            }
            rows.append({**names, **place, **said, "records": "[]", "near": "[]"})
    return pd.DataFrame(rows)


def context(period: str = "2026Q3") -> PublishContext:
    profile = load_profile("default")
    lists = tuple(
        PrintedList(code, f"清单{code}", code, answers=answers, recipients=tuple(profile.lists[code].recipients))
        for code, answers in CHOICES.items()
    )
    return PublishContext(period, date(2026, 9, 30), "清远县", lists, "清远县民政局", towns=TOWNS)


@dataclass
class Desk:
    """Where workbooks go out and come back."""

    folder: Path
    known: SentLines

    def out(self, town: str = "顺化镇") -> Workbook:
        """The township's workbook, opened."""
        return load_workbook(self.folder / "out" / "乡镇" / f"{town}_{self.known.period}_核查清单.xlsx")

    def back(self, name: str, save: Callable[[Path], Any], sender: str = "") -> ReturnedFile:
        """Save a file under a name and read it as the inbox does."""
        path = self.folder / "back" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        save(path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return read_lines(read_file(path), name, sha256, sender)

    def judge(self, *files: ReturnedFile, **known: Any) -> ReplyOutcome:
        return judge(files, replace(self.known, **known))


def results(outcome: ReplyOutcome) -> dict[str, str]:
    """finding_id (or the damaged number) -> what became of its line; empty lines are left out."""
    return {one.finding_id or one.line.number: one.result for one in outcome.lines if one.result != "empty"}


def columns(sheet: Any) -> dict[str, int]:
    """Heading -> column."""
    return {str(cell.value): cell.column for cell in sheet[HEAD_ROW]}


def fill(sheet: Any, row: int, answer: str, **more: Any) -> None:
    """Fill in a line as a clerk does."""
    at = columns(sheet)
    sheet.cell(row, at["核查结果"]).value = answer
    for heading, value in more.items():
        sheet.cell(row, at[heading]).value = value
