"""Who must have an agreement of entrusted care, and whether it is there: one definition for L20, the rate and the reports.

Belongs here: the left-behind children on the roll, the state of each one's agreement, the list L20 无委托照护协议. Not here: whether anybody cares
at all (L21, `care`), who is away and who is at home (`away`). Source: rules/definitions.md#left-behind, #care-by-others, rules/lists.md#agreements;
未成年人保护法 Art. 22.
"""

from functools import cached_property

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

from expectations.lists.away import ParentsAway, said_nobody
from expectations.lists.columns import Texts
from expectations.lists.files import BoolArray, IntArray
from expectations.lists.grading import LIKELY, OPEN, capped
from expectations.lists.institutions import institution_care
from expectations.lists.view import View, draft, sentences, to_be_judged, with_note
from matching.reading.dates import read_date

FULFILLED, UNSIGNED, UNFILLED, NOT_DELIVERED = "fulfilled", "unsigned", "unfilled", "not_delivered"
_AWAY_SINCE = {"away_since", "father_away_since", "mother_away_since"}
_PARENTS = ["father", "mother", "parent"]


def left_behind_rows(view: View) -> BoolArray:
    """Civil affairs' active rows of left-behind children under the age, alive and not moved out: 在册留守 everywhere (rules/definitions.md#left-behind).

    Where the age is open the roll alone decides: reports count it, and the lists that need the age are not computed.
    """
    rows = view.of("civil_affairs") & view.active & view.tokens("category", ["left_behind"])
    return np.asarray(rows & _asked_of(view)[view.child], dtype=np.bool_)


def _asked_of(view: View) -> BoolArray:
    """Children under the age, alive and not moved out."""
    below = view.profile.left_behind.below_age.value
    young = np.ones(view.n, dtype=np.bool_) if below is None else view.number("age") < below
    return np.asarray(young & view.flag("alive") & ~view.flag("moved_out"), dtype=np.bool_)


class Agreements:
    """The agreements of a period's left-behind children, child by child; masks are in child order.

    Every left-behind child must have one, of both kinds: the definition itself says that no able parent is at home. Not asked of are
    children of whom the roll itself says that a parent is at home, that somebody else is their legal guardian, or that an institution has them.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.away = ParentsAway(view, left_behind_rows(view))
        self.institution = institution_care(view)
        kept = self.institution.sure | view.any(view.codes("hukou_class", ["institution"]))
        self.rows = self.away.rows & ~(kept | self.away.other_guardian | self.away.at_home)[view.child]
        nobody = view.codes("has_carer", ["no"]) | said_nobody(view)
        self.signed = self.rows & view.codes("agreement", ["yes"])
        self.unsigned = self.rows & (view.codes("agreement", ["no"]) | nobody)
        self.nobody = self.rows & nobody
        # An empty cell is one that nobody filled only in a file where others are filled; elsewhere the column was not delivered, which lists
        # nobody (rules/lists.md#agreements).
        self.silent = self.rows & ~self.signed & ~self.unsigned & self._used("agreement")

    def _used(self, *fields: str) -> BoolArray:
        """Rows of the files that fill one of these columns for some left-behind child."""
        file = pd.factorize(self.view.files.records["file"])[0]
        filled = np.logical_or.reduce([self.view.filled(field) for field in fields])
        count = np.bincount(file[self.away.rows & filled], minlength=int(file.max(initial=0)) + 1)
        return np.asarray((count > 0)[file], dtype=np.bool_)

    @cached_property
    def must(self) -> BoolArray:
        """Children who must have one."""
        return self.view.any(self.rows)

    @cached_property
    def state(self) -> Texts:
        """Per child `fulfilled`, `unsigned`, `unfilled`, `not_delivered`; "" for a child who needs none."""
        any_of = self.view.any
        # The first that holds counts. A signed paper whose delegate is nobody is no agreement: the law asks for somebody who really cares.
        fulfilled = any_of(self.signed) & ~any_of(self.nobody) & ~self.unnamed & ~self.changed
        return np.select(
            [fulfilled, any_of(self.unsigned) | self.changed, any_of(self.silent) | self.unnamed, self.must],
            [FULFILLED, UNSIGNED, UNFILLED, NOT_DELIVERED],
            "",
        ).astype(object)

    @cached_property
    def unnamed(self) -> BoolArray:
        """Children with a signed agreement whose delegate stands nowhere, in a file that names the others'."""
        named = self.view.filled("guardian_name") | self.view.filled("guardian_rel")
        named |= self.view.codes("has_carer", ["yes"])
        asked = self.signed & self._used("guardian_name")
        return self.view.any(asked) & ~self.view.any(self.rows & named)

    @cached_property
    def changed(self) -> BoolArray:
        """Children with a signed agreement of whose delegate the roll says that somebody else cares now: a new one needs a new agreement."""
        words = self.view.profile.left_behind.new_delegate_words.value or []
        noted = [self.view.words(field, words) for field in ("remark", "guardianship")]
        return self.view.any(self.signed & np.logical_or.reduce(noted))

    @cached_property
    def parent_cares(self) -> BoolArray:
        """Children whose carer is a parent: no delegate, and perhaps the child is not left behind at all."""
        return self.view.any(self.rows & self.view.codes("guardian_rel", _PARENTS))


