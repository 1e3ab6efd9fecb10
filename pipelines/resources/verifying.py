"""Finding what is wrong with the record of what was done: lines of the chain and the rows that it vouches for, changed, removed, inserted or replaced.

Belongs here: comparing inside the database, and saying what does not fit. Does not belong here: what is known outside of it (`chain`), the views
(`views`). Nothing is written. A row is named by its table and key, which are ids of ours; its content is not shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
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
    examined = Examined(head=audit.head(connection), begun=list(_begins(connection)))
    if not examined.begun:
        examined.complaints.append(Complaint("no_chain", "audit"))
        return examined
    first = _present(examined.begun, secret)
    batches = _Batches(first)
    for row in _lines(connection, first):
        examined.lines += 1
        batches.take(row)
        examined.complaints += batches.doubts(row, secret)
    examined.complaints += _torn(connection, batches)
    for kept in KEPT.values():
        for complaint in _rows_of(connection, kept, batches, secret):
            examined.rows += complaint is None
            if complaint is not None:
                examined.complaints.append(complaint)
    return examined


def latest(connection: sa.Connection, secret: bytes) -> list[Complaint]:
    """Verify the last lines only: what is quick enough for every start."""
    wanted = sa.select(audit_table).order_by(audit_table.c.id.desc()).limit(LATEST)
    rows = [dict(row) for row in connection.execute(wanted).mappings()][::-1]
    begins = [row["id"] for row in rows if row["action"] == BEGIN]
    ours = [row for row in rows if not begins or row["id"] >= begins[-1]]
    batches = _Batches(int(ours[0]["id"])) if ours else _Batches(0)
    return [complaint for row in ours for complaint in batches.doubts(row, secret)]


def _begins(connection: sa.Connection) -> Iterator[Mapping[Any, Any]]:
    wanted = sa.select(audit_table).where(audit_table.c.action == BEGIN).order_by(audit_table.c.id)
    for row in connection.execute(wanted).mappings():
        yield dict(row)


def _present(begun: Iterable[Mapping[Any, Any]], secret: bytes) -> int:
    """Where the present chain begins: at the last line of its kind that the key made; a forged one is no beginning."""
    lines = list(begun)
    genuine = [int(row["id"]) for row in lines if audit.genuine(row, secret)]
    return genuine[-1] if genuine else int(lines[-1]["id"])


def _lines(connection: sa.Connection, first: int) -> Iterator[dict[str, Any]]:
    wanted = sa.select(audit_table).where(audit_table.c.id >= first).order_by(audit_table.c.id)
    for row in connection.execute(wanted, execution_options={"yield_per": PIECE}).mappings():
        yield dict(row)


class _Batches:
    """What the lines of the present chain say, gathered while they are read in order."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.batches: dict[tuple[int, str], dict[str, Any]] = {}
        self.erased: dict[str, set[str]] = {}
        self._before: Mapping[Any, Any] | None = None

    def take(self, row: Mapping[Any, Any]) -> None:
        """Remember which batches and erasures a line carries."""
        detail = _detail(row)
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


def _detail(row: Mapping[Any, Any]) -> dict[str, Any]:
    try:
        detail = json.loads(row["detail"])
    except ValueError:  # changed from outside; its hash says so
        return {}
    return detail if isinstance(detail, dict) else {}


def _torn(connection: sa.Connection, batches: _Batches) -> Iterator[Complaint]:
    """Batches whose digests were changed, removed or added to, and digests that no line knows."""
    wanted = sa.select(seal.c.line, seal.c.subject, seal.c.key, seal.c.digest).where(seal.c.line >= batches.first)
    ordered = wanted.order_by(seal.c.line, seal.c.subject, seal.c.id)
    stored = connection.execute(ordered, execution_options={"yield_per": PIECE})
    seen = set()
    for group, lines in _grouped(stored):
        seen.add(group)
        batch = batches.batches.get(group)
        if batch is None:
            yield Complaint("orphaned", group[1], str(group[0]), {"rows": len(lines)})
        elif root_of(lines) != batch.get("root"):
            yield Complaint("torn", group[1], str(group[0]))
    for line, table in sorted(set(batches.batches) - seen):
        yield Complaint("torn", table, str(line))


def _grouped(stored: Iterable[Any]) -> Iterator[tuple[tuple[int, str], list[tuple[str, str]]]]:
    group, lines = None, list[tuple[str, str]]()
    for line, subject, key, digest in stored:
        if (line, subject) != group:
            if group is not None:
                yield group, lines
            group, lines = (line, subject), []
        lines.append((key, digest))
    if group is not None:
        yield group, lines


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
    rows, seals = _Side(_by_key(connection, kept, batches.first)), _Side(_seals(connection, kept, batches.first))
    rows.step()
    seals.step()
    judge = _judge(kept, batches, secret)
    while rows.key is not None or seals.key is not None:
        if seals.key is None or (rows.key is not None and rows.key < seals.key):
            yield Complaint("inserted", kept.table.name, str(rows.key))
            rows.step()
        elif rows.key is None or seals.key < rows.key:
            yield _missing(kept, seals, batches)
            seals.step()
        else:
            yield judge(rows, seals.value)
            rows.step()
            seals.step()


def _judge(kept: Kept, batches: _Batches, secret: bytes) -> Callable[[_Side, list[Any]], Complaint | None]:
    name = kept.table.name
    places = cache(
        lambda line: [kept.columns.index(column) for column in batches.columns(line, name) if column in kept.columns]
    )

    def judged(rows: _Side, seals: list[Any]) -> Complaint | None:
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

    return judged


def _missing(kept: Kept, seals: _Side, batches: _Batches) -> Complaint | None:
    name, key, last = kept.table.name, str(seals.key), seals.value[-1]
    if key in batches.erased.get(name, set()):
        return Complaint("salt_left", name, key) if last.salt else None
    return Complaint("removed", name, key)


def _by_key(connection: sa.Connection, kept: Kept, first: int) -> Iterator[tuple[str, Sequence[Any]]]:
    wanted = sa.select(kept.table)
    if kept.table is audit_table:  # lines of the present chain vouch for themselves
        wanted = wanted.where(audit_table.c.id < first)
    ordered = wanted.order_by(*(_plainly(connection, column) for column in kept.table.primary_key.columns))
    for row in connection.execute(ordered, execution_options={"yield_per": PIECE}):
        yield kept.key_of(row), row


def _seals(connection: sa.Connection, kept: Kept, first: int) -> Iterator[tuple[str, list[Any]]]:
    """Key -> its seals, the newest last."""
    ours = (seal.c.subject == kept.table.name) & (seal.c.line >= first)
    wanted = sa.select(seal.c.key, seal.c.salt, seal.c.digest, seal.c.line).where(ours)
    ordered = wanted.order_by(_plainly(connection, seal.c.key), seal.c.line, seal.c.id)
    key, lines = None, list[Any]()
    for row in connection.execute(ordered, execution_options={"yield_per": PIECE}):
        if row.key != key and key is not None:
            yield key, lines
            lines = []
        key = row.key
        lines.append(row)
    if key is not None:
        yield key, lines


def _plainly(connection: sa.Connection, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Sorted by code points, as Python compares, whatever language the server speaks."""
    text = isinstance(column.type, sa.String)
    return column.collate("C") if text and connection.dialect.name == "postgresql" else column
