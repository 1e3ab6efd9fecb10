"""The job `run`, and running it in this process: the command line and the UI execute the same graph.

What a station does belongs to the assets; when a run starts by itself belongs to `automation`.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import dagster as dg
import sqlalchemy as sa

from pipelines.partitions import PARTITIONS_NAME
from pipelines.resources import consenting, runs, step_guard
from pipelines.resources.consenting import PeriodConsent, SizeConsent
from pipelines.resources.database import writing
from pipelines.resources.publication import published_by
from pipelines.resources.runs import Begun, Ended
from pipelines.resources.session import Opened
from pipelines.resources.tables import run as run_table
from pipelines.resources.trouble import UNFORESEEN, Trouble, trouble_of
from pipelines.resources.workspace import ENGINE_TAG, HOME_VARIABLE

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

JOB = "run"
# What a run that was killed still claims to be.
GOING = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
# The command line says what happened in its own words; the UI shows the events.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Consent:
    """What people confirmed or chose for one run: departments that took everything back, departments whose size did change
    that much (with the second person who says so), the engine that compares the records, departments whose files do belong to the
    period (with the person who says so).
    """

    withdrawn: tuple[str, ...] = ()
    size: SizeConsent = field(default_factory=SizeConsent)
    engine: str = ""
    dated: PeriodConsent = field(default_factory=PeriodConsent)

    def tags(self) -> dict[str, str]:
        """What was chosen, as tags of the Dagster run. What was confirmed stands in the audit: anybody can set a tag."""
        return {ENGINE_TAG: self.engine} if self.engine else {}


@dataclass
class RunReport:
    """How a run went: seconds per station, one sentence per station that failed, and what it left (`trouble.state`)."""

    period: str
    success: bool
    seconds: float
    stages: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    state: str = ""


@cache
def run_job() -> dg.unresolved_asset_job_definition.UnresolvedAssetJobDefinition:
    """The job over every asset, one period at a time."""
    return dg.define_asset_job(JOB, selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor)


@contextmanager
def instance_of(opened: Opened) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance in the held workspace; nothing of it is printed."""
    from pipelines.resources.history import prepare

    home = str(opened.workspace.dagster_home)
    opened.workspace.renew()
    prepare(opened.workspace.dagster_home)
    os.environ["DAGSTER_HOME"], os.environ[HOME_VARIABLE] = home, str(opened.workspace.root)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with dg.DagsterInstance.from_config(home) as instance:
        yield instance


def run_period(
    opened: Opened, period: str, observer: step_guard.Observer | None = None, consent: Consent | None = None
) -> RunReport:
    """Run the graph for one period in this process, holding the workspace.

    Raises:
        BusyError: another run holds the workspace.
    """
    from pipelines.assembly import build_definitions

    began, run_id = time.perf_counter(), str(uuid.uuid4())
    stages: dict[str, float] = {}
    watching = step_guard.observing(observer) if observer else nullcontext()
    with (
        opened.held(),
        watching,
        step_guard.observing(_noting(stages)),
        step_guard.hearing() as sentences,
        instance_of(opened) as instance,
        _seldom_swept(),
    ):
        _bury_dead_runs(instance)
        instance.add_dynamic_partitions(PARTITIONS_NAME, [period])
        asked = consent or Consent()
        begun = Begun(run_id, period, opened.workspace.operator, runs.COMMAND)
        _begin(opened, begun, asked)
        job = build_definitions(opened.workspace.root).resolve_job_def(JOB)
        order = {"partition_key": period, "tags": asked.tags(), "run_id": run_id}
        result = _executed(job, instance, order)
        failures = _failures(result, sentences) if isinstance(result, dg.ExecuteInProcessResult) else result
        success = isinstance(result, dg.ExecuteInProcessResult) and result.success
        report = RunReport(period, success, time.perf_counter() - began, stages, failures)
        _close(opened, begun, report)
    return report


