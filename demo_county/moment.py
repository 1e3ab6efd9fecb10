"""How things truly stand on one day.

Facts only; what a department knows or gets wrong belongs to `knowledge` and the `spoil` modules.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from demo_county.dice import Ints
from demo_county.numbers import Days


def first_grade_year(birth: Days) -> Ints:
    """Return the year in which a child's legal cohort enters first grade (rules/definitions.md#school-age, cut-off 31 August)."""
    years = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    months = birth.astype("datetime64[M]").astype(np.int64) % 12 + 1
    return years + np.where(months <= 8, 6, 7)


def school_year(day: dt.date) -> int:
    """Return the calendar year in which the school year of that day began (1 September)."""
    return day.year if day.month >= 9 else day.year - 1


def full_years(birth: Days, day: dt.date) -> Ints:
    """Return completed years of age."""
    year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    month = birth.astype("datetime64[M]").astype(np.int64) % 12 + 1
    of_month = (birth - birth.astype("datetime64[M]")).astype(np.int64) + 1
    later = (month > day.month) | ((month == day.month) & (of_month > day.day))
    years: Ints = day.year - year - later
    return years


def months_back(day: dt.date, months: int) -> dt.date:
    """Return the day so many months earlier, the month's last day where there is no such day."""
    return (pd.Timestamp(day) - pd.DateOffset(months=months)).date()


def stand(people: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Return the children born and arrived by that day, with how they stand then.

    New columns: age, cohort (legal grade, 1..9 owes education), grade (class attended), in_cohort, dead, left,
    hukou (`local|elsewhere|none`),
    newborn (birth need not be registered yet: one month), alive_here, has_number, id_now (what the register holds), address and place of that day.
    """
    now = np.datetime64(day, "D")
    birth = people["birth"].to_numpy(dtype="datetime64[D]")
    out = people[(birth <= now) & (people["came"].to_numpy() <= now)].copy()
    birth = out["birth"].to_numpy(dtype="datetime64[D]")
    out["age"] = full_years(birth, day)
    # A birth is to be registered within a month: before that a missing registration says nothing.
    out["newborn"] = birth > np.datetime64((pd.Timestamp(day) - pd.DateOffset(months=1)).date(), "D")
    out["cohort"] = school_year(day) - first_grade_year(birth) + 1
    out["in_cohort"] = out["cohort"].between(1, 9)
    out["grade"] = out["cohort"] - out["delay"]
    out["dead"] = out["cancelled"].to_numpy() <= now
    out["left"] = out["moved_out"].to_numpy() <= now
    registered = out["hukou_from"].to_numpy() <= now
    out["hukou"] = np.where(registered, out["hukou_home"], "none")
    out["alive_here"] = ~out["dead"] & ~out["left"]
    out["has_number"] = registered
    # Who has no old number has the present one from the start.
    changed = (out["number_changed"].to_numpy() <= now) | (out["old_id"] == "").to_numpy()
    out["id_now"] = np.where(registered, np.where(changed, out["id_no"], out["old_id"]), "")
    out["renumbered"] = registered & changed & (out["old_id"] != "").to_numpy()
    before = out["moved_inside"].to_numpy() > now
    before &= out["moved_inside"].to_numpy() < np.datetime64("2199-01-01")
    out["inside_done"] = out["moved_inside"].to_numpy() <= now
    for column in ("town", "village", "address", "town_no"):
        here, old = out[column].to_numpy(), out["old_" + column].to_numpy()
        out[column], out["old_" + column] = np.where(before, old, here), old
    return out
