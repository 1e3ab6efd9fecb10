"""A child that has outgrown a list: the reason with which its line leaves, instead of a claim that the trouble is gone.

Belongs here: from birth date and day to the sentence. Does not belong here: which list has which age (`outgrows` of `life.yaml`, the profile), what else ends a line
(`step`). Source: rules/workflow.md#life, rules/definitions.md#school-age.
"""

from datetime import date

import pandas as pd

from expectations.jurisdictions.profile import Profile
from expectations.life.rules import LifeRules
from expectations.lists.ages import birth_span, school_grade, youngest_years

_SCHOOL = "school.years"
# The lists that a place may extend to its working band (`school.band_outside`).
_OF_THE_BAND = ("L03", "L05")


def outgrown(code: str, birth: str, as_of: date, profile: Profile, rules: LifeRules) -> str:
    """Why a child is too old for a list, as one Chinese clause without a personal value; "" where it is not, or nobody can say.

    Args:
        code: the list.
        birth: ISO date of day, month or year precision, or ""; a coarse one counts by its latest day, so that nobody grows up too early.
        as_of: the day of the data.
        profile: the place's ages; one that is left open makes nobody too old.
        rules: which setting is the age of which list.
    """
    setting = rules.outgrows.get(code)
    if setting is None or not birth:
        return ""
    age = int(youngest_years(pd.Series([birth], dtype=object), as_of)[0])
    if setting == _SCHOOL:
        return "已过义务教育年龄，不再属于本清单范围" if _left_school(code, birth, age, as_of, profile) else ""
    limit = profile.setting(setting).value
    return f"已满{limit}周岁，不再属于本清单范围" if isinstance(limit, int) and age >= limit else ""


def _left_school(code: str, birth: str, age: int, as_of: date, profile: Profile) -> bool:
    """Beyond the last grade of the legal cohort; where the place lists the working band, too, also beyond that."""
    school = profile.school
    entry, years, band = school.entry_age.value, school.years.value, school.band.value
    cutoff, start = school.cutoff.value, school.year_start.value
    if entry is None or years is None or cutoff is None or start is None:
        return False
    if band is not None and school.band_outside.value and code in _OF_THE_BAND and age <= band[1]:
        return False
    latest = birth_span(pd.Series([birth], dtype=object))[1]
    return int(school_grade(latest, as_of, entry, (cutoff, start))[0]) > years
