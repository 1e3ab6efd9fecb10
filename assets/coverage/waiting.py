"""An edition that waits, as a person looks at it: the reasons, its lists beside those before, who could not be compared and why.

Belongs here: the figures. Does not belong here: tables and sentences of a screen or a workbook, what makes it wait (`gate`), who would be sent
what (`assets.publishing.preview`).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from assets.county import list_names
from assets.coverage.gate import kept_reasons, open_keys
from assets.coverage.owed import OwedPart
from assets.coverage.spoken import list_knowledge, owed_of
from expectations.life.states import APPEARED, RETURNED, SOLVED, UNCHECKED
from expectations.lists.knowledge import ListKnowledge
from pipelines.resources.released import ReleasedFrames, is_aside
from pipelines.resources.session import Session


@dataclass(frozen=True)
class WaitingEdition:
    """What waits.

    Attributes:
        reasons: `key, kind, about, sentence, advice, settled`.
        lists: one row per active list: `LIST_COLUMNS`; `before` is "" where there is none.
        known: code -> what can be known of the list.
        owed: what departments still owe.
    """

    period: str
    reasons: pd.DataFrame
    lists: pd.DataFrame
    known: dict[str, ListKnowledge]
    owed: tuple[OwedPart, ...]

    @property
    def open_reasons(self) -> pd.DataFrame:
        """The reasons that nobody settled yet."""
        return self.reasons[self.reasons["settled"] == ""]


LIST_COLUMNS = ["code", "name", "now", "before", "new", "closed", "unchecked"]


def waiting_edition(opened: Session, period: str) -> WaitingEdition | None:
    """The edition of a period that waits; None where none does."""
    if not waits(opened, period):
        return None
    known, owed = list_knowledge(opened, period, latest=True), owed_of(opened, period, latest=True)
    return WaitingEdition(period, kept_reasons(opened.latest, period), list_sizes(opened, period), known, owed)


def waits(opened: Session, period: str) -> bool:
    """Whether the last run of a period ended with an edition that waits."""
    return bool(open_keys(kept_reasons(opened.latest, period))) and is_aside(opened.workspace.frames, period)


def list_sizes(opened: Session, period: str) -> pd.DataFrame:
    """Every active list of the last run of a period: lines now and before, new ones, those that would end, those that cannot be checked."""
    now = opened.latest.read("findings", period, ["code"])["code"].value_counts()
    life = opened.latest.read("finding_life", period, ["code", "kind"])
    kinds = life.groupby(["code", "kind"]).size() if len(life) else pd.Series(dtype="int64")
    released = ReleasedFrames(opened.workspace.frames)
    # Beside the edition that would be replaced; of a first edition beside the period before.
    earlier = [name for name in released.periods("findings") if name <= period and ("Q" in name) == ("Q" in period)]
    before = released.read("findings", earlier[-1], ["code"])["code"].value_counts() if earlier else None

    def number(code: str, *of: str) -> int:
        return sum(int(kinds.get((code, kind), 0)) for kind in of)

    rows = [
        {
            "code": code,
            "name": name,
            "now": int(now.get(code, 0)),
            "before": "" if before is None else str(int(before.get(code, 0))),
            "new": number(code, APPEARED, RETURNED),
            "closed": number(code, SOLVED),
            "unchecked": number(code, UNCHECKED),
        }
        for code, name in list_names(opened.workspace).items()
    ]
    return pd.DataFrame(rows, columns=LIST_COLUMNS)
