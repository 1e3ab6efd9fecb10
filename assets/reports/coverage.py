"""Whose records found their register entry: the link rate by group, so that a report says for whom the lists are weakest.

The table is the linkage's own (`matching.measuring.groups.link_rates`, kept with the period): by the record and by what the record says itself, the
same that `tongbi linkage` and the summary print. Not here: why a pair was linked (`matching`). Source: rules/law.md#fairness, rules/people.md#blind-spots.
"""

from __future__ import annotations

import pandas as pd

from assets.reports.figures import TOTAL, FigureGrid, Figures
from assets.reports.material import ReportMaterial
from assets.reports.suppress import default_rule
from matching.measuring.groups import OUTSIDE

SAVED = {"number": "身份证号一致", "other": "靠其他信息找到", TOTAL: "在公安数据中找到的儿童"}
COLUMNS = {"found": "在公安数据中找到", "open": "未找到", TOTAL: "记录数"}
REGISTER = "public_security"
COVERAGE, LEFT_OUT = "coverage_", "coverage_outside"
# A table by township would give away, beside the townships' own figures, where a protected child lives; by department it is no group of children.
INSIDE_ONLY = ("按乡镇", "按部门")


def count_coverage(figures: Figures, material: ReportMaterial, inside: bool) -> None:
    """`coverage_<place>`: records of each group, found in the register or not; each group adds up to the same total.

    Args:
        figures: where to.
        material: of the period; its `rates` are the linkage's.
        inside: for the offices concerned; the public version has fewer groups.
    """
    rates = material.rates
    if rates.empty:
        return
    shown = [name for name in dict.fromkeys(rates["group"]) if name != OUTSIDE and (inside or name not in INSIDE_ONLY)]
    tables = [f"{COVERAGE}{place}" for place in range(len(shown))]
    for table, name in zip(tables, shown, strict=True):
        _add(figures, table, rates[rates["group"] == name], material)
    # Every group divides the same records: a reader may subtract one table's rows from another's total.
    for table in tables[1:]:
        for column in COLUMNS:
            figures.same((table, TOTAL, column), (tables[0], TOTAL, column))
    beyond = rates[rates["group"] == OUTSIDE]
    if len(beyond):
        _add(figures, LEFT_OUT, beyond, material)
    if not inside:
        # The cells count records, of which a child has one with every department that delivered: so many may still be one child.
        departments = max(1, int((rates["group"] == "按部门").sum()))
        most = default_rule().largest * departments
        cells = [(key, value) for key, value in figures.values.items() if key[0].startswith(COVERAGE)]
        figures.secret |= {key for key, value in cells if 0 < value <= most}


def _add(figures: Figures, table: str, rates: pd.DataFrame, material: ReportMaterial) -> None:
    """One group's rates as a table, titled by the group."""
    rows = {value: material.departments.get(value, value) for value in rates["value"].astype(str)}
    linked = dict(zip(rows, rates["linked"].astype(int), strict=True))
    records = dict(zip(rows, rates["records"].astype(int), strict=True))
    counts = {(value, "found"): linked[value] for value in rows}
    counts |= {(value, "open"): records[value] - linked[value] for value in rows}
    title = str(rates["group"].iloc[0]).removeprefix("按")
    figures.add(FigureGrid(table, title, {**rows, TOTAL: "合计"}, COLUMNS), counts, totals="both")


def count_saved(figures: Figures, material: ReportMaterial) -> None:
    """`saved`: children found in the register, by an equal citizen number or only by everything else.

    The latter would each have been sent out as "no record" by a comparison of numbers: walks that nobody has to make
    (rules/people.md#official-words).
    """
    records = material.records[material.records["active"]]
    numbers = records[["child_id", "department", "id_no"]].assign(police=records["department"] == REGISTER)
    linked = numbers.groupby("child_id")["police"].agg(["any", "all"])
    # In the register and elsewhere: whoever only the police have was not found by anybody.
    children = linked.index[linked["any"] & ~linked["all"]]
    numbers = numbers[numbers["child_id"].isin(children) & (numbers["id_no"] != "")]
    police, others = (numbers.loc[numbers["police"] == side, ["child_id", "id_no"]] for side in (True, False))
    equal = police.merge(others, on=["child_id", "id_no"])["child_id"].nunique()
    counts = {("children", "number"): equal, ("children", "other"): len(children) - equal}
    figures.add(FigureGrid("saved", "怎样找到的", {"children": "儿童"}, SAVED), counts, totals="rows")
