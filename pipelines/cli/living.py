"""`tongbi timeline` and `tongbi compare`: one child's findings through time; what became of the lists between two periods.

Sentences, states, places and our own numbers; what a person wrote in 说明 is shown on the screen only.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import sqlalchemy as sa
from rich.table import Table

from assets.county import list_names
from assets.protected import protected_in
from assets.publishing.edition_lines import Tally, edition_lines
from expectations.life.compare import COLUMNS, PeriodPair, became, table
from expectations.life.numbering import read
from expectations.life.rules import life_rules
from expectations.life.states import Event, fold
from pipelines.cli.protecting import admitted, latest_veil
from pipelines.cli.running import fitting_period
from pipelines.cli.shell import out, refuse, show
from pipelines.cli.summary import SIZES, sizes
from pipelines.cli.texts import say
from pipelines.resources import finding_events
from pipelines.resources.session import Session
from pipelines.resources.tables import child, child_event, life_event


def show_timeline(opened: Session, identity: str, named: str = "") -> None:
    """Print what happened to a child's findings, under all numbers that the child ever had.

    Args:
        opened: the workspace.
        identity: a child number (also one that was merged), a finding number, or the number on a workbook's line.
        named: the person who alone may see the child, where it is protected.
    """
    with opened.engine.connect() as connection:
        children = _children(connection, identity)
        if not children:
            refuse(say("timeline.unknown"))
        numbers = finding_events.known(connection)
        names = sorted(name for name, (_, owner, _) in numbers.items() if owner in children)
        events = [Event(**row) for row in finding_events.events(connection, life_event.c.finding_id.in_(names))]
        touching = child_event.c.child_id.in_(children) | child_event.c.other_id.in_(children)
        columns = (child_event.c.period, child_event.c.kind, child_event.c.child_id, child_event.c.other_id)
        moves = connection.execute(sa.select(*columns).where(touching).order_by(child_event.c.id)).all()
    # Let in and noted before anything is printed: a look that cannot be noted is not taken.
    admitted(opened, latest_veil(opened), children, named)
    opened.look("timeline", "", children, len(events))
    lead, *others = children
    out.print(say("timeline.child", child=lead), markup=False)
    if others:
        out.print(say("timeline.also", others="、".join(others)), markup=False)
    for period, kind, stays, other in map(tuple, moves):
        out.print("  " + say(f"timeline.{kind}", period=period, stays=stays, other=other), markup=False)
    if not events:
        out.print(say("timeline.none"), markup=False)
        return
    _print_figures(opened, children, events)
    _print_events(events, numbers, list_names(opened.workspace))


def _print_figures(opened: Session, children: list[str], events: list[Event]) -> None:
    """How many lines the child has now: in the last period, of which a line that was answered and is the same makes no event."""
    latest = max(event.period for event in events)
    same_kind = [period for period in opened.frames.periods("findings") if ("Q" in period) == ("Q" in latest)]
    if not same_kind:  # the periods were forgotten, their events are kept
        return
    tally = edition_lines(opened, max(same_kind)).of_children(children).total
    numbers = {"listed": tally.listed, "asked": tally.asked, "quiet": tally.quiet}
    out.print(say("timeline.figures", period=max(same_kind), **numbers), markup=False)


def _children(connection: sa.Connection, identity: str) -> list[str]:
    """The child's numbers, the leading one first; empty when nobody has the number."""
    numbers, ended = finding_events.known(connection), finding_events.merged_children(connection)
    # A finding's own number, else the number on a workbook's line, else a child's; what is none of them nobody has.
    periods = finding_events.issued_periods(connection)
    finding = identity if identity in numbers else read(identity, periods).finding_id
    owner = numbers[finding][1] if finding in numbers else identity
    lead = ended.get(owner, owner)
    is_current = connection.execute(sa.select(child.c.child_id).where(child.c.child_id == lead)).scalar()
    if not is_current and lead not in ended.values():
        return []
    return [lead, *sorted(name for name, leads in ended.items() if leads == lead)]


