"""Screening of numbers before anything is learned from them: a number on two different-looking people is no label
(rules/identifiers.md#c14, #c15).

Belongs here: finding borrowed and placeholder numbers among compared pairs. Does not belong here: the number's
weight (`weigh`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.comparing.compare import OTHER_NAMES, groups, twin_pairs
from matching.encoding.derived import without
from matching.encoding.encode import lunar_day
from matching.encoding.numbers import birth_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matching.model import Model
    from matching.shapes import Encoded, Levels, Pairs

    Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class ScreenedNumbers:
    """Which records' numbers say nothing about them, per record, and the counts for the report."""

    borrowed: Mask
    notes: dict[str, int]


def drop_frequent_numbers(e: Encoded, limit: int) -> tuple[Encoded, int]:
    """Blank numbers that stand on more than `limit` records of different names or of different births:
    placeholders (rules/identifiers.md#placeholders).
    """
    dropped: set[int] = set()
    for number in _frequent(e.own, limit):
        rows = np.flatnonzero(e.own == number)
        if len(np.unique(e.name[rows])) > 2 and len(np.unique(e.birth[rows])) > 2:
            dropped.add(int(number))
    gone = list(dropped) + _parents_numbers(e)
    if not gone:
        return e, 0
    numbers = np.where(is_among(e.numbers, gone), 0, e.numbers)
    e = without(e, is_among(e.own, gone))
    return replace(e, own=numbers[:, 0].copy(), numbers=numbers), len(gone)


def is_among(values: NDArray[np.int64], few: Sequence[int] | NDArray[np.int64]) -> Mask:
    """Which values are among the few: one table of the few, where NumPy would sort both."""
    found: Mask = pd.Series(values.ravel()).isin(few).to_numpy().reshape(values.shape)
    return found


