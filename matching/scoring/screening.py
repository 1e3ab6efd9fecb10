"""Screening of numbers before anything is learned from them: a number on two different-looking people is no label
(rules/identifiers.md#c14, #c15).

Belongs here: finding frequent numbers, and borrowed ones among compared pairs. Does not belong here: the number's weight (`weigh`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.comparing.compare import OTHER_NAMES, at_levels, groups, twin_pairs
from matching.encoding.derived import without
from matching.encoding.encode import lunar_day
from matching.encoding.numbers import birth_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matching.arrays import Ints, Mask
    from matching.model import Model
    from matching.shapes import Encoded, Levels, Pairs


@dataclass(frozen=True)
class ScreenedNumbers:
    """Which records' numbers say nothing about them, per record, and the counts for the report."""

    borrowed: Mask
    notes: dict[str, int]


def drop_frequent_numbers(e: Encoded, limit: int) -> tuple[Encoded, int]:
    """Blank numbers that stand on more than `limit` records of different names or of different births:
    placeholders (rules/identifiers.md#placeholders).
    """
    values, counts = np.unique(e.own[e.own != 0], return_counts=True)
    placeholders: set[int] = set()
    for number in values[counts > limit]:
        rows = np.flatnonzero(e.own == number)
        # Many rows alone prove nothing (payment rolls repeat a child), and two names with two births may still be one child's.
        if len(np.unique(e.name[rows])) > 2 and len(np.unique(e.birth[rows])) > 2:
            placeholders.add(int(number))
    gone = list(placeholders) + _parents_numbers(e)
    if not gone:
        return e, 0
    numbers = np.where(is_among(e.numbers, gone), 0, e.numbers)
    e = without(e, is_among(e.own, gone))
    return replace(e, own=numbers[:, 0].copy(), numbers=numbers), len(gone)


def is_among(values: Ints, few: Sequence[int] | Ints) -> Mask:
    """Which values are among the few: one table of the few, where NumPy would sort both."""
    mask: Mask = pd.Series(values.ravel()).isin(few).to_numpy().reshape(values.shape)
    return mask


def _parents_numbers(e: Encoded) -> list[int]:
    """Children's numbers that stand in a parent's or guardian's column somewhere, not being a child's own by birth
    date (rules/identifiers.md#c14).
    """
    # A birth taken out of the number itself is no witness that the number is the child's.
    stated = (birth_code(e.own) == e.birth) & ~e.derived
    doubted, adults = e.own[(e.own != 0) & ~stated], e.people_no[e.people_no != 0]
    suspects = set(adults[is_among(adults, doubted)].tolist())  # the few are looked for among the many
    supported = e.own[stated]
    return sorted(suspects.difference(supported[is_among(supported, [*suspects])].tolist()))


