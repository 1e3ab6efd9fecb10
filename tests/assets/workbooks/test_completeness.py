"""What workbooks say of data that did not come: three outcomes beside each list, what a department owes, who released the edition."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from assets.coverage.owed import FIELD, KNOWN_WHOLE, UNIT, OwedPart
from expectations.lists.knowledge import ListKnowledge

SCHOOL = OwedPart(
    "education", UNIT, "教育的学籍「甲小学」", 43, 0, "上一次交来的43名儿童，这次一名也没有", ("疑似未建学籍儿童",)
)
COLUMN = OwedPart("civil_affairs", FIELD, "民政的「监护情况」（台账.xlsx）", 20, 0, "这次没有交来这一栏")
CLOSED = OwedPart("education", KNOWN_WHOLE, "教育的学籍「乙小学」", 12, 0, "上一次交来的12名儿童，这次一名也没有")
WHY = "教育的学籍「甲小学」没有交齐"
KNOWN = {
    "L01": ListKnowledge(hidden=840, because=WHY),
    "L03": ListKnowledge(hidden=2, because=WHY),
    "L15": ListKnowledge(gap=WHY),
    "L18": ListKnowledge(is_held=True),
}
UNCOMPARED = pd.DataFrame(
    [("L01", "a", "顺化镇", WHY), ("L01", "b", "南古镇", WHY), ("L03", "c", "南古镇", WHY)],
    columns=["code", "child_id", "town", "because"],
)


@pytest.fixture
def partial(town: Any) -> Any:
    """A period whose school data did not all come; L18 has no line and was held back."""
    town.findings = town.findings[~town.findings["code"].isin(["L15", "L18"])]
    release = {"by": "王主任", "reason": "甲小学下周补交", "at": "2026-10-09T02:30:00+00:00"}
    owed = (SCHOOL, COLUMN, CLOSED)
    town.publish(
        known=KNOWN, uncompared=UNCOMPARED, not_computed={}, owed=owed, release=release, waited_for=(SCHOOL.because,)
    )
    return town


def rows(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def explained(book: Any) -> dict[str, tuple[str, str]]:
    """List -> what its row of the sheet 说明 counts and means."""
    found = [[str(cell.value or "") for cell in row] for row in book["说明"].iter_rows()]
    return {row[0].partition("（L")[2].partition("）")[0]: (row[1], row[2]) for row in found if "（L" in row[0]}


def test_a_nought_stands_only_where_everything_was_there(partial: Any) -> None:
    table = {row[0]: row[2:7] for row in rows(partial.book("汇总.xlsx")["总表"])}
    assert table["L01"] == [3, 3, 0, 840, WHY]
    assert table["L03"] == ["无法比对", "—", "—", 2, WHY]
    assert table["L15"] == ["无法比对", "—", "—", 0, WHY]
    assert table["L18"] == ["未放行", "—", "—", "—", ""]


def test_the_list_says_what_its_number_leaves_out(partial: Any) -> None:
    told = explained(partial.book("汇总.xlsx"))
    assert told["01"][0] == "3"
    assert f"按已交来的数据 3 条；另有 840 名儿童无法比对（{WHY}）" in told["01"][1]
    assert told["03"][0] == "无法比对"
    assert told["18"][0] == "未放行"


def test_whether_data_are_whole_stands_by_department(partial: Any) -> None:
    table = rows(partial.book("汇总.xlsx")["数据是否交齐"])
    assert [row[:5] for row in table] == [
        ["民政", "缺栏目", COLUMN.which, 20, 0],
        ["教育", "没有交齐", SCHOOL.which, 43, 0],
        ["教育", "经确认已交齐", CLOSED.which, 12, 0],
    ]
    assert table[1][6] == "疑似未建学籍儿童"


def test_who_released_it_and_what_stayed_behind(partial: Any) -> None:
    told = dict(row[:2] for row in rows(partial.book("汇总.xlsx")["放行情况"]))
    assert (told["放行人"], told["放行理由"]) == ("王主任", "甲小学下周补交")
    assert told["放行前的异常"] == SCHOOL.because
    assert told["未放行的清单"].startswith("L18")
    partial.publish("ordinary")
    assert "放行情况" not in partial.book("汇总.xlsx", "ordinary").sheetnames


def test_a_department_is_asked_for_its_own_and_for_no_child(partial: Any, cells: Any) -> None:
    book = partial.book("部门/教育_2026Q3_核查清单.xlsx")
    asked = rows(book["请补交"])
    # What a person confirmed to be whole is not asked for again, nor what another department owes.
    assert [row[1:4] for row in asked] == [[SCHOOL.which, 43, 0]]
    assert "请补交" in partial.book("部门/民政_2026Q3_核查清单.xlsx").sheetnames
    assert "请补交" not in partial.book("部门/公安_2026Q3_核查清单.xlsx").sheetnames
    texts = " ".join(str(value) for sheet, _, value in cells(book) if sheet == "请补交")
    assert not any(name in texts for name in ("张小明", "李芳", "9907"))


def test_a_township_counts_its_own_and_is_sent_nobody_who_cannot_be_compared(partial: Any) -> None:
    shunhua = partial.book("乡镇/顺化镇_2026Q3_核查清单.xlsx")
    assert "请补交" not in shunhua.sheetnames
    assert "另有 1 名儿童无法比对" in explained(shunhua)["01"][1]
    assert "不用入户" in explained(shunhua)["01"][1]
    assert explained(shunhua)["03"][0] == "本期无"
    assert explained(partial.book("乡镇/南古镇_2026Q3_核查清单.xlsx"))["03"][0] == "无法比对"
    assert explained(partial.book("乡镇/民联镇_2026Q3_核查清单.xlsx"))["01"][0] == "本期无"
