"""Running a period in this process, from the command line: the same job that the UI starts, and how it ended.

Belongs here: Dagster's instance, the frame around one run, what it leaves in the run's row. Does not belong here: what Dagster is told of
the job (`jobs`), when it runs by itself (`automation`), what a station does (the assets).
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
from typing import TYPE_CHECKING

import dagster as dg
import sqlalchemy as sa

from pipelines.jobs import JOB, RELEASE_JOB
from pipelines.partitions import PARTITIONS_NAME
from pipelines.resources import consents, runs, step_guard
from pipelines.resources.consents import PeriodConsent, SizeConsent, WholeConsent
from pipelines.resources.database import writing
from pipelines.resources.publication import published_by
from pipelines.resources.runs import GATE, Begun, Ended
from pipelines.resources.session import Session
from pipelines.resources.tables import run as run_table
from pipelines.resources.trouble import UNFORESEEN, Trouble, trouble_of
from pipelines.resources.workspace import ENGINE_TAG, HOME_VARIABLE

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

# What a run that was killed still claims to be.
GOING = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
# The command line says what happened in its own words; the UI shows the events.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Consent:
    """What people confirmed or chose for one run: departments that took everything back, departments whose size did change
    that much (with the second person who says so), the engine that compares the records, departments whose files do belong to the
    period (with the person who says so), departments that brought all there is.
    """

    withdrawn: tuple[str, ...] = ()
    size: SizeConsent = field(default_factory=SizeConsent)
    engine: str = ""
    dated: PeriodConsent = field(default_factory=PeriodConsent)
    whole: WholeConsent = field(default_factory=WholeConsent)

    def tags(self) -> dict[str, str]:
        """What was chosen, as tags of the Dagster run. What was confirmed stands in the audit: anybody can set a tag."""
        return {ENGINE_TAG: self.engine} if self.engine else {}


@dataclass(frozen=True)
class ReleaseOrder:
    """Who releases an edition that waits, why, and which lists of it (none: all)."""

    by: str
    reason: str
    lists: tuple[str, ...] = ()

    def config(self) -> dict[str, object]:
        """The fields of the gate, as the launchpad of the UI would fill them."""
        fields = {"released_by": self.by, "reason": self.reason, "lists": list(self.lists)}
        return {"ops": {GATE: {"config": fields}}}


@dataclass
class RunReport:
    """How a run went: seconds per station, one sentence per station that failed, what it left (`trouble.state`), and whether the edition
    waits for its release.
    """

    period: str
    success: bool
    seconds: float
    stages: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    state: str = ""
    waits: bool = False


@contextmanager
def instance_of(opened: Session) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance in the held workspace; nothing of it is printed."""
    from pipelines.resources.history import prepare

    home = str(opened.workspace.dagster_home)
    opened.workspace.renew()
    # Before Dagster opens its databases: it takes a half-made one for an old version and never starts again.
    prepare(opened.workspace.dagster_home)
    os.environ["DAGSTER_HOME"], os.environ[HOME_VARIABLE] = home, str(opened.workspace.root)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with dg.DagsterInstance.from_config(home) as instance:
        yield instance


def run_period(
    opened: Session, period: str, observer: step_guard.Observer | None = None, consent: Consent | None = None
) -> RunReport:
    """Run the graph for one period in this process, holding the workspace.

    Raises:
        BusyError: another run holds the workspace.
    """
    return _run(opened, period, observer, _Start(consent or Consent()))


def release_period(
    opened: Session, period: str, order: ReleaseOrder, observer: step_guard.Observer | None = None
) -> RunReport:
    """Release the edition of a period that waits, and publish it.

    Raises:
        BusyError: another run holds the workspace.
    """
    return _run(opened, period, observer, _Start(Consent(), RELEASE_JOB, order.config()))


@dataclass(frozen=True)
class _Start:
    """What is run: the job with its fields, and what people confirmed for it."""

    consent: Consent
    job: str = JOB
    config: Mapping[str, object] = field(default_factory=dict)


