"""Where the readings of the sheets lie: in the frame `raw_<department>.readings`, beside the raw rows and under the same protection.

Belongs here: keeping them, and deriving anew what is stale or was never kept. Not here: what a reading holds (`assets.intake.sheetreading`).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from assets.intake.contract import Contract
from assets.intake.gather import unread_sheets
from assets.intake.sheetreading import SheetReading, readings_frame, readings_from
from pipelines.partitions import Period
from pipelines.resources.frames import FrameError, FrameStore


def keep_readings(frames: FrameStore, contract: Contract, period: Period, readings: Sequence[SheetReading]) -> None:
    """Keep what was understood of a department's sheets; it replaces what was kept for the period.

    Raises:
        FrameError, OSError: as `FrameStore.write`.
    """
    frames.write(_name(contract), period.label, readings_frame(readings, contract))


def kept_readings(frames: FrameStore, contract: Contract, period: Period, raw: pd.DataFrame) -> list[SheetReading]:
    """The reading of every sheet of a department's raw rows.

    A workspace of an earlier state has none, and a changed contract makes them stale: those are derived from the raw rows, and kept.

    Raises:
        FrameError, OSError: as `FrameStore.write`.
    """
    kept: list[SheetReading] = []
    if frames.exists(_name(contract), period.label):
        try:
            kept = readings_from(frames.read(_name(contract), period.label), contract, period.last_day)
        except FrameError:  # the raw rows say it all again
            kept = []
    anew = unread_sheets(raw, kept, contract, period.last_day)
    if not anew:
        return kept
    replaced = {(reading.around.file, reading.sheet_no) for reading in anew}
    together = [reading for reading in kept if (reading.around.file, reading.sheet_no) not in replaced] + anew
    # Kept by whoever missed them first: the stations after this one, and the process of the marked copies, ask the same.
    keep_readings(frames, contract, period, together)
    return together


def _name(contract: Contract) -> str:
    return f"raw_{contract.department}.readings"
