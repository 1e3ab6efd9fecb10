"""Two periods beside each other: what is new, still open, solved by data, solved by answer, returned.

Pure, over events. Counts are of findings as they stood when each period's lists went out.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from expectations.life.rules import LifeRules
from expectations.life.states import (
    ANSWERED,
    BY_DATA,
    INHERITED,
    MERGED,
    PASSED,
    RETURNED,
    UNSEEN,
    Event,
    FindingLife,
    fold,
)

NEW, OPEN, UNSEEN_NOW, BY_DATA_NOW, BY_ANSWER, BACK = "new", "open", "unseen", "by_data", "by_answer", "returned"
UNCHECKED_NOW = "unchecked"
# The first three are what goes out in the second period.
COLUMNS = [NEW, OPEN, BACK, BY_DATA_NOW, BY_ANSWER, UNSEEN_NOW, UNCHECKED_NOW]


@dataclass(frozen=True)
class PeriodPair:
    """Two periods of the same kind, the earlier first."""

    first: str
    second: str


def became(
    events: Iterable[Event], span: PeriodPair, rules: LifeRules, asked: Collection[str] | None = None
) -> pd.DataFrame:
    """What became of each finding between two periods.

    Args:
        events: all events of one kind of period, in their order.
        span: the periods.
        rules: which states are open.
        asked: the lines that the second period sends out; None where nobody knows them any more. An open finding that is not among them is
            one that no data of the period show, or that no data can tell of: no event says so (`expectations.life.states.UNCHECKED`).

    Returns:
        `finding_id, town, what`, one row per finding that was open in the first period or is new or back in the second.
    """
    history = list(events)
    then, now = fold(_until(history, span.first)), fold(_until(history, span.second))
    between = [event for event in history if span.first < event.period <= span.second]
    # A line that was settled for one department and handed on to the next is work again, as one that came back.
    back = {event.finding_id for event in between if event.kind in (RETURNED, PASSED)}
    # Under its new number a finding has no earlier state, and is none the less no new one.
    heirs = {event.finding_id for event in between if event.kind == INHERITED}
    rows = []
    for name, life in now.items():
        before = then.get(name)
        was_open = name in heirs or (before is not None and rules.is_open(before.state))
        sent = life.kind != UNSEEN if asked is None else name in asked
        fate = _fate(life, was_open, name in back, sent, rules)
        if fate:
            rows.append((name, life.town, fate))
    return pd.DataFrame(rows, columns=["finding_id", "town", "what"], dtype=object)


def _until(events: Iterable[Event], period: str) -> Iterable[Event]:
    """Events up to the moment when a period's lists went out: its answers came later."""
    return (e for e in events if e.period < period or (e.period == period and e.kind != ANSWERED))


def _fate(now: FindingLife, was_open: bool, returned: bool, sent: bool, rules: LifeRules) -> str:
    """What became of one finding; "" for one that is told under another number, or was settled before and still is."""
    if now.kind == MERGED:
        return ""
    if rules.is_open(now.state):
        if not sent:
            return UNSEEN_NOW if now.kind == UNSEEN else UNCHECKED_NOW
        if returned:
            return BACK
        return OPEN if was_open else NEW
    if not was_open:
        return ""
    return BY_DATA_NOW if now.settled_by == BY_DATA else BY_ANSWER


def table(fates: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    """Counts per group: columns `COLUMNS`, index the groups that occur, sorted.

    Args:
        fates: `became`.
        groups: finding_id -> list, or township.
    """
    counts = Counter(zip(fates["finding_id"].map(groups).fillna(""), fates["what"], strict=True))
    names = sorted({name for name, _ in counts})
    return pd.DataFrame([[counts[name, fate] for fate in COLUMNS] for name in names], index=names, columns=COLUMNS)
