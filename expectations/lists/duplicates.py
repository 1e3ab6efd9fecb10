"""L16C 一人多档, L16E 双重学籍 and L17 一号多人: more files than children, or more children than numbers.

Only these conditions and their guards belong here (rules/lists.md#l16, #l17, rules/places-and-people.md#not-errors, rules/codes.md#categories).
"""

from datetime import timedelta
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from expectations.jurisdictions.profile import Profile
from expectations.lists.columns import Texts
from expectations.lists.comparable import name_keys
from expectations.lists.counties import county_with
from expectations.lists.files import BoolArray, IntArray
from expectations.lists.grading import LIKELY, OPEN, SURE, capped, presence, probably_there
from expectations.lists.view import View, draft, sentences


def several_welfare_files(view: View) -> pd.DataFrame:
    """L16C: more than one active civil-affairs file of one child that is not the same child in two kinds of ledger."""
    # A child of the street has a file of its own where the place says so (rules/jurisdictions.md#row-7).
    civil = view.roll & ~view.tokens("category", view.profile.consistency.separate_books.known())
    why = _doubled(view, civil)
    record = _newer(view, civil)
    sentence_of = {
        "": "",
        "same": "民政同类名册中这名儿童有两份在册档案，请核实后合并",
        "number": "民政两份在册档案的儿童编号或身份证号不同，疑为同一名儿童重复建档",
        "county": "",
        "town": "这名儿童在两个乡镇各有一份民政在册档案，请核实归属后合并",
    }
    reason = np.array([sentence_of[kind] for kind in why], dtype=object)
    other = county_with(view, civil)
    reason = np.where(
        why == "county", "本县和" + other + "的民政名册各有一份在册档案，请两县民政局核实归属，发放待遇的先核对", reason
    )
    return draft(np.asarray(why != "", dtype=np.bool_), record, _same_number(view, civil), reason)


def several_enrolments(view: View) -> pd.DataFrame:
    """L16E: more than one enrolment in reading or suspended state; one marked as transferred out is no double."""
    enrolled = view.of("education") & view.codes("state", ["active", *view.profile.school.enrolled.known()])
    enrolled &= ~view.codes("grade", ["K"])
    listed = view.count(enrolled) > 1
    other = county_with(view, enrolled)
    listed &= ~((other != "") & _explained_abroad(view, enrolled))
    number = pd.Series(view.count(enrolled)).astype(str)
    reason = np.asarray("同一名儿童有" + number + "份在读学籍，请核实后合并", dtype=object)
    reason = np.where(
        other != "", "本县和" + other + "各有在读学籍，请两县教育部门核实在哪里就读，另一份办理转出", reason
    )
    return draft(listed, _newer(view, enrolled), _same_number(view, enrolled), reason)


def _explained_abroad(view: View, enrolled: BoolArray) -> BoolArray:
    """Children whose second enrolment, in another county, explains itself: a transfer within its window, 借读, or the last grade of primary school
    here and the first of junior secondary there (rules/places-and-people.md#several-counties).
    """
    school = view.profile.school
    opened = (view.files.as_of - timedelta(days=school.transfer_window_days.known())).isoformat()
    recent = view.records.test("status_date", lambda day: len(day) == 10 and day >= opened)
    # 借读 is said of the study, and by education of where the pupil comes from.
    guest = view.codes("study_status", school.studies_elsewhere.known()) & view.active
    grades = [str(school.primary_years.known()), str(school.primary_years.known() + 1)]
    last, first = (view.any(enrolled & view.codes("grade", [grade])) for grade in grades)
    return np.asarray(view.any(enrolled & recent) | view.any(guest) | (last & first), dtype=np.bool_)


def shared_number(view: View) -> pd.DataFrame:
    """L17: one valid number on records of several children; surer when name and birth date differ as well.

    A number is one person's for life (居民身份证法 Art. 3; rules/identifiers.md#numbers), so a record that has ended (a pupil who left, a file
    that was closed, a child who died) claims it as much as one that counts; only what the police cancelled as a double or
    denied in an answer claims nothing.
    """
    codes = view.records.coded("id_no")[0]
    withdrawn = view.of("public_security") & view.codes("state", ["cancelled", "absent", "renamed"])
    used = view.records.filled("id_no") & view.registers & ~withdrawn
    pairs = pd.DataFrame({"id_no": codes, "child": view.child})[used].drop_duplicates()
    shared = pairs[pairs.duplicated("id_no", keep=False)]
    number = used & np.isin(codes, shared["id_no"].unique())
    listed = view.any(number) & ~_one_person(view, shared, number)
    alike = _alike(view, shared)
    reason = sentences(view, "同一个有效身份证号出现在两名儿童的记录上，姓名和出生日期都不同，请核对号码是谁的")
    reason[alike] = "同一个有效身份证号出现在两名儿童的记录上，姓名或出生日期相同，也可能是同一人，请先核对"
    grade = capped(np.full(view.n, SURE, dtype=np.int64), alike, OPEN)
    return draft(listed, view.first(number & ~view.of("public_security"), number), grade, reason, "id_no")


