"""What the audit chain vouches for besides its own lines: the rows of answers, decisions, findings, publications, deliveries.

Every row gets a digest over a random salt and its content, kept in table `seal` beside it; one line of the chain carries the digest over all
digests of a transaction. A row that is lawfully erased loses its salt as well, so its digest says nothing any more, and the chain stays whole.

Belongs here: digests, sealing what a transaction wrote, erasing. Does not belong here: comparing (`chain_verification`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from pipelines.resources import audit
from pipelines.resources.audit import Act
from pipelines.resources.database import insert_lines
from pipelines.resources.tables import (
    audit as audit_table,
)
from pipelines.resources.tables import (
    decision,
    delivery,
    finding,
    finding_event,
    life_event,
    publication,
    seal,
    sharing_delivery,
    sharing_receipt,
)

SEAL, ERASE = "seal", "erase"
WRITER = "tongbi"
# A digest of 128 bits: half of HMAC-SHA256 is allowed (RFC 2104, 5) and a hundred thousand of them stay small.
DIGEST, SALT = 32, 16
PIECE = 5_000
_OPEN = "unsealed"
# Made once: `json.dumps` with settings makes an encoder for every row.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass
class Kept:
    """One table whose rows are sealed; `settled`: a row never changes, so a second seal of it means that it was replaced."""

    table: sa.Table
    settled: bool = True

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The table's columns in their order."""
        return tuple(column.name for column in self.table.columns)

    @cached_property
    def _key_places(self) -> tuple[int, ...]:  # asked for every row
        return tuple(self.columns.index(column.name) for column in self.table.primary_key.columns)

    def key_of(self, row: Sequence[Any]) -> str:
        """The key of a row of the table as text that sorts as the key does."""
        return "/".join([_sortable(row[place]) for place in self._key_places])


KEPT = {
    kept.table.name: kept
    for kept in (
        *(Kept(table) for table in (decision, finding, finding_event, life_event, publication)),
        *(Kept(table) for table in (sharing_delivery, sharing_receipt)),
        Kept(delivery, settled=False),
        # Lines of an earlier chain, whose key is gone or was none, are vouched for as rows.
        Kept(audit_table),
    )
}


@dataclass(frozen=True)
class SealedBatch:
    """The rows of one table that one line of the chain vouches for: the columns of the digests, how many, the digest over all."""

    columns: tuple[str, ...]
    rows: int
    root: str


def _sortable(value: Any) -> str:
    return f"{value:012d}" if isinstance(value, int) else str(value)


def attach(engine: sa.Engine) -> None:
    """Seal at every commit what the transaction wrote and named by `written`."""
    if not event.contains(engine, "commit", seal_written):
        event.listen(engine, "commit", seal_written)
        event.listen(engine, "rollback", _forget)


def _forget(connection: sa.Connection) -> None:
    if not connection.invalidated:  # what a broken connection knew went with it, and asking it would hide why it broke
        connection.info.pop(_OPEN, None)


