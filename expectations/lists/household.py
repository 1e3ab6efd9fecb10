"""L01 无户籍 and L02 户口在外: children whom the county's household register does not have, or has no more.

Only these two conditions and their guards belong here (rules/definitions.md#register, rules/lists.md#l01, #l02, rules/codes.md#register-class,
rules/places-and-people.md#not-errors, rules/identifiers.md#student-j). L02 asks where the child's files are; it ends nothing.
"""

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

from expectations.lists.columns import Texts
from expectations.lists.counties import county_with
from expectations.lists.files import BoolArray, IntArray
from expectations.lists.grading import LIKELY, OPEN, SURE, capped, near_cap, near_notes, presence, probably_there
from expectations.lists.lookalikes import judged_near
from expectations.lists.view import View, draft, sentences, to_be_judged, with_note

# What ends a record because the child is dead or lives elsewhere, or was never there; every other end leaves a child that lives here.
_GONE_STATES = ("dead", "dead_on_roll", "moved_out", "moved", "transferred_out", "abroad")
_GONE_REASONS = ("dead", "moved_out", "adopted", "error")


def no_household(view: View) -> pd.DataFrame:
    """L01: known to civil affairs, education or disability, no active police record, household not elsewhere.

    Every record of a living child counts, not only those that are still on a roll: that a school or a ledger let go of the child gives it no register.
    Where the police have a record that may well be the child's own, the line waits for whoever judges pairs (`TO_JUDGE`).
    """
    active = view.active & ~view.of("public_security")
    others = active | (_of_the_living(view) & ~view.of("public_security"))
    explained = np.logical_or.reduce(
        [view.flag("police_state", state) for state in view.profile.household.explained_states.known()]
    )
    # A child whom civil affairs knows to have no household at all stays on the list even if a form says otherwise.
    elsewhere = view.truth("said_elsewhere") & ~view.truth("said_none")
    listed = view.any(others) & ~explained & ~elsewhere & view.flag("alive") & ~_outside(view) & ~_out_of_age(view)
    # A bare name that finds nobody proves nothing (rules/files.md#ff17), unless somebody says that there is no register.
    findable = ((view.text("id_no") != "") | (view.text("birth_date") != "")).to_numpy(np.bool_)
    listed &= _unregistered(view) | findable
    record = view.first(
        *(records & view.of(name) for records in (active, others) for name in ("civil_affairs", "education")), others
    )
    judged = judged_near(view)
    waits = probably_there(view, view.of("public_security"), judged=judged)
    grade, reason = _graded(view, judged)
    ended = ~view.any(active)
    for where, at_most, note in (
        (ended, LIKELY, "各部门只有已结束的记录（离校、毕业、减员、注销等），请先核实是否仍在本县"),
        (waits, OPEN, "公安户籍中很可能就有本人，请民政先在同一儿童复核表中认定，不派人上门"),
    ):
        grade, reason = capped(grade, where, at_most), with_note(reason, where, note)
    return to_be_judged(draft(listed, record, grade, reason), waits)


def _of_the_living(view: View) -> BoolArray:
    """Records that have not ended, or ended for another reason than death, moving away, or having been a mistake (rules/lists.md#l01)."""
    gone = view.codes("state", _GONE_STATES) | view.codes("exit_reason", _GONE_REASONS)
    return np.asarray(~gone, dtype=np.bool_)


def _unregistered(view: View) -> BoolArray:
    """Children of whom civil affairs says 无户口, or who carry a student number for pupils without a number (rules/identifiers.md#student-j)."""
    return view.truth("said_none") | _pupils_without_number(view)


def _pupils_without_number(view: View) -> BoolArray:
    return view.any(view.codes("student_no_kind", ["J"]) & view.of("education"))


def _outside(view: View) -> BoolArray:
    """Children of Hong Kong, Macau, Taiwan or other countries have no household register."""
    household = view.profile.household
    marked = view.codes("overseas", household.outside_marks.known())
    return view.any(marked | view.codes("id_type", household.outside_documents.known()))


def _out_of_age(view: View) -> BoolArray:
    """Born within the registration period, or too old to be in the delivered register."""
    grace = relativedelta(months=view.profile.household.registration_grace_months.known())
    opened = (view.files.as_of - grace).isoformat()
    newborn = (view.text("birth_date") > opened).to_numpy()
    return np.asarray(newborn | (view.number("age") >= view.profile.difficulty.below_age.known()), dtype=np.bool_)


