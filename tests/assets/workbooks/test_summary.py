"""The county summary: figures that add up, and what it says about files, linkage and lists not computed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from assets.publishing.edition_lines import lines_of

SIZES = ["数据中仍有", "本期下发", "已答复不再下发"]
HIDDEN = ["无法比对（儿童）", "无法比对或未计算的原因"]
GONE = ["数据消除", "答复后数据印证", "本期无记录", "本期无法核对", "并入其他线索", "此前已办结"]


def rows(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def test_totals_tie_to_the_findings(town: Any) -> None:
    town.publish()
    book = town.book("汇总.xlsx")
    heads = [cell.value for cell in book["总表"][3]]
    assert heads == [
        "代码",
        "清单",
        *SIZES,
        *HIDDEN,
        "明确",
        "很可能",
        "待核",
        "顺化镇",
        "民联镇",
        "南古镇",
        "乡镇不详",
    ]
    table = {row[0]: row[2:] for row in rows(book["总表"])}
    assert table["L01"] == [3, 3, 0, 0, "", 1, 1, 1, 2, 0, 0, 1]
    assert table["L15"] == [1, 1, 0, 0, "", 1, 0, 0, 0, 1, 0, 0]
    assert table["L03"] == ["未计算", "—", "—", "—", "教育本期未提供数据", *["—"] * 7]
    assert rows(book["总表"])[-1][1:] == [
        "合计",
        5,
        5,
        0,
        "",
        "",
        3,
        1,
        1,
        2,
        2,
        0,
        1,
    ]


def test_detail_by_grade_adds_up_to_the_overview(town: Any) -> None:
    town.publish()
    detail = rows(town.book("汇总.xlsx")["分级明细"])
    assert sum(row[3] for row in detail) == 5
    assert all(row[3] == sum(row[4:]) for row in detail)


def test_every_file_is_accounted_for_and_a_wrong_sum_is_said(town: Any) -> None:
    town.publish()
    table = rows(town.book("汇总.xlsx")["交付情况"])
    assert table[0] == ["民政", "台账.xlsx", 20, 10, 4, 6, "相符"]
    assert table[1][-1].startswith("不符")
    assert table[-1][2:6] == [25, 15, 4, 7]


def test_linkage_and_lists_not_computed(town: Any) -> None:
    town.publish()
    book = town.book("汇总.xlsx")
    linkage = rows(book["关联质量"])
    assert ["民政", "身份证号一致", 1, "100.0%"] in linkage
    assert ["孩子", "在2个部门的数据中找到", 1, "100.0%"] in linkage
    assert [row[2] for row in linkage if row[1] == "待人工判断"] == [1]
    assert rows(book["未计算的清单"]) == [["L03", "疑似未建学籍儿童", "教育本期未提供数据"]]


def test_no_child_is_in_the_summary(town: Any, cells: Any) -> None:
    town.publish()
    texts = " ".join(str(value) for _, _, value in cells(town.book("汇总.xlsx")))
    assert "张小明" not in texts
    assert "9907" not in texts


def test_every_sheet_is_printable_and_named(town: Any) -> None:
    town.publish()
    book = town.book("汇总.xlsx")
    sheets = ["总表", "分级明细", "交付情况", "数据是否交齐", "关联质量", "未计算的清单", "名词与口径说明", "说明"]
    assert book.sheetnames == sheets
    assert all(sheet.oddFooter.left.text == "内部资料 注意保密" for sheet in book)


def test_who_is_linked_less_is_said(town: Any) -> None:
    columns = ["group", "value", "records", "linked", "rate", "low", "high", "expected_rate", "review", "review_rate"]
    lines = [
        ("按部门", "education", 100, 90, 0.9, 0.82, 0.94, 0.9, 1, 0.01, 1.0, ""),
        ("按有无有效号码", "无有效号码", 40, 20, 0.5, 0.35, 0.65, 0.9, 3, 0.07, 0.001, "明显偏低"),
    ]
    town.publish(rates=pd.DataFrame(lines, columns=[*columns, "p_value", "flag"]))
    found = rows(town.book("汇总.xlsx")["关联率"])
    assert found[0][:5] == ["按部门", "教育", 100, 90, "90.0%"]
    assert found[1][1:] == ["无有效号码", 40, 20, "50.0%", "35.0%", "65.0%", "90.0%", 3, "明显偏低"]


def test_both_sizes_of_a_list_are_named_and_a_protected_child_counts_for_no_township(town: Any) -> None:
    lines = lines_of(town.findings, pd.DataFrame(), ())
    answered = lines.iloc[:1].assign(finding_id="L01-QUIET", status="quiet", town="顺化镇")
    town.publish(lines=pd.concat([lines, answered, lines.iloc[:1].assign(finding_id="L01-APART", town="")]))
    table = {row[0]: row[2:] for row in rows(town.book("汇总.xlsx")["总表"])}
    assert table["L01"] == [5, 4, 1, 0, "", 2, 1, 1, 2, 0, 0, 2]
    assert [row[3] for row in rows(town.book("汇总.xlsx")["分级明细"]) if row[0] == "L01"] == [2, 1, 1]
    explained = {str(row[0]): row[1] for row in rows(town.book("汇总.xlsx")["说明"])}
    assert explained["疑似无户籍儿童（L01）"] == "4"


def test_what_became_of_the_lines_adds_up_and_no_lead_is_lost(town: Any) -> None:
    lines = lines_of(town.findings, pd.DataFrame(), ())
    names = lines["finding_id"].tolist()
    lines.loc[0, "status"] = "quiet"
    now = list(zip(names, lines["code"], ["inherited", "appeared", "lasting", "returned", "changed"], strict=True))
    kinds = ["solved", "proven", "unseen", "still_unseen", "unchecked", "merged"]
    gone = [(f"L01-GONE{i}", "L01", kind) for i, kind in enumerate(kinds)]
    older = [("L01-OLDER", "L01", "still_unseen")]
    life = pd.DataFrame([*now, *gone, *older], columns=["finding_id", "code", "kind"])
    before = pd.DataFrame([*gone, ("L01-SETTLED", "L01", "")], columns=["finding_id", "code", "kind"])
    town.publish(life=life, lines=lines, before=before)
    told = [[cell.value for cell in row] for row in town.book("汇总.xlsx")["线索去向"].iter_rows(min_row=3)]
    assert told[0][2:7] == ["数据中仍有", "新发现", "仍在办", "复发", "已答复不再下发"]
    assert told[0][7:] == ["本期不再出现", *GONE, "更早各期仍无记录或无法核对", "更早各期本期了结"]
    assert told[1][:2] == ["L01", "疑似无户籍儿童"]
    assert told[1][2:] == [3, 1, 1, 0, 1, 7, 1, 1, 2, 1, 1, 1, 1, 0]
    assert told[-1][2:7] == [5, 1, 2, 1, 1]
    town.publish("without")
    assert "线索去向" not in town.book("汇总.xlsx", "without").sheetnames
