"""Birth dates of child files: which date decides about ages, and the ages and school cohort that follow from it.

Belongs here: choosing between declared dates and the date in the number (rules/dates.md#b04 to #b08), ages, cohort.
Not here: reading dates (`matching`), reporting differences (`expectations.lists.differences`).
"""

from datetime import date

import numpy as np
import pandas as pd

from assets.childfile.choose import Chooser
from expectations.jurisdictions.profile import Schooling
from expectations.lists.ages import NO_GRADE, birth_span, completed_years, school_grade
from expectations.lists.files import BoolArray, IntArray


def births(chooser: Chooser, departments: list[str], as_of: date) -> pd.DataFrame:
    """The deciding birth date per child: `birth_date, birth_precision, birth_date_from`.

    Order: a full date that the child's own number confirms where the first department's does not (then the column was
    mistyped), a full police date, a full date of another department, the date in a valid number, then coarser dates. A
    date in the future or more than a century ago is a damaged one and is not used.
    """
    columns, century_ago = chooser.columns, f"{as_of.year - 100}"

    def plausible(text: str) -> bool:
        # As texts: a year alone, a month and a day of any precision stand in one order, and an empty text before them all.
        return century_ago <= text <= as_of.isoformat()

    usable = columns.test("birth_date", plausible)
    full = columns.test("birth_date", lambda text: len(text) == 10 and plausible(text))
    in_number = columns.test("id_no_birth", plausible) & columns.isin("id_no_status", ["valid"])
    # The number as the first department gives it: another one's may belong to a brother.
    numbers = chooser.take("id_no_birth", chooser.first(in_number, departments)).to_numpy(object)[chooser.child]
    confirmed = full & (numbers != "") & (chooser.records["birth_date"].to_numpy(object) == numbers)

    chosen = pd.DataFrame({"birth_date": "", "birth_date_from": ""}, index=range(chooser.n), dtype=object)
    undecided = np.ones(chooser.n, dtype=np.bool_)
    for mask, column in (
        (confirmed, "birth_date"),
        (full, "birth_date"),
        (in_number, "id_no_birth"),
        (usable, "birth_date"),
    ):
        at = np.where(undecided, chooser.first(mask, departments), -1)
        decided, undecided = at >= 0, undecided & (at < 0)
        chosen.loc[decided, "birth_date"] = chooser.take(column, at)[decided]
        chosen.loc[decided, "birth_date_from"] = chooser.take("department", at)[decided]
    precision = {10: "day", 7: "month", 4: "year"}
    chosen["birth_precision"] = [precision.get(len(text), "") for text in chosen["birth_date"]]
    return chosen


def ages(birth: pd.Series, as_of: date, school: Schooling) -> pd.DataFrame:
    """Ages and school cohort at the as-of day from dates of any precision (rules/definitions.md#school-age).

    Returns:
        `age, age_most` (completed years by the latest and the earliest possible birthday; -1 unknown), `cohort_grade`
        (by the latest birthday; below 1 too young, above the last grade finished; `NO_GRADE` unknown), `in_cohort, cohort_sure, in_band`.
        Where the place leaves a setting of the cohort or the band open, nobody is known to be in it: the lists that read it are not computed.
    """
    # Each distinct date once: a prefecture's children have a few thousand birthdays.
    codes, dates = pd.factorize(birth.to_numpy(object))
    distinct = pd.Series(dates, dtype=object)
    first, last = birth_span(distinct)
    known = (distinct != "").to_numpy()
    low, high = (_grades(birthdays, as_of, school, known) for birthdays in (last, first))
    years = school.years.value or 0
    age = np.where(known, completed_years(last, as_of), -1)
    youngest, oldest = school.band.value or (1, 0)  # an open band holds no age
    inside = (low >= 1) & (low <= years) & known
    inside_too = (high >= 1) & (high <= years) & known
    by_date = pd.DataFrame(
        {
            "age": age,
            "age_most": np.where(known, completed_years(first, as_of), -1),
            "cohort_grade": low,
            "in_cohort": inside | inside_too,
            "cohort_sure": inside & inside_too,
            "in_band": known & (age >= youngest) & (age <= oldest),
        }
    )
    return by_date.iloc[codes].reset_index(drop=True)


def _grades(birth: pd.Series, as_of: date, school: Schooling, known: BoolArray) -> IntArray:
    """The grade by each birthday; `NO_GRADE` without one, and for everybody where the place leaves the cohort open."""
    cutoff, start, entry = school.cutoff.value, school.year_start.value, school.entry_age.value
    if cutoff is None or start is None or entry is None or school.years.value is None:
        return np.full(len(birth), NO_GRADE, dtype=np.int64)
    return np.where(known, school_grade(birth, as_of, entry, (cutoff, start)), NO_GRADE).astype(np.int64)
