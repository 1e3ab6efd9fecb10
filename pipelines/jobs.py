"""What Dagster is told of a run: the job over every asset.

Belongs here: the job. Does not belong here: running it in this process (`running`), when it runs by itself (`automation`), what a
station does (the assets).
"""

from __future__ import annotations

from functools import cache

import dagster as dg

JOB = "run"


@cache
def run_job() -> dg.unresolved_asset_job_definition.UnresolvedAssetJobDefinition:
    """The job over every asset, one period at a time."""
    # The lock on the workspace is held by one process for the whole run; a step in a process of its own would find it taken.
    return dg.define_asset_job(JOB, selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor)
