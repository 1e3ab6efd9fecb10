"""The indicator table: each indicator with its target and this period's value, taken from the figures or left to be filled.

The rows are `indicators.yaml`, the targets the place's (`indicators.targets`). Not here: counting. An indicator whose lists were not computed says so: it is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from assets.reports.figures import HIDDEN, NOTHING, TOTAL, Figures
from expectations.jurisdictions.profile import Profile
from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("indicators.yaml")
UNCOMPUTED = "未计算"


class Indicator(Rules):
    """One row: its value comes from `share` (table, column, whole), from `lists` added up, or is filled in by hand."""

    key: str
    name: str
    unit: str
    share: tuple[str, str, str] | None = None
    lists: tuple[str, ...] = ()
    fill: str = ""


class Indicators(Rules):
    """The table."""

    rows: tuple[Indicator, ...]


@cache
def indicators() -> Indicators:
    """The validated table."""
    return read_rules(FILE, Indicators)


def indicator_rows(figures: Figures, profile: Profile, year: int) -> list[list[str]]:
    """The printed rows: indicator, unit, the place's target for the year, value, remark."""
    targets = profile.indicators.targets.known()
    return [
        [row.name, row.unit, _target(targets.get(row.key, {}), year), *_value(row, figures)]
        for row in indicators().rows
    ]


def _target(stated: Mapping[int, str], year: int) -> str:
    """The target that holds in a year: the next one to reach, with its year; after the last year that one goes on."""
    if not stated:
        return ""
    ahead = [target_year for target_year in sorted(stated) if target_year >= year]
    chosen = ahead[0] if ahead else max(stated)
    return f"{stated[chosen]}（{chosen}年）"


def _value(one: Indicator, figures: Figures) -> tuple[str, str]:
    if one.fill:
        return "", f"由{one.fill}填报"
    if one.share:
        table, column, whole = one.share
        said = figures.say(table, TOTAL, column), figures.say(table, TOTAL, whole)
        return figures.share(table, TOTAL, (column, whole)), f"{said[0]}／{said[1]}"
    return _added(one.lists, figures)


def _added(codes: tuple[str, ...], figures: Figures) -> tuple[str, str]:
    there = [code for code in codes if ("asked", code, TOTAL) in figures.values]
    if not there:
        return UNCOMPUTED, f"{'、'.join(codes)}本期未计算"
    numbers = [figures.number("asked", code, TOTAL) for code in there]
    left = [code for code in codes if code not in there]
    remark = "＋".join(there) + (f"（{'、'.join(left)}未计算）" if left else "")
    if None in numbers:
        return HIDDEN, remark
    return f"{sum(number or 0 for number in numbers):,}" if there else NOTHING, remark
