"""One delivery of a feed: rows of now, what changed since the last one, the file, the ledger; numbered and repeatable.

Here: the order of the steps. The file and the kept rows are written first, the ledger's line last: a delivery that is not
in the ledger was not made, and its number is used again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from assets.county import profile_of
from assets.feeds import changes, forms
from assets.feeds.feed import Feed, FeedError
from assets.feeds.leaving import left
from assets.feeds.rows import rows_of
from assets.feeds.stock import Calendar, Stock, answers_of
from assets.protected import Protected, protected_in
from matching.reading.grades import YEAR_START
from pipelines.partitions import Period
from pipelines.resources import audit, finding_events, sharing_ledger
from pipelines.resources.database import connect, writing
from pipelines.resources.session import Session
from pipelines.resources.sharing_ledger import LedgerLine
from pipelines.resources.tables import life_event

FOLDER = "推送"
KINDS = {"full": "全量", "changes": "变化"}


@dataclass(frozen=True)
class DeliveryOrder:
    """What is asked for: which period, all rows or the changes, approved by whom, into which database (SQL form)."""

    period: Period
    kind: str
    approved_by: str
    database: str = ""


@dataclass(frozen=True)
class Delivered:
    """What came of it: the line of the ledger and the file; `fresh` is False when nothing was to be delivered. `unnamed`: how many
    children the recipient holds by an earlier configuration that this full delivery names no more; nobody said that they left.
    """

    line: LedgerLine | None
    path: Path | None
    fresh: bool
    unnamed: int = 0


@dataclass(frozen=True)
class PreparedDelivery:
    """What is to be delivered: the rows, and what the recipient holds afterwards."""

    rows: pd.DataFrame
    state: pd.DataFrame
    unnamed: int = 0


def deliver(opened: Session, feed: Feed, order: DeliveryOrder) -> Delivered:
    """Make the next delivery.

    Raises:
        FeedError: nobody approved it, the maker approved it, the place does not have these lines sent to the recipient, or changes are asked
            for before a full delivery was made.
        FrameError: the period was not run.
    """
    if not order.approved_by.strip():
        raise FeedError("没有写明审批人，没有交付任何数据。", "请经批准后用 --approved-by 写明审批人。")
    # Two people (docs/decisions/feeds.md): whoever makes a delivery does not approve it.
    if order.approved_by.strip() == opened.workspace.operator:
        raise FeedError("审批人不能是操作人本人，没有交付任何数据。", "请由另一人审批。")
    _named_by_the_place(opened, feed)
    with opened.engine.connect() as connection:
        before = sharing_ledger.last(connection, feed.name)
    prepared = _compared(opened, feed, before, order)
    # A second press of the button is no second delivery: the ledger would say that the recipient was sent it twice.
    if before and _is_repetition(opened, feed, before, prepared.rows, order):
        return Delivered(before, _path(opened, before), False)
    if order.kind == "changes" and prepared.rows.empty:
        return Delivered(before, None, False)
    return _make(opened, feed, order, before, prepared)


def repeat(opened: Session, feed: Feed, number: int) -> Delivered:
    """Write a delivery once more, byte by byte as it was.

    Raises:
        FeedError: there was none of this number, the bytes are no longer those of the ledger, or the place does not have these lines sent to
            the recipient any more.
    """
    _named_by_the_place(opened, feed)
    with opened.engine.connect() as connection:
        line = next((line for line in sharing_ledger.ledger(connection, feed.name) if line.number == number), None)
    if line is None:
        raise FeedError(f"台账里没有 {feed.title} 第{number}次交付。", "用 tongbi feed 查看台账。")
    period, path = Period.parse(line.period), _path(opened, line)
    rows = opened.frames.read(kept(feed), f"{number:04d}")
    if veil_of(opened, feed, line.period).hides(rows.rename(columns={feed.key: "child_id"})).any():
        raise FeedError(
            f"{feed.title} 第{number}次交付里有后来受保护的儿童，不能原样重做。", "请做一次新的全量交付（--full）。"
        )
    note = forms.Note(number, period.label, period.last_day)
    # What the configuration says about leavings and words does not reach the bytes: they decide, not its digest.
    if list(rows.columns) != feed.columns or not _written_again(feed, rows, path, note, line.sha256):
        if line.configuration == configuration(feed):
            raise FeedError(f"{feed.title} 第{number}次交付重做后与台账中的摘要不同。", "请勿使用，联系维护人员。")
        raise FeedError(f"{feed.title} 的配置在第{number}次交付之后改过，不能原样重做。", "请恢复当时的配置文件。")
    return Delivered(line, path, True)


def _written_again(feed: Feed, rows: pd.DataFrame, path: Path, note: forms.Note, sha256: str) -> bool:
    """Write a delivery beside its place, and into it when the bytes are those of the ledger."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        aside = Path(folder) / path.name
        if forms.write(feed, rows, aside, note) != sha256:
            return False
        os.replace(aside, path)
    return True


