"""`tongbi review-edition` and `tongbi release`: looking at an edition that waits, and letting it go out.

Belongs here: what is printed. Does not belong here: the figures (`assets.coverage.waiting`), the release itself (`pipelines.running`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from pipelines.cli.shell import REFUSED, WAITING, err, out, refuse, show
from pipelines.cli.texts import say
from pipelines.partitions import Period

if TYPE_CHECKING:
    from assets.coverage.waiting import WaitingEdition
    from pipelines.resources.session import Session
    from pipelines.running import ReleaseOrder


def print_waiting(opened: Session, period: str) -> None:
    """Say, after a run, why its edition waits, and what to do next."""
    from assets.coverage.waiting import waiting_edition
    from assets.publishing.urgent import urgent_folder

    edition = waiting_edition(opened, period)
    if edition is None:
        return
    show(_reasons(opened, edition))
    out.print(say("waiting.state", count=int((edition.reasons["settled"] == "").sum())), markup=False, style="yellow")
    folder = urgent_folder(opened, period)
    if folder.is_dir():
        out.print(say("waiting.urgent", path=folder), markup=False, style="red")
    out.print(say("waiting.next", period=period), markup=False)


def show_waiting(opened: Session, period: str, target: Path | None) -> None:
    """Print the edition that waits on one screen; with a target write it as a workbook, too.

    Raises:
        typer.Exit: none waits.
    """
    from assets.coverage.waiting import waiting_edition

    label = Period.parse(period).label
    edition = waiting_edition(opened, label)
    if edition is None:
        refuse(say("waiting.none", period=label))
    out.print(say("waiting.title", period=Period.parse(label).zh), markup=False)
    show(_reasons(opened, edition))
    show(_lists(edition))
    out.print(say("waiting.next", period=label), markup=False)
    if target:
        from assets.workbooks.waiting import write_waiting

        out.print(say("waiting.written", path=write_waiting(opened, edition, target.resolve())), markup=False)


def release_and_print(opened: Session, period: str, order: ReleaseOrder) -> None:
    """Release, publish, and print what came of it.

    Raises:
        typer.Exit: with code 1 when it was refused or failed, with code 3 when something still waits.
    """
    from assets.county import department_names
    from assets.coverage.waiting import waiting_edition
    from pipelines.cli.summary import print_summary
    from pipelines.running import release_period

    label = Period.parse(period).label
    if waiting_edition(opened, label) is None:
        refuse(say("waiting.none", period=label))
    report = release_period(opened, label, order)
    for sentence in report.failures.values():
        err.print(sentence, markup=False, style="red")
    if report.waits:
        print_waiting(opened, label)
        raise typer.Exit(WAITING)
    if not report.success:
        raise typer.Exit(REFUSED)
    print_summary(opened, report, department_names(opened.workspace))


def _reasons(opened: Session, edition: WaitingEdition) -> Table:
    from assets.county import department_names, list_names

    names = {**department_names(opened.workspace), **list_names(opened.workspace)}
    heads = ("waiting.subject", "waiting.sentence", "waiting.advice")
    table = Table(*(say(head) for head in heads), title=say("waiting.reasons"), title_justify="left", show_lines=True)
    advice = ""
    for reason in edition.reasons[edition.reasons["settled"] == ""].to_dict("records"):
        # The same advice is read once.
        same = reason["advice"] == advice
        advice = reason["advice"]
        table.add_row(names.get(reason["about"], reason["about"]), reason["sentence"], "〃" if same else advice)
    return table


def _lists(edition: WaitingEdition) -> Table:
    heads = ("table.code", "table.list", "waiting.now", "waiting.before", "waiting.uncompared", "waiting.why")
    table = Table(*(say(head) for head in heads), title=say("waiting.lists"), title_justify="left")
    for row in edition.lists.to_dict("records"):
        now = say("table.not_computed") if row["not_computed"] else str(row["now"])
        why = row["not_computed"] or row["why"]
        table.add_row(row["code"], row["name"], now, row["before"], str(row["uncompared"] or ""), why)
    return table
