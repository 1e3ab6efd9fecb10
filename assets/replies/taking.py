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

from assets.replies.asking import BAD_DATE, FUTURE_DATE
from assets.replies.coverage import Covered, coverage
from assets.replies.judging import (
    DECISIONS,
    EarlierAnswer,
    JudgedLine,
    RefusedFile,
    ReplyOutcome,
    SentLines,
    judge,
)
from assets.replies.lines import ReturnedFile, read_lines
from assets.replies.reviewing import Pairs, decided, enter, sent_pairs
from assets.replies.words import FOLDER
from assets.workbooks.review import CODE, RECIPIENT, VERDICTS
from expectations.life.rules import life_rules
from expectations.life.states import ANSWERED, BY_OFFICE, BY_REPLY, Event, fold
from expectations.lists.catalogue import load_catalogue
from pipelines.resources import audit, finding_events
from pipelines.resources.database import writing
from pipelines.resources.inbox import Arrival, Inbox, Scan
from pipelines.resources.keyring import password_of
from pipelines.resources.reading import Reading, Refusal, read_file
from pipelines.resources.session import Session
from pipelines.resources.store import keep
from pipelines.resources.tables import life_event

READERS = 2
# What a line must be to count: a date that cannot be read or has not come yet is left out, the answer stays.
ENTERED = ("accepted", BAD_DATE, FUTURE_DATE)
# Whoever lifts the password, or waits, has the same file read again in the next period.
_AGAIN = frozenset({"password", "wrong_password", "missing", "time", "memory", "unstable"})
Reader = Callable[[Path, str], Reading]


@dataclass(frozen=True)
class AboutLine:
    """The child's number, and the townships that were sent the line."""

    child_id: str = ""
    town: str = ""


@dataclass
class Taking:
    """What came of one look into the inbox.

    Attributes:
        period: whose workbooks are out.
        outcome: every line.
        covered: who has answered.
        entered: how many answers were entered.
        earlier: files of which the content was handled in an earlier period; nothing else is said of them.
        about: finding_id -> which child a line is about, and where.
    """

    period: str
    outcome: ReplyOutcome
    covered: list[Covered] = field(default_factory=list)
    entered: int = 0
    earlier: int = 0
    about: Mapping[str, AboutLine] = field(default_factory=dict)


def read_known(path: Path, sha256: str) -> Reading:
    """Read a file, with the password that was typed for it if there is one."""
    return read_file(path, password=password_of(sha256))


def arrived(opened: Session) -> Scan:
    """Everything in `inbox/replies/` and `inbox/<period>/replies/`."""
    inbox, every = Inbox(opened.workspace.inbox), Scan()
    periods = sorted(path.parent.name for path in opened.workspace.inbox.glob(f"*/{FOLDER}") if path.is_dir())
    for scan in (inbox.scan(FOLDER, "."), *(inbox.scan(period, FOLDER) for period in periods)):
        every.files += scan.files
        every.unstable += scan.unstable
        every.notices += scan.notices
    return every


def take(opened: Session, dry_run: bool, today: date, reader: Reader = read_known) -> Taking:
    """Judge everything that came back; enter what can be entered, unless it is a dry run.

    Args:
        opened: the workspace, held by the caller when something is to be entered.
        dry_run: change nothing.
        today: for overdue days and dates in the future.
        reader: reads one file (the command line asks for passwords).
    """
    with opened.engine.connect() as connection:
        sent = sent_lines(connection, today)
        pairs = sent_pairs(opened, sent.period)
        sent = with_pairs(sent, pairs, decided(connection))
        about = lines_about(connection, sent.period)
        handled = finding_events.handled_before(connection, sent.period)
    scan = arrived(opened)
    now = [arrival for arrival in scan.files if arrival.sha256 not in handled]
    files, refused = _read_all(now, reader)
    outcome = judge(files, sent)
    outcome.refused += refused
    outcome.refused += [RefusedFile(notice.file, notice.code, notice.message, notice.advice) for notice in scan.notices]
    taking = Taking(sent.period, outcome, earlier=len(scan.files) - len(now), about=about)
    if not dry_run:
        # Kept before anything is entered: an answer without the paper that it came from cannot be proven.
        for arrival in now:
            keep(opened.workspace.store, arrival.path, arrival.sha256)
        # One transaction for answers and decisions: a run that is killed has entered a file whole or not at all.
        with writing(opened.engine) as connection:
            taking.entered = _enter(connection, opened, taking)
            accepted = [line for line in outcome.lines if line.result in ENTERED and line.answer]
            taking.entered += enter(connection, opened, accepted, sent.period, pairs)
    with opened.engine.connect() as connection:
        taking.covered = coverage(connection, sent.period, today)
    return taking


def lines_about(connection: sa.Connection, period: str) -> dict[str, AboutLine]:
    """Finding -> the child it is about and the townships that its line was sent to, of everything that went out in a period."""
    numbers, towns = finding_events.known(connection), dict[str, list[str]]()
    for line in finding_events.issued(connection, period) if period else []:
        towns.setdefault(line.finding_id, []).extend([line.recipient] if line.kind == "township" else [])
    return {
        name: AboutLine(numbers[name][1] if name in numbers else "", "、".join(places))
        for name, places in towns.items()
    }


