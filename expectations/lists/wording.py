"""How two different values differ, in words that need no values: 读音相同而用字不同, 只差一天, 第15位不同.

Belongs here: the model of `differences.yaml` and the classification of one pair of values per field. Not here: which
values are compared (`differences`). Source: rules/names.md#names, rules/identifiers.md#conflicts; rules/people.md#plain-sentence.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from expectations.lists.columns import Texts
from expectations.rulebook import Rules, read_rules
from matching.names.levels import compare_name_pairs
from matching.reading.identity_repair import one_slip
from matching.reading.lunar import days_between, lunar_equal

FILE = Path(__file__).with_name("differences.yaml")


class Wording(Rules):
    """Model of `differences.yaml`."""

    words: dict[str, str]
    same_names: list[str]
    names: dict[str, str]
    parents: dict[str, str]
    dates: dict[str, str]
    numbers: dict[str, str]
    household: dict[str, str]
    invalid: dict[str, str]
    plain: dict[str, str]
    in_number: str


@cache
def wording() -> Wording:
    """The validated wording. Raises `RuleFileError` naming file and key."""
    return read_rules(FILE, Wording)


def name_levels(left: Texts, right: Texts) -> Texts:
    """Level of each pair of names (matching/tables/name_levels.yaml)."""
    pairs = compare_name_pairs(pd.Series(left, dtype=object), pd.Series(right, dtype=object))
    return pairs["level"].to_numpy(object)


def told_names(left: Texts, right: Texts, parents: bool) -> Texts:
    """What to say about each pair of names; parents' names have words of their own for a stepfather."""
    said = wording()
    words = said.names | said.parents if parents else said.names
    return np.array([words.get(level, said.plain["default"]) for level in name_levels(left, right)], dtype=object)


def told_date(one: str, other: str) -> str:
    """What to say about two different ISO dates of day precision, or of the coarser one."""
    words = wording().dates
    if len(one) != 10 or len(other) != 10:
        return words["other"] if one[:4] != other[:4] else words["same_year"]
    return words[_date_kind(one, other)]


def _date_kind(one: str, other: str) -> str:
    same = [one[:4] == other[:4], one[5:7] == other[5:7], one[8:] == other[8:]]
    if same[0] and one[5:7] == other[8:] and one[8:] == other[5:7]:
        return "swapped"
    if abs(days_between(one, other)) == 1:
        return "day"
    if sum(a != b for a, b in zip(one, other, strict=True)) == 1:
        return "digit"
    if lunar_equal(one, other):
        return "lunar"
    kinds = {(False, True, True): "year", (True, False, True): "month", (True, True, False): "days"}
    return kinds.get((same[0], same[1], same[2]), "same_year" if same[0] else "other")


def told_number(one: str, other: str) -> str:
    """What to say about two different citizen numbers."""
    words, slip = wording().numbers, one_slip(one, other)
    if slip.kind in ("swap", "substitution"):
        key = "last" if slip.kind == "substitution" and slip.position == len(one) else slip.kind
        return words[key].format(place=slip.position, next=slip.position + 1)
    if slip.kind == "two_digits":
        return words["two_digits"]
    parts = [one[:6] == other[:6], one[6:14] == other[6:14], one[14:] == other[14:]]
    kinds = {(True, True, False): "order", (True, False, True): "birth", (False, True, True): "area"}
    # The check character follows every other digit: a corrected birth date changes the last four as well.
    kinds[(True, False, False)] = "birth" if one[14:17] == other[14:17] else "other"
    return words[kinds.get((parts[0], parts[1], parts[2]), "other")]


def told_household(one: str, other: str) -> str:
    """What to say about two register sides or townships (`here`, `elsewhere`, `none`, or a township's name)."""
    words, sides = wording().household, {one, other}
    if "none" in sides:
        return words["other"] if "elsewhere" in sides else words["none"]
    return words["elsewhere"] if "elsewhere" in sides else words["town"]


def told_pairs(left: Texts, right: Texts, tell: Callable[[str, str], str]) -> Texts:
    """One sentence part per pair."""
    return np.array([tell(str(one), str(other)) for one, other in zip(left, right, strict=True)], dtype=object)