def _named_by_the_place(opened: Session, feed: Feed) -> None:
    """Refuse the lines of a list to whom the place's profile does not name for it (`ListRule.recipients`).

    A feed of the roll or of all children hands out no lines: its approval and its legal basis alone decide.
    """
    if feed.population != "lists":
        return
    profile = profile_of(opened.workspace)
    catalogue = profile.catalogue
    if not feed.to:
        raise FeedError(
            f"{feed.title} 交付清单 {'、'.join(feed.lists)} 中的儿童，配置没有写明接收方是哪个单位，没有交付任何数据。",
            f"请在 {feed.name}.yaml 中写明 to，可写：{'、'.join(catalogue.recipients)}。",
        )
    unnamed = [code for code in feed.lists if code not in profile.lists_for(feed.to)]
    if unnamed:
        names = "、".join(f"{code}（{catalogue.lists[code].name}）" for code in unnamed)
        recipient = catalogue.recipients[feed.to]
        raise FeedError(
            f"本地规则“{profile.name}”没有把清单 {names} 发给{recipient}，没有交付 {feed.title} 的任何数据。",
            f"确应发给的，请先在本地规则的 lists.{unnamed[0]}.recipients 中加上 {feed.to}。",
        )


def veil_of(opened: Session, feed: Feed, period: str) -> Protected:
    """Whom a feed may not name: protected children, unless it is declared to carry them."""
    return Protected() if feed.protected else protected_in(opened, period)


def stock_of(opened: Session, period: str, veil: Protected) -> Stock:
    """The frames of a period and what people have answered up to it, of the children whom the recipient may see."""
    frames = opened.frames
    school = profile_of(opened.workspace).school
    # Where the place has not said how long before, a child is pushed when school starts.
    months_before = school.push_months_before.value or 0
    with opened.engine.connect() as connection:
        findings = {name: (row[0], row[1]) for name, row in finding_events.known(connection).items()}
        events = finding_events.events(connection, finding_events.same_kind(period) & (life_event.c.period <= period))
    return Stock(
        children=veil.without(frames.read("child_files.children", period)),
        records=veil.without(frames.read("child_files.records", period)),
        findings=veil.without(frames.read("findings", period, ["code", "child_id"])),
        answers=veil.without(answers_of(events, findings)),
        calendar=Calendar(Period.parse(period).last_day, school.year_start.value or YEAR_START, months_before),
    )