def screen_shared_numbers(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> ScreenedNumbers:
    """Mark equal numbers that belong to one of the two only, and correct the number levels in place.

    A pair of equal numbers whose names and births both disagree is `borrowed`. So is one whose names disagree
    although another record has exactly this name, birth and another number (a twin's number). The record whose
    birth date is not the one inside the number, or who has such a competing candidate, is the borrower: its number says
    nothing anywhere else.
    """
    signs = _Signs.of(e, pairs, levels, model)
    equal, name, birth = signs.equal, groups(levels, "name", model), groups(levels, "birth", model)
    near = (name == 2) & (levels["name"] != model.code("name", "given_only"))  # siblings never share the given name
    far_birth = levels["birth"] == model.code("birth", "differ")
    stranger = equal & (birth == 3) & ((name == 3) | (near & far_birth & signs.one_wrong))
    stranger |= equal & (name == 3) & _other_child(pairs, levels, signs, model)
    # A brother and a sister, though their names may sound alike or the one be a nickname: two sexes, no equal name, and a number
    # whose birth date is only the one side's.
    stranger |= equal & (birth == 3) & signs.other_sex & ~signs.exact_name & signs.one_wrong
    stranger |= equal & _side_by_side(pairs, levels, signs, model)
    competing = _has_competing_candidate(pairs, levels, signs, model)
    twins, twin_borrower = _twins_numbers(pairs, levels, signs, model)
    stranger, competing = stranger | twins, competing | twin_borrower

    other_name = equal & np.isin(name, (2, 3)) & (competing[pairs.left] | competing[pairs.right]) & ~stranger
    # A milk name is like no name at all (rules/names.md#n12): that another record has the full one is no contradiction.
    other_name &= levels["name"] != model.code("name", "nickname")
    suspect = stranger | other_name
    borrowed = _borrowers(pairs, suspect, competing, signs)
    levels["number"][suspect] = model.number.code("borrowed")
    levels["number"][_stale(e, pairs, levels, model)] = model.number.code("stale")
    screened = ScreenedNumbers(
        borrowed, {"borrowed_pairs": int(suspect.sum()), "borrowed_records": int(borrowed.sum())}
    )
    silence_borrowed(screened, pairs, levels, model)
    return screened


def silence_borrowed(screened: ScreenedNumbers, pairs: Pairs, levels: Levels, model: Model) -> None:
    """A borrowed number does not speak against a pair, found now or later (in place): it is not the record's own that differs."""
    spec = model.number
    touched = screened.borrowed[pairs.left] | screened.borrowed[pairs.right]
    levels["number"][touched & (levels["number"] == spec.code("differ"))] = spec.code("missing")


@dataclass(frozen=True)
class _Signs:
    """What the rules below ask of the pairs and of their records more than once.

    Attributes:
        equal: pairs with one number.
        exact_name, other_sex: pairs of one name, pairs of two sexes.
        one_wrong: pairs of which one record's birth date is the number's and the other's is not.
        wrong_birth: records whose birth date is not the one inside their own number.
        two_numbers: records that carry two different numbers: one in the number's column, one in the student number or certificate.
    """

    equal: Mask
    exact_name: Mask
    other_sex: Mask
    one_wrong: Mask
    wrong_birth: Mask
    two_numbers: Mask

    @staticmethod
    def of(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> _Signs:
        """The signs in compared pairs."""
        wrong = _wrong_birth(e)
        return _Signs(
            equal=at_levels(levels, "number", model, "same", "derived"),
            exact_name=at_levels(levels, "name", model, "same", "variant"),
            other_sex=levels["sex"] == model.code("sex", "differ"),
            one_wrong=wrong[pairs.left] != wrong[pairs.right],
            wrong_birth=wrong,
            two_numbers=(e.own != 0) & (e.numbers[:, 1:] != 0).any(axis=1),
        )


def _wrong_birth(e: Encoded) -> Mask:
    """Records whose full birth date is not the one inside their own number, read as Gregorian or as lunar."""
    inside = birth_code(e.own)
    wrong: Mask = (e.birth != inside) & (e.birth % 100 > 0) & (e.lunar != inside) & (e.own != 0)
    rows = np.flatnonzero(wrong)
    days, back = np.unique(inside[rows], return_inverse=True)
    written = np.fromiter(map(_lunar_day, days.tolist()), dtype=np.int64, count=len(days))
    wrong[rows[written[back] == e.birth[rows]]] = False  # the row tells the number's day by the old calendar
    return wrong


_lunar_day = cache(lunar_day)
"""Kept: the same days are asked for with every delivery and every explanation."""


def _other_child(pairs: Pairs, levels: Levels, signs: _Signs, model: Model) -> Mask:
    """Signs, besides another name, that a shared number is a sibling's: the number's birth date is only the one side's and
    the other side's is near it by chance; nothing confirms the birth and the sexes differ; or the row carries a second
    number (rules/identifiers.md#c14).
    """
    near_by_chance = (levels["birth"] == model.code("birth", "one_part")) & signs.one_wrong
    unconfirmed = signs.other_sex & (groups(levels, "birth", model) != 1)
    second = signs.two_numbers[pairs.left] | signs.two_numbers[pairs.right]
    sibling: Mask = near_by_chance | unconfirmed | second
    return sibling


def _side_by_side(pairs: Pairs, levels: Levels, signs: _Signs, model: Model) -> Mask:
    """Two rows of one list under two names that contradict each other in what the number itself says, sex or birth: two children, of whom one
    was given the other's number (rules/identifiers.md#c15). A child entered twice would be so by two or three slips at once.
    """
    # Two names alone are not enough: a child entered twice after a change of name looks the same, and 46 pairs were missed for
    # 12 wrong ones (docs/decisions/twins-and-siblings.md).
    inside = levels["origin"] == model.code("origin", "inside")
    other = at_levels(levels, "name", model, *OTHER_NAMES)
    short = at_levels(levels, "name", model, "one_character", "dropped")
    birth, wrong = groups(levels, "birth", model), signs.wrong_birth
    both_wrong = (birth == 1) & wrong[pairs.left] & wrong[pairs.right]
    contradicting = other & (signs.other_sex | both_wrong)
    two: Mask = inside & (contradicting | (short & (birth == 3) & signs.one_wrong))
    return two


def _has_competing_candidate(pairs: Pairs, levels: Levels, signs: _Signs, model: Model) -> Mask:
    """Records that another record equals in name and birth while its number is another."""
    exact = signs.exact_name & (levels["birth"] == model.code("birth", "same"))
    exact &= levels["number"] == model.number.code("differ")
    exact &= levels["people"] != model.code("people", "differ")
    out = np.zeros(len(signs.wrong_birth), dtype=bool)
    out[pairs.left[exact]] = True
    out[pairs.right[exact]] = True
    return out


def _twins_numbers(pairs: Pairs, levels: Levels, signs: _Signs, model: Model) -> tuple[Mask, Mask]:
    """Equal numbers x, y under two names where x's name, birth and family stand in a row z without the number, and z and y are twins: x is
    the twin, and carries y's number.

    Returns:
        The pairs, and the records that borrowed.
    """
    n = len(signs.wrong_birth)
    suspects = np.flatnonzero(signs.equal & at_levels(levels, "name", model, *OTHER_NAMES))
    doubted = np.zeros(n, dtype=bool)
    doubted[pairs.left[suspects]] = doubted[pairs.right[suspects]] = True
    exact = signs.exact_name & (levels["birth"] == model.code("birth", "same")) & (groups(levels, "people", model) == 1)
    exact &= levels["number"] == model.number.code("missing")

    # The chain x, z, y is a join of two tables of pairs, each cut to the few doubted records before they meet.
    own = _both_ways(pairs, exact & (doubted[pairs.left] | doubted[pairs.right])).rename(columns={"left": "borrower"})
    kin = _both_ways(pairs, twin_pairs(pairs, levels, model)).rename(columns={"left": "right", "right": "owner"})
    chains = own[doubted[own["borrower"]]].merge(kin[doubted[kin["owner"]]], on="right")
    codes = chains["borrower"].to_numpy() * n + chains["owner"].to_numpy()
    out, borrower = np.zeros(len(pairs), dtype=bool), np.zeros(n, dtype=bool)
    for side, opposite in ((pairs.left, pairs.right), (pairs.right, pairs.left)):
        rows = suspects[np.isin(side[suspects].astype(np.int64) * n + opposite[suspects], codes)]
        out[rows] = True
        borrower[side[rows]] = True
    return out, borrower


def _both_ways(pairs: Pairs, mask: Mask) -> pd.DataFrame:
    a, b = pairs.left[mask].astype(np.int64), pairs.right[mask].astype(np.int64)
    return pd.DataFrame({"left": np.r_[a, b], "right": np.r_[b, a]})


def _borrowers(pairs: Pairs, suspect: Mask, competing: Mask, signs: _Signs) -> Mask:
    """Of each suspect pair, the side that the number's own birth date or a competing candidate speaks against; both when neither
    tells.
    """
    out = np.zeros(len(signs.wrong_birth), dtype=bool)
    a, b = pairs.left[suspect], pairs.right[suspect]
    wrong = signs.wrong_birth | signs.two_numbers
    for side, opposite in ((a, b), (b, a)):
        tied = wrong[side] == wrong[opposite]
        guilty = wrong[side] & ~wrong[opposite] | tied & competing[side] & ~competing[opposite]
        undecided = tied & (competing[side] == competing[opposite])
        out[side[guilty | undecided]] = True
    return out


def _stale(e: Encoded, pairs: Pairs, levels: Levels, model: Model) -> Mask:
    """Different numbers under one name (or one that a slip explains) and one birth date that one of the numbers contradicts:
    it was replaced since, or is wrong (rules/identifiers.md#number-changes, #c22). Twins' numbers agree with their birth date.
    """
    one_child = (levels["number"] == model.number.code("differ")) & np.isin(groups(levels, "name", model), (1, 2))
    one_child &= groups(levels, "birth", model) == 1
    inside = birth_code(e.numbers)
    confirmed = (inside == e.birth[:, None]) | (inside == e.lunar[:, None]) & (e.lunar[:, None] > 0)
    # Any of the record's numbers may confirm it: the student number keeps the old one until it is renewed.
    odd = (e.numbers != 0).any(axis=1) & ~(confirmed & (e.numbers != 0)).any(axis=1)
    stale: Mask = one_child & (odd[pairs.left] | odd[pairs.right])
    return stale
