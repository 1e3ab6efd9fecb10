"""The indicator table: each indicator with its target and this period's value, taken from the figures or left to be filled.

The rows are `indicators.yaml`, the targets the place's (`indicators.targets`). Not here: counting. An indicator whose lists were not computed says so: it is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from assets.reports.figures import HIDDEN, TOTAL, Figures
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


class IndicatorTable(Rules):
    """The table."""

    rows: tuple[Indicator, ...]


@cache
def indicators() -> IndicatorTable:
    """The validated table."""
    return read_rules(FILE, IndicatorTable)


def indicator_rows(figures: Figures, profile: Profile, year: int) -> list[list[str]]:
    """The printed rows: indicator, unit, the place's target for the year, value, remark."""
    targets = profile.indicators.targets.value or {}
    rows = indicators().rows
    return [[row.name, row.unit, _target(targets.get(row.key, {}), year), *_value(row, figures)] for row in rows]


def _target(stated: Mapping[int, str], year: int) -> str:
    """The target that holds in a year: the next one to reach, with its year; after the last year that one goes on."""
    if not stated:
        return ""
    ahead = [target_year for target_year in sorted(stated) if target_year >= year]
    chosen = ahead[0] if ahead else max(stated)
    return f"{stated[chosen]}（{chosen}年）"


def _value(indicator: Indicator, figures: Figures) -> tuple[str, str]:
    """An indicator's value and the remark beside it."""
    if indicator.fill:
        return "", f"由{indicator.fill}填报"
    if indicator.share:
        table, column, whole = indicator.share
        numerator, denominator = figures.say(table, TOTAL, column), figures.say(table, TOTAL, whole)
        return figures.share(table, TOTAL, (column, whole)), f"{numerator}／{denominator}"

    computed = [code for code in indicator.lists if ("asked", code, TOTAL) in figures.values]
    uncomputed = [code for code in indicator.lists if code not in computed]
    if not computed:
        return UNCOMPUTED, f"{'、'.join(indicator.lists)}本期未计算"
    remark = "＋".join(computed) + (f"（{'、'.join(uncomputed)}未计算）" if uncomputed else "")
    numbers = [figures.number("asked", code, TOTAL) for code in computed]
    # One hidden list hides the sum: the lists that are shown stand in the same report and could be taken off it.
    if None in numbers:
        return HIDDEN, remark
    return f"{sum(number or 0 for number in numbers):,}", remark
