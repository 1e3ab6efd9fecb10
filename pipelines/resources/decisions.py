"""People's decisions on pairs of records: appended, never changed; who, when, why, and the content by which later files are recognised.

Belongs here: the table's lines in and out. Does not belong here: what a decision does (`matching.judged`, `matching.decide`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pandas as pd
import sqlalchemy as sa

from pipelines.resources import audit, sealing
from pipelines.resources.tables import decision

COLUMNS = ("record_a", "record_b", "verdict", "author", "decided_at", "note", "key_a", "key_b")


@dataclass(frozen=True)
class Decision:
    """One decision: `verdict` is `same`, `different` or `unsure`; the keys are `matching.judged.content_keys` of the records."""

    record_a: str
    record_b: str
    verdict: str
    author: str
    decided_at: str
    note: str
    key_a: str
    key_b: str


def enter(connection: sa.Connection, period: str, decisions: Iterable[Decision], who: str) -> int:
    """Append decisions; one audit line says how many, of which period, entered by whom. Returns how many were new.

    A line that stands there already, with the same author, time and verdict, is not entered twice: a table may be handed in again.
    """
    known = {tuple(row) for row in connection.execute(sa.select(*(decision.c[name] for name in COLUMNS[:5])))}
    fresh = [
        asdict(one)
        for one in decisions
        if (one.record_a, one.record_b, one.verdict, one.author, one.decided_at) not in known
    ]
    if fresh:
        sealing.written(connection, decision, sealing.upcoming(connection, decision))
        connection.execute(decision.insert(), [{"period": period, **line} for line in fresh])
        counts: dict[str, object] = {"decisions": len(fresh)}
        audit.append(connection, audit.Act(who, "decide", period, counts))
    return len(fresh)


def read(connection: sa.Connection) -> pd.DataFrame:
    """All decisions in the order they were entered: the columns that `matching.judged` knows, and `note`."""
    wanted = sa.select(*(decision.c[name] for name in COLUMNS)).order_by(decision.c.id)
    return pd.DataFrame([tuple(row) for row in connection.execute(wanted)], columns=list(COLUMNS), dtype=object)
