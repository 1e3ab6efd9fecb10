"""People's decisions on pairs of records: appended, never changed; who, when, why, and the content by which later files are recognised.

Belongs here: the table's lines in and out. Does not belong here: what a decision does (`matching.decisions.clerical`, `matching.scoring.decide`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import pandas as pd
import sqlalchemy as sa

from pipelines.resources import audit, sealing
from pipelines.resources.tables import decision

COLUMNS = ("record_a", "record_b", "verdict", "author", "decided_at", "note", "key_a", "key_b")


@dataclass(frozen=True)
class Decision:
    """One decision: `verdict` is `same`, `different` or `unsure`; the keys are `matching.decisions.clerical.content_keys` of the records.

    `decided_at` is "" where nobody named a time: then it is the moment of entering.
    """

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

    What stands there already is not entered twice, so that a command that was killed, or a table, may be repeated: a line with a
    time of its own is the same with that time, one without (`decided_at` is "") is the same as what its author said last on the pair.
    """
    standing, now = _Standing(connection), audit.now()
    # What is entered now does not stand yet: a table may say several things of one pair, and all of them are kept.
    fresh = [asdict(replace(line, decided_at=line.decided_at or now)) for line in decisions if not standing.has(line)]
    if fresh:
        sealing.written(connection, decision, sealing.upcoming(connection, decision))
        connection.execute(decision.insert(), [{"period": period, **line} for line in fresh])
        counts: dict[str, object] = {"decisions": len(fresh)}
        audit.append(connection, audit.Act(who, "decide", period, counts))
    return len(fresh)


class _Standing:
    """The decisions that stand: with their times, and what each author said last on a pair (a table may say several things at once)."""

    def __init__(self, connection: sa.Connection) -> None:
        self._timed: set[tuple[str, ...]] = set()
        last: dict[tuple[str, ...], tuple[str, set[tuple[str, str]]]] = {}  # the moment, and what was said in it
        names = ("record_a", "record_b", "author", "verdict", "note", "decided_at")
        lines = sa.select(*(decision.c[name] for name in names)).order_by(decision.c.id)
        for record_a, record_b, author, verdict, note, when in connection.execute(lines):
            whose = _whose(record_a, record_b, author)
            self._timed.add((*whose, verdict, when))
            moment, verdicts = last.get(whose, ("", set()))
            last[whose] = (when, {*(verdicts if moment == when else ()), (verdict, note)})
        self._last = {whose: verdicts for whose, (_, verdicts) in last.items()}

    def has(self, line: Decision) -> bool:
        whose = _whose(line.record_a, line.record_b, line.author)
        if line.decided_at:
            return (*whose, line.verdict, line.decided_at) in self._timed
        return (line.verdict, line.note) in self._last.get(whose, set())


def _whose(record_a: str, record_b: str, author: str) -> tuple[str, ...]:
    """A pair is the same whichever record is named first."""
    return (*sorted((record_a, record_b)), author)


def read(connection: sa.Connection) -> pd.DataFrame:
    """All decisions in the order they were entered: the columns that `matching.decisions.clerical` knows, and `note`."""
    wanted = sa.select(*(decision.c[name] for name in COLUMNS)).order_by(decision.c.id)
    return pd.DataFrame([tuple(row) for row in connection.execute(wanted)], columns=list(COLUMNS), dtype=object)
