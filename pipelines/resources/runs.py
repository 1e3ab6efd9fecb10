"""Runs in table `run` and in the audit, whoever starts them: the command line, the Dagster UI, a schedule, a sensor.

Belongs here: the lines at a run's beginning and end. Does not belong here: running (`pipelines.running`), what people confirmed for it (`consents`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import perf_counter

import dagster as dg
import sqlalchemy as sa

from pipelines.resources import audit
from pipelines.resources.audit import Act
from pipelines.resources.database import writing
from pipelines.resources.tables import run as run_table

BEGUN, ENDED = "run", "run_end"
COMMAND, SCREEN = "command", "dagster"
DONE, REFUSED, KILLED, WAITING = "done", "refused", "failed", "waiting"
PERIOD_TAG = "dagster/partition"
GATE = "gate"
"""The step at which an edition waits."""
_ORIGINS = {"dagster/schedule_name": "schedule", "dagster/sensor_name": "sensor"}


@dataclass(frozen=True)
class Begun:
    """A run: its id, its period, who started it, and from where."""

    id: str
    period: str
    actor: str
    origin: str


@dataclass(frozen=True)
class Ended:
    """How a run went: seconds in all and per station."""

    status: str
    seconds: float
    stages: Mapping[str, float] = field(default_factory=dict)


def begin(connection: sa.Connection, begun: Begun) -> None:
    """Write down that a run begins."""
    row = {
        "id": begun.id,
        "period": begun.period[:7],  # whatever was typed into the screen, the column holds no more
        "started_at": audit.now(),
        "finished_at": "",
        "status": "running",
    }
    connection.execute(run_table.insert().values(**row, seconds=0.0, stages="{}"))
    audit.append(connection, Act(begun.actor, BEGUN, begun.period, {"run": begun.id, "from": begun.origin}))


def end(connection: sa.Connection, begun: Begun, ended: Ended) -> None:
    """Write down how it went."""
    stages = json.dumps(dict(ended.stages), sort_keys=True)
    values = {"finished_at": audit.now(), "status": ended.status, "seconds": ended.seconds, "stages": stages}
    connection.execute(run_table.update().where(run_table.c.id == begun.id).values(**values))
    audit.append(connection, Act(begun.actor, ENDED, begun.period, {"run": begun.id, "status": ended.status}))


@contextmanager
def noted(engine: sa.Engine, operator: str, context: dg.InitResourceContext) -> Iterator[None]:
    """Note the run for which Dagster makes a resource, unless whoever started it noted it already."""
    started = context.run
    if started is None:
        yield
        return
    origin = next((word for tag, word in _ORIGINS.items() if tag in started.tags), SCREEN)
    begun = Begun(started.run_id, started.tags.get(PERIOD_TAG, ""), operator, origin)
    with writing(engine) as connection:
        ours = run_table.c.id == begun.id
        known = connection.execute(sa.select(run_table.c.id).where(ours)).first() is not None
        # The command line begins and ends its run itself: it knows the seconds per station, and what people confirmed.
        if not known:
            begin(connection, begun)
    began = perf_counter()
    try:
        yield
    finally:
        if not known:
            ended = Ended(_status(context, begun.id), perf_counter() - began)
            with writing(engine) as connection:
                end(connection, begun, ended)


def _status(context: dg.InitResourceContext, run_id: str) -> str:
    """Whether a step failed, as Dagster's events say; the run itself is not over when its resources are put away."""
    if context.instance is None:
        return KILLED
    kinds = {
        dg.DagsterEventType.STEP_FAILURE,
        dg.DagsterEventType.STEP_SUCCESS,
        dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    }
    with suppress(Exception):  # the event log is Dagster's own; a run that cannot be judged did not end well
        entries = context.instance.all_logs(run_id, of_type=kinds) if context.instance else []
        failed = {entry.step_key for entry in entries if entry.dagster_event_type == dg.DagsterEventType.STEP_FAILURE}
        if failed == {GATE} and _held_back(entries):
            return WAITING
        return REFUSED if failed or not entries else DONE
    return KILLED


def _held_back(entries: Sequence[dg.EventLogEntry]) -> bool:
    """Whether the gate's own check says that the edition waits: nothing went wrong there."""
    events = (entry.dagster_event for entry in entries if entry.step_key == GATE)
    checks = (event for event in events if event and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    return any(not check.asset_check_evaluation_data.passed for check in checks)
