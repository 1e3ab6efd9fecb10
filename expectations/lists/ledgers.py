"""Further books that a place keeps (阜阳 农村单亲儿童, 张掖 虚拟专门学校, 贵阳 流浪和打拐解救、流动儿童): who belongs in them.

Belongs here: the condition of each book over child files. Not here: discrepancies (the lists), files for people. Source:
rules/jurisdictions.md#row-23, rules/workflow.md#m18. Such a book says something about a child that may harm it: it goes to the bureau only.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from expectations.jurisdictions.labels import labels
from expectations.jurisdictions.profile import Profile
from expectations.lists.files import BoolArray
from expectations.lists.view import View

COLUMNS = ["ledger", "zh", "child_id", "town", "village"]


def books_of(profile: Profile) -> dict[str, str]:
    """Code -> Chinese name of the further books that the place keeps, in its order, without those that wait for a setting."""
    names = profile.comparison.ledgers.value or []
    return {name: _BOOKS[name].zh for name in names if not _open_settings(name, profile)}


def books_waiting(profile: Profile) -> list[str]:
    """A sentence (Chinese) for each further book that cannot be kept since the place has left a setting open that it needs."""
    missing = {name: _open_settings(name, profile) for name in profile.comparison.ledgers.value or []}
    return [
        f"本地文件没有规定{'、'.join(labels().setting(path) for path in paths)}，“{_BOOKS[name].zh}”没有生成，"
        "请民政局确定后填入本地规则（参数尚未确定）。"
        for name, paths in missing.items()
        if paths
    ]


def _open_settings(name: str, profile: Profile) -> list[str]:
    return [path for path in _BOOKS[name].parameters if profile.setting(path).value is None]


def extra_ledgers(view: View) -> pd.DataFrame:
    """The children of every further book of the place: `ledger, zh, child_id, town, village`, in a fixed order."""
    parts = []
    for name, zh in books_of(view.profile).items():
        at = np.flatnonzero(_BOOKS[name].belongs(view) & view.flag("alive"))
        columns = {column: view.text(column).to_numpy(object)[at] for column in ("child_id", "town", "village")}
        parts.append(pd.DataFrame({"ledger": name, "zh": zh, **columns}))
    books = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    return books.sort_values(["ledger", "town", "village", "child_id"], kind="stable", ignore_index=True)[COLUMNS]


def _young(view: View) -> BoolArray:
    return np.asarray(view.number("age") < view.profile.difficulty.below_age.known(), dtype=np.bool_)


def _rural_single_parent(view: View) -> BoolArray:
    urban = view.any(view.codes("hukou_nature", view.profile.left_behind.urban_marks.known()) & view.active)
    return view.any(view.codes("single_parent", ["yes"]) & view.active) & ~urban & _young(view)


def _special_school(view: View) -> BoolArray:
    words = view.profile.comparison.special_school_words.known()
    named = np.logical_or.reduce([view.words(name, words) for name in ("school", "remark", "dilemma_type")])
    return view.any(named) & _young(view)


def _street(view: View) -> BoolArray:
    return view.any(view.tokens("category", ["street"]) & view.active) & _young(view)


def _migrant(view: View) -> BoolArray:
    moving = view.codes("migrant", ["yes"]) | view.tokens("category", ["migrant"])
    return view.any(moving & view.active) & _young(view)


def _sick_or_disabled(view: View) -> BoolArray:
    certified = view.of("disability") & view.active
    ill = (
        view.of("civil_affairs") & view.active & (view.filled("disability_type") | view.words("illness", ["病", "癌"]))
    )
    return view.any(certified | ill) & _young(view)


def _orphan_student(view: View) -> BoolArray:
    """Orphans who came of age and are still at school: the roll carries them on (rules/workflow.md#m37), the other books end before."""
    leaving = view.profile.leaving
    studying = view.of("civil_affairs") & view.active & view.tokens("category", leaving.age_limited.known())
    at_school = view.any(studying & view.codes("study_status", leaving.at_school.known()))
    return np.asarray(at_school & (view.number("age") >= leaving.adult_age.known()), dtype=np.bool_)


@dataclass(frozen=True)
class _Book:
    """A further book: its name, who belongs in it, and the settings without which nobody can say so."""

    zh: str
    belongs: Callable[[View], BoolArray]
    parameters: tuple[str, ...]


_AGE = "difficulty.below_age"
_BOOKS = {
    "rural_single_parent": _Book("农村单亲儿童台账", _rural_single_parent, (_AGE, "left_behind.urban_marks")),
    "virtual_special_school": _Book(
        "列入虚拟专门学校的儿童", _special_school, (_AGE, "comparison.special_school_words")
    ),
    "street_trafficked": _Book("流浪和打拐解救儿童台账", _street, (_AGE,)),
    "migrant": _Book("流动儿童台账", _migrant, (_AGE,)),
    "sick_disabled": _Book("病残儿童台账", _sick_or_disabled, (_AGE,)),
    "orphan_student": _Book(
        "孤儿大学生（成年在读）台账",
        _orphan_student,
        ("leaving.age_limited", "leaving.at_school", "leaving.adult_age"),
    ),
}
