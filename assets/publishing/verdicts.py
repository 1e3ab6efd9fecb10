"""Writing a period's verdicts into the life of findings, in the transaction that publishes the lists.

Belongs here: which rows of the frame `finding_life` become events, and the step 已派发 for what a workbook carries. Not
here: the verdicts (`assets.graph.finding_life`), storage (`pipelines.resources.finding_events`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
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

_SENT = (APPEARED, RETURNED, INHERITED, PASSED)


@dataclass(frozen=True)
class Chapter:
    """What a publication adds to the life of findings.

    Attributes:
        period: the period.
        life: the frame finding_life.
        issued: who is sent which finding.
        author: the operator.
        origin: which edition.
    """

    period: str
    life: pd.DataFrame
    issued: Collection[Issued]
    author: str
    origin: str


def record(connection: sa.Connection, chapter: Chapter) -> int:
    """Append what is new, and replace who is sent what; returns the number of events.

    A period that is older than another with a history adds nothing: what came later was decided on what was known then.
    """
    if finding_events.later_exists(connection, chapter.period):
        return 0
    finding_events.replace_issued(connection, chapter.period, chapter.issued)
    past = [Event(**row) for row in finding_events.events(connection, finding_events.same_kind(chapter.period))]
    written = {event.finding_id: event for event in past if _of_data(event, chapter.period)}
    present = fold(past)
    news = events_of(_verdicts(chapter.life), written, present)
    full = [replace(event, author=chapter.author, origin=chapter.origin) for event in news]
    return finding_events.append(connection, [event.row() for event in _with_dispatch(full, chapter)])


def _of_data(event: Event, period: str) -> bool:
    return event.period == period and event.kind in DATA_KINDS


def _verdicts(life: pd.DataFrame) -> list[Verdict]:
    names = ["finding_id", "period", "kind", "state", "source", "text", "town", "fingerprint", "evidence", "answer"]
    rows = zip(*(life[name] for name in [*names, "listed", "shown"]), strict=True)
    return [
        Verdict(Event(**dict(zip(names, values, strict=True))), listed == "yes", shown == "yes")
        for *values, listed, shown in rows
    ]


def _with_dispatch(events: Iterable[Event], chapter: Chapter) -> Iterable[Event]:
    """Each event, and behind one that brings work the step 已派发 that says to whom."""
    sent = _recipients(chapter.issued)
    for event in events:
        yield event
        if event.kind in _SENT and event.finding_id in sent:
            state = "assigned" if event.state == "new" else event.state
            text = f"列入核查清单：{'、'.join(sent[event.finding_id])}"
            yield replace(event, kind=DISPATCHED, state=state, source="office", text=text, evidence="", fingerprint="")


def _recipients(issued: Collection[Issued]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for line in issued:
        found[line.finding_id].append(line.recipient)
    return found
