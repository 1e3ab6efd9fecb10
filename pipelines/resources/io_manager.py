"""How Dagster hands frames from station to station: the IO manager over the frames on disk, and assets of several frames.

Writing and reading a frame belongs to `frames`, what is in it to the stations (docs/data-shapes.md).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar, cast

import dagster as dg
import pandas as pd

from pipelines.resources.frames import FrameStore
from pipelines.resources.step_guard import quiet

FACTS = "facts"
T = TypeVar("T")


def parts_of(value: Any) -> dict[str, pd.DataFrame]:
    """The frames of a dataclass by field name; its dates and texts together in one row of the part `facts`."""
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    parts = {name: frame for name, frame in fields.items() if isinstance(frame, pd.DataFrame)}
    facts = {name: [str(fact)] for name, fact in fields.items() if name not in parts}
    return {**parts, FACTS: pd.DataFrame(facts)} if facts else parts


class FramesIOManager(dg.IOManager):
    """Dagster's way to the frames: a frame per asset and period; an asset of several frames has one folder per part."""

    def __init__(self, store: FrameStore) -> None:
        self.store = store

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write an asset's frame, or each part of it as `<asset>.<part>`."""
        if obj is None:
            return
        with quiet(context.op_def.name):
            asset = context.asset_key.path[-1]
            if isinstance(obj, pd.DataFrame):
                self.store.write(asset, context.partition_key, obj)
            else:
                for part, frame in parts_of(obj).items():
                    self.store.write(f"{asset}.{part}", context.partition_key, frame)
        # A run in this process keeps every output for its caller, which nobody asks for: the frames of a large county would fill
        # the memory. They are on disk now, and every station reads them from there.
        step = getattr(context, "_step_context", None)
        if step is not None and step.output_capture:
            step.output_capture.clear()

    def load_input(self, context: dg.InputContext) -> Any:
        """Read what the input's metadata asks for: the named `parts` as a mapping, else the frame or its `columns`."""
        with quiet(context.op_def.name):
            asset, period, asked = context.asset_key.path[-1], context.partition_key, context.definition_metadata
            if parts := asked.get("parts"):
                return {part: self.store.read(f"{asset}.{part}", period) for part in parts}
            return self.store.read(asset, period, asked.get("columns"))


def put_together(kind: type[T], parts: Mapping[str, pd.DataFrame]) -> T:
    """The dataclass that `parts_of` took apart."""
    facts: Any = parts[FACTS].iloc[0] if FACTS in parts else {}
    values: dict[str, Any] = {}
    for field in dataclasses.fields(cast(Any, kind)):
        if field.name in parts:
            values[field.name] = parts[field.name]
        else:
            # A type is a text where its module postpones annotations.
            is_date = field.type in (date, "date")
            values[field.name] = date.fromisoformat(facts[field.name]) if is_date else facts[field.name]
    return kind(**values)
