"""`tongbi errata` (校核纠错): per department a letter and a list of the errors in its own file, and whether the earlier ones are fixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

import pandas as pd
from rich.table import Table

from assets.county import department_names, profile_of, sources_delivered
from assets.errata.holding import hold
from assets.errata.lines import EarlierErrors, errata_rules, errors_of, outcome
from assets.errata.writing import DepartmentErrors, Frames, write_errata
from assets.protected import protected_in
from assets.publishing.editions import bare_context, with_asked
from assets.publishing.locking import lock_folder
from assets.receiving.delivered import departments_among
from expectations.life.states import ANSWERED
from pipelines.cli.running import fitting_period
from pipelines.cli.shell import out, show
from pipelines.cli.texts import say
from pipelines.resources import finding_events
from pipelines.resources.passwords import read_passwords
from pipelines.resources.session import Session
from pipelines.resources.tables import life_event

FOLDER = "校核纠错"


def write_corrections(opened: Session, period: str) -> None:
    """Write letters and lists of a period into `outbox/<period>-校核纠错/`, and print what became of the earlier ones."""
    label = fitting_period(opened, period).label
    sheets = errata_of(opened, label)
    # Written down before anything can be seen.
    opened.look("errata", label, count=sum(len(sheet.errors) for sheet in sheets.values()))
    frames = Frames(*(opened.frames.read(f"child_files.{part}", label) for part in ("children", "records")))
    folder, context = opened.workspace.outbox / f"{label}-{FOLDER}", bare_context(opened.workspace, label)
    for sheet in sheets.values():
        write_errata(sheet, frames, context, folder)
    lock_folder(folder, read_passwords(opened.workspace.root))
    # From now on these lines stand in the correction lists, and workbooks leave them out: one line is asked in one paper.
    count = hold(opened.frames, label, sheets, _answered(opened, label))
    show(_table(sheets, department_names(opened.workspace), label))
    out.print(say("errata.written", path=folder), markup=False)
    if count:
        out.print(say("errata.held", count=count, period=label), markup=False)


def errata_of(opened: Session, label: str) -> dict[str, DepartmentErrors]:
    """Department -> its errors now, and what became of those of the period before."""
    findings, done = _asked_now(opened, label), _answered(opened, label)
    findings = findings[~findings["finding_id"].isin(done)]
    life = opened.frames.read("finding_life", label, ["finding_id", "listed", "shown", "evidence"])
    # Of a department that delivered nothing since, nobody can say whether it corrected anything.
    delivered = departments_among(sources_delivered(opened, label))
    earlier = max(opened.frames.periods_before("finding_life", label), default="")
    profile = profile_of(opened.workspace)
    sheets = {}
    for name in department_names(opened.workspace):
        sent = profile.lists_for(name)
        before = _asked_before(opened, earlier, name, sent)
        sheets[name] = DepartmentErrors(name, errors_of(findings, name, sent), outcome(before, life, delivered))
    return sheets


def _asked_now(opened: Session, label: str) -> pd.DataFrame:
    """The findings that are asked about, and of whom: not those that were answered for good."""
    findings = protected_in(opened, label).without(opened.frames.read("findings", label))
    life = opened.frames.read("finding_life", label)
    hidden = set(life.loc[life["shown"] == "no", "finding_id"])
    return with_asked(findings[~findings["finding_id"].isin(hidden)], life)


def _answered(opened: Session, label: str) -> set[str]:
    """The findings for which an answer of this period is entered, from whichever of the two it came."""
    with opened.engine.connect() as connection:
        answers = finding_events.events(connection, (life_event.c.period == label) & (life_event.c.kind == ANSWERED))
    return {row["finding_id"] for row in answers}


def _asked_before(opened: Session, earlier: str, department: str, sent: Collection[str]) -> EarlierErrors:
    """What a department was asked in the period before, derived anew from its frames: nothing is stored for it."""
    if not earlier:
        return EarlierErrors(pd.DataFrame(columns=["finding_id", "code", "department", "file", "sheet", "row"]), {})
    life = opened.frames.read("finding_life", earlier, ["finding_id", "evidence"])
    evidence = dict(zip(life["finding_id"], life["evidence"], strict=True))
    return EarlierErrors(errors_of(_asked_now(opened, earlier), department, sent), evidence)


def _table(sheets: Mapping[str, DepartmentErrors], names: Mapping[str, str], label: str) -> Table:
    words = errata_rules().results
    table = Table(
        say("table.department"),
        say("errata.now"),
        *words.values(),
        title=say("errata.title", period=label),
        title_justify="left",
    )
    for name, sheet in sheets.items():
        counts = Counter(sheet.before["result"])
        table.add_row(names.get(name, name), str(len(sheet.errors)), *(str(counts[result]) for result in words))
    return table
