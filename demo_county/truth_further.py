"""The truth of the lists that further sources, dates of suspension and the words of ledgers decide: L04, L06, L09, L21, L22 and L25.

By the definitions of rules/lists.md#lists from what each source truly holds, as `truth` and `truth_rolls` for the others; nothing here
looks at how anything was linked. L25 is a village's: all its children bear the village's name in `field`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from demo_county.further import EXCUSED, Further
from demo_county.lives import PROFILE
from demo_county.moment import months_back
from expectations.jurisdictions.profile import load_profile

if TYPE_CHECKING:
    from demo_county.truth import Held

NOBODY = "无委托照料人"
# Ledgers with a column for the last visit.
DATED = ["leftbehind", "dilemma"]
SHELTERED = "孤儿|事实无人"


def stated_lists(held: Held) -> dict[str, set[int]]:
    """The lists of this module that the four departments' own files decide."""
    return {"L06": _suspended_too_long(held), "L21": _alone(held)}


def further_lists(held: Held, further: Further) -> dict[str, set[int]]:
    """The lists of this module that need a further source."""
    return {"L04": _not_present(held, further), "L09": _poor(held, further), "L22": _not_visited(held, further)}


def villages_short(held: Held, further: Further) -> list[tuple[int, str]]:
    """Kids of the villages on L25, each with `town|village`."""
    rules = load_profile(PROFILE).workers
    per, least = rules.children_per_worker.known(), rules.per_village.known()
    counted = _active(held)[_active(held)["category"].str.contains("留守|困境")]
    kids = held.now[held.now["kid"].isin(counted["kid"]) & held.now["alive_here"]]
    place = kids["town"] + "|" + kids["village"]
    posts = further.roster[further.roster["post"] == "儿童主任"]
    workers = (posts["town"] + "|" + posts["village"]).value_counts()
    have = place.map(workers).fillna(0)
    short = (place.map(place.value_counts()) > per * np.maximum(have, 1)) | (have < least)
    return sorted(zip(kids["kid"][short].astype(int).tolist(), place[short].tolist(), strict=True))


def _kids(frame: pd.DataFrame) -> set[int]:
    return set(frame["kid"].tolist())


def _active(held: Held) -> pd.DataFrame:
    return held.books[held.books["roll"] == "登记在册"]


def _suspended_too_long(held: Held) -> set[int]:
    """The day stated has passed; where none is stated, the longest term since the pupil was suspended has."""
    months, day = load_profile(PROFILE).school.suspension_months.known(), np.datetime64(held.day)
    rows = held.education[held.education["enrolment"] == "休学"]
    until, since = (rows[name].to_numpy(dtype="datetime64[D]") for name in ("suspended_until", "suspended_on"))
    stated = until < np.datetime64("2190-01-01")
    over = np.where(stated, until < day, since < np.datetime64(months_back(held.day, months)))
    owing = _kids(held.now[(held.now["cohort"] <= 9) & ~held.now["dead"]])
    return _kids(rows[over]) & owing - _kids(held.education[held.education["enrolment"] == "在读"])


def _alone(held: Held) -> set[int]:
    limit = load_profile(PROFILE).left_behind.below_age.known()
    said = _active(held)[_active(held)["care_reason"].str.contains(NOBODY)]
    return _kids(said) & _kids(held.now[held.now["alive_here"] & (held.now["age"] < limit)])


def _not_present(held: Held, further: Further) -> set[int]:
    """In the register of a school and grade that sent its list, and not there: named as absent, or not named at all."""
    lists = further.attendance
    covered = set(zip(lists["school"], lists["grade"], strict=True))
    pupils = held.education[held.education["enrolment"] == "在读"]
    here = [pair in covered for pair in zip(pupils["school"], pupils["grade"], strict=True)]
    named_absent = lists[(lists["present"] == "否") & ~lists["reason"].isin(EXCUSED)]
    absent = (_kids(pupils[here]) - _kids(lists)) | (_kids(named_absent) & _kids(pupils))
    told = _kids(_active(held)[_active(held)["study"].isin(["外地就读", "送教上门"])])
    excused = told | _kids(
        held.education[(held.education["mode"] == "送教上门") | (held.education["enrolment"] == "休学")]
    )
    excused |= _kids(lists[lists["reason"].isin(EXCUSED)])
    present = _kids(lists[lists["present"] == "是"])
    owing = _kids(held.now[held.now["in_cohort"] & ~held.now["dead"]])
    return (absent & owing) - excused - present


def _poor(held: Held, further: Further) -> set[int]:
    """Of a lifted household, and neither the household nor the child's own roll protects it."""
    fams = set(further.subsistence["fam"].tolist())
    poor = further.lifted_poverty[~further.lifted_poverty["fam"].isin(fams)]
    books = _active(held)
    aided = books["aid"].str.contains("低保|特困") | books["category"].str.contains(SHELTERED)
    known = set(held.now[held.now["kid"].isin(books["kid"][books["aid"].str.contains("低保|特困")])]["fam"].tolist())
    sheltered = _kids(books[aided]) | _kids(held.now[held.now["fam"].isin(known)])
    return _kids(poor) & _kids(held.now[held.now["alive_here"] & (held.now["age"] < 18)]) - sheltered


def _not_visited(held: Held, further: Further) -> set[int]:
    """On a roll, and no visit within the period in any book; whoever came on the roll within the period is not late yet."""
    every = load_profile(PROFILE).rhythm.visit_every.known()
    limit = np.datetime64(months_back(held.day, int(every.strip("PM"))))
    books = _active(held)
    dated = books[books["ledger"].isin(DATED) & ~books["errors"].str.contains("no_number_list")]
    seen = _kids(dated[dated["visit"].to_numpy(dtype="datetime64[D]") >= limit])
    calls = further.visits["channel"] == "电话联系"
    seen |= _kids(further.visits[(further.visits["visit"].to_numpy(dtype="datetime64[D]") >= limit) & ~calls])
    opened = books["registered_on"].to_numpy(dtype="datetime64[D]") > limit
    known = (books["ledger"] == "dilemma") | books["errors"].str.contains("no_number_list")
    fresh = _kids(books[opened & known]) - _kids(books[~(opened & known)])
    return (_kids(books) & _kids(held.now[held.now["alive_here"]])) - seen - fresh
