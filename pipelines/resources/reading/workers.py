"""The processes that parse, seen from the side that asks: started, given an order, listened to for so long and no longer.

Belongs here: starting, reusing and ending them. Not here: what an order says (`child`), what an answer means (`wire`).
A process that has read a workbook is thrown away. One that has read a small plain text, with nothing but Python's own
text functions, waits for the next: starting costs more than reading such a file.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import threading
from contextlib import suppress
from typing import Any

from pipelines.resources.processes import command, end, environment
from pipelines.resources.reading.wire import HEAD, STAYS

_idle: list[Worker] = []
_lock = threading.Lock()


class DiedError(Exception):
    """The process ended without an answer; `code` is what it left, `late` that we ended it when its time was over."""

    def __init__(self, code: int, late: bool) -> None:
        super().__init__(f"the reading process ended with {code}")
        self.code, self.late = code, late


def ask(order: dict[str, Any], seconds: float) -> bytes:
    """The answer to one order.

    Args:
        order: The fields of `child.ReadOrder`; goes through a pipe, for it may hold a password.
        seconds: How long the answer may take, start included.

    Raises:
        DiedError: There was no whole answer.
    """
    with _lock:
        worker = _idle.pop() if _idle else None
    worker = worker if worker and worker.is_alive() else Worker()
    try:
        answer, stays = worker.ask(order, seconds)
    except BaseException:
        worker.end()
        raise
    if stays:
        with _lock:
            _idle.append(worker)
    else:
        worker.end()
    return answer


class Worker:
    """One process, reading one file at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            command("pipelines.resources.reading.child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # its last words may quote the file
            # The default pool reserves far more address space than it uses, which the limit on address space would count.
            env=environment(ARROW_DEFAULT_MEMORY_POOL="system"),
        )
        self._late = False

    def is_alive(self) -> bool:
        """Whether it waits for an order."""
        return self._process.poll() is None

    def ask(self, order: dict[str, Any], seconds: float) -> tuple[bytes, bool]:
        """The answer, and whether the process waits for another order.

        Raises:
            DiedError: It ended, or we ended it, before the answer was whole.
        """
        # A clock of ours beside the limits: Windows has none, and a child that waits for a disk spends no processor time.
        clock = threading.Timer(seconds, self._end_late)
        clock.daemon = True
        clock.start()
        orders, answers = self._process.stdin, self._process.stdout
        assert orders is not None
        assert answers is not None
        try:
            with suppress(OSError):  # it died already: there will be no answer, which is said below
                orders.write(json.dumps(order).encode() + b"\n")
                orders.flush()
            head = answers.read(HEAD)
            size = int.from_bytes(head[1:], "big")
            answer = answers.read(size) if len(head) == HEAD else b""
            if len(head) < HEAD or len(answer) < size:
                raise DiedError(self._process.wait(), self._late)
            return answer, head[0] == STAYS
        finally:
            clock.cancel()

    def _end_late(self) -> None:
        self._late = True
        self._process.kill()

    def end(self) -> None:
        """End the process and close its pipes."""
        end(self._process)


@atexit.register
def end_idle() -> None:
    """End the processes that wait; each also ends by itself when ours is gone."""
    with _lock:
        while _idle:
            _idle.pop().end()
