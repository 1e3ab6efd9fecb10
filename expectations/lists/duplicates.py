"""L16C 一人多档, L16E 双重学籍 and L17 一号多人: more files than children, or more children than numbers.

Only these conditions and their guards belong here (domain.md 5.3, 4.6, 2.8).
"""

from itertools import combinations

import numpy as np
import pandas as pd

from expectations.lists.comparable import name_keys
from expectations.lists.files import BoolArray, IntArray
from expectations.lists.grading import LIKELY, OPEN, SURE, capped, presence
from expectations.lists.view import View, draft, sentences, with_note


def several_welfare_files(view: View) -> pd.DataFrame:
    """L16C: more than one active civil-affairs file of one child that is not the same child in two ledgers by class."""
    civil = view.of("civil_affairs") & view.active
    listed = _doubled(view, civil) if view.profile.consistency.ledgers_by_category.known() else view.count(civil) > 1
    return draft(listed, _newer(view, civil), _same_number(view, civil), _counted(view, civil, "份民政在册档案"))


def several_enrolments(view: View) -> pd.DataFrame:
    """L16E: more than one enrolment in reading or suspended state; one marked as transferred out is no double."""
    enrolled = view.of("education") & view.codes("state", ["active", *view.profile.school.enrolled.known()])
    enrolled &= ~view.codes("grade", ["K"])
    listed = view.count(enrolled) > 1
    return draft(listed, _newer(view, enrolled), _same_number(view, enrolled), _counted(view, enrolled, "份在读学籍"))


def shared_number(view: View) -> pd.DataFrame:
    """L17: one valid number on records of several children; surer when name and birth date differ as well."""
    records = view.files.records
    used = (records["id_no"] != "").to_numpy() & view.active
    pairs = pd.DataFrame({"id_no": records["id_no"].to_numpy(object), "child": view.child})[used].drop_duplicates()
    shared = pairs[pairs.duplicated("id_no", keep=False)]
    listed = np.zeros(view.n, dtype=np.bool_)
    listed[shared["child"].to_numpy()] = True
    number = used & np.asarray(records["id_no"].isin(shared["id_no"].unique()), dtype=np.bool_)
    alike = _alike(view, shared)
    reason = sentences(view, "同一个有效身份证号出现在不止一名儿童的记录上")
    reason = with_note(reason, alike, "姓名或出生日期相同，也可能是同一人")
    grade = capped(np.full(view.n, SURE, dtype=np.int64), alike, OPEN)
    return draft(listed, view.first(number & ~view.of("public_security"), number), grade, reason, "id_no")


def _alike(view: View, shared: pd.DataFrame) -> BoolArray:
    """Children that share name or birth date with another holder of their number."""
    keys = shared.assign(
        name=name_keys(view.children, "name", view.profile)[shared["child"]],
        birth=view.text("birth_date").to_numpy(object)[shared["child"]],
    )
    found = np.zeros(view.n, dtype=np.bool_)
    for column in ("name", "birth"):
        same = keys[(keys[column] != "") & keys.duplicated(["id_no", column], keep=False)]
        found[same["child"].to_numpy()] = True
    return found


def _counted(view: View, records: BoolArray, what: str) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    number = pd.Series(view.count(records)).astype(str)
    return np.asarray("同一名儿童有" + number + what + "，请核实后合并", dtype=object)


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
    """The record that came later by its own dates (its holder answers first, 6.2), else the last one."""
    at = np.flatnonzero(records)
    frame = view.files.records.iloc[at]
    dated = frame["report_date"].where(frame["report_date"] != "", frame["entry_month"])
    order = pd.DataFrame({"child": view.child[at], "dated": dated.to_numpy(object), "at": at})
    last = order.sort_values(["child", "dated", "at"], kind="stable").drop_duplicates("child", keep="last")
    found = np.full(view.n, -1, dtype=np.int64)
    found[last["child"].to_numpy()] = last["at"].to_numpy()
    return found


def _doubled(view: View, civil: BoolArray) -> BoolArray:
    """Children with two files that are not simply one entry each in two ledgers of different classes."""
    several = view.count(civil) > 1
    at = np.flatnonzero(civil & several[view.child])
    columns = ["child", "file", "sheet", "category"]
    listed = np.zeros(view.n, dtype=np.bool_)
    for child, rows in view.files.records.iloc[at][columns].groupby("child", sort=False):
        entries = list(rows[columns[1:]].itertuples(index=False, name=None))
        listed[int(str(child))] = any(_is_double(one, other) for one, other in combinations(entries, 2))
    return listed


def _is_double(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Same ledger, or a class in common; an entry without class in another ledger (a payment list) is none."""
    if one[:2] == other[:2]:
        return True
    if not one[2] and not other[2]:
        return True
    return not set(one[2].split(";")).isdisjoint(other[2].split(";"))
