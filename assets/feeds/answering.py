"""A receipt as an answer: what the recipient says of a child is entered into the life of its line, as any reply is.

Belongs here: which line a row of a receipt answers, and the event it makes. Not here: reading the file (`receiving`), what
the word does to the feed's next delivery (`meanings`). Source: rules/lists.md#entrants: education's receipt counts as an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from assets.feeds.feed import Feed
from assets.feeds.receiving import FeedReceipt
from expectations.life.rules import life_rules
from expectations.life.states import (
    ANSWERED,
    BY_OFFICE,
    BY_REPLY,
    MERGED,
    PROVEN,
    SOLVED,
    WITHDRAWN,
    Event,
    FindingLife,
    fold,
)
from expectations.lists.findings import finding_id
from pipelines.resources import audit, finding_events, sharing_ledger
from pipelines.resources.database import writing
from pipelines.resources.session import Session
from pipelines.resources.sharing_ledger import LedgerLine

ENTERED, DIFFERS, DECIDED, NO_LINE = (
    "登记为答复",
    "与已登记的答复不同（已登记，请核实）",
    "本局已裁定，没有登记",
    "已不在清单上，没有登记",
)

# Lines that ended otherwise than by an answer.
_OVER = (SOLVED, PROVEN, MERGED, WITHDRAWN)


@dataclass(frozen=True)
class Lines:
    """The lines that a receipt can answer.

    Attributes:
        period: to which its answers belong: the newest of its kind.
        of_child: child_id -> finding_id, of the feed's lists in the delivery's period.
        lives: finding_id -> its present life.
        decided: findings on which the office has ruled in the period.
    """

    period: str
    of_child: Mapping[str, str]
    lives: Mapping[str, FindingLife]
    decided: Collection[str]


@dataclass(frozen=True)
class ReceiptEntry:
    """What came of a receipt's rows: the events to append, and how many rows became what."""

    events: list[Event]
    counts: dict[str, int]


def enter(opened: Session, feed: Feed, line: LedgerLine, receipt: FeedReceipt) -> dict[str, int] | None:
    """Write a receipt into the ledger and its answers into the life of findings, in one transaction.

    Returns:
        How many answers became what; None when this very file was read before, and nothing was written.
    """
    columns = ["finding_id", "code", "child_id"]
    findings = opened.frames.read("findings", line.period, columns) if feed.lists else pd.DataFrame(columns=columns)
    with writing(opened.engine) as connection:
        # The file's hash is in the ledger once: what was read before is refused in the transaction that would enter it again.
        reader = opened.workspace.operator
        if not sharing_ledger.register_receipt(connection, line, receipt.sha256, reader, receipt.counts):
            return None
        entry = entry_of(feed, receipt, lines_of(connection, feed, line.period, findings))
        finding_events.append(connection, [event.row() for event in entry.events])
        detail: dict[str, object] = {"number": line.number, **receipt.counts, **entry.counts}
        audit.append(connection, audit.Act(opened.workspace.operator, "receipt", feed.name, detail))
    return entry.counts


def lines_of(connection: sa.Connection, feed: Feed, period: str, findings: pd.DataFrame) -> Lines:
    """What a receipt of a delivery of this period can answer.

    Args:
        connection: to the workspace's database.
        feed: the feed.
        period: of the delivery.
        findings: its lists: `finding_id, code, child_id`.
    """
    past = [Event(**row) for row in finding_events.events(connection, finding_events.same_kind(period))]
    present, leads = fold(past), finding_events.merged_children(connection)
    newest = max((event.period for event in past), default=period)
    rows = findings[findings["code"].isin(feed.lists)]
    of_child = {}
    for name, code, child in zip(rows["finding_id"], rows["code"], rows["child_id"], strict=True):
        # A child that was merged since goes on under the number of the one that leads.
        of_child[child] = finding_id(code, leads[child], "") if child in leads else name
    decided = {
        event.finding_id
        for event in past
        if event.period == newest and event.kind == ANSWERED and event.source == BY_OFFICE
    }
    return Lines(newest, of_child, present, decided)


def entry_of(feed: Feed, receipt: FeedReceipt, lines: Lines) -> ReceiptEntry:
    """The events of a receipt: one per row whose word has a meaning for the feed and whose line is known.

    Nothing that was said is overwritten: where the recipient says otherwise than an answer before, both stand in the line's
    history, the last word counts, and the number of such rows is told.
    """
    events, counts, rules = list[Event](), Counter[str](), life_rules()
    for child, word in sorted(receipt.words.items()):
        name = lines.of_child.get(child, "")
        life = lines.lives.get(name)
        code = name.partition("-")[0]
        if word.answer not in feed.leavings.answers.get(code, {}):
            continue
        # What the data solved is not opened again by a word that is older than they are.
        if life is None or life.kind in _OVER or name in lines.decided:
            counts[DECIDED if name in lines.decided else NO_LINE] += 1
            continue
        counts[DIFFERS if life.answer not in ("", word.answer) else ENTERED] += 1
        events.append(
            Event(
                finding_id=life.finding_id,
                period=lines.period,
                kind=ANSWERED,
                state=rules.outcomes[rules.outcome(code, word.answer, word.note)],
                source=BY_REPLY,
                text=f"{feed.recipient}回执：{word.answer}",
                fingerprint=life.fingerprint,
                answer=word.answer,
                origin=f"receipt:{receipt.sha256[:16]}:{feed.recipient}"[:80],
                author=feed.recipient,
                note=word.note,
            )
        )
    return ReceiptEntry(events, dict(counts))
