"""Assembling what Dagster is told about one workspace: assets, the job, automation, resources.

Not here: which workspace (`definitions` takes that of TONGBI_HOME, the command line the one that is named), and what a station does.
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from assets.graph.from_contracts import all_assets
from pipelines.automation import schedules, sensors
from pipelines.jobs import new_period_job, release_job, run_job
from pipelines.resources.frames import FrameStore
from pipelines.resources.io_manager import FramesIOManager
from pipelines.resources.log_masking import guard_logging
from pipelines.resources.session import opened_resource


def build_definitions(root: Path) -> dg.Definitions:
    """The definitions for the workspace in a folder; a contract in its `contracts` folder adds a department.

    From here on nothing that is logged in this process holds a personal value.
    """
    guard_logging()
    frames = FramesIOManager(FrameStore(root / "frames"))
    return dg.Definitions(
        assets=all_assets(root),
        jobs=[run_job(), release_job(), new_period_job(root)],
        schedules=schedules(),
        sensors=sensors(root),
        resources={"county": opened_resource(root), "frames": dg.IOManagerDefinition.hardcoded_io_manager(frames)},
        executor=dg.in_process_executor,
    )
