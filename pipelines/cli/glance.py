"""`tongbi status`: a period at a glance on one screen of 80 by 40, and the next step with the command to type.

Belongs here: what is printed, and which step comes next. Does not belong here: the figures (`assets.glance`), the register of files (`looking`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from pipelines.cli.auditing import print_verified
from pipelines.cli.shell import REFUSED, local_time, out, show
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources.session import Session

if TYPE_CHECKING:
    from assets.coverage.owed import OwedPart
    from assets.glance import DepartmentArrival, Glance
    from assets.replies.coverage import Covered

MOST_OWED, MOST_TOWNS, MOST_DUE, MOST_HELD = 6, 4, 3, 8
SOON_DAYS = 14
_STYLES = {"missing": "yellow", "next": "bold green"}


def show_glance(opened: Session, period: str) -> None:
    """Print a period, the present one where none is named, and whether the record of what was done is whole.

    Raises:
        typer.Exit: with code 1 when the record is not whole.
    """
    from assets.county import department_names, profile_of
    from assets.glance import glance_at, present_period

    today = date.today()
    label = Period.parse(period).label if period else present_period(opened, today)
    glance, names = glance_at(opened, label, today), department_names(opened.workspace)
    place = profile_of(opened.workspace).place.county_name.value or opened.workspace.root.name
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for head, lines in _blocks(opened, glance, names, today):
        for place_of, line in enumerate(lines):
            # As a text: names of files may hold what rich takes for its own marks.
            text = Text(line, style=_STYLES.get(head, ""), overflow="fold")
            table.add_row(say(f"glance.{head}") if not place_of else "", text)
    out.print(say("glance.title", place=place, period=Period.parse(label).zh, day=today), markup=False, style="bold")
    show(table)
    # The whole of it, as a run does; the other commands verify its last lines only.
    if not print_verified(opened):
        raise typer.Exit(REFUSED)


def _blocks(opened: Session, glance: Glance, names: dict[str, str], today: date) -> Iterator[tuple[str, list[str]]]:
    """The blocks of the screen from top to bottom, each with its lines; those with nothing to say are left out."""
    yield "edition", _edition(glance)
    yield "came", [_came(arrival, names) for arrival in glance.arrivals if arrival.states or arrival.unread] or ["—"]
    if missing := [*_to_come(glance, names), *_owed(glance, names)]:
        yield "missing", missing
    if waiting := _answers(glance):
        yield "answers", waiting
    if glance.due:
        yield "due", _due(glance, today)
    yield "next", [next_step(glance, names, opened.workspace.inbox.as_posix(), today)]


def _edition(glance: Glance) -> list[str]:
    from assets.glance import NOT_RUN, PUBLISHED, STOPPED, WAITS

    edition = glance.edition
    times = {"ran": local_time(edition.ran_at), "published": local_time(edition.published_at)}
    lines = []
    if edition.state == WAITS:
        lines.append(say("glance.waits", count=edition.reasons, **times))
    if edition.published_at:
        lines.append(say("glance.stays" if edition.state == WAITS else "glance.published", **times))
        if edition.release:
            at = local_time(edition.release["at"])
            lines.append(say("status.released", by=edition.release["by"], at=at, reason=edition.release["reason"]))
        if edition.held:
            named = "、".join(edition.held[:MOST_HELD])
            more = say("glance.and_lists", count=len(edition.held)) if len(edition.held) > MOST_HELD else ""
            lines.append(say("glance.held", lists=named + more))
    elif edition.state == WAITS:
        lines.append(say("glance.never"))
    if edition.state == PUBLISHED and edition.run_status not in ("done", ""):
        lines.append(say("glance.stopped", **times))
    if edition.state == STOPPED:
        lines += [say("glance.stopped", **times), say("glance.never")]
    if edition.state == NOT_RUN:
        lines.append(say("glance.not_run"))
    if glance.lines is not None:
        total = glance.lines.total
        lines.append(say("glance.sizes", listed=total.listed, asked=total.asked, quiet=total.quiet))
    return lines


def _came(arrival: DepartmentArrival, names: dict[str, str]) -> str:
    states = "、".join(
        say("glance.state", count=count, state=say(f"state.{state}")) for state, count in sorted(arrival.states.items())
    )
    parts = [
        say("glance.rows", files=arrival.files, accepted=arrival.accepted, returned=arrival.returned),
        states,
        say("glance.unread", count=arrival.unread) if arrival.unread else "",
    ]
    return f"{names.get(arrival.department, arrival.department)}　{'；'.join(part for part in parts if part)}"


def _to_come(glance: Glance, names: dict[str, str]) -> list[str]:
    if not glance.to_come:
        return []
    return [say("glance.to_come", departments="、".join(names.get(name, name) for name in glance.to_come))]


def _owed(glance: Glance, names: dict[str, str]) -> list[str]:
    lines = [_part(part) for part in glance.owed[:MOST_OWED]]
    more = len(glance.owed) - MOST_OWED
    return lines + ([say("glance.more", count=more)] if more > 0 else [])


def _part(part: OwedPart) -> str:
    return f"{part.which}：{part.because}"


def _answers(glance: Glance) -> list[str]:
    """Departments one by one, townships together with those that are latest; then pairs and returned workbooks."""
    open_ones = [covered for covered in glance.answers if covered.waiting]
    towns = [covered for covered in open_ones if covered.kind == "township"]
    lines = [say("glance.answers_of", period=Period.parse(glance.answers_of).zh)] if open_ones else []
    departments = [_standing(covered) for covered in open_ones if covered.kind == "department"]
    if departments:
        lines.append("，".join(departments))
    if towns:
        first = sorted(towns, key=lambda covered: (-covered.overdue, -covered.waiting))[:MOST_TOWNS]
        sums = {"waiting": sum(town.waiting for town in towns), "overdue": sum(town.overdue for town in towns)}
        latest = "，".join(_standing(covered) for covered in first)
        lines.append(say("glance.towns", count=len(towns), **sums, told=latest))
    if glance.reviews:
        lines.append(say("glance.reviews", count=glance.reviews))
    if glance.returned:
        lines.append(say("glance.returned", count=glance.returned))
    return lines


def _standing(covered: Covered) -> str:
    late = say("glance.late", count=covered.overdue, days=covered.days) if covered.overdue else ""
    return f"{covered.recipient} {covered.waiting}{late}"


def _due(glance: Glance, today: date) -> list[str]:
    dated = [duty for duty in glance.due if duty.due is not None][:MOST_DUE]
    return [
        say("glance.due_line", day=duty.when, what=duty.what, by=duty.by, days=(duty.due - today).days)
        for duty in dated
        if duty.due is not None
    ] or [say("glance.nothing_due")]


def next_step(glance: Glance, names: dict[str, str], inbox: str, today: date) -> str:
    """The one thing to do now, with the command to type: the first of these that there is to do."""
    from assets.glance import NOT_RUN, STOPPED, WAITS

    period, edition = glance.period, glance.edition
    departments = "、".join(names.get(name, name) for name in glance.to_come)
    nothing_came = not any(arrival.files or arrival.unread for arrival in glance.arrivals)
    if nothing_came:
        return say("next.deliver", folder=f"{inbox}/{period}", period=period)
    if glance.unread or edition.state == NOT_RUN:
        return say("next.run_without" if departments else "next.run", period=period, departments=departments)
    if edition.state == WAITS:
        return say("next.review", period=period)
    if edition.state == STOPPED:
        return say("next.mend", period=period)
    if glance.returned:
        return say("next.replies", count=glance.returned)
    if glance.owed:
        whom = "、".join(dict.fromkeys(names.get(part.department, part.department) for part in glance.owed))
        return say("next.ask", departments=whom, period=period)
    if glance.overdue:
        late = [covered.recipient for covered in glance.answers if covered.overdue]
        more = say("next.and_more", count=len(late)) if len(late) > MOST_TOWNS else ""
        return say("next.remind", count=glance.overdue, recipients="、".join(late[:MOST_TOWNS]) + more)
    if glance.reviews:
        return say("next.judge", count=glance.reviews, period=period)
    soon = next((duty for duty in glance.due if duty.due and (duty.due - today).days <= SOON_DAYS), None)
    if soon:
        return say("next.due", day=soon.when, what=soon.what)
    coming = Period.parse(period).shifted(1)
    return say("next.period", period=coming.label, zh=coming.zh, folder=f"{inbox}/{coming.label}")
