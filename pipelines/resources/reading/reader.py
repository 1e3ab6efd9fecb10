"""`read_file`: the one entrance. Everything is parsed in a child process that may die without taking us along."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.resources.reading.limits import Limits, load_settings
from pipelines.resources.reading.opening import open_regular, too_large
from pipelines.resources.reading.refusals import refusal
from pipelines.resources.reading.shapes import WARN, Grid, Notice, Parsed, ParsedSheet, Reading
from pipelines.resources.reading.sniff import extension_notice, family
from pipelines.resources.reading.wire import unpack
from pipelines.resources.reading.workers import DiedError, ask

_HEAD = 4096
_CPU_CLOCK = -24
"""Return code of a process that the CPU limit ended (SIGXCPU)."""


def read_file(
    path: Path,
    limits: Limits | None = None,
    password: str | None = None,
    heading_words: Collection[str] | None = None,
) -> Reading:
    """Reads a delivered file, whatever it is inside (`docs/data-shapes.md` 1, rules/files.md#forms).

    Args:
        path: The file; its extension is not believed.
        limits: What it may cost; those of `limits.yaml` if not given.
        password: For a file with an opening password. Goes to the child process through a pipe.
        heading_words: Words of which a heading has at least one (they tell Big5 from GB18030); those of
            `limits.yaml` if not given.

    Returns:
        Grids of text with the row numbers a person sees, and remarks.

    Raises:
        Refusal: The file as a whole cannot be taken; message and advice are Chinese and hold no cell value.
    """
    settings = load_settings()
    limits = limits or settings.limits
    # What can be said without starting a process.
    try:
        with open_regular(path) as stream:
            size, head = os.fstat(stream.fileno()).st_size, stream.read(_HEAD)
    except OSError:
        raise refusal("missing") from None
    if size > limits.file_bytes:
        raise too_large(size, limits.file_bytes)
    family(head)

    order: dict[str, object] = {
        "path": str(path.resolve()),
        "password": password,
        "heading_words": list(settings.heading_words if heading_words is None else heading_words),
        "null_words": list(settings.null_words),
        "limits": limits.model_dump(),
    }
    parsed, cells = _in_child(order, limits.seconds)
    grids = [_grid(sheet, columns) for sheet, columns in zip(parsed.sheets, cells, strict=True)]
    # A table of which only the heading is filled is told from an empty one: the clerk has to do something else (rules/bad-inputs.md#input-1).
    filled = max((_filled_rows(grid.cells) for grid in grids), default=0)
    if filled < 2:
        raise refusal("no_rows" if filled else "empty")

    notices = extension_notice(path, parsed.container) + parsed.notices
    for grid in grids:
        notices += _hidden_notices(grid)
    return Reading(parsed.container, parsed.encoding, grids, notices)


def _in_child(order: dict[str, object], seconds: float) -> tuple[Parsed, list[list[bytes]]]:
    for careful in (False, True):
        try:
            return unpack(ask(order | {"careful": careful}, seconds))
        except DiedError as died:
            if died.late or died.code == _CPU_CLOCK:
                raise refusal("time") from None
            # Aborted because an allocation failed. The second time the extents are looked at first, which says which sheet is to blame.
    raise refusal("memory")


def _grid(sheet: ParsedSheet, columns: list[bytes]) -> Grid:
    cells = pd.DataFrame(dict(enumerate(map(_texts, columns))), dtype=object, copy=False)
    cells.index = pd.Index(np.arange(1, len(cells) + 1, dtype=np.int32))
    cells.columns = pd.RangeIndex(len(columns))
    return Grid(
        sheet=sheet.name,
        number=sheet.number,
        hidden=sheet.hidden,
        cells=cells,
        damaged=sheet.damaged,
        merged=sheet.merged,
        hidden_rows=sheet.hidden_rows,
        hidden_columns=sheet.hidden_columns,
    )


def _texts(packed: bytes) -> pd.Series[str]:
    """A column as `wire.pack_column` made it, without a Python object for each text: the NULs tell the offsets, then they go."""
    data = np.frombuffer(packed, np.uint8)
    ends = np.flatnonzero(data == 0)
    ends -= np.arange(len(ends))
    offsets = np.concatenate(([0], ends, [len(data) - len(ends)])).astype(np.int64)
    characters = data[data != 0].tobytes()
    array = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(characters))
    # Equal texts become one object: registers repeat themselves.
    texts: pd.Series[str] = array.to_pandas(deduplicate_objects=True)
    return texts


def _filled_rows(cells: pd.DataFrame) -> int:
    """How many rows hold something; the first of them are enough to tell an empty table from a filled one."""
    head = int((cells.iloc[:200] != "").any(axis=1).sum())
    return head if head > 1 else int((cells != "").any(axis=1).sum())


def _hidden_notices(grid: Grid) -> list[Notice]:
    """Hidden and filtered rows are data; the clerk is told that they were read (rules/bad-inputs.md#input-10)."""
    notices = []
    if grid.hidden:
        notices.append(Notice("hidden_sheet", WARN, grid.sheet, 0, 0, f"第{grid.number}张表是隐藏的，已照常读取。"))
    if grid.hidden_rows or grid.hidden_columns:
        text = (
            f"第{grid.number}张表有{len(grid.hidden_rows)}行、{len(grid.hidden_columns)}列被隐藏或筛选掉，已照常读取。"
        )
        notices.append(
            Notice("hidden_rows", WARN, grid.sheet, 0, 0, text, "如果隐藏的内容不应报送，请删除后重新放入。")
        )
    return notices
