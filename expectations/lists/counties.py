"""What the other counties' registers say of the own county's children, as lists ask it (rules/places-and-people.md#several-counties).

Belongs here: which county has a child in a department's register, called by its name. Not here: the lists' conditions, whose register a record
stands in (`assets.counties`).
"""

import numpy as np

from expectations.lists.columns import Texts
from expectations.lists.files import REGISTER_COUNTY, BoolArray
from expectations.lists.view import View
from matching.reading.regions import area_name


def county_with(view: View, records: BoolArray) -> Texts:
    """Per child the name of the other county that has one of these records, "" for none; of several the first in the order of records."""
    names = np.full(view.n, "", dtype=object)
    if view.own.all():
        return names
    at = view.first(records & ~view.own)
    codes = view.record_text(REGISTER_COUNTY, at).to_numpy(object)
    return np.array([area_name(code) or code for code in codes], dtype=object)


def lives_in_other(view: View) -> Texts:
    """Per child the name of the county, known to the place as another one, in which an own record says it lives; "" for none."""
    names = np.full(view.n, "", dtype=object)
    answers = view.profile.place.other_counties.value or {}
    known = [code for code, answer in answers.items() if answer == "known"]
    if not known or "live_county" not in view.files.records.columns:
        return names
    at = view.first(view.codes("live_county", known) & view.own & view.active)
    codes = view.record_text("live_county", at).to_numpy(object)
    return np.array([area_name(code) or code for code in codes], dtype=object)