def _executed(
    job: dg.JobDefinition, instance: dg.DagsterInstance, order: Mapping[str, Any]
) -> dg.ExecuteInProcessResult | dict[str, str]:
    """How the graph went; what stopped it when Dagster cannot write its own history any more."""
    try:
        return job.execute_in_process(instance=instance, raise_on_error=False, run_config=QUIET, **order)
    except Exception as fault:
        trouble = trouble_of(fault)
        if trouble.code == UNFORESEEN:
            raise
        return {JOB: trouble.sentence()}


def _close(opened: Opened, begun: Begun, report: RunReport) -> None:
    """Write down how the run ended; a database that is gone by now is one more failure, not instead of the others."""
    try:
        status = runs.DONE if report.success else runs.REFUSED
        with writing(opened.engine) as connection:
            runs.end(connection, begun, Ended(status, report.seconds, report.stages))
    except (sa.exc.SQLAlchemyError, OSError) as fault:
        report.success = False
        report.failures.setdefault(JOB, trouble_of(fault).sentence())
    if not report.success:
        report.state = _state(opened, begun.id, report.period)


def _state(opened: Opened, run_id: str, period: str) -> str:
    """Whether the run was published before it failed, and whether the outbox shows it."""
    try:
        with opened.engine.connect() as connection:
            digest = published_by(connection, run_id)
    except sa.exc.SQLAlchemyError:
        return "unknown"
    if not digest:
        return "unchanged"
    return "published" if opened.outbox.digest(opened.outbox.shown(period)) == digest else "unshown"


def _bury_dead_runs(instance: dg.DagsterInstance) -> None:
    """End in the event log what ended in the world: a killed run would keep its place in the pool, and the next wait for ever.

    Only called while the workspace is held, so that whatever still claims to run is dead.
    """
    going = dg.RunsFilter(statuses=GOING)
    for run in instance.get_runs(filters=going):
        instance.report_run_failed(run, "interrupted")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


@contextmanager
def _seldom_swept() -> Iterator[None]:
    """Let the cyclic garbage collector look at less, and less often: a tenth of a run was spent on it.

    What is loaded before the run is never garbage; what one station left is swept away before the next one works.
    """
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        with step_guard.observing(_sweep):
            yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


def _sweep(_name: str, what: str, _seconds: float) -> None:
    if what == "started":
        gc.collect()


def _noting(stages: dict[str, float]) -> step_guard.Observer:
    def note(name: str, what: str, seconds: float) -> None:
        if what != "started":
            stages[name] = stages.get(name, 0.0) + seconds

    return note


def _failures(result: ExecuteInProcessResult, sentences: Mapping[str, str]) -> dict[str, str]:
    failed = {}
    for event in result.all_events:
        if event.is_step_failure and event.step_key:
            error = event.step_failure_data.error
            failed[event.step_key] = sentences.get(event.step_key) or _unspoken(error.cls_name if error else "")
        elif event.event_type_value == "PIPELINE_FAILURE" and not failed:
            failed[JOB] = _unspoken("")
    return failed


def _unspoken(kind: str | None) -> str:
    return Trouble(UNFORESEEN, kind or "未知").sentence()


def _begin(opened: Opened, begun: Begun, asked: Consent) -> None:
    with writing(opened.engine) as connection:
        runs.begin(connection, begun)
        for consent in (asked.size, asked.dated):
            consenting.note(connection, opened.workspace, consent, (begun.id, begun.period))
        consenting.note_withdrawn(connection, begun, asked.withdrawn)


def last_stages(opened: Opened) -> Mapping[str, float]:
    """Seconds per station of the last complete run in this workspace, empty when there was none."""
    wanted = sa.select(run_table.c.stages).where(run_table.c.status == "done").order_by(run_table.c.started_at.desc())
    with opened.engine.connect() as connection:
        text = connection.execute(wanted.limit(1)).scalar()
    return dict(json.loads(text)) if text else {}
