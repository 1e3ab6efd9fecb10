"""A small invented county for the workbook tests: three townships, five lists, hostile values."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from assets.workbooks.context import PrintedList, PublishContext, Published
from assets.workbooks.publish import publish_workbooks
from expectations.jurisdictions.profile import load_profile

LONG_REASON = "民政有登记，公安未找到号码相同或姓名、出生日期相近的在籍记录。"
ANSWERS = ("已登记", "缺少材料", "不属本地", "其他")
ID_A, ID_B, ID_C = "990722201503101238", "990722201407054321", "99072220130101111X"


@dataclass
class Town:
    """The frames, to be changed by a test before it publishes."""

    findings: pd.DataFrame
    children: pd.DataFrame
    records: pd.DataFrame
    context: PublishContext
    folder: Path
    published: list[Published] = field(default_factory=list)

    def publish(self, name: str = "out", **context: Any) -> Path:
        """Publish into a folder of its own; returns it."""
        changed = {**{key: getattr(self.context, key) for key in PublishContext.__dataclass_fields__}, **context}
        target = self.folder / name
        self.published = publish_workbooks(
            self.findings, self.children, self.records, PublishContext(**changed), target
        )
        return target

    def book(self, path: str, name: str = "out") -> Workbook:
        """Open one published workbook with openpyxl."""
        return load_workbook(self.folder / name / path)


def info(code: str, short: str, **more: Any) -> PrintedList:
    texts = {"name": f"疑似{short}儿童", "meaning": "含义", "action": "怎么办", "answers": ANSWERS}
    recipients = tuple(load_profile("default").lists[code].recipients)
    return PrintedList(code=code, short=short, **{**texts, "recipients": recipients, **more})


def child(number: int, name: str, **more: str) -> dict[str, str]:
    return {"child_id": f"T2026Q3-{number:06d}", "name": name, "sex": "1", "birth_date": "2015-03-10", **more}


def record(number: str, owner: str, child_number: int, **more: Any) -> dict[str, Any]:
    where = {"file": f"{owner}.xlsx", "sheet": "名册", "row": 7}
    return {"record_id": number, "department": owner, "child_id": f"T2026Q3-{child_number:06d}", **where, **more}


def finding(code: str, number: int, owner: dict[str, Any], others: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    keys = ("record_id", "department", "file", "sheet", "row")
    return {
        "period": "2026Q3",
        "code": code,
        "finding_id": f"{code}-ABCDEF{number:02d}",
        "child_id": f"T2026Q3-{number:06d}",
        **{key: owner[key] for key in keys},
        "field": "",
        "grade": "明确",
        "reason": LONG_REASON,
        "clause": "国发〔2016〕36号",
        "town": "顺化镇",
        "village": "上庄村",
        "records": json.dumps([{key: item[key] for key in keys} for item in (owner, *others)], ensure_ascii=False),
        "near": "[]",
        **more,
    }


@pytest.fixture
def town(tmp_path: Path) -> Town:
    children = [
        child(1, "张小明", id_no=ID_A, phone="13900001234", category="left_behind;orphan", guardian_name="张大山"),
        child(
            2, "李芳", id_no=ID_B, hukou_addr="顺化镇上庄村3号", live_addr="县城东街9号", disability_no="x", grade="3"
        ),
        child(3, '=HYPERLINK("http://x")', id_no=ID_C, guardian_name="@SUM(1)", live_addr="-2+3", migrant="yes"),
        child(4, "王磊", id_no="", dilemma_type="受侵害"),
        child(5, "赵婷", id_no=ID_B),
    ]
    ca = [
        record(f"CA-{n}", "civil_affairs", n, name=children[n - 1]["name"], birth_date="2015-03-10")
        for n in (1, 2, 3, 4)
    ]
    ed = record("ED-2", "education", 2, name="李方", birth_date="2015-03-11", id_no=ID_B)
    ps = record("PS-5", "public_security", 5, name="赵婷", id_no="", id_no_raw="990722201407054320")
    near = {
        **{k: ed[k] for k in ("record_id", "department", "file", "sheet", "row")},
        "grade": "different",
        "reason": "生日不同",
    }
    findings = [
        finding("L01", 1, ca[0], [], near=json.dumps([near], ensure_ascii=False)),
        finding("L01", 3, ca[2], [], grade="待核", village=""),
        finding("L01", 4, ca[3], [], grade="很可能", town="", reason="+cmd|' /C calc'!A0"),
        finding("L15", 2, ca[1], [ed], field="birth_date", town="民联镇"),
        finding("L18", 5, ps, [], town="民联镇"),
    ]
    context = PublishContext(
        period="2026Q3",
        as_of=date(2026, 9, 30),
        place="清远县",
        office="清远县民政局",
        lists=(
            info("L01", "无户籍", owner="公安派出所", due="当月"),
            info("L03", "未建学籍"),
            info("L15", "信息不一致"),
            info("L18", "证件失效"),
        ),
        not_computed={"L03": "教育本期未提供数据"},
        accounting=pd.DataFrame(
            [("civil_affairs", "台账.xlsx", 20, 10, 4, 6), ("education", "学籍.xls", 5, 5, 0, 1)],
            columns=["department", "file", "rows_in", "accepted", "quarantined", "set_aside"],
        ),
        links=pd.DataFrame(
            {"department": ["civil_affairs", "education"], "method": ["number", "fuzzy"], "child_id": ["a", "a"]}
        ),
        pairs=pd.DataFrame({"grade": ["same", "review", "same"]}),
        towns=("顺化镇", "民联镇", "南古镇"),
    )
    return Town(
        pd.DataFrame(findings),
        pd.DataFrame(children).fillna(""),
        pd.DataFrame([*ca, ed, ps]).fillna(""),
        context,
        tmp_path,
    )


@pytest.fixture
def cells() -> Callable[[Workbook], list[tuple[str, str, Any]]]:
    """Every cell of a workbook as (sheet, address, value)."""

    def read(book: Workbook) -> list[tuple[str, str, Any]]:
        return [
            (sheet.title, cell.coordinate, cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
        ]

    return read
