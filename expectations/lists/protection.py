"""L08 应保未保（孤儿、事实无人抚养） and L09 应保未保（低保）: children whom other departments' data show to need protection.

Only these two conditions and their guards belong here (rules/definitions.md#difficulty, #orphans, rules/lists.md#l08, #l09). They ask to look and to help with an
application; parents' circumstances are never spelt out in a sentence.
"""

import numpy as np
import pandas as pd

from expectations.lists.ages import years_in_words
from expectations.lists.files import BoolArray, IntArray
from expectations.lists.grading import LIKELY, OPEN, SURE, capped, presence
from expectations.lists.parents import Parent, parent_states
from expectations.lists.view import View, draft, sentences, with_note


def orphans_unlisted(view: View) -> pd.DataFrame:
    """L08: both parents dead, missing or unable to care, young or still at school, and no file of that class (rules/definitions.md#orphans).

    The field says which class would fit: `orphan` (nobody is left) or `de_facto`.
    """
    rules = view.profile.difficulty
    father, mother = parent_states(view, "father"), parent_states(view, "mother")
    both = (father.gone | father.unable) & (mother.gone | mother.unable)
    orphan = father.gone & mother.gone
    declared = view.any(view.codes("orphan_flag", ["yes"]) & view.active) & ~both
    listed = (both | declared) & _entitled(view) & ~_protected(view)
    reason = sentences(
        view, "父母双方均有死亡、失踪、服刑、戒毒、重残、重病、失联等情形之一，民政没有孤儿或事实无人抚养儿童档案"
    )
    reason[orphan] = "父母双方均登记为死亡或失踪，民政没有孤儿档案"
    reason[declared] = "学校登记为孤儿，民政没有孤儿或事实无人抚养儿童档案"
    grade = _how_sure(view, father, mother)
    # A school's mark without a word about the parents only asks.
    grade[declared] = OPEN
    rolled = view.of("civil_affairs") & view.active
    grown = f"已满{years_in_words(rules.below_age.known())}周岁，在校就读的可继续享受"
    notes = (
        (view.any(rolled & view.tokens("category", rules.orphan_roll.known())), OPEN, "民政曾有档案"),
        (view.number("age") >= rules.below_age.known(), OPEN, grown),
        (view.flag("moved_out"), OPEN, "户籍已迁出本县"),
        (father.short | mother.short, OPEN, "期限可能不足规定的月数"),
        (view.any(view.codes("hukou_class", ["institution"])), OPEN, "在福利机构供养"),
    )
    topped = view.any(rolled & view.tokens("aid", view.profile.allowances.topped_up.known()))
    for where, at_most, note in (*notes, (topped, SURE, "已享受低保等待遇，符合的按补差发放")):
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    # Young enough for 特困: the age is the place's own (rules/definitions.md#difficulty).
    limit = rules.destitute_below.known()
    young = (view.number("age") >= 0) & (view.number("age") < limit)
    note = f"不满{limit}周岁，无生活来源的也可申请特困人员救助供养"
    reason = with_note(reason, young & both & ~topped & listed, note)
    states_parents = view.active & (
        view.filled("father_status") | view.filled("mother_status") | view.codes("orphan_flag", ["yes"])
    )
    record = view.first(rolled & states_parents, states_parents, rolled, view.active)
    orphans = draft(listed & (orphan | declared), record, grade, reason, "orphan")
    return pd.concat(
        [orphans, draft(listed & ~orphan & ~declared, record, grade, reason, "de_facto")], ignore_index=True
    )


def _how_sure(view: View, father: Parent, mother: Parent) -> IntArray:
    """Proven by an answer or a register: sure; firm words of a ledger: likely; illness, disability, lost contact: open."""
    proven, firm = father.proven & mother.proven, father.firm & mother.firm
    # The last need months or levels that a ledger does not show.
    return np.minimum(np.where(proven, SURE, np.where(firm, LIKELY, OPEN)), presence(view)).astype(np.int64)


def _entitled(view: View) -> BoolArray:
    """Alive, known here, under the age; beyond it only while at school."""
    rules, age = view.profile.difficulty, view.number("age")
    at_school = view.any(view.of("education") & view.codes("state", ["active", *view.profile.school.enrolled.known()]))
    young = (age < rules.below_age.known()) | (at_school & (age < rules.at_school_below.known()))
    return np.asarray(view.flag("alive") & view.flag("here") & young, dtype=np.bool_)


def _protected(view: View) -> BoolArray:
    rolled = view.of("civil_affairs") & view.active
    classed = rolled & view.tokens("category", view.profile.difficulty.orphan_roll.known())
    return view.any(classed | (rolled & view.tokens("aid", ["orphan_allowance", "de_facto_allowance"])))


def poor_unlisted(view: View) -> pd.DataFrame:
    """L09: poor per the federation, the school or the list of lifted households, and the household is in no 低保 file (rules/files.md#ff16)."""
    rules = view.profile.difficulty
    marked = view.active & ~view.of("civil_affairs", "subsistence") & view.tokens("aid", rules.poverty_marks.known())
    covered = view.any(_covered_members(view)) | _household_covered(view)
    listed = view.any(marked) & ~covered & view.flag("alive") & ~view.flag("moved_out")
    listed &= (view.number("age") >= 0) & (view.number("age") < rules.below_age.known()) & ~_protected(view)
    minimum = view.any(marked & view.tokens("aid", ["minimum_living"]))
    reason = sentences(view, "登记为脱贫（建档立卡）家庭，民政低保、特困家庭中没有这名儿童及其父母、监护人")
    reason[minimum] = "残联或学校登记为低保家庭，民政低保、特困家庭中没有这名儿童及其父母、监护人"
    grade = np.minimum(np.where(minimum, LIKELY, OPEN), presence(view)).astype(np.int64)
    nameless = (view.text("father_id") == "").to_numpy() & (view.text("mother_id") == "").to_numpy()
    notes = (
        (nameless, OPEN, "父母号码不全，可能没有查到家庭"),
        (
            view.any(view.of("civil_affairs", "subsistence") & view.tokens("aid", ["none"])),
            OPEN,
            "家庭成员名册中登记为未保障",
        ),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(marked), grade, reason)


def _covered_members(view: View) -> BoolArray:
    return view.tokens("aid", ["minimum_living", "destitute"]) & view.of("civil_affairs", "subsistence") & view.active


def _household_covered(view: View) -> BoolArray:
    """A parent or guardian heads a 低保 household, or a child of the same parents is a covered member."""
    # 低保 is a household's, and files name its head or some of its members: a child is found by its adults' numbers.
    heads = view.beside.isin("department", ["subsistence", "civil_affairs"]) & view.beside.isin("layout", ["household"])
    numbers = set(view.files.beside["id_no"].to_numpy(object)[heads]) - {""}
    people = ("father_id", "mother_id", "guardian_id")
    of_members = view.any(_covered_members(view))[view.child]
    for person in people:
        numbers |= set(view.files.records[person].to_numpy(object)[of_members]) - {""}
    covered = np.zeros(view.n, dtype=np.bool_)
    for person in people:
        covered |= view.any(view.codes(person, numbers))
    return covered
