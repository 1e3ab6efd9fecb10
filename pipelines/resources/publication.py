"""Publishing into SQL, in one transaction: the child register, the findings with their life, the deliveries that count, the publication itself.

What is published is decided by the assets; the folder that people open is `outbox`. The same content published again changes no row of history.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import sqlalchemy as sa

from pipelines.resources import audit, deliveries, sealing
from pipelines.resources.database import insert_lines, insert_rows
from pipelines.resources.tables import audit as audit_table
from pipelines.resources.tables import (
    child,
    child_event,
    child_identifier,
    child_record,
    finding,
    finding_event,
    publication,
)

ANNOUNCED = "edition"
EVENT_COLUMNS = ["kind", "child_id", "other_id"]


@dataclass(frozen=True)
class Edition:
    """Everything one publication puts into SQL.

    Attributes:
        period: the period.
        digest: hash of the exports, which says whether anything changed.
        run_id: the Dagster run.
        who: the operator.
        links: the frame link_children.
        findings: the frame findings.
        identifiers: `child_id, kind, value, department`: the numbers by which a child is known.
        events: `kind, child_id, other_id`: children of earlier periods merged or split now.
        used: department -> ids of the deliveries that went in.
        counts: what to remember about it, counts only.
        held: codes of the lists that were not released: their findings are neither there nor gone.
    """

    period: str
    digest: str
    run_id: str
    who: str
    links: pd.DataFrame
    findings: pd.DataFrame
    identifiers: pd.DataFrame
    events: pd.DataFrame
    used: Mapping[str, list[str]]
    counts: Mapping[str, object] = field(default_factory=dict)
    held: frozenset[str] = frozenset()


def publish(connection: sa.Connection, edition: Edition) -> bool:
    """Write the edition in the caller's transaction.

    Returns:
        Whether it differs from what was published last for the period.
    """
    _replace_children(connection, edition)
    for department, used in edition.used.items():
        deliveries.settle(connection, deliveries.Branch(edition.period, department), used)
    changed = latest_digest(connection, edition.period) != edition.digest
    if changed:
        _append_edition(connection, edition)
    return changed


def published_by(connection: sa.Connection, run_id: str) -> str:
    """The digest of what a run published, empty when it published nothing new."""
    editions = sa.select(publication.c.digest).where(publication.c.run_id == run_id).order_by(publication.c.id.desc())
    return connection.execute(editions.limit(1)).scalar() or ""


def announce(connection: sa.Connection, period: str, digest: str, who: str) -> audit.Head:
    """The line of the audit that says which edition is being made; an edition made again, or after a kill, keeps its line.

    So the workbooks that print the line are the same whenever the same edition is written.
    """
    ours = (audit_table.c.action == ANNOUNCED) & (audit_table.c.subject == period)
    last = connection.execute(sa.select(audit_table).where(ours).order_by(audit_table.c.id.desc()).limit(1)).mappings()
    for row in last:
        if json.loads(row["detail"]).get("digest") == digest:
            return audit.Head(row["id"], row["hash"])
    return audit.append(connection, audit.Act(who, ANNOUNCED, period, {"digest": digest}))


def latest_digest(connection: sa.Connection, period: str) -> str:
    """The digest of the last publication of a period, empty when there is none."""
    editions = sa.select(publication.c.digest).where(publication.c.period == period)
    return connection.execute(editions.order_by(publication.c.id.desc()).limit(1)).scalar() or ""


def _replace_children(connection: sa.Connection, edition: Edition) -> None:
    """The period's children, records and numbers as its links name them now, in place of an earlier run's."""
    for table in (child_record, child_identifier, child_event):
        connection.execute(table.delete().where(table.c.period == edition.period))
    _insert_frame(connection, child_record, edition.links[["record_id", "child_id"]], period=edition.period)
    _insert_frame(connection, child_identifier, edition.identifiers, period=edition.period)
    _insert_frame(connection, child_event, edition.events[EVENT_COLUMNS], period=edition.period)

    # Children first seen in this period are those that its links name now; those of earlier periods stay for ever.
    connection.execute(child.delete().where(child.c.first_period == edition.period))
    known = set(connection.execute(sa.select(child.c.child_id)).scalars())
    lines = []
    for name in sorted(set(edition.links["child_id"]) - known):
        digits = name.rpartition("-")[2]
        lines.append((name, edition.period, int(digits) if digits.isdigit() else 0))
    insert_lines(connection, child, ["child_id", "first_period", "serial"], lines)


def _insert_frame(connection: sa.Connection, table: sa.Table, frame: pd.DataFrame, **fixed: str) -> None:
    """Insert a frame's rows, with the same values `fixed` in each."""
    columns = [[value] * len(frame) for value in fixed.values()] + [frame[name].tolist() for name in frame.columns]
    insert_lines(connection, table, [*fixed, *frame.columns], list(zip(*columns, strict=True)))


def _append_edition(connection: sa.Connection, edition: Edition) -> None:
    row = {
        "period": edition.period,
        "digest": edition.digest,
        "published_at": audit.now(),
        "run_id": edition.run_id,
        "counts": json.dumps(dict(edition.counts), ensure_ascii=False, sort_keys=True),
    }
    number = connection.execute(publication.insert().values(**row).returning(publication.c.id)).scalar_one()
    sealing.written(connection, publication, publication.c.id == number)
    _append_findings(connection, edition, number)
    detail: dict[str, object] = {"digest": edition.digest, **edition.counts}
    audit.append(connection, audit.Act(edition.who, "publish", edition.period, detail))


def _append_findings(connection: sa.Connection, edition: Edition, number: int) -> None:
    """New findings, and for each on the lists now or last time whether it is new, lasting or gone."""
    now = edition.findings.drop_duplicates("finding_id")
    known = set(connection.execute(sa.select(finding.c.finding_id)).scalars())
    fresh = now[~now["finding_id"].isin(known)][["finding_id", "code", "child_id", "field"]]
    sealing.written_keys(connection, finding.c.finding_id, fresh["finding_id"].tolist())
    _insert_frame(connection, finding, fresh, first_period=edition.period)

    before = {name for name in _listed_before(connection, edition.period) if code_of(name) not in edition.held}
    lines = [
        (name, "lasting" if name in before else "new", grade)
        for name, grade in zip(now["finding_id"], now["grade"], strict=True)
    ]
    lines += [(name, "gone", "") for name in sorted(before - set(now["finding_id"]))]
    fixed = {"publication_id": number, "period": edition.period}
    sealing.written(connection, finding_event, finding_event.c.publication_id == number)
    rows = [{**fixed, "finding_id": name, "kind": kind, "grade": grade} for name, kind, grade in lines]
    insert_rows(connection, finding_event, rows)


def code_of(finding_id: str) -> str:
    """The list of a finding."""
    return finding_id.partition("-")[0]


def _listed_before(connection: sa.Connection, period: str) -> set[str]:
    """The findings on the lists of the last published period before this one of the same kind (quarter or month)."""
    # Of several editions of a period the last one counts: later rows take the place in the mapping.
    editions = {
        row.period: row.id
        for row in connection.execute(sa.select(publication.c.id, publication.c.period).order_by(publication.c.id))
        if ("Q" in row.period) == ("Q" in period) and row.period < period
    }
    if not editions:
        return set()
    listed = sa.select(finding_event.c.finding_id).where(
        finding_event.c.publication_id == editions[max(editions)], finding_event.c.kind != "gone"
    )
    return set(connection.execute(listed).scalars())
