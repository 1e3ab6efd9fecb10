"""The benchmark's counties as Parquet files: made once per kind, seed and size, in parts, so that a province of millions fits.

Belongs here: choosing the maker, cutting a province into counties, writing. Does not belong here: how either maker draws.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import county as town
from benchmarks.linkage.habits import Habits, Kind, habits_of
from benchmarks.linkage.ledgers import Ledger
from benchmarks.linkage.people import Province

if TYPE_CHECKING:
    from collections.abc import Iterator

PART = 100_000
"""Children of one part: a large county; more children are more counties."""
_ROWS_PER_CHILD = 1.72


def county_file(kind: Kind, seed: int, folder: Path) -> Path:
    """The county's records with `truth`, made if it is not there."""
    path = folder / f"{kind.name}-{kind.children}-{seed}.parquet"
    if not path.exists():
        _write(path, frames(kind, seed))
    return path


def frames(kind: Kind, seed: int) -> Iterator[pd.DataFrame]:
    """The records of a county in parts, each shuffled."""
    if kind.maker == "town":
        known = {item.name for item in dataclasses.fields(town.Habits)}
        given = {key: value for key, value in kind.habits.items() if key in known}
        yield town.make_county(town.Habits(children=kind.children, seed=seed, **given))
        return
    first = 0
    for part, children in enumerate(_parts(kind.children)):
        province = Province(habits_of(kind), (seed, part), children, first)
        first += len(province.children)
        yield _rows(province, habits_of(kind), seed + part)


def province_file(rows: int, seed: int, folder: Path) -> Path:
    """An ordinary province of about so many rows, by the vectorised maker."""
    kind = Kind("curve", "", int(rows / _ROWS_PER_CHILD), "province", {})
    return county_file(kind, seed, folder)


def next_period(records: pd.DataFrame, changed: float, seed: int) -> pd.DataFrame:
    """The next period's delivery: new files, so that every record id is new, and a share of rows in which something changed."""
    rng = np.random.default_rng((seed, 2))
    out = records.copy()
    rows = rng.random(len(out)) < changed
    for column, share in (("phone", 0.5), ("live_village", 0.3), ("father_name", 0.2)):
        if column in out:
            chosen = np.flatnonzero(rows & (rng.random(len(out)) < share * 2))
            out.iloc[chosen, out.columns.get_loc(column)] = out[column].to_numpy()[
                rng.permutation(len(out))[: len(chosen)]
            ]
    out["record_id"] = out["record_id"].str.replace("-1-", "-2-")
    out["period"] = "2026Q4"
    return out


def _parts(children: int) -> list[int]:
    whole, rest = divmod(children, PART)
    return [PART] * whole + ([rest] if rest else [])


def _rows(province: Province, habits: Habits, seed: int) -> pd.DataFrame:
    parts, serial = [], 1
    for department in habits.departments:
        parts.append(Ledger(province, department).frame(serial))
        serial += len(parts[-1])
    return pd.concat(parts, ignore_index=True).sample(frac=1, random_state=seed).reset_index(drop=True)


def _write(path: Path, parts: Iterator[pd.DataFrame]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside, writer = path.with_suffix(".part"), None
    for frame in parts:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        writer = writer or pq.ParquetWriter(aside, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()
    aside.replace(path)
