"""`tongbi review-edition` and `tongbi release`: looking at an edition that waits, and letting it go out.

Belongs here: what is printed. Does not belong here: the figures (`assets.coverage.waiting`), the release itself (`pipelines.running`).
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from pipelines.cli.shell import REFUSED, WAITING, err, out, refuse, show
from pipelines.cli.texts import say
from pipelines.partitions import Period

if TYPE_CHECKING:
    import pandas as pd

    from assets.coverage.waiting import WaitingEdition
    from expectations.lists.knowledge import ListKnowledge
    from pipelines.resources.session import Session
    from pipelines.running import ReleaseOrder


def print_waiting(opened: Session, period: str) -> None:
    """Say, after a run, why its edition waits, and what to do next."""
    from assets.coverage.waiting import waiting_edition
    from assets.publishing.urgent import urgent_folder

    edition = waiting_edition(opened, period)
    if edition is None:
        return
    out.print(say("waiting.state", count=len(edition.open_reasons)), markup=False, style="bold yellow")
    _print_reasons(opened, edition)
    folder = urgent_folder(opened, period)
    if folder.is_dir():
        out.print(say("waiting.urgent", path=folder), markup=False, style="bold red")
    _print_next(edition)


def show_waiting(opened: Session, period: str, target: Path | None) -> None:
    """Print the edition that waits on one screen; with a target write it as a workbook, too.

    Raises:
        typer.Exit: none waits.
    """
    from assets.coverage.waiting import waiting_edition
    from assets.publishing.preview import would_be_sent

    label = Period.parse(period).label
    edition = waiting_edition(opened, label)
    if edition is None:
        refuse(say("waiting.none", period=label))
    sent = would_be_sent(opened, label)
    title = say("waiting.title", period=Period.parse(label).zh, count=len(edition.open_reasons))
    out.print(title, markup=False, style="bold yellow")
    _print_reasons(opened, edition)
    show(_lists(edition))
    for line in _beside_the_table(edition):
        out.print(line, markup=False)
    for line in _recipients(sent):
        out.print(line, markup=False)
    _print_next(edition)
    if target:
        from assets.workbooks.waiting import write_waiting

        path = write_waiting(opened, edition, sent, target.resolve())
        out.print(say("waiting.written", path=path), markup=False)


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


def _print_reasons(opened: Session, edition: WaitingEdition) -> None:
    """The reasons by what is to be done about them: an advice is read once, below those that it is for."""
    from assets.county import department_names, list_names

    names = {**department_names(opened.workspace), **list_names(opened.workspace)}
    numbered = edition.open_reasons.assign(number=range(1, len(edition.open_reasons) + 1))
    for advice, reasons in numbered.groupby("advice", sort=False):
        for row in reasons.to_dict("records"):
            about = names.get(row["about"], row["about"])
            # A sentence that begins with its department says it already.
            start = "" if str(row["sentence"]).startswith(about) else f"{about}："
            out.print(f" {row['number']} {start}{row['sentence']}", markup=False)
        out.print(f"   → {advice}", markup=False, style="cyan")


def _print_next(edition: WaitingEdition) -> None:
    from assets.coverage.gate import COUNTY_REASON

    # Whose children the lists speak of is answered in the settings: releasing such an edition would be refused.
    must_answer = (edition.open_reasons["kind"] == COUNTY_REASON).any()
    for way in ("look", "better", *(() if must_answer else ("release",))):
        out.print(say(f"waiting.next_{way}", period=edition.period), markup=False)


_HEADS = ("list", "now", "before", "new", "closed", "unchecked", "uncompared")


def _lists(edition: WaitingEdition) -> Table:
    """The lists that have something to say: lines now or before, or somebody who cannot be compared."""
    from expectations.lists.catalogue import load_catalogue

    # The short names: one line for one list, so that all of it stays on one screen.
    short = {code: info.short for code, info in load_catalogue().lists.items()}
    table = Table(*(say(f"waiting.{head}") for head in _HEADS), box=SIMPLE_HEAD, pad_edge=False)
    table.title, table.title_justify = say("waiting.lists"), "left"
    for column in table.columns[1:]:
        column.justify = "right"
    for row in _with_figures(edition):
        known, now = edition.known[row["code"]], int(row["now"])
        grown = row["before"] not in ("", str(now))
        moves = [str(row[name] or "") for name in ("new", "closed", "unchecked")]
        hidden = str(known.hidden or ("*" if known.gap else ""))
        cells = [f"{row['code']} {short[row['code']]}", known.word(now) or str(now), str(row["before"]), *moves, hidden]
        table.add_row(*cells, style="bold" if grown or known.is_partial else "")
    return table


def _with_figures(edition: WaitingEdition) -> list[dict[Hashable, Any]]:
    """Lists that cannot be computed and had no line before, and noughts that are noughts, are told in a sentence and not in the table."""
    return [
        row
        for row in edition.lists.to_dict("records")
        if row["now"] or row["before"] not in ("", "0") or row["unchecked"] or _is_hidden(edition.known[row["code"]])
    ]


def _is_hidden(known: ListKnowledge) -> bool:
    return known.is_partial and not known.not_computed


def _beside_the_table(edition: WaitingEdition) -> list[str]:
    """Why children cannot be compared, once per reason; what the star means; which lists were not computed."""
    shown = [row["code"] for row in _with_figures(edition)]
    known = [edition.known[code] for code in shown]
    reasons = dict.fromkeys(each.because or each.gap for each in known if _is_hidden(each))
    lines = [say("waiting.because", reasons="；".join(reasons))] if reasons else []
    lines += [say("waiting.star")] if any(_is_hidden(each) and not each.hidden for each in known) else []
    skipped = [row["code"] for row in edition.lists.to_dict("records") if edition.known[row["code"]].not_computed]
    return lines + ([say("waiting.not_computed", lists="、".join(skipped))] if skipped else [])


MOST_TOWNS = 4


def _recipients(sent: pd.DataFrame) -> list[str]:
    """Who would be sent what: departments one by one, the townships together with those that get most."""
    lines = []
    departments, towns = (sent[sent["kind"] == kind] for kind in ("department", "township"))
    gets = "，".join(
        say("waiting.gets", recipient=row["recipient"], lines=row["lines"], new=row["new"])
        for row in departments.to_dict("records")
    )
    if gets:
        lines.append(say("waiting.departments", told=gets))
    if len(towns):
        most = towns.sort_values(["new", "lines"], ascending=False).head(MOST_TOWNS).to_dict("records")
        gets = "，".join(
            say("waiting.gets", recipient=row["recipient"], lines=row["lines"], new=row["new"]) for row in most
        )
        sums = {name: int(towns[name].sum()) for name in ("lines", "new")}
        lines.append(say("waiting.towns", count=len(towns), **sums, told=gets))
    if len(sent) and (sent["closed"].any() or sent["unchecked"].any()):
        lines.append(say("waiting.ends", closed=int(sent["closed"].sum()), unchecked=int(sent["unchecked"].sum())))
    return lines
