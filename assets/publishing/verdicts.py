"""Writing a period's verdicts into the life of findings, in the transaction that publishes the lists.

Belongs here: which rows of the frame `finding_life` become events, and the step 已派发 for what a workbook carries. Not
here: the verdicts (`assets.graph.finding_life`), storage (`pipelines.resources.finding_events`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import pandas as pd
import sqlalchemy as sa

from expectations.life.states import (
    APPEARED,
    DATA_KINDS,
    DISPATCHED,
    INHERITED,
    PASSED,
    RETURNED,
    Event,
    fold,
)
from expectations.life.step import Verdict, events_of
from pipelines.resources import finding_events
from pipelines.resources.finding_events import Issued
from pipelines.resources.publication import code_of

# After these somebody has something to do.
_SENT = (APPEARED, RETURNED, INHERITED, PASSED)


@dataclass(frozen=True)
class PeriodVerdicts:
    """What a publication adds to the life of findings.

    Attributes:
        period: the period.
        life: the frame finding_life.
        issued: who is sent which finding.
        author: the operator.
        origin: which edition.
        held: lists that were not released: nothing is said of their lines.
    """

    period: str
    life: pd.DataFrame
    issued: Collection[Issued]
    author: str
    origin: str
    held: frozenset[str] = frozenset()


def record(connection: sa.Connection, verdicts: PeriodVerdicts) -> int:
    """Append what is new, and replace who is sent what; returns the number of events.

    A period that is older than another with a history adds nothing: what came later was decided on what was known then.
    """
    period = verdicts.period
    if finding_events.later_exists(connection, period):
        return 0
    finding_events.replace_issued(connection, period, verdicts.issued)
    past = [Event(**row) for row in finding_events.events(connection, finding_events.same_kind(period))]
    # A period that is run again says of a line what it said before: only what is different becomes an event.
    written = {
        event.finding_id: event
        for event in past
        if event.period == period and event.kind in DATA_KINDS and code_of(event.finding_id) not in verdicts.held
    }
    news = events_of(_verdicts(verdicts.life), written, fold(past))
    signed = [replace(event, author=verdicts.author, origin=verdicts.origin) for event in news]
    return finding_events.append(connection, [event.row() for event in _with_dispatch(signed, verdicts.issued)])


def _verdicts(life: pd.DataFrame) -> list[Verdict]:
    """The rows of the frame as the life of findings knows them."""
    names = ["finding_id", "period", "kind", "state", "source", "text", "town", "fingerprint", "evidence", "answer"]
    rows = zip(*(life[name] for name in [*names, "listed", "shown"]), strict=True)
    return [
        Verdict(Event(**dict(zip(names, values, strict=True))), listed == "yes", shown == "yes")
        for *values, listed, shown in rows
    ]


def _with_dispatch(events: Iterable[Event], issued: Collection[Issued]) -> Iterable[Event]:
    """Each event, and behind one that brings work the step 已派发 that says to whom."""
    recipients: dict[str, list[str]] = defaultdict(list)
    for line in issued:
        recipients[line.finding_id].append(line.recipient)
    for event in events:
        yield event
        if event.kind in _SENT and event.finding_id in recipients:
            # Whoever is visiting a family goes on visiting it: only a new line becomes an assigned one.
            state = "assigned" if event.state == "new" else event.state
            text = f"列入核查清单：{'、'.join(recipients[event.finding_id])}"
            yield replace(event, kind=DISPATCHED, state=state, source="office", text=text, evidence="", fingerprint="")
