"""Frames on disk: `frames/<asset>/<period>.parquet`, replaced whole and atomically.

What is in a frame belongs to the stations (docs/data-shapes.md); nothing here reads a value. Dagster's way to them is `handing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.resources.files import replacing

if TYPE_CHECKING:
    import pyarrow as pa


class FrameError(Exception):
    """A frame cannot be written or read; the text names asset and period, never a value."""


class FrameStore:
    """The Parquet files of one workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, asset: str, period: str) -> Path:
        """Where a frame lies."""
        return self.root / asset / f"{period}.parquet"

    def exists(self, asset: str, period: str) -> bool:
        """Whether the asset was ever made for the period."""
        return self.path(asset, period).is_file()

    def write(self, asset: str, period: str, frame: pd.DataFrame) -> None:
        """Replace a frame.

        Raises:
            FrameError: without the value that would not fit.
            OSError: the disk is full and the like.
        """
        try:
            with replacing(self.path(asset, period)) as aside:
                _write_parquet(frame, aside)
            return
        except OSError:
            raise  # a full disk and the like have their own sentences (`trouble`)
        except Exception as fault:  # pyarrow puts the value that does not fit into its message
            problem = f"数据形状不对（{type(fault).__name__}）"
        raise FrameError(f"中间结果 {asset} {period} {problem}。")

    def read(self, asset: str, period: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read a frame, or only the named columns of it (those that it has).

        Raises:
            FrameError: it is not there or damaged.
        """
        path = self.path(asset, period)
        if not path.is_file():
            raise FrameError(f"{period} 还没有比对结果：请先运行 tongbi run --period {period}。")
        try:
            return _read_parquet(path, columns)
        except Exception as fault:
            problem = type(fault).__name__
        raise FrameError(f"中间结果 {asset} {period} 读不出来（{problem}）：请重新运行 tongbi run --period {period}。")

    def periods(self, asset: str) -> list[str]:
        """The periods for which the asset was made."""
        return sorted(path.stem for path in (self.root / asset).glob("*.parquet"))


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    known = pa.Schema.from_pandas(frame.head(1), preserve_index=False).metadata
    arrays = [_arrow(frame.iloc[:, place]) for place in range(frame.shape[1])]
    table = pa.Table.from_arrays(arrays, [str(name) for name in frame.columns]).replace_schema_metadata(known)
    # Statistics would hold the least and the greatest name of every field, and nobody asks for them.
    pq.write_table(table, path, compression="zstd", compression_level=1, write_statistics=False)


def _arrow(column: pd.Series) -> pa.Array:
    """A column for Arrow. Most fields of a register say the same in every row, and that is quickly seen and written."""
    import pyarrow as pa

    values = column.to_numpy() if column.dtype == object and len(column) else None
    if values is not None and type(values[0]) is str and values[0] == values[-1] and (values == values[0]).all():
        return pa.repeat(values[0], len(values))
    return pa.array(column, from_pandas=True)


def _read_parquet(path: Path, columns: Sequence[str] | None) -> pd.DataFrame:
    import pyarrow.parquet as pq

    if columns is not None:
        there = set(pq.read_schema(path).names)
        columns = [name for name in columns if name in there]
    frame: pd.DataFrame = pq.read_table(path, columns=columns, memory_map=False).to_pandas()
    return frame
