"""Urgent lines of an edition that waits: handed out at once, in books of their own, because a child alone cannot wait for a school's file.

Belongs here: which lines, and their folder `outbox/紧急/<period>`. Does not belong here: what makes an edition wait (`assets.coverage.gate`), the
edition's own workbooks (`editions`). Source: rules/coverage.md#urgent.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from assets.county import profile_of
from assets.protected import protected_in
from assets.publishing.edition_lines import urgent_lists
from assets.publishing.editions import bare_context
from assets.publishing.locking import lock_folder
from assets.workbooks.publish import publish_lists
from pipelines.resources import audit
from pipelines.resources.database import writing
from pipelines.resources.passwords import read_passwords
from pipelines.resources.session import Session

FOLDER, ACTION = "紧急", "urgent_lines"


def hand_out_urgent(county: Session, period: str, frames: Mapping[str, pd.DataFrame]) -> int:
    """Write the urgent lines of the waiting edition; returns how many.

    Args:
        county: the workspace.
        period: the period.
        frames: `findings`, `life` (the frame finding_life), `children`, `records`.
    """
    folder = urgent_folder(county, period)
    shutil.rmtree(folder, ignore_errors=True)
    findings, life = frames["findings"], frames["life"]
    quiet = set(life.loc[life["shown"] == "no", "finding_id"]) if len(life) else set()
    hot = findings[findings["code"].isin(urgent_lists(profile_of(county.workspace)))]
    hot = protected_in(county, period).without(hot[~hot["finding_id"].isin(quiet)])
    if hot.empty:
        return 0
    aside = folder.with_name(f".making-{period}")
    shutil.rmtree(aside, ignore_errors=True)
    context = bare_context(county.workspace, period)
    publish_lists(hot.assign(life="", held=""), frames["children"], frames["records"], context, aside)
    lock_folder(aside, read_passwords(county.workspace.root))
    aside.rename(folder)
    with writing(county.engine) as connection:
        audit.append(connection, audit.Act(county.workspace.operator, ACTION, period, {"lines": len(hot)}))
    return len(hot)


def urgent_folder(county: Session, period: str) -> Path:
    """Where the urgent lines of a waiting edition lie."""
    return county.workspace.outbox / FOLDER / period


def forget_urgent(county: Session, period: str) -> None:
    """The edition went out, and its urgent lines with it."""
    folder = urgent_folder(county, period)
    shutil.rmtree(folder, ignore_errors=True)
    if folder.parent.is_dir() and not any(folder.parent.iterdir()):
        folder.parent.rmdir()
