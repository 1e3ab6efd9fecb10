"""Ages and school years of a child: the one place where a birth date and a day become completed years, a grade, a school year.

Belongs here: arithmetic with the calendar. Not here: which age decides something (the profile; each list asks it), which birth date of a child
counts (`assets.childfile.births`). Source: rules/definitions.md#school-age, rules/dates.md#b04.
"""

from datetime import date

import numpy as np
import pandas as pd

from expectations.lists.files import IntArray
from matching.reading.grades import school_year

NO_GRADE = -99
"""The grade of a child of whom nobody can say one: no birth date, or a place that leaves open when school begins."""
_DIGITS: tuple[str, ...] = ("零", *"一二三四五六七八九")


def completed_years(birth: pd.Series, as_of: date) -> IntArray:
    """Age in completed years at the as-of day; -1 where the birth date is "" or in the future."""
    # No birth date is one in the year 9999: a missing and a future one both fall below zero, and no list takes either for an age.
    year = pd.to_numeric(birth.str[:4], errors="coerce").fillna(9999).to_numpy(np.int64)
    later = (birth.str[5:10] > as_of.strftime("%m-%d")).to_numpy()
    return np.asarray(np.maximum(as_of.year - year - later, -1), dtype=np.int64)


def birth_span(birth: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Earliest and latest day that an ISO date of day, month or year precision may mean; "" stays ""."""
    length = birth.str.len()
    first = birth.mask(length == 7, birth + "-01").mask(length == 4, birth + "-01-01")
    # "-31" may be no real day: it is only compared as text, never parsed.
    last = birth.mask(length == 7, birth + "-31").mask(length == 4, birth + "-12-31")
    return first, last


def youngest_years(birth: pd.Series, as_of: date) -> IntArray:
    """Completed years by the latest day that a coarse date may mean, so that nobody is taken for grown too early (rules/dates.md#b04)."""
    return completed_years(birth_span(birth)[1], as_of)


def day_in(year: int, month_day: str) -> date:
    """A day of the calendar in a year: the profile writes it as MM-DD."""
    month, day = map(int, month_day.split("-"))
    return date(year, month, day)


def school_grade(birth: pd.Series, as_of: date, entry_age: int, days: tuple[str, str]) -> IntArray:
    """The grade a child of the regular cohort attends; 1 = first grade, 0 or less = too young (rules/definitions.md#school-age).

    Born up to and including the cut-off day: first grade in the year of the entry age, else one year later.

    Args:
        birth: ISO dates at day precision; "" gives a large negative number.
        as_of: the day for which the grade is wanted.
        entry_age: completed years at entry.
        days: cut-off day and first day of the school year, both MM-DD.
    """
    cutoff, start = days
    year = pd.to_numeric(birth.str[:4], errors="coerce").fillna(9999).to_numpy(np.int64)
    late = (birth.str[5:10] > cutoff).to_numpy()
    return np.asarray(school_year(as_of, start) - (year + entry_age + late) + 1, dtype=np.int64)


def years_in_words(years: int) -> str:
    """八, 十六, 二十五: an age as a law writes it; from 1 to 99."""
    tens, rest = divmod(years, 10)
    if not tens:
        return _DIGITS[rest]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[rest] if rest else ''}"
