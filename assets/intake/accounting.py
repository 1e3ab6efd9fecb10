"""Every row counted: rows in = accepted + quarantined + set aside, for every file.

Belongs here: counting and the equation. Does not belong here: showing it (command line, workbooks).
"""

from __future__ import annotations

import pandas as pd

from assets.intake.standard import Standardised
from pipelines.resources.naming import naming, number_in

KINDS = ["title", "heading", "blank", "repeated_heading", "total", "signature", "note", "other_sheet"]
COLUMNS = ["file", "rows_in", "accepted", "quarantined", "set_aside", "over_age", *KINDS]


class AccountingError(RuntimeError):
    """Rows were lost or counted twice. Names the file and the counts, nothing else."""


def account(raw: pd.DataFrame, standardised: Standardised) -> pd.DataFrame:
    """The accounting of every file.

    Args:
        raw: the raw frame (rows numbered 0 are assumed headings and no physical rows).
        standardised: what came out of exactly this raw frame.

    Returns:
        One row per file in the frame's order: `file, rows_in, accepted, quarantined, set_aside`, then the kinds that
        `set_aside` is made of.

    Raises:
        AccountingError: the equation does not hold, or a record is in two frames.
    """
    physical = raw.loc[raw["row"] > 0, ["file", "kind"]]
    files = list(dict.fromkeys(physical["file"]))
    counts = pd.DataFrame(0, index=pd.Index(files, name="file"), columns=COLUMNS[1:])
    counts["rows_in"] = physical["file"].value_counts().reindex(files, fill_value=0)
    for column, frame in (
        ("accepted", standardised.accepted),
        ("quarantined", standardised.quarantine),
        ("over_age", standardised.set_aside),
    ):
        counts[column] = frame["file"].value_counts().reindex(files, fill_value=0)
    for kind in KINDS:
        counts[kind] = physical.loc[physical["kind"] == kind, "file"].value_counts().reindex(files, fill_value=0)
    counts["set_aside"] = counts[["over_age", *KINDS]].sum(axis=1)
    # Also in a run, not only in tests: a row that is lost is a child who is on no list, and nobody would see it.
    _check(counts, raw, standardised)
    return counts.reset_index()[COLUMNS]


def _check(counts: pd.DataFrame, raw: pd.DataFrame, standardised: Standardised) -> None:
    for file, row in counts.iterrows():
        parts = int(row["accepted"] + row["quarantined"] + row["set_aside"])
        if int(row["rows_in"]) != parts:
            record = str(raw.loc[raw["file"] == str(file), "record_id"].iloc[0])
            name = naming().file(number_in(record), str(file))
            sums = f"共 {row['rows_in']} 行，采用 {row['accepted']}、隔离 {row['quarantined']}、不计 {row['set_aside']}"
            raise AccountingError(f"文件「{name}」的行数对不上：{sums}")
    # Equal numbers may hide a row counted twice in the place of a lost one.
    frames = (standardised.accepted, standardised.quarantine, standardised.set_aside)
    numbers = pd.concat([frame["record_id"] for frame in frames])
    data = raw.loc[raw["kind"] == "data", "record_id"]
    if numbers.duplicated().any() or set(numbers) != set(data):
        raise AccountingError("有的行被重复计数，或不属于任何文件的数据行")
