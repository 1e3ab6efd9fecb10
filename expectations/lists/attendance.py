"""L04 疑似辍学 and L07 送教未落实: pupils whose register does not show how things are.

Only these conditions and their guards belong here; what class lists say is `rollcall` (rules/codes.md#enrolment, rules/definitions.md#school-events, rules/lists.md#l04, #l07, rules/places-and-people.md#not-errors).
"""

import numpy as np
import pandas as pd

from expectations.lists.columns import Texts
from expectations.lists.dropouts import ledger_dropouts, ledger_suspicions
from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, OPEN, SURE, absence, capped, near_notes, presence, probably_there
from expectations.lists.rollcall import RollCall, roll_call
from expectations.lists.view import View, draft, sentences, with_note


def not_present(view: View) -> pd.DataFrame:
    """L04: in the cohort, 在读 in the register, and absent from the attendance list of the pupil's school and grade, or gone from school by another's word."""
    calls = roll_call(view)
    compulsory = view.any(calls.pupils & ~view.codes("grade", ["K"]))
    missing = calls.missing & ~probably_there(view, calls.roll) & ~calls.heard
    absent = (compulsory & (calls.named | missing)) | calls.called
    gone, suspected = _said_gone(view)
    # A word against a word; what a class list says is stronger, and it is the sentence where both say the same.
    by_word = compulsory & (gone | suspected) & ~absent
    listed = (absent | by_word) & ~calls.present & view.truth("in_cohort") & view.flag("alive") & ~_excused(view)

    grade = np.where(calls.named, SURE, np.minimum(absence(view, "attendance"), LIKELY)).astype(np.int64)
    grade = capped(grade, by_word, OPEN)
    reason = sentences(view, "学籍状态为在读，而该校该年级的在校名单中没有这名学生")
    reason[calls.called] = "学籍状态为在读，而在校名单上同校同年级的同名学生登记为不在校，名单没有证件号码"
    reason[calls.named] = "学籍状态为在读，而在校名单登记为不在校"
    by_whom = _spoken_by(view, _words_of_others(view))
    reason[by_word & suspected] = "学籍状态为在读，而教育的控辍保学台账登记为疑似辍学"
    by_others = by_word & gone
    reason[by_others] = "学籍状态为在读，而" + by_whom[by_others] + "记载为辍学、失学或失联，两处登记不一致"
    for where, at_most, note in _doubts(view, calls, by_word):
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    words = view.first(_words_of_others(view), ledger_suspicions(view))
    return draft(listed, np.where(by_word, words, view.first(calls.covered, calls.pupils)), grade, reason)


def _doubts(view: View, calls: RollCall, by_word: BoolArray) -> list[tuple[BoolArray, int, str]]:
    """What lowers the grade of L04, and what is said of it."""
    school = view.profile.school
    by_list = ~by_word & ~calls.named.all()
    return [
        (calls.perhaps_heard, OPEN, "同校同年级的在校名单上有读音相同的名字，可能就是本人，请先核对"),
        (~view.truth("cohort_sure"), OPEN, "出生日期不完整"),
        (view.any(calls.pupils & view.words("pupil_source", ["借读"])), OPEN, "学生来源为借读，可能在原校就读"),
        (
            view.any(view.codes("state", school.transferred.known()) & view.of("education")),
            OPEN,
            "另有转出的学籍记录，可能正在转学",
        ),
        (view.flag("moved_out"), OPEN, "户籍已迁出，可能已在迁入地就读"),
        *[(where & by_list, at_most, note) for where, at_most, note in near_notes(view, "在校名单", "attendance")],
        (presence(view) < LIKELY, LIKELY, "部门间是否同一人尚待确认"),
    ]


def _said_gone(view: View) -> tuple[BoolArray, BoolArray]:
    """Children of whom another department, or education's own ledger as a suspicion, says that they left school (rules/lists.md#l04)."""
    # What the ledger calls a drop-out is L05's: education contradicts itself there.
    firm = view.any(ledger_dropouts(view))
    return view.any(_words_of_others(view)) & ~firm, view.any(ledger_suspicions(view)) & ~firm


