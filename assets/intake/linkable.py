"""Which standard records are linked: those about children, and of rows that say the same about a child only one.

Belongs here: leaving out rows about adults, folding repeated rows before linking, and giving the folded ones the child of their
representative after it. Not here: linking (`matching`), what adults' rows are used for (`assets.childfile.build.beside_records`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from assets.intake.contract import Contract
from expectations.lists.ages import completed_years
from expectations.lists.columns import CodedColumns
from expectations.lists.files import BoolArray, IntArray

# What the linkage reads of a row; two rows of one source that agree in all of it are one statement (a visit book names a child every month).
SAME = [
    *("department", "layout", "name", "former_name", "id_no", "id_no_raw", "student_no", "disability_no", "birth_cert_no", "child_no"),
    *("birth_date", "sex", "nation", "father_name", "father_id", "mother_name", "mother_id", "guardian_name", "guardian_id"),
    *("phone", "live_addr", "hukou_addr", "town", "village", "school", "household_no"),
]  # fmt: skip
# A bare name proves nothing: two rows that hold no more may be two children.
_PROOF = ["father_name", "mother_name", "guardian_name", "live_addr", "hukou_addr", "phone", "school", "village"]


# Rows that differ in one of these tell of several days, and may be many; rows that do not are the same statement again.
_DAYS = ["visit_date", "report_date", "status_date", "pay_start", "pay_end"]
_NUMBERS = ["id_no", "student_no", "disability_no", "birth_cert_no", "child_no"]


@dataclass(frozen=True)
class Folded:
    """Records to link, and for every record the position (in `records`) of the one that stands for it."""

    records: pd.DataFrame
    kept: pd.DataFrame
    stands: IntArray


def linkable(frames: list[pd.DataFrame], contracts: Mapping[str, Contract], as_of: date) -> pd.DataFrame:
    """The records of all sources that are linked, in the order of the sources; index 0..n-1."""
    records = pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
    of_child = about_children(records, contracts, as_of)
    return records if of_child.all() else records[of_child].reset_index(drop=True)


def about_children(records: pd.DataFrame, contracts: Mapping[str, Contract], as_of: date) -> BoolArray:
    """Rows about a child: by the subject of their layout, in lists of all ages by their age (rules/departments.md#subsistence, #worker-roster).

    Args:
        records: standard records of all sources.
        contracts: all contracts of the workspace.
        as_of: the period's last day.
    """
    columns = CodedColumns(records)
    of_child = np.ones(len(records), dtype=np.bool_)
    for name, contract in contracts.items():
        of_department = columns.isin("department", [name])
        for layout, subject in contract.subjects.items():
            rows = of_department & columns.isin("layout", [layout])
            if subject == "adult":
                of_child &= ~rows
            elif subject == "anyone":
                # Without a known age it is no child's: in a list of the dead, or of members, most people are grown up.
                of_child &= ~(rows & ~_young(records, contract, as_of))
    return of_child


def _young(records: pd.DataFrame, contract: Contract, as_of: date) -> BoolArray:
    birth = records["birth_date"].where(records["birth_date"].str.len() == 10, records["id_no_birth"])
    limit = contract.bounds.set_aside_age or 20
    age = completed_years(birth.where(birth.str.len() == 10, ""), as_of)
    return np.asarray((age >= 0) & (age < limit), dtype=np.bool_)


def fold(records: pd.DataFrame, most: int) -> Folded:
    """Keep one of the rows that say the same about a child; index 0..n-1 in both frames.

    Args:
        records: records to link.
        most: rows without any number that may be one child. More of them say the same only because nothing in them tells one
            child from another (rules/bad-inputs.md#input-33): they stay as they are, and the linkage refuses the cluster and asks.
    """
    records = records.reset_index(drop=True)
    present = [name for name in SAME if name in records.columns]
    stands = np.arange(len(records))
    # Few rows share name and number with another of their source: only those are compared in every column.
    alike = records.duplicated(["department", "layout", "name", "id_no"], keep=False).to_numpy()
    at = np.flatnonzero(alike)
    at = at[_proven(records.iloc[at]) & records.iloc[at].duplicated(present, keep=False).to_numpy()]
    at = at[~_crowded(records.iloc[at], present, most)]
    if not len(at):
        return Folded(records, records, stands)
    group = records.iloc[at].groupby(present, sort=False).ngroup().to_numpy()
    first = np.full(int(group.max()) + 1, -1, dtype=np.int64)
    first[group[::-1]] = at[::-1]  # backwards: the last to be written is the first of its group
    stands[at] = first[group]
    kept = records[stands == np.arange(len(records))]
    return Folded(records, kept.reset_index(drop=True), stands)


def _proven(records: pd.DataFrame) -> BoolArray:
    beside = np.zeros(len(records), dtype=np.bool_)
    for name in _PROOF:
        if name in records.columns:
            beside |= (records[name] != "").to_numpy()
    named = (records["name"] != "").to_numpy() & (records["birth_date"].str.len() == 10).to_numpy()
    return np.asarray((records["id_no"] != "").to_numpy() | (named & beside), dtype=np.bool_)


def _crowded(records: pd.DataFrame, present: list[str], most: int) -> BoolArray:
    """Rows without a number of which there are more than `most`, told of one and the same day."""
    crowded = np.zeros(len(records), dtype=np.bool_)
    numbers = [name for name in _NUMBERS if name in records.columns]
    bare = np.flatnonzero((records[numbers] == "").all(axis=1).to_numpy())
    if len(bare) > most:
        days = [name for name in _DAYS if name in records.columns]
        group = records.iloc[bare].groupby([*present, *days], sort=False).ngroup().to_numpy()
        crowded[bare] = np.bincount(group)[group] > most
    return crowded


def unfold(clusters: pd.DataFrame, folded: Folded) -> pd.DataFrame:
    """`link_children` with a line for every folded row: the child, method and probability of its representative."""
    if len(folded.kept) == len(folded.records):
        return clusters
    lines = clusters.set_index("record_id")
    records = folded.records
    representatives = records["record_id"].to_numpy(object)[folded.stands]
    whole = lines.loc[representatives].reset_index(drop=True)
    # The child is the representative's; whose row it is, and where it stands, stays the row's own.
    for name in ("record_id", *(name for name in ("department", "file", "sheet", "row") if name in clusters.columns)):
        whole[name] = records[name].to_numpy()
    return whole[list(clusters.columns)].astype(clusters.dtypes.to_dict())
