"""L15 信息不一致: one finding per child and field whose values really differ between departments.

Only this comparison belongs here (rules/names.md#names, rules/places-and-people.md#guardians, rules/lists.md#l15). Which fields count and whose value is trusted is profile
data; what records state is in `stated`, how two values differ in words is in `wording`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from expectations.lists.columns import Texts
from expectations.lists.files import IntArray
from expectations.lists.grading import LIKELY, OPEN, capped, presence
from expectations.lists.owners import with_owner
from expectations.lists.stated import Stated, spread, stated
from expectations.lists.view import View, draft, no_drafts
from expectations.lists.wording import (
    date_difference,
    each_pair,
    household_difference,
    name_differences,
    name_levels,
    number_difference,
    wording,
)

NAMES = ("name", "father_name", "mother_name", "guardian_name")
PARENTS = ("father_name", "mother_name", "father_id", "mother_id")
NUMBERS = ("id_no", "father_id", "mother_id")


def inconsistent(view: View) -> pd.DataFrame:
    """L15: for every field of the profile, the children whose records state different values."""
    drafts = [_of_field(view, field) for field in view.profile.consistency.fields.known()]
    return pd.concat(drafts, ignore_index=True) if drafts else no_drafts(view)


def _of_field(view: View, field: str) -> pd.DataFrame:
    keys = stated(view, field)
    concerned = keys[(spread(view, keys) & view.flag("alive"))[keys["child"].to_numpy(np.int64)]]
    pairs = _opposed(view, concerned, field)
    differing = np.zeros(view.n, dtype=np.bool_)
    differing[pairs["child"].to_numpy(np.int64)] = True
    grade = presence(view)
    if field in PARENTS:
        # Step-parents and divorces: a parent's name may rightly differ (rules/places-and-people.md#guardians).
        grade = capped(grade, np.ones(view.n, dtype=np.bool_), LIKELY)
    reason, record = _reasons(view, pairs, field)
    reason = np.where(presence(view) == OPEN, reason + "；是否同一人尚待确认", reason)
    # Doubted first are the records that differ, the most trusted of them first; the one that they differ from is asked last of all.
    doubted = np.concatenate([pairs["at_odd"], pairs.drop_duplicates("child")["at_led"]]).astype(np.int64)
    return with_owner(draft(differing, record, grade, reason, field), view, doubted)


def trust_ranks(view: View, field: str) -> dict[str, int]:
    """Place of each department in the order of trust for a field, most trusted first (rules/identifiers.md#trust-order)."""
    orders = view.profile.consistency.trust.known()
    return {name: place for place, name in enumerate(orders.get(field, orders["default"]))}


def _opposed(view: View, keys: Stated, field: str) -> pd.DataFrame:
    """Per child the most trusted statement and the first that differs from it: `child` and both sides' columns.

    Columns end in `_led` (trusted) and `_odd`. Names that a reader would take for the same are left out.
    """
    ranks = trust_ranks(view, field)
    department = view.files.records["department"].map(ranks).fillna(len(ranks)).to_numpy(np.int64)
    # Doubled, so that what a department's citizen number says stands right behind what its column says, before the next department.
    ranked = keys.assign(rank=2 * department[keys["at"].to_numpy(np.int64)] + keys["number"].to_numpy(np.int64))
    ranked = ranked.sort_values(["child", "rank", "at"], kind="stable")
    led = ranked.drop_duplicates("child").drop(columns="rank")
    pairs = ranked.drop(columns="rank").merge(led, on="child", suffixes=("_odd", "_led"))
    pairs = pairs[pairs["key_odd"] != pairs["key_led"]]
    if field in NAMES and len(pairs):
        levels = name_levels(pairs["value_led"].to_numpy(object), pairs["value_odd"].to_numpy(object))
        pairs = pairs[~np.isin(levels, wording().same_names)]
    return pairs


def _reasons(view: View, pairs: pd.DataFrame, field: str) -> tuple[Texts, IntArray]:
    """The sentence per child and the record to correct: the first that differs from the most trusted one."""
    first = pairs.drop_duplicates("child")
    child = first["child"].to_numpy(np.int64)
    reason, record = np.full(view.n, "", dtype=object), np.full(view.n, -1, dtype=np.int64)
    record[child] = first["at_odd"].to_numpy(np.int64)
    how = _difference(field, first["value_led"].to_numpy(object), first["value_odd"].to_numpy(object))
    departments = view.files.records["department"].to_numpy(object)
    led, odd = (
        [
            _Side(view.catalogue.department(str(departments[at])), bool(inside))
            for at, inside in zip(first[f"at_{side}"].to_numpy(np.int64), first[f"number_{side}"], strict=True)
        ]
        for side in ("led", "odd")
    )
    word = wording().words.get(field, field)
    others = _also_odd(view, pairs)
    reason[child] = [
        _sentence(word, trusted, differing, part, others.get(number, ""))
        for number, trusted, differing, part in zip(child.tolist(), led, odd, how, strict=True)
    ]
    return reason, record


def _difference(field: str, led: Texts, odd: Texts) -> Texts:
    """How each pair of values differs, in words that hold no value."""
    if field in NAMES:
        return name_differences(led, odd, field in PARENTS)
    if field == "birth_date":
        return each_pair(led, odd, date_difference)
    if field in NUMBERS:
        return each_pair(led, odd, number_difference)
    if field == "hukou":
        return each_pair(led, odd, household_difference)
    plain = wording().plain
    return np.full(len(led), plain.get(field, plain["default"]), dtype=object)


def _also_odd(view: View, pairs: pd.DataFrame) -> dict[int, str]:
    """Per child all departments that differ from the most trusted value, in one phrase."""
    order = {name: place for place, name in enumerate(view.catalogue.departments)}
    departments = view.files.records["department"].to_numpy(object)[pairs["at_odd"].to_numpy(np.int64)]
    differing: dict[int, list[str]] = {}
    for child, department in zip(pairs["child"].tolist(), departments, strict=True):
        if department not in differing.setdefault(child, []):
            differing[child].append(department)
    return {
        child: view.catalogue.spoken(sorted(names, key=lambda name: order.get(name, len(order))))
        for child, names in differing.items()
    }


@dataclass(frozen=True)
class _Side:
    """Who states a value, as people call it, and whether the value stands inside a citizen number."""

    department: str
    inside: bool


def _sentence(word: str, led: _Side, odd: _Side, how: str, others: str) -> str:
    """教育的姓名与公安不一致：读音相同而用字不同，请先核对教育的登记; `how` they differ, and all `others` that do.

    Where several differ, one is asked to check: the line is handed to it alone, and to the next by what it answers (`owners`).
    """
    inside = wording().in_number
    if led.department == odd.department:
        where = f"登记的{word}与{inside}的{word}" if led.inside != odd.inside else f"两处登记的{word}"
        return f"{led.department}{where}不一致：{how}，请对照户口簿核对"
    who = odd.department if odd.inside else others or odd.department
    trusted = f"{led.department}{inside if led.inside else ''}"
    return f"{who}{inside if odd.inside else ''}的{word}与{trusted}不一致：{how}，请先核对{odd.department}的登记"
