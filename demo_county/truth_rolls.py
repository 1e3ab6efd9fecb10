"""The truth of lists about protection, care and disability: who belongs on L02, L07, L08, L11, L12, L20, L24 and L26.

By the definitions of rules/lists.md#lists from what each department truly holds, as `truth` for the other lists; nothing here looks
at how anything was linked. The demo county takes the national default profile: it sets no rhythm of visits (L22).
"""

from __future__ import annotations

from collections.abc import Iterable

from dateutil.relativedelta import relativedelta

from demo_county.filed import FiledRecords, kids_in
from demo_county.lives import PROFILE
from expectations.jurisdictions.profile import load_profile

AT_SCHOOL = ["在读", "中职", "外地就读", "送教上门"]
READING = ["在读", "休学"]
CLASSES = "孤儿|事实无人"
ABLE = ["正常", "外出务工", ""]


def roll_lists(filed: FiledRecords) -> dict[str, Iterable[int]]:
    """The children of every list of this module, by code."""
    return {
        "L02": _elsewhere(filed),
        "L07": _not_placed(filed),
        "L08": _unprotected(filed),
        "L11": _without_rehabilitation(filed),
        "L12": _overage(filed),
        "L20": _without_agreement(filed),
        "L24": _levels_differ(filed),
        "L26": _entrants(filed),
    }


def _elsewhere(filed: FiledRecords) -> set[int]:
    away = filed.now[~filed.now["dead"] & ((filed.now["hukou"] == "elsewhere") | filed.now["left"])]
    return kids_in(away) & (kids_in(filed.active) | kids_in(filed.now[filed.now["left"]]) & kids_in(filed.roll))


def _not_placed(filed: FiledRecords) -> set[int]:
    heavy = kids_in(filed.holders[filed.holders["dis_level"].isin(["一级", "二级", "1级", "2"])])
    owing = kids_in(filed.now[filed.now["in_cohort"] & filed.now["alive_here"]])
    noted = kids_in(filed.books[filed.books["study"] == "外地就读"])
    return (heavy & owing) - kids_in(filed.education) - noted


def _unprotected(filed: FiledRecords) -> set[int]:
    books = filed.active
    unable = books[~books["father_status"].isin(ABLE) & ~books["mother_status"].isin(ABLE)]
    orphans = kids_in(filed.education[filed.education["orphan_flag"] == "是"])
    young = kids_in(filed.now[filed.now["age"] < 18]) & filed.here
    protected = books["category"].str.contains(CLASSES) | books["aid"].str.contains(CLASSES)
    return ((kids_in(unable) | orphans) & young) - kids_in(books[protected])


def _without_rehabilitation(filed: FiledRecords) -> set[int]:
    limit = load_profile(PROFILE).allowances.rehab_below.known()
    young = kids_in(filed.now[filed.now["age"] < limit]) & filed.here
    return kids_in(filed.holders[filed.holders["rehab"] == "否"]) & young


def _overage(filed: FiledRecords) -> set[int]:
    books = filed.active
    paid = books[(books["ledger"] == "allowance") & ~books["study"].isin(AT_SCHOOL)]
    grown = kids_in(filed.now[(filed.now["age"] >= 18) & ~filed.now["dead"]])
    return (kids_in(paid) & grown) - kids_in(filed.education[filed.education["enrolment"].isin(READING)])


def _without_agreement(filed: FiledRecords) -> set[int]:
    books = filed.active
    unsigned = books[(books["ledger"] == "leftbehind") & (books["agreement"] == "否")]
    return kids_in(unsigned) & kids_in(filed.now[filed.now["age"] < 16]) & filed.here


def _levels_differ(filed: FiledRecords) -> set[int]:
    wrong = filed.holders[
        filed.holders["errors"].str.split("|").map(lambda errors: "card_level_conflict" in errors).astype(bool)
    ]
    return kids_in(wrong) - kids_in(filed.now[filed.now["dead"]])


def _entrants(filed: FiledRecords) -> set[int]:
    """Entering school next, and the school year's start is near: the moment tells by its cohort that turns to first grade."""
    ahead = relativedelta(months=load_profile(PROFILE).school.push_months_before.known())
    start = filed.day.replace(month=9, day=1)
    if not start - ahead < filed.day <= start:
        return set()
    entering = kids_in(filed.now[(filed.now["cohort"] == 0) & filed.now["alive_here"]])
    known = kids_in(filed.active) | kids_in(filed.roll)
    return (entering & known) - kids_in(filed.education[filed.education["grade_no"] >= 1])
