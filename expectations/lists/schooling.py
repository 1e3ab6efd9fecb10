"""L03 未建学籍 and L05 辍学: children of compulsory-school age whose schooling the registers do not show.

Only these two conditions and their guards belong here (rules/definitions.md#school-age, #school-events, rules/lists.md#l03, #l05, rules/places-and-people.md#not-errors).
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from expectations.lists.ages import day_in
from expectations.lists.cases import MISSING, with_case
from expectations.lists.columns import Texts
from expectations.lists.counties import lives_in_other
from expectations.lists.dropouts import LEDGER, ledger_dropouts
from expectations.lists.files import BoolArray, IntArray
from expectations.lists.grading import LIKELY, OPEN, SURE, absence, capped, near_notes, presence, probably_there
from expectations.lists.rollcall import roll_call
from expectations.lists.stated import spread, stated
from expectations.lists.transfers import not_received, transfer_sentences, transfers
from expectations.lists.view import View, draft, sentences, with_note

_DIGITS = "一二三四五六七八九"


def not_enrolled(view: View) -> pd.DataFrame:
    """L03: in the legal cohort, alive, not moved out, known here, no education record, not known to study elsewhere."""
    school = view.profile.school
    civil, disabled = view.of("civil_affairs") & view.active, view.of("disability") & view.active
    registered = view.of("public_security") & view.active
    # Registered elsewhere, the child may be at school there (义务教育法 Art. 12): it counts when civil affairs or the federation know it here.
    known_here = (view.any(registered) & view.flag("hukou", "here")) | view.any(civil) | view.any(disabled)
    excused = _said(view, [*school.studies_elsewhere.known(), *school.taught_at_home.known()])
    # On a working list of education's only: taught at home is no drop-out, 未入学 and the rest are (rules/departments.md#dropout-ledger, #home-teaching).
    beside = view.of("education") & view.codes("state", ["off_register"])
    placed = [*school.taught_at_home.known(), *school.studies_elsewhere.known()]
    excused |= view.any(beside & view.codes("study_status", school.taught_at_home.known()))
    excused |= view.any(beside & view.codes("persuasion", placed))
    # Who was put off is excused for the years for which that may be done, and asked about afterwards.
    delay = np.asarray(view.number("cohort_grade") <= school.delay_years.known())
    excused |= _said(view, school.delayed.known()) & delay
    listed = of_school_age(view) & view.flag("alive") & ~view.flag("moved_out") & known_here & ~excused
    listed &= ~view.any(view.of("education") & ~beside) & ~probably_there(view, view.of("education") & ~beside)
    grade, reason = _graded_absence(view)
    # Schooling is where the parents live (义务教育法 Art. 12): the county of residence is told as well.
    living = lives_in_other(view)
    for county in sorted(set(living) - {""}):
        reason = with_note(reason, living == county, f"现住{county}，应由居住地安排入学，请同时告知该县教育部门")
    return draft(listed, view.first(registered, civil, disabled), grade, reason)


def of_school_age(view: View) -> BoolArray:
    """The legal cohort; with `school.band_outside` also the working band beyond it, whoever has not finished (rules/definitions.md#school-age)."""
    if not view.profile.school.band_outside.known():
        return view.truth("in_cohort")
    years = view.profile.school.years.known()
    finished = view.any(view.of("education") & view.codes("state", ["graduated"])) | _said(view, ["done"])
    return np.asarray(
        view.truth("in_cohort") | (view.truth("in_band") & (view.number("cohort_grade") > years) & ~finished)
    )


def _said(view: View, statuses: list[str]) -> BoolArray:
    """Children of whom a department other than education says this about schooling."""
    return view.any(view.codes("study_status", statuses) & ~view.of("education") & view.active)


def _graded_absence(view: View) -> tuple[IntArray, Texts]:
    school = view.profile.school
    reason = _by_grade(view)
    grade = absence(view, "education")
    too_soon = (view.number("cohort_grade") == 1) & _records_still_open(view)
    notes = (
        (~view.truth("cohort_sure"), OPEN, "出生日期不完整，年级按年月推算"),
        (spread(view, stated(view, "birth_date")), OPEN, "各处登记的出生日期不一致，请先核对年龄"),
        (_said(view, school.not_yet_at_school.known()), OPEN, "民政记载尚未入学，可能推迟入学"),
        (_said(view, school.said_at_school.known()), OPEN, "民政记载在读，可能姓名或证件号码有误，或在外地就读"),
        (_said(view, school.delayed.known()), OPEN, "登记为延缓入学，已超过可以推迟的年限"),
        (_physical(view), OPEN, "登记有身体原因，请核实是否已批准延缓入学或送教上门"),
        (too_soon, LIKELY, "新生学籍可能尚在建立"),
        *near_notes(view, "学籍", "education"),
        (view.text("identifiers").to_numpy(object) == "weak", OPEN, "本人信息不全，可能没有比对上"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where, note)
    return grade, reason


def _physical(view: View) -> BoolArray:
    """Somebody gives the child's health as the reason for not being at school (rules/codes.md#not-at-school)."""
    words = view.profile.school.physical_reasons.known()
    return view.any(view.words("not_enrolled_reason", words) & view.active)


def _by_grade(view: View) -> Texts:
    known_by = view.children.mapped("departments", lambda codes: view.catalogue.spoken(codes.split(";")))
    years = view.profile.school.years.known()
    grades = np.clip(view.number("cohort_grade"), 1, years)
    spoken = np.array(
        [f"{grade}年级" if grade > len(_DIGITS) else f"{_DIGITS[grade - 1]}年级" for grade in range(1, years + 1)],
        dtype=object,
    )
    youngest, oldest = view.profile.school.band.known()
    # Both readings of the age are shown (rules/definitions.md#school-age): the legal cohort decides, the working band is what drop-out lists in the field use.
    inside = np.where(view.truth("in_band"), "内", "外")
    band = f"（法定义务教育，{youngest}至{oldest}周岁工作口径" + inside + "），"
    sentence: Texts = "按出生日期应读" + spoken[grades - 1] + band + known_by + "有记录而全县学籍中没有找到"
    return sentence


def _records_still_open(view: View) -> bool:
    """Whether the school year began so recently that new pupils' records may not be built yet (rules/definitions.md#school-events)."""
    school = view.profile.school
    as_of = view.files.as_of
    start = day_in(as_of.year, school.year_start.known())
    return start <= as_of <= start + timedelta(days=school.record_window_days.known())


def dropped_out(view: View) -> pd.DataFrame:
    """L05: status 其他离校, 辍学, 退学 or 失踪 in the cohort, no other enrolment here, not known to study elsewhere; whom education's own ledger calls
    辍学 or 失联 although the register says 在读; and who was transferred out long ago and came to nobody (`transfers`).
    """
    school = view.profile.school
    education = view.of("education")
    ledger, lost = ledger_dropouts(view), education & view.codes("state", ["missing"])
    left = (education & (view.codes("state", school.dropped_out.known()) | _stopped(view))) | lost
    enrolled = education & view.codes("state", ["active", *school.enrolled.known()])
    excused = _said(view, [*school.studies_elsewhere.known(), *school.taught_at_home.known()])
    reading = view.any(education & view.codes("state", ["active", "in"])) & ~roll_call(view).present
    contradicted = view.any(ledger) & reading & ~excused
    # A child that a school reports as missing is looked for, whatever another book still says of its schooling.
    gone = view.any(left) & ~view.any(enrolled) & (~excused | view.any(lost))
    listed = of_school_age(view) & view.flag("alive") & (gone | contradicted)
    nowhere = not_received(view) & ~view.any(left)
    # The ledger's row where it contradicts the register, else the register's own.
    record = view.first(ledger & contradicted[view.child], lost, left & ~ledger, left, transfers(view))

    reason = sentences(view, "学籍状态为其他离校、辍学或退学，按出生日期仍在义务教育年龄，本县没有其他在读学籍")
    from_ledger = (view.record_text("layout", record) == LEDGER).to_numpy(np.bool_)
    reason[from_ledger] = "控辍保学台账登记为辍学、失学或失联，按出生日期仍在义务教育年龄，本县没有其他在读学籍"
    reason[view.any(lost)] = "学籍状态为失踪，按出生日期仍在义务教育年龄，请公安机关和学校核实下落"
    reason[contradicted] = "控辍保学台账登记为辍学、失学或失联，而学籍状态仍为在读，两处登记不一致"
    reason[nowhere] = transfer_sentences(view)[nowhere]
    grade = np.select([nowhere, contradicted], [OPEN, LIKELY], SURE).astype(np.int64)
    # What is in order with a record that has ended explains nothing where the register does not say so.
    for where, at_most, note in [*_doubts_of_leaving(view, record, ~contradicted & ~nowhere), *_doubts(view)]:
        grade, reason = capped(grade, where, at_most), with_note(reason, where, note)
    return with_case(draft(listed | nowhere, record, grade, reason), MISSING, view.any(lost))


def _doubts_of_leaving(view: View, record: IntArray, ended: BoolArray) -> list[tuple[BoolArray, int, str]]:
    """What lowers the grade of an `ended` enrolment, and what is said of it."""
    school = view.profile.school
    education = view.of("education")
    transferred = view.any(education & view.codes("state", school.transferred.known()))
    enrolled = education & view.codes("state", ["active", *school.enrolled.known()])
    # A transfer across provinces may take longer than its ten working days: within the window a pupil is in transit.
    changed = view.record_text("status_date", record)
    opened = (view.files.as_of - timedelta(days=school.transfer_window_days.known())).isoformat()
    in_transit = ((changed >= opened) & (changed.str.len() == 10)).to_numpy(np.bool_)
    lost = view.any(education & view.codes("state", ["missing"]))
    elsewhere = _said(view, [*school.studies_elsewhere.known(), *school.taught_at_home.known()])
    return [
        (transferred & ended, OPEN, "另有转出或出国的学籍记录，可能已转学"),
        (view.any(_stopped(view)) & ended, LIKELY, "学籍为小学毕业，没有初中学籍，可能在外地升学"),
        (in_transit & ended & ~lost, OPEN, "离校登记不久，可能正在办理转学"),
        (lost & elsewhere, OPEN, "其他部门记载在外地就读或送教上门，请先核对"),
        (probably_there(view, enrolled) & ended, OPEN, "另有相近的人在读，请先核对是否已另建学籍"),
    ]


def _doubts(view: View) -> list[tuple[BoolArray, int, str]]:
    """What lowers the grade of every line of L05."""
    return [
        (_physical(view), OPEN, "登记有身体原因，请核实是否具备学习条件"),
        (view.flag("moved_out"), OPEN, "户籍已迁出，可能已在迁入地就读"),
        (~view.truth("cohort_sure"), OPEN, "出生日期不完整"),
        (presence(view) < LIKELY, LIKELY, "部门间是否同一人尚待确认"),
    ]


def _stopped(view: View) -> BoolArray:
    """Records that end with primary school of children who should be in junior secondary by now (rules/codes.md#enrolment: 毕业 counts at grade 9 only)."""
    primary = (
        view.of("education")
        & view.codes("state", ["graduated"])
        & view.codes("grade", [str(view.profile.school.primary_years.known())])
    )
    due = (view.number("cohort_grade") > view.profile.school.primary_years.known()) & ~np.full(
        view.n, _records_still_open(view)
    )
    return np.asarray(primary & due[view.child], dtype=np.bool_)
