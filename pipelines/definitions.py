"""Everything that Dagster is told, assembled in one place: assets, the job, automation, resources.

`defs` is the workspace of TONGBI_HOME (else `./workspace`); without one the graph can still be looked at.
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from assets.graph import all_assets
from pipelines.automation import schedules, sensors
from pipelines.jobs import run_job
from pipelines.resources.frames import FramesIOManager, FrameStore
from pipelines.resources.masking import guard_logging
from pipelines.resources.opened import opened_resource
from pipelines.resources.workspace import default_root


def build_definitions(root: Path) -> dg.Definitions:
    """The definitions for the workspace in a folder; a contract in its `contracts` folder adds a department."""
    frames = FramesIOManager(FrameStore(root / "frames"))
    return dg.Definitions(
        assets=all_assets(root),
        jobs=[run_job()],
        schedules=schedules(),
        sensors=sensors(root),
        resources={"county": opened_resource(root), "frames": dg.IOManagerDefinition.hardcoded_io_manager(frames)},
        executor=dg.in_process_executor,
    )


guard_logging()
defs = build_definitions(default_root())
