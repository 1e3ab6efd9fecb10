"""Frames on disk: `frames/<asset>/<period>.parquet`, replaced whole and atomically, and the Dagster IO manager over
them.

What is in a frame belongs to the stations (docs/data-shapes.md); nothing here reads a value.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast

import dagster as dg
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
        """
        try:
            with replacing(self.path(asset, period)) as aside:
                _write_parquet(frame, aside)
            return
        except OSError as fault:
            problem = f"写不进磁盘（{fault.strerror or type(fault).__name__}），请检查空间和权限"
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
            raise FrameError(f"还没有 {asset} {period} 的结果：请先运行 tongbi run --period {period}。")
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

    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, path, compression="zstd", compression_level=1)


def _read_parquet(path: Path, columns: Sequence[str] | None) -> pd.DataFrame:
    import pyarrow.parquet as pq

    if columns is not None:
        there = set(pq.read_schema(path).names)
        columns = [name for name in columns if name in there]
    frame: pd.DataFrame = pq.read_table(path, columns=columns, memory_map=False).to_pandas()
    return frame


FACTS = "facts"
T = TypeVar("T")


def parts_of(value: Any) -> dict[str, pd.DataFrame]:
    """The frames of a dataclass by field name; its dates and texts together in one row of the part `facts`."""
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    parts = {name: one for name, one in fields.items() if isinstance(one, pd.DataFrame)}
    facts = {name: [str(one)] for name, one in fields.items() if name not in parts}
    return {**parts, FACTS: pd.DataFrame(facts)} if facts else parts


class FramesIOManager(dg.IOManager):
    """Dagster's way to the frames: a frame per asset and period; an asset of several frames has one folder per part."""

    def __init__(self, store: FrameStore) -> None:
        self.store = store

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write an asset's frame, or each part of it as `<asset>.<part>`."""
        if obj is None:
            return
        asset = context.asset_key.path[-1]
        parts = (
            {asset: obj}
            if isinstance(obj, pd.DataFrame)
            else {f"{asset}.{part}": one for part, one in parts_of(obj).items()}
        )
        for name, frame in parts.items():
            self.store.write(name, context.partition_key, frame)
        _forget_outputs(context)

    def load_input(self, context: dg.InputContext) -> Any:
        """Read what the input's metadata asks for: the named `parts` as a mapping, else the frame or its `columns`."""
        asset, period = context.asset_key.path[-1], context.partition_key
        asked = context.definition_metadata
        if parts := asked.get("parts"):
            return {part: self.store.read(f"{asset}.{part}", period) for part in parts}
        return self.store.read(asset, period, asked.get("columns"))


def _forget_outputs(context: dg.OutputContext) -> None:
    """A run in this process keeps every output for its caller, which nobody asks for: the frames of a large county would fill the memory.

    They are on disk now, and every station reads them from there.
    """
    step = getattr(context, "_step_context", None)
    if step is not None and step.output_capture:
        step.output_capture.clear()


def put_together(kind: type[T], parts: Mapping[str, pd.DataFrame]) -> T:
    """The dataclass that `parts_of` took apart."""
    facts: Any = parts[FACTS].iloc[0] if FACTS in parts else {}
    values = {
        field.name: parts[field.name] if field.name in parts else _revived(facts[field.name], field.type)
        for field in dataclasses.fields(cast(Any, kind))
    }
    return kind(**values)


def _revived(text: str, kind: Any) -> Any:
    return date.fromisoformat(text) if kind in (date, "date") else text
