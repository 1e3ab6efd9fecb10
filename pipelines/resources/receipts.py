"""Which township has handed in which report: noted by the bureau, appended only, the last line about a sender counts.

Belongs here: reading and adding lines. Not here: which reports are owed (the profile's duties) or what they say. Source: rules/workflow.md#reports
(the bureau tracks who has not reported), rules/workflow.md#m24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pipelines.resources import audit
from pipelines.resources.database import insert_rows
from pipelines.resources.tables import report_receipt


@dataclass(frozen=True)
class OwedReport:
    """One report that every township owes: the duty's name in the profile, and the period (`2026`, `2026Q3`)."""

    duty: str
    period: str


def senders_in(connection: sa.Connection, owed: OwedReport) -> dict[str, str]:
    """Sender -> ISO day on which its report came; those taken back are not in it."""
    ours = (report_receipt.c.duty == owed.duty) & (report_receipt.c.period == owed.period)
    lines = connection.execute(sa.select(report_receipt).where(ours).order_by(report_receipt.c.id)).mappings()
    latest = {line["sender"]: line["received_on"] for line in lines}
    return {sender: day for sender, day in latest.items() if day}


def note(connection: sa.Connection, owed: OwedReport, senders: Sequence[str], day: str, author: str) -> list[str]:
    """Add a line for each sender whose state changes, and one line to the audit.

    Args:
        connection: of a writing transaction.
        owed: the report.
        senders: townships.
        day: ISO day on which it came; "" takes an earlier line back.
        author: who notes it.

    Returns:
        The senders that a line was added for: noting the same twice adds nothing.
    """
    known = senders_in(connection, owed)
    changed = [sender for sender in dict.fromkeys(senders) if known.get(sender, "") != day]
    fixed = {"duty": owed.duty, "period": owed.period, "received_on": day, "noted_by": author, "noted_at": audit.now()}
    insert_rows(connection, report_receipt, [{**fixed, "sender": sender} for sender in changed])
    if changed:
        detail: dict[str, object] = {"duty": owed.duty, "senders": len(changed), "received_on": day}
        audit.append(connection, audit.Act(author, "report_received", owed.period, detail))
    return changed
