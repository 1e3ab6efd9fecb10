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
    mine = (life_event.c.period == period) & (life_event.c.kind == ANSWERED)
    answers: dict[str, set[str]] = defaultdict(set)
    for row in finding_events.events(connection, mine):
        answers[row["finding_id"]].add(row["origin"].split(":", 2)[-1])
    present = fold(Event(**row) for row in finding_events.events(connection, finding_events.same_kind(period or "Q")))
    found: dict[tuple[str, str], Covered] = {}
    for line in finding_events.issued(connection, period):
        one = found.setdefault((line.kind, line.recipient), Covered(line.recipient, line.kind))
        life = present.get(line.finding_id)
        _count(one, line, answers.get(line.finding_id, set()))
        one.open += line.finding_id in answers and life is not None and life_rules().is_open(life.state)
        if line.finding_id not in answers and line.due and line.due < today.isoformat():
            one.overdue += 1
            one.days = max(one.days, (today - date.fromisoformat(line.due)).days)
    return sorted(found.values(), key=lambda one: (one.kind, -one.days, -one.waiting, one.recipient))


def _count(one: Covered, line: finding_events.Issued, who: set[str]) -> None:
    one.issued += 1
    if one.recipient in who:
        one.own += 1
    elif who:
        one.others += 1
    else:
        one.waiting += 1
        one.lists[line.code] = one.lists.get(line.code, 0) + 1
