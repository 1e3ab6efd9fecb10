"""L19 疑似漏登留守 and L23 残疾儿童未纳入困境: children that another department knows and civil affairs' roll does not.

Only these two conditions and their guards belong here (rules/definitions.md#left-behind, #difficulty, rules/lists.md#l19, #l23, rules/places-and-people.md#not-errors).
"""

import numpy as np
import pandas as pd

from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, OPEN, SURE, absence, capped, near_notes, probably_there
from expectations.lists.view import View, draft, sentences, with_note


def left_behind_unlisted(view: View) -> pd.DataFrame:
    """L19: education says 双亲留守, under the age, alive, no civil-affairs record of any class (rules/definitions.md#left-behind-school)."""
    rules = view.profile.left_behind
    enrolled = view.of("education") & view.codes("state", ["active", *view.profile.school.enrolled.known()])
    marked = enrolled & view.codes("left_behind", rules.school_marks.known())
    listed = view.any(marked) & view.flag("alive") & _below(view, rules.below_age.known())
    enlisted = view.roll
    listed &= ~view.any(enlisted) & ~probably_there(view, enlisted)
    # Rural registration is one paper's condition: where a place does not ask for it, 非农业 is told and nothing more.
    urban = view.any(view.codes("hukou_nature", rules.urban_marks.known()))
    if rules.rural_only.known():
        listed &= ~urban
    reason = sentences(
        view, "学籍标注父母双方外出，民政名册中没有这名儿童的任何在册档案（两部门留守口径不同，只作线索）"
    )
    grade = absence(view, "civil_affairs")
    notes = (
        (urban, OPEN, "登记为非农业户口"),
        (view.flag("moved_out"), OPEN, "户籍已迁出本县"),
        (view.any(view.of("civil_affairs")), OPEN, "民政曾有档案，已退出"),
        (view.number("age") < 0, OPEN, "出生日期不明"),
        *near_notes(view, "民政名册", "civil_affairs"),
        # The two departments mean different things by the same word: never more than likely.
        (np.ones(view.n, dtype=np.bool_), LIKELY, ""),
    )
    for where, at_most, note in notes:
        grade = capped(grade, where, at_most)
        reason = with_note(reason, where, note) if note else reason
    if rules.months_away.value is not None:
        reason = with_note(reason, listed, f"本地以父母连续外出{rules.months_away.known()}个月以上为准")
    return draft(listed, view.first(marked), grade, reason)


def disabled_unlisted(view: View) -> pd.DataFrame:
    """L23: certificate holder under the age with no active civil-affairs record of a difficulty class."""
    rules = view.profile.difficulty
    holders = view.of("disability") & view.active
    civil = view.of("civil_affairs")
    classed = civil & view.active & view.tokens("category", rules.categories.known())
    listed = view.any(holders) & view.flag("alive") & ~view.flag("moved_out") & _below(view, rules.below_age.known())
    listed &= ~view.any(classed) & ~probably_there(view, classed)
    reason = sentences(view, "持残疾人证，民政没有困境儿童、孤儿或事实无人抚养儿童的在册档案")
    grade = absence(view, "civil_affairs")
    notes = (
        (view.any(civil & view.active), SURE, "民政只有其他类别的档案或补贴发放记录"),
        (
            view.any(civil & view.tokens("category", rules.categories.known()) & ~view.active),
            OPEN,
            "民政曾有困境档案，已退出",
        ),
        (view.any(holders & view.codes("card_status", ["expired"])), OPEN, "残疾人证已过有效期"),
        (view.number("age") < 0, OPEN, "出生日期不明"),
        *near_notes(view, "民政名册", "civil_affairs"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where, note)
    return draft(listed, view.first(holders), grade, reason)


def _below(view: View, age: int) -> BoolArray:
    """Children under the age, and those whose age nobody knows (they are graded 待核)."""
    return np.asarray(view.number("age") < age, dtype=np.bool_)
