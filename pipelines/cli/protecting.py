"""`tongbi protect`: hide a child from everybody but one named person, lift that, list the marks; and who is let in by the other commands.

Numbers of children, names of officials and counts only. What a mark hides is `assets.protected`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from rich.table import Table

from assets.childfile.document.finding_child import child_of
from assets.county import department_names, official_areas
from assets.protected import FOLDER, NOBODY, Protected, book_of, keys_of, protected_in
from pipelines.cli.shell import USAGE, err, local_time, out, refuse, show
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources import audit, protection_marks
from pipelines.resources.database import writing
from pipelines.resources.protection_marks import LIFT, PERSON, PROTECT, Mark
from pipelines.resources.session import Session

LONGEST_NAME = 20


@dataclass(frozen=True)
class MarkRequest:
    """What the person asked for: which child, for whom, by whom, why; or that it is lifted."""

    child: str
    named: str
    author: str
    reason: str
    lift: bool = False


def mark_child(opened: Session, request: MarkRequest) -> None:
    """Enter the mark or lift it, and say what remains to be done by hand."""
    if not request.author.strip() or not request.reason.strip() or not (request.lift or request.named.strip()):
        refuse(say("protect.usage"), USAGE)
    # One named person, not an office: an office is everybody who ever works in it.
    units = {*department_names(opened.workspace).values(), *(town for town, _ in official_areas(opened.workspace))}
    if request.named.strip() in units or len(request.named.strip()) > LONGEST_NAME:
        refuse(say("protect.no_person"), USAGE)
    label = latest_period(opened)
    if not label:
        refuse(say("file.no_period"))
    records = opened.frames.read("child_files.records", label)
    children = set(opened.frames.read("child_files.children", label, ["child_id"])["child_id"])
    child = child_of(opened, request.child, children, records, opened.frames.read("findings", label))
    veil = protected_in(opened, label)
    # A protected child that this period's data no longer have is still known by its mark.
    child = child or (request.child if request.child in veil.persons else "")
    if not child:
        refuse(say("timeline.unknown"))
    if request.lift and child not in veil.persons:
        refuse(say("protect.not_protected"))
    kind = LIFT if request.lift else PROTECT
    named, keys = "" if request.lift else request.named.strip(), keys_of(records[records["child_id"] == child])
    mark = Mark(child, label, kind, PERSON, named, request.author.strip(), request.reason.strip(), "", keys)
    with writing(opened.engine) as connection:
        protection_marks.append(connection, [mark], opened.workspace.operator)
    _say_entered(opened, mark, label)


def _say_entered(opened: Session, mark: Mark, label: str) -> None:
    veil = protected_in(opened, label)
    if mark.kind == LIFT:
        out.print(say("protect.lifted", child=mark.child_id, period=label), markup=False)
        if mark.child_id in veil.persons:
            err.print(say("protect.still"), markup=False, style="yellow")
        return
    out.print(say("protect.entered", child=mark.child_id, named=mark.recipient), markup=False)
    numbers = [child for child in veil.persons if child == mark.child_id] or [mark.child_id]
    with opened.engine.connect() as connection:
        count = protection_marks.sent(connection, numbers)
    out.print(say("protect.rerun", period=label, folder=FOLDER), markup=False, style="bold")

    # Open children with the same guardian at the same address: their lines say where the protected one lives.
    columns = ["child_id", "guardian_name", "live_addr", "hukou_addr"]
    children = opened.frames.read("child_files.children", label, columns)
    home = children["live_addr"].where(children["live_addr"] != "", children["hukou_addr"])
    households = pd.Series(list(zip(children["guardian_name"], home, strict=True)), index=children.index)
    own = {place for place in households[children["child_id"] == mark.child_id] if all(place)}
    if siblings := int((households.isin(list(own)) & ~veil.hides(children)).sum()):
        err.print(say("protect.household", count=siblings), markup=False, style="yellow")
    if count:
        err.print(say("protect.recall", count=count), markup=False, style="bold red")


def list_marks(opened: Session) -> None:
    """Print every mark and every lifting; the reasons stay in the database."""
    with opened.engine.connect() as connection:
        marks = protection_marks.read(connection)
    if not marks:
        out.print(say("protect.none"), markup=False)
        return
    spoken = department_names(opened.workspace)
    table = Table(*(say(f"table.{name}") for name in ("mark", "child", "person", "by", "when", "origin")))
    for mark in marks:
        person = mark.recipient or (
            opened.workspace.settings.protected_person or NOBODY if mark.kind == PROTECT else ""
        )
        origin = say(f"protect.source_{mark.source}")
        # A mark that came with a column has the departments that filled it for its author, by their codes.
        author = "、".join(spoken.get(name, name) for name in mark.author.split("、"))
        table.add_row(say(f"protect.word_{mark.kind}"), mark.child_id, person, author, local_time(mark.at), origin)
    show(table)


def admitted(opened: Session, veil: Protected, children: Sequence[str], named: str) -> str | None:
    """Let somebody look at children, or refuse; a look at a protected one is written into the audit.

    Args:
        opened: the workspace.
        veil: the protected children of the period.
        children: whom the command is about to show.
        named: the person whom the command was told to show them to.

    Returns:
        The person, or None where no child is protected.
    """
    closed = [child for child in children if child in veil.persons]
    if not closed:
        return None
    persons = {veil.persons[child] for child in closed}
    if {book_of(person) for person in persons} != {named.strip()}:
        refuse(say("protect.closed", nobody=NOBODY))
    with writing(opened.engine) as connection:
        for child in dict.fromkeys(closed):
            audit.append(connection, audit.Act(opened.workspace.operator, "look", child, {"for": named.strip()}))
    return persons.pop()


def say_left_out(veil: Protected) -> None:
    """Say how many children the period has that were not looked at; whether each would have been in it is not said."""
    if veil.present:
        out.print(say("protect.left_out", count=veil.present), markup=False)


def say_marked(opened: Session, period: str) -> None:
    """What a run says of protected children: how many, where their lines are, and how many have nobody of their own."""
    veil = protected_in(opened, period)
    if veil.present:
        path = opened.outbox.shown(period) / FOLDER
        out.print(say("protect.run", count=veil.present, path=path), markup=False, style="bold")
    if veil.unnamed:
        person = opened.workspace.settings.protected_person
        key = "protect.unnamed" if person else "protect.nobody"
        err.print(say(key, count=veil.unnamed, person=book_of(person)), markup=False, style="yellow")


def latest_period(opened: Session) -> str:
    """The last period that was run, "" when there is none."""
    periods = (Period.parse(label) for label in opened.frames.periods("child_files.children"))
    # Of a quarter and its last month, which end on the same day, the quarter.
    last = max(periods, key=lambda period: (period.last_day, not period.monthly), default=None)
    return last.label if last else ""


def latest_veil(opened: Session) -> Protected:
    """The protected children as the last period knows them."""
    return protected_in(opened, latest_period(opened))


def rows_naming(veil: Protected, records: pd.DataFrame, cells: pd.Series) -> pd.Series:
    """Rows that were not accepted and may be a protected child's: a cell holds its name, a number, its guardian or phone.

    Args:
        veil: the protected children.
        records: records of the child files with the names and numbers.
        cells: the row's cells as they are kept in the quarantine, as JSON.
    """
    protected = records[records["record_id"].isin(list(veil.records))]
    names = ("name", "id_no", "id_no_raw", "student_no", "disability_no", "guardian_name", "phone")
    # A single character would be found in cells of anybody.
    words = sorted({word for name in names if name in protected for word in protected[name] if len(word) > 1})
    # Of no rows the answers would be objects, and a frame takes those for columns to choose.
    return cells.map(lambda text: any(word in text for word in words)).astype(bool)
