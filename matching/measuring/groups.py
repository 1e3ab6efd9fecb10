"""Link rate by group: is any group of children silently served worse by the linkage?

Belongs here: grouping records by what they themselves say, rates with intervals, the test, small numbers. Does not belong here: links, or
where the figures are shown.

A record is judged by its own words only: what a linked record knows would make the linked look different from the unlinked. Groups are
compared inside each department, so that a department with few records in the reference does not speak against the groups it serves.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.distinct import as_text
from matching.measuring.intervals import wilson
from matching.reading.citizen import age_at
from matching.reading.codes import load_tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Floats


COLUMNS = (
    *("group", "value", "records", "linked", "rate", "low", "high", "expected_rate", "review", "review_rate"),
    *("p_value", "flag"),
)
UNKNOWN = "未填"
OUTSIDE = "不计入"
"""The group of records that no linkage can find in the reference, one line per reason; they are counted there and nowhere else."""
_ELSEWHERE = "随迁子女（户籍可能在外地）"
_TOO_OLD = "{band}（超出对照名册的年龄）"
SELDOM = 0.05
"""A reference that holds fewer records of an age than this share of those asked about does not hold that age: its extract ends below."""
WORSE, FEW = "明显偏低", "人数少，不作判断"
LEAST, GAP, ALPHA = 20, 0.005, 0.05
"""A group is judged from this many records on, when its rate is at least this much below what is expected, at this level (Holm)."""
_MOVED = "按随迁"
_AGES = ((0, "0—5岁"), (6, "6—11岁"), (12, "12—14岁"), (15, "15—17岁"), (18, "18岁及以上"))
_YES_NO = {"1": "是", "0": "否", "Y": "是", "N": "否", "yes": "是", "no": "否"}


def link_rates(
    records: pd.DataFrame, clusters: pd.DataFrame, pairs: pd.DataFrame, as_of: date | None = None, reference: str = ""
) -> pd.DataFrame:
    """How often the records of each group are linked to the reference department, and whether less than others are.

    Args:
        records: standard records (docs/data-shapes.md 3); absent columns make no group.
        clusters: `link_children`.
        pairs: `link_pairs`; review pairs count as open questions.
        as_of: the period's last day, for ages.
        reference: the department that should know everybody; the largest by default. Its own records are not counted.

    Returns:
        Per group (`按乡镇` …) and value: records, linked, rate with a 95 % Wilson interval (0 to 1), the rate that the same
        departments' records have in general, records with an open question, the p-value of being served worse (Holm-adjusted over
        all groups), and `flag` (`明显偏低`, `人数少，不作判断` or ""). Records that the reference cannot hold (older than its extract, children who
        moved in with their parents and are registered elsewhere) are lines of the group `不计入` and in no other. Empty when there is one
        department only.
    """
    department = as_text(records["department"])
    if not reference:  # of equally large ones the first by name, so that the order of the rows decides nothing
        sizes = sorted((-int(size), str(name)) for name, size in department.value_counts().items())
        reference = sizes[0][1] if sizes else ""
    frame = records[department != reference].reset_index(drop=True)
    roll = records[department == reference]
    if frame.empty:
        return pd.DataFrame(columns=list(COLUMNS))

    child = clusters.set_index("record_id")["child_id"]
    enrolled = set(child.reindex(roll["record_id"]))
    linked = child.reindex(frame["record_id"]).isin(enrolled).to_numpy(dtype=bool)
    in_review = set(pairs.loc[pairs["grade"] == "review", ["record_a", "record_b"]].to_numpy().ravel())
    review = frame["record_id"].isin(in_review).to_numpy() & ~linked
    facts = pd.DataFrame({"department": as_text(frame["department"]), "linked": linked, "review": review})

    why = _outside(frame, roll, as_of)
    inside = why == ""
    groups = {title: values for title, values in groups_of(frame[inside], as_of).items() if title != _MOVED}
    parts = [_rates(facts[inside], title, values) for title, values in groups.items()]
    if not inside.all():
        parts.append(_rates(facts[~inside], OUTSIDE, why[~inside]))
    every = pd.concat(parts, ignore_index=True)
    judged = ((every["records"] >= LEAST) & (every["group"] != OUTSIDE)).to_numpy()
    every["p_value"] = _holm(every["p_value"].to_numpy(dtype=np.float64), judged)
    # In a large group the test finds differences that are too small to matter: the gap has to be there as well.
    worse = (every["group"] != OUTSIDE) & (every["p_value"] < ALPHA) & (every["expected_rate"] - every["rate"] >= GAP)
    few = (every["group"] != OUTSIDE) & (every["records"] < LEAST)
    every["flag"] = [FEW if small else WORSE if bad else "" for small, bad in zip(few, worse, strict=True)]
    return every[list(COLUMNS)]


def _outside(frame: pd.DataFrame, roll: pd.DataFrame, as_of: date | None) -> pd.Series:
    """Why the reference department's roll cannot hold a record, "" where it can: its own words only, as everywhere here."""

    def text(records: pd.DataFrame, column: str) -> pd.Series:
        empty = pd.Series("", index=records.index, dtype=object)
        return as_text(records[column]) if column in records.columns else empty

    ages, enrolled = (_ages(text(part, "birth_date"), as_of) for part in (frame, roll))
    why = pd.Series("", index=frame.index, dtype=object)
    # From the oldest down, as far as the extract does not reach; a gap below that is no end of an extract.
    for _, band in reversed(_AGES):
        if not enrolled.ne("").any() or enrolled.eq(band).sum() > SELDOM * ages.eq(band).sum():
            break
        why = why.mask(ages == band, _TOO_OLD.format(band=band))
    moved = text(frame, "migrant").map(lambda word: _YES_NO.get(word, word) == "是")
    return why.mask((why == "") & moved, _ELSEWHERE)


