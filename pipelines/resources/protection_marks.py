"""Protection marks in SQL: who hid which child, for whom, why, when; and who lifted it. Lines are only appended.

Belongs here: rows in and out. Does not belong here: which children a mark reaches, and what it hides (`assets.protected`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from pipelines.resources import audit
from pipelines.resources.database import insert_rows
from pipelines.resources.tables import child_event, issue, protection_mark
from pipelines.resources.tables import finding as finding_table

PROTECT, LIFT = "protect", "lift"
PERSON, COLUMN = "person", "column"


@dataclass(frozen=True)
class Mark:
    """One line: `kind` is `protect` or `lift`, `source` a `person` or a delivered `column`.

    Attributes:
        recipient: the person who alone may see the child; "" when nobody was named.
        keys: content keys of the child's records then, one a line, so that the child is known again under another number.
    """

    child_id: str
    period: str
    kind: str
    source: str
    recipient: str
    author: str
    reason: str
    at: str = ""
    keys: str = ""


@dataclass(frozen=True)
class Move:
    """What became of a child's number: `other_id` was merged into `child_id`, or split from it, in a period."""

    period: str
    kind: str
    child_id: str
    other_id: str


def append(connection: sa.Connection, marks: Sequence[Mark], who: str) -> None:
    """Append marks, each with a line in the audit, in the caller's transaction.

    The reason may tell what was done to a child: it stands in the table only.
    """
    now = audit.now()
    insert_rows(connection, protection_mark, [{**asdict(mark), "at": mark.at or now} for mark in marks])
    for mark in marks:
        detail: dict[str, object] = {"by": mark.author, "for": mark.recipient, "source": mark.source}
        audit.append(connection, audit.Act(who, mark.kind, mark.child_id, detail))


def read(connection: sa.Connection) -> list[Mark]:
    """All marks in the order in which they were appended."""
    names = list(Mark.__dataclass_fields__)
    lines = sa.select(*(protection_mark.c[name] for name in names)).order_by(protection_mark.c.id)
    return [Mark(*row) for row in connection.execute(lines)]


def moves(connection: sa.Connection) -> list[Move]:
    """Merges and splits of children's numbers over all published periods, in their order."""
    names = list(Move.__dataclass_fields__)
    lines = sa.select(*(child_event.c[name] for name in names)).order_by(child_event.c.id)
    return [Move(*row) for row in connection.execute(lines)]


def sent(connection: sa.Connection, child_ids: Sequence[str]) -> int:
    """How many recipients hold a workbook of any period with a line of these children."""
    lines = sa.select(finding_table.c.finding_id).where(finding_table.c.child_id.in_(child_ids))
    pairs = sa.select(issue.c.period, issue.c.recipient).where(issue.c.finding_id.in_(lines)).distinct()
    return int(connection.execute(sa.select(sa.func.count()).select_from(pairs.subquery())).scalar_one())