def _one_person(view: View, shared: pd.DataFrame, number: BoolArray) -> BoolArray:
    """Holders of a number who are more likely than not one child: that pair waits for a judgement, it is no list.

    Asked of the records that carry the number in a register; what a class list looks like says nothing about them.
    """
    holders = shared.groupby("id_no")["child"].transform("size").to_numpy(np.int64)
    most = np.zeros(view.n, dtype=np.int64)
    np.maximum.at(most, shared["child"].to_numpy(np.int64), holders)
    return np.asarray(probably_there(view, number, number) & (most == 2), dtype=np.bool_)


def _alike(view: View, shared: pd.DataFrame) -> BoolArray:
    """Children that share name or birth date with another holder of their number."""
    keys = shared.assign(
        name=name_keys(view.children, "name", view.profile)[shared["child"]],
        birth=view.text("birth_date").to_numpy(object)[shared["child"]],
    )
    alike = np.zeros(view.n, dtype=np.bool_)
    for column in ("name", "birth"):
        same = keys[(keys[column] != "") & keys.duplicated(["id_no", column], keep=False)]
        alike[same["child"].to_numpy()] = True
    return alike


def _same_number(view: View, records: BoolArray) -> IntArray:
    """SURE when two of the records carry the same valid number, else at most likely and as sure as the link."""
    numbers = view.files.records["id_no"]
    used = records & (numbers != "").to_numpy()
    keys = pd.DataFrame({"child": view.child[used], "id_no": numbers[used].to_numpy(object)})
    repeated = keys[keys.duplicated(["child", "id_no"])]["child"].to_numpy()
    same = np.zeros(view.n, dtype=np.bool_)
    same[repeated] = True
    return np.where(same, SURE, np.minimum(presence(view), LIKELY)).astype(np.int64)


def _newer(view: View, records: BoolArray) -> IntArray:
    """The record that came later by its own dates (its holder answers first, rules/workflow.md#answers), else the last one."""
    at = np.flatnonzero(records)
    frame = view.files.records.iloc[at]
    dated = frame["report_date"].where(frame["report_date"] != "", frame["entry_month"])
    # The own county's is the one that can be answered for here.
    order = pd.DataFrame({"child": view.child[at], "own": view.own[at], "dated": dated.to_numpy(object), "at": at})
    last = order.sort_values(["child", "own", "dated", "at"], kind="stable").drop_duplicates("child", keep="last")
    position = np.full(view.n, -1, dtype=np.int64)
    position[last["child"].to_numpy()] = last["at"].to_numpy()
    return position


def _doubled(view: View, civil: BoolArray) -> Texts:
    """Why a child's files are too many (`same`, `number`, `town`, "" = they are not), from all pairs of its files."""
    at = np.flatnonzero(civil & (view.count(civil) > 1)[view.child])
    rows = view.files.records.iloc[at]
    entries = [
        WelfareRow(*values) for values in zip(*(rows[name].tolist() for name in WelfareRow._fields), strict=True)
    ]
    by_child: dict[int, list[WelfareRow]] = {}
    for child, entry in zip(view.child[at].tolist(), entries, strict=True):
        by_child.setdefault(child, []).append(entry)
    why = np.full(view.n, "", dtype=object)
    for child, own in by_child.items():
        kinds = (_why_double(first, second, view.profile) for first, second in combinations(own, 2))
        why[child] = next(filter(None, kinds), "")
    return why


class WelfareRow(NamedTuple):
    """What tells one civil-affairs row from another; the last three say which benefit it pays."""

    register_county: str
    layout: str
    file: str
    sheet: str
    category: str
    child_no: str
    id_no: str
    town: str
    living_allowance: str
    care_allowance: str
    aid: str


def _why_double(first: WelfareRow, second: WelfareRow, profile: Profile) -> str:
    """Rows of different layouts (a ledger and a payment roll) are one child in two kinds of book (rules/codes.md#categories, rules/departments.md#civil-affairs)."""
    if first.register_county != second.register_county:
        return "county"
    if first.layout != second.layout:
        return ""
    if first.layout not in ("", "ledger"):
        # One row per benefit: the two subsidies of one child are two rows of one roll.
        same_benefit = first[-3:] == second[-3:]
        return "same" if same_benefit else ""
    if not profile.consistency.ledgers_by_category.known() or _same_kind(first, second):
        return "same"
    if _both_differ(first.child_no, second.child_no) or _both_differ(first.id_no, second.id_no):
        return "number"
    # In the books of two townships two village workers look after one child, or nobody does.
    towns = profile.consistency.two_townships.known() and _both_differ(first.town, second.town)
    return "town" if towns else ""


def _same_kind(first: WelfareRow, second: WelfareRow) -> bool:
    """A class in common, two rows that name no class, or rows of one sheet of which one names none."""
    classes = [set(filter(None, row.category.split(";"))) for row in (first, second)]
    if all(classes):
        # 留守 and 困境 are two entries of one child wherever they stand, in one sheet, too: a child may have several classes (rules/codes.md#categories).
        return not classes[0].isdisjoint(classes[1])
    return not any(classes) or (first.file, first.sheet) == (second.file, second.sheet)


def _both_differ(first: str, second: str) -> bool:
    return bool(first and second and first != second)
