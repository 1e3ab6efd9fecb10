"""An edition that waits, as a person looks at it: the reasons, its lists beside those before, who could not be compared and why.

Belongs here: the figures. Does not belong here: tables and sentences of a screen or a workbook, and what makes it wait (`gate`).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from assets.county import list_names, profile_of, sources_delivered
from assets.coverage.gate import kept_reasons, open_keys
from assets.coverage.listing import uncompared_of
from expectations.lists.findings import not_computed
from expectations.lists.outcomes import spoken_counts
from pipelines.resources.released import ReleasedFrames, is_aside
from pipelines.resources.session import Session


@dataclass(frozen=True)
class WaitingEdition:
    """What waits.

    Attributes:
        reasons: `key, kind, about, sentence, advice, settled`.
        lists: one row per active list: `code, name, now, before, uncompared, why, not_computed`; `before` is "" where there is none.
    """

    period: str
    reasons: pd.DataFrame
    lists: pd.DataFrame


def waiting_edition(opened: Session, period: str) -> WaitingEdition | None:
    """The edition of a period that waits; None where none does."""
    reasons = kept_reasons(opened.latest, period)
    if not open_keys(reasons) or not is_aside(opened.workspace.frames, period):
        return None
    return WaitingEdition(period, reasons, list_outcomes(opened, period))


def list_outcomes(opened: Session, period: str) -> pd.DataFrame:
    """Every active list of the last run of a period: how many lines now and before, who could not be compared, whether it was computed."""
    now = opened.latest.read("findings", period, ["code"])["code"].value_counts()
    released = ReleasedFrames(opened.workspace.frames)
    before = (
        released.read("findings", period, ["code"])["code"].value_counts()
        if released.exists("findings", period)
        else None
    )
    hidden = {code: (count, why) for code, count, why in spoken_counts(uncompared_of(opened.latest, period))}
    missing = not_computed(profile_of(opened.workspace), sources_delivered(opened, period, latest=True))
    sentences = dict(zip(missing["code"], missing["sentence"], strict=True))
    rows = [
        {
            "code": code,
            "name": name,
            "now": int(now.get(code, 0)),
            "before": "" if before is None else str(int(before.get(code, 0))),
            "uncompared": hidden.get(code, (0, ""))[0],
            "why": hidden.get(code, (0, ""))[1],
            "not_computed": sentences.get(code, ""),
        }
        for code, name in list_names(opened.workspace).items()
    ]
    return pd.DataFrame(rows)
