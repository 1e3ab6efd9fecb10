"""The audit: what was done, by whom, when; appended only, each line carrying the keyed hash of the one before.

Belongs here: lines and their hashes. Does not belong here: the rows of other tables that the chain vouches for (`sealing`), beginning a chain and
comparing it with what is known outside the workspace (`chain`), finding what is wrong (`chain_verification`). No personal values belong in a line: counts,
known words of file names (`naming`), periods and opaque ids only.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from pipelines.resources.tables import audit

START = "0" * 64
# The line with which a chain, or a new one after the old was lost or damaged, begins.
BEGIN = "chain"
SHORT = 12
_FIELDS = ("previous", "at", "actor", "action", "subject", "detail")
_UNANCHORED = "audit_head"


@dataclass(frozen=True)
class Act:
    """Something that was done: `action` is a word of ours (`deliver`, `publish`), `subject` what it was done to."""

    actor: str
    action: str
    subject: str
    detail: dict[str, object]


@dataclass(frozen=True)
class Head:
    """The last line of a chain: what is printed, and compared with what was printed."""

    number: int = 0
    hash: str = START

    @property
    def printed(self) -> str:
        """Number and the first digits of the hash, as people copy it from paper."""
        return f"{self.number}-{self.hash[:SHORT]}"


@dataclass(frozen=True)
class Keeper:
    """What a database needs to go on with its chain: the secret, and whom to tell the head after a commit."""

    secret: bytes
    anchor: Callable[[Head], None]


_keepers: WeakKeyDictionary[sa.Engine, Keeper] = WeakKeyDictionary()


def keep(engine: sa.Engine, keeper: Keeper) -> None:
    """From here on every line written through this engine is keyed."""
    _keepers[engine] = keeper


def secret_of(connection: sa.Connection) -> bytes:
    """The key of the connection's chain; empty for a database that belongs to no workspace, whose chain is a plain one."""
    keeper = _keepers.get(connection.engine)
    return keeper.secret if keeper else b""


def now() -> str:
    """The time as the tables keep it: ISO, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def append(connection: sa.Connection, act: Act) -> Head:
    """Add one line to the chain, in the caller's transaction."""
    return append_at(connection, act, 0)


def append_at(connection: sa.Connection, act: Act, least: int) -> Head:
    """Add one line whose number is at least `least`: a chain that goes on after lines were lost does not give their numbers away again."""
    one_writer(connection)
    last = head(connection)
    row = {
        "id": max(last.number + 1, least),
        "at": now(),
        "actor": act.actor,
        "action": act.action,
        "subject": act.subject,
        "detail": json.dumps(act.detail, ensure_ascii=False, sort_keys=True),
        "previous": last.hash,
    }
    digest = line_hash(row, secret_of(connection))
    connection.execute(audit.insert().values(**row, hash=digest))
    new = Head(int(str(row["id"])), digest)
    connection.info[_UNANCHORED] = new
    return new


def head(connection: sa.Connection) -> Head:
    """The last line as it stands, whether or not it fits."""
    last = connection.execute(sa.select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)).first()
    return Head(last[0], last[1]) if last else Head()


def anchor(connection: sa.Connection) -> None:
    """After a commit: have the new head remembered outside the workspace."""
    written, keeper = connection.info.pop(_UNANCHORED, None), _keepers.get(connection.engine)
    if written is not None and keeper is not None:
        keeper.anchor(written)


def forget_head(connection: sa.Connection) -> None:
    """What a transaction before this one appended and did not commit is nothing to remember."""
    connection.info.pop(_UNANCHORED, None)


def one_writer(connection: sa.Connection) -> None:
    """Let nobody else append until this transaction ends: SQLite has one writer anyway, in PostgreSQL two could read the same last line."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE audit IN EXCLUSIVE MODE"))


def line_hash(row: Mapping[Any, Any], secret: bytes = b"") -> str:
    """HMAC-SHA256 over the line's number and fields and the previous line's hash; SHA-256 without the number where the chain is a plain one."""
    if not secret:
        return hashlib.sha256("\x1f".join(str(row[name]) for name in _FIELDS).encode()).hexdigest()
    # A list and not a joined text: no field can end where another begins.
    content = json.dumps([int(row["id"]), *(str(row[name]) for name in _FIELDS)], ensure_ascii=False)
    return hmac.digest(secret, content.encode(), "sha256").hex()


def genuine(row: Mapping[Any, Any], secret: bytes) -> bool:
    """Whether a line's own hash is right."""
    return hmac.compare_digest(line_hash(row, secret), str(row["hash"]))


def broken_line(connection: sa.Connection) -> int | None:
    """The id of the first line that does not fit the chain, None when all fit. Knows lines only: `chain_verification` knows everything."""
    previous, secret = START, b""  # lines before the first of a chain were written without a key
    for row in connection.execute(sa.select(audit).order_by(audit.c.id)).mappings():
        if row["action"] == BEGIN:
            secret = secret_of(connection)
        if row["previous"] != previous or not genuine(dict(row), secret):
            return int(row["id"])
        previous = row["hash"]
    return None
