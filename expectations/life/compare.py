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
    kept = list(events)
    then, now = fold(_until(kept, span.first)), fold(_until(kept, span.second))
    back, handed_on, heirs = (_within(kept, kind, span) for kind in (RETURNED, PASSED, INHERITED))
    back |= handed_on
    rows = []
    for name, life in now.items():
        before = then.get(name)
        was_open = name in heirs or (before is not None and rules.is_open(before.state))
        sent = life.kind != UNSEEN if asked is None else name in asked
        what = _what(life, Past(was_open, name in back, sent), rules)
        if what:
            rows.append((name, life.town, what))
    return pd.DataFrame(rows, columns=["finding_id", "town", "what"], dtype=object)


def _within(events: Iterable[Event], kind: str, span: PeriodPair) -> set[str]:
    """Findings with an event of this kind after the first period and up to the second."""
    return {event.finding_id for event in events if event.kind == kind and span.first < event.period <= span.second}


def _until(events: Iterable[Event], period: str) -> Iterable[Event]:
    """Events up to the moment when a period's lists went out: its answers came later."""
    return (e for e in events if e.period < period or (e.period == period and e.kind != ANSWERED))


@dataclass(frozen=True)
class Past:
    """What is known of a finding beside its state: open before, back since, sent out in the second period."""

    was_open: bool
    returned: bool
    sent: bool


def _what(now: FindingLife, past: Past, rules: LifeRules) -> str:
    if now.kind == MERGED:
        return ""
    if rules.is_open(now.state):
        if not past.sent:
            return UNSEEN_NOW if now.kind == UNSEEN else UNCHECKED_NOW
        if past.returned:
            return BACK
        return OPEN if past.was_open else NEW
    if not past.was_open:
        return ""
    return BY_DATA_NOW if now.settled_by == BY_DATA else BY_ANSWER


def table(found: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    """Counts per group: columns `COLUMNS`, index the groups that occur, sorted.

    Args:
        found: `became`.
        groups: finding_id -> list, or township.
    """
    counts = Counter(zip(found["finding_id"].map(groups).fillna(""), found["what"], strict=True))
    names = sorted({name for name, _ in counts})
    return pd.DataFrame([[counts[name, what] for what in COLUMNS] for name in names], index=names, columns=COLUMNS)
