"""Frames on disk: `frames/<asset>/<period>.parquet`, replaced whole and atomically.

What is in a frame belongs to the stations (docs/data-shapes.md); nothing here reads a value. Dagster's way to them is `io_manager`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipelines.resources.files import replacing


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
        import pyarrow.parquet as pq

        path = self.path(asset, period)
        if not path.is_file():
            raise FrameError(f"{period} 还没有比对结果：请先运行 tongbi run --period {period}。")
        try:
            if columns is not None:
                # A frame of an earlier version may lack a column that is asked for now.
                there = set(pq.read_schema(path).names)
                columns = [name for name in columns if name in there]
            # Not mapped: a mapped file could not be replaced on Windows while its frame is in use.
            frame: pd.DataFrame = pq.read_table(path, columns=columns, memory_map=False).to_pandas()
            return frame
        except Exception as fault:
            problem = type(fault).__name__
        raise FrameError(f"中间结果 {asset} {period} 读不出来（{problem}）：请重新运行 tongbi run --period {period}。")

    def periods(self, asset: str) -> list[str]:
        """The periods for which the asset was made."""
        return sorted(path.stem for path in (self.root / asset).glob("*.parquet"))

    def periods_before(self, asset: str, period: str) -> list[str]:
        """Those of them that lie before a period and are of its kind, quarter or month: each kind of comparison follows its own."""
        return [label for label in self.periods(asset) if label < period and ("Q" in label) == ("Q" in period)]


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # How pandas gets its own types back is written in the schema; one row tells it as well as all of them.
    metadata = pa.Schema.from_pandas(frame.head(1), preserve_index=False).metadata
    arrays = []
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        # Most fields of a register say the same in every row, and that is quickly seen and written.
        texts = column.to_numpy() if column.dtype == object and len(column) else None
        if texts is not None and type(texts[0]) is str and texts[0] == texts[-1] and (texts == texts[0]).all():
            arrays.append(pa.repeat(texts[0], len(texts)))
        else:
            arrays.append(pa.array(column, from_pandas=True))
    table = pa.Table.from_arrays(arrays, [str(name) for name in frame.columns]).replace_schema_metadata(metadata)
    # Statistics would hold the least and the greatest name of every field, and nobody asks for them.
    pq.write_table(table, path, compression="zstd", compression_level=1, write_statistics=False)
