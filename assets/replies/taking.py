"""Taking returned workbooks from the inbox: find, read, judge, enter as events, report. `dry_run` stops before entering.

Belongs here: that order. Not here: how a line is judged (`judging`), how the report looks (`report`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from assets.replies.coverage import Covered, coverage
from assets.replies.judging import DECISIONS, Answered, Judged, Known, Outcome, Refused, judge
from assets.replies.lines import Returned, read_lines
from assets.replies.reviewing import Pairs, decided, enter, sent_pairs
from assets.workbooks.review import CODE, RECIPIENT, VERDICTS
from expectations.life.rules import life_rules
from expectations.life.states import ANSWERED, BY_OFFICE, BY_REPLY, Event, fold
from expectations.lists.catalogue import load_catalogue
from pipelines.resources import audit, finding_events
from pipelines.resources.database import writing
from pipelines.resources.inbox import Arrival, Inbox, Scan
from pipelines.resources.keyring import password_of
from pipelines.resources.reading import Reading, Refusal, read_file
from pipelines.resources.session import Opened
from pipelines.resources.store import keep
from pipelines.resources.tables import life_event

FOLDER = "replies"
READERS = 2
# What a line must be to count: a date that cannot be read is left out, the answer stays.
ENTERED = ("accepted", "bad_date")
Reader = Callable[[Path, str], Reading]


@dataclass
class Taking:
    """What came of one look into the inbox: the period, every line, the coverage, how many answers were entered."""

    period: str
    outcome: Outcome
    covered: list[Covered] = field(default_factory=list)
    entered: int = 0


def read_known(path: Path, sha256: str) -> Reading:
    """Read a file, with the password that was typed for it if there is one."""
    return read_file(path, password=password_of(sha256))


def arrived(county: Opened) -> Scan:
    """Everything in `inbox/replies/` and `inbox/<period>/replies/`."""
    inbox, found = Inbox(county.workspace.inbox), Scan()
    periods = sorted(path.parent.name for path in county.workspace.inbox.glob(f"*/{FOLDER}") if path.is_dir())
    for scan in (inbox.scan(FOLDER, "."), *(inbox.scan(period, FOLDER) for period in periods)):
        found.files += scan.files
        found.unstable += scan.unstable
        found.notices += scan.notices
    return found


def take(county: Opened, dry_run: bool, today: date, reader: Reader = read_known) -> Taking:
    """Judge everything that came back; enter what can be entered, unless it is a dry run.

    Args:
        county: the workspace, held by the caller when something is to be entered.
        dry_run: change nothing.
        today: for overdue days and dates in the future.
        reader: reads one file (the command line asks for passwords).
    """
    with county.engine.connect() as connection:
        known = known_now(connection, today)
        pairs = sent_pairs(county, known.period)
        known = with_pairs(known, pairs, decided(connection))
    scan = arrived(county)
    files, refused = _read_all(scan.files, reader)
    outcome = judge(files, known)
    outcome.refused += [*refused, *(Refused(one.file, one.code, one.message, one.advice) for one in scan.notices)]
    taking = Taking(known.period, outcome)
    if not dry_run:
        for one in scan.files:
            keep(county.workspace.store, one.path, one.sha256)
        with writing(county.engine) as connection:
            taking.entered = _enter(connection, county, taking)
            accepted = [one for one in outcome.lines if one.result in ENTERED and one.answer]
            taking.entered += enter(connection, county, accepted, (known.period, pairs))
    with county.engine.connect() as connection:
        taking.covered = coverage(connection, known.period, today)
    return taking


def known_now(connection: sa.Connection, today: date) -> Known:
    """What returned lines are judged against: the workbooks of the last period."""
    periods = finding_events.issued_periods(connection)
    period = finding_events.latest_period(connection)
    issued = finding_events.issued(connection, period) if period else []
    sent: dict[str, set[str]] = {}
    for line in issued:
        sent.setdefault(line.recipient, set()).add(line.finding_id)
    answers, entered = _answers(connection, period)
    return Known(
        period=period,
        periods=[one for one in reversed(periods) if one != period],
        issued={name: frozenset(names) for name, names in sent.items()},
        codes={name: code for name, (code, _, _) in finding_events.known(connection).items()},
        choices={code: info.answers for code, info in load_catalogue().lists.items()},
        answers=answers,
        today=today,
        entered=entered,
    )


def with_pairs(known: Known, pairs: Pairs, before: Mapping[str, Answered]) -> Known:
    """The same with the pairs of the review workbook as one more list, sent to the county's office."""
    sent = {*pairs, *before}  # what was decided is no pair in doubt any more, but its line may come back again
    if not sent:
        return known
    return replace(
        known,
        issued={**known.issued, RECIPIENT: frozenset(sent)},
        codes={**known.codes, **dict.fromkeys(sent, CODE)},
        choices={**known.choices, CODE: list(VERDICTS)},
        answers={**known.answers, **before},
    )


