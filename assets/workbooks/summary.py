"""汇总.xlsx: the county's figures.

Lists by township and grade, deliveries accounted for, quality of the linkage, what was not computed.

Here: counts only, never a child. Not here: public versions with small numbers suppressed (this one is marked internal).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from assets.workbooks.book import Book, open_book
from assets.workbooks.context import PublishContext
from assets.workbooks.explain import HEADINGS, MEANING, count_text, list_cells, why_not
from assets.workbooks.lines import text
from assets.workbooks.table import Cell, Table

TERMS = (
    ("线索条数", "一个孩子在一张清单上计一条；信息不一致按项目计，一个孩子可有多条。同一孩子可以同时在几张清单上。"),
    ("明确／很可能／待核", "明确＝证据齐全；很可能＝主要信息一致，个别缺失或有出入；待核＝证据不足，须先核实资料。"),
    ("接收", "读懂并进入比对的数据行。"),
    ("退回", "有错、须由来源部门改正后重新提供的行，见“问题数据”文件夹，原行一字不改。"),
    ("不计", "标题、表头、合计、签名、空行等不是数据的行。总行数＝接收＋退回＋不计。"),
    (
        "关联",
        "把不同部门的记录认定为同一个孩子。号码一致且另有信息印证的为号码关联，其余按姓名、出生日期、监护人、地址等综合判断。",
    ),
    ("未比出不等于没有", "外县就读、外地落户、资料缺失的孩子，本次数据看不到。“查无记录”只说明所交数据中没有。"),
    ("待遇不自动变动", "清单只增加线索，不作为停发、退出的直接依据，须经人工核实。"),
    (
        "线索去向",
        "新发现、仍在办、复发的条数之和就是本期发出的条数；已答复不再列出的，数据仍然对不上，但已有解释且情况没有变化。",
    ),
    ("内部数据", "本表为内部版本，含小于8的分格数字，不得直接对外发布。"),
)
METHODS = {
    "number": "身份证号一致",
    "derived_number": "学籍号或残疾人证号推出的号码一致",
    "name_birth": "姓名与出生日期一致",
    "fuzzy": "综合判断",
    "decision": "人工认定",
    "single": "只有一条记录，未与其他部门关联",
}
LIVES = (
    ("新发现", ("appeared",)),
    ("仍在办", ("lasting", "changed", "inherited", "passed")),
    ("复发", ("returned",)),
    ("已答复不再列出", ("kept",)),
    ("数据消除", ("solved",)),
    ("答复后数据印证", ("proven",)),
    ("本期无记录", ("unseen",)),
)
PAIR_GRADES = {"same": "同一人", "review": "待人工判断", "different": "相近但不是同一人"}


def write_summary(findings: pd.DataFrame, children: pd.DataFrame, context: PublishContext, path: Path) -> None:
    """Write the county summary, whole or not at all."""
    with open_book(path, context, f"{context.place}汇总") as book:
        _overview(book, findings)
        _by_grade(book, findings)
        _by_group(book, findings, children)
        _lives(book)
        _deliveries(book)
        _linkage(book)
        _rates(book)
        _not_computed(book)
        _terms(book, findings)


def codes_in_order(findings: pd.DataFrame, context: PublishContext) -> list[str]:
    """The jurisdiction's lists in its order, then codes that only the findings know."""
    known = [info.code for info in context.lists]
    return [*known, *sorted(set(text(findings, "code")) - set(known))]


def towns_in_order(findings: pd.DataFrame, context: PublishContext) -> list[str]:
    """Official townships, then others that occur, then the unknown one ("") if it occurs."""
    found = set(text(findings, "town"))
    return [*context.towns, *sorted(found - set(context.towns) - {""}), *([""] if "" in found else [])]


def counts(findings: pd.DataFrame, *keys: str) -> dict[tuple[str, ...], int]:
    """How many findings per combination of keys; combinations that do not occur are absent."""
    rows = zip(*[text(findings, key) for key in keys], strict=True)
    return dict(Counter(rows))


