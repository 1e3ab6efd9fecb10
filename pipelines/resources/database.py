"""The connection to SQL: engine, migrations, bulk inserts. The tables are in `tables`; what they mean belongs to who writes them.

SQLite in the workspace unless the settings name a PostgreSQL. Parameters never appear in an exception or a log (`hide_parameters`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from pipelines.resources import audit
from pipelines.resources.trouble import UNFORESEEN, Trouble, trouble_of

MIGRATIONS = Path(__file__).parent / "migrations"
CHUNK = 20_000
_TALLY = {"committed": 0}


class DatabaseError(Exception):
    """The database cannot be reached or is not ours; the text is a Chinese sentence."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.sentence())
        self.trouble = trouble


def connect(url: str | sa.URL) -> sa.Engine:
    """An engine for the URL, with the pragmas that SQLite needs for several readers and one writer.

    Raises:
        DatabaseError: the URL cannot be understood, or names a database that we do not work on. It never repeats the URL.
    """
    try:
        target = sa.make_url(url.strip() if isinstance(url, str) else url)
        if target.drivername in ("postgresql", "postgres"):
            target = target.set(drivername="postgresql+psycopg")  # SQLAlchemy's own choice, psycopg2, is not installed
        if target.get_backend_name() not in ("sqlite", "postgresql"):
            raise sa.exc.NoSuchModuleError
        # pool_pre_ping: a run waits for minutes between two writes, and a server may have closed the connection meanwhile.
        engine = sa.create_engine(target, hide_parameters=True, pool_pre_ping=True)
    except (sa.exc.ArgumentError, ValueError, ModuleNotFoundError) as fault:
        trouble = trouble_of(fault)
    else:
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_immediate)
        return engine
    # Outside the handler, or the driver's message would hang on as the cause and repeat the URL.
    raise DatabaseError(trouble if trouble.code != UNFORESEEN else Trouble("url_unreadable"))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # We say BEGIN ourselves, so that reading a table and writing it is one transaction.
    connection.isolation_level = None
    # FULL: what was committed, and remembered as the chain's head outside, survives a power failure.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: sa.Connection) -> None:
    # A transaction that begins as a reader and writes later is refused where somebody wrote meanwhile, however long it would wait.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that will write: everything in it or nothing. SQLite takes its write lock at the start, not halfway."""
    with engine.connect().execution_options(writing=True) as connection:
        audit.forget_head(connection)
        with connection.begin():
            yield connection
        _TALLY["committed"] += 1
        audit.anchor(connection)


def committed() -> int:
    """How many transactions of this process have written: a command that fails after one may not say that nothing changed."""
    return _TALLY["committed"]


def migrate(engine: sa.Engine) -> None:
    """Bring the tables up to the newest revision (Alembic); nothing happens when they are."""
    # The files are named after their revision, so that no command waits for Alembic to learn that there is nothing to do.
    newest = max(path.stem.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    if sa.inspect(engine).has_table("alembic_version"):
        with engine.connect() as connection:
            if connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == newest:
                return
    from alembic import command
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", MIGRATIONS.as_posix().replace("%", "%%"))
    with engine.connect().execution_options(writing=True) as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        connection.commit()


def open_database(url: str | sa.URL) -> sa.Engine:
    """Connect and migrate.

    Raises:
        DatabaseError: it cannot be reached or opened.
    """
    try:
        engine = connect(url)
        migrate(engine)
    except (sa.exc.SQLAlchemyError, OSError) as fault:
        trouble = trouble_of(fault)
    else:
        return engine
    # Outside the handler: what the driver says may hold the address or the user, and must not hang on as the cause.
    raise DatabaseError(trouble)


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all name the same columns."""
    if rows:
        insert_lines(connection, table, list(rows[0]), [tuple(row.values()) for row in rows])


def insert_lines(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], lines: Sequence[tuple[object, ...]]
) -> None:
    """Insert many lines of values in the order of `names`: COPY on PostgreSQL, `executemany` in pieces elsewhere."""
    if not lines:
        return
    columns = ", ".join(f'"{name}"' for name in names)
    # Past SQLAlchemy, which would prepare each of some hundred thousand lines anew.
    if connection.dialect.name == "postgresql":
        copying: Any = connection.connection.cursor()  # psycopg's own, which has COPY
        with copying, copying.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for line in lines:
                copy.write_row(line)
        return
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join("?" * len(names))})'
    cursor = connection.connection.cursor()
    for start in range(0, len(lines), CHUNK):
        cursor.executemany(statement, lines[start : start + CHUNK])
    cursor.close()