def _run(opened: Session, period: str, observer: step_guard.Observer | None, start: _Start) -> RunReport:
    # The whole graph with its libraries: commands that only need a name of this module do not wait for it.
    from pipelines.assembly import build_definitions

    began, confirmed = time.perf_counter(), start.consent
    begun = Begun(str(uuid.uuid4()), period, opened.workspace.operator, runs.COMMAND)
    report = RunReport(period, success=False, seconds=0.0)

    def add_seconds(station: str, state: str, seconds: float) -> None:
        if state != step_guard.STARTED:  # a station that Dagster tried again took the seconds of every try
            report.stages[station] = report.stages.get(station, 0.0) + seconds

    with (
        opened.held(),
        step_guard.observing(observer) if observer else nullcontext(),
        step_guard.observing(add_seconds),
        step_guard.hearing() as sentences,
        instance_of(opened) as instance,
        _seldom_swept(),
    ):
        _bury_dead_runs(instance)
        instance.add_dynamic_partitions(PARTITIONS_NAME, [period])
        with writing(opened.engine) as connection:
            runs.begin(connection, begun)
            consents.note(connection, begun, confirmed.size)
            consents.note(connection, begun, confirmed.dated)
            consents.note(connection, begun, confirmed.whole)
            consents.note_withdrawn(connection, begun, confirmed.withdrawn)

        job = build_definitions(opened.workspace.root).resolve_job_def(start.job)
        try:
            result = job.execute_in_process(
                instance=instance,
                raise_on_error=False,
                run_config={**QUIET, **start.config},
                partition_key=period,
                tags=confirmed.tags(),
                run_id=begun.id,
            )
        except Exception as fault:  # Dagster cannot write its own history any more: a full disk, say
            trouble = trouble_of(fault)
            if trouble.code == UNFORESEEN:
                raise
            report.failures = {JOB: trouble.sentence()}
        else:
            report.success, report.failures = result.success, _failures(result, sentences)
            # The gate's own check failed, and it alone: nothing went wrong, a person has to look.
            report.waits = not result.success and set(report.failures) == {GATE} and GATE not in sentences
            report.failures = {} if report.waits else report.failures
        report.seconds = time.perf_counter() - began
        _close(opened, begun, report)
    return report


def _close(opened: Session, begun: Begun, report: RunReport) -> None:
    """Write down how the run ended; a database that is gone by now is one more failure, not instead of the others."""
    try:
        status = runs.DONE if report.success else runs.WAITING if report.waits else runs.REFUSED
        with writing(opened.engine) as connection:
            runs.end(connection, begun, Ended(status, report.seconds, report.stages))
    except (sa.exc.SQLAlchemyError, OSError) as fault:
        report.success = False
        report.failures.setdefault(JOB, trouble_of(fault).sentence())
    if not report.success:
        report.state = _state(opened, begun)


def _state(opened: Session, begun: Begun) -> str:
    """Whether the run was published before it failed, and whether the outbox shows it."""
    try:
        with opened.engine.connect() as connection:
            digest = published_by(connection, begun.id)
    except sa.exc.SQLAlchemyError:
        return "unknown"
    if not digest:
        return "unchanged"
    return "published" if opened.outbox.digest(opened.outbox.shown(begun.period)) == digest else "unshown"


def _bury_dead_runs(instance: dg.DagsterInstance) -> None:
    """End in the event log what ended in the world: a killed run would keep its place in the pool, and the next wait for ever.

    Only called while the workspace is held, so that whatever still claims to run is dead.
    """
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=GOING)):
        instance.report_run_failed(run, "interrupted")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


@contextmanager
def _seldom_swept() -> Iterator[None]:
    """Let the cyclic garbage collector look at less, and less often: a tenth of a run was spent on it.

    What is loaded before the run is never garbage; what one station left is swept away before the next one works.
    """

    def sweep(_station: str, state: str, _seconds: float) -> None:
        if state == step_guard.STARTED:
            gc.collect()

    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        with step_guard.observing(sweep):
            yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


def _failures(result: ExecuteInProcessResult, sentences: Mapping[str, str]) -> dict[str, str]:
    """A sentence per station that failed; for a run that failed outside its stations, one for the run."""
    failures = {}
    for event in result.all_events:
        if event.is_step_failure and event.step_key:
            error = event.step_failure_data.error
            failures[event.step_key] = sentences.get(event.step_key) or _unspoken(error.cls_name if error else "")
        elif event.event_type_value == "PIPELINE_FAILURE" and not failures:
            failures[JOB] = _unspoken("")
    return failures


def _unspoken(kind: str | None) -> str:
    return Trouble(UNFORESEEN, kind or "未知").sentence()


def last_stages(opened: Session) -> Mapping[str, float]:
    """Seconds per station of the last complete run in this workspace, empty when there was none."""
    stages = (
        sa.select(run_table.c.stages).where(run_table.c.status == runs.DONE).order_by(run_table.c.started_at.desc())
    )
    with opened.engine.connect() as connection:
        text = connection.execute(stages.limit(1)).scalar()
    return dict(json.loads(text)) if text else {}
