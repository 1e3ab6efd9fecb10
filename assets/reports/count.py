"""Counting for a report: frames in, grids of figures out. Every count is of rows that exist on a list or in a file.

Not here: what is shown to whom (`suppress`), words, layout; the national survey form (`survey`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from assets.publishing.edition_lines import ASKED, QUIET, fates_of
from assets.reports.fates import GONE_GRID, count_fates
from assets.reports.figures import TOTAL, FigureGrid, Figures
from assets.reports.material import ReportMaterial
from expectations.life.rules import life_rules

GRADES = {"sure": "明确", "likely": "很可能", "open": "待核"}
OTHER_TOWN = "other"
LIFE = {"new": "新发现", "lasting": "上期延续", "gone": "本期不再出现"}
NUMBERS = {"rows_in": "总行数", "accepted": "接收", "quarantined": "退回更正", "set_aside": "不计"}
AGES = range(18)
UNKNOWN_AGE = "unknown"
AGREEMENTS = {"fulfilled": "已签订", "unsigned": "未签订", "unfilled": "未填写", "not_delivered": "未提供"}


def count_lists(figures: Figures, material: ReportMaterial, summed: bool) -> None:
    """`asked`: lines per list in the data, sent out, and answered and not sent again; `lists`: those sent out, by grade.

    Args:
        figures: where to.
        material: of the period.
        summed: with a total over all lists. A public version has none: with it, one small list would cost the others
            their figures.
    """
    rows, totals, lines = _list_rows(material, summed), "both" if summed else "rows", material.lines
    sizes = Counter(zip(lines.frame["code"], lines.frame["status"], strict=True))
    words = life_rules().counts
    columns = {ASKED: words["asked"], QUIET: words["quiet"], TOTAL: words["listed"]}
    figures.add(FigureGrid("asked", "各清单线索数", rows, columns), sizes, totals)
    spoken = {zh: name for name, zh in GRADES.items()}
    graded = Counter(zip(lines.asked["code"], lines.asked["grade"].map(spoken), strict=True))
    figures.add(FigureGrid("lists", "各清单线索数", rows, {**GRADES, TOTAL: words[ASKED]}), graded, totals)
    # One number in two tables: tied, or what the one hides could be read in the other.
    for code in rows:
        figures.same(("lists", code, TOTAL), ("asked", code, ASKED))


def count_towns(figures: Figures, material: ReportMaterial, summed: bool) -> None:
    """`towns`: lines sent out per list and township; what belongs to no township of the county is 其他. As in `count_lists`."""
    names, asked = dict.fromkeys(material.towns), material.lines.asked
    town = [name if name in names else OTHER_TOWN for name in asked["town"]]
    counts = Counter(zip(asked["code"], town, strict=True))
    columns = {**{name: name for name in names}, OTHER_TOWN: "未落实", TOTAL: "合计"}
    grid = FigureGrid("towns", "各乡镇线索数", _list_rows(material, summed), columns)
    figures.add(grid, counts, totals="both" if summed else "rows")
    for code in grid.rows:
        figures.same(("towns", code, TOTAL), ("lists", code, TOTAL))


def count_life(figures: Figures, material: ReportMaterial, summed: bool) -> None:
    """`trend`: lines in the data per list and period; `life`: what is new, lasting or gone since the period before."""
    now = material.findings
    periods = {**dict(material.earlier), material.period.label: now}
    sizes = Counter((code, label) for label, lines in periods.items() for code in lines["code"])
    rows = {info.code: info.name for info in material.computed}
    figures.add(FigureGrid("trend", "线索数走势", rows, {label: label for label in periods}), sizes)
    for code in rows:
        figures.same(("trend", code, material.period.label), ("asked", code, TOTAL))
    if not material.earlier:
        return

    last = list(material.earlier)[-1]
    before = material.earlier[last]
    is_old = now["finding_id"].isin(set(before["finding_id"]))
    is_gone = ~before["finding_id"].isin(set(now["finding_id"]))
    counts = Counter((code, "lasting") for code in now["code"][is_old])
    counts.update((code, "new") for code in now["code"][~is_old])
    counts.update((code, "gone") for code in before["code"][is_gone])
    if summed:
        # Every list that had lines or could have some: one that is not computed now, or was dropped, had its lines, too.
        names = {info.code: info.name for info in material.lists}
        dropped = sorted(set(before["code"]) - set(names))
        rows = {**names, **{code: code for code in dropped}, TOTAL: "合计"}
    figures.add(FigureGrid("life", "与上期相比", rows, LIFE), counts, totals="columns" if summed else "")
    for code in (info.code for info in material.computed):
        figures.total(("asked", code, TOTAL), [("life", code, "new"), ("life", code, "lasting")])
        figures.total(("trend", code, last), [("life", code, "lasting"), ("life", code, "gone")])
    _cross(figures, material, is_old)


def _cross(figures: Figures, material: ReportMaterial, is_old: pd.Series) -> None:
    """`cross`: new and lasting, each sent or not. Printed nowhere, but a reader knows that no part is larger than its whole.

    Answered lines that are shown bound the lasting ones that are not: only with these cells can small numbers be protected.
    """
    ages = np.where(is_old, "lasting", "new")
    words = [f"{age}_{status}" for age, status in zip(ages, material.findings["status"], strict=True)]
    counts = Counter(zip(material.findings["code"], words, strict=True))
    for code in (info.code for info in material.computed):
        for age in ("new", "lasting"):
            for status in (ASKED, QUIET):
                key = ("cross", code, f"{age}_{status}")
                figures.values[key] = counts[code, key[2]]
                figures.secret.add(key)
            figures.total(("life", code, age), [("cross", code, f"{age}_{status}") for status in (ASKED, QUIET)])
        for status in (ASKED, QUIET):
            figures.total(("asked", code, status), [("cross", code, f"{age}_{status}") for age in ("new", "lasting")])


def count_what_became(figures: Figures, material: ReportMaterial) -> None:
    """`fates_*`: what became of every line since the period before, for the offices; `gone` is the sum of its parts."""
    if not material.earlier or material.life.empty:
        return
    last = material.earlier[list(material.earlier)[-1]]
    lists = {info.code: info.name for info in material.lists}
    count_fates(figures, lists, fates_of(material.findings, last, material.life))
    for code in figures.grids["life"].rows:
        figures.same(("life", code, "gone"), (GONE_GRID, code, TOTAL))


def count_deliveries(figures: Figures, material: ReportMaterial) -> None:
    """`deliveries`: the accounting equation per department."""
    sums = material.accounting.groupby("department")[list(NUMBERS)].sum()
    counts = {(str(name), column): int(line[column]) for name, line in sums.iterrows() for column in NUMBERS}
    files = material.accounting["department"].value_counts()
    counts |= {(str(name), "files"): int(number) for name, number in files.items()}
    # A department that delivered nothing has a row of zeros: its silence is what the reader looks for.
    names = {name: material.departments.get(name, name) for name in [*material.departments, *sums.index]}
    grid = FigureGrid("deliveries", "数据交付", {**names, TOTAL: "合计"}, {"files": "文件数", **NUMBERS})
    figures.add(grid, counts, totals="columns")
    for name in [*names, TOTAL]:
        parts = [("deliveries", name, column) for column in ("accepted", "quarantined", "set_aside")]
        figures.total(("deliveries", name, "rows_in"), parts)


def count_children(figures: Figures, material: ReportMaterial) -> None:
    """`found`: in how many departments a child was found; `ages`: children here by age, on which roll."""
    many = material.children["departments"].str.count(";") + 1
    rows = {str(number): f"{number}个部门" for number in range(1, int(many.max() if len(many) else 1) + 1)}
    counts = Counter((str(number), "children") for number in many)
    grid = FigureGrid("found", "儿童在几个部门的数据中找到", {**rows, TOTAL: "合计"}, {"children": "儿童数"})
    figures.add(grid, counts, "columns")
    here = material.children[(material.children["alive"] == "yes") & (material.children["here"] == "yes")]
    here = here[here["age"] < len(AGES)]  # an unknown age is -1 and stays
    _count_ages(figures, here, here["child_id"].isin(set(material.left_behind)), ("left_behind", "留守儿童"))
    _count_ages(figures, here, in_difficulty(here["categories"]), ("dilemma", "困境儿童"))


def _count_ages(figures: Figures, here: pd.DataFrame, marked: pd.Series, group: tuple[str, str]) -> None:
    """Children here by age and whether they are on a roll; a child whose age nobody knows counts, too, in a row of its own."""
    name, zh = group
    ages = [str(age) if age in AGES else UNKNOWN_AGE for age in here["age"].to_numpy(np.int64)]
    rows = {**{str(age): f"{age}岁" for age in AGES}, UNKNOWN_AGE: "年龄不详"}
    words = np.where(marked, "on", "off")
    counts = Counter(zip(ages, words, strict=True))
    columns = {"on": zh, "off": "其他儿童", TOTAL: "合计"}
    figures.add(FigureGrid(f"ages_{name}", f"{zh}年龄", {**rows, TOTAL: "合计"}, columns), counts, totals="both")
    # The same children stand in both tables: said here, so that what one hides cannot be read off the other.
    if name != "left_behind":
        figures.same((f"ages_{name}", TOTAL, TOTAL), ("ages_left_behind", TOTAL, TOTAL))
        for age in rows:
            figures.same((f"ages_{name}", age, TOTAL), ("ages_left_behind", age, TOTAL))


def in_difficulty(categories: pd.Series) -> pd.Series:
    """Whether a set of categories holds 困境, which includes orphans and de facto unattended children (rules/codes.md#categories)."""
    kinds = {"dilemma", "orphan", "de_facto"}
    # By distinct text: a county has tens of thousands of children and a dozen combinations of categories.
    return categories.map({text: bool(kinds & set(text.split(";"))) for text in categories.unique()}).astype(bool)


def count_agreements(figures: Figures, material: ReportMaterial, by_town: bool) -> None:
    """`agreement`: children who must have a written care agreement, by its state: the very states of L20 (rules/lists.md#agreements, rules/workflow.md#m11)."""
    children = left_behind(material)
    state = children["child_id"].map(material.left_behind)
    must = (state != "").to_numpy()
    rows = area_rows(material, by_town)
    grid = FigureGrid("agreement", "委托照护协议签订情况", rows, {**AGREEMENTS, TOTAL: "应签订"})
    figures.add(grid, Counter(zip(areas_of(children["town"][must], rows), state[must], strict=True)), totals="both")


def count_workers(figures: Figures, material: ReportMaterial, by_town: bool) -> None:
    """`workers`: villages with left-behind or difficulty children, and whether they have a child worker.

    By the roster where one came, else by the name in the children's ledger (rules/jurisdictions.md#row-12, rules/workflow.md#m15).
    """
    roll = material.children[(material.children["categories"] != "") & (material.children["alive"] == "yes")]
    roll = roll[roll["village"] != ""]
    named = roll.assign(named=roll["child_worker"] != "").groupby(["town", "village"])["named"].any().reset_index()
    # Where a roster came, a village that it does not name has nobody, whatever a ledger of earlier days says.
    on_roster = [place in material.rostered for place in zip(named["town"], named["village"], strict=True)]
    state = np.where(np.array(on_roster, dtype=np.bool_) if material.rostered else named["named"], "with", "without")
    columns = {"with": "已配备", "without": "未见配备", TOTAL: "有在册儿童的村（社区）"}
    rows = area_rows(material, by_town)
    counts = Counter(zip(areas_of(named["town"], rows), state, strict=True))
    figures.add(FigureGrid("workers", "儿童主任配备情况", rows, columns), counts, totals="both")


def area_rows(material: ReportMaterial, by_town: bool) -> dict[str, str]:
    """The rows of a table by area: every township and what belongs to none, or only the county; then the total."""
    towns = dict.fromkeys(material.towns) if by_town else {}
    return {
        **{name: name for name in towns},
        OTHER_TOWN: "未落实" if by_town else material.known_place or "全县",
        TOTAL: "合计",
    }


def areas_of(towns: Iterable[str], rows: Mapping[str, str]) -> list[str]:
    """The row of `area_rows` in which each place is counted."""
    return [name if name in rows else OTHER_TOWN for name in towns]


def left_behind(material: ReportMaterial) -> pd.DataFrame:
    """The left-behind children on civil affairs' roll: 在册留守, one number wherever it is printed (rules/definitions.md#left-behind)."""
    return material.children[material.children["child_id"].isin(set(material.left_behind))]


def first_value(material: ReportMaterial, field: str, first: str = "civil_affairs") -> pd.Series:
    """child_id -> the first value of a field that one department, then anybody, recorded."""
    records = material.records
    values = records.loc[records["active"] & (records[field] != ""), ["child_id", "department", field]]
    # Stable: of several records of one department the first in the file counts, in every run the same.
    values = values.assign(later=values["department"] != first).sort_values("later", kind="stable")
    return values.drop_duplicates("child_id").set_index("child_id")[field]


def _list_rows(material: ReportMaterial, summed: bool) -> dict[str, str]:
    rows = {info.code: info.name for info in material.computed}
    return {**rows, TOTAL: "合计"} if summed else rows