def _answers(connection: sa.Connection, period: str) -> tuple[dict[str, Answered], frozenset[tuple[str, str]]]:
    """What was answered in the period: finding_id -> the last answer; and which file's line said it."""
    events = finding_events.events(connection, (life_event.c.period == period) & (life_event.c.kind == ANSWERED))
    found, entered = dict[str, Answered](), set[tuple[str, str]]()
    for row in events:
        _, sha, recipient = (*row["origin"].split(":", 2), "", "")[:3]
        decided = row["source"] == BY_OFFICE
        one = Answered(row["answer"], recipient, row["answered_on"], row["note"], row["state"], decided)
        found[row["finding_id"]] = one
        entered.add((sha, row["finding_id"]))
    return found, frozenset(entered)


def _read_all(files: Sequence[Arrival], reader: Reader) -> tuple[list[Returned], list[Refused]]:
    """Every file's lines; the same content under two names is read once."""
    once = list({one.sha256: one for one in reversed(files)}.values())
    found, refused = [], []
    with ThreadPoolExecutor(READERS) as pool:
        for one, result in zip(once, pool.map(lambda each: _read(each, reader), once), strict=True):
            if isinstance(result, Refusal):
                refused.append(Refused(one.file, result.code, f"这份文件没有采用：{result.message}", result.advice))
            else:
                found.append(read_lines(result, one.file, one.sha256, _sender(one.file)))
    return found, refused


def _read(one: Arrival, reader: Reader) -> Reading | Refusal:
    try:
        return reader(one.path, one.sha256)
    except Refusal as refusal:
        return refusal


def _sender(file: str) -> str:
    return file.rpartition("/")[0].partition("/")[0]


def _enter(connection: sa.Connection, county: Opened, taking: Taking) -> int:
    """Append the answers, write down the files, in one transaction."""
    events = _events(connection, taking)
    finding_events.append(connection, [event.row() for event in events])
    finding_events.register_files(connection, [_file_row(taking, sha) for sha in taking.outcome.taken])
    if events or taking.outcome.refused:
        counts = dict(Counter(one.result for one in taking.outcome.lines)) | {"refused": len(taking.outcome.refused)}
        audit.append(connection, audit.Act(county.workspace.operator, "replies", taking.period, dict(counts)))
    return len(events)


def _events(connection: sa.Connection, taking: Taking) -> list[Event]:
    present = fold(
        Event(**row) for row in finding_events.events(connection, finding_events.same_kind(taking.period or "Q"))
    )
    lines = [one for one in taking.outcome.lines if one.result in ENTERED and one.answer and one.code != CODE]
    shas = {one.file: (sha, one.kind) for sha, (one, _) in taking.outcome.taken.items()}
    return [_event(one, taking.period, shas[one.line.file], present[one.finding_id].fingerprint) for one in lines]


def _event(one: Judged, period: str, source: tuple[str, str], fingerprint: str) -> Event:
    sha, kind = source
    rules = life_rules()
    state = rules.outcomes[rules.outcome(one.code, one.answer, one.line.note)]
    who = one.recipient or one.line.answered_by
    return Event(
        finding_id=one.finding_id,
        period=period,
        kind=ANSWERED,
        state=state,
        source=BY_OFFICE if kind == DECISIONS else BY_REPLY,
        text=f"{who}{'裁定' if kind == DECISIONS else '答复'}：{one.answer}",
        fingerprint=fingerprint,
        answer=one.answer,
        origin=f"reply:{sha[:16]}:{one.recipient}"[:80],
        author=one.line.answered_by or one.recipient,
        answered_on=one.answered_on,
        note=one.line.note,
    )


def _file_row(taking: Taking, sha256: str) -> dict[str, str]:
    one, recipient = taking.outcome.taken[sha256]
    counts = Counter(line.result for line in taking.outcome.lines if line.line.file == one.file)
    return {
        "sha256": sha256,
        "file": one.file,
        "period": taking.period,
        "recipient": recipient,
        "counts": json.dumps(dict(sorted(counts.items()))),
    }
