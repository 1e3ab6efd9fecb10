"""L10 残疾人两项补贴应补未补 and L11 残疾儿童康复未救助: what a disabled child may have, and nobody records that it does.

Only these two conditions and their guards belong here (rules/definitions.md#subsidies, rules/lists.md#l10, #l11,
rules/places-and-people.md#not-errors). They ask to check, and to tell a family what it may have; they decide nothing.
"""

import numpy as np
import pandas as pd

from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, OPEN, SURE, capped, presence
from expectations.lists.institutions import institution_care
from expectations.lists.view import View, draft, sentences, with_note

CARE, LIVING = "care_allowance", "living_allowance"


def unpaid_allowances(view: View) -> pd.DataFrame:
    """L10: one finding per child and allowance (field `care_allowance` or `living_allowance`)."""
    rules = view.profile.allowances
    holders = view.of("disability") & view.active & ~view.codes("card_status", rules.card_not_valid.known())
    eligible = view.flag("alive") & ~view.flag("moved_out") & (view.number("age") >= 0)
    eligible &= view.number("age") < view.profile.difficulty.below_age.known()
    aids = view.of("civil_affairs", "subsistence") & view.active
    poor = view.any(aids & view.tokens("aid", rules.living_needs.known()))
    # Whoever is provided for in full (特困, the orphans' allowance) draws no living allowance besides.
    other = view.any(aids & view.tokens("aid", rules.living_excluded_by.known()))
    care = _unpaid(view, holders, CARE, eligible & view.any(holders & _severe(view)))
    living = _unpaid(view, holders, LIVING, eligible & view.any(holders) & poor & ~other)
    return pd.concat([care, living], ignore_index=True)


def _severe(view: View) -> BoolArray:
    """Level 1-2 of any kind, or the further levels of the kinds that the place includes."""
    rules = view.profile.allowances
    # The wider group is the rule of particular places: nobody is sent to a family for an allowance that the place may not pay.
    wider = view.tokens("disability_type", rules.care_types_all.known())
    return view.codes("disability_level", rules.care_levels.known()) | (
        wider & view.codes("disability_level", rules.care_types_all_levels.known())
    )


def _unpaid(view: View, holders: BoolArray, allowance: str, eligible: BoolArray) -> pd.DataFrame:
    paid = view.codes(allowance, ["yes"]) | view.tokens("aid", [allowance])
    denied = view.codes(allowance, ["no"])
    # An empty cell says something only where the department fills the column at all.
    silent = ~view.any(denied)
    listed = eligible & ~view.any(paid) & (view.any(denied) | bool(denied.any() or paid.any()))
    name = {CARE: "重度残疾人护理补贴", LIVING: "困难残疾人生活补贴"}[allowance]
    why = {CARE: "残疾类别和等级符合条件", LIVING: "家庭享受低保"}[allowance]
    reason = sentences(view, f"{why}，残联和民政都没有发放{name}的记录")
    institution = institution_care(view)
    # Whoever an institution provides for in full draws nothing besides where the place's rule says so (rules/definitions.md#subsidies).
    ruled_out = allowance in (view.profile.allowances.not_in_institution.value or [])
    listed &= ~institution.sure | (not ruled_out)
    grade = np.minimum(presence(view), SURE)
    notes = (
        (silent, OPEN, "残联未填写是否发放"),
        (institution.sure, OPEN, "在福利机构供养"),
        (institution.perhaps, OPEN, "可能由福利机构供养（集体户、地址或备注），请先核实是否不重复享受"),
        (~view.any(view.of("civil_affairs")), LIKELY, "民政没有这名儿童的档案"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where, note)
    return draft(listed, view.first(holders), grade, reason, allowance)


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
