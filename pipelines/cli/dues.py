"""`tongbi due`: who has to do what, by when and towards whom, and which townships have handed in their reports.

Belongs here: the table and the noting of what came in. Not here: the days (`assets.reports.due`), the notes (`receipts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rich.table import Table

from pipelines.cli.shell import out, refuse, show
from pipelines.cli.texts import say
from pipelines.resources import receipts
from pipelines.resources.database import writing
from pipelines.resources.receipts import OwedReport
from pipelines.resources.session import Session

if TYPE_CHECKING:
    from assets.reports.due import Duty

AHEAD = timedelta(days=183)
_COLUMNS = ("due", "role", "by", "what", "towards", "about", "left", "state", "clause")


@dataclass(frozen=True)
class ReportNote:
    """What a person notes: which townships, of which duty and period, on which day; `taken_back` withdraws it."""

    senders: tuple[str, ...]
    duty: str = ""
    period: str = ""
    day: str = ""
    taken_back: bool = False


def show_due(opened: Session, since: str, until: str) -> None:
    """Print what is due between two days, and how far it is; without a first day also what townships still owe from before.

    Raises:
        typer.Exit: a day is no day.
    """
    from assets.county import profile_of
    from assets.reports.due import duties

    first = _day(since) if since else date.today()
    last = _day(until) if until else first + AHEAD
    profile, towns = profile_of(opened.workspace), _towns(opened)
    table = Table(*(say(f"table.{name}") for name in _COLUMNS))
    table.title, table.title_justify = say("due.title", name=profile.name, since=first, until=last), "left"
    # A day that has passed is nobody's reminder, except where townships still owe the bureau their reports.
    late = []
    if not since:
        past = [duty for duty in duties(profile, first - AHEAD, first - timedelta(days=1)) if duty.tracked]
        with opened.engine.connect() as connection:
            for duty in past:
                arrived = receipts.senders_in(connection, OwedReport(duty.name, duty.period))
                if set(towns) - set(arrived):
                    late.append(duty)
    for duty in [*late, *duties(profile, first, last)]:
        left = ""
        if duty.due is not None and duty.exact:  # a paper's 年初 is no day to count from
            days = (duty.due - date.today()).days
            left = say("due.days", count=days) if days >= 0 else say("due.late", count=-days)
        cells = (duty.when or say("due.silent"), duty.role.value, duty.by, duty.what, duty.towards, duty.period, left)
        table.add_row(*cells, _state(opened, duty, towns), duty.clause)
    show(table)


def _state(opened: Session, duty: Duty, towns: Sequence[str]) -> str:
    """How far it is: who has reported where townships owe a report, whether ours is written where we do."""
    if duty.tracked and duty.period:
        return _received(opened, OwedReport(duty.name, duty.period), towns)
    if not duty.report:
        return ""
    from assets.reports.words import words
    from pipelines.cli.reports import FOLDER

    name = words().kinds[duty.report].name
    # Noted nowhere else: a report is written when it lies in the outbox.
    written = list((opened.workspace.outbox / FOLDER).glob(f"{duty.period}*/*{name}_*.docx"))
    return say("due.written") if written else say("due.open")


def _received(opened: Session, owed: OwedReport, towns: Sequence[str]) -> str:
    with opened.engine.connect() as connection:
        arrived = receipts.senders_in(connection, owed)
    everybody = list(towns) or sorted(arrived)
    if not everybody:
        return say("due.no_towns")
    missing = [town for town in everybody if town not in arrived]
    if not missing:
        return say("due.all_in", total=len(everybody))
    count = len(everybody) - len(missing)
    return say("due.some_in", count=count, total=len(everybody), missing="、".join(missing))


def _towns(opened: Session) -> list[str]:
    """The county's townships: its own list, else those that the last period's files name; [] before either is there."""
    from assets.county import official_areas
    from assets.reports.material import townships_of

    periods = opened.frames.periods("child_files.children")
    if periods:
        return list(townships_of(opened, opened.frames.read("child_files.children", periods[-1], ["town"])))
    return list(dict.fromkeys(town for town, _ in official_areas(opened.workspace)))


def note_receipt(opened: Session, note: ReportNote) -> None:
    """Note that townships' reports came in, or take such a note back, and say so.

    Raises:
        typer.Exit: no township owes a report here, or the duty, period, township or day is none.
    """
    from assets.county import profile_of
    from assets.reports.due import duties

    profile = profile_of(opened.workspace)
    tracked = {name: rule for name, rule in profile.duties.items() if rule and rule.tracked}
    if not tracked:
        refuse(say("due.no_receiving", name=profile.name))
    name = note.duty or (next(iter(tracked)) if len(tracked) == 1 else "")
    if name not in tracked:
        refuse(say("due.which_duty", duties="、".join(f"{key}（{rule.what}）" for key, rule in tracked.items())))
    year = int(note.period[:4]) if note.period[:4].isdigit() else date.today().year
    span = date(year, 1, 1), date(year, 12, 31)
    # Only a report that is owed can have come in: a note of any other would never be asked for.
    periods = [duty.period for duty in duties(profile, *span) if duty.name == name]
    if note.period not in periods:
        refuse(say("due.which_period", wanted="、".join(periods) or str(year)))
    towns = _towns(opened)
    unknown = [sender for sender in note.senders if towns and sender not in towns]
    if unknown:
        refuse(say("due.unknown_town", names="、".join(unknown), towns="、".join(towns)))
    day = "" if note.taken_back else (_day(note.day) if note.day else date.today()).isoformat()
    with writing(opened.engine) as connection:
        owed = OwedReport(name, note.period)
        receipts.note(connection, owed, note.senders, day, opened.workspace.operator)
    words = {"names": "、".join(note.senders), "period": note.period, "what": tracked[name].what}
    out.print(say("due.taken_back" if note.taken_back else "due.noted", **words, day=day), markup=False)
    out.print(_received(opened, owed, towns), markup=False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(say("due.no_day"), 2)
