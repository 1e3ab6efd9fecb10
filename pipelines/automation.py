"""When the graph runs by itself: quarterly and monthly schedules, a sensor on the inbox, and a sensor on failures.

Everything is off until somebody switches it on in the UI: a county decides when its data are compared.
"""

import hashlib
from datetime import date, datetime
from pathlib import Path

import dagster as dg

from pipelines.jobs import RELEASE_JOB, run_job
from pipelines.partitions import PARTITIONS_NAME, Period, PeriodError, period_partitions
from pipelines.resources.runs import GATE
from pipelines.resources.workspace import Workspace

TIME_ZONE = "Asia/Shanghai"
# A period's exports arrive in its last days and the first days after it; the tenth leaves time for them.
QUARTERLY, MONTHLY = "0 2 10 1,4,7,10 *", "0 2 5 * *"
LOOK_EVERY_SECONDS = 60


def schedules() -> list[dg.ScheduleDefinition]:
    """One schedule per kind of period; a county switches on the one that its profile compares by."""
    return [_schedule("quarterly", QUARTERLY, monthly=False), _schedule("monthly", MONTHLY, monthly=True)]


def _schedule(name: str, cron: str, monthly: bool) -> dg.ScheduleDefinition:
    @dg.schedule(job=run_job(), cron_schedule=cron, name=name, execution_timezone=TIME_ZONE)
    def tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        today: datetime = context.scheduled_execution_time
        period = Period.containing(today.date(), monthly).previous.label
        context.instance.add_dynamic_partitions(PARTITIONS_NAME, [period])
        return dg.RunRequest(run_key=f"{name}-{period}", partition_key=period)

    return tick


def sensors(root: Path) -> list[dg.SensorDefinition]:
    """The arrival sensor and the failure sensor."""

    @dg.sensor(job=run_job(), name="arrival", minimum_interval_seconds=LOOK_EVERY_SECONDS)
    def arrival(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        """Asks for a run of each period whose departments have all delivered, whose inbox changed and has been quiet for one look."""
        # Cursor: `period=state`, with `?` before a state that was seen once only.
        seen = dict(entry.split("=", 1) for entry in (context.cursor or "").split(";") if "=" in entry)
        states = inbox_states(root / "inbox")
        waiting = {period: zh for period in states if (zh := still_to_come(root, period))}
        # Not looked at until it is whole: then it has to be quiet like any other.
        now = {period: state for period, state in states.items() if period not in waiting}
        ready = [period for period, state in now.items() if seen.get(period) == f"?{state}"]
        marks = {
            period: state if seen.get(period) in (state, f"?{state}") else f"?{state}" for period, state in now.items()
        }
        cursor = ";".join(f"{period}={mark}" for period, mark in sorted(marks.items()))
        if waiting and not ready:
            # Shown in the UI beside the sensor; a person who does not want to wait starts the run there.
            missing = "；".join(
                f"{period} 还没有收到{'、'.join(names)}的文件" for period, names in sorted(waiting.items())
            )
            return dg.SensorResult(skip_reason=f"{missing}；不等的，请人工启动运行。", cursor=cursor)
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=f"{period}-{now[period]}", partition_key=period) for period in ready],
            dynamic_partitions_requests=[period_partitions().build_add_request(ready)] if ready else [],
            cursor=cursor,
        )

    @dg.run_failure_sensor(name="failure", minimum_interval_seconds=LOOK_EVERY_SECONDS)
    def failure(context: dg.RunFailureSensorContext) -> None:
        """Writes what failed: the period and the stations. Never who: no values, no exception texts of others."""
        stations = "、".join(sorted({event.step_key or "" for event in context.get_step_failure_events()}))
        period = context.dagster_run.tags.get("dagster/partition", "")
        if stations == GATE:
            # Nothing went wrong: somebody has to look before anything goes out.
            context.log.warning(f"{date.today().isoformat()} 期次 {period} 等待放行：请查看后启动任务 {RELEASE_JOB}")
            return
        context.log.error(f"{date.today().isoformat()} 期次 {period} 运行没有完成，停在：{stations or '启动'}")

    return [arrival, failure]


def still_to_come(root: Path, period: str) -> list[str]:
    """The departments (Chinese) that the place expects in a period and that have no file in its inbox."""
    from assets.county import department_names
    from assets.coverage.arriving import departments_to_come

    workspace = Workspace.open(root)
    names = department_names(workspace)
    return [names.get(name, name) for name in departments_to_come(workspace, period)]


def inbox_states(inbox: Path) -> dict[str, str]:
    """Period -> a short hash of the names, sizes and times of its files; it changes while something is being copied."""
    states = {}
    for folder in sorted(path for path in inbox.glob("*") if path.is_dir()):
        try:
            period = Period.parse(folder.name)
        except PeriodError:
            continue
        # Hidden files and Excel's lock files come and go while somebody looks into a folder.
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "~$")))
        if files:
            facts = "|".join(
                f"{path.relative_to(folder)}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files
            )
            states[period.label] = hashlib.sha256(facts.encode()).hexdigest()[:16]
    return states
