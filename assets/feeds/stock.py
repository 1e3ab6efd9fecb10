"""What feeds are made of: the frames of a period, and the last word of a person on each finding.

Belongs here: gathering. Not here: what a word means for a feed (`meanings`), who leaves by it (`leaving`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from expectations.life.states import BY_OFFICE, BY_REPLY, RETURNED

ANSWERS = ["child_id", "code", "answer", "state", "author", "day", "note"]


@dataclass(frozen=True)
class Calendar:
    """The days that leavings go by: the last day of the data, the school year's first (`MM-DD`), and how many months
    before it a child is pushed.
    """

    as_of: date
    year_start: str = "09-01"
    months_before: int = 0


@dataclass(frozen=True)
class Stock:
    """The frames of a period that feeds are made of, and what people answered.

    Attributes:
        children, records, findings: docs/data-shapes.md 5 and 6.
        answers: the last word of a person on each finding, the newest at the end: `ANSWERS`.
        calendar: the days that count.
    """

    children: pd.DataFrame
    records: pd.DataFrame
    findings: pd.DataFrame
    answers: pd.DataFrame
    calendar: Calendar


def answers_of(events: Iterable[Mapping[str, str]], known: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """The last word of a person on each finding.

    What the data say afterwards does not take it away, but for one thing: where the word was an explanation (不属实) and its
    evidence changed, so that the finding is asked about again, it explains nothing any more.

    Args:
        events: of the life of findings, oldest first.
        known: finding_id -> (code, child_id).

    Returns:
        `ANSWERS`, in the order in which the words were said.
    """
    last: dict[str, Mapping[str, str]] = {}
    for event in events:
        name = event["finding_id"]
        is_word = event["source"] in (BY_REPLY, BY_OFFICE) and event["answer"]
        is_void = event.get("kind") == RETURNED and name in last and last[name]["state"] == "rejected"
        if is_word or is_void:
            last.pop(name, None)  # out first: a dict keeps an old key's place, and the newest word stands at the end
        if is_word and name in known:
            last[name] = event
    rows = [
        (
            *reversed(known[name]),
            *(word["answer"], word["state"], word["author"]),
            word["answered_on"] or word["at"][:10],
            word.get("note", ""),
        )
        for name, word in last.items()
    ]
    return pd.DataFrame(rows, columns=ANSWERS, dtype=object)
