"""The marked copies of the departments' files, written in a process beside the run while the run writes the workbooks.

Belongs here: starting that process, its answer, doing without it. Not here: what a copy holds (`marked_copies`,
`assets.intake.errorlist`). It reads the frames itself; nothing but the order goes to it, and a count comes back.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.intake.contract import Contract
from assets.publishing.marked_copies import write_marked_copies
from assets.receiving.kept_readings import kept_readings
from pipelines.partitions import Period
from pipelines.resources.frames import FrameStore
from pipelines.resources.processes import command, end, environment


@dataclass(frozen=True)
class CopyOrder:
    """What to copy: the period's frames below `frames`, into the period's folder aside, by the departments' contracts."""

    frames: Path
    period: str
    folder: Path
    contracts: Mapping[str, Contract]


def mark(order: CopyOrder) -> int:
    """Write the copies where we stand; returns the rows with a remark.

    Raises:
        FrameError: a frame is missing or damaged.
    """
    store = FrameStore(order.frames)
    frames: dict[str, Any] = {
        f"{layer}_{name}": store.read(f"{layer}_{name}", order.period)
        for name in order.contracts
        for layer in ("raw", "quarantine")
    }
    period = Period.parse(order.period)
    for name, contract in order.contracts.items():
        frames[f"readings_{name}"] = kept_readings(store, contract, period, frames[f"raw_{name}"])
    columns = ["department", "record_id", "file", "issues"]
    frames["child_files"] = {"records": store.read("child_files.records", order.period, columns)}
    return write_marked_copies(order.contracts, frames, order.folder)


class Marking:
    """Copies under way."""

    def __init__(self, order: CopyOrder) -> None:
        self._order = order
        self._process: subprocess.Popen[bytes] | None = None
        # A machine that starts no further process writes the copies all the same, only later: in `finished`.
        with suppress(OSError):
            pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
            self._process = subprocess.Popen(
                command("assets.publishing.marking"), stdin=pipe, stdout=pipe, stderr=nothing, env=environment()
            )
            assert self._process.stdin is not None
            pickle.dump(order, self._process.stdin)
            # Not closed: that the pipe closes tells the process that the run is gone (`_end_with_parent`).
            self._process.stdin.flush()

    def finished(self) -> int:
        """Wait for the end; returns the rows with a remark. What the process could not do is done here, and says why."""
        answer = b""
        if self._process is not None and self._process.stdout is not None:
            answer = self._process.stdout.read()
        return int(answer) if answer else mark(self._order)

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            end(self._process)


@contextmanager
def marking(order: CopyOrder) -> Iterator[Marking]:
    """Write copies beside the block; none are written any more when the block is left."""
    under_way = Marking(order)
    try:
        yield under_way
    finally:
        under_way.stop()


def _end_with_parent() -> None:
    """A killed run must not be followed by a process that still writes into its folder."""
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    """Entry of the process: an order comes in, the count goes out; whatever goes wrong, the run does it again and says so."""
    order = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with redirect_stdout(sys.stderr):  # the pipe is for the answer only
        rows = mark(order)
    sys.stdout.write(str(rows))
    sys.stdout.flush()
    os._exit(0)  # nothing is left to tidy up


if __name__ == "__main__":
    main()
