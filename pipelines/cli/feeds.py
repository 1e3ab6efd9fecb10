"""`tongbi feed` and `tongbi sharing`: delivering to other systems, the sharing ledger, receipts. Thin: the work is `assets.feeds`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from assets.county import profile_of
from assets.feeds import answering, delivering, receiving
from assets.feeds.delivering import Delivered, DeliveryOrder, deliver, repeat
from assets.feeds.feed import Feed, load_feeds
from pipelines.cli.protecting import say_left_out
from pipelines.cli.shell import USAGE, err, local_time, out, refuse, show
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources import sharing_ledger
from pipelines.resources.session import Session

DATABASE_VARIABLE = "TONGBI_FEED_DATABASE"


@dataclass(frozen=True)
class FeedRequest:
    """What the person asked for."""

    feed: str
    period: str
    approved_by: str
    full: bool


def make_feed(opened: Session, request: FeedRequest) -> Delivered | None:
    """Make one delivery and say what was given; without a name, list the feeds."""
    feeds = feeds_of(opened)
    if not request.feed:
        _list(opened, feeds)
        return None
    feed = _named(feeds, request.feed)
    if not request.period:
        refuse(say("feed.no_period"), USAGE)
    kind = "full" if request.full else "changes"
    # An address may hold a password, and others on the machine can list command lines.
    database = os.environ.get(DATABASE_VARIABLE, "")
    order = DeliveryOrder(Period.parse(request.period), kind, request.approved_by, database)
    delivery = deliver(opened, feed, order)
    _say(feed, delivery)
    say_left_out(delivering.veil_of(opened, feed, order.period.label))
    return delivery


def feeds_of(opened: Session) -> dict[str, Feed]:
    """The feeds of a workspace by name; each goes to somebody whom its place knows.

    Raises:
        RuleFileError: a feed or the place's profile is wrong; names file and key.
    """
    return load_feeds(opened.workspace.root, profile_of(opened.workspace).catalogue.recipients)


def _named(feeds: dict[str, Feed], name: str) -> Feed:
    if name not in feeds:
        refuse(say("feed.unknown", feeds="、".join(feeds)))
    return feeds[name]


def _list(opened: Session, feeds: dict[str, Feed]) -> None:
    with opened.engine.connect() as connection:
        latest = {name: sharing_ledger.last(connection, name) for name in feeds}
    table = Table(*(say(f"table.{name}") for name in ("feed", "title", "recipient", "form", "fields", "last")))
    for name, feed in feeds.items():
        line = latest[name]
        last = say("feed.last", number=line.number, period=line.period) if line else ""
        table.add_row(name, feed.title, feed.recipient, feed.form, "、".join(feed.columns), last)
    show(table)


def _say(feed: Feed, delivery: Delivered) -> None:
    line = delivery.line
    if line is None:
        return
    # Changes are relative to what the recipient holds: without any, its last delivery stands.
    if not delivery.fresh:
        out.print(say("feed.same", number=line.number, period=line.period), markup=False)
        return
    out.print(say("feed.made", title=feed.title, number=line.number, rows=line.rows, path=delivery.path), markup=False)
    out.print(say("feed.ledger", sha256=line.sha256, approved=line.approved_by), markup=False)
    if delivery.unnamed:
        err.print(say("feed.unnamed", count=delivery.unnamed), markup=False, style="yellow")


def show_sharing(opened: Session) -> None:
    """Print the ledger."""
    with opened.engine.connect() as connection:
        lines, answered = sharing_ledger.ledger(connection), sharing_ledger.receipts(connection)
    if not lines:
        out.print(say("sharing.none"), markup=False)
    for line in lines:
        counts = answered.get((line.feed, line.number), {})
        rows = {
            "recipient": line.recipient,
            "purpose": line.purpose,
            "basis": line.legal_basis,
            "scope": line.scope,
            "term": line.term,
            "approved": line.approved_by,
            "made": local_time(line.made_at),
            "hash": line.sha256[:12],
            "receipt": "、".join(f"{word}{count}" for word, count in counts.items()) or say("sharing.no_receipt"),
        }
        kind = delivering.KINDS[line.kind]
        title = say("sharing.title", feed=line.feed, number=line.number, kind=kind, period=Period.parse(line.period).zh)
        table = Table(show_header=False, title=title, title_justify="left")
        for name, value in rows.items():
            table.add_row(say(f"table.{name}"), value)
        show(table)


def make_again(opened: Session, feed: str, number: int) -> None:
    """Write a delivery once more as it was."""
    chosen = _named(feeds_of(opened), feed)
    _say(chosen, repeat(opened, chosen, number))


def take_receipt(opened: Session, path: Path) -> None:
    """Read a receipt: its counts into the ledger, its answers into the life of the lines that were delivered."""
    if not path.is_file():
        refuse(say("fault.no_file", path=path))
    feed, number = receiving.number_in(path, feeds_of(opened))
    with opened.engine.connect() as connection:
        line = next((entry for entry in sharing_ledger.ledger(connection, feed.name) if entry.number == number), None)
    if line is None:
        refuse(say("sharing.no_delivery", feed=feed.title, number=number))
    rows = opened.frames.read(delivering.kept(feed), f"{number:04d}")
    receipt = receiving.read_receipt(path, feed, number, rows)
    entered = answering.enter(opened, feed, line, receipt)
    if entered is None:
        err.print(say("sharing.read_before"), markup=False, style="yellow")
    for word, count in {**receipt.counts, **(entered or {})}.items():
        out.print(f"{word}：{count}", markup=False)
