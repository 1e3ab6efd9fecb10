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
    heard_names: list[str]
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


def name_differences(left: Texts, right: Texts, parents: bool) -> Texts:
    """What to say about each pair of names; parents' names have words of their own for a stepfather."""
    phrases = wording()
    words = phrases.names | phrases.parents if parents else phrases.names
    return np.array([words.get(level, phrases.plain["default"]) for level in name_levels(left, right)], dtype=object)


def date_difference(left: str, right: str) -> str:
    """What to say about two different ISO dates of day precision, or of the coarser one."""
    words = wording().dates
    if len(left) != 10 or len(right) != 10:
        return words["other"] if left[:4] != right[:4] else words["same_year"]
    return words[_kind_of_dates(left, right)]


def _kind_of_dates(left: str, right: str) -> str:
    """The likeliest slip first: a swap of day and month may also be one of the lunar pairs, and a neighbouring day one wrong digit."""
    same = [left[:4] == right[:4], left[5:7] == right[5:7], left[8:] == right[8:]]
    if same[0] and left[5:7] == right[8:] and left[8:] == right[5:7]:
        return "swapped"
    if abs(days_between(left, right)) == 1:
        return "day"
    if sum(a != b for a, b in zip(left, right, strict=True)) == 1:
        return "digit"
    if lunar_equal(left, right):
        return "lunar"
    kinds = {(False, True, True): "year", (True, False, True): "month", (True, True, False): "days"}
    return kinds.get((same[0], same[1], same[2]), "same_year" if same[0] else "other")


def number_difference(left: str, right: str) -> str:
    """What to say about two different citizen numbers."""
    words, slip = wording().numbers, one_slip(left, right)
    if slip.kind in ("swap", "substitution"):
        key = "last" if slip.kind == "substitution" and slip.position == len(left) else slip.kind
        return words[key].format(place=slip.position, next=slip.position + 1)
    if slip.kind == "two_digits":
        return words["two_digits"]
    parts = [left[:6] == right[:6], left[6:14] == right[6:14], left[14:] == right[14:]]
    kinds = {(True, True, False): "order", (True, False, True): "birth", (False, True, True): "area"}
    # The check character follows every other digit: a corrected birth date changes the last four as well.
    kinds[(True, False, False)] = "birth" if left[14:17] == right[14:17] else "other"
    return words[kinds.get((parts[0], parts[1], parts[2]), "other")]


def household_difference(left: str, right: str) -> str:
    """What to say about two register sides or townships (`here`, `elsewhere`, `none`, or a township's name)."""
    words, sides = wording().household, {left, right}
    if "none" in sides:
        return words["other"] if "elsewhere" in sides else words["none"]
    return words["elsewhere"] if "elsewhere" in sides else words["town"]


def each_pair(left: Texts, right: Texts, tell: Callable[[str, str], str]) -> Texts:
    """One sentence part per pair."""
    return np.array([tell(str(a), str(b)) for a, b in zip(left, right, strict=True)], dtype=object)
