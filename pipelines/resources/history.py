"""Dagster's databases in the workspace (runs, index of events, schedules): made aside and renamed into place, mended when half-made.

Dagster makes each in some fifty steps that a killed process leaves half-done, and takes a half-made one for a database of an old version:
no run would ever start again. Nothing of ours depends on what they hold. Not here: how events are written (`eventlog`), our own database.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.migration import ASSET_DATA_MIGRATIONS, EVENT_LOG_DATA_MIGRATIONS
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.runs.migration import OPTIONAL_DATA_MIGRATIONS, REQUIRED_DATA_MIGRATIONS
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.schedules.migration import (
    OPTIONAL_SCHEDULE_DATA_MIGRATIONS,
    REQUIRED_SCHEDULE_DATA_MIGRATIONS,
)
from dagster._serdes import ConfigurableClassData

from pipelines.resources.files import replacing, sweep

BUSY_SECONDS = 30
DAMAGED = ".damaged"


@dataclass(frozen=True)
class Record:
    """One of Dagster's databases.

    Attributes:
        place: where it lies below DAGSTER_HOME.
        marks: what Dagster writes into `secondary_indexes` when it has made everything, the last thing it does.
        tables: those that hold history.
        bring_up: makes it, or brings it up to date, in a folder; Dagster's own way.
    """

    place: str
    marks: frozenset[str]
    tables: tuple[str, ...]
    bring_up: Callable[[str], None]


def _bring_up_runs(folder: str) -> None:
    storage = SqliteRunStorage.from_local(folder)
    storage.upgrade()
    storage.migrate()
    for name in OPTIONAL_DATA_MIGRATIONS:
        # It would fill columns from the events of old runs; whatever we ever wrote has them filled.
        storage.mark_index_built(name)


def _bring_up_events(folder: str) -> None:
    storage = SqliteEventLogStorage(folder)
    storage.upgrade()
    storage.reindex_events()
    storage.reindex_assets()


def _bring_up_schedules(folder: str) -> None:
    storage = SqliteScheduleStorage.from_local(folder)
    storage.upgrade()
    storage.migrate()
    storage.optimize()


RUNS = Record(
    place="history/runs.db",
    marks=frozenset({*REQUIRED_DATA_MIGRATIONS, *OPTIONAL_DATA_MIGRATIONS}),
    tables=("runs", "bulk_actions"),
    bring_up=_bring_up_runs,
)
EVENTS = Record(
    place="history/runs/index.db",
    marks=frozenset({*EVENT_LOG_DATA_MIGRATIONS, *ASSET_DATA_MIGRATIONS}),
    tables=("event_logs", "dynamic_partitions"),
    bring_up=_bring_up_events,
)
SCHEDULES = Record(
    place="schedules/schedules.db",
    marks=frozenset({*REQUIRED_SCHEDULE_DATA_MIGRATIONS, *OPTIONAL_SCHEDULE_DATA_MIGRATIONS}),
    tables=("jobs", "instigators", "job_ticks"),
    bring_up=_bring_up_schedules,
)
RECORDS = (RUNS, EVENTS, SCHEDULES)


class RunHistory(SqliteRunStorage):
    """Dagster's runs, below DAGSTER_HOME whatever characters its path has; `dagster.yaml` names this class."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No settings."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> RunHistory:
        """How Dagster makes it from `dagster.yaml`."""
        return cls(connection_text(database_of(dagster_home(), RUNS)), inst_data)


class ScheduleHistory(SqliteScheduleStorage):
    """Dagster's schedules and sensors, likewise."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No settings."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> ScheduleHistory:
        """How Dagster makes it from `dagster.yaml`."""
        return cls(connection_text(database_of(dagster_home(), SCHEDULES)), inst_data)


def dagster_home() -> Path:
    """Where this process's Dagster lives."""
    return Path(os.environ["DAGSTER_HOME"])


def connection_text(path: Path) -> str:
    """The URL of an SQLite file as Dagster wants it: a text. `%`, `?` and `#` in the path belong to the path."""
    return sa.URL.create("sqlite", database=path.as_posix()).render_as_string(hide_password=False)


