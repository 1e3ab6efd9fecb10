"""Who looked at what: a chain and a file of its own in the workspace, because a publication holds the database's only writer for long.

Belongs here: noting a look before anything is shown, and verifying what was noted. Does not belong here: what is shown (the command line, a desk). Ids
of ours and counts only, never a value of a row.
"""

from __future__ import annotations

import hmac
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.resources import audit
from pipelines.resources.anchors import Anchor
from pipelines.resources.audit import START, Head
from pipelines.resources.chain import Chain, refuse
from pipelines.resources.chain_verification import Complaint, wall

FILE = "views.db"
BUSY_MS = 30_000
MOST_IDS = 200
_BEGIN = "begin"
_COLUMNS = ("id", "at", "actor", "action", "subject", "detail", "previous", "hash")
_TABLE = """
CREATE TABLE IF NOT EXISTS view (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
    detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
)
"""
_GUARD = """
CREATE TRIGGER IF NOT EXISTS view_no_{lower} BEFORE {verb} ON view
BEGIN SELECT RAISE(ABORT, 'views are append-only'); END
"""


@dataclass(frozen=True)
class AccessLogEntry:
    """Somebody looks at something.

    Attributes:
        actor: who.
        command: what showed it: a command, a page of the desk.
        period: of which period; "" where none is meant.
        ids: our own ids of what is shown; of many the first, and how many there are in `count`.
        count: rows or children shown.
        why: the reason or approval that was given, in the person's words; "" when none is asked for.
    """

    actor: str
    command: str
    period: str
    ids: Sequence[str] = ()
    count: int = 0
    why: str = ""


class ViewError(Exception):
    """A look could not be noted, so nothing was shown; the text is a Chinese sentence."""


def note(chain: Chain, look: AccessLogEntry) -> Head:
    """Write a look down; whoever shows something calls this first.

    Raises:
        ViewError: it could not be written.
        ChainError: the views were changed or cut.
    """
    path, secret = chain.places.root / FILE, _secret(chain)
    detail = {"ids": list(look.ids[:MOST_IDS]), "count": look.count or len(look.ids), "why": look.why}
    known = chain.anchor()  # before the file: whoever looks meanwhile is ahead of it, never behind
    try:
        with _writing(path) as connection:
            last = _head(connection)
            if known is not None and known.views:
                row = connection.execute("SELECT hash FROM view WHERE id = ?", (known.views,)).fetchone()
                if row is None or row[0] != known.views_hash:
                    refuse([_cut(known, last)])
            text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
            words = {"actor": look.actor, "action": look.command, "subject": look.period, "detail": text}
            new = _append(connection, last, words, secret)
    except (sqlite3.Error, OSError) as fault:
        reason = getattr(fault, "strerror", "") or type(fault).__name__
        raise ViewError(
            f"查看记录写不进 {FILE}（{reason}），因此没有显示：请检查工作区的磁盘空间和权限，然后再看。"
        ) from None
    chain.remember_views(new)
    return new


def begin_anew(chain: Chain, actor: str, reason: str) -> None:
    """After `tongbi audit accept`: a line that says from where on the views are vouched for again."""
    path, known = chain.places.root / FILE, chain.anchor()
    seen = known.views if known else 0
    if not path.exists() and not seen:
        return
    words = {"actor": actor, "action": _BEGIN, "subject": "", "detail": json.dumps({"why": reason}, ensure_ascii=False)}
    with _writing(path) as connection:
        last = _head(connection)
        # Above every number that was ever seen: those of lost lines are not given away again.
        new = _append(connection, Head(max(last.number, seen), last.hash), words, _secret(chain))
    chain.remember_views(new)


def read(root: Path) -> Iterator[dict[str, Any]]:
    """The lines in order; none where nobody looked yet."""
    path = root / FILE
    if not path.is_file():
        return
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        for row in connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM view ORDER BY id"):
            yield dict(zip(_COLUMNS, row, strict=True))


def examine(chain: Chain) -> tuple[int, list[Complaint]]:
    """How many looks there are, and what does not fit."""
    complaints, last, count = list[Complaint](), Head(), 0
    known, there = chain.anchor(), dict[int, str]()
    try:
        for row in read(chain.places.root):
            complaints += _doubts(row, last, _secret(chain))
            last, count = Head(int(row["id"]), str(row["hash"])), count + 1
            if known is not None and row["id"] == known.views:
                there[known.views] = str(row["hash"])
    except sqlite3.Error:
        complaints.append(Complaint("unreadable", "views", FILE))
    if known is not None and known.views and there.get(known.views) != known.views_hash:
        complaints.append(_cut(known, last))
    return count, complaints


def _cut(known: Anchor, last: Head) -> Complaint:
    facts = {"since": wall(known.at), "number": known.views, "last": last.number}
    return Complaint("views_cut", "views", "", facts)


def _doubts(row: dict[str, Any], last: Head, secret: bytes) -> Iterator[Complaint]:
    """What is wrong with a line: its own hash, its number, its link to the line before."""
    number = int(row["id"])
    if not audit.genuine(row, secret):
        yield Complaint("changed", "views", str(number))
    if row["action"] == _BEGIN:
        return
    if number != last.number + 1:
        yield Complaint("lines_gone", "views", str(number), {"first": last.number + 1, "last": number - 1})
    elif row["previous"] != last.hash:
        yield Complaint("unlinked", "views", str(last.number), {"next": number})


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction in the file, which is made for its owner only."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)) as connection:
        connection.execute(
            "PRAGMA synchronous=FULL"
        )  # the anchor outside may not know a line that a power failure took
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TABLE)
        for verb in ("UPDATE", "DELETE"):
            connection.execute(_GUARD.format(verb=verb, lower=verb.lower()))
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _head(connection: sqlite3.Connection) -> Head:
    row = connection.execute("SELECT id, hash FROM view ORDER BY id DESC LIMIT 1").fetchone()
    return Head(row[0], row[1]) if row else Head(0, START)


def _append(connection: sqlite3.Connection, last: Head, words: Mapping[str, str], secret: bytes) -> Head:
    row = {"id": last.number + 1, "at": audit.now(), **words, "previous": last.hash}
    digest = audit.line_hash(row, secret)
    values = [{**row, "hash": digest}[name] for name in _COLUMNS]
    connection.execute(f"INSERT INTO view VALUES ({', '.join('?' * len(_COLUMNS))})", values)
    return Head(last.number + 1, digest)


def _secret(chain: Chain) -> bytes:
    """A key of its own, so that no line of the audit can pass for one of the views."""
    return hmac.digest(chain.secret, b"tongbi views", "sha256")
