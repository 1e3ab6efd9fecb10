"""Whose records found their register entry: the link rate by group, so that a report says for whom the lists are weakest.

A child counts when civil affairs, education or the federation has an active record of it; it is found when the police
register has it too. Not here: why a pair was linked (`matching`). Source: trust.md C1 (fairness), users.md F1.7.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from assets.reports.figures import TOTAL, Figures, Grid
from assets.reports.material import Material

SAVED = {"number": "身份证号一致", "other": "靠其他信息找到", TOTAL: "在公安数据中找到的儿童"}
COLUMNS = {"found": "在公安数据中找到", "open": "未找到", TOTAL: "儿童数"}
REGISTER = "public_security"


def count_coverage(figures: Figures, material: Material) -> None:
    """`coverage_<group>`: children of each group, found in the register or not; each group adds up to the same total."""
    children = material.children[material.children["departments"] != REGISTER]
    found = np.where(children["departments"].str.split(";").map(lambda names: REGISTER in names), "found", "open")
    first = ""
    for name, (title, group, rows) in groups(children, material).items():
        table = f"coverage_{name}"
        counts = Counter(zip(group, found, strict=True))
        figures.add(Grid(table, title, {**rows, TOTAL: "合计"}, COLUMNS), counts, totals="both")
        first = first or table
        if table != first:
            for column in COLUMNS:
                figures.same((table, TOTAL, column), (first, TOTAL, column))


def groups(children: pd.DataFrame, material: Material) -> dict[str, tuple[str, list[str], dict[str, str]]]:
    """Name -> title, the group of each child, names of the groups in order."""
    length = children["name"].str.replace("·", "").str.len()
    named = np.select([length <= 2, length == 3], ["2", "3"], "4")
    nation = children["nation"].map(lambda code: {"01": "han", "": "unknown"}.get(code, "other"))
    boards = children["child_id"].isin(_marked(material, "boarding"))
    moves = children["child_id"].isin(_marked(material, "migrant"))
    return {
        "id": ("证件号码", _yes(children["id_no"] != ""), {"yes": "有有效身份证号", "no": "没有有效身份证号"}),
        "nation": ("民族", list(nation), {"han": "汉族", "other": "少数民族", "unknown": "未填民族"}),
        "name": ("姓名字数", list(named), {"2": "两字及以下", "3": "三字", "4": "四字及以上"}),
        "boarding": ("寄宿", _yes(boards), {"yes": "寄宿", "no": "不寄宿或未记录"}),
        "migrant": ("随迁", _yes(moves), {"yes": "随迁子女", "no": "非随迁或未记录"}),
        "roll": ("在册", _yes(children["categories"] != ""), {"yes": "民政在册", "no": "不在册"}),
    }


def _yes(marks: pd.Series) -> list[str]:
    return ["yes" if mark else "no" for mark in marks]


def _marked(material: Material, field: str) -> set[str]:
    records = material.records
    return set(records.loc[records["active"] & (records[field] == "yes"), "child_id"])


def count_saved(figures: Figures, material: Material) -> None:
    """`saved`: children found in the register, by an equal citizen number or only by everything else.

    The latter would each have been sent out as "no record" by a comparison of numbers: walks that nobody has to make
    (users.md 0).
    """
    records = material.records[material.records["active"]]
    numbers = records[["child_id", "department", "id_no"]].assign(police=records["department"] == REGISTER)
    linked = numbers.groupby("child_id")["police"].agg(["any", "all"])
    found = linked.index[linked["any"] & ~linked["all"]]
    held = numbers[numbers["child_id"].isin(found) & (numbers["id_no"] != "")]
    police, others = (held.loc[held["police"] == side, ["child_id", "id_no"]] for side in (True, False))
    equal = police.merge(others, on=["child_id", "id_no"])["child_id"].nunique()
    counts = {("children", "number"): equal, ("children", "other"): len(found) - equal}
    figures.add(Grid("saved", "怎样找到的", {"children": "儿童"}, SAVED), counts, totals="rows")
