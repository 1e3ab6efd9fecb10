"""L11 残疾儿童康复未救助: young disabled children for whom no rehabilitation is recorded.

Only this condition and its guards belong here (rules/definitions.md#subsidies, rules/lists.md#l11, rules/places-and-people.md#not-errors). It asks to tell a family what it may have.
"""

import numpy as np
import pandas as pd

from expectations.lists.grading import LIKELY, OPEN, SURE, capped, presence
from expectations.lists.view import View, draft, sentences, with_note


def without_rehabilitation(view: View) -> pd.DataFrame:
    """L11: under the age, disabled per the federation, civil affairs or screening, and no rehabilitation recorded anywhere."""
    rules = view.profile.allowances
    rolls = view.of("disability") & view.codes("layout", ["rehabilitation"])
    holders = view.of("disability") & view.active & ~rolls
    rolled = view.of("civil_affairs") & view.active & (view.filled("disability_type") | view.filled("disability_no"))
    screened = view.of("health") & (
        view.codes("screening", ["positive"]) | (view.filled("disability_type") & ~view.filled("screening"))
    )
    young = (view.number("age") >= 0) & (view.number("age_most") < rules.rehab_below.known())
    helped = view.any(rolls | view.codes("rehab", ["yes"]))
    listed = young & view.any(holders | rolled | screened) & ~helped & view.flag("alive") & ~view.flag("moved_out")
    # Where nobody records rehabilitation at all, an empty cell says nothing.
    recorded = bool(rolls.any() or view.codes("rehab", ["yes"]).any())
    listed &= view.any(view.codes("rehab", ["no"])) | recorded
    reason = sentences(view, f"持残疾人证，不满{rules.rehab_below.known()}周岁，没有康复救助记录")
    # A certificate is voluntary and rarely issued to children under four: without one the other departments' word counts.
    by_roll = ~view.any(holders) & view.any(rolled)
    reason[by_roll] = "民政登记有残疾，残联没有持证和康复救助记录"
    by_screening = ~view.any(holders) & ~view.any(rolled)
    reason[by_screening] = "卫健筛查为残疾或疑似残疾，没有康复救助记录"
    grade = np.minimum(presence(view), np.where(view.any(view.codes("rehab", ["no"])), SURE, LIKELY)).astype(np.int64)
    notes = (
        (by_screening & ~view.any(screened & view.codes("screening", ["positive"])), OPEN, "筛查结果没有写明"),
        (by_roll, OPEN, "可能未到办证年龄，证件自愿申领"),
        (view.any(holders & view.codes("card_status", ["expired"])), OPEN, "残疾人证已过有效期"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(holders, rolled, screened), grade, reason)
