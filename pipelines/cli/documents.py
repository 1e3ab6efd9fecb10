"""`tongbi file` and `tongbi sample`: one child's file on paper, and the sample of files for the yearly check.

Both hold personal data: they are written into the outbox only, under names without any, and leave a line in the audit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assets.childfile.document.content import paper_of
from assets.childfile.document.finding_child import sources_of
from assets.childfile.document.sample import Draw, draw, population
from assets.childfile.document.samplebook import write_sheet
from assets.childfile.document.writing import Imprint, write_child
from assets.county import county_name, office_name, profile_of
from assets.paper.pdf import to_pdf
from assets.protected import FOLDER, book_of, protected_in
from assets.publishing.locking import lock_file
from assets.workbooks.context import PublishContext
from assets.workbooks.personbook import folder_of
from pipelines.cli.protecting import admitted, latest_period, say_left_out
from pipelines.cli.shell import err, out, refuse
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources import audit
from pipelines.resources.database import writing
from pipelines.resources.passwords import read_passwords
from pipelines.resources.session import Session

FILES, SAMPLE_FOLDER = "一人一档", "抽查"


@dataclass(frozen=True)
class Release:
    """Who approved that numbers stand whole, and the person for whom a protected child's file is written."""

    approved_by: str = ""
    named: str = ""


@dataclass(frozen=True)
class Sampling:
    """What the person asked for: how many children, by which seed, and whether their files are written too."""

    period: str
    size: int
    seed: str = ""
    files: bool = False


def write_file(opened: Session, number: str, period: str, approved_by: str, named: str = "") -> Path:
    """Write one child's file, masked unless somebody approved, and say where it is; a protected child's for the named person only."""
    path = _write_one(opened, number, _period(opened, period), Release(approved_by, named))
    protected = FOLDER in path.relative_to(opened.workspace.outbox).parts[0]
    # A protected child's file is locked by its person's password, which a PDF beside it would not be.
    copies = [] if protected else to_pdf([path])
    for written in [path, *copies]:
        out.print(say("report.written", path=written), markup=False)
    if not copies and not protected:
        err.print(say("report.no_pdf"), markup=False, style="yellow")
    if not approved_by:
        out.print(say("file.masked"), markup=False)
    return path


def _write_one(opened: Session, number: str, period: Period, release: Release) -> Path:
    sources, approved_by = sources_of(opened, period.label, number), release.approved_by
    person = admitted(opened, protected_in(opened, period.label), [str(sources.child["child_id"])], release.named)
    paper = paper_of(replace(sources, open=bool(approved_by)))
    # Written down before anything can be seen.
    opened.look("file --approved-by" if approved_by else "file", period.label, [paper.child_id])
    detail: dict[str, object] = {"period": period.label, "full": bool(approved_by), "approved_by": approved_by}
    _note(opened, audit.Act(opened.workspace.operator, "child_file", paper.child_id, detail))
    ending = "" if approved_by else "_遮蔽"
    issue = Imprint(period.zh, period.last_day, date.today(), _office(opened, period), approved_by)
    name, outbox = f"{paper.child_id}{ending}.docx", opened.workspace.outbox
    if person is None:
        return write_child(paper, issue, outbox / FILES / period.label / name)
    path = write_child(paper, issue, folder_of(person, outbox) / period.label / name)
    password = read_passwords(opened.workspace.root).of(book_of(person))
    if password:
        lock_file(path, password)
    return path


def write_sample(opened: Session, sampling: Sampling) -> Path:
    """Draw the sample, write the sheet (and the files), say where it is and how to draw it again."""
    period = _period(opened, sampling.period)
    veil = protected_in(opened, period.label)
    # A protected child's file is for one person alone, a sample for whoever checks.
    children = veil.without(opened.frames.read("child_files.children", period.label))
    everyone = population(children)
    if everyone.empty or sampling.size < 1:
        refuse(say("sample.nobody", period=period.zh))
    # Without a seed the period's own name: whoever checks draws the same children again.
    order = Draw(sampling.size, sampling.seed or period.label)
    drawn = draw(everyone, order).merge(children[["child_id", "name"]], on="child_id", how="left")
    path = opened.workspace.outbox / SAMPLE_FOLDER / period.label / f"儿童档案抽查_{period.label}.xlsx"
    opened.look("sample", period.label, drawn["child_id"].astype(str).tolist())
    place, masked = (
        county_name(opened.workspace, period.label),
        profile_of(opened.workspace).masking.covers_names_in_summary,
    )
    context = PublishContext(period.label, period.last_day, place, (), _office(opened, period), names_masked=masked)
    write_sheet(drawn, order, context, path)
    _note(
        opened, audit.Act(opened.workspace.operator, "sample", period.label, {"size": len(drawn), "seed": order.seed})
    )
    out.print(say("report.written", path=path), markup=False)
    out.print(say("sample.drawn", count=len(drawn), of=len(everyone), seed=order.seed), markup=False)
    say_left_out(veil)
    if sampling.files:
        written = [_write_one(opened, child, period, Release()) for child in drawn["child_id"]]
        out.print(say("sample.files", count=len(written), path=written[0].parent), markup=False)
    return path


def _period(opened: Session, text: str) -> Period:
    """The period asked for, else the last that was run."""
    label = text or latest_period(opened)
    if not label:
        refuse(say("file.no_period"))
    return Period.parse(label)


def _office(opened: Session, period: Period) -> str:
    return office_name(county_name(opened.workspace, period.label))


def _note(opened: Session, act: audit.Act) -> None:
    with writing(opened.engine) as connection:
        audit.append(connection, act)