def written(connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> None:
    """Say which rows this transaction writes; they are sealed as they stand when it commits."""
    connection.info.setdefault(_OPEN, {}).setdefault(table.name, []).append(where)


def written_keys(connection: sa.Connection, column: sa.Column[Any], keys: Iterable[Any]) -> None:
    """The same, for rows named by one column's values."""
    named = list(keys)
    # In pieces: a database takes only so many parameters in one statement.
    for start in range(0, len(named), PIECE):
        written(connection, column.table, column.in_(named[start : start + PIECE]))


def upcoming(connection: sa.Connection, table: sa.Table) -> sa.ColumnElement[bool]:
    """The rows that will be added from now on, of a table numbered by itself; nobody else adds any until the transaction ends."""
    audit.one_writer(connection)
    last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
    return table.c.id > last


def seal_written(connection: sa.Connection) -> None:
    """Seal what was written, in the same transaction."""
    wheres: dict[str, list[sa.ColumnElement[bool]]] = connection.info.pop(_OPEN, {})
    if wheres and audit.secret_of(connection):
        seal_rows(connection, wheres, Act(WRITER, SEAL, "", {}))


def seal_rows(
    connection: sa.Connection, wheres: Mapping[str, Sequence[sa.ColumnElement[bool] | None]], act: Act, least: int = 0
) -> audit.Head:
    """Seal the rows that fit, by one line of the chain: `act`, with the batches in its detail."""
    secret, lines, batches = audit.secret_of(connection), list[tuple[str, str, str, str]](), dict[str, Any]()
    for name in sorted(wheres):
        batch, sealed = _digested(connection, KEPT[name], wheres[name], secret)
        if batch.rows:
            batches[name] = {"columns": list(batch.columns), "rows": batch.rows, "root": batch.root}
            lines += sealed
    line = audit.append_at(connection, Act(act.actor, act.action, act.subject, {**act.detail, "seals": batches}), least)
    names = ["subject", "key", "salt", "digest", "line"]
    insert_lines(connection, seal, names, [(*values, line.number) for values in lines])
    return line


def _digested(
    connection: sa.Connection, kept: Kept, wheres: Sequence[sa.ColumnElement[bool] | None], secret: bytes
) -> tuple[SealedBatch, list[tuple[str, str, str, str]]]:
    """The batch of the rows that fit, and their seals; a row that fits several times is sealed once, as it stands."""
    sealed: dict[str, tuple[str, str, str, str]] = {}
    for where in wheres:
        rows = sa.select(kept.table) if where is None else sa.select(kept.table).where(where)
        for row in connection.execute(rows):
            key, salt = kept.key_of(row), os.urandom(SALT).hex()
            sealed[key] = (kept.table.name, key, salt, row_digest(secret, salt, kept.table.name, row))
    # In the order of keys, in which verification reads them again.
    lines = [sealed[key] for key in sorted(sealed)]
    return SealedBatch(kept.columns, len(lines), root_of((key, digest) for _, key, _, digest in lines)), lines


def row_digest(secret: bytes, salt: str, table: str, values: Sequence[Any]) -> str:
    """The keyed digest of a row."""
    return hmac.digest(secret, _encode([salt, table, *values]).encode(), "sha256").hex()[:DIGEST]


def root_of(lines: Iterable[tuple[str, str]]) -> str:
    """The digest over (key, digest) of a batch, in the order of keys. The line that carries it is keyed, so this need not be."""
    whole = hashlib.sha256()
    for key, digest in lines:
        whole.update(f"{key}:{digest}\n".encode())
    return whole.hexdigest()


def erase(connection: sa.Connection, table: sa.Table, keys: Sequence[Any], act: Act) -> audit.Head:
    """Remove rows for good, and what could say what was in them; the chain says that it was done, by whom, and which rows (ids only).

    Args:
        connection: of the caller's transaction.
        table: one of `KEPT` whose primary key is one column.
        keys: the rows.
        act: who erases and why; the ids are added to its detail.
    """
    (column,) = table.primary_key.columns
    named = [_sortable(key) for key in keys]
    line = audit.append(connection, Act(act.actor, ERASE, table.name, {**act.detail, "keys": named}))
    with _unguarded(connection, (table.name, seal.name)):
        connection.execute(table.delete().where(column.in_(list(keys))))
        connection.execute(seal.update().where(seal.c.subject == table.name, seal.c.key.in_(named)).values(salt=""))
    return line


@contextmanager
def _unguarded(connection: sa.Connection, tables: Sequence[str]) -> Iterator[None]:
    """The triggers of some tables lifted inside one transaction, and put back before it ends; a fault rolls both back."""
    if connection.dialect.name == "postgresql":
        _switch(connection, tables, "DISABLE")
        yield
        _switch(connection, tables, "ENABLE")
        return
    # SQLite cannot switch a trigger off: it is dropped and made again by its own statement.
    standing = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
    triggers = [row for table in tables for row in connection.execute(standing, {"name": table})]
    for trigger in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{trigger.name}"')
    yield
    for trigger in triggers:
        connection.exec_driver_sql(trigger.sql)


def _switch(connection: sa.Connection, tables: Sequence[str], verb: str) -> None:
    for table in tables:
        connection.execute(sa.text(f'ALTER TABLE "{table}" {verb} TRIGGER USER'))
