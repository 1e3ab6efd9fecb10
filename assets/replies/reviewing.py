"""Reviewed pairs that come back: their answers are people's decisions on records, which override the model for ever.

Belongs here: which pairs were sent, what was decided about them, turning an answer into a decision. Not here: judging a
line (`judging`), what a decision does (`matching.decisions.clerical`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from assets.replies.judging import Answered, Judged
from assets.workbooks.review import CODE, RECIPIENT, VERDICTS, pair_id, review_pairs
from matching.decisions.clerical import content_keys
from pipelines.resources import decisions
from pipelines.resources.decisions import Decision
from pipelines.resources.session import Opened

Pairs = Mapping[str, tuple[str, str]]


def sent_pairs(county: Opened, period: str) -> Pairs:
    """pair_id -> its two records, of the pairs that the period's review workbook holds."""
    if not period or not county.frames.exists("link_pairs", period):
        return {}
    columns = ["record_a", "record_b", "grade", "probability"]
    waiting = review_pairs(county.frames.read("link_pairs", period, columns))
    rows = zip(*(waiting[name] for name in ("pair_id", "record_a", "record_b")), strict=True)
    return {name: (one, other) for name, one, other in rows}


def decided(connection: sa.Connection) -> dict[str, Answered]:
    """pair_id -> what was decided last, by whom."""
    words = {verdict: word for word, verdict in VERDICTS.items()}
    found: dict[str, Answered] = {}
    for row in decisions.read(connection).to_dict("records"):
        name = pair_id(str(row["record_a"]), str(row["record_b"]))
        day = str(row["decided_at"])[:10]
        found[name] = Answered(words.get(str(row["verdict"]), ""), RECIPIENT, day, str(row["note"]))
    return found


def enter(connection: sa.Connection, county: Opened, lines: Sequence[Judged], what: tuple[str, Pairs]) -> int:
    """Append the decisions of accepted lines in the caller's transaction; returns how many were new."""
    period, pairs = what
    mine = [one for one in lines if one.code == CODE and one.finding_id in pairs]
    if not mine:
        return 0
    keys = _keys(county, period, {record for one in mine for record in pairs[one.finding_id]})
    made = [_decision(one, pairs[one.finding_id], keys) for one in mine]
    return decisions.enter(connection, period, made, county.workspace.operator)


def _decision(one: Judged, pair: tuple[str, str], keys: Mapping[str, str]) -> Decision:
    """The author is the office: whoever decides there later decides anew; the person stands in the note."""
    record_a, record_b = sorted(pair)
    note = "，".join(
        part for part in (one.line.note, f"判断人：{one.line.answered_by}" if one.line.answered_by else "") if part
    )
    return Decision(
        record_a=record_a,
        record_b=record_b,
        verdict=VERDICTS[one.answer],
        author=RECIPIENT,
        decided_at=one.answered_on,
        note=note,
        key_a=keys.get(record_a, ""),
        key_b=keys.get(record_b, ""),
    )


def _keys(county: Opened, period: str, wanted: set[str]) -> dict[str, str]:
    """Content keys of records, by which they are found again in later files."""
    records = county.frames.read("child_files.records", period)
    mine = records[records["record_id"].isin(wanted)]
    return dict(zip(mine["record_id"].astype(str), content_keys(mine), strict=True))
