"""A period at a glance: what came, what is missing, whether the edition waits or went out, what waits for whom, what is due.

Belongs here: the figures, each read from its owner. Does not belong here: the screen (`pipelines.cli.glance`), working any of it out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa

from assets.county import profile_of
from assets.coverage.arriving import departments_to_come, files_by_department
from assets.coverage.gate import kept_reasons, open_keys
from assets.coverage.owed import OwedPart, really_owed
from assets.coverage.spoken import held_lists, owed_of, release_of
from assets.coverage.waiting import waits
from assets.intake.contract import load_contracts
from assets.publishing.edition_lines import EditionLines, edition_lines
from assets.replies.coverage import Covered, coverage
from assets.replies.reviewing import decided, sent_pairs
from assets.replies.taking import arrived
from assets.reports.due import Duty, duties
from pipelines.partitions import Period, PeriodError
from pipelines.resources import deliveries, finding_events
from pipelines.resources.session import Session
from pipelines.resources.tables import delivery
from pipelines.resources.tables import publication as publication_table
from pipelines.resources.tables import run as run_table

AHEAD = timedelta(days=45)
NOT_RUN, WAITS, PUBLISHED, STOPPED = "none", "waiting", "published", "refused"


@dataclass(frozen=True)
class DepartmentArrival:
    """What one department brought: files of each state, rows accepted and returned, files in the inbox that no run has read yet."""

    department: str
    states: Mapping[str, int]
    accepted: int
    returned: int
    unread: int

    @property
    def files(self) -> int:
        """Files that count."""
        return sum(self.states.get(state, 0) for state in deliveries.LIVE)


@dataclass(frozen=True)
class EditionState:
    """How far the period is.

    Attributes:
        state: `none` (not run), `waiting`, `published`, `refused` (run, and nothing was ever published).
        ran_at: when it was run last, ISO UTC; "" when it was not.
        run_status: how that run ended (`pipelines.resources.runs`).
        published_at: when it was published last; "" when it was not.
        reasons: matters that hold it back.
        release: who released it (`by, reason, at`); empty where nothing waited.
        held: codes of the lists that stayed behind.
    """

    state: str
    ran_at: str = ""
    run_status: str = ""
    published_at: str = ""
    reasons: int = 0
    release: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Glance:
    """One period.

    Attributes:
        period: its label.
        arrivals: one per department that every county has or that brought something.
        to_come: departments that the place expects and that brought nothing yet.
        owed: what is missing in what came.
        edition: how far it is.
        lines: the lines of the published edition; None before there is one.
        answers: how the recipients stand with what they were sent, of `answers_of`.
        answers_of: the period whose workbooks are out; "" before any went out.
        reviews: pairs of records that wait for a person.
        returned: returned workbooks that nobody has read yet.
        due: what is due next.
    """

    period: str
    arrivals: Sequence[DepartmentArrival]
    to_come: Sequence[str]
    owed: Sequence[OwedPart]
    edition: EditionState
    lines: EditionLines | None
    answers: Sequence[Covered]
    answers_of: str
    reviews: int
    returned: int
    due: Sequence[Duty]

    @property
    def unread(self) -> int:
        """Files in the inbox that no run has read yet."""
        return sum(arrival.unread for arrival in self.arrivals)

    @property
    def overdue(self) -> int:
        """Lines without an answer past their day."""
        return sum(covered.overdue for covered in self.answers)


def present_period(opened: Session, today: date) -> str:
    """The period that people are at: the last one of which anything came, else the one of today."""
    monthly = profile_of(opened.workspace).rhythm.period_kind.value == "month"
    with opened.engine.connect() as connection:
        labels = set(connection.execute(sa.select(delivery.c.period).distinct()).scalars())
    for folder in opened.workspace.inbox.glob("*"):
        try:
            label = Period.parse(folder.name).label
        except PeriodError:
            continue
        if any(path.is_file() and not path.name.startswith(".") for path in folder.rglob("*")):
            labels.add(label)
    same = [Period.parse(label) for label in labels]
    periods = [period for period in same if period.monthly == monthly] or same
    latest = max(periods, key=lambda period: period.last_day, default=Period.containing(today, monthly))
    return latest.label


def glance_at(opened: Session, period: str, today: date) -> Glance:
    """Everything about a period on one screen."""
    edition = _edition(opened, period)
    arrivals = _arrivals(opened, period)
    come = {arrival.department for arrival in arrivals if arrival.files or arrival.unread}
    answers_of = _period_out(opened, period)
    is_out = edition.state == PUBLISHED or (edition.state == WAITS and bool(edition.published_at))
    return Glance(
        period=period,
        arrivals=arrivals,
        to_come=[name for name in departments_to_come(opened.workspace, period) if name not in come],
        owed=really_owed(owed_of(opened, period, latest=True)) if edition.ran_at else (),
        edition=edition,
        lines=edition_lines(opened, period) if is_out else None,
        answers=_answers(opened, answers_of, today),
        answers_of=answers_of,
        reviews=_reviews(opened, answers_of),
        returned=_returned(opened),
        due=duties(profile_of(opened.workspace), today, today + AHEAD),
    )


def _arrivals(opened: Session, period: str) -> list[DepartmentArrival]:
    with opened.engine.connect() as connection:
        lines = deliveries.of_period(connection, period, deliveries.STATES)
    contracts = load_contracts(opened.workspace.contracts)
    arrivals, come = [], files_by_department(opened.workspace, period)
    for name in dict.fromkeys([*contracts, *(line["department"] for line in lines)]):
        own = [line for line in lines if line["department"] == name]
        live = [line for line in own if line["status"] in deliveries.LIVE]
        known = {line["sha256"] for line in own}
        unread = sum(content not in known for content in come.get(name, {}).values())
        contract = contracts.get(name)
        if own or unread or (contract and not contract.further):
            accepted, returned = (sum(int(line[column]) for line in live) for column in ("accepted", "quarantined"))
            states = Counter(str(line["status"]) for line in own)
            arrivals.append(DepartmentArrival(name, states, accepted, returned, unread))
    return arrivals


def _edition(opened: Session, period: str) -> EditionState:
    runs = sa.select(run_table.c.finished_at, run_table.c.status).where(run_table.c.period == period)
    editions = sa.select(publication_table.c.published_at).where(publication_table.c.period == period)
    with opened.engine.connect() as connection:
        last = connection.execute(runs.order_by(run_table.c.started_at.desc()).limit(1)).first()
        published = connection.execute(editions.order_by(publication_table.c.id.desc()).limit(1)).scalar() or ""
    if last is None and not published:
        return EditionState(NOT_RUN)
    ran_at, status = (str(last[0]), str(last[1])) if last else ("", "")
    reasons = len(open_keys(kept_reasons(opened.latest, period))) if waits(opened, period) else 0
    if not published:
        return EditionState(WAITS if reasons else STOPPED, ran_at, status, "", reasons)
    behind = tuple(sorted(held_lists(opened.frames, period)))
    release, state = release_of(opened.frames, period), WAITS if reasons else PUBLISHED
    return EditionState(state, ran_at, status, published, reasons, release, behind)


def _period_out(opened: Session, period: str) -> str:
    """The period whose workbooks are out; "" before any went out."""
    with opened.engine.connect() as connection:
        sent = finding_events.issued_periods(connection)
    return max((name for name in sent if name <= period and ("Q" in name) == ("Q" in period)), default="")


def _answers(opened: Session, period: str, today: date) -> list[Covered]:
    """How departments and townships stand with what they were sent."""
    if not period:
        return []
    with opened.engine.connect() as connection:
        covered = coverage(connection, period, today)
    return [line for line in covered if line.kind != "person"]


def _reviews(opened: Session, period: str) -> int:
    pairs = sent_pairs(opened, period)
    if not pairs:
        return 0
    with opened.engine.connect() as connection:
        return len(set(pairs) - set(decided(connection)))


def _returned(opened: Session) -> int:
    """Returned workbooks in the inbox whose content was not read yet."""
    with opened.engine.connect() as connection:
        read = finding_events.read_files(connection)
    return sum(arrival.sha256 not in read for arrival in arrived(opened).files)
