"""Whose record a near candidate is: certainly another child's, or perhaps the child's own.

Belongs here: judging the other side of a pair that was near and not linked. Does not belong here: what follows for a list (`household`), grades of pairs
(`grading`). Source: rules/lists.md#near-in-register.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from expectations.lists.files import BoolArray, IntArray
from expectations.lists.grading import REJECTED
from expectations.lists.view import View
from expectations.lists.wording import name_levels

# Names of two children; one sound, one stroke or one order apart may be one name written twice.
_OTHER_NAMES = frozenset({"one_character", "surname_and_one", "surname_only", "different"})


@dataclass(frozen=True)
class _Sides:
    """Row by row of the near candidates: the child that is looked at, the child that has the other record, and the first one's record (-1: unknown)."""

    child: IntArray
    other: IntArray
    own_record: IntArray


def judged_near(view: View) -> pd.DataFrame:
    """The near candidates of all children, with the grade `different` where the other record certainly belongs to another child.

    Certainly: it is linked with certainty to further records there, and that child has another valid number, another full birth date, or a record of
    its own in the very book of ours under a name that no slip explains (a twin).
    """
    near = view.files.near
    if near.empty:
        return near
    sides = _sides(view, near)
    certain = _settled(view)[sides.other] & (
        (_differs(view, "id_no", sides) & _both(_own_number(view), sides))
        | (_differs(view, "birth_date", sides) & _both(_full_birth(view), sides))
        | _has_its_own(view, sides)
    )
    certain &= sides.other >= 0
    return near.assign(grade=near["grade"].mask(certain, REJECTED))


def _sides(view: View, near: pd.DataFrame) -> _Sides:
    children, records = pd.Index(view.text("child_id")), pd.Index(view.files.records["record_id"])
    return _Sides(
        near["child"].to_numpy(np.int64),
        children.get_indexer(pd.Index(near["other_child_id"])).astype(np.int64),
        records.get_indexer(pd.Index(near["record_id"])).astype(np.int64),
    )


def _settled(view: View) -> BoolArray:
    """Children of several records whose weakest link is sure."""
    weakest = view.files.children["link_probability"].to_numpy(np.float64)
    several = view.count(np.ones(len(view.child), dtype=np.bool_)) > 1
    return np.asarray(several & (weakest >= view.catalogue.sure_probability), dtype=np.bool_)


def _differs(view: View, column: str, sides: _Sides) -> BoolArray:
    values = view.text(column).to_numpy(object)
    if not len(values):
        return np.zeros(len(sides.child), dtype=np.bool_)
    mine, theirs = values[sides.child], values[sides.other]
    return np.asarray((mine != "") & (theirs != "") & (mine != theirs), dtype=np.bool_)


def _both(children: BoolArray, sides: _Sides) -> BoolArray:
    return np.asarray(children[sides.child] & children[sides.other], dtype=np.bool_)


def _full_birth(view: View) -> BoolArray:
    return np.asarray((view.text("birth_date").str.len() == 10).to_numpy(np.bool_), dtype=np.bool_)


def _own_number(view: View) -> BoolArray:
    """Children whose number agrees with their birth date: one that does not may be a brother's, and tells two children apart no more."""
    inside = view.text("id_no").str[6:14].to_numpy(object)
    birth = view.text("birth_date").str.replace("-", "").to_numpy(object)
    return np.asarray([number.startswith(day) for number, day in zip(inside, birth, strict=True)], dtype=np.bool_)


def _has_its_own(view: View, sides: _Sides) -> BoolArray:
    """Whether the other child stands in the very book of the record that is near, under another name: that book counts two children."""
    books = pd.factorize(view.files.records["department"] + "|" + view.files.records["layout"])[0]
    names = view.files.records["name"].to_numpy(object)
    if not len(names):
        return np.zeros(len(sides.child), dtype=np.bool_)
    own: dict[tuple[int, int], str] = {}
    asked_of = np.zeros(view.n, dtype=np.bool_)
    asked_of[sides.other[sides.other >= 0]] = True
    at = np.flatnonzero(view.active & asked_of[view.child])
    for child, book, name in zip(view.child[at], books[at], names[at], strict=True):
        own.setdefault((int(child), int(book)), str(name))
    theirs = [
        own.get((int(other), int(books[at])), "") for other, at in zip(sides.other, sides.own_record, strict=True)
    ]
    mine, other = names[sides.own_record], np.array(theirs, dtype=object)
    asked = np.flatnonzero((mine != "") & (other != "") & (sides.own_record >= 0))
    apart = np.zeros(len(mine), dtype=np.bool_)
    if len(asked):
        apart[asked] = [level in _OTHER_NAMES for level in name_levels(mine[asked], other[asked])]
    return apart