def _overview(book: Book, findings: pd.DataFrame) -> None:
    """总表: one row per list, by grade and by township."""
    context = book.context
    towns, grades = towns_in_order(findings, context), context.layout.grades
    by_grade, by_town = counts(findings, "code", "grade"), counts(findings, "code", "town")
    rows: list[list[Cell]] = []
    for code in codes_in_order(findings, context):
        info = context.info(code)
        if code in context.not_computed:
            rows.append([code, info.name, "未计算", *["—"] * (len(grades) + len(towns))])
            continue
        graded = [by_grade.get((code, grade), 0) for grade in grades]
        rows.append([code, info.name, sum(graded), *graded, *[by_town.get((code, town), 0) for town in towns]])
    rows.append(_totals(rows, 2, ["", "合计"]))
    headings = ["代码", "清单", "合计", *grades, *[town or context.layout.unknown_town for town in towns]]
    widths = [7, 24, 8, *[8] * len(grades), *[8.5] * len(towns)]
    table = Table("总表", f"{context.place}儿童数据比对线索总表", headings, widths, rows, total=True, kept=3)
    table.write(book)


def _totals(rows: Sequence[Sequence[Cell]], first: int, start: list[Cell]) -> list[Cell]:
    width = max((len(row) for row in rows), default=first)
    numbers = [[row[place] for row in rows if isinstance(row[place], int)] for place in range(first, width)]
    return [*start, *[sum(int(number) for number in column) for column in numbers]]


def _by_grade(book: Book, findings: pd.DataFrame) -> None:
    """分级明细: list and grade by township."""
    context = book.context
    towns = towns_in_order(findings, context)
    found = counts(findings, "code", "grade", "town")
    rows: list[list[Cell]] = []
    for code in codes_in_order(findings, context):
        for grade in context.layout.grades:
            numbers = [found.get((code, grade, town), 0) for town in towns]
            if any(numbers):
                rows.append([code, context.info(code).name, grade, sum(numbers), *numbers])
    headings = ["代码", "清单", "把握程度", "合计", *[town or context.layout.unknown_town for town in towns]]
    widths = [7, 24, 9, 8, *[8.5] * len(towns)]
    Table("分级明细", "各乡镇线索分级明细", headings, widths, rows, kept=4).write(book)


def _by_group(book: Book, findings: pd.DataFrame, children: pd.DataFrame) -> None:
    """比对对象: the classes of children that the place's paper names, and everybody else (domain.md 5.2 row 3)."""
    context = book.context
    if not context.groups:
        return
    owners, classes = text(children, "child_id"), [set(value.split(";")) for value in text(children, "categories")]
    members = {zh: [code in mine for mine in classes] for code, zh in context.groups.items()}
    members["其他儿童"] = [mine.isdisjoint(context.groups) for mine in classes]
    rows = [_group_row(name, set(owners[inside]), findings, context) for name, inside in members.items()]
    headings = ["类别", "儿童", "其中有线索", "线索合计", *context.layout.grades]
    title = "本地文件列明的比对对象（按民政在册类别，一名儿童可属多类）"
    Table("比对对象", title, headings, [20, 10, 12, 12, *[10] * len(context.layout.grades)], rows, kept=1).write(book)


def _group_row(name: str, mine: set[str], findings: pd.DataFrame, context: PublishContext) -> list[Cell]:
    ours = findings[text(findings, "child_id").isin(mine)]
    by_grade = [int((text(ours, "grade") == grade).sum()) for grade in context.layout.grades]
    return [name, len(mine), text(ours, "child_id").nunique(), len(ours), *by_grade]


def _lives(book: Book) -> None:
    """线索去向: what became of the lists' findings since the period before."""
    context = book.context
    if context.life.empty:
        return
    found = counts(context.life, "code", "kind")
    codes = [info.code for info in context.lists if any(code == info.code for code, _ in found)]
    rows: list[list[Cell]] = [
        [code, context.info(code).name, *[sum(found.get((code, kind), 0) for kind in kinds) for _, kinds in LIVES]]
        for code in codes
    ]
    rows.append(_totals(rows, 2, ["", "合计"]))
    headings = ["代码", "清单", *[heading for heading, _ in LIVES]]
    title = f"{context.place}线索去向（与上期相比）"
    Table("线索去向", title, headings, [7, 26, *[11] * len(LIVES)], rows, total=True, kept=2).write(book)


