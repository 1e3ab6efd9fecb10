"""Which engines there are, and what one may use: NumPy arrays, DuckDB, or Spark.

Belongs here: their names and limits. Does not belong here: choosing one for a delivery (`engine`).
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

EngineName = Literal["auto", "numpy", "duckdb", "spark"]
ENGINES: tuple[EngineName, ...] = ("auto", "numpy", "duckdb", "spark")
IN_MEMORY = 8_000_000
"""Records up to which `auto` takes NumPy: measured to six million, where it needs less time and less memory than DuckDB, which holds its
limit beside the coded records (docs/decisions/engine.md)."""


def engine_name(text: str) -> EngineName:
    """An engine's name as written by a person.

    Raises:
        ValueError: there is no such engine (in Chinese).
    """
    for name in ENGINES:
        if text == name:
            return name
    raise ValueError(f"没有这种比对引擎，可选：{'、'.join(ENGINES)}")


@dataclass(frozen=True)
class Engine:
    """An engine and what it may use.

    Attributes:
        name: which one; `auto` takes NumPy or DuckDB by size.
        folder: where it may spill; None for the machine's temporary directory. What it writes is personal data and deleted at the end.
        memory: the most that DuckDB holds in memory, as `4GB`.
        threads: processor cores.
    """

    name: EngineName = "auto"
    folder: Path | None = None
    memory: str = "4GB"
    threads: int = max(1, min(os.cpu_count() or 1, 8))

    def private_folder(self) -> Path:
        """A new folder of our own inside `folder`; who asks for it deletes it."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="linkage-", dir=self.folder))
