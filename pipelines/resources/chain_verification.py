"""Finding what is wrong with the record of what was done: lines of the chain and the rows that it vouches for, changed, removed, inserted or replaced.

Belongs here: comparing inside the database, and saying what does not fit. Does not belong here: what is known outside of it (`chain`), the views
(`views`). Nothing is written. A row is named by its table and key, which are ids of ours; its content is not shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipelines.resources import audit
from pipelines.resources.audit import BEGIN
from pipelines.resources.sealing import ERASE, KEPT, Kept, root_of, row_digest
from pipelines.resources.tables import audit as audit_table
from pipelines.resources.tables import seal

WORDS = Path(__file__).with_name("complaints.yaml")
# Rows fetched at once: the whole of a large county need not fit into memory.
PIECE = 5_000
LATEST = 50


@dataclass(frozen=True)
class Complaint:
    """One thing that does not fit: what kind, in which table (`audit` for lines, `seal` for a batch), which line or row."""

    kind: str
    table: str
    key: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In Chinese, with the place."""
        tables = words()["tables"]
        return str(words()["complaints"][self.kind]).format(
            table=tables.get(self.table, self.table), key=self.key, **self.facts
        )


@dataclass
class Examined:
    """What verification saw: how many lines and rows, and what does not fit."""

    head: audit.Head = field(default_factory=audit.Head)
    lines: int = 0
    rows: int = 0
    complaints: list[Complaint] = field(default_factory=list)
    begun: list[Mapping[Any, Any]] = field(default_factory=list)


@cache
def words() -> dict[str, dict[str, str]]:
    """Sentences and names of tables, from `complaints.yaml`."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(WORDS.read_text(encoding="utf-8"), Loader=loader))


def wall(moment: str) -> str:
    """A stored moment (ISO, UTC) by the clock on the wall, to the minute; what is no moment stays as it is."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return moment or "—"


def examine(connection: sa.Connection, secret: bytes) -> Examined:
    """Verify everything: each line since the present chain began, each batch, each row of the kept tables.

    Args:
        connection: of any transaction; nothing is written.
        secret: the chain's key.
    """
    begins = sa.select(audit_table).where(audit_table.c.action == BEGIN).order_by(audit_table.c.id)
    begun: list[Mapping[Any, Any]] = [dict(row) for row in connection.execute(begins).mappings()]
    examined = Examined(head=audit.head(connection), begun=begun)
    if not begun:
        examined.complaints.append(Complaint("no_chain", "audit"))
        return examined

    # The present chain begins at the last line of its kind that the key made; a forged one is no beginning.
    genuine = [int(row["id"]) for row in begun if audit.genuine(row, secret)]
    batches = _Batches(genuine[-1] if genuine else int(begun[-1]["id"]))
    lines = sa.select(audit_table).where(audit_table.c.id >= batches.first).order_by(audit_table.c.id)
    for row in connection.execute(lines, execution_options={"yield_per": PIECE}).mappings():
        examined.lines += 1
        batches.take(row)
        examined.complaints += batches.doubts(dict(row), secret)

    examined.complaints += _torn(connection, batches)
    for kept in KEPT.values():
        for complaint in _rows_of(connection, kept, batches, secret):
            examined.rows += complaint is None
            if complaint is not None:
                examined.complaints.append(complaint)
    return examined


def latest(connection: sa.Connection, secret: bytes) -> list[Complaint]:
    """Verify the last lines only: what is quick enough for every start."""
    last = sa.select(audit_table).order_by(audit_table.c.id.desc()).limit(LATEST)
    rows = [dict(row) for row in connection.execute(last).mappings()][::-1]
    # Lines before the present chain were made with another key, or with none.
    begins = [row["id"] for row in rows if row["action"] == BEGIN]
    ours = [row for row in rows if not begins or row["id"] >= begins[-1]]
    batches = _Batches(int(ours[0]["id"])) if ours else _Batches(0)
    return [complaint for row in ours for complaint in batches.doubts(row, secret)]


class _Batches:
    """What the lines of the present chain say, gathered while they are read in order."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.batches: dict[tuple[int, str], dict[str, Any]] = {}
        self.erased: dict[str, set[str]] = {}
        self._before: Mapping[Any, Any] | None = None

    def take(self, row: Mapping[Any, Any]) -> None:
        """Remember which batches and erasures a line carries."""
        try:
            detail = json.loads(row["detail"])
        except ValueError:  # changed from outside; its hash says so
            return
        if not isinstance(detail, dict):
            return
        for name, batch in dict(detail.get("seals") or {}).items():
            self.batches[int(row["id"]), str(name)] = batch
        if row["action"] == ERASE:
            self.erased.setdefault(str(row["subject"]), set()).update(map(str, detail.get("keys") or []))

    def doubts(self, row: Mapping[Any, Any], secret: bytes) -> Iterator[Complaint]:
        """What is wrong with a line: its own hash, its link to the line before, its number."""
        number, before = int(row["id"]), self._before
        self._before = row
        if not audit.genuine(row, secret):
            yield Complaint("changed", "audit", str(number))
        if before is None:
            return
        last = int(before["id"])
        if number != last + 1 and row["action"] != BEGIN:
            yield Complaint("lines_gone", "audit", str(number), {"first": last + 1, "last": number - 1})
        elif row["previous"] != before["hash"] and audit.genuine(row, secret):
            yield Complaint("unlinked", "audit", str(last), {"next": number})

    def columns(self, line: int, table: str) -> list[str]:
        """The columns that a batch's digests are over."""
        return list(self.batches.get((line, table), {}).get("columns") or [])