def prepare(home: Path) -> list[Path]:
    """Make what is missing and mend what a killed process left half-made. Only while the workspace is held.

    Returns:
        Files that were no databases any more and were moved aside, never removed.
    """
    sweep(home)
    moved = [damaged for record in RECORDS if (damaged := _mend(home, record))]
    # A run's own file is only asked whether it is one: Dagster completes a half-made one itself.
    moved += [_aside(path) for path in sorted((home / "history" / "runs").glob("*.db")) if not _is_database(path)]
    return moved


def database_of(home: Path, record: Record) -> Path:
    """The database's file; made when it is not there."""
    path = home / record.place
    if not path.exists():
        _put(_template(record).content, path)
    return path


def _mend(home: Path, record: Record) -> Path | None:
    """Make sure of one database. What holds history keeps it; what cannot be read or mended is moved aside."""
    path, damaged = home / record.place, None
    if path.exists() and not _is_database(path):
        damaged = _aside(path)
    elif path.exists() and not _is_whole(path, record) and _nobody_else_has(path):
        there = [name for name in record.tables if name in _names(path)]
        holds_history = any(_read(path, f'SELECT 1 FROM "{name}" LIMIT 1') for name in there)
        mended = _mended(path, record) if holds_history else _template(record).content
        damaged = _aside(path) if mended is None else None
        _put(mended or _template(record).content, path)
    database_of(home, record)
    return damaged


def _nobody_else_has(path: Path) -> bool:
    """Fold the log into the file, which SQLite does only for the last who has it open; whoever else has it can live with it."""
    with closing(_open(path)) as connection:
        mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    return str(mode) == "delete"


def _is_database(path: Path) -> bool:
    """Whether SQLite can read it. A lock or a full disk is no such judgement and is raised."""
    try:
        _read(path, "SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False
    return True


def _is_whole(path: Path, record: Record) -> bool:
    names = _names(path)
    if not {"alembic_version", "secondary_indexes"} <= names:
        return False
    marks = {row[0] for row in _read(path, "SELECT name FROM secondary_indexes WHERE migration_completed IS NOT NULL")}
    return bool(_read(path, "SELECT 1 FROM alembic_version")) and record.marks <= marks


def _names(path: Path) -> set[str]:
    return {row[0] for row in _read(path, "SELECT name FROM sqlite_master")}


def _read(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(_open(path)) as connection:
        return connection.execute(sql).fetchall()


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)


@dataclass(frozen=True)
class Template:
    """An empty database as Dagster makes it, and the statement behind each of its tables and indexes."""

    content: bytes
    statements: Mapping[str, str]


@cache
def _template(record: Record) -> Template:
    """Made once in a process, in a folder of its own."""
    with _workshop() as folder:
        _brought_up(record, folder)
        path = folder / Path(record.place).name
        rows = _read(path, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
        return Template(_whole_file(path), dict(rows))


def _mended(path: Path, record: Record) -> bytes | None:
    """The database with its history and everything that Dagster asks of it, or None when that cannot be had."""
    with _workshop() as folder:
        copy = folder / path.name
        with closing(_open(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        try:
            # Tables and indexes that are missing; the version stands in its table where it was written.
            there = _names(copy)
            with closing(sqlite3.connect(copy)) as connection, connection:
                for name, sql in _template(record).statements.items():
                    if name not in there and name != "alembic_version":
                        connection.execute(sql)
            _brought_up(record, folder)
        except Exception:  # whatever Dagster or SQLite finds wrong with it, it is moved aside as it is
            return None
        return _whole_file(copy) if _is_whole(copy, record) else None


def _brought_up(record: Record, folder: Path) -> None:
    # Dagster prints each step that it takes, which nobody who runs a period can make anything of.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        record.bring_up(str(folder))


@contextmanager
def _workshop() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tongbi-dagster-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _whole_file(path: Path) -> bytes:
    """The bytes of a database that nobody has open, nothing left in its log."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


def _put(content: bytes, path: Path) -> None:
    """Put a database into its place whole."""
    with replacing(path) as aside:
        aside.write_bytes(content)
        _forget_log(path)


def _forget_log(path: Path) -> None:
    """A log belongs to the database beside which it was written: it must be gone before another takes the place."""
    for ending in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    """Move a file that is no database to a free name beside it."""
    free = next(
        name for number in range(1, 10_000) if not (name := path.with_name(f"{path.name}{DAMAGED}-{number}")).exists()
    )
    path.rename(free)
    _forget_log(path)
    return free