def groups_of(records: pd.DataFrame, as_of: date | None = None) -> dict[str, pd.Series]:
    """The value of every record in every group that its columns allow; `未填` where it says nothing.

    Args:
        records: standard records (docs/data-shapes.md 3); absent columns make no group.
        as_of: the day on which ages are counted; without it there is no group by age.

    Returns:
        Per group (`按乡镇` …) a value for every record, on the index of `records`.
    """

    def text(column: str) -> pd.Series:
        empty = pd.Series("", index=records.index, dtype=object)
        return as_text(records[column]) if column in records.columns else empty

    def yes_no(column: str) -> pd.Series:
        return text(column).map(lambda word: _YES_NO.get(word, word))

    live, hukou = text("live_town"), text("hukou_town")
    town = live.where(live != "", hukou)
    town = town.where(town != "", text("town"))
    both = (live != "") & (hukou != "")
    away = pd.Series(
        np.where(both, np.where(live == hukou, "人户一致", "人户分离"), ""), index=records.index, dtype=object
    )
    nations: dict[str, str] = {}
    for word, code in load_tables().words["nation"].items():
        nations.setdefault(code, word)  # the full name is the first of its forms

    groups = {
        "按部门": text("department"),
        "按乡镇": town,
        "按民族": text("nation").map(lambda code: nations.get(code, code)),
        "按姓名长度": text("name").map(_length),
        "按有无有效号码": text("id_no").map(lambda number: "有有效号码" if number else "无有效号码"),
        "按寄宿": yes_no("boarding"),
        _MOVED: yes_no("migrant"),
        "按居住与户籍": away,
        "按性别": text("sex").map(lambda code: {"1": "男", "2": "女"}.get(code, "")),
        "按年龄": _ages(text("birth_date"), as_of),
    }
    return {title: values.where(values != "", UNKNOWN) for title, values in groups.items() if (values != "").any()}