def states_on_roll(view: View) -> dict[str, str]:
    """Every left-behind child on the roll (在册留守) by child_id, with the state of its agreement; "" where it needs none (rules/lists.md#agreements)."""
    on_roll = np.flatnonzero(view.any(left_behind_rows(view)))
    ids, state = view.text("child_id").to_numpy(object), Agreements(view).state
    return {str(ids[child]): str(state[child]) for child in on_roll}


def agreement_unseen(view: View) -> BoolArray:
    """Per child whether it must have an agreement and no file that has the child brought the column, or anything in it: it cannot be compared."""
    return np.asarray(Agreements(view).state == NOT_DELIVERED, dtype=np.bool_)


def without_agreement(view: View) -> pd.DataFrame:
    """L20: left behind and no agreement signed, nobody entrusted, or the cell left empty where others are filled (rules/lists.md#agreements)."""
    agreements = Agreements(view)
    state = agreements.state
    unsigned = state == UNSIGNED
    listed = unsigned | (state == UNFILLED)
    reason = sentences(view, "留守儿童，委托照护协议一栏没有填写")
    reason[agreements.unnamed] = "留守儿童，登记为已签协议，而被委托人一栏没有填写"
    reason[unsigned] = "留守儿童，没有签订委托照护协议"
    reason[unsigned & view.any(agreements.nobody)] = "留守儿童，登记为没有被委托人，也没有协议"
    renewed = agreements.changed & ~view.any(agreements.unsigned)
    reason[renewed] = "留守儿童，登记为已签协议，又登记被委托人已经更换，需要重新签订"
    grade = np.where(unsigned, LIKELY, OPEN).astype(np.int64)
    grade = capped(grade, renewed, OPEN)
    for where, note in _doubts(view, agreements):
        grade, reason = capped(grade, where, OPEN), with_note(reason, where & listed, note)
    months = view.profile.left_behind.months_away.value
    if months is not None:
        short = _not_long_away(view, agreements.rows, months)
        grade = capped(grade, short, OPEN)
        note = f"登记的外出时间不满{months}个月，本地以连续外出{months}个月以上为准"
        reason = with_note(reason, short & listed, note)
    target = view.profile.left_behind.agreement_target.value
    if target is not None:
        reason = with_note(reason, listed, f"本地要求签订率达到{target:.0%}")
    drafts = draft(listed, view.first(agreements.unsigned, agreements.silent, agreements.rows), grade, reason)
    return pd.concat([to_be_judged(drafts, ~listed), _apart(view, agreements)], ignore_index=True)


