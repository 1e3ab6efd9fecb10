"""What a peer's process says about itself: seconds of wall clock and processor, peak memory; and how it writes its clusters.

Runs in the peers' environment: nothing of the product is imported.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np


def peak_gib() -> float:
    """Peak resident memory of this process; not `ru_maxrss`, which begins with that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 2**20


class Run:
    """Times the stations of a peer and writes what it found, one line of JSON per variant."""

    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []
        self.shared = [0.0, 0.0]

    @contextmanager
    def common(self) -> Iterator[None]:
        """Work that every variant needs."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.shared[0] += time.perf_counter() - wall
        self.shared[1] += time.process_time() - cpu

    @contextmanager
    def variant(self, name: str) -> Iterator[dict[str, object]]:
        """A last step of its own; its seconds are added to the common ones."""
        line: dict[str, object] = {"name": name}
        wall, cpu = time.perf_counter(), time.process_time()
        yield line
        line["wall"] = self.shared[0] + time.perf_counter() - wall
        line["cpu"] = self.shared[1] + time.process_time() - cpu
        line["peak_gib"] = peak_gib()
        self.lines.append(line)

    def write(self, labels: dict[str, np.ndarray], out: Path) -> None:
        """Clusters per variant as Parquet, figures on standard output."""
        pd.DataFrame(labels).to_parquet(out)
        json.dump(self.lines, sys.stdout)
        sys.stdout.write("\n")
