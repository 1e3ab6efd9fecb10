"""The audit: what was done, by whom, when; appended only, each line carrying the hash of the one before.

Triggers in the database refuse changes (migration 0001); `broken_line` finds a chain that was cut or edited from
outside. No personal values
belong in it: counts, known words of file names (`naming`), periods and opaque ids only.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from pipelines.resources.tables import audit

START = "0" * 64


@dataclass(frozen=True)
class Act:
    """Something that was done: `action` is a word of ours (`deliver`, `publish`), `subject` what it was done to."""

    actor: str
    action: str
    subject: str
    detail: dict[str, object]


def now() -> str:
    """The time as the tables keep it: ISO, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def append(connection: sa.Connection, act: Act) -> None:
    """Add one line to the chain, in the caller's transaction."""
    _one_writer(connection)
    previous = connection.execute(sa.select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)).scalar() or START
    row = {
        "at": now(),
        "actor": act.actor,
        "action": act.action,
        "subject": act.subject,
        "detail": json.dumps(act.detail, ensure_ascii=False, sort_keys=True),
        "previous": previous,
    }
    connection.execute(audit.insert().values(**row, hash=line_hash(row)))


def _one_writer(connection: sa.Connection) -> None:
    # SQLite has one writer anyway; in PostgreSQL two could read the same last line.
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE audit IN EXCLUSIVE MODE"))


def line_hash(row: dict[str, str]) -> str:
    """SHA-256 over the line's fields and the previous line's hash."""
    names = ("previous", "at", "actor", "action", "subject", "detail")
    return hashlib.sha256("\x1f".join(row[name] for name in names).encode()).hexdigest()


def broken_line(connection: sa.Connection) -> int | None:
    """The id of the first line that does not fit the chain, None when all fit."""
    previous = START
    for row in connection.execute(sa.select(audit).order_by(audit.c.id)).mappings():
        fields = {name: str(row[name]) for name in row}
        if row["previous"] != previous or line_hash(fields) != row["hash"]:
            return int(row["id"])
        previous = row["hash"]
    return None
