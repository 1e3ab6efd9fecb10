"""The lists once more, as if what this period's deliveries do not cover were still what it was: which lines rest on the silence alone.

Two worlds are compared over the children concerned: as delivered, and with the earlier records and cells carried over. A line of the first
only would send somebody because a file is missing; a line of the second only would be closed because of it. Neither is said (rules/coverage.md#worlds).

Belongs here: building the second world and comparing. Does not belong here: what is carried (`expectations.coverage`), what the lists say.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assets.childfile.build import FileContext, build_child_files
from assets.counties.own import own_county
from assets.counties.registers import KNOWN, Registers
from expectations.coverage.shapes import Coverage
from expectations.jurisdictions.profile import Profile
from expectations.lists.columns import no_rows
from expectations.lists.files import REGISTER_COUNTY, BoolArray, ChildFiles, EarlierPeriod
from expectations.lists.findings import compute_findings

COLUMNS = ["finding_id", "code", "child_id", "field", "town", "only"]
DELIVERED_ONLY, CARRIED_ONLY = "delivered", "carried"


@dataclass(frozen=True)
class WorldContext:
    """What both worlds are computed with: how child files are made, pairs of the linkage, the sources that came now or before."""

    files: FileContext
    pairs: pd.DataFrame
    delivered: Collection[str]
    earlier: Sequence[EarlierPeriod] = ()


def lines_resting_on_silence(files: ChildFiles, coverage: Coverage, context: WorldContext) -> pd.DataFrame:
    """The lines that one of the two worlds has and the other has not.

    Args:
        files: child files of the period.
        coverage: what is carried and refilled.
        context: what both worlds are computed with.

    Returns:
        `finding_id, code, child_id, field, town, only` (`delivered`: it stands on the list only because something is missing; `carried`:
        it is gone only because something is missing). Without rows where everything is covered.
    """
    nothing = no_rows(COLUMNS)
    if not len(coverage.carried) and not len(coverage.refilled):
        return nothing
    concerned = _concerned(files, coverage)
    records = files.records[files.records["child_id"].isin(concerned)]
    pairs = context.pairs[
        context.pairs["record_a"].isin(records["record_id"]) & context.pairs["record_b"].isin(records["record_id"])
    ]
    plain = _lists_of(_World(records, files.beside, pairs), context)
    carried = _carried_over(records, coverage)
    beside = pd.concat([files.beside, _adults(coverage, files.beside)], ignore_index=True)
    other = _lists_of(_World(carried, beside, pairs), context)
    return pd.concat(
        [
            _missing_in(plain, other).assign(only=DELIVERED_ONLY),
            _missing_in(other, plain).assign(only=CARRIED_ONLY),
        ],
        ignore_index=True,
    )[COLUMNS]


@dataclass(frozen=True)
class _World:
    records: pd.DataFrame
    beside: pd.DataFrame
    pairs: pd.DataFrame


def _concerned(files: ChildFiles, coverage: Coverage) -> set[str]:
    """The children of whom something is carried, children near them, and whose parents' rows are carried: those of every child with such a parent."""
    blank = files.records.loc[files.records["record_id"].isin(coverage.refilled["record_id"]), "child_id"]
    children = set(coverage.carried.get("child_id", pd.Series(dtype=object))) | set(blank)
    children.discard("")
    adults = _adults(coverage, files.beside)
    if len(adults):
        numbers, names = set(adults["id_no"]) - {""}, set(adults["name"]) - {""}
        mine = np.zeros(len(files.records), dtype=np.bool_)
        for parent in ("father", "mother", "guardian"):
            mine |= files.records[f"{parent}_id"].isin(numbers).to_numpy(np.bool_)
            mine |= files.records[f"{parent}_name"].isin(names).to_numpy(np.bool_)
        children |= set(files.records.loc[mine, "child_id"])
    near = files.near
    if len(near):
        numbered = files.children["child_id"].to_numpy(object)[near["child"].to_numpy(np.int64)]
        children |= set(near.loc[np.isin(numbered.astype(str), list(children)), "other_child_id"])
    return children


def _adults(coverage: Coverage, like: pd.DataFrame) -> pd.DataFrame:
    """Carried rows about adults, in the columns of `beside`."""
    if not len(coverage.carried):
        return like.iloc[:0]
    return coverage.carried[coverage.carried["child_id"] == ""].reindex(columns=like.columns, fill_value="")


def _carried_over(records: pd.DataFrame, coverage: Coverage) -> pd.DataFrame:
    """The records with the blank cells refilled and the earlier records beside them."""
    filled = records.copy()
    place = pd.Series(np.arange(len(filled)), index=filled["record_id"].to_numpy(object))
    for field, cells in coverage.refilled.groupby("field"):
        cells = cells[cells["record_id"].isin(place.index)]
        values = filled[field].to_numpy(object).copy()
        values[place.loc[cells["record_id"]].to_numpy(np.int64)] = cells["value"].to_numpy(object)
        filled[field] = values
    children = coverage.carried[coverage.carried["child_id"] != ""] if len(coverage.carried) else coverage.carried
    if not len(children):
        return filled
    earlier = children.reindex(columns=filled.columns, fill_value="").assign(child=-1, probability=1.0)
    return pd.concat([filled, earlier[~earlier["record_id"].isin(filled["record_id"])]], ignore_index=True)


def _lists_of(world: _World, context: WorldContext) -> pd.DataFrame:
    """The lists over some children's records; rows about adults have no link."""
    adults = world.beside.reindex(columns=world.records.columns, fill_value="")
    together = pd.concat([world.records, adults], ignore_index=True)
    links = world.records[["record_id", "child_id", "method", "probability"]]
    files = build_child_files(together, links, world.pairs, context.files, _registers(together, context.files.profile))
    return compute_findings(files, context.files.profile, context.delivered, context.earlier)


def _registers(records: pd.DataFrame, profile: Profile) -> Registers:
    """Whose register each record stands in, as the whole period found it out: a part of the children might tell otherwise."""
    place = profile.place
    county = (
        records[REGISTER_COUNTY] if REGISTER_COUNTY in records else pd.Series("", index=records.index, dtype=object)
    )
    blank = pd.Series("", index=records.index, dtype=object)
    return Registers(own_county(records, place), county, blank, dict.fromkeys(county[county != ""].unique(), KNOWN))


def _missing_in(these: pd.DataFrame, those: pd.DataFrame) -> pd.DataFrame:
    alone: BoolArray = ~these["finding_id"].isin(those["finding_id"]).to_numpy(np.bool_)
    return these.loc[alone, ["finding_id", "code", "child_id", "field", "town"]]
