"""How a birth date arrives wrong: habits rules/dates.md#b01 to #b07. Every function takes the true day and
returns (what is written or "", the day now meant or None).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

Misdating = Callable[[dt.date, Random], tuple[str, dt.date | None]]


def lunar(day: dt.date, chance: Random) -> tuple[str, dt.date | None]:
    """The lunar date written as if it were Gregorian (rules/dates.md#b01)."""
    from borax.calendars.lunardate import LunarDate  # only these rows pay for this import

    moon = LunarDate.from_solar(day)
    # 二月三十 is a day of the lunar calendar and none of ours: nobody would have believed it when it was typed.
    if moon.day > 29 and moon.month == 2:
        return "", day
    return _valid(day, moon.year, moon.month, moon.day)


def swapped(day: dt.date, chance: Random) -> tuple[str, dt.date | None]:
    """Day and month changed places (rules/dates.md#b02)."""
    return _valid(day, day.year, day.day, day.month) if day.day <= 12 else ("", day)


def digit(day: dt.date, chance: Random) -> tuple[str, dt.date | None]:
    """A neighbouring day, month or year (rules/dates.md#b03)."""
    step = chance.choice(["day", "day", "ten", "month", "year"])
    if step in ("day", "ten"):
        return _valid(day, day.year, day.month, day.day + chance.choice([-1, 1]) * (1 if step == "day" else 10))
    if step == "month":
        return _valid(day, day.year, day.month + chance.choice([-1, 1]), day.day)
    return _valid(day, day.year + chance.choice([-1, 1]), day.month, day.day)


def first_january(day: dt.date, chance: Random) -> tuple[str, dt.date | None]:
    """Only the year is known (rules/dates.md#b04)."""
    return f"{day.year}-01-01", None


def month_only(day: dt.date, chance: Random) -> tuple[str, dt.date | None]:
    """Year and month (rules/dates.md#b04)."""
    return chance.choice(
        [
            f"{day.year}-{day.month:02d}",
            f"{day.year}.{day.month}",
            f"{day.year}年{day.month}月",
            f"{day.year}{day.month:02d}",
        ]
    ), None


def year_only(day: dt.date, chance: Random) -> tuple[str, dt.date | None]:
    """The year alone (rules/dates.md#b04)."""
    return chance.choice([f"{day.year}", f"{day.year}年"]), None


def falsified(day: dt.date, chance: Random) -> tuple[str, dt.date | None]:
    """Made older to enter school a year earlier (rules/dates.md#b05)."""
    return "", _valid(day, day.year, 8, chance.randrange(20, 32))[1] if day.month in (9, 10) else day


def two_digits(day: dt.date, chance: Random) -> tuple[str, dt.date | None]:
    """A two-digit year (rules/dates.md#b06)."""
    return f"{day.year % 100:02d}.{day.month}.{day.day}", None


def serial(day: dt.date, chance: Random) -> tuple[str, dt.date | None]:
    """The number of days that Excel keeps (rules/dates.md#b06)."""
    return str((day - dt.date(1899, 12, 30)).days), None


def future(day: dt.date, chance: Random) -> tuple[str, dt.date | None]:
    """A day that has not come yet (rules/dates.md#b07)."""
    late = _valid(day, day.year + 20, day.month, day.day)[1]
    return f"{day.year + 20}-{day.month:02d}-{day.day:02d}", None if late == day else late


def _valid(day: dt.date, year: int, month: int, number: int) -> tuple[str, dt.date | None]:
    try:
        return "", dt.date(year, month, number)
    except ValueError:
        return "", day


MISDATINGS: dict[str, Misdating] = {
    "birth_lunar": lunar,
    "birth_swap": swapped,
    "birth_digit": digit,
    "birth_falsified": falsified,
    "birth_0101": first_january,
    "birth_month": month_only,
    "birth_year": year_only,
    "birth_two_digit": two_digits,
    "birth_serial": serial,
    "birth_future": future,
}

# How a sheet writes all its dates (rules/files.md#ff12)
STYLES: dict[str, Callable[[dt.date], str]] = {
    "dash": lambda d: d.isoformat(),
    "compact": lambda d: f"{d:%Y%m%d}",
    "slash": lambda d: f"{d.year}/{d.month:02d}/{d.day:02d}",
    "short_slash": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dot": lambda d: f"{d.year}.{d.month}.{d.day}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "comma": lambda d: f"{d.year}、{d.month}、{d.day}",
    "clock": lambda d: f"{d.isoformat()} 00:00:00",
    "serial": lambda d: str((d - dt.date(1899, 12, 30)).days),
}
