"""Reviewed pairs that come back: their answers are people's decisions on records, which override the model for ever.

Belongs here: which pairs were sent, what was decided about them, turning an answer into a decision. Not here: judging a
line (`judging`), what a decision does (`matching.decisions.clerical`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from assets.replies.judging import EarlierAnswer, JudgedLine
from assets.workbooks.review import CODE, RECIPIENT, VERDICTS, pair_id, review_pairs
from matching.decisions.clerical import content_keys
from pipelines.resources import decisions
from pipelines.resources.decisions import Decision
from pipelines.resources.session import Session

Pairs = Mapping[str, tuple[str, str]]


def sent_pairs(opened: Session, period: str) -> Pairs:
    """pair_id -> its two records, of the pairs that the period's review workbook holds."""
    if not period or not opened.frames.exists("link_pairs", period):
        return {}
    columns = ["record_a", "record_b", "grade", "probability"]
    waiting = review_pairs(opened.frames.read("link_pairs", period, columns))
    rows = zip(*(waiting[name] for name in ("pair_id", "record_a", "record_b")), strict=True)
    return {name: (record_a, record_b) for name, record_a, record_b in rows}


def decided(connection: sa.Connection) -> dict[str, EarlierAnswer]:
    """pair_id -> what was decided last, by whom."""
    words = {verdict: word for word, verdict in VERDICTS.items()}
    by_pair: dict[str, EarlierAnswer] = {}
    for row in decisions.read(connection).to_dict("records"):
        name = pair_id(str(row["record_a"]), str(row["record_b"]))
        day = str(row["decided_at"])[:10]
        by_pair[name] = EarlierAnswer(words.get(str(row["verdict"]), ""), RECIPIENT, day, str(row["note"]))
    return by_pair


def enter(connection: sa.Connection, opened: Session, lines: Sequence[JudgedLine], period: str, pairs: Pairs) -> int:
    """Append the decisions of accepted lines in the caller's transaction; returns how many were new.

    Args:
        connection: in the transaction.
        opened: the workspace.
        lines: accepted, of any list; those on pairs are entered.
        period: whose review workbook went out.
        pairs: of that workbook, as `sent_pairs`.
    """
    reviewed = [line for line in lines if line.code == CODE and line.finding_id in pairs]
    if not reviewed:
        return 0
    named = {record for line in reviewed for record in pairs[line.finding_id]}
    records = opened.frames.read("child_files.records", period)
    records = records[records["record_id"].isin(named)]
    # Record numbers are of this period's files; by the keys of their content the records are known again in later ones.
    keys = dict(zip(records["record_id"].astype(str), content_keys(records), strict=True))
    answers = [_decision(line, pairs[line.finding_id], keys) for line in reviewed]
    return decisions.enter(connection, period, answers, opened.workspace.operator)


def _decision(line: JudgedLine, pair: tuple[str, str], keys: Mapping[str, str]) -> Decision:
    """The author is the office: whoever decides there later decides anew; the person stands in the note."""
    record_a, record_b = sorted(pair)
    person = f"判断人：{line.line.answered_by}" if line.line.answered_by else ""
    return Decision(
        record_a=record_a,
        record_b=record_b,
        verdict=VERDICTS[line.answer],
        author=RECIPIENT,
        decided_at=line.answered_on,
        note="，".join(part for part in (line.line.note, person) if part),
        key_a=keys.get(record_a, ""),
        key_b=keys.get(record_b, ""),
    )
