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
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.partitions import PARTITIONS_NAME
from pipelines.resources import consenting, runs, stations
from pipelines.resources.consenting import SizeConsent
from pipelines.resources.database import writing
from pipelines.resources.opened import Opened
from pipelines.resources.runs import Begun, Ended
from pipelines.resources.tables import run as run_table
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
    that much (with the second person who says so), the engine that compares the records.
    """

    withdrawn: tuple[str, ...] = ()
    size: SizeConsent = field(default_factory=SizeConsent)
    engine: str = ""

    def tags(self) -> dict[str, str]:
        """What was chosen, as tags of the Dagster run. What was confirmed stands in the audit: anybody can set a tag."""
        return {ENGINE_TAG: self.engine} if self.engine else {}


@dataclass
class RunReport:
    """How a run went: seconds per station, and one sentence per station that failed."""

    period: str
    success: bool
    seconds: float
    stages: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


@cache
def run_job() -> dg.unresolved_asset_job_definition.UnresolvedAssetJobDefinition:
    """The job over every asset, one period at a time."""
    return dg.define_asset_job(JOB, selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor)


@contextmanager
def instance_of(opened: Opened) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance in the workspace; nothing of it is printed."""
    home = str(opened.workspace.dagster_home)
    os.environ["DAGSTER_HOME"], os.environ[HOME_VARIABLE] = home, str(opened.workspace.root)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with dg.DagsterInstance.from_config(home) as instance:
        yield instance


def run_period(
    opened: Opened, period: str, observer: stations.Observer | None = None, consent: Consent | None = None
) -> RunReport:
    """Run the graph for one period in this process, holding the workspace.

    Raises:
        BusyError: another run holds the workspace.
    """
    from pipelines.assembly import build_definitions

    began, run_id = time.perf_counter(), str(uuid.uuid4())
    stages: dict[str, float] = {}
    watching = stations.observing(observer) if observer else nullcontext()
    with opened.held(), watching, stations.observing(_noting(stages)), instance_of(opened) as instance, _seldom_swept():
        _bury_dead_runs(instance)
        instance.add_dynamic_partitions(PARTITIONS_NAME, [period])
        asked = consent or Consent()
        begun = Begun(run_id, period, opened.workspace.operator, runs.COMMAND)
        _begin(opened, begun, asked)
        job = build_definitions(opened.workspace.root).resolve_job_def(JOB)
        result = job.execute_in_process(
            partition_key=period,
            instance=instance,
            raise_on_error=False,
            tags=asked.tags(),
            run_id=run_id,
            run_config=QUIET,
        )
        report = RunReport(period, result.success, time.perf_counter() - began, stages, _failures(result))
        with writing(opened.engine) as connection:
            status = runs.DONE if report.success else runs.REFUSED
            runs.end(connection, begun, Ended(status, report.seconds, report.stages))
    return report


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
        with stations.observing(_sweep):
            yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


def _sweep(_name: str, what: str, _seconds: float) -> None:
    if what == "started":
        gc.collect()


def _noting(stages: dict[str, float]) -> stations.Observer:
    def note(name: str, what: str, seconds: float) -> None:
        if what != "started":
            stages[name] = stages.get(name, 0.0) + seconds

    return note


def _failures(result: ExecuteInProcessResult) -> dict[str, str]:
    failed = {}
    for event in result.all_events:
        if event.is_step_failure and event.step_key:
            data = event.step_failure_data
            spoken = data.user_failure_data.description if data.user_failure_data else ""
            failed[event.step_key] = spoken or _unspoken(data.error.cls_name if data.error else "")
        elif event.event_type_value == "PIPELINE_FAILURE" and not failed:
            failed[JOB] = _unspoken("")
    return failed


def _unspoken(kind: str | None) -> str:
    if kind == "RetryRequestedFromPolicy" or kind == "DBAPIError":
        return "数据库没有回应：请检查数据库服务后重新运行；上一次的结果没有改变。"
    return f"程序内部错误（{kind or '未知'}）：上一次的结果没有改变。"


def _begin(opened: Opened, begun: Begun, asked: Consent) -> None:
    with writing(opened.engine) as connection:
        runs.begin(connection, begun)
        consenting.note(connection, opened.workspace, asked.size, (begun.id, begun.period))
        consenting.note_withdrawn(connection, begun, asked.withdrawn)


def last_stages(opened: Opened) -> Mapping[str, float]:
    """Seconds per station of the last complete run in this workspace, empty when there was none."""
    import sqlalchemy as sa

    wanted = sa.select(run_table.c.stages).where(run_table.c.status == "done").order_by(run_table.c.started_at.desc())
    with opened.engine.connect() as connection:
        text = connection.execute(wanted.limit(1)).scalar()
    return dict(json.loads(text)) if text else {}
