"""Who would be sent what if an edition that waits went out now: counts by department and township, nothing is written.

Belongs here: the counts. Does not belong here: who receives which line (`assets.workbooks.routing`), why it waits (`assets.coverage.gate`).
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from assets.county import official_areas
from assets.errata.holding import held_lines
from assets.protected import protected_in
from assets.publishing.editions import Ingredients, asked_now, bare_context
from assets.workbooks.publish import packets_of
from expectations.life.states import APPEARED, MERGED, PROVEN, RETURNED, UNCHECKED
from pipelines.resources import finding_events
from pipelines.resources.session import Session

COLUMNS = ["recipient", "kind", "lines", "new", "closed", "unchecked"]


def would_be_sent(opened: Session, period: str) -> pd.DataFrame:
    """One row per department and township that would receive or lose lines.

    Returns:
        `COLUMNS`: lines in the workbook, of them new or returned; of the lines that it was sent last, those that the data would close, and
        those that cannot be checked this time and stay as they are.
    """
    waiting = copy.copy(opened)
    waiting.frames = opened.latest
    frames, veil = opened.latest, protected_in(waiting, period)
    life, children = frames.read("finding_life", period), frames.read("child_files.children", period)
    records, nothing = frames.read("child_files.records", period), pd.DataFrame()
    edition = Ingredients(
        period, frames.read("findings", period), nothing, nothing, children, records, nothing, {}, life
    )
    lines = veil.without(asked_now(edition))
    in_corrections = held_lines(frames, period)
    lines = lines.assign(held=lines["finding_id"].map(in_corrections).fillna(""))
    towns = tuple(dict.fromkeys(town for town, _ in official_areas(opened.workspace)))
    context = replace(bare_context(opened.workspace, period), towns=towns)
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(COLUMNS[2:], 0))
    fresh = set(life.loc[life["kind"].isin([APPEARED, RETURNED]), "finding_id"]) if len(life) else set()
    for packet in packets_of(lines, veil.without(children), veil.without(records), context):
        sent = [name for part in packet.parts for name in part.ids]
        counts[packet.kind, packet.recipient]["lines"] += len(sent)
        counts[packet.kind, packet.recipient]["new"] += len(fresh.intersection(sent))
    ended, unchecked = _ended(life), _unchecked(life)
    for line in _sent_before(opened, period):
        if line.kind in ("department", "township"):
            counts[line.kind, line.recipient]["closed"] += line.finding_id in ended
            counts[line.kind, line.recipient]["unchecked"] += line.finding_id in unchecked
    rows = [
        {"recipient": whom, "kind": kind, **numbers}
        for (kind, whom), numbers in counts.items()
        if any(numbers.values())
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _ended(life: pd.DataFrame) -> Collection[str]:
    """Lines that the data of the period would close."""
    if not len(life):
        return set()
    closed = (life["state"] == "closed") & (life["listed"] == "no") & ~life["kind"].isin([PROVEN, MERGED, UNCHECKED])
    return set(life.loc[closed, "finding_id"])


def _unchecked(life: pd.DataFrame) -> Collection[str]:
    return set(life.loc[life["kind"] == UNCHECKED, "finding_id"]) if len(life) else set()


def _sent_before(opened: Session, period: str) -> list[finding_events.Issued]:
    """Who was sent what last: in the edition that would be replaced, else in the period before of the same kind."""
    with opened.engine.connect() as connection:
        periods = finding_events.issued_periods(connection)
        earlier = [name for name in periods if name <= period and ("Q" in name) == ("Q" in period)]
        return finding_events.issued(connection, earlier[-1]) if earlier else []