def _length(name: str) -> str:
    if not name:
        return ""
    if "·" in name:  # transliterated: a group of its own, whatever its length
        return "带间隔号"
    return {1: "一字", 2: "二字", 3: "三字", 4: "四字"}.get(len(name), "五字及以上")


def _ages(births: pd.Series, as_of: date | None) -> pd.Series:
    if as_of is None:
        return births.map(lambda _: "")

    def band(born: str) -> str:
        if not born[:4].isdigit():
            return ""
        age = age_at(born, as_of)
        return [name for least, name in _AGES if age >= least][-1] if age >= 0 else ""

    return births.map(band)


def _rates(facts: pd.DataFrame, title: str, values: pd.Series) -> pd.DataFrame:
    """One line per value of a group; expected by the department's rate over everybody else (Cochran-Mantel-Haenszel)."""
    lines = []
    every = facts.groupby("department")["linked"].agg(["size", "sum"])
    for value, members in facts.groupby(values.to_numpy(dtype=object), sort=True):
        group = members.groupby("department")["linked"].agg(["size", "sum"])
        expected, chance = _worse(group, every.loc[group.index])
        n, linked, review = len(members), int(members["linked"].sum()), int(members["review"].sum())
        low, high = wilson(linked / n, n)
        lines.append((title, value, n, linked, linked / n, low, high, expected, review, review / n, chance))
    frame = pd.DataFrame(lines, columns=list(COLUMNS[:-1]))
    return frame.sort_values(["records"], ascending=False, kind="stable")


def _worse(group: pd.DataFrame, every: pd.DataFrame) -> tuple[float, float]:
    """Rate that the group would have if it were served as its departments serve in general; one-sided p-value of as few links.

    Given a department's total, the number of links in the group is hypergeometric; their sum is taken as normal, with continuity.
    """
    from scipy.stats import norm

    n, total, hits = (column.to_numpy(dtype=np.float64) for column in (group["size"], every["size"], every["sum"]))
    share = hits / total
    mean = float((n * share).sum())
    variance = float((n * share * (1 - share) * np.where(total > 1, (total - n) / np.maximum(total - 1, 1), 0)).sum())
    if variance <= 0:  # all are linked or none is: nothing can be worse than it must be
        return mean / float(n.sum()), 1.0
    return mean / float(n.sum()), float(norm.cdf((float(group["sum"].sum()) - mean + 0.5) / np.sqrt(variance)))


def _holm(p: Floats, judged: NDArray[np.bool_]) -> Floats:
    """Holm's adjustment over the groups large enough to be judged; the others keep no p-value (1)."""
    # Written here: scipy adjusts for false discovery rates only (docs/decisions/libraries.md).
    out = np.ones(len(p))
    rows = np.flatnonzero(judged)
    order = rows[np.argsort(p[rows], kind="stable")]
    steps = np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)) if len(order) else p[order]
    out[order] = np.minimum(steps, 1.0)
    return out


def without_small_numbers(rates: pd.DataFrame, least: int = 8) -> pd.DataFrame:
    """The public form: a line is dropped where its records, its linked or its unlinked are 1 to `least - 1`, and with a single such
    line of a group the next smallest too, so that nobody subtracts (rules/law.md#small-counts).

    Args:
        rates: what `link_rates` gave.
        least: the smallest number of records that may be shown; 0 may be shown, too.
    """

    def small(counts: pd.Series) -> pd.Series:
        return (counts > 0) & (counts < least)

    hidden = small(rates["records"]) | small(rates["linked"]) | small(rates["records"] - rates["linked"])
    hidden |= small(rates["review"])
    for _, rows in rates.groupby("group", sort=False).groups.items():
        if int(hidden.loc[rows].sum()) == 1 and len(rows) > 1:
            shown = rates.loc[rows, "records"][~hidden.loc[rows]]
            hidden.loc[shown.idxmin()] = True
    return rates[~hidden].reset_index(drop=True)