def _doubts(view: View, agreements: Agreements) -> list[tuple[BoolArray, str]]:
    """What makes a line 待核, and the words for it: a reason that is not known, weaker evidence in its place, and signs that the child is not left behind."""
    away = agreements.away
    untold = ~away.reason_known & ~away.both_unable
    school = {mark: view.any(view.of("education") & view.active & view.codes("left_behind", [mark])) for mark in _MARKS}
    # The strongest of a child's marks speaks; who has none is listed on civil affairs' own mark.
    spoken = np.select([untold & school[mark] for mark in _MARKS], list(_MARKS), "").astype(object)
    unknown = "委托照料原因没有登记或不是通常写法"
    return [
        (untold & (spoken == ""), f"{unknown}，只按民政的留守登记列出，请先核实是否属于留守"),
        *((spoken == mark, f"{unknown}，{words}") for mark, words in _MARKS.items()),
        (away.both_unable, "登记为父母双方无监护能力：更可能需要认定困境或变更监护人，请先核实"),
        (agreements.parent_cares, "登记的照料人是父亲或母亲：请先核实父母是否在家、是否仍属留守"),
        (away.home_after_all, "登记父母双方外出，又登记有一方在家：请先核实是否仍属留守"),
        (away.perhaps_other_guardian, "备注提到另有监护人或临时监护：请先核实由谁监护"),
        (agreements.institution.perhaps, "可能由福利机构供养，请先核实"),
    ]


_MARKS = {
    "both": "按民政的留守登记和学籍标注的“双亲留守”列出，请补登原因",
    "one": "学籍标注为“单亲留守”（一方外出），请先核实另一方有没有监护能力",
    "none": "学籍标注不是留守，请先核实是否属于留守",
}


def _apart(view: View, agreements: Agreements) -> pd.DataFrame:
    """Children on civil affairs' books who are not on the roll of the left behind, whose parents cannot care since one of them is held somewhere.

    Why is nobody's business who walks there: the sentence does not say it, and the line is the bureau's where the place sends it the list.
    """
    books = view.roll & _asked_of(view)[view.child] & ~view.any(left_behind_rows(view))[view.child]
    away = ParentsAway(view, books)
    kept = agreements.institution.sure | view.any(view.codes("hukou_class", ["institution"]))
    listed = away.held_apart & ~(kept | away.other_guardian | away.at_home | agreements.institution.perhaps)
    unsigned = books & view.codes("agreement", ["no"])
    reason = sentences(view, "父母双方都不能照料（原因不在本表写明），没有签订委托照护协议，请先核实由谁照料")
    grade: IntArray = np.full(view.n, OPEN, dtype=np.int64)
    return to_be_judged(draft(listed & view.any(unsigned), view.first(unsigned), grade, reason), listed)


def _not_long_away(view: View, rows: BoolArray, months: int) -> BoolArray:
    """Children whose rows state since when the parents, or one of them, are away: less than so many months (rules/definitions.md#left-behind)."""
    limit = (view.files.as_of - relativedelta(months=months)).isoformat()
    short, long = np.zeros(len(view.child), dtype=np.bool_), np.zeros(len(view.child), dtype=np.bool_)
    # A source, or a version that read it, may not know the columns. Words (常年) and an empty cell say nothing against the entry.
    for column in _AWAY_SINCE & set(view.files.records.columns):
        dated, late = _since(view, column, limit)
        short, long = short | (dated & late), long | (dated & ~late)
    # Both must be away so long: the parent who left last decides.
    return view.any(rows & short) & ~view.any(rows & long & ~short)


def _since(view: View, column: str, limit: str) -> tuple[BoolArray, BoolArray]:
    """Records whose time away is a date, and those that began certainly after a day.

    A month or a year alone is compared as far as it goes: never short while it may be long enough.
    """
    since = {text: read_date(text, view.files.as_of.isoformat())[0] for text in set(view.files.records[column])}
    dated = view.records.test(column, lambda text: since[text] != "")
    return dated, view.records.test(column, lambda text: since[text] > limit[: len(since[text])])
