"""What Dagster is told of a run: the job over every asset.

Belongs here: the jobs. Does not belong here: running it in this process (`running`), when it runs by itself (`automation`), what a
station does (the assets).
"""

from __future__ import annotations

from functools import cache

import dagster as dg

from pipelines.resources.runs import GATE

JOB, RELEASE_JOB = "run", "release"


@cache
def run_job() -> dg.unresolved_asset_job_definition.UnresolvedAssetJobDefinition:
    """The job over every asset, one period at a time."""
    # The lock on the workspace is held by one process for the whole run; a step in a process of its own would find it taken.
    return dg.define_asset_job(JOB, selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor)


@cache
def release_job() -> dg.unresolved_asset_job_definition.UnresolvedAssetJobDefinition:
    """The job that releases an edition that waits: the gate with a person's name and reason, and publishing; nothing is computed anew."""
    published = dg.AssetSelection.assets("out_exports", "out_departments", "out_townships", "out_summary", "out_errors")
    return dg.define_asset_job(
        RELEASE_JOB,
        selection=dg.AssetSelection.assets(GATE) | published,
        executor_def=dg.in_process_executor,
        description="放行等待的一期：在启动栏填写 released_by（谁放行）、reason（理由），只放行几张清单的写 lists",
    )
