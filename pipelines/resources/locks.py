"""One run at a time in a workspace: a file lock, and an advisory lock as well when the database is a shared PostgreSQL.

The operating system and the server release both when the process dies, so a killed run never blocks the next one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

LOCK_NAME = ".lock"
_ADVISORY_KEY = 7_400_281_562_026  # any constant that nobody else in the database uses
_held: dict[Path, int] = {}


class BusyError(Exception):
    """Another run holds the lock; the text is a Chinese sentence."""


@contextmanager
def only_run(root: Path, engine: sa.Engine | None = None) -> Iterator[None]:
    """Hold the workspace. Within one process it may be taken again (the command and the graph it runs).

    Raises:
        BusyError: another process holds it.
    """
    root = root.resolve()
    if _held.get(root):
        with _counted(root):
            yield
        return
    with ExitStack() as stack:
        stack.enter_context(_file_lock(root / LOCK_NAME))
        if engine is not None and engine.dialect.name == "postgresql":
            stack.enter_context(_advisory_lock(engine))
        stack.enter_context(_counted(root))
        yield


@contextmanager
def _counted(root: Path) -> Iterator[None]:
    _held[root] = _held.get(root, 0) + 1
    try:
        yield
    finally:
        _held[root] -= 1


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        _take(file)
        yield


def _take(file: IO[bytes]) -> None:
    try:
        if os.name == "nt":  # pragma: no cover - Windows
            import msvcrt

            windows: Any = msvcrt
            windows.locking(file.fileno(), windows.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise BusyError("另一次运行正在进行，这次没有开始：请等它结束再试。") from None


@contextmanager
def _advisory_lock(engine: sa.Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY}).scalar():
            raise BusyError("另一台机器正在用同一个数据库运行，这次没有开始：请等它结束再试。")
        try:
            yield
        finally:
            _unlock(connection)


def _unlock(connection: sa.Connection) -> None:
    """Let go. A connection that is gone has let go already, and must not hide the fault that ended the run."""
    try:
        connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_KEY})
    except (sa.exc.DBAPIError, sa.exc.PendingRollbackError):
        connection.invalidate()
