"""Calendar arithmetic of lists: durations as the profiles write them, holidays.

Belongs here: days only. Not here: whose days (`care`, `attendance`).
"""

import re
from datetime import date

from dateutil.relativedelta import relativedelta

_UNITS = {"D": "天", "W": "周", "M": "个月", "Y": "年"}
_FIELDS = {"D": "days", "W": "weeks", "M": "months", "Y": "years"}


def before(day: date, duration: str) -> date:
    """The day one duration (`P1W`, `P1M`, `P3M`, `P1Y`) earlier; the month's last day where there is no such day.

    Raises:
        ValueError: not a duration.
    """
    number, unit = _parts(duration)
    earlier: date = day - relativedelta(**{_FIELDS[unit]: number})
    return earlier


def spoken(duration: str) -> str:
    """A duration as people say it: 1周, 3个月."""
    number, unit = _parts(duration)
    return f"{number}{_UNITS[unit]}"


def _parts(duration: str) -> tuple[int, str]:
    match = re.fullmatch(r"P(\d+)([DWMY])", duration)
    if match is None:
        raise ValueError("a duration looks like P1W, P1M, P3M or P1Y")
    return int(match[1]), match[2]


def last_span(day: date, span: tuple[str, str]) -> tuple[date, date]:
    """The last span of days of the year (MM-DD to MM-DD) that had ended by `day`."""
    for year in (day.year, day.year - 1):
        first, last = (date(year, *map(int, text.split("-"))) for text in span)
        if last <= day:
            return first, last
    raise ValueError("a span of days that never ended")
