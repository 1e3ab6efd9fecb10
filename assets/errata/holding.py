"""Which lines a period's correction lists hold, so that no workbook asks a department for them a second time.

Belongs here: keeping and reading that. Not here: which errors a list has (`lines`), how a workbook leaves them out (`assets.workbooks.routing`).
Numbers of findings and departments only, nothing of a child.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from assets.errata.writing import DepartmentErrors
from pipelines.resources.frames import FrameStore

HELD = "errata_lines"
_COLUMNS = ["finding_id", "department"]


def held_lines(frames: FrameStore, period: str) -> dict[str, str]:
    """finding_id -> the department whose correction list of the period holds it; empty where none was written."""
    if not frames.exists(HELD, period):
        return {}
    kept = frames.read(HELD, period, _COLUMNS)
    return dict(zip(kept["finding_id"].astype(str), kept["department"].astype(str), strict=True))


def hold(frames: FrameStore, period: str, sheets: Mapping[str, DepartmentErrors], answered: Collection[str]) -> int:
    """Keep what the lists hold now, in place of what they held before.

    Args:
        frames: of the workspace.
        period: whose lists were written.
        sheets: department -> what it got.
        answered: findings answered in this period: a list that was written before them still holds them, or the workbook would ask again.

    Returns:
        How many lines stand in the lists now.
    """
    now = {str(name): department for department, sheet in sheets.items() for name in sheet.errors.get("finding_id", ())}
    before = {name: whose for name, whose in held_lines(frames, period).items() if name in answered}
    frames.write(HELD, period, pd.DataFrame(sorted((before | now).items()), columns=_COLUMNS, dtype=object))
    return len(now)
