"""The sharing ledger in SQL: every delivery to another system, numbered per feed, and the receipts; only ever appended to.

What is delivered is decided by `assets.feeds`; here lines go in and out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from pipelines.resources import audit, sealing
from pipelines.resources.tables import sharing_delivery, sharing_receipt


@dataclass(frozen=True)
class LedgerLine:
    """One line of the ledger: 接收方, 用途, 依据, 范围, 期限, 审批人, and what was given."""

    feed: str
    number: int
    kind: str
    since: int
    period: str
    recipient: str
    purpose: str
    legal_basis: str
    scope: str
    term: str
    approved_by: str
    made_by: str
    made_at: str
    form: str
    file: str
    rows: int
    sha256: str
    configuration: str


FIELDS = [column.name for column in sharing_delivery.columns if column.name != "id"]


def ledger(connection: sa.Connection, feed: str = "") -> list[LedgerLine]:
    """The deliveries of one feed, or of all, in the order in which they were made."""
    lines = sa.select(*(sharing_delivery.c[name] for name in FIELDS)).order_by(sharing_delivery.c.id)
    if feed:
        lines = lines.where(sharing_delivery.c.feed == feed)
    return [LedgerLine(**dict(zip(FIELDS, row, strict=True))) for row in connection.execute(lines)]


def last(connection: sa.Connection, feed: str) -> LedgerLine | None:
    """The last delivery of a feed."""
    lines = ledger(connection, feed)
    return lines[-1] if lines else None


def register(connection: sa.Connection, line: LedgerLine) -> None:
    """Append a delivery and its line in the audit, in the caller's transaction."""
    values = {name: getattr(line, name) for name in FIELDS}
    sealing.written(connection, sharing_delivery, sealing.upcoming(connection, sharing_delivery))
    connection.execute(sharing_delivery.insert().values(**values))
    detail: dict[str, object] = {"number": line.number, "kind": line.kind, "rows": line.rows, "sha256": line.sha256}
    audit.append(connection, audit.Act(line.made_by, "share", line.feed, {**detail, "approved_by": line.approved_by}))


def register_receipt(
    connection: sa.Connection, of: LedgerLine, sha256: str, reader: str, counts: Mapping[str, int]
) -> bool:
    """Append what came back for a delivery.

    Args:
        connection: of the caller's transaction.
        of: the delivery.
        sha256: hash of the file that came back.
        reader: who read it.
        counts: how many lines per answer.

    Returns:
        False when this very file was read before.
    """
    key = (sharing_delivery.c.feed == of.feed) & (sharing_delivery.c.number == of.number)
    identity = connection.execute(sa.select(sharing_delivery.c.id).where(key)).scalar_one()
    same = (sharing_receipt.c.delivery_id == identity) & (sharing_receipt.c.sha256 == sha256)
    if connection.execute(sa.select(sharing_receipt.c.id).where(same)).first():
        return False
    text = json.dumps(dict(counts), ensure_ascii=False, sort_keys=True)
    values = {"delivery_id": identity, "sha256": sha256, "read_at": audit.now(), "read_by": reader, "counts": text}
    sealing.written(connection, sharing_receipt, sealing.upcoming(connection, sharing_receipt))
    connection.execute(sharing_receipt.insert().values(**values))
    return True


def receipts(connection: sa.Connection) -> dict[tuple[str, int], dict[str, int]]:
    """(feed, number) -> counts of the last receipt."""
    joined = sa.join(sharing_receipt, sharing_delivery, sharing_receipt.c.delivery_id == sharing_delivery.c.id)
    lines = sa.select(sharing_delivery.c.feed, sharing_delivery.c.number, sharing_receipt.c.counts).select_from(joined)
    # Later receipts take the place of earlier ones.
    ordered = connection.execute(lines.order_by(sharing_receipt.c.id))
    return {(row[0], row[1]): json.loads(row[2]) for row in ordered}
