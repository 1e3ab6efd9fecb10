"""The truth of the lists that further sources, dates of suspension and the words of ledgers decide: L04, L06, L09, L21, L22 and L25.

By the definitions of rules/lists.md#lists from what each source truly holds, as `truth` and `truth_rolls` for the others; nothing here
looks at how anything was linked. L25 is a village's: all its children bear the village's name in `field`.
"""

from __future__ import annotations

import numpy as np

from demo_county.filed import FiledRecords, kids_in
from demo_county.further import EXCUSED, Further
from demo_county.lives import PROFILE
from demo_county.moment import months_back
from expectations.jurisdictions.profile import load_profile

NOBODY = "无委托照料人"
# Ledgers with a column for the last visit.
DATED = ["leftbehind", "dilemma"]
SHELTERED = "孤儿|事实无人"


def stated_lists(filed: FiledRecords) -> dict[str, set[int]]:
    """The lists of this module that the four departments' own files decide."""
    return {"L06": _suspended_too_long(filed), "L21": _alone(filed)}


def further_lists(filed: FiledRecords, further: Further) -> dict[str, set[int]]:
    """The lists of this module that need a further source."""
    return {"L04": _not_present(filed, further), "L09": _poor(filed, further), "L22": _not_visited(filed, further)}


def villages_short(filed: FiledRecords, further: Further) -> list[tuple[int, str]]:
    """Kids of the villages on L25, each with `town|village`."""
    rules = load_profile(PROFILE).workers
    per, least = rules.children_per_worker.known(), rules.per_village.known()
    counted = filed.active[filed.active["category"].str.contains("留守|困境")]
    kids = filed.now[filed.now["kid"].isin(counted["kid"]) & filed.now["alive_here"]]
    place = kids["town"] + "|" + kids["village"]
    # A supervisor works for the township: no village has its own by that.
    posts = further.roster[further.roster["post"] == "儿童主任"]
    workers = (posts["town"] + "|" + posts["village"]).value_counts()
    have = place.map(workers).fillna(0)
    short = (place.map(place.value_counts()) > per * np.maximum(have, 1)) | (have < least)
    return sorted(zip(kids["kid"][short].astype(int).tolist(), place[short].tolist(), strict=True))


def _suspended_too_long(filed: FiledRecords) -> set[int]:
    """The day stated has passed; where none is stated, the longest term since the pupil was suspended has."""
    months, day = load_profile(PROFILE).school.suspension_months.known(), np.datetime64(filed.day)
    rows = filed.education[filed.education["enrolment"] == "休学"]
    until, since = (rows[name].to_numpy(dtype="datetime64[D]") for name in ("suspended_until", "suspended_on"))
    stated = until < np.datetime64("2190-01-01")
    over = np.where(stated, until < day, since < np.datetime64(months_back(filed.day, months)))
    owing = kids_in(filed.now[(filed.now["cohort"] <= 9) & ~filed.now["dead"]])
    return kids_in(rows[over]) & owing - kids_in(filed.education[filed.education["enrolment"] == "在读"])


def _alone(filed: FiledRecords) -> set[int]:
    limit = load_profile(PROFILE).left_behind.below_age.known()
    stated = filed.active[filed.active["care_reason"].str.contains(NOBODY)]
    return kids_in(stated) & kids_in(filed.now[filed.now["alive_here"] & (filed.now["age"] < limit)])


def _not_present(filed: FiledRecords, further: Further) -> set[int]:
    """In the register of a school and grade that sent its list, and not there: named as absent, or not named at all."""
    lists = further.attendance
    covered = set(zip(lists["school"], lists["grade"], strict=True))
    pupils = filed.education[filed.education["enrolment"] == "在读"]
    here = [pair in covered for pair in zip(pupils["school"], pupils["grade"], strict=True)]
    named_absent = lists[(lists["present"] == "否") & ~lists["reason"].isin(EXCUSED)]
    # A pupil in two schools' records is absent only when no class list says 是.
    absent = (kids_in(pupils[here]) - kids_in(lists)) | (kids_in(named_absent) & kids_in(pupils))
    noted = kids_in(filed.active[filed.active["study"].isin(["外地就读", "送教上门"])])
    excused = noted | kids_in(
        filed.education[(filed.education["mode"] == "送教上门") | (filed.education["enrolment"] == "休学")]
    )
    excused |= kids_in(lists[lists["reason"].isin(EXCUSED)])
    present = kids_in(lists[lists["present"] == "是"])
    owing = kids_in(filed.now[filed.now["in_cohort"] & ~filed.now["dead"]])
    return (absent & owing) - excused - present


def _poor(filed: FiledRecords, further: Further) -> set[int]:
    """Of a lifted household, and neither the household nor the child's own roll protects it."""
    fams = set(further.subsistence["fam"].tolist())
    poor = further.lifted_poverty[~further.lifted_poverty["fam"].isin(fams)]
    books = filed.active
    aided = books["aid"].str.contains("低保|特困") | books["category"].str.contains(SHELTERED)
    known = set(filed.now[filed.now["kid"].isin(books["kid"][books["aid"].str.contains("低保|特困")])]["fam"].tolist())
    sheltered = kids_in(books[aided]) | kids_in(filed.now[filed.now["fam"].isin(known)])
    return kids_in(poor) & kids_in(filed.now[filed.now["alive_here"] & (filed.now["age"] < 18)]) - sheltered


def _not_visited(filed: FiledRecords, further: Further) -> set[int]:
    """On a roll, and no visit within the period in any book; whoever came on the roll within the period is not late yet."""
    every = load_profile(PROFILE).rhythm.visit_every.known()
    limit = np.datetime64(months_back(filed.day, int(every.strip("PM"))))
    books = filed.active
    dated = books[books["ledger"].isin(DATED) & ~books["errors"].str.contains("no_number_list")]
    seen = kids_in(dated[dated["visit"].to_numpy(dtype="datetime64[D]") >= limit])
    calls = further.visits["channel"] == "电话联系"
    seen |= kids_in(further.visits[(further.visits["visit"].to_numpy(dtype="datetime64[D]") >= limit) & ~calls])
    opened = books["registered_on"].to_numpy(dtype="datetime64[D]") > limit
    # The other ledgers have no column for the day on which a file was opened.
    known = (books["ledger"] == "dilemma") | books["errors"].str.contains("no_number_list")
    fresh = kids_in(books[opened & known]) - kids_in(books[~(opened & known)])
    return (kids_in(books) & filed.here) - seen - fresh
