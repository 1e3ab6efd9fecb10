"""`tongbi status --files` and `tongbi quarantine`: what was delivered, and which rows were not accepted. Values of rows are
not shown.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
import typer
from rich.table import Table

from pipelines.cli.auditing import print_verified
from pipelines.cli.shell import REFUSED, local_time, out, show
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources import deliveries
from pipelines.resources.session import Session
from pipelines.resources.tables import delivery

if TYPE_CHECKING:
    import pandas as pd

SHOWN_ROWS = 50


def show_files(opened: Session, period: str) -> None:
    """Print the register of deliveries, for one period or all, and whether the record of what was done is whole.

    Raises:
        typer.Exit: with code 1 when it is not.
    """
    with opened.engine.connect() as connection:
        delivered = sa.select(delivery.c.period).distinct().order_by(delivery.c.period)
        labels = [Period.parse(period).label] if period else list(connection.execute(delivered).scalars())
        for label in labels:
            show(_register(opened, label, deliveries.of_period(connection, label, deliveries.STATES)))
    if not labels:
        out.print(say("status.empty"))
    # The whole of it, as a run does; the other commands verify its last lines only.
    if not print_verified(opened):
        raise typer.Exit(REFUSED)


def _register(opened: Session, label: str, lines: list[sa.RowMapping]) -> Table:
    """The table of a period's deliveries."""
    from assets.county import department_names
    from assets.receiving.filenames import listing

    names = ("department", "file", "received", "state", "rows_in", "accepted", "quarantined", "set_aside", "difference")
    table = Table(*(say(f"table.{name}") for name in names), title=Period.parse(label).zh, title_justify="left")
    # Files by what may be said of their names: people name a file after the child that it is about.
    spoken, files = department_names(opened.workspace), listing(opened.workspace, label)
    for line in lines:
        numbers = (str(line[name]) for name in ("rows_in", "accepted", "quarantined", "set_aside"))
        department = spoken.get(line["department"], line["department"])
        which = (department, files.label(line), local_time(line["received_at"]), say(f"state.{line['status']}"))
        table.add_row(*which, *numbers, difference_text(line["difference"]))
    return table


def difference_text(difference: str) -> str:
    """The counts of a corrected file as a sentence."""
    return say("difference.counts", **json.loads(difference)) if difference else ""


def show_quarantine(opened: Session, period: str, department: str, target: Path | None) -> None:
    """Print where the quarantined rows are and why, or write them with their cells as CSV."""
    import pandas as pd

    from assets.intake.contract import department_names_of
    from assets.receiving.filenames import file_names

    label = Period.parse(period).label
    chosen = department_names_of(opened.workspace.contracts).of_word(department) or department
    names = [chosen] if chosen else quarantined_departments(opened, label)
    frames = [opened.frames.read(f"quarantine_{name}", label).assign(department=name) for name in names]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    frame = file_names(opened.workspace, label).on(frame)
    if frame.empty:
        out.print(say("quarantine.none"))
        return
    opened.look("quarantine", label, count=len(frame))
    if not target:
        _print(frame, opened)
        return
    from assets.workbooks.csvout import write_csv
    from pipelines.resources.access import owner_only

    rows = _open_rows(opened, frame, label)
    owner_only(write_csv(rows, target.resolve()))
    out.print(say("quarantine.written", count=len(rows), path=target), markup=False)


def _open_rows(opened: Session, frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """The rows whose cells may leave: none that may be a protected child's, which the table counts but does not show."""
    from assets.protected import protected_in
    from pipelines.cli.protecting import rows_naming

    veil = protected_in(opened, label)
    if not veil.records:
        return frame
    hidden = rows_naming(veil, opened.frames.read("child_files.records", label), frame["cells"].astype(str))
    if hidden.any():
        out.print(say("protect.rows", count=int(hidden.sum())), markup=False)
    return frame[~hidden]


def quarantined_departments(opened: Session, label: str) -> list[str]:
    """The departments that have a quarantine frame for the period."""
    folders = sorted(opened.workspace.frames.glob("quarantine_*"))
    names = [folder.name.removeprefix("quarantine_") for folder in folders]
    return [name for name in names if opened.frames.exists(f"quarantine_{name}", label)]


def _print(frame: pd.DataFrame, opened: Session) -> None:
    from assets.county import department_names

    frame = frame.assign(department=frame["department"].map(department_names(opened.workspace)))
    names = ("department", "file", "sheet", "row", "problem", "advice")
    table = Table(*(say(f"table.{name}") for name in names))
    columns = ["department", "file", "sheet", "row", "message", "advice"]
    for line in frame[columns].head(SHOWN_ROWS).astype(str).itertuples(index=False):
        table.add_row(*line)
    show(table)
    if len(frame) > SHOWN_ROWS:
        out.print(say("quarantine.more", count=len(frame) - SHOWN_ROWS), markup=False)
