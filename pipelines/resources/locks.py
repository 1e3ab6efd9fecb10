"""One run at a time in a workspace: a file lock, and an advisory lock as well when the database is a shared PostgreSQL.

The operating system and the server release both when the process dies, so a killed run never blocks the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout

LOCK_NAME = ".lock"
_ADVISORY_KEY = 7_400_281_562_026  # any constant that nobody else in the database uses


class BusyError(Exception):
    """Another run holds the lock; the text is a Chinese sentence."""


@contextmanager
def only_run(root: Path, engine: sa.Engine | None = None) -> Iterator[None]:
    """Hold the workspace. Within one process it may be taken again (the command and the graph it runs).

    Raises:
        BusyError: another process holds it.
    """
    # One lock per path and process, whichever thread asks; a marker file in place of the system's lock would outlive a killed run.
    lock = FileLock(
        root.resolve() / LOCK_NAME,
        thread_local=False,
        is_singleton=True,
        fallback_to_soft=False,
        preserve_lock_file=True,
    )
    again = lock.is_locked
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise BusyError("另一次运行正在进行，这次没有开始：请等它结束再试。") from None
    with ExitStack() as stack:
        stack.callback(lock.release)
        if engine is not None and engine.dialect.name == "postgresql" and not again:
            stack.enter_context(_advisory_lock(engine))
        yield


@contextmanager
def _advisory_lock(engine: sa.Engine) -> Iterator[None]:
    """Hold the database: two workspaces on two machines share no file that could be locked."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY}).scalar():
            raise BusyError("另一台机器正在用同一个数据库运行，这次没有开始：请等它结束再试。")
        try:
            yield
        finally:
            try:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_KEY})
            except (sa.exc.DBAPIError, sa.exc.PendingRollbackError):
                # A connection that is gone has let go already, and must not hide the fault that ended the run.
                connection.invalidate()
