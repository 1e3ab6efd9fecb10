"""Marked copies of the departments' own files for the outbox (问题数据/). What is marked and how it looks is
`assets.intake.errorlist`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from assets.intake.contract import Contract
from assets.intake.errorlist import write_error_list
from assets.intake.gather import cell_columns
from assets.intake.sheetreading import SheetReading
from assets.intake.standard import Standardised

FOLDER = "问题数据"
# A larger file is shown by its headings and the rows with a remark alone, under their own row numbers: nobody pages through the rest,
# and writing it would take longer than everything else together.
WHOLE_COPY_CELLS = 50_000


def write_marked_copies(contracts: Mapping[str, Contract], frames: Mapping[str, Any], folder: Path) -> int:
    """Write one marked copy per delivered file that has something to say; returns the rows with a remark.

    Args:
        contracts: by department.
        frames: `raw_<department>`, `quarantine_<department>`, the readings of the sheets as `readings_<department>`, and the records of the
            child files.
        folder: the period's folder aside.
    """
    records = frames["child_files"]["records"]
    records = records.loc[records["issues"] != "", ["department", "record_id", "file", "issues"]]
    marked = 0
    for name, contract in contracts.items():
        raw, refused, readings = (frames[f"{layer}_{name}"] for layer in ("raw", "quarantine", "readings"))
        accepted = records[records["department"] == name]
        result = Standardised(accepted, refused, accepted.iloc[:0])
        for file in dict.fromkeys(raw["file"]):
            marked += _one(raw, result, readings, (str(file), folder / FOLDER / contract.zh))
    return marked


def _one(raw: pd.DataFrame, result: Standardised, readings: Sequence[SheetReading], where: tuple[str, Path]) -> int:
    file, folder = where
    path = folder / f"{file.replace('/', '_').replace(os.sep, '_')}_问题说明.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = write_error_list(_shown(raw, result, file), result, readings, file, path)
    if not rows and not any(path.parent.iterdir()):
        path.parent.rmdir()
    return rows


def _shown(raw: pd.DataFrame, result: Standardised, file: str) -> pd.DataFrame:
    """The file's rows to show: all of a small file, else what is no data, what was refused and what has a remark."""
    mine = raw[raw["file"] == file]
    used = sum(any(mine[name].array) for name in cell_columns(mine))
    if len(mine) * used <= WHOLE_COPY_CELLS:
        return mine
    told = mine["record_id"].isin(pd.concat([result.accepted["record_id"], result.quarantine["record_id"]]))
    return mine[told | ~mine["kind"].isin(["data", "blank"])]
