"""The account of a period's inbox: every file in it, and what became of it (frame `inbox_files`).

Belongs here: writing it down for a run, reading it, and the sum that a run prints. Does not belong here: deciding whose a file is (`sorting`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from assets.receiving.sorting import ASKED, LEFT, OPENED, SILENT, InboxEntry
from pipelines.resources.frames import FrameError, FrameStore

NAME = "inbox_files"
COLUMNS = [field.name for field in fields(InboxEntry)]
_IN_USE = ("received", "current")


@dataclass(frozen=True)
class InboxSum:
    """How many files lay in the inbox and what became of them: `files` = all the others together.

    `copies` are files whose content another one has; `silent` are hidden ones and the like, that nobody put there.
    """

    files: int
    read: int
    refused: int
    copies: int
    left: int
    asked: int
    opened: int
    silent: int


def entries_frame(entries: Iterable[InboxEntry]) -> pd.DataFrame:
    """The entries in the order of their paths, as docs/data-shapes.md says."""
    rows = sorted((asdict(entry) for entry in entries), key=lambda row: row["path"])
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def kept_entries(frames: FrameStore, period: str) -> list[InboxEntry]:
    """The entries that the last run of a period saw; none before its first run, or where they cannot be read."""
    if not frames.exists(NAME, period):
        return []
    try:
        kept = frames.read(NAME, period)
    except FrameError:  # what they say is said again by the next run
        return []
    return [InboxEntry(**{name: str(row[name]) for name in COLUMNS}) for row in kept.to_dict("records")]


def inbox_sum(entries: Iterable[InboxEntry], register: Iterable[Mapping[Any, Any]]) -> InboxSum:
    """What became of every file.

    Args:
        entries: of the run.
        register: the period's deliveries with `department, sha256, status`.
    """
    status = {(row["department"], row["sha256"]): row["status"] for row in register}
    counts = dict.fromkeys(("read", "refused", "copies", LEFT, ASKED, OPENED, SILENT), 0)
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        key = (entry.department, entry.sha256)
        if entry.fate in counts:
            counts[entry.fate] += 1
        elif entry.sha256 and key in seen:
            counts["copies"] += 1
        else:
            seen.add(key)
            counts["read" if status.get(key) in _IN_USE else "refused"] += 1
    return InboxSum(sum(counts.values()), **counts)
