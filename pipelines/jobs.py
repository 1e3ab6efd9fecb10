"""What Dagster is told of a run: the jobs over the assets, and the one that opens a new period.

Belongs here: the jobs. Does not belong here: running it in this process (`running`), when it runs by itself (`automation`), what a
station does (the assets).
"""

from functools import cache
from pathlib import Path

import dagster as dg

from pipelines.partitions import PARTITIONS_NAME, Period, PeriodError
from pipelines.resources.runs import GATE
from pipelines.resources.workspace import Workspace

JOB, RELEASE_JOB, NEW_PERIOD_JOB = "run", "release", "new_period"


@cache
def run_job() -> "dg.unresolved_asset_job_definition.UnresolvedAssetJobDefinition":
    """The job over every asset, one period at a time."""
    # The lock on the workspace is held by one process for the whole run; a step in a process of its own would find it taken.
    return dg.define_asset_job(JOB, selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor)


@cache
def release_job() -> "dg.unresolved_asset_job_definition.UnresolvedAssetJobDefinition":
    """The job that releases an edition that waits: the gate with a person's name and reason, and publishing; nothing is computed anew."""
    published = dg.AssetSelection.assets("out_exports", "out_departments", "out_townships", "out_summary", "out_errors")
    return dg.define_asset_job(
        RELEASE_JOB,
        selection=dg.AssetSelection.assets(GATE) | published,
        executor_def=dg.in_process_executor,
        description="放行等待的一期：在启动栏填写 released_by（谁放行）、reason（理由），只放行几张清单的写 lists",
    )


class NewPeriodFields(dg.Config):
    """What a person fills in to open a new period: `2026Q4`, or `2026-10` where a place compares by months."""

    period: str


def new_period_job(root: Path) -> dg.JobDefinition:
    """The job that opens a new period from the UI: its partition and its folders in the inbox. Running it is the job `run`."""

    @dg.op(name="open_period", description="新开一期：期次填写 2026Q4（按月比对的写 2026-10）")
    def open_period(context: dg.OpExecutionContext, config: NewPeriodFields) -> None:
        """Adds the partition, so that `run` and the assets offer it, and makes the departments' folders."""
        try:
            period = Period.parse(config.period)
        except PeriodError as fault:
            raise dg.Failure(str(fault), allow_retries=False) from None
        workspace = Workspace.open(root)
        problem = _objection(workspace, period)
        if problem:
            raise dg.Failure(problem, allow_retries=False)
        folders = _open_inbox(workspace, period)
        context.instance.add_dynamic_partitions(PARTITIONS_NAME, [period.label])
        context.log.info(
            f"{period.zh}已新开：请把各部门的文件放进 inbox/{period.label}/（{'、'.join(folders)}），再在作业 {JOB} 里选择期次 {period.label} 启动运行。"
        )

    @dg.job(
        name=NEW_PERIOD_JOB,
        executor_def=dg.in_process_executor,
        description="新开一期：在启动栏填写 period（如 2026Q4）；也可以在作业 run 的启动窗口里用 Add new partition 添加",
    )
    def new_period() -> None:
        open_period()

    return new_period


def _objection(workspace: Workspace, period: Period) -> str:
    """Why the place does not compare by such a period; "" when it does."""
    from assets.county import profile_of

    monthly = profile_of(workspace).rhythm.period_kind.value == "month"
    if monthly == period.monthly:
        return ""
    return "本地规则按月比对，期次写成 2026-10。" if monthly else "本地规则按季度比对，期次写成 2026Q4。"


def _open_inbox(workspace: Workspace, period: Period) -> list[str]:
    """Make the folders of a period; returns the departments' names."""
    from assets.county import department_names

    names = department_names(workspace)
    for name in names:
        (workspace.inbox / period.label / name).mkdir(parents=True, exist_ok=True)
    return list(names.values())
