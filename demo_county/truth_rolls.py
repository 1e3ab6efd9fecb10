"""The truth of lists about protection, care and disability: who belongs on L02, L07, L08, L11, L12, L20, L24 and L26.

By the definitions of rules/lists.md#lists from what each department truly holds, as `truth` for the other lists; nothing here looks
at how anything was linked. The demo county takes the national default profile: it sets no rhythm of visits (L22).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd
from dateutil.relativedelta import relativedelta

from demo_county.lives import PROFILE
from expectations.jurisdictions.profile import load_profile

if TYPE_CHECKING:
    from demo_county.truth import Held

AT_SCHOOL = ["在读", "中职", "外地就读", "送教上门"]
READING = ["在读", "休学"]
CLASSES = "孤儿|事实无人"
ABLE = ["正常", "外出务工", ""]


def roll_lists(held: Held) -> dict[str, Iterable[int]]:
    """The children of every list of this module, by code."""
    return {
        "L02": _elsewhere(held),
        "L07": _not_placed(held),
        "L08": _unprotected(held),
        "L11": _without_rehabilitation(held),
        "L12": _overage(held),
        "L20": _without_agreement(held),
        "L24": _levels_differ(held),
        "L26": _entrants(held),
    }


def _kids(frame: pd.DataFrame) -> set[int]:
    return set(frame["kid"].tolist())


def _active(held: Held) -> pd.DataFrame:
    return held.books[held.books["roll"] == "登记在册"]


def _here(held: Held) -> set[int]:
    return _kids(held.now[held.now["alive_here"]])


def _elsewhere(held: Held) -> set[int]:
    away = held.now[~held.now["dead"] & ((held.now["hukou"] == "elsewhere") | held.now["left"])]
    return _kids(away) & (_kids(_active(held)) | _kids(held.now[held.now["left"]]) & _kids(held.roll))


def _not_placed(held: Held) -> set[int]:
    heavy = _kids(held.holders[held.holders["dis_level"].isin(["一级", "二级", "1级", "2"])])
    owing = _kids(held.now[held.now["in_cohort"] & held.now["alive_here"]])
    told = _kids(held.books[held.books["study"] == "外地就读"])
    return (heavy & owing) - _kids(held.education) - told


def _unprotected(held: Held) -> set[int]:
    books = _active(held)
    unable = books[~books["father_status"].isin(ABLE) & ~books["mother_status"].isin(ABLE)]
    told = _kids(held.education[held.education["orphan_flag"] == "是"])
    young = _kids(held.now[held.now["age"] < 18]) & _here(held)
    protected = books["category"].str.contains(CLASSES) | books["aid"].str.contains(CLASSES)
    return ((_kids(unable) | told) & young) - _kids(books[protected])


def _without_rehabilitation(held: Held) -> set[int]:
    limit = load_profile(PROFILE).allowances.rehab_below.known()
    young = _kids(held.now[held.now["age"] < limit]) & _here(held)
    return _kids(held.holders[held.holders["rehab"] == "否"]) & young


def _overage(held: Held) -> set[int]:
    books = _active(held)
    paid = books[(books["ledger"] == "allowance") & ~books["study"].isin(AT_SCHOOL)]
    grown = _kids(held.now[(held.now["age"] >= 18) & ~held.now["dead"]])
    return (_kids(paid) & grown) - _kids(held.education[held.education["enrolment"].isin(READING)])


def _without_agreement(held: Held) -> set[int]:
    books = _active(held)
    unsigned = books[(books["ledger"] == "leftbehind") & (books["agreement"] == "否")]
    return _kids(unsigned) & _kids(held.now[held.now["age"] < 16]) & _here(held)


def _levels_differ(held: Held) -> set[int]:
    wrong = held.holders[
        held.holders["errors"].str.split("|").map(lambda errors: "card_level_conflict" in errors).astype(bool)
    ]
    return _kids(wrong) - _kids(held.now[held.now["dead"]])


def _entrants(held: Held) -> set[int]:
    """Entering school next, and the school year's start is near: the moment tells by its cohort that turns to first grade."""
    ahead = relativedelta(months=load_profile(PROFILE).school.push_months_before.known())
    start = held.day.replace(month=9, day=1)
    if not start - ahead < held.day <= start:
        return set()
    entering = _kids(held.now[(held.now["cohort"] == 0) & held.now["alive_here"]])
    known = _kids(_active(held)) | _kids(held.roll)
    return (entering & known) - _kids(held.education[held.education["grade_no"] >= 1])
