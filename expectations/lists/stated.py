"""What the records of a child state about one field: one row per value, with a comparable key and a readable value.

Belongs here: which column, or number, counts as a statement about a field, and at which precision. Not here: whether
statements differ and what is said about it (`differences`). Source: rules/names.md#names, rules/places-and-people.md#guardians, rules/codes.md#register-class, rules/identifiers.md#trust-order.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from expectations.lists.columns import Texts
from expectations.lists.comparable import code_keys, town_keys
from expectations.lists.files import BoolArray, IntArray
from expectations.lists.view import View

# `child, at` (record position), `key` (equal keys are no difference), `value` (what is described), `number` (whether the
# value comes from the citizen number); one row per statement of an active record.
Stated = pd.DataFrame


def stated(view: View, field: str) -> Stated:
    """All statements about a field, without empty ones."""
    if field not in view.statements:
        keys = _READERS.get(field, _plain)(view, field)
        view.statements[field] = keys[keys["key"] != ""]
    return view.statements[field]


def spread(view: View, keys: Stated) -> BoolArray:
    """Children with more than one distinct key: lowest and highest code per child differ."""
    codes = pd.factorize(keys["key"].to_numpy(object))[0]
    child = keys["child"].to_numpy(np.int64)
    low, high = np.full(view.n, len(codes), dtype=np.int64), np.full(view.n, -1, dtype=np.int64)
    np.minimum.at(low, child, codes)
    np.maximum.at(high, child, codes)
    return np.asarray(high > low, dtype=np.bool_)


def own_number(view: View) -> BoolArray:
    """Records whose valid number is the child's own: the one of its police row, else the only one it has (rules/identifiers.md#trust-order).

    What follows from a borrowed or outdated number is a question of the number, not of birth date or sex.
    """
    codes = view.records.coded("id_no")[0]
    filled = view.records.filled("id_no") & view.compared
    # Of several numbers that no police row decides between, none is known to be the child's.
    several = spread(view, pd.DataFrame({"child": view.child[filled], "key": codes[filled]}))
    by_police = filled & view.of("public_security")
    chosen = np.full(view.n, -1, dtype=np.int64)
    at = view.first(by_police)
    chosen[at >= 0] = codes[at[at >= 0]]
    settled = (chosen == -1) & ~several
    only = view.first(filled)
    chosen[settled & (only >= 0)] = codes[only[settled & (only >= 0)]]
    return np.asarray(filled & (codes == chosen[view.child]), dtype=np.bool_)


def _frame(view: View, key: Texts, value: Texts, where: BoolArray, number: bool = False) -> Stated:
    at: IntArray = np.flatnonzero(np.asarray(key != "", dtype=np.bool_) & where)
    columns = {"child": view.child[at], "at": at, "key": key[at], "value": value[at], "number": number}
    return pd.DataFrame(columns)


def _column(view: View, field: str) -> Texts:
    return view.files.records[field].to_numpy(object)


def _plain(view: View, field: str) -> Stated:
    return _frame(view, code_keys(view.records, field, view.profile), _column(view, field), view.compared)


def _names(view: View, field: str) -> Stated:
    return _frame(view, view.name_keys(field), _column(view, field), view.compared)


def _with_number(view: View, field: str, numbered: str) -> Stated:
    """A column and what the child's own number says about it."""
    declared = _frame(view, _column(view, field), _column(view, field), view.compared)
    in_number = _frame(view, _column(view, numbered), _column(view, numbered), own_number(view), number=True)
    return pd.concat([declared, in_number], ignore_index=True)


def _births(view: View, field: str) -> Stated:
    """Dates compared at the coarser precision; a day that stands for "unknown" is a year (rules/dates.md#b04, #b05)."""
    keys: Stated = _with_number(view, "birth_date", "id_no_birth")
    unknown = {f"-{day}" for day in view.profile.consistency.unknown_days.known()}
    text = [value[:4] if value[4:] in unknown else value for value in keys["key"]]
    keys["key"] = pd.Series(text, index=keys.index, dtype=object)
    child, length = keys["child"].to_numpy(np.int64), keys["key"].str.len().to_numpy(np.int64)
    # A coarse date differs only where it lies outside every full one; full ones are compared among themselves first.
    disagree = spread(view, keys[length == 10])[child]
    coarsest = np.full(view.n, 10, dtype=np.int64)
    np.minimum.at(coarsest, child, length)
    cut = [key[:size] for key, size in zip(keys["key"], coarsest[child], strict=True)]
    keys["key"] = np.where(disagree, np.where(length == 10, keys["key"], ""), np.array(cut, dtype=object))
    return keys


def _household(view: View, field: str) -> Stated:
    """The side of the register (here, elsewhere, none) that departments state; among those here the township.

    Only what a department states in its own columns counts, and where someone lives says nothing (rules/places-and-people.md#addresses).
    """
    side = _column(view, "register_side").copy()
    side[(side == "") & view.of("public_security") & view.compared] = "here"
    sides = _frame(view, side, side, view.compared)
    contradicted = spread(view, sides)
    # Only a township that the record's own address names: a school's or a sheet's township is nobody's register.
    town, address = town_keys(view.records, "hukou_town"), _column(view, "hukou_addr")
    named = (bool(name) and name[:2] in text for name, text in zip(town, address, strict=True))
    in_address = np.fromiter(named, np.bool_, len(town))
    here = view.compared & ~np.isin(side, ["elsewhere", "none"]) & ~contradicted[view.child] & in_address
    towns = _frame(view, town, town, here)
    statements: Stated = pd.concat([sides[contradicted[sides["child"].to_numpy(np.int64)]], towns], ignore_index=True)
    return statements


def _alive(view: View, field: str) -> Stated:
    """Whether the child lives, where a school says that it died and the household register, civil affairs' roll or another enrolment counts it on (rules/codes.md#enrolment)."""
    died = view.of("education") & view.codes("state", ["dead"])
    counted = view.compared & view.of("public_security", "civil_affairs", "education") & view.any(died)[view.child]
    state = np.where(died, "dead", np.where(counted, "alive", "")).astype(object)
    return _frame(view, state, state, died | counted)


_READERS: dict[str, Callable[[View, str], Stated]] = {
    "name": _names,
    "father_name": _names,
    "mother_name": _names,
    "guardian_name": _names,
    "birth_date": _births,
    "sex": lambda view, _: _with_number(view, "sex", "id_no_sex"),
    "hukou": _household,
    "alive": _alive,
}
