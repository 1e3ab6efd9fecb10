"""The life of findings in SQL: reading and appending events, what is known of each finding, who was sent what.

What an event means, and which ones a period brings, is decided by the assets; here rows go in and out. Events are only appended to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields

import sqlalchemy as sa

from pipelines.resources import audit, sealing
from pipelines.resources.database import insert_rows
from pipelines.resources.tables import child_event, child_record, finding, issue, life_event, reply_file

COLUMNS = [column.name for column in life_event.columns if column.name != "id"]


@dataclass(frozen=True)
class Issued:
    """One line of a workbook: who was sent which finding, and by when an answer is due (ISO, or "")."""

    recipient: str
    finding_id: str
    kind: str
    code: str
    due: str = ""


def same_kind(period: str) -> sa.ColumnElement[bool]:
    """Events of periods of the same kind (quarters, or months)."""
    return life_event.c.period.like("%Q%") if "Q" in period else life_event.c.period.notlike("%Q%")


def events(connection: sa.Connection, where: sa.ColumnElement[bool] | None = None) -> list[dict[str, str]]:
    """Events in the order in which they were appended, all or those that fit."""
    lines = sa.select(*(life_event.c[name] for name in COLUMNS)).order_by(life_event.c.id)
    if where is not None:
        lines = lines.where(where)
    return [dict(zip(COLUMNS, row, strict=True)) for row in connection.execute(lines)]


def before(connection: sa.Connection, period: str) -> list[dict[str, str]]:
    """Events of earlier periods of the same kind."""
    return events(connection, same_kind(period) & (life_event.c.period < period))


def in_period(connection: sa.Connection, period: str) -> list[dict[str, str]]:
    """Events of one period."""
    return events(connection, life_event.c.period == period)


def said_already(connection: sa.Connection, period: str) -> set[str]:
    """The findings of which the data of this very period said something in an earlier run."""
    lines = sa.select(life_event.c.finding_id).where(life_event.c.period == period, life_event.c.source == "data")
    return set(connection.execute(lines.distinct()).scalars())


def record_children(connection: sa.Connection, period: str) -> dict[str, str]:
    """record_id -> child number, as the last edition of a period names them; empty for one that was not published."""
    lines = sa.select(child_record.c.record_id, child_record.c.child_id).where(child_record.c.period == period)
    return {row[0]: row[1] for row in connection.execute(lines)}


def later_exists(connection: sa.Connection, period: str) -> bool:
    """Whether a later period of the same kind has events: then this one's history is closed."""
    later = sa.select(sa.func.count()).where(same_kind(period), life_event.c.period > period)
    return bool(connection.execute(later.select_from(life_event)).scalar())


def latest_period(connection: sa.Connection) -> str:
    """The last period with events, empty when there is none; a quarter outranks the months in it."""
    periods = list(connection.execute(sa.select(life_event.c.period).distinct()).scalars())

    def rank(period: str) -> tuple[int, int, bool]:
        year, _, number = period.replace("Q", "-").partition("-")
        return int(year), int(number) * (3 if "Q" in period else 1), "Q" in period

    return max(periods, key=rank, default="")


def append(connection: sa.Connection, rows: Iterable[Mapping[str, str]]) -> int:
    """Append events, in the caller's transaction; `at` is now where it is empty. Returns how many."""
    now = audit.now()
    full = [{name: row.get(name, "") for name in COLUMNS} for row in rows]
    for row in full:
        row["at"] = row["at"] or now
    if full:
        sealing.written(connection, life_event, sealing.upcoming(connection, life_event))
    insert_rows(connection, life_event, full)
    return len(full)


def known(connection: sa.Connection) -> dict[str, tuple[str, str, str]]:
    """finding_id -> code, child_id, field of every finding ever listed."""
    lines = sa.select(finding.c.finding_id, finding.c.code, finding.c.child_id, finding.c.field)
    return {row[0]: (row[1], row[2], row[3]) for row in connection.execute(lines)}


def merged_children(connection: sa.Connection, before: str = "") -> dict[str, str]:
    """Ended child number -> the one that leads, over all periods, or over those before one; chains are followed to their end."""
    merges = sa.select(child_event.c.other_id, child_event.c.child_id).where(child_event.c.kind == "merge")
    if before:
        # A period that is run again makes its own merges anew, and knows none of a later one.
        merges = merges.where(child_event.c.period < before)
    return final_numbers({row[0]: row[1] for row in connection.execute(merges.order_by(child_event.c.id))})


def final_numbers(leads: Mapping[str, str]) -> dict[str, str]:
    """Ended child number -> the one that leads in the end, of the one into which each was merged."""
    final = {}
    for ended, name in leads.items():
        # Two numbers may each have been merged into the other, in different periods: a circle ends where it closes.
        seen = {name}
        while name in leads and leads[name] not in seen:
            name = leads[name]
            seen.add(name)
        final[ended] = name
    return final


def replace_issued(connection: sa.Connection, period: str, lines: Collection[Issued]) -> None:
    """Write down who is sent what in a period, in place of what was written for it before.

    A line that goes out again keeps the day by which its answer was due.
    """
    due = {(line.recipient, line.finding_id): line.due for line in issued(connection, period)}
    connection.execute(issue.delete().where(issue.c.period == period))
    rows = [{"period": period, **asdict(line)} for line in lines]
    for row in rows:
        row["due"] = due.get((row["recipient"], row["finding_id"]), row["due"])
    insert_rows(connection, issue, rows)


def issued(connection: sa.Connection, period: str) -> list[Issued]:
    """Who was sent what in a period, in a fixed order."""
    columns = [issue.c[field.name] for field in fields(Issued)]
    lines = sa.select(*columns).where(issue.c.period == period)
    return [
        Issued(*row) for row in connection.execute(lines.order_by(issue.c.kind, issue.c.recipient, issue.c.finding_id))
    ]


def issued_periods(connection: sa.Connection) -> list[str]:
    """Periods for which workbooks went out."""
    return list(connection.execute(sa.select(issue.c.period).distinct().order_by(issue.c.period)).scalars())


def read_files(connection: sa.Connection) -> dict[str, str]:
    """sha256 -> when it was read, of the returned workbooks that were handled."""
    return {row[0]: row[1] for row in connection.execute(sa.select(reply_file.c.sha256, reply_file.c.read_at))}


def handled_before(connection: sa.Connection, period: str) -> set[str]:
    """sha256 of the returned workbooks that were handled, taken or refused, in another period."""
    return set(connection.execute(sa.select(reply_file.c.sha256).where(reply_file.c.period != period)).scalars())


def register_files(connection: sa.Connection, rows: Collection[Mapping[str, str]]) -> None:
    """Write down returned workbooks: `sha256, file, period, recipient, counts`; each content once, as it was read last."""
    there = read_files(connection)
    fresh = {row["sha256"]: {**row, "read_at": there.get(row["sha256"]) or audit.now()} for row in rows}
    for sha256 in fresh:
        connection.execute(reply_file.delete().where(reply_file.c.sha256 == sha256))
    insert_rows(connection, reply_file, list(fresh.values()))
