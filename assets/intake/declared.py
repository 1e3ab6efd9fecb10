"""How many people or lines a file says of itself that it holds: more than were read means that it was cut.

Belongs here: finding the number in titles, totals and notes. Not here: small differences between a sheet's total and its rows (`remarks`),
what is done about it (`assets.receiving.doubts`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from assets.intake.claims import load_claims
from assets.intake.gather import cell_columns

KINDS = ("title", "total", "signature", "note")


@dataclass(frozen=True)
class Declared:
    """The largest number that a file states of itself, and where it stands."""

    rows: int
    sheet: str
    row: int


def declared(raw: pd.DataFrame) -> Declared | None:
    """The largest number of people or lines stated outside the data rows; None when none is.

    Args:
        raw: the file's raw rows (docs/data-shapes.md section 2).
    """
    lines = raw[raw["kind"].isin(KINDS)]
    cells = lines[cell_columns(raw)].to_numpy(dtype=object)
    # Blanks may stand anywhere in such a line (共 1 8 9 8 9 条), and the words and the number in cells of their own.
    statements = [
        Declared(int(match["rows"]), str(sheet), int(row))
        for sheet, row, line in zip(lines["sheet"], lines["row"], cells, strict=True)
        for match in re.finditer(load_claims().stated_rows, " ".join(re.sub(r"\s+", "", cell) for cell in line if cell))
    ]
    # The largest: beside the whole there are the numbers of its parts.
    return max(statements, key=lambda each: each.rows, default=None)


def is_cut(stated: int, rows: int) -> bool:
    """Whether so many of the stated rows are missing that it is no slip of the pen."""
    rules, missing = load_claims(), stated - rows
    return missing >= rules.least_missing and missing >= rules.missing_share * stated
