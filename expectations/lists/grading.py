"""How sure a finding is: an absence is only as sure as the linkage behind it, a presence as sure as its link.

Belongs here: grades 0 待核, 1 很可能, 2 明确 from identifiers, near candidates and links. Not here: conditions.
Source: rules/lists.md#guards, rules/places-and-people.md#not-errors.
"""

import numpy as np
import pandas as pd

from expectations.lists.files import BoolArray, IntArray
from expectations.lists.view import View

OPEN, LIKELY, SURE = 0, 1, 2
REJECTED = "different"
"""Grade of a near candidate that is another child."""


def absence(view: View, *departments: str) -> IntArray:
    """Grade of "no record in these departments": by the child's own identifiers, lowered by near candidates there."""
    places = {name: view.catalogue.grades.index(grade) for name, grade in view.catalogue.identifiers.items()}
    base = view.text("identifiers").map(places).to_numpy(np.int64)
    return np.minimum(base, near_cap(view, *departments))


def near_cap(view: View, *departments: str, judged: pd.DataFrame | None = None) -> IntArray:
    """Highest grade that near candidates in these departments leave; SURE where there are none.

    Args:
        view: the period.
        departments: whose records count.
        judged: the near candidates where a list looked closer at them (`lookalikes.judged_near`); None: as they came.
    """
    cap = np.full(view.n, SURE, dtype=np.int64)
    near = view.files.near if judged is None else judged
    if near.empty:
        return cap
    there = near[near["other_department"].isin(departments)]
    places = {name: view.catalogue.grades.index(grade) for name, grade in view.catalogue.near.items()}
    grades = there["grade"].map(places).fillna(OPEN).to_numpy(np.int64)
    np.minimum.at(cap, there["child"].to_numpy(np.int64), grades)
    return cap


def near_notes(
    view: View, register: str, *departments: str, judged: pd.DataFrame | None = None
) -> list[tuple[BoolArray, int, str]]:
    """What a finding says about near candidates in a register: open ones first ask for a judgement, rejected ones are named.

    Args:
        register: how the register is called (公安户籍, 学籍, 民政名册).
        departments: whose records count.
        judged: as in `near_cap`.
    """
    near = view.files.near if judged is None else judged
    there = near[near["other_department"].isin(departments)] if len(near) else near
    rejected = (there["grade"] == REJECTED).to_numpy(np.bool_)
    child = there["child"].to_numpy(np.int64)
    opened, others = np.zeros(view.n, dtype=np.bool_), np.zeros(view.n, dtype=np.bool_)
    opened[child[~rejected]] = True
    others[child[rejected]] = True
    return [
        (opened, SURE, f"{register}中有相近的人，是否同一人尚未认定，请先核对"),
        (others & ~opened, SURE, f"{register}中有相近的人，比对判断是另一名儿童"),
    ]


def probably_there(
    view: View, records: BoolArray, own: BoolArray | None = None, judged: pd.DataFrame | None = None
) -> BoolArray:
    """Children who more likely than not own one of these records, although it was not linked to them.

    An absence that is more likely false than true is no lead: the pair waits for a judgement instead, and nobody walks
    out for a missed link. With `own` only candidates of these records of the child count; `judged` as in `near_cap`.
    """
    near = view.files.near if judged is None else judged
    owners = np.zeros(view.n, dtype=np.bool_)
    if near.empty:
        return owners
    likely = near[(near["probability"] >= view.catalogue.same_probability) & (near["grade"] != REJECTED)]
    places = pd.Index(view.files.records["record_id"]).get_indexer(pd.Index(likely["other_record_id"]))
    there = (places >= 0) & records[places]
    if own is not None:
        sides = pd.Index(view.files.records["record_id"]).get_indexer(pd.Index(likely["record_id"]))
        there &= (sides >= 0) & own[sides]
    owners[likely["child"].to_numpy(np.int64)[there]] = True
    return owners


def presence(view: View) -> IntArray:
    """Grade of "these records are the same child": by the weakest link in the child file."""
    probability = view.files.children["link_probability"].to_numpy(np.float64)
    catalogue = view.catalogue
    return np.where(
        probability >= catalogue.sure_probability,
        SURE,
        np.where(probability >= catalogue.likely_probability, LIKELY, OPEN),
    ).astype(np.int64)


def capped(grade: IntArray, where: BoolArray, at_most: int) -> IntArray:
    """Lower the grade of some children to at most this."""
    return np.where(where, np.minimum(grade, at_most), grade)
