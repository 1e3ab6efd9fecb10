"""What becomes of another county's records in child files (rules/places-and-people.md#several-counties).

Belongs here: which records take part, and how little of another county's record is kept. Not here: whose register a record stands in
(`assets.counties`), what the lists conclude (`expectations.lists`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assets.counties.registers import POLICE, Registers, registers_of
from expectations.jurisdictions.profile import Place
from expectations.lists.files import REGISTER_COUNTY, BoolArray, IntArray

# Of a child in another county's register no more is kept than how it stands there (个人信息保护法 Art. 34): no name, number, address or relative.
_KEPT = [
    *("record_id", "period", "department", "delivery_id", "file", "sheet", "row", "layout", REGISTER_COUNTY, "register_side"),
    *("child", "child_id", "method", "probability", "state", "active", "hukou_county", "cancel_kind", "cancel_date", "moved_out_date"),
    *("death_date", "enrolment_status", "study_status", "status_date", "entry_month", "grade", "category", "aid", "pay_end"),
    *("dilemma_type", "living_allowance", "care_allowance", "rehab", "roll_status", "exit_date", "exit_reason"),
]  # fmt: skip


@dataclass(frozen=True)
class OwnRecords:
    """The records that child files are made of, with `register_county`, and the children (ids) whom a register that is not compared has."""

    records: pd.DataFrame
    registered_elsewhere: frozenset[str]


def children_of(records: pd.DataFrame, links: pd.DataFrame) -> IntArray:
    """Number of the child of each record, -1 for records of nobody."""
    at = pd.Index(links["record_id"]).get_indexer(pd.Index(records["record_id"]))
    codes = np.append(pd.factorize(links["child_id"].to_numpy(object))[0], -1)
    return np.asarray(codes[at], dtype=np.int64)


def delivered_registers(records: pd.DataFrame, links: pd.DataFrame, place: Place) -> Registers:
    """Whose register each record of a period stands in, once the children are known."""
    return registers_of(records, children_of(records, links), place)


def own_records(records: pd.DataFrame, links: pd.DataFrame, registers: Registers) -> OwnRecords:
    """Leave out what a county's answer leaves out: all records of a county that is not compared, and children who stand in another
    county's registers alone. What another county has of an own child stays.
    """
    county = registers.county.where(registers.known, "")
    if not (registers.dropped | registers.known).any():
        return OwnRecords(records.assign(**{REGISTER_COUNTY: county}), frozenset())
    child = children_of(records, links)
    own = ~(registers.dropped | registers.known)
    beside = registers.known & np.isin(child, np.unique(child[own & (child >= 0)])) & (child >= 0)
    kept = own | beside
    police = (records["department"] == POLICE).to_numpy() & (records["cancel_kind"] == "").to_numpy()
    dropped = records.loc[registers.dropped & police, "record_id"]
    elsewhere = links.loc[links["record_id"].isin(dropped), "child_id"]
    taking_part = records.assign(**{REGISTER_COUNTY: county})[kept].reset_index(drop=True)
    return OwnRecords(taking_part, frozenset(elsewhere.astype(str)))


def with_little_of_others(linked: pd.DataFrame) -> pd.DataFrame:
    """The records with those of other counties reduced to how the child stands there."""
    others: BoolArray = (linked[REGISTER_COUNTY] != "").to_numpy(np.bool_)
    if not others.any():
        return linked
    private = [name for name in linked.columns if name not in _KEPT]
    reduced = linked.copy()
    reduced.loc[others, private] = ""
    return reduced
