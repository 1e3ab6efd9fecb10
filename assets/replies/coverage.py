"""Who has answered what was sent, and who has not, with days overdue (coverage of a period's workbooks)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from expectations.life.rules import life_rules
from expectations.life.states import ANSWERED, Event, fold
from pipelines.resources import finding_events
from pipelines.resources.tables import life_event


@dataclass
class Covered:
    """One recipient.

    Attributes:
        issued: lines sent.
        own: of them answered by this recipient.
        others: answered by another one that was sent the same line.
        open: answered, but still being worked on (within `own` and `others`).
        waiting: without any answer.
        overdue: of them past their day.
        days: how many days the oldest of them is past it.
        lists: list -> lines without answer.
    """

    recipient: str
    kind: str
    issued: int = 0
    own: int = 0
    others: int = 0
    open: int = 0
    waiting: int = 0
    overdue: int = 0
    days: int = 0
    lists: dict[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Share of lines with an answer; 1 when nothing was sent."""
        return (self.own + self.others) / self.issued if self.issued else 1.0


def coverage(connection: sa.Connection, period: str, today: date) -> list[Covered]:
    """The table of a period, departments and townships, those with the longest delay first within each."""
    in_period = (life_event.c.period == period) & (life_event.c.kind == ANSWERED)
    answered_by: dict[str, set[str]] = defaultdict(set)
    for row in finding_events.events(connection, in_period):
        answered_by[row["finding_id"]].add(row["origin"].split(":", 2)[-1])
    lives = fold(Event(**row) for row in finding_events.events(connection, finding_events.same_kind(period or "Q")))

    by_recipient: dict[tuple[str, str], Covered] = {}
    for line in finding_events.issued(connection, period):
        key = (line.kind, line.recipient)
        recipient = by_recipient.setdefault(key, Covered(line.recipient, line.kind))
        recipient.issued += 1
        answerers = answered_by.get(line.finding_id, set())
        life = lives.get(line.finding_id)
        recipient.open += bool(answerers) and life is not None and life_rules().is_open(life.state)
        # One visit settles a line that was sent to several: nobody is late with what another one has answered.
        if line.recipient in answerers:
            recipient.own += 1
        elif answerers:
            recipient.others += 1
        else:
            recipient.waiting += 1
            recipient.lists[line.code] = recipient.lists.get(line.code, 0) + 1
            if line.due and line.due < today.isoformat():
                recipient.overdue += 1
                recipient.days = max(recipient.days, (today - date.fromisoformat(line.due)).days)
    return sorted(by_recipient.values(), key=lambda row: (row.kind, -row.days, -row.waiting, row.recipient))
