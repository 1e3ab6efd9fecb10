"""CSV files that open in a spreadsheet without becoming formulas (rules/law.md#formulas).

Here: the one writer for every CSV that leaves the product. Not here: what stands in the columns.
Columns of our own codes and numbers (`EXACT`) are written as they are. Names of files and sheets are people's words and
are guarded like every other text; who parses them takes the apostrophe off again (`unguard`, docs/data-shapes.md).
"""

from __future__ import annotations

import csv
import os
from collections.abc import Collection
from io import StringIO
from pathlib import Path

import pandas as pd

# Full-width signs too: a Chinese spreadsheet reads ＝ as = when the cell is edited.
RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LINKS_COLUMNS = ("period", "department", "file", "sheet", "row", "record_id", "child_id", "method", "probability")
FINDINGS_COLUMNS = (
    "period",
    "code",
    "finding_id",
    "child_id",
    "department",
    "file",
    "sheet",
    "row",
    "grade",
    "reason",
)
EXACT = (frozenset(LINKS_COLUMNS) | frozenset(FINDINGS_COLUMNS)) - {"reason", "file", "sheet"}


def guard(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula, and before one that looks so guarded.

    >>> guard("=1+1"), guard("'=1+1"), guard("张三")
    ("'=1+1", "''=1+1", '张三')
    """
    return f"'{text}" if _is_risky(text) else text


def unguard(text: str) -> str:
    """The text that `guard` was given.

    >>> unguard("'=1+1"), unguard("''=1+1"), unguard("'张三")
    ('=1+1', "'=1+1", "'张三")
    """
    return text[1:] if text.startswith("'") and _is_risky(text[1:]) else text


def _is_risky(text: str) -> bool:
    # A spreadsheet looks past blanks, and past the apostrophe that an earlier export put there.
    bare = text.lstrip("'")
    return bare.startswith(RISKY) or bare.lstrip(" \n　").startswith(RISKY)


def guard_column(column: pd.Series[str]) -> pd.Series[str]:
    """Guard each distinct value of a text column once."""
    return column.map({value: guard(value) for value in column.unique()}).astype(object)


def csv_text(frame: pd.DataFrame, exact: Collection[str] = ()) -> str:
    """The frame as CSV text, lines ended by CR LF.

    Args:
        frame: any columns; text columns are guarded, numbers written plainly.
        exact: columns that another system parses, never changed.
    """
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([guard(str(heading)) for heading in frame.columns])
    columns = []
    for name in frame.columns:
        column = frame[name]
        if name not in exact and column.dtype == object:
            column = guard_column(column.fillna("").astype(str))
        columns.append(column.tolist())
    writer.writerows(zip(*columns, strict=True))
    return buffer.getvalue()


def write_csv(frame: pd.DataFrame, path: Path, exact: Collection[str] = ()) -> Path:
    """Write `csv_text` as UTF-8 with BOM, whole or not at all (written aside, then renamed)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    # Without the BOM a Chinese spreadsheet takes UTF-8 for GBK and shows garbage.
    aside.write_bytes(csv_text(frame, exact).encode("utf-8-sig", errors="replace"))
    os.replace(aside, path)
    return path