def _torn(connection: sa.Connection, batches: _Batches) -> Iterator[Complaint]:
    """Batches whose digests were changed, removed or added to, and digests that no line knows."""
    seals = sa.select(seal.c.line, seal.c.subject, seal.c.key, seal.c.digest).where(seal.c.line >= batches.first)
    ordered = seals.order_by(seal.c.line, seal.c.subject, seal.c.id)
    stored = connection.execute(ordered, execution_options={"yield_per": PIECE})
    seen = set()
    for group, rows in groupby(stored, key=lambda row: (row.line, row.subject)):
        line, table = group
        digests = [(row.key, row.digest) for row in rows]
        seen.add(group)
        batch = batches.batches.get(group)
        if batch is None:
            yield Complaint("orphaned", table, str(line), {"rows": len(digests)})
        elif root_of(digests) != batch.get("root"):
            yield Complaint("torn", table, str(line))
    for line, table in sorted(set(batches.batches) - seen):
        yield Complaint("torn", table, str(line))


@dataclass
class _Side:
    """One of two streams in the order of keys."""

    stream: Iterator[tuple[str, Any]]
    key: str | None = None
    value: Any = None

    def step(self) -> None:
        """Go to the next key; None at the end."""
        self.key, self.value = next(self.stream, (None, None))


def _rows_of(connection: sa.Connection, kept: Kept, batches: _Batches, secret: bytes) -> Iterator[Complaint | None]:
    """Every row and every seal of a table side by side: None for each that fits."""
    name = kept.table.name
    rows, seals = _Side(_by_key(connection, kept, batches.first)), _Side(_seals(connection, kept, batches.first))
    rows.step()
    seals.step()
    fault_of = _row_check(kept, batches, secret)
    # Both come in the order of keys, so that neither need fit into memory.
    while rows.key is not None or seals.key is not None:
        if seals.key is None or (rows.key is not None and rows.key < seals.key):
            yield Complaint("inserted", name, str(rows.key))
            rows.step()
        elif rows.key is None or seals.key < rows.key:
            if seals.key not in batches.erased.get(name, set()):
                yield Complaint("removed", name, seals.key)
            else:
                # Erased by law, with a line that says so: the salt had to go as well, or the row could be guessed.
                yield Complaint("salt_left", name, seals.key) if seals.value[-1].salt else None
            seals.step()
        else:
            yield fault_of(rows, seals.value)
            rows.step()
            seals.step()


def _row_check(kept: Kept, batches: _Batches, secret: bytes) -> Callable[[_Side, list[Any]], Complaint | None]:
    """What does not fit between a row and its seals; the columns of each batch are looked up once."""
    name = kept.table.name
    places = cache(
        lambda line: [kept.columns.index(column) for column in batches.columns(line, name) if column in kept.columns]
    )

    def fault_of(rows: _Side, seals: list[Any]) -> Complaint | None:
        last, key = seals[-1], str(rows.key)
        if kept.settled and len(seals) > 1:
            return Complaint("replaced", name, key)
        if not last.salt:
            return Complaint("erased_there", name, key)
        if (last.line, name) not in batches.batches:
            return None  # its line is gone, which is said once for the whole batch
        values = [rows.value[place] for place in places(last.line)]
        fits = row_digest(secret, last.salt, name, values) == last.digest
        return None if fits else Complaint("changed", name, key)

    return fault_of


def _by_key(connection: sa.Connection, kept: Kept, first: int) -> Iterator[tuple[str, Sequence[Any]]]:
    rows = sa.select(kept.table)
    if kept.table is audit_table:  # lines of the present chain vouch for themselves
        rows = rows.where(audit_table.c.id < first)
    ordered = rows.order_by(*(_plainly(connection, column) for column in kept.table.primary_key.columns))
    for row in connection.execute(ordered, execution_options={"yield_per": PIECE}):
        yield kept.key_of(row), row


def _seals(connection: sa.Connection, kept: Kept, first: int) -> Iterator[tuple[str, list[Any]]]:
    """Key -> its seals, the newest last."""
    ours = (seal.c.subject == kept.table.name) & (seal.c.line >= first)
    seals = sa.select(seal.c.key, seal.c.salt, seal.c.digest, seal.c.line).where(ours)
    ordered = seals.order_by(_plainly(connection, seal.c.key), seal.c.line, seal.c.id)
    stored = connection.execute(ordered, execution_options={"yield_per": PIECE})
    for key, rows in groupby(stored, key=lambda row: row.key):
        yield key, list(rows)


def _plainly(connection: sa.Connection, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Sorted by code points, as Python compares, whatever language the server speaks."""
    text = isinstance(column.type, sa.String)
    return column.collate("C") if text and connection.dialect.name == "postgresql" else column
