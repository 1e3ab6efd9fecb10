"""What a place's profile says reaches the workbooks: the classes compared, further books, names on them (rules/jurisdictions.md#row-3, #row-21, #row-23)."""

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from town import CA, ED, Town

from assets.protected import Protected
from assets.publishing.editions import Ingredients, write_workbooks
from pipelines.resources.workspace import SETTINGS_NAME, Workspace

OWN = "own.yaml"


@pytest.fixture
def workspace(tmp_path: Path) -> Any:
    def made(place: str, changes: str = "") -> Workspace:
        found = Workspace.create(tmp_path / "county")
        (found.root / OWN).write_text(f"extends: {place}\n{changes}", encoding="utf-8")
        settings = found.root / SETTINGS_NAME
        settings.write_text(settings.read_text(encoding="utf-8").replace('profile = ""', f'profile = "{OWN}"'), "utf-8")
        return Workspace.open(found.root)

    return made


def published(workspace: Workspace) -> Path:
    town = Town(place="fengxian")
    town.add(CA, 1, category="left_behind", single_parent="yes", hukou_nature="rural", live_town="南古镇")
    town.add(CA, 2, category="left_behind", remark="列入虚拟专门学校")
    town.add(CA, 3, category="street")
    town.add(CA, 4, category="dilemma", death_date="2026-01-01")
    town.add(ED, 5)
    files = town.files()
    links = pd.DataFrame(town.links).assign(department="civil_affairs")
    whole = Ingredients(
        "2026Q3", town.findings(), links, pd.DataFrame(), files.children, files.records, pd.DataFrame(), {}
    )
    folder = workspace.outbox / "2026Q3"
    write_workbooks(whole, workspace, folder, Protected())
    return folder


def rows(path: Path, sheet: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows(min_row=4)]


@pytest.mark.parametrize(
    ("place", "books"),
    [
        ("fuyang", {"农村单亲儿童台账": "T2026Q3-000001"}),
        ("zhangye", {"列入虚拟专门学校的儿童": "T2026Q3-000002"}),
        (
            "guiyang",
            {
                "流浪和打拐解救儿童台账": "T2026Q3-000003",
                "流动儿童台账": "本期没有",
                "病残儿童台账": "本期没有",
                "孤儿大学生（成年在读）台账": "本期没有",
            },
        ),
        ("sanming", {}),
    ],
)
def test_row_23_further_books_are_written_for_the_bureau(workspace: Any, place: str, books: dict[str, str]) -> None:
    path = published(workspace(place)) / "部门" / "民政_2026Q3_另设台账.xlsx"
    assert path.exists() == bool(books)
    if books:
        assert openpyxl.load_workbook(path).sheetnames == list(books)
        assert {sheet: rows(path, sheet)[0][1] for sheet in books} == books


@pytest.mark.parametrize(("masked", "shown"), [("true", True), ("false", False)])
def test_row_21_names_on_the_rolls_of_the_county(workspace: Any, masked: str, shown: bool) -> None:
    place = workspace("fuyang", f"masking: {{name_masked_in_summary: {{value: {masked}, clause: 本地}}}}\n")
    name = rows(published(place) / "部门" / "民政_2026Q3_另设台账.xlsx", "农村单亲儿童台账")[0][2]
    assert ("*" in name) == shown


@pytest.mark.parametrize(
    ("place", "classes"),
    [
        ("zhangye", {"留守": 2, "其他儿童": 3}),
        ("fengxian", {"留守": 2, "困境": 1, "其他儿童": 2}),
        (
            "guiyang",
            {"留守": 2, "困境": 1, "孤儿": 0, "事实无人抚养": 0, "艾滋": 0, "其他儿童": 2},
        ),
    ],
)
def test_row_3_the_classes_that_are_compared(workspace: Any, place: str, classes: dict[str, int]) -> None:
    found = {row[0]: row[1] for row in rows(published(workspace(place)) / "汇总.xlsx", "比对对象")}
    assert found == classes


def test_masking_of_the_place_is_what_a_workbook_shows(workspace: Any) -> None:
    folder = published(workspace("fengxian", "masking: {number_head: {value: 2}, number_tail: {value: 0}}\n"))
    cells = [
        str(cell.value)
        for path in folder.rglob("*核查清单.xlsx")
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert any(text == "62" + "*" * 16 for text in cells)
    assert not any(text.startswith("6207****") for text in cells)