def _deliveries(book: Book) -> None:
    """交付情况: the accounting equation of every file, and the number by which everything but the bureau's own books names it."""
    frame = book.context.accounting
    rows: list[list[Cell]] = []
    names = ("rows_in", "accepted", "quarantined", "set_aside")
    numbered = ["交件号"] if "number" in frame else []
    for row in frame.sort_values(["department", "file"]).to_dict("records") if len(frame) else []:
        numbers = [int(row[name]) for name in names]
        fits = "相符" if numbers[0] == sum(numbers[1:]) else "不符，请联系技术人员"
        line: list[Cell] = [book.context.department(str(row["department"])), str(row["file"]), *numbers, fits]
        rows.append([*line, *[str(row["number"]) for _ in numbered]])
    if rows:
        rows.append([*_totals([row[:6] for row in rows], 2, ["合计", ""]), "", *[""] * len(numbered)])
    headings = ["部门", "文件", "总行数", "接收", "退回", "不计", "核对（总行数＝接收＋退回＋不计）", *numbered]
    widths = [10, 48, 10, 10, 10, 10, 22, *[15] * len(numbered)]
    Table("交付情况", "各部门数据交付情况", headings, widths, rows, total=bool(rows)).write(book)


def _rates(book: Book) -> None:
    """关联率: is any group of children served worse? Small groups are shown, not judged: the summary is internal."""
    if book.context.rates.empty:  # one department only: nobody to be linked with
        return
    rows: list[list[Cell]] = []
    for line in book.context.rates.to_dict("records"):
        shares = [f"{float(line[name]):.1%}" for name in ("rate", "low", "high", "expected_rate")]
        value = book.context.department(str(line["value"])) if line["group"] == "按部门" else str(line["value"])
        rows.append(
            [
                str(line["group"]),
                value,
                int(line["records"]),
                int(line["linked"]),
                *shares,
                int(line["review"]),
                str(line["flag"]),
            ]
        )
    headings = ["分组", "类别", "记录", "已关联", "关联率", "区间下限", "区间上限", "应有", "待人工判断", "提示"]
    title = "各类孩子的关联率（与户籍等最大的名册；明显偏低的，先核对记录，也可能确未登记）"
    Table("关联率", title, headings, [16, 18, 9, 9, 9, 10, 10, 9, 12, 20], rows, kept=2).write(book)


def _linkage(book: Book) -> None:
    """关联质量: records by method and department, pairs by grade, children by number of departments."""
    links, pairs = book.context.links, book.context.pairs
    rows: list[list[Cell]] = []
    if len(links):
        methods = text(links, "method")
        for department in sorted(links["department"].unique()):
            found = methods[links["department"] == department].value_counts()
            total = int(found.sum())
            for method in sorted(
                found.index, key=lambda name: (list(METHODS).index(name) if name in METHODS else 99, name)
            ):
                number = int(found[method])
                rows.append(
                    [book.context.department(department), METHODS.get(method, method), number, f"{number / total:.1%}"]
                )
        spread = links.groupby("child_id")["department"].nunique().value_counts().sort_index()
        children = int(spread.sum())
        rows += [
            ["孩子", f"在{many}个部门的数据中找到", int(number), f"{number / children:.1%}"]
            for many, number in spread.items()
        ]
    if len(pairs):
        graded = text(pairs, "grade").value_counts()
        rows += [
            ["比对记录对", PAIR_GRADES.get(grade, grade), int(graded[grade]), ""]
            for grade in sorted(graded.index, key=_pair_order)
        ]
    Table("关联质量", "记录关联情况", ["部门", "关联方式", "数量", "占比"], [16, 44, 12, 10], rows).write(book)


def _pair_order(grade: str) -> tuple[int, str]:
    return (list(PAIR_GRADES).index(grade) if grade in PAIR_GRADES else len(PAIR_GRADES), grade)


def _not_computed(book: Book) -> None:
    """未计算的清单: said, instead of appearing empty."""
    context = book.context
    rows: list[list[Cell]] = [
        [code, context.info(code).name, why] for code, why in sorted(context.not_computed.items())
    ]
    Table(
        "未计算的清单",
        "本期未计算的清单及原因",
        ["代码", "清单", "原因"],
        [9, 30, 70],
        rows or [["—", "本期清单全部计算", ""]],
    ).write(book)


def _terms(book: Book, findings: pd.DataFrame) -> None:
    """What the figures count, and every list explained."""
    context = book.context
    rows: list[list[Cell]] = [[term, meaning] for term, meaning in TERMS]
    Table("名词与口径说明", "名词与口径说明", ["名词", "口径"], [24, 110], rows).write(book)
    found = counts(findings, "code")
    infos = [context.info(code) for code in codes_in_order(findings, context)]
    cells: list[list[Cell]] = []
    for info in infos:
        said = list_cells(info, count_text(book, info, found.get((info.code,), 0)))
        said[MEANING] += why_not(book, info)
        cells.append(list(said))
    Table("说明", "各清单说明", [name for name, _ in HEADINGS], [size for _, size in HEADINGS], cells).write(book)
