"""Which county a text speaks of: the cell of a column 县区, the name of a file, of its folder or sheet, a title (rules/places-and-people.md#several-counties).

Belongs here: from words to six digits, or to the name of an area without a code. Not here: addresses (`matching.reading`), whose register a row
stands in (`registers`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from expectations.rulebook import Rules, read_rules
from matching.reading.regions import area_name, area_names, counties_called, county_code

FILE = Path(__file__).with_name("counties.yaml")
_CODE = re.compile(r"[1-9]\d{5}(?:\d{3}){0,2}")
# 东区, 郊区, 城区 are words of any title.
_SHORTEST = 3


class CountyRules(Rules):
    """All of `counties.yaml`."""

    units_without_code: list[str]
    endings: list[str]
    units: dict[str, list[str]]
    others: list[str]
    few_votes: int
    clear_share: float
    asked: list[str]


@cache
def county_rules() -> CountyRules:
    """The shipped words and units.

    Raises:
        RuleFileError: the file is wrong; names file and key.
    """
    return read_rules(FILE, CountyRules)


def is_county(code: str) -> bool:
    """Whether six digits name a county, and no province or prefecture."""
    return bool(re.fullmatch(r"[1-9]\d{5}", code)) and not code.endswith("00")


def county_spoken(key: str) -> str:
    """A county for people: 民乐县（620722）, the bare digits where nobody knows the name, the name where there are none."""
    name = area_name(key)
    return f"{name}（{key}）" if name else key


@cache
def county_key(text: str, home: str = "") -> str:
    """Six digits of what a cell calls a county, by code or by name; the name itself where it has no code; "" for anything else.

    Args:
        text: a code of 6, 9 or 12 digits, or a name with or without province and prefecture.
        home: six digits of the own county; decides between counties of one name.
    """
    text = re.sub(r"\s", "", text)
    if _CODE.fullmatch(text):
        return text[:6] if is_county(text[:6]) else ""
    if name := _counties_in(text):
        return _coded(name, home) or name if text.endswith(name) else ""
    # 张掖市 is the prefecture over all of them, and a name that the list of regions does not know may be a new county's.
    named = len(text) >= _SHORTEST and text.endswith(tuple(county_rules().endings)) and text not in area_names()
    return text if named else ""


@cache
def county_in(text: str, home: str = "") -> str:
    """The one county that a title or the name of a file speaks of; "" when it names none, or several."""
    name = _counties_in(re.sub(r"\s", "", text))
    return (_coded(name, home) or (name if name in county_rules().units_without_code else "")) if name else ""


def _coded(name: str, home: str) -> str:
    if home and area_name(home) == name:
        return home
    # Of several counties of one name the one that lies beside the own county.
    near = area_name(f"{home[:4]}00") if home else ""
    return county_code(name) or (county_code(name, near) if near else "")


def _counties_in(text: str) -> str:
    named: set[str] = set()
    at = 0
    while at < len(text):
        name = _longest_at(text, at)
        if name:
            named.add(name)
        at += len(name) or 1
    return named.pop() if len(named) == 1 else ""


def _longest_at(text: str, at: int) -> str:
    return next((text[at:end] for end in range(min(len(text), at + 15), at + 2, -1) if text[at:end] in _names()), "")


@cache
def _names() -> frozenset[str]:
    """Full names of counties of three characters and more, and of the units without a code."""
    endings = tuple(county_rules().endings)
    # A prefecture (张掖市) is the frame of many counties and says none of them.
    named = {name for name in area_names() if len(name) >= _SHORTEST and name.endswith(endings)}
    return frozenset({name for name in named if counties_called(name)} | set(county_rules().units_without_code))
