"""The further books of a place, the classes that it has compared: what its profile names is what is written."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from assets.workbooks.context import FurtherBooks

BOOK = "部门/民政_2026Q3_另设台账.xlsx"
NAMES = {"rural_single_parent": "农村单亲儿童台账", "street_trafficked": "流浪和打拐解救儿童台账"}
MEMBERS = pd.DataFrame(
    [("rural_single_parent", "T2026Q3-000001", "顺化镇", "上庄村"), ("rural_single_parent", "T2026Q3-000002", "", "")],
    columns=["ledger", "child_id", "town", "village"],
)


def rows(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def test_a_sheet_per_book_with_its_children(town: Any) -> None:
    town.publish(further=FurtherBooks(NAMES, MEMBERS))
    book = town.book(BOOK)
    assert book.sheetnames == list(NAMES.values())
    assert rows(book["农村单亲儿童台账"]) == [
        ["1", "T2026Q3-000001", "张*明", "男", "2015-03-10", "顺化镇", "上庄村"],
        ["2", "T2026Q3-000002", "李*", "男", "2015-03-10", "", ""],
    ]
    assert rows(book["流浪和打拐解救儿童台账"])[0][1] == "本期没有"
    assert book["农村单亲儿童台账"]["A1"].value == "农村单亲儿童台账（2名）"


@pytest.mark.parametrize(("masked", "name"), [(True, "张*明"), (False, "张小明")])
def test_names_are_whole_only_where_the_place_says_so(town: Any, masked: bool, name: str) -> None:
    town.publish(further=FurtherBooks(NAMES, MEMBERS), names_masked=masked)
    assert rows(town.book(BOOK)["农村单亲儿童台账"])[0][2] == name


def test_a_place_without_further_books_has_no_such_workbook(town: Any) -> None:
    folder = town.publish()
    assert not (folder / BOOK).exists()


def test_the_classes_compared_are_counted_and_the_rest_is_said(town: Any) -> None:
    town.children["categories"] = ["left_behind;orphan", "dilemma", "", "left_behind", ""]
    town.publish(groups={"left_behind": "留守", "dilemma": "困境"})
    found = {row[0]: row[1:] for row in rows(town.book("汇总.xlsx")["比对对象"])}
    assert found == {
        "留守": [2, 2, 2, 2, 0, 1, 1, 0],
        "困境": [1, 1, 1, 1, 0, 1, 0, 0],
        "其他儿童": [2, 2, 2, 2, 0, 1, 0, 1],
    }
    town.publish(groups={"orphan": "孤儿"})
    found = {row[0]: row[1] for row in rows(town.book("汇总.xlsx")["比对对象"])}
    assert found == {"孤儿": 1, "其他儿童": 4}
