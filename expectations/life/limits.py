"""The day until which an answer holds, as a person wrote it into 说明.

Belongs here: finding that day. Not here: which answers need one (`life.yaml`, a feed's `leavings`).
"""

import calendar
import re
import unicodedata
from datetime import date

_DAYS = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?:[-./](?P<m1>\d{1,2})(?:[-./](?P<d1>\d{1,2}))?|年(?P<m2>\d{1,2})月(?:(?P<d2>\d{1,2})[日号])?)(?!\d)"
)


def until_in(note: str) -> date | None:
    """The latest day that a note names, `None` when it names none; a month counts to its end.

    Notes name the day of the approval, too (2026年6月1日批准，延缓至2027年8月31日): the later one is the limit.

    >>> until_in("乡政府2026年6月1日批准，延缓至2027年8月")
    datetime.date(2027, 8, 31)
    """
    days = []
    for named in _DAYS.finditer(unicodedata.normalize("NFKC", note)):
        year, month = int(named["year"]), int(named["m1"] or named["m2"])
        if not 1 <= month <= 12:
            continue
        last = calendar.monthrange(year, month)[1]
        day = int(named["d1"] or named["d2"] or last)
        if 1 <= day <= last:
            days.append(date(year, month, day))
    return max(days, default=None)