def sent_lines(connection: sa.Connection, today: date) -> SentLines:
    """What returned lines are judged against: the workbooks of the last period."""
    periods = finding_events.issued_periods(connection)
    period = finding_events.latest_period(connection)
    issued: dict[str, set[str]] = {}
    for line in finding_events.issued(connection, period) if period else []:
        issued.setdefault(line.recipient, set()).add(line.finding_id)

    answers, entered = dict[str, EarlierAnswer](), set[tuple[str, str]]()
    of_period = (life_event.c.period == period) & (life_event.c.kind == ANSWERED)
    for row in finding_events.events(connection, of_period):
        # reply:<16 of the hash>:<recipient>; what the office enters by hand has no such origin.
        _, sha, recipient = (*row["origin"].split(":", 2), "", "")[:3]
        is_ruling = row["source"] == BY_OFFICE
        answers[row["finding_id"]] = EarlierAnswer(
            row["answer"], recipient, row["answered_on"], row["note"], row["state"], is_ruling, row["author"]
        )
        entered.add((sha, row["finding_id"]))
    return SentLines(
        period=period,
        periods=[earlier for earlier in reversed(periods) if earlier != period],
        issued={name: frozenset(findings) for name, findings in issued.items()},
        codes={name: code for name, (code, _, _) in finding_events.known(connection).items()},
        choices={code: info.answers for code, info in load_catalogue().lists.items()},
        answers=answers,
        today=today,
        entered=frozenset(entered),
        seen=frozenset(finding_events.read_files(connection)),
    )


def with_pairs(sent: SentLines, pairs: Pairs, before: Mapping[str, EarlierAnswer]) -> SentLines:
    """The same with the pairs of the review workbook as one more list, sent to the county's office."""
    names = {*pairs, *before}  # what was decided is no pair in doubt any more, but its line may come back again
    if not names:
        return sent
    return replace(
        sent,
        issued={**sent.issued, RECIPIENT: frozenset(names)},
        codes={**sent.codes, **dict.fromkeys(names, CODE)},
        choices={**sent.choices, CODE: list(VERDICTS)},
        answers={**sent.answers, **before},
    )


def _read_all(files: Sequence[Arrival], reader: Reader) -> tuple[list[ReturnedFile], list[RefusedFile]]:
    """Every file's lines; the same content under two names is read once."""

    def attempt(arrival: Arrival) -> Reading | Refusal:
        # As a value: an exception out of the pool would take the files behind it along.
        try:
            return reader(arrival.path, arrival.sha256)
        except Refusal as refusal:
            return refusal

    arrivals = list({arrival.sha256: arrival for arrival in reversed(files)}.values())
    returned, refused = [], []
    with ThreadPoolExecutor(READERS) as pool:
        for arrival, result in zip(arrivals, pool.map(attempt, arrivals), strict=True):
            if isinstance(result, Refusal):
                message = f"这份文件没有采用：{result.message}"
                refused.append(RefusedFile(arrival.file, result.code, message, result.advice, arrival.sha256))
            else:
                # Whoever gives files back into a folder of its own is named by that folder.
                sender = arrival.file.rpartition("/")[0].partition("/")[0]
                returned.append(read_lines(result, arrival.file, arrival.sha256, sender))
    return returned, refused


def _enter(connection: sa.Connection, opened: Session, taking: Taking) -> int:
    """Append the answers, write down the files, in one transaction."""
    outcome = taking.outcome
    of_kind = finding_events.same_kind(taking.period or "Q")
    lives = fold(Event(**row) for row in finding_events.events(connection, of_kind))
    by_name = {file.file: file for file, _ in outcome.taken.values()}
    events = [
        _event(line, taking.period, by_name[line.line.file], lives[line.finding_id].fingerprint)
        for line in outcome.lines
        if line.result in ENTERED and line.answer and line.code != CODE  # pairs are decisions, see `reviewing`
    ]
    finding_events.append(connection, [event.row() for event in events])

    finding_events.register_files(connection, _handled(taking))

    if events or outcome.refused:
        totals = dict(Counter(line.result for line in outcome.lines)) | {"refused": len(outcome.refused)}
        audit.append(connection, audit.Act(opened.workspace.operator, "replies", taking.period, dict(totals)))
    return len(events)


def _handled(taking: Taking) -> list[dict[str, str]]:
    """The files that were taken or refused, as the register keeps them: in the next period they are known by their content."""
    outcome, files = taking.outcome, []
    for sha256, (file, recipient) in outcome.taken.items():
        results = Counter(line.result for line in outcome.lines if line.line.file == file.file)
        counts = json.dumps(dict(sorted(results.items())))
        files.append({"sha256": sha256, "file": file.file, "recipient": recipient, "counts": counts})
    for refused in outcome.refused:
        if refused.sha256 and refused.code not in _AGAIN:
            counts = json.dumps({"refused": 1})
            files.append({"sha256": refused.sha256, "file": refused.file, "recipient": "", "counts": counts})
    return [{**file, "period": taking.period} for file in files]


def _event(line: JudgedLine, period: str, file: ReturnedFile, fingerprint: str) -> Event:
    is_ruling = file.kind == DECISIONS
    rules = life_rules()
    state = rules.outcomes[rules.outcome(line.code, line.answer, line.line.note)]
    speaker = line.recipient or line.line.answered_by
    return Event(
        finding_id=line.finding_id,
        period=period,
        kind=ANSWERED,
        state=state,
        source=BY_OFFICE if is_ruling else BY_REPLY,
        text=f"{speaker}{'裁定' if is_ruling else '答复'}：{line.answer}",
        # The evidence as it is now: the answer holds until that changes.
        fingerprint=fingerprint,
        answer=line.answer,
        origin=f"reply:{file.sha256[:16]}:{line.recipient}"[:80],
        author=line.line.answered_by or line.recipient,
        answered_on=line.answered_on,
        note=line.line.note,
    )
