"""L21 无人监护 and L22 未走访: children whose parents are away and who must be cared for and seen.

Only these conditions and their guards belong here (rules/definitions.md#left-behind, rules/jurisdictions.md#row-4 to #row-6, rules/lists.md#l21, #l22). L21 is urgent: told the same day. Not here: agreements
(`agreements`), who is away (`away`).
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

from expectations.lists.ages import years_in_words
from expectations.lists.away import both_away, said_nobody
from expectations.lists.columns import Texts
from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, OPEN, SURE, capped
from expectations.lists.institutions import institution_care
from expectations.lists.periods import before, last_span, spoken
from expectations.lists.view import View, draft, no_drafts, sentences, with_note


def nobody_cares(view: View) -> pd.DataFrame:
    """L21: on the left-behind (or difficulty) roll and without anybody entrusted, or living alone. Urgent."""
    young = (
        (view.number("age") < view.profile.left_behind.below_age.known()) & view.flag("alive") & ~view.flag("moved_out")
    )
    rows = view.of("civil_affairs") & view.active & ~view.codes("layout", ["household_members", "subsidies"])
    alone = rows & said_nobody(view)
    away = view.tokens("category", ["left_behind"]) | both_away(view)
    parent_at_home = view.codes("guardian_rel", ["father", "mother", "parent"])
    unentrusted = rows & away & view.codes("has_carer", ["no"]) & ~parent_at_home
    listed = (view.any(alone) | view.any(unentrusted)) & young
    reason = sentences(view, "父母外出，登记为没有委托照料人，请当日核实由谁照料")
    reason[view.any(alone)] = "登记为无人监护（照料）或独自生活，请当日核实由谁照料"
    grade = np.full(view.n, SURE, dtype=np.int64)
    # A grandparent in the same row makes the line less sure, never less urgent: nine in ten left-behind children live with theirs.
    named = view.any(unentrusted & view.codes("guardian_rel", ["grandparent", "relative"]))
    rules = view.profile.left_behind
    months, watched = rules.neglect_months.value, rules.watched_below.known()
    notes = [
        (named & ~view.any(alone), OPEN, "同一行另填了祖辈或亲属为监护人，可能只是没有登记委托"),
        (view.number("age") < watched, SURE, f"不满{years_in_words(watched)}周岁"),
    ]
    if months is not None:
        # The rule counts months of refusing, which no column holds: how long a row has stood in a ledger says nothing about it.
        refused = (
            f"监护人拒不履行监护责任满{months}个月、孩子生活无着的，可依法申请撤销监护人资格（拒不履行多久须核实）"
        )
        notes.append((listed, SURE, refused))
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(alone, unentrusted), grade, reason)


def not_visited(view: View) -> pd.DataFrame:
    """L22: no visit within the place's period (field `visit_date`), no contact within its period (field `contact`).

    Street children who came back are visited in a rhythm of their own, where a place has one (rules/jurisdictions.md#row-5).
    """
    rhythm = view.profile.rhythm
    overdue = []
    visits = view.of("visits")
    contacts = visits & view.codes("contact_kind", ["contact"])
    classes = view.profile.left_behind.visited_categories.known()
    if rhythm.visit_every.value is not None:
        overdue.append(_overdue(view, _Rhythm(rhythm.visit_every.known(), "visit_date", classes), ~contacts))
    if rhythm.contact_every.value is not None and contacts.any():
        # A visit fulfils a contact, too, never the reverse (rules/lists.md#visits).
        visits_too = np.ones(len(view.child), dtype=np.bool_)
        overdue.append(_overdue(view, _Rhythm(rhythm.contact_every.known(), "contact", classes), visits_too))
    if rhythm.street_child_revisit.value is not None:
        # Guiyang's paper speaks of street children who are de facto unattended, and of nobody else.
        revisit = _Rhythm(rhythm.street_child_revisit.known(), "visit_date", ["street"], "回访", ["de_facto"])
        overdue.append(_overdue(view, revisit, ~contacts))
    # A street child that is on another roll, too, is asked for once.
    together = pd.concat(overdue, ignore_index=True) if overdue else no_drafts(view)
    return together.drop_duplicates(["child", "field"], ignore_index=True)


@dataclass(frozen=True)
class _Rhythm:
    """How often whom: a duration, the field concerned, the classes of children, what it is called, and what they must be besides."""

    every: str
    field: str
    classes: Collection[str]
    name: str = ""
    also: Collection[str] = ()

    @property
    def spoken(self) -> str:
        return self.name or ("入户走访" if self.field == "visit_date" else "联系")


def _overdue(view: View, rhythm: _Rhythm, counted: BoolArray) -> pd.DataFrame:
    rolled = view.of("civil_affairs") & view.active & view.tokens("category", rhythm.classes)
    # Whom an institution has is seen there every day; no village worker goes to a home that is none.
    rolled &= ~(view.codes("hukou_class", ["institution"]) | institution_care(view).sure[view.child])
    if rhythm.also:
        rolled &= view.any(view.of("civil_affairs") & view.active & view.tokens("category", rhythm.also))[view.child]

    # The day of the last visit stands in civil affairs' ledger or in a visit book; the later of the two counts.
    dated = counted & view.filled("visit_date") & (rolled | view.of("visits"))
    at = np.flatnonzero(dated)
    days = pd.Series(view.files.records["visit_date"].to_numpy(object)[at]).groupby(view.child[at]).max()
    last = np.full(view.n, "", dtype=object)
    last[days.index.to_numpy(np.int64)] = days.to_numpy(object)
    limit = before(view.files.as_of, rhythm.every).isoformat()
    late = np.array([day == "" or day < limit[: len(day)] for day in last], dtype=np.bool_)
    never = last == ""

    # Who came on the roll within the period owes nothing before a whole one has passed (rules/lists.md#visits).
    fresh = view.records.test("report_date", lambda day: len(day) == 10 and day > limit)
    new = view.any(rolled & fresh) & ~view.any(rolled & ~fresh)
    # Where nobody fills a date at all, an empty cell says nothing.
    listed = view.any(rolled) & view.flag("alive") & ~view.flag("moved_out") & late & bool(dated.any()) & ~new

    reason = sentences(view, f"最近一次{rhythm.spoken}已超过{spoken(rhythm.every)}")
    reason[never] = f"没有{rhythm.spoken}记录，本地规定每{spoken(rhythm.every)}一次"
    grade = np.where(never, LIKELY, SURE).astype(np.int64)
    for where, note in _more(view, last, rhythm.field):
        reason = with_note(reason, where & listed, note)
    return draft(listed, view.first(rolled), grade, reason, rhythm.field)


# What the papers call children who are to be seen more often, as far as a roll can show it (rules/jurisdictions.md#row-6).
_KEY_CHILDREN = {"disability": "本人残疾或父母重残", "illness": "患病", "mental": "有心理或行为异常、父母患精神疾病"}


def _key_children(view: View, civil: BoolArray) -> dict[str, BoolArray]:
    """Civil affairs' rows by what makes their child one to be seen more often."""
    parent = [view.codes(name, ["severe_disability"]) for name in ("father_status", "mother_status")]
    mental = [
        view.words(name, ["精神", "心理", "行为异常"]) for name in ("illness", "health", "dilemma_type", "remark")
    ]
    return {
        "disability": civil & (view.filled("disability_type") | np.logical_or.reduce(parent)),
        "illness": civil & view.words("illness", ["病", "癌"]),
        "mental": civil & np.logical_or.reduce(mental),
    }


def _more(view: View, last: Texts, field: str) -> list[tuple[BoolArray, str]]:
    """Notes on children whom the place wants seen more often, and on a holiday visit that did not happen."""
    rhythm, notes = view.profile.rhythm, []
    kinds = set(rhythm.more_visits_for.known())
    civil = view.of("civil_affairs") & view.active
    for kind, concerned in _key_children(view, civil).items():
        if kind in kinds:
            notes.append((view.any(concerned), f"本地要求对{_KEY_CHILDREN[kind]}的儿童增加走访"))
    names = {"winter_break": "寒假", "summer_break": "暑假"}
    for name, span in rhythm.holidays.known().items():
        if field == "visit_date" and name in rhythm.extra_visits.known():
            first, end = last_span(view.files.as_of, span)
            if view.files.as_of - relativedelta(months=3) <= end:
                missed = np.array([day < first.isoformat()[: len(day)] or day == "" for day in last], dtype=np.bool_)
                notes.append((missed, f"{names.get(name, name)}集中走访没有记录"))
    return notes
