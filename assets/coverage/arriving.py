"""Whether a period's deliveries have arrived: the departments that the place expects, and which of them have nothing in the inbox yet.

Belongs here: both questions, asked before anything is read. Does not belong here: what was found to be missing after reading (`expectations.coverage`),
when a run starts by itself (`pipelines.automation`). Source: rules/coverage.md#gate.
"""

from __future__ import annotations

from assets.county import profile_of
from assets.intake.contract import load_contracts
from assets.receiving.delivered import NAME as DELIVERED
from assets.receiving.delivered import departments_among, kept_delivered
from assets.receiving.filenames import naming_of
from assets.receiving.sorting import TAKEN, sort_inbox
from pipelines.resources.released import ReleasedFrames
from pipelines.resources.workspace import Workspace


def expected_departments(workspace: Workspace, period: str) -> list[str]:
    """The departments that bring something in every period: as the profile says, else those of the period before, else the four."""
    stated = profile_of(workspace).gate.expected.value
    if stated is not None:
        return sorted({name.partition(".")[0] for name in stated})
    frames = ReleasedFrames(workspace.frames)
    before = frames.periods_before(DELIVERED, period)
    came = departments_among(kept_delivered(frames, before[-1]) or ()) if before else frozenset()
    return sorted(came) or [
        name for name, contract in load_contracts(workspace.contracts).items() if not contract.further
    ]


def departments_to_come(workspace: Workspace, period: str) -> list[str]:
    """Of those the ones that have no file in the inbox yet, wherever it lies there; a file that a run would leave alone is none."""
    come = files_by_department(workspace, period)
    return [name for name in expected_departments(workspace, period) if not come.get(name)]


def files_by_department(workspace: Workspace, period: str) -> dict[str, dict[str, str]]:
    """Department -> file -> hash of its content, of what a run would read: folders under any of their names, loose files, files in zips."""
    files: dict[str, dict[str, str]] = {}
    for entry in sort_inbox(workspace, period, naming_of(workspace, period)).entries:
        if entry.fate == TAKEN:
            files.setdefault(entry.department, {})[entry.path] = entry.sha256
    return files