def _compared(opened: Session, feed: Feed, before: LedgerLine | None, order: DeliveryOrder) -> PreparedDelivery:
    """The rows to deliver, and what the recipient holds afterwards."""
    is_same = before is not None and before.configuration == configuration(feed)
    if order.kind == "changes" and before is None:
        raise FeedError(f"{feed.title} 还没有做过全量交付，不能只交变化。", "请先用 --full 做一次全量交付。")
    if order.kind == "changes" and before and not is_same:
        raise FeedError(
            f"{feed.title} 的配置在第{before.number}次交付之后改过：接收方手里的是按以前的规定交付的"
            "（包括谁算离开），不能只交变化。",
            "请先用 --full 做一次全量交付，并请接收方以它替换手里的数据。",
        )

    label = order.period.label
    veil, nothing = veil_of(opened, feed, label), pd.DataFrame(columns=feed.columns, dtype=object)
    # Rows of another configuration are not taken over: they may name children whom this one does not cover.
    held_rows = opened.frames.read(_state(feed), f"{before.number:04d}") if before else nothing
    # Who was delivered before it was protected is passed over in silence: a word of leaving would be news of the child.
    hidden = veil.hides(held_rows.rename(columns={feed.key: "child_id"}))
    base = held_rows[~hidden] if is_same else nothing
    stock = stock_of(opened, label, veil)
    now, gone = rows_of(feed, stock), left(feed, stock, base)

    unnamed = 0
    if not is_same and feed.key in held_rows:  # the heading of the child's number may have been another one
        unnamed = int((~held_rows[feed.key].isin(now[feed.key]) & ~hidden).sum())
    state = changes.state_after(feed, base, now, gone)
    if order.kind == "changes":
        state = pd.concat([state, held_rows[hidden]], ignore_index=True)
    compare = changes.full if order.kind == "full" else changes.since
    return PreparedDelivery(compare(feed, base, now, gone), state, unnamed)


def _is_repetition(opened: Session, feed: Feed, before: LedgerLine, rows: pd.DataFrame, order: DeliveryOrder) -> bool:
    """Whether this very delivery was made last."""
    if (before.kind, before.period, before.configuration) != (order.kind, order.period.label, configuration(feed)):
        return False
    if order.kind != "full":
        return False
    return forms.digest(opened.frames.read(kept(feed), f"{before.number:04d}")) == forms.digest(rows)


def _make(
    opened: Session, feed: Feed, order: DeliveryOrder, before: LedgerLine | None, prepared: PreparedDelivery
) -> Delivered:
    """Write the file, keep the rows, and last of all the ledger's line (see the module's head)."""
    rows, label = prepared.rows, order.period.label
    number = before.number + 1 if before else 1
    line = LedgerLine(
        feed=feed.name,
        number=number,
        kind=order.kind,
        since=before.number if before and order.kind == "changes" else 0,
        period=label,
        recipient=feed.recipient,
        purpose=feed.purpose,
        legal_basis=feed.legal_basis,
        scope=f"{len(rows)}名儿童；字段：{'、'.join(feed.columns)}",
        term=feed.term,
        approved_by=order.approved_by.strip(),
        made_by=opened.workspace.operator,
        made_at=audit.now(),
        form=feed.form,
        file=f"{feed.name}-{number:04d}-{label}-{KINDS[order.kind]}{forms.ENDINGS[feed.form]}",
        rows=len(rows),
        sha256="",
        configuration=configuration(feed),
    )
    path = _path(opened, line)
    sha256 = forms.write(feed, rows, path, forms.Note(number, label, order.period.last_day))
    opened.frames.write(kept(feed), f"{number:04d}", rows)
    opened.frames.write(_state(feed), f"{number:04d}", prepared.state)
    if feed.form == "sql":
        engine = connect(order.database) if order.database else opened.engine
        forms.write_table(feed, rows, engine, order.kind == "full")
    line = replace(line, sha256=sha256)
    with writing(opened.engine) as connection:
        sharing_ledger.register(connection, line)
    return Delivered(line, path, True, prepared.unnamed)


def configuration(feed: Feed) -> str:
    """The digest of a feed's configuration: a delivery can only be compared with one of the same."""
    # `to` changes no byte of a delivery, and a feed that says nothing of protected children is the same feed as before the word was known:
    # without them deliveries of before they were stated can still be compared and made again.
    unsaid = {"to"} if feed.protected else {"to", "protected"}
    return hashlib.sha256(feed.model_dump_json(by_alias=True, exclude=unsaid).encode()).hexdigest()


def _path(opened: Session, line: LedgerLine) -> Path:
    return opened.workspace.outbox / FOLDER / line.feed / line.file


def kept(feed: Feed) -> str:
    """The frames that hold what was delivered, by number."""
    return f"feed_{feed.name}.delivered"


def _state(feed: Feed) -> str:
    return f"feed_{feed.name}.held"
