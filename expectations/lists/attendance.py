"""L04 疑似辍学, L06 休学超期 and L07 送教未落实: pupils whose register does not show how things are.

Only these conditions and their guards belong here (rules/codes.md#enrolment, rules/definitions.md#school-events, rules/lists.md#l04, #l06, rules/places-and-people.md#not-errors).
"""

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

from expectations.lists.columns import Texts
from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, OPEN, SURE, absence, capped, near_notes, presence, probably_there
from expectations.lists.view import View, draft, sentences, with_note
from matching.reading.regions import area_name


def not_present(view: View) -> pd.DataFrame:
    """L04: in the cohort, 在读 in the register, and absent from the attendance list of the pupil's school and grade."""
    school = view.profile.school
    pupils = view.of("education") & view.codes("state", ["active", "in"])
    roll = view.source("attendance")
    marked_absent = roll & view.codes("present", ["no"])
    there = roll & ~marked_absent
    covered = pupils & _covered(view, roll)
    # Nobody has to be in kindergarten.
    absent = view.any(pupils & ~view.codes("grade", ["K"])) & (
        view.any(marked_absent) | (view.any(covered) & ~view.any(roll))
    )
    # Class lists often carry no number: a row that belongs to no pupil may still call one by name.
    loose = roll & ~view.any(pupils)[view.child]
    excused = loose & view.codes("study_status", school.absence_excused.known())
    called = view.any(_called(view, pupils, loose & marked_absent & ~excused))
    absent |= called
    present = view.any(there) | view.any(_called(view, pupils, excused | (loose & there)))
    listed = absent & ~present & view.truth("in_cohort") & view.flag("alive") & ~_excused(view)
    named = view.any(marked_absent)
    listed &= named | called | ~probably_there(view, roll)
    grade = np.where(named, SURE, np.minimum(absence(view, "attendance"), LIKELY)).astype(np.int64)
    reason = sentences(view, "学籍状态为在读，而该校该年级的在校名单中没有这名学生")
    reason[called] = "学籍状态为在读，而在校名单上同校同年级的同名学生登记为不在校，名单没有证件号码"
    reason[named] = "学籍状态为在读，而在校名单登记为不在校"
    notes = (
        (~view.truth("cohort_sure"), OPEN, "出生日期不完整"),
        (view.any(pupils & view.words("pupil_source", ["借读"])), OPEN, "学生来源为借读，可能在原校就读"),
        (
            view.any(view.codes("state", school.transferred.known()) & view.of("education")),
            OPEN,
            "另有转出的学籍记录，可能正在转学",
        ),
        (view.flag("moved_out"), OPEN, "户籍已迁出，可能已在迁入地就读"),
        *[note for note in near_notes(view, "在校名单", "attendance") if not named.all()],
        (presence(view) < LIKELY, LIKELY, "部门间是否同一人尚待确认"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(covered, pupils), grade, reason)


def _called(view: View, pupils: BoolArray, rows: BoolArray) -> BoolArray:
    """Pupils whom a list of their school and grade calls by a name of theirs, without a number: such a row finds no child (rules/files.md#ff17)."""
    school, grade, name = _plain(view, "school"), view.files.records["grade"].to_numpy(object), view.name_keys("name")
    listed_at = np.flatnonzero(rows & (school != "") & (name != ""))
    entries = {(school[i], grade[i], name[i]) for i in listed_at.tolist()}
    pupils_at = np.flatnonzero(pupils & np.isin(school.astype(str), school[listed_at].astype(str)))

    # Whatever any department calls the child: a class list may have been written before its name was changed.
    names: dict[int, set[str]] = {}
    own_at = np.flatnonzero(np.isin(view.child, view.child[pupils_at]))
    for field in ("name", "former_name"):
        keys = view.name_keys(field)
        for i in own_at[keys[own_at] != ""].tolist():
            names.setdefault(int(view.child[i]), set()).add(str(keys[i]))

    called = np.zeros(len(view.child), dtype=np.bool_)
    for i in pupils_at.tolist():
        own_names = names.get(int(view.child[i]), set())
        # A list of the whole school has no grades.
        called[i] = any((school[i], of_grade, key) in entries for key in own_names for of_grade in (grade[i], ""))
    return called


def _excused(view: View) -> BoolArray:
    """Leave, suspension, another school, teaching at home: told by the school, the register or civil affairs (rules/places-and-people.md#not-errors)."""
    school = view.profile.school
    excused = view.codes("study_status", school.absence_excused.known()) & view.active
    excused |= view.codes("attendance_mode", ["home_teaching"])
    return view.any(excused | (view.of("education") & view.codes("state", school.suspended.known())))


def _covered(view: View, roll: BoolArray) -> BoolArray:
    """Pupils of schools and grades that the attendance lists cover; a school that sent none says nothing."""
    schools, grades = _plain(view, "school"), view.files.records["grade"].to_numpy(object)
    # Lists without schools are one list of the whole county.
    if not (schools[roll] != "").any():
        return np.ones(len(schools), dtype=np.bool_)
    classes = {(str(school), str(grade)) for school, grade in zip(schools[roll], grades[roll], strict=True)}
    whole = {school for school, grade in classes if not grade}
    covered = [school in whole or (school, grade) in classes for school, grade in zip(schools, grades, strict=True)]
    return np.array(covered, dtype=np.bool_)


def _plain(view: View, field: str) -> Texts:
    """Names of schools without county and blanks before the rest: 某县实验小学 and 实验小学 are one."""
    place = view.profile.place
    county = place.county_name.value or area_name(place.area_code.value or view.files.county)
    return view.records.mapped(field, lambda text: text.replace(" ", "").removeprefix(county))


def suspended_too_long(view: View) -> pd.DataFrame:
    """L06: suspended, and the end stated has passed, or the longest term since the status changed has."""
    school = view.profile.school
    pupils = view.of("education")
    suspended = pupils & view.codes("state", school.suspended.known())
    months = school.suspension_months.known()
    today = view.files.as_of.isoformat()
    # An end that is a month or a year has passed when the whole of it has.
    ended = suspended & view.records.test("suspended_until", lambda day: len(day) > 0 and day < today[: len(day)])
    limit = (view.files.as_of - relativedelta(months=months)).isoformat()
    long = (
        suspended
        & ~view.filled("suspended_until")
        & view.records.test("status_date", lambda day: len(day) == 10 and day < limit)
    )
    # A second record, in which the pupil is at school, outweighs the suspended one; beyond grade 9 nobody has to be there.
    back = view.any(pupils & view.codes("state", ["active", "in"]))
    listed = (
        (view.any(ended) | view.any(long))
        & ~back
        & view.flag("alive")
        & (view.number("cohort_grade") <= school.years.known())
    )
    reason = sentences(view, f"学籍状态仍为休学，自登记之日起已超过{months}个月，没有复学或延期记录")
    reason[view.any(ended)] = "学籍状态仍为休学，登记的休学截止日期已过"
    grade = np.where(view.any(ended), SURE, LIKELY).astype(np.int64)
    notes = (
        (view.any(suspended & view.words("remark", ["延期", "延长", "续休", "继续休学"])), OPEN, "备注中提到延期"),
        (view.flag("moved_out"), OPEN, "户籍已迁出本县"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(ended, long), grade, reason)


def not_placed(view: View) -> pd.DataFrame:
    """L07: severely disabled, in the cohort, no school record or waiting for a place; nobody says studying elsewhere."""
    school = view.profile.school
    holders = view.of("disability") & view.active
    severe = holders & view.codes("disability_level", school.placement_levels.known())
    waiting = view.codes("attendance_mode", school.waiting_placement.known()) & view.active
    register = view.of("education") & ~view.codes("state", ["off_register"])
    taught = view.of("education") & view.codes("study_status", ["home_teaching"])
    listed = view.any(severe) & view.truth("in_cohort") & view.flag("alive") & ~view.flag("moved_out")
    elsewhere = view.codes("study_status", school.studies_elsewhere.known()) & view.active
    # Education's own list of home teaching settles it; civil affairs' word does not, since the register must show it (残疾人教育条例 Art. 17).
    without = ~view.any(register) & ~view.any(taught) & ~probably_there(view, register)
    listed &= (without | view.any(waiting)) & ~view.any(elsewhere)
    grade = np.where(view.any(waiting), SURE, np.minimum(absence(view, "education"), LIKELY)).astype(np.int64)
    reason = sentences(view, "重度残疾的适龄儿童，学籍中没有记录，也没有送教上门登记")
    reason[view.any(waiting)] = "重度残疾的适龄儿童，登记为待安置，尚未落实就学方式"
    civil_taught = view.any(view.codes("study_status", school.taught_at_home.known()) & ~view.of("education"))
    notes = (
        (civil_taught, LIKELY, "其他部门记载送教上门，请纳入学籍管理"),
        (~view.truth("cohort_sure"), OPEN, "出生日期不完整"),
        (
            view.any(view.codes("study_status", school.said_at_school.known()) & ~view.of("education")),
            OPEN,
            "民政记载在读，可能姓名或证件号码有误",
        ),
        (view.any(holders & view.codes("card_status", ["expired"])), OPEN, "残疾人证已过有效期"),
        *near_notes(view, "学籍", "education"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(severe), grade, reason)