def _words_of_others(view: View) -> BoolArray:
    """Records of departments other than education, class lists left out, that say 辍学, 失学 or 失联."""
    others = ~view.of("education") & ~view.source("attendance")
    return others & view.codes("study_status", view.profile.school.said_left.known()) & view.active


def _spoken_by(view: View, records: BoolArray) -> Texts:
    """Per child the departments of these records in one phrase."""
    order = list(dict.fromkeys(view.files.records["department"].to_numpy(object)[records].tolist()))
    children = {name: view.any(records & view.of(name)) for name in order}
    return np.array(
        [view.catalogue.spoken(name for name in order if children[name][child]) for child in range(view.n)],
        dtype=object,
    )


def _excused(view: View) -> BoolArray:
    """Leave, suspension, another school, teaching at home: told by the school, the register or civil affairs (rules/places-and-people.md#not-errors)."""
    school = view.profile.school
    excused = view.codes("study_status", school.absence_excused.known()) & view.active
    excused |= view.codes("attendance_mode", ["home_teaching"])
    return view.any(excused | (view.of("education") & view.codes("state", school.suspended.known())))


def not_placed(view: View) -> pd.DataFrame:
    """L07: severely disabled, in the cohort, no school record or waiting for a place; nobody says studying elsewhere.

    Education's own roster of home teaching names who was found to need a place: 待安置 there asks, with and without a certificate, with and without a record.
    """
    school = view.profile.school
    holders = view.of("disability") & view.active
    severe = holders & view.codes("disability_level", school.placement_levels.known())
    waiting = view.codes("attendance_mode", school.waiting_placement.known())
    roster = view.of("education") & view.codes("layout", ["home_teaching"])
    on_roster, waiting = waiting & roster, waiting & (view.active | roster)
    register = view.of("education") & ~view.codes("state", ["off_register"])
    taught = view.of("education") & view.codes("study_status", ["home_teaching"]) & ~on_roster
    elsewhere = view.codes("study_status", school.studies_elsewhere.known()) & view.active
    # Education's own list of home teaching settles it; civil affairs' word does not, since the register must show it (残疾人教育条例 Art. 17).
    without = ~view.any(register) & ~view.any(taught) & ~probably_there(view, register)
    listed = (view.any(severe) & (without | view.any(waiting))) | view.any(on_roster)
    listed &= view.truth("in_cohort") & view.flag("alive") & ~view.flag("moved_out") & ~view.any(elsewhere)

    grade = np.where(view.any(waiting), SURE, np.minimum(absence(view, "education"), LIKELY)).astype(np.int64)
    reason = sentences(view, "重度残疾的适龄儿童，学籍中没有记录，也没有送教上门登记")
    reason[view.any(waiting)] = "重度残疾的适龄儿童，登记为待安置，尚未落实就学方式"
    reason[view.any(on_roster)] = "送教上门名册登记为待安置，尚未落实就学方式"
    for where, at_most, note in _placement_doubts(view, holders, on_roster):
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(on_roster, severe), grade, reason)


def _placement_doubts(view: View, holders: BoolArray, on_roster: BoolArray) -> list[tuple[BoolArray, int, str]]:
    """What lowers the grade of L07, and what is said of it."""
    school = view.profile.school
    civil_taught = view.any(view.codes("study_status", school.taught_at_home.known()) & ~view.of("education"))
    arranged = view.of("education") & view.active & view.codes("attendance_mode", ["home_teaching"])
    return [
        (civil_taught, LIKELY, "其他部门记载送教上门，请纳入学籍管理"),
        (view.any(on_roster) & view.any(arranged), OPEN, "学籍的就读方式已是送教上门，请核对名册是否已更新"),
        (view.any(on_roster) & (presence(view) < LIKELY), LIKELY, "部门间是否同一人尚待确认"),
        (~view.truth("cohort_sure"), OPEN, "出生日期不完整"),
        (
            view.any(view.codes("study_status", school.said_at_school.known()) & ~view.of("education")),
            OPEN,
            "民政记载在读，可能姓名或证件号码有误",
        ),
        (view.any(holders & view.codes("card_status", ["expired"])), OPEN, "残疾人证已过有效期"),
        *near_notes(view, "学籍", "education"),
    ]
