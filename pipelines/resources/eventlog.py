"""Dagster's event log in SQLite with its connections kept open.

Dagster opens a new connection, and waits for the disk, for each of some four hundred events of a run: measured at a quarter of the time of a
small run, and much more on a slow disk. Nothing else is changed: same files, same tables, readable by Dagster's own class.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import event
from sqlalchemy.pool import StaticPool

from pipelines.resources.history import BUSY_SECONDS, EVENTS, connection_text, dagster_home, database_of


class SteadyEventLog(SqliteEventLogStorage):
    """`dagster.yaml` names this class; it has no settings, so that a workspace can be moved: the files lie below DAGSTER_HOME."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._opening = threading.Lock()
        self._known_tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No settings."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "SteadyEventLog":
        """How Dagster makes it from `dagster.yaml`."""
        return cls(str(database_of(dagster_home(), EVENTS).parent), inst_data)

    def conn_string_for_shard(self, shard_name: str) -> str:
        """The URL of the index, or of one run's events."""
        return connection_text(Path(self.path_for_shard(shard_name)))

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> sa.Engine:
        """The shard's engine, with the one connection that it keeps; the threads of Dagster's screen take turns at it."""
        with self._opening:
            if shard not in self._engines:
                url, settings = self.conn_string_for_shard(shard), {"timeout": BUSY_SECONDS, "check_same_thread": False}
                engine = sa.create_engine(url, poolclass=StaticPool, connect_args=settings, hide_parameters=True)
                # With a write-ahead log a killed process loses nothing; a power failure may lose the last events, never the file.
                event.listen(engine, "connect", lambda opened, _: opened.execute("PRAGMA synchronous=NORMAL"))
                self._initdb(engine)
                self._engines[shard] = engine
            return self._engines[shard]

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there. Dagster asks for every event; a table that is there stays."""
        if table_name not in self._known_tables and super().has_table(table_name):
            self._known_tables.add(table_name)
        return table_name in self._known_tables

    def dispose(self) -> None:
        """Close every file."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
