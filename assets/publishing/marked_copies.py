"""Marked copies of the departments' own files for the outbox (问题数据/). What is marked and how it looks is
`assets.intake.errorlist`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from assets.intake.contract import Contract
from assets.intake.errorlist import write_error_list
from assets.intake.gather import cell_columns
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
        target = folder / FOLDER / contract.zh
        for file in dict.fromkeys(raw["file"].astype(str)):
            # A file's name holds its subfolder, and two subfolders may have files of one name.
            target.mkdir(parents=True, exist_ok=True)
            path = target / f"{file.replace('/', '_').replace(os.sep, '_')}_问题说明.xlsx"
            marked += write_error_list(_shown(raw, result, file), result, readings, file, path)
        if target.is_dir() and not any(target.iterdir()):
            target.rmdir()
    return marked


def _shown(raw: pd.DataFrame, result: Standardised, file: str) -> pd.DataFrame:
    """The file's rows to show: all of a small file, else what is no data, what was refused and what has a remark."""
    rows = raw[raw["file"] == file]
    columns_in_use = sum(any(rows[name].array) for name in cell_columns(rows))
    if len(rows) * columns_in_use <= WHOLE_COPY_CELLS:
        return rows
    remarked = rows["record_id"].isin(pd.concat([result.accepted["record_id"], result.quarantine["record_id"]]))
    return rows[remarked | ~rows["kind"].isin(["data", "blank"])]
