"""Calendar arithmetic of lists: so many months before a day, durations as the profiles write them, holidays.

Belongs here: days only. Not here: whose days (`care`, `attendance`).
"""

import calendar
import re
from datetime import date, timedelta

_UNITS = {"D": "天", "W": "周", "M": "个月", "Y": "年"}


def months_before(day: date, months: int) -> date:
    """The day so many months earlier; the month's last day where there is no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def before(day: date, duration: str) -> date:
    """The day one duration (`P1W`, `P1M`, `P3M`, `P1Y`) earlier.

    Raises:
        ValueError: not a duration.
    """
    number, unit = _parts(duration)
    if unit in "DW":
        return day - timedelta(days=number * (7 if unit == "W" else 1))
    return months_before(day, number * (12 if unit == "Y" else 1))


def spoken(duration: str) -> str:
    """A duration as people say it: 1周, 3个月."""
    number, unit = _parts(duration)
    return f"{number}{_UNITS[unit]}"


def _parts(duration: str) -> tuple[int, str]:
    found = re.fullmatch(r"P(\d+)([DWMY])", duration)
    if found is None:
        raise ValueError("a duration looks like P1W, P1M, P3M or P1Y")
    return int(found[1]), found[2]


def last_span(day: date, span: tuple[str, str]) -> tuple[date, date]:
    """The last span of days of the year (MM-DD to MM-DD) that had ended by `day`."""
    for year in (day.year, day.year - 1):
        first, last = (date(year, *map(int, text.split("-"))) for text in span)
        if last <= day:
            return first, last
    raise ValueError("a span of days that never ended")
