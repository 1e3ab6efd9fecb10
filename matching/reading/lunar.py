"""Lunar and Gregorian dates, 1900 to 2060: conversion, and whether two dates are one day told in two calendars (rules/dates.md#b01).

Reading a written date is in `dates`; what agreement through the calendar is worth is for the linkage.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

_YEARS = range(1900, 2061)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@cache
def _month_starts(year: int) -> tuple[tuple[int, bool, int, int], ...]:
    """(month, leap, ordinal of the first day, days) of each lunar month of a year."""
    from borax.calendars.lunardate import LunarDate

    # Each year is asked of the library once; every date of it is then a sum.
    starts = []
    here = LunarDate(year, 1, 1)
    while here.year == year:
        first = here.to_solar_date().toordinal()
        following = here.after(28)  # a lunar month has 29 or 30 days
        while following.day != 1:
            following = following.after(1)
        starts.append((here.month, bool(here.leap), first, following.to_solar_date().toordinal() - first))
        here = following
    return tuple(starts)


@cache
def lunar_to_gregorian(year: int, month: int, day: int, leap: bool = False) -> str:
    """ISO Gregorian date of a lunar day, or "" when that day does not exist or lies outside 1900 to 2060."""
    if year not in _YEARS:
        return ""
    for number, is_leap, first, days in _month_starts(year):
        if number == month and is_leap == leap:
            return date.fromordinal(first + day - 1).isoformat() if 1 <= day <= days else ""
    return ""


@cache
def gregorian_to_lunar(iso: str) -> tuple[int, int, int, bool] | None:
    """(year, month, day, leap) of an ISO day, or none outside the table."""
    match = _ISO_DAY.fullmatch(iso)
    if match is None:
        return None
    ordinal = date.fromisoformat(iso).toordinal()
    for year in (
        int(match[1]),
        int(match[1]) - 1,
    ):  # until the new year in January or February the lunar year before runs
        if year not in _YEARS:
            continue
        for month, leap, first, days in _month_starts(year):
            if first <= ordinal < first + days:
                return year, month, ordinal - first + 1, leap
    return None


def written_as_lunar(iso: str) -> str:
    """The digits `YYYY-MM-DD` that a villager writes for a Gregorian day in the lunar calendar (leap months without a mark), or ""."""
    lunar = gregorian_to_lunar(iso)
    return "" if lunar is None else f"{lunar[0]:04d}-{lunar[1]:02d}-{lunar[2]:02d}"


def lunar_equal(a: str, b: str) -> bool:
    """Whether two different ISO days are one day, one of them written in the lunar calendar (either one, leap months too).

    A missing or coarser date is never equal. Twelfth-month births whose year was written in the Gregorian way count as well.
    """
    if a == b or not _ISO_DAY.fullmatch(a) or not _ISO_DAY.fullmatch(b):
        return False
    return _is_lunar_of(a, b) or _is_lunar_of(b, a)


def _is_lunar_of(written: str, day: str) -> bool:
    digits = written_as_lunar(day)
    # In the weeks before the new year the lunar year is one less; many keep the Gregorian year with the lunar day.
    return bool(digits) and (written == digits or written == day[:4] + digits[4:])


def days_between(a: str, b: str) -> int:
    """Days from ISO day `a` to ISO day `b`."""
    return (date.fromisoformat(b) - date.fromisoformat(a)) // timedelta(days=1)
