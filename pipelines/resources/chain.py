"""The audit chain of one workspace: beginning it, comparing it at every start with what is known outside the workspace, going on after damage.

Belongs here: when a key is made, what stops a start, who may go on and how that stays visible. Does not belong here: lines and hashes (`audit`), rows
(`sealing`), key and anchor files (`anchors`), what does not fit inside the database (`chain_verification`).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipelines.resources import audit, chain_verification, sealing
from pipelines.resources.anchors import Anchor, ChainKey, KeyFileError, KeyPlaces, lost_sentence
from pipelines.resources.audit import BEGIN, START, Act, Head, Keeper
from pipelines.resources.chain_verification import Complaint, Examined, wall
from pipelines.resources.database import writing
from pipelines.resources.sealing import KEPT
from pipelines.resources.tables import audit as audit_table
from pipelines.resources.tables import seal

USED = ("frames", "store", "outbox")
WAY_ON = (
    "请先找出原因；误放了旧备份的，换回最新的数据库。确认照现状继续的，由负责人运行 "
    "tongbi audit accept --by 姓名 --reason 说明，此事永久留痕。详情见 tongbi audit verify。"
)
MOST_SAID = 3


class ChainError(Exception):
    """The record does not fit what is known of it; the text is a Chinese sentence per trouble, and the way on."""


@dataclass
class Chain:
    """The chain of an opened workspace.

    Attributes:
        engine: the migrated database.
        places: where key and anchors lie.
        id: the chain's own id; empty before it has begun.
        key: None when it is lost.
        trouble: what did not fit at the start.
        notices: what to tell that stops nothing.
    """

    engine: sa.Engine
    places: KeyPlaces
    id: str = ""
    key: ChainKey | None = None
    trouble: list[Complaint] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    lost: str = ""

    @property
    def secret(self) -> bytes:
        """The key.

        Raises:
            KeyFileError: it is lost.
        """
        if self.key is None:
            raise KeyFileError(self.lost)
        return self.key.secret

    def refuse_trouble(self) -> None:
        """Stop when something does not fit.

        Raises:
            KeyFileError: the key is lost.
            ChainError: with what does not fit.
        """
        if self.lost:
            raise KeyFileError(self.lost)
        refuse(self.trouble)

    def anchor(self) -> Anchor | None:
        """The furthest anchor of this place."""
        return max(self.places.anchors(self.id), key=lambda anchor: anchor.number, default=None)

    def remember(self, head: Head) -> None:
        """Move the anchor on; a reader that was slower than a writer moves it back by nothing."""
        last = self.anchor()
        if self.key is None or (last is not None and last.number >= head.number):
            return
        kept = last or Anchor(self.id, self.key.fingerprint, str(self.places.root))
        self.places.write_anchor(
            replace(kept, key=self.key.fingerprint, number=head.number, hash=head.hash, at=audit.now())
        )

    def remember_views(self, head: Head) -> None:
        """Move the anchor of the views on."""
        last = self.anchor()
        if self.key is not None and last is not None:
            self.places.write_anchor(replace(last, views=head.number, views_hash=head.hash))


def refuse(trouble: Sequence[Complaint]) -> None:
    """Stop when there is trouble.

    Raises:
        ChainError: with the first sentences and the way on.
    """
    if trouble:
        sentences = "".join(complaint.sentence for complaint in trouble[:MOST_SAID])
        more = f"……共 {len(trouble)} 处。" if len(trouble) > MOST_SAID else ""
        raise ChainError(f"审计记录不完整，没有开始：{sentences}{more}{WAY_ON}")


def open_chain(engine: sa.Engine, root: Path, stated: str) -> Chain:
    """Find the workspace's chain, begin it where there is none yet, compare it with the anchor.

    Args:
        engine: the migrated database.
        root: the workspace.
        stated: the folder of the key that the settings name, or "".

    Returns:
        The chain; `trouble` and `lost` say why nothing may be written.
    """
    chain = Chain(engine, KeyPlaces.of(root, stated))
    # Before the database: a writer that commits meanwhile is ahead of the anchor, never behind it.
    known = chain.places.anchors()
    with engine.connect() as connection:
        begun = _last_begin(connection)
        bare = not any(_count(connection, kept.table) for kept in KEPT.values())
        torn = begun is None and bool(_count(connection, seal))
    if begun is None and torn and not known:
        chain.trouble.append(Complaint("no_chain", "audit"))
    elif begun is None:
        _first(chain, known, bare)
    else:
        chain.id = str(begun["chain"])
        _take_key(chain, known)
        with engine.connect() as connection:
            chain.trouble += compare(chain, connection, known)
    if not chain.trouble and not chain.lost:
        _go_on(chain)
    return chain


def _first(chain: Chain, known: Sequence[Anchor], bare: bool) -> None:
    """There is no chain in the database: a new workspace, an old one without key, or one whose chain was removed."""
    former = _newest(known)
    # An empty database beside folders that only a run fills was emptied; with empty folders it is another workspace at the same place.
    has_run = bare and any(path.is_file() for name in USED for path in (chain.places.root / name).rglob("*"))
    if former is not None and (has_run or not bare):
        chain.id = former.chain
        _take_key(chain, known)
        kind = "emptied" if bare else "unkeyed"
        chain.trouble.append(Complaint(kind, "audit", "", {"since": wall(former.at), "number": former.number}))
        return
    detail: dict[str, object] = {}
    if former is not None:
        detail["formerly"] = {"chain": former.chain, "number": former.number, "hash": former.hash}
        chain.notices.append(
            f"此处原有另一个工作区，审计记到第 {former.number} 行（{wall(former.at)}），现在没有了；这里从头开始，此事记在审计第 1 行。"
        )
    line = begin(chain, Act(sealing.WRITER, BEGIN, "", {"why": "new", **detail}))
    if not bare and chain.key is not None:
        chain.notices.append(
            f"这个工作区以前的审计没有密钥：从第 {line.number} 行起有了，以前的记录和已有的答复、认定、线索、发布都记入这一行。"
            f"密钥在 {chain.key.path}，请抄存一份封存。"
        )


def _newest(known: Sequence[Anchor]) -> Anchor | None:
    return max(known, key=lambda anchor: (anchor.at, anchor.number), default=None)


def begin(chain: Chain, act: Act, least: int = 0, key: ChainKey | None = None) -> Head:
    """Begin a chain, or begin it anew: from this line on the key vouches for everything that is there now.

    Args:
        chain: whose id and key are kept where it has them.
        act: who begins and why.
        least: the line's number at least.
        key: a new key in place of a lost one.

    Raises:
        KeyFileError: a key could not be made.
    """
    identity = chain.id or uuid.uuid4().hex[:16]
    chosen = key or chain.key or chain.places.make_key(identity)
    audit.keep(chain.engine, Keeper(chosen.secret, lambda _head: None))
    with writing(chain.engine) as connection:
        audit.one_writer(connection)
        other = _last_begin(connection)
        if other is not None and not chain.id:  # somebody else began it meanwhile
            chosen.path.unlink(missing_ok=True)
            chain.id, chosen = str(other["chain"]), chain.places.read_key(str(other["chain"]))
            line = audit.head(connection)
        else:
            line = _begin_line(connection, Anchor(identity, chosen.fingerprint, ""), act, least)
    chain.id, chain.key, chain.lost, chain.trouble = chain.id or identity, chosen, "", []
    return line


def _begin_line(connection: sa.Connection, of: Anchor, act: Act, least: int) -> Head:
    last, count = audit.head(connection), _count(connection, audit_table)
    before: dict[str, object] = {"lines": count, "last": last.number, "hash": last.hash if count else START}
    if count and act.detail.get("why") == "new":
        before |= {"broken": audit.broken_line(connection) or 0}
        act = replace(act, detail={**act.detail, "why": "taken_over"})
    detail = {**act.detail, "chain": of.chain, "key": of.key, "before": before}
    whole: dict[str, list[sa.ColumnElement[bool] | None]] = {name: [None] for name in KEPT}
    return sealing.seal_rows(connection, whole, Act(act.actor, BEGIN, of.chain, detail), least)


def _take_key(chain: Chain, known: Sequence[Anchor]) -> None:
    try:
        chain.key = chain.places.read_key(chain.id)
    except KeyFileError as fault:
        chain.lost = str(fault)
        return
    for anchor in known:
        if anchor.chain == chain.id and anchor.key != chain.key.fingerprint:
            facts = {"expected": anchor.key, "present": chain.key.fingerprint}
            chain.trouble.append(Complaint("key", "audit", "", facts))
            return


def compare(chain: Chain, connection: sa.Connection, known: Sequence[Anchor]) -> list[Complaint]:
    """What does not fit: other chain, other key, cut end, older or rewritten database, last lines."""
    if chain.lost or chain.trouble or chain.key is None:
        return []
    newest, begun = _newest(known), _last_begin(connection)
    if begun is None:
        return [Complaint("no_chain", "audit")]
    formerly = dict(begun.get("formerly") or {}).get("chain")
    if newest is not None and newest.chain not in (chain.id, formerly):
        return [Complaint("other_chain", "audit", "", {"present": chain.id, "expected": newest.chain})]
    if begun["key"] != chain.key.fingerprint:
        return [Complaint("key", "audit", "", {"expected": begun["key"], "present": chain.key.fingerprint})]
    for anchor in known:
        if anchor.chain == chain.id and (complaint := _behind(connection, anchor)):
            return [complaint]
    return chain_verification.latest(connection, chain.key.secret)


def _behind(connection: sa.Connection, anchor: Anchor) -> Complaint | None:
    """The chain against one anchor; None when the anchored line is there as it was."""
    head = audit.head(connection)
    anchored = sa.select(audit_table.c.at, audit_table.c.hash).where(audit_table.c.id == anchor.number)
    line = connection.execute(anchored).first()
    if line is not None and line.hash == anchor.hash:
        return None
    facts: dict[str, object] = {"since": wall(anchor.at), "number": anchor.number, "last": head.number}
    if head.number >= anchor.number:
        shown = {"expected": anchor.hash[: audit.SHORT], "present": line.hash[: audit.SHORT] if line else "—"}
        return Complaint("other", "audit", "", {**facts, **shown})
    last_at = connection.execute(sa.select(audit_table.c.at).where(audit_table.c.id == head.number)).scalar() or "—"
    # Seals of lines that are gone were left behind by whoever cut the chain; in an older database they are gone, too.
    sealed = connection.execute(sa.select(sa.func.max(seal.c.line))).scalar() or 0
    kind = "cut" if sealed > head.number else "older"
    return Complaint(kind, "audit", "", {**facts, "first": head.number + 1, "last_at": wall(last_at)})


def _go_on(chain: Chain) -> None:
    """Everything fits: from here on lines are keyed, rows sealed, the head remembered."""
    audit.keep(chain.engine, Keeper(chain.secret, chain.remember))
    sealing.attach(chain.engine)
    with chain.engine.connect() as connection:
        head = audit.head(connection)
    if not chain.places.anchors(chain.id):
        ahead = max(chain.places.elsewhere(chain.id), key=lambda anchor: anchor.number, default=None)
        if ahead is not None and ahead.number > head.number:
            chain.notices.append(
                f"同一个工作区在 {ahead.place} 已记到第 {ahead.number} 行，这里是较早的一份，只到第 {head.number} 行：请确认打开的是哪一份。"
            )
    chain.remember(head)


def accept(chain: Chain, who: str, reason: str, new_key: bool) -> Head:
    """Go on with the record as it stands: a named person says so, the line says what was wrong, and it stays for ever.

    Raises:
        KeyFileError: the key is lost and no new one was asked for.
    """
    wrong, key = everything(chain), None  # before anything is written, so that the line can say what was wrong
    chain.id = chain.id or uuid.uuid4().hex[:16]
    last = chain.anchor()
    if new_key:
        # A key that still lies there is kept: with it the former chain can be verified yet.
        aside = chain.places.key_path(chain.id)
        if aside.exists():
            aside.replace(aside.with_name(f"{aside.name}.{audit.now().replace(':', '')}"))
        key = chain.places.make_key(chain.id)
    elif chain.key is None:
        raise KeyFileError(chain.lost or lost_sentence(chain.places.key_path(chain.id), "找不到"))
    detail: dict[str, object] = {"why": "new_key" if new_key else "accepted", "reason": reason}
    named = [{"kind": fault.kind, "table": fault.table, "key": fault.key, **fault.facts} for fault in wrong.complaints]
    detail |= {"wrong": named, "known": {"number": last.number, "hash": last.hash} if last else {}}
    line = begin(chain, Act(who, BEGIN, "", detail), max(last.number if last else 0, wrong.head.number) + 1, key)
    # The former anchor stands in the new line; beside the chain it would stop the next start.
    for anchor in chain.places.anchors():
        chain.places.drop_anchor(anchor)
    _go_on(chain)
    return line


def everything(chain: Chain) -> Examined:
    """Verify all there is in the database, and what was found at the start."""
    if chain.lost or chain.key is None:
        with chain.engine.connect() as connection:
            return Examined(audit.head(connection))
    with chain.engine.connect() as connection:
        examined = chain_verification.examine(connection, chain.key.secret)
    outside = [fault for fault in chain.trouble if fault not in examined.complaints]
    examined.complaints = [*outside, *examined.complaints]
    return examined


def _last_begin(connection: sa.Connection) -> Mapping[str, Any] | None:
    """The detail of the last line with which a chain began."""
    begins = sa.select(audit_table.c.detail).where(audit_table.c.action == BEGIN).order_by(audit_table.c.id.desc())
    text = connection.execute(begins.limit(1)).scalar()
    try:
        detail = json.loads(text) if text else None
    except ValueError:
        detail = None
    return detail if isinstance(detail, dict) and "chain" in detail and "key" in detail else None


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
