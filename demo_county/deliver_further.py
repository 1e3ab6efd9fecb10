"""How the further sources are delivered: class lists with a sheet per school, household books in which an adult heads the page,
a visit book, a roster of child workers. Only layouts and habits of the files belong here.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from demo_county.further import Further
from demo_county.knowledge import Scene
from demo_county.settings import places
from demo_county.sheets import DemoFile, DemoSheet, headings, numbered, records, table
from demo_county.spoil import with_births, write_dates
from demo_county.spoil_dates import STYLES

_CODES = {"attendance": "at", "subsistence": "su", "lifted_poverty": "lp", "visits": "vi", "workers": "wo"}


def deliver(further: Further, scene: Scene, inbox: Path) -> list[DemoFile]:
    """Lay the further sources out as this period's files, each in its own folder of the inbox."""
    stamp, month = f"{scene.day:%Y%m}", f"（{scene.day.year}年{scene.day.month}月）"
    low_income = with_births(further.subsistence, STYLES["dash"])
    lifted = with_births(further.lifted_poverty, STYLES["compact"])

    def file(source: str, name: str, container: str, sheets: list[DemoSheet]) -> DemoFile:
        return DemoFile(_CODES[source], inbox / source / name, container, sheets)

    return [
        file("attendance", f"在校学生名单_{stamp}.xlsx", "xlsx_shared", _schools(further.attendance, scene)),
        file(
            "subsistence",
            f"低保家庭成员名册_{stamp}.xlsx",
            "xlsx",
            [_pages(low_income, "low_income", f"低保家庭成员名册{month}")],
        ),
        file(
            "lifted_poverty",
            f"脱贫户家庭成员_{stamp}.xls",
            "xls",
            [_pages(lifted, "lifted", f"脱贫户家庭成员名册{month}")],
        ),
        file("visits", f"走访记录_{stamp}.xlsx", "xlsx", [_visits(further.visits)]),
        file("workers", f"儿童主任名册_{stamp}.xlsx", "xlsx", [_roster(further.roster)]),
    ]


def _schools(frame: pd.DataFrame, scene: Scene) -> list[DemoSheet]:
    sheets = []
    for school, part in frame.groupby("school", sort=True):
        sheet = DemoSheet(str(school))
        sheet.line(f"{school}在校学生名单（{scene.day.year}年{scene.day.month}月）", across=len(headings("class_list")))
        sheet.line(*headings("class_list"))
        ordered = part.sort_values(["grade_no", "class_no", "kid"], kind="stable")
        records(sheet, numbered(ordered.assign(counted_on=str(scene.day))), "class_list")
        sheet.line("合计", f"{len(part)}人")
        sheets.append(sheet)
    return sheets


def _pages(frame: pd.DataFrame, layout: str, title: str) -> DemoSheet:
    """A household's head stands above its children; the head is an adult, no child of the truth.

    The month stands in the title, as such rolls are issued: in a small county the families of two quarters are the same.
    """
    sheet = DemoSheet("家庭成员")
    sheet.line(f"{places().county}{title}", across=len(headings(layout)))
    sheet.line(*headings(layout))
    for _, page in frame.groupby("fam", sort=False):
        head = page.iloc[:1]
        adult = head.assign(name=head["head_name"], id_no=head["head_id"], rel_head="户主", birth_text="", sex="")
        sheet.about_adults(table(adult, layout))
        records(sheet, page, layout)
    return sheet


def _visits(frame: pd.DataFrame) -> DemoSheet:
    sheet = DemoSheet("走访记录")
    sheet.line(f"{places().county}儿童主任走访记录", across=len(headings("visit_book")))
    sheet.line(*headings("visit_book"))
    records(sheet, numbered(frame.assign(visit_text=write_dates(frame, "visit", STYLES["dash"]))), "visit_book")
    return sheet


def _roster(frame: pd.DataFrame) -> DemoSheet:
    sheet = DemoSheet("儿童主任名册")
    sheet.line(f"{places().county}儿童主任（儿童督导员）名册", across=len(headings("roster")))
    sheet.line(*headings("roster"))
    sheet.about_adults(table(numbered(frame), "roster"))
    return sheet
