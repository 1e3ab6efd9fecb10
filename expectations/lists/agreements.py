"""Who must have an agreement of entrusted care, and whether it is there: one definition for L20, the rate and the reports.

Belongs here: the left-behind children on the roll, the state of each one's agreement, the list L20 无委托照护协议. Not here: whether anybody cares
at all (L21, `care`). Source: rules/definitions.md#left-behind, #care-by-others, rules/lists.md#agreements; 未成年人保护法 Art. 22.
"""

from functools import cached_property

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

from expectations.lists.columns import Texts
from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, OPEN, capped
from expectations.lists.view import View, draft, sentences, with_note
from matching.reading.dates import read_date

FULFILLED, UNSIGNED, UNFILLED, NOT_DELIVERED = "fulfilled", "unsigned", "unfilled", "not_delivered"
_AWAY_SINCE = {"away_since", "father_away_since", "mother_away_since"}
_SPEAKING = ("care_reason", "guardianship", "guardian_name")
_PARENTS = ["father", "mother", "parent"]


def left_behind_rows(view: View) -> BoolArray:
    """Civil affairs' active rows of left-behind children under the age, alive and not moved out: 在册留守 everywhere (rules/definitions.md#left-behind).

    Where the age is open the roll alone decides: reports count it, and the lists that need the age are not computed.
    """
    below = view.profile.left_behind.below_age.value
    young = np.ones(view.n, dtype=np.bool_) if below is None else view.number("age") < below
    rows = view.of("civil_affairs") & view.active & view.tokens("category", ["left_behind"])
    return np.asarray(rows & (young & view.flag("alive") & ~view.flag("moved_out"))[view.child], dtype=np.bool_)


def both_away(view: View) -> BoolArray:
    """Records that say that both parents are away."""
    words = view.words("care_reason", view.profile.left_behind.both_away_words.known())
    # 父母双方无监护能力 names both parents, too, and says nothing of their being away.
    words &= ~view.words("care_reason", view.profile.left_behind.both_unable_words.known())
    return words | (view.codes("father_status", ["away"]) & view.codes("mother_status", ["away"]))


def said_nobody(view: View) -> BoolArray:
    """Records in which some cell says that nobody cares for the child; none where the place has not decided on the words."""
    words = view.profile.left_behind.no_carer_words.value or []
    return np.asarray(np.logical_or.reduce([view.words(field, words) for field in _SPEAKING]), dtype=np.bool_)


class Agreements:
    """The agreements of a period's left-behind children, child by child; masks are in child order.

    Every left-behind child must have one, of both kinds: the definition itself says that no able parent is at home. Not asked of are
    children in an institution's care.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.rows = left_behind_rows(view) & ~view.codes("hukou_class", ["institution"])
        self.signed = self.rows & view.codes("agreement", ["yes"])
        nobody = view.codes("has_carer", ["no"]) | said_nobody(view)
        self.unsigned = self.rows & (view.codes("agreement", ["no"]) | nobody)
        self.nobody = self.rows & nobody
        # An empty cell is one that nobody filled only in a sheet where others are filled; elsewhere the column was not delivered, which lists
        # nobody (rules/lists.md#agreements).
        records = view.files.records
        sheet = pd.factorize(records["file"] + "|" + records["sheet"])[0]
        filled = np.bincount(sheet[self.rows & view.filled("agreement")], minlength=int(sheet.max(initial=0)) + 1)
        self.silent = self.rows & ~self.signed & ~self.unsigned & (filled > 0)[sheet]

    @cached_property
    def must(self) -> BoolArray:
        """Children who must have one."""
        return self.view.any(self.rows)

    @cached_property
    def state(self) -> Texts:
        """Per child `fulfilled`, `unsigned`, `unfilled`, `not_delivered`; "" for a child who needs none."""
        any_of = self.view.any
        # The first that holds counts. A signed paper whose delegate is nobody is no agreement: the law asks for somebody who really cares.
        fulfilled = any_of(self.signed) & ~any_of(self.nobody)
        return np.select(
            [fulfilled, any_of(self.unsigned), any_of(self.silent), self.must],
            [FULFILLED, UNSIGNED, UNFILLED, NOT_DELIVERED],
            "",
        ).astype(object)

    @cached_property
    def reason_known(self) -> BoolArray:
        """Children whose row says why they are entrusted: both parents away, or one away and the other unable."""
        one_away = self.view.words("care_reason", self.view.profile.left_behind.one_away_words.known())
        return self.view.any(self.rows & (both_away(self.view) | one_away))

    @cached_property
    def both_unable(self) -> BoolArray:
        """Children of whom the row says that neither parent is able: rather another guardian than an agreement is wanted."""
        words = self.view.profile.left_behind.both_unable_words.known()
        return self.view.any(self.rows & self.view.words("care_reason", words))

    @cached_property
    def parent_cares(self) -> BoolArray:
        """Children whose carer is a parent: no delegate, and perhaps the child is not left behind at all."""
        return self.view.any(self.rows & self.view.codes("guardian_rel", _PARENTS))


def states_on_roll(view: View) -> dict[str, str]:
    """Every left-behind child on the roll (在册留守) by child_id, with the state of its agreement; "" where it needs none (rules/lists.md#agreements)."""
    on_roll = np.flatnonzero(view.any(left_behind_rows(view)))
    ids, state = view.text("child_id").to_numpy(object), Agreements(view).state
    return {str(ids[child]): str(state[child]) for child in on_roll}


def without_agreement(view: View) -> pd.DataFrame:
    """L20: left behind and no agreement signed, nobody entrusted, or the cell left empty where others are filled (rules/lists.md#agreements)."""
    agreements = Agreements(view)
    state = agreements.state
    unsigned, unfilled = state == UNSIGNED, state == UNFILLED
    listed = unsigned | unfilled
    reason = sentences(view, "留守儿童，委托照护协议一栏没有填写")
    reason[unsigned] = "留守儿童，没有签订委托照护协议"
    reason[unsigned & view.any(agreements.nobody)] = "留守儿童，登记为没有被委托人，也没有协议"
    grade = np.where(unsigned, LIKELY, OPEN).astype(np.int64)
    for where, note in (
        (
            ~agreements.reason_known & ~agreements.both_unable,
            "委托照料原因没有登记或不是通常写法，请先核实是否属于留守",
        ),
        (agreements.both_unable, "登记为父母双方无监护能力：更可能需要认定困境或变更监护人，请先核实"),
        (agreements.parent_cares, "登记的照料人是父亲或母亲：请先核实父母是否在家、是否仍属留守"),
    ):
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
    return draft(listed, view.first(agreements.unsigned, agreements.silent, agreements.rows), grade, reason)


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