def _graded(view: View, judged: pd.DataFrame) -> tuple[IntArray, Texts]:
    """Saying 无户口 or carrying a J number makes it sure, no number likely; an own valid number points elsewhere."""
    # A number that the child carries was issued somewhere (no number without registration): the register may be another county's.
    numbered = (view.text("id_no") != "").to_numpy() | view.any(view.codes("student_no_kind", ["G"]))
    weak = view.text("identifiers").to_numpy(object) == "weak"
    unregistered = _unregistered(view)
    grade = np.where(unregistered, SURE, np.where(numbered | weak, OPEN, LIKELY)).astype(np.int64)
    reason = sentences(view, "公安户籍中没有找到这名儿童，也没有户籍在外地的记载")
    denied = view.any(view.of("public_security") & view.codes("state", ["absent"]))
    place = view.profile.place
    own = {view.files.county, *(place.own_codes.value or []), *(place.former_area_codes.value or [])}
    local = view.text("id_no").str[:6].isin(own).to_numpy(np.bool_)
    # Where nobody knows which county this is, no number is another's.
    abroad = ~local & bool(view.files.county)
    notes = (
        (denied, SURE, "公安答复没有查到这名儿童"),
        (view.truth("said_none"), SURE, "民政登记为无户口"),
        (_pupils_without_number(view), SURE, "学籍为J开头的临时号，表示没有可用身份证号"),
        (~numbered & ~unregistered, SURE, "各部门均无有效身份证号"),
        (numbered & abroad, OPEN, "本人号码是外县签发，户籍可能在外地"),
        (numbered & ~abroad, OPEN, "本人号码有效，可能是公安数据未包含或已迁移"),
        (view.any(view.codes("migrant", ["yes"])), OPEN, "学籍标为随迁子女，户籍可能在外地"),
        (view.truth("said_elsewhere"), OPEN, "另有部门记载户籍在外地"),
        (view.flag("police_state", "cancelled"), OPEN, "公安只有已注销的记录"),
        *near_notes(view, "公安户籍", "public_security", judged=judged),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where, note)
    return np.minimum(grade, near_cap(view, "public_security", judged=judged)), reason


def household_elsewhere(view: View) -> pd.DataFrame:
    """L02: on civil affairs' roll, alive, and civil affairs says 外省市户口 or the police say moved out; no active register here."""
    rolled = view.helped
    stated = rolled & view.codes("register_side", ["elsewhere"])
    police = view.of("public_security") & view.active
    # Another county's register that was delivered says where; whoever is on that county's roll, too, has two files (L16C).
    elsewhere, rolled_there = county_with(view, police), county_with(view, view.roll) != ""
    registered_there = elsewhere != ""
    here = view.any(police & view.own)
    twice = here & registered_there
    # Whom the police have here in so many words is none of these: then the form is wrong, which L15 tells.
    settled = here & view.flag("hukou", "here")
    listed = (
        view.any(rolled & view.own)
        & (view.any(stated) | view.flag("moved_out") | registered_there)
        & ~settled
        & ~rolled_there
    )
    listed = (listed | twice) & view.flag("alive")
    reason = sentences(view, "民政名册在册，民政登记户口在外省市（外县），请核实户籍地是否已有档案")
    reason[view.flag("moved_out")] = "民政名册在册，公安登记户籍已迁出本县，请核实迁入地是否已接续"
    by_register = "民政名册在册，户籍在" + elsewhere + "（该县公安登记），请核实那里是否已有档案、由谁保护"
    reason = np.where(registered_there, by_register, reason)
    in_both = "公安在本县和" + elsewhere + "都有未注销的户籍，一人只能在一地登记，请两地公安核对"
    reason = np.where(twice, in_both, reason)
    by_link = view.flag("moved_out") | registered_there
    grade = np.where(by_link, presence(view), SURE).astype(np.int64)
    by_class = view.any(stated & view.codes("hukou_class", ["elsewhere"]))
    notes = (
        (view.any(stated) & ~by_class & ~registered_there, LIKELY, "按户籍地址判断"),
        (view.truth("said_none"), OPEN, "另有档案登记为无户口"),
        (here & ~twice, OPEN, "公安另有未注销的记录"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(stated, rolled, police), grade, reason)