def _print_events(events: list[Event], numbers: Mapping[str, tuple[str, str, str]], lists: Mapping[str, str]) -> None:
    rules, present = life_rules(), fold(events)
    for name in sorted(present, key=lambda finding: (present[finding].first_period, finding)):
        code = numbers[name][0]
        state = rules.say(present[name].state)
        out.print(say("timeline.finding", finding=name, list=lists.get(code, code), state=state), markup=False)
        for event in (event for event in events if event.finding_id == name):
            when = event.answered_on or event.at[:10]
            line = f"  {event.period}  {when}  {rules.say(event.state)}  {event.text}（{event.author}）"
            out.print(line + (f"　{event.note}" if event.note else ""), markup=False)


def show_comparison(opened: Session, first: str, second: str) -> None:
    """Print what became of the findings between two periods, per list and per township."""
    earlier, later = sorted(fitting_period(opened, text).label for text in (first, second))
    if earlier == later:
        refuse(say("compare.same"))
    span = PeriodPair(earlier, later)
    fates, codes = became_between(opened, span)
    names = list_names(opened.workspace)
    # A protected child's line counts for the county and for no township: in its own it would tell the place.
    with opened.engine.connect() as connection:
        owners = {name: owner for name, (_, owner, _) in finding_events.known(connection).items()}
    named = fates.assign(child_id=fates["finding_id"].map(owners))
    places = protected_in(opened, later).placeless(named)["town"]
    towns = dict(zip(fates["finding_id"], places.where(places != "", say("compare.no_town")), strict=True))
    if all(opened.frames.exists("findings", period) for period in (earlier, later)):
        show(_sizes_table(opened, span, names))
    show(_printed(table(fates, codes), say("compare.lists", first=earlier, second=later), "list", names))
    show(_printed(table(fates, towns), say("compare.towns", first=earlier, second=later), "town", {}))


def _sizes_table(opened: Session, span: PeriodPair, names: Mapping[str, str]) -> Table:
    """Both periods' lists by their sizes: what the columns below start from and come to."""
    both = [edition_lines(opened, period) for period in (span.first, span.second)]
    heads = [f"{period} {say(f'table.quantity.{name}')}" for period in (span.first, span.second) for name in SIZES]
    title = say("compare.sizes", first=span.first, second=span.second)
    shown = Table(say("table.list"), *heads, title=title, title_justify="left")
    tallies = [lines.by_list() for lines in both]
    # A list that the place runs no more still has its lines of the earlier period.
    for code in [*names, *sorted({*tallies[0], *tallies[1]} - set(names))]:
        numbers = [text for tally in tallies for text in sizes(tally.get(code, Tally()))]
        shown.add_row(f"{code} {names[code]}" if code in names else code, *numbers)
    shown.add_section()
    shown.add_row(say("life.total"), *(text for lines in both for text in sizes(lines.total)))
    return shown


def became_between(opened: Session, span: PeriodPair) -> tuple[pd.DataFrame, dict[str, str]]:
    """`expectations.life.compare.became` over the workspace's events, and each finding's list."""
    with opened.engine.connect() as connection:
        rows = finding_events.events(connection, finding_events.same_kind(span.second))
        codes = {name: code for name, (code, _, _) in finding_events.known(connection).items()}
    periods = {row["period"] for row in rows}
    for period in (span.first, span.second):
        if period not in periods:
            refuse(say("export.none", period=period))
    there = opened.frames.exists("findings", span.second)  # a forgotten period has its events only
    asked = frozenset(edition_lines(opened, span.second).asked["finding_id"]) if there else None
    return became((Event(**row) for row in rows), span, life_rules(), asked), codes


def _printed(counts: pd.DataFrame, title: str, group: str, names: Mapping[str, str]) -> Table:
    shown = Table(say(f"table.{group}"), *(say(f"life.{name}") for name in COLUMNS), title=title, title_justify="left")
    for name, row in zip(counts.index, counts.to_numpy().tolist(), strict=True):
        shown.add_row(f"{name} {names[name]}" if name in names else str(name), *map(str, row))
    shown.add_section()
    shown.add_row(say("life.total"), *(str(int(total)) for total in counts.sum()))
    return shown