def _frequent(numbers: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    values, counts = np.unique(numbers[numbers != 0], return_counts=True)
    return values[counts > limit]


def _parents_numbers(e: Encoded) -> list[int]:
    """Children's numbers that stand in a parent's or guardian's column somewhere, not being a child's own by birth
    date (rules/identifiers.md#c14).
    """
    stated = (birth_code(e.own) == e.birth) & ~e.derived
    doubted, adults = e.own[(e.own != 0) & ~stated], e.people_no[e.people_no != 0]
    suspects = set(adults[is_among(adults, doubted)].tolist())  # the few are asked for among the many
    supported = e.own[stated]
    return sorted(suspects.difference(supported[is_among(supported, [*suspects])].tolist()))


def screen_shared_numbers(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> ScreenedNumbers:
    """Mark equal numbers that belong to one of the two only, and correct the number levels in place.

    A pair of equal numbers whose names and births both disagree is `borrowed`. So is one whose names disagree
    although another record has exactly this name, birth and another number (a twin's number). The record whose
    birth date is not the one inside the number, or who has such a rival, is the borrower: its number says nothing
    anywhere else.
    """
    spec = model.number
    equal = np.isin(levels["number"], [spec.code("same"), spec.code("derived")])
    name, birth = groups(levels, "name", model), groups(levels, "birth", model)
    near = (name == 2) & (levels["name"] != model.code("name", "given_only"))  # siblings never share the given name
    stranger = equal & (birth == 3) & ((name == 3) | (near & _far_birth(levels, model) & _one_wrong(e, pairs)))
    stranger |= equal & (name == 3) & _other_child(e, pairs, levels, model)
    stranger |= equal & (birth == 3) & _other_sex(e, pairs, levels, model)
    stranger |= equal & _side_by_side(e, pairs, levels, model)
    rival = _has_rival(e, pairs, levels, model)
    twins, theirs = _twins_number(e, pairs, levels, (equal, model))
    stranger, rival = stranger | twins, rival | theirs
    other_name = equal & np.isin(name, (2, 3)) & (rival[pairs.left] | rival[pairs.right]) & ~stranger
    other_name &= levels["name"] != model.code("name", "nickname")
    suspect = stranger | other_name
    borrowed = _borrowers(e, pairs, suspect, rival)
    levels["number"][suspect] = spec.code("borrowed")
    levels["number"][_stale(e, pairs, levels, model)] = spec.code("stale")
    touched = (borrowed[pairs.left] | borrowed[pairs.right]) & (levels["number"] == spec.code("differ"))
    levels["number"][touched] = spec.code("missing")
    return ScreenedNumbers(borrowed, {"borrowed_pairs": int(suspect.sum()), "borrowed_records": int(borrowed.sum())})


def _has_rival(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Records that another record equals in name and birth while its number is another."""
    exact = np.isin(levels["name"], [model.code("name", level) for level in ("same", "variant")])
    exact &= levels["birth"] == model.code("birth", "same")
    exact &= levels["number"] == model.number.code("differ")
    exact &= levels["people"] != model.code("people", "differ")
    out = np.zeros(len(e), dtype=bool)
    out[pairs.left[exact]] = True
    out[pairs.right[exact]] = True
    return out


def _side_by_side(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Two rows of one list under two names that contradict each other in what the number itself says, sex or birth: two children, of whom one
    was given the other's number (rules/identifiers.md#c15). A child entered twice would be so by two or three slips at once.
    """
    inside = levels["origin"] == model.code("origin", "inside")
    other = np.isin(levels["name"], [model.code("name", level) for level in OTHER_NAMES])
    short = np.isin(levels["name"], [model.code("name", level) for level in ("one_character", "dropped")])
    birth, wrong = groups(levels, "birth", model), _wrong_birth(e)
    both_wrong = (birth == 1) & wrong[pairs.left] & wrong[pairs.right]
    other &= (levels["sex"] == model.code("sex", "differ")) | both_wrong
    found: Mask = inside & (other | (short & (birth == 3) & _one_wrong(e, pairs)))
    return found


def _twins_number(e: Encoded, pairs: Pairs, levels: Levels, shared: tuple[Mask, Model]) -> tuple[Mask, Mask]:
    """Equal numbers x, y under two names where x's name, birth and family stand in a row z without the number, and z and y are twins: x is
    the twin, and carries y's number.

    Args:
        shared: pairs with equal numbers; the model.

    Returns:
        The pairs, and the records that borrowed.
    """
    equal, model = shared
    n, borrower = len(e), np.zeros(len(e), dtype=bool)
    suspects = np.flatnonzero(equal & np.isin(levels["name"], [model.code("name", level) for level in OTHER_NAMES]))
    exact = np.isin(levels["name"], [model.code("name", level) for level in ("same", "variant")])
    exact &= (levels["birth"] == model.code("birth", "same")) & (groups(levels, "people", model) == 1)
    exact &= levels["number"] == model.number.code("missing")
    doubted = np.zeros(n, dtype=bool)
    doubted[pairs.left[suspects]] = doubted[pairs.right[suspects]] = True
    own = _both_ways(pairs, exact & (doubted[pairs.left] | doubted[pairs.right])).rename(columns={"left": "borrower"})
    kin = _both_ways(pairs, twin_pairs(pairs, levels, model)).rename(columns={"left": "right", "right": "owner"})
    chains = own[doubted[own["borrower"]]].merge(kin[doubted[kin["owner"]]], on="right")
    codes = chains["borrower"].to_numpy() * n + chains["owner"].to_numpy()
    out = np.zeros(len(equal), dtype=bool)
    for one, other in ((pairs.left, pairs.right), (pairs.right, pairs.left)):
        rows = suspects[np.isin(one[suspects].astype(np.int64) * n + other[suspects], codes)]
        out[rows] = True
        borrower[one[rows]] = True
    return out, borrower


def _both_ways(pairs: Pairs, mask: Mask) -> pd.DataFrame:
    a, b = pairs.left[mask].astype(np.int64), pairs.right[mask].astype(np.int64)
    return pd.DataFrame({"left": np.r_[a, b], "right": np.r_[b, a]})


def _borrowers(e: Encoded, pairs: Pairs, suspect: Mask, rival: Mask) -> Mask:
    """Of each suspect pair, the side that the number's own birth date or a rival speaks against; both when neither
    tells.
    """
    out = np.zeros(len(e), dtype=bool)
    a, b = pairs.left[suspect], pairs.right[suspect]
    wrong = _wrong_birth(e) | _torn(e)
    for one, other in ((a, b), (b, a)):
        guilty = wrong[one] & ~wrong[other] | (wrong[one] == wrong[other]) & rival[one] & ~rival[other]
        undecided = (wrong[one] == wrong[other]) & (rival[one] == rival[other])
        out[one[guilty | undecided]] = True
    return out


def _wrong_birth(e: Encoded) -> Mask:
    """Records whose full birth date is not the one inside their own number, read as Gregorian or as lunar."""
    inside = birth_code(e.own)
    wrong: Mask = (e.birth != inside) & (e.birth % 100 > 0) & (e.lunar != inside) & (e.own != 0)
    rows = np.flatnonzero(wrong)
    days, back = np.unique(inside[rows], return_inverse=True)
    written = np.fromiter(map(_told, days.tolist()), dtype=np.int64, count=len(days))
    wrong[rows[written[back] == e.birth[rows]]] = False  # the row tells the number's day by the old calendar
    return wrong


@cache
def _told(day: int) -> int:
    return lunar_day(day)


def _stale(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Different numbers under one name (or one that a slip explains) and one birth date that one of the numbers contradicts:
    it was replaced since, or is wrong (rules/identifiers.md#number-changes, #c22). Twins' numbers agree with their birth date.
    """
    found = (levels["number"] == model.number.code("differ")) & np.isin(groups(levels, "name", model), (1, 2))
    found &= groups(levels, "birth", model) == 1
    inside = birth_code(e.numbers)
    held = (inside == e.birth[:, None]) | (inside == e.lunar[:, None]) & (e.lunar[:, None] > 0)
    odd = (e.numbers != 0).any(axis=1) & ~(held & (e.numbers != 0)).any(axis=1)
    stale: Mask = found & (odd[pairs.left] | odd[pairs.right])
    return stale


def _one_wrong(e: Encoded, pairs: Pairs) -> Mask:
    wrong = _wrong_birth(e)
    one: Mask = wrong[pairs.left] != wrong[pairs.right]
    return one


def _other_child(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Signs, besides another name, that a shared number is a sibling's: the number's birth date is only the one side's and
    the other side's is near it by chance; nothing confirms the birth and the sexes differ; or the row carries a second
    number (rules/identifiers.md#c14).
    """
    birth = levels["birth"]
    near = (birth == model.code("birth", "one_part")) & _one_wrong(e, pairs)
    other_sex = (levels["sex"] == model.code("sex", "differ")) & (groups(levels, "birth", model) != 1)
    torn = _torn(e)
    found: Mask = near | other_sex | torn[pairs.left] | torn[pairs.right]
    return found


def _other_sex(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Two sexes, no equal name, and a number whose birth date is only the one side's: a brother and a sister, though their
    names may sound alike or the one be a nickname.
    """
    exact = np.isin(levels["name"], [model.code("name", level) for level in ("same", "variant")])
    found: Mask = (levels["sex"] == model.code("sex", "differ")) & ~exact & _one_wrong(e, pairs)
    return found


def _torn(e: Encoded) -> Mask:
    """Records that carry two different numbers: one in the number's column, one in the student number or certificate."""
    torn: Mask = (e.own != 0) & (e.numbers[:, 1:] != 0).any(axis=1)
    return torn


def _far_birth(levels: Levels, model: Model) -> Mask:
    far: Mask = levels["birth"] == model.code("birth", "differ")
    return far
