"""Whose register a record stands in: a row of another county's household register, a pupil of another county's school, a child on another
county's roll (rules/places-and-people.md#several-counties).

Belongs here: the four facts of a record (delivered by, registered in, living in, at school in) and what follows from them. Not here: the own
county (`own`), the sentences (`asking`), what becomes of such records in a child's file (`assets.childfile.build`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from assets.counties.own import OwnCounty, coded_county, column_of, own_county, second_county
from assets.counties.reading import county_key, county_rules
from expectations.jurisdictions.profile import Place
from expectations.lists.files import BoolArray, IntArray

POLICE = "public_security"
DROP, KNOWN = "drop", "known"


@dataclass(frozen=True)
class Registers:
    """Whose register each record of a period stands in.

    Attributes:
        own: the own county.
        county: per record another county (six digits, or a name that has no code), "" for the own one and where nothing tells.
        disputed: per record another county that its file is named for while most of its rows say the own one; "" elsewhere.
        answers: county -> `drop` or `known`, as the place answered.
    """

    own: OwnCounty
    county: pd.Series
    disputed: pd.Series
    answers: Mapping[str, str]

    @cached_property
    def dropped(self) -> BoolArray:
        """Records of counties that are not compared."""
        return self._answered(DROP)

    @cached_property
    def known(self) -> BoolArray:
        """Records of counties whose children are known as elsewhere."""
        return self._answered(KNOWN)

    def _answered(self, answer: str) -> BoolArray:
        codes = [code for code, given in self.answers.items() if given == answer]
        return self.county.isin(codes).to_numpy(np.bool_)


def registers_of(records: pd.DataFrame, child: IntArray, place: Place) -> Registers:
    """Find out whose register each record stands in.

    A row of the household register says it itself. What most rows of a school, or of a township's roll, say is said of all of them: a
    pupil from elsewhere does not make the school another county's.

    Args:
        records: standard records of all departments.
        child: number of the child of each record, -1 for records of nobody.
        place: the place's profile with the workspace's settings laid over it.
    """
    own = own_county(records, place)
    answers = {
        county_key(name, own.code) or name: answer for name, answer in (place.other_counties.value or {}).items()
    }
    coded, lives, stated = (
        _own_as_one(codes, records["department"], own, place)
        for codes in (coded_county(records), column_of(records, "live_county"), column_of(records, "stated_county"))
    )
    police = (records["department"] == POLICE).to_numpy(np.bool_)
    registered = _by_child(records, stated.where(stated != "", coded), child)
    disputed = _disputed(records, stated, coded)
    stated = stated.mask(disputed != "", "")
    county = stated.where(stated != "", coded)
    vote = stated
    # Where its children live tells a school or a roll better than where they are registered.
    for fact in (lives, registered, coded):
        vote = vote.where(vote != "", fact)
    county = county.where(
        police, _by_unit(records[~police], vote[~police], second_county(place, "unit")).reindex(records.index)
    )
    return Registers(own, county.mask((county == _OWN) | (disputed != ""), ""), disputed, answers)


# Stands for every own code among votes; no county is called so.
_OWN = "="


def _own_as_one(codes: pd.Series, departments: pd.Series, own: OwnCounty, place: Place) -> pd.Series:
    """The own codes as `_OWN`. A name that no list of regions knows is the own county's where it is so called, or most rows of the department say it."""
    names = {place.county_name.value or "", *own.codes}
    unknown = codes[(codes != "") & ~codes.str.isdigit() & ~codes.isin(county_rules().units_without_code)]
    rows = departments.value_counts()
    for department, called in unknown.groupby(departments[unknown.index], sort=False):
        names |= {str(name) for name, count in called.value_counts().items() if 2 * count > rows[department]}
    return codes.mask(codes.isin(names - {""}), _OWN)


def _by_child(records: pd.DataFrame, register: pd.Series, child: IntArray) -> pd.Series:
    """Per record the one county in whose household register its child is, "" for none or several."""
    counts = (records["department"] == POLICE).to_numpy() & (records["cancel_kind"] == "").to_numpy()
    counts &= (child >= 0) & (register != "").to_numpy()
    pairs = pd.DataFrame({"child": child[counts], "county": register[counts].to_numpy(object)}).drop_duplicates()
    single = pairs.drop_duplicates("child", keep=False).set_index("child")["county"]
    return pd.Series(pd.Series(child).map(single).fillna("").to_numpy(object), index=records.index, dtype=object)


def _disputed(records: pd.DataFrame, stated: pd.Series, coded: pd.Series) -> pd.Series:
    """Per record the county its file is named for, where most rows of the file say the own one: nobody here decides which is right."""
    named = (stated != "") & (stated != _OWN) & (column_of(records, "county") == "")
    if not named.any():
        return pd.Series("", index=records.index, dtype=object)
    keys = [records["department"], records["file"], records["sheet"]]
    against = (coded == _OWN).groupby(keys, sort=False).transform("mean")
    return stated.where(named & (against > 0.5), "")


def _by_unit(records: pd.DataFrame, vote: pd.Series, share: float) -> pd.Series:
    """Per record the county that at least `share` of the rows of its unit name, of those that name any; "" for none.

    Rows of a unit in which nobody says anything follow their file, those of one in which few do follow a file that is clear.
    """
    county = pd.Series("", index=records.index, dtype=object)
    if not ((vote != "") & (vote != _OWN)).any():
        return county
    rules = county_rules()
    for department, rows in records.groupby("department", sort=False):
        keys = [key for key in rules.units.get(str(department), rules.others) if key in rows.columns]
        votes = vote[rows.index]
        unit, file = _grouped(rows, keys), _grouped(rows, ["file"])
        of_unit, of_file = _leading(unit, votes, share), _leading(file, votes, share)
        clear = _leading(file, votes, rules.clear_share)
        # One child from elsewhere is all that a small township's roll may say.
        few = (votes != "").groupby(unit).transform("sum") < rules.few_votes
        of_unit = of_unit.mask(few & ~clear.isin(["", _OWN]), clear)
        county[rows.index] = of_unit.where(of_unit != "", of_file)
    return county


def _grouped(rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Number of the group of each row."""
    return pd.Series(rows.groupby(keys, sort=False, dropna=False).ngroup(), index=rows.index)


def _leading(group: pd.Series, votes: pd.Series, share: float) -> pd.Series:
    """Per row the county that leads in its group with at least `share` of the votes; `_OWN` where another leads by less, "" without votes."""
    cast = pd.DataFrame({"group": group, "vote": votes})[votes != ""]
    counted = cast.groupby(["group", "vote"], sort=True).size().rename("rows").reset_index()
    counted["all"] = counted.groupby("group")["rows"].transform("sum")
    best = counted.sort_values("rows", ascending=False, kind="stable").drop_duplicates("group").set_index("group")
    leader = best["vote"].where(best["rows"] >= share * best["all"], _OWN)
    return group.map(leader).fillna("")
