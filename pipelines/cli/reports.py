"""`tongbi report`: reports upward as Word and PDF.

What a report says is `assets.reports`; where it may lie is the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli.shell import err, out, refuse
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources import audit
from pipelines.resources.database import writing
from pipelines.resources.session import Session

if TYPE_CHECKING:
    from assets.reports.assemble import Version

FOLDER = "报告"


@dataclass(frozen=True)
class ReportRequest:
    """What the person asked for: period, kind of report, which version, with a PDF or not."""

    period: str
    kind: str = ""
    version: str = "both"
    pdf: bool = True


def write_reports(opened: Session, request: ReportRequest) -> list[Path]:
    """Write the reports of a period into the outbox and say where they are.

    Raises:
        typer.Exit: an unknown kind or version.
    """
    from assets.reports.assemble import figures_of
    from assets.reports.formbook import write_form
    from assets.reports.material import gather, remember
    from assets.reports.template import template_of
    from assets.reports.words import words
    from assets.reports.writing import Job, published_totals, write_report

    period = Period.parse(request.period)
    kind = request.kind or ("month" if period.monthly else "quarter")
    if kind not in words().kinds:
        refuse(say("report.unknown_kind", kinds="、".join(words().kinds)))
    versions = _versions(request.version, kind)
    material = gather(opened, period)
    folder = opened.workspace.outbox / FOLDER / period.label
    written = []
    for version in versions:
        figures = figures_of(material, version)
        job = Job(kind, version, folder, template_of(kind, opened.workspace.root), date.today())
        written.append(write_report(material, job, figures))
        if version.value == "public":
            # A later report shows of this period only what this one showed: else it could undo what was covered here.
            remember(opened, period, published_totals(figures))
        elif kind in ("quarter", "year"):
            written.append(write_form(material, figures, folder))
    with writing(opened.engine) as connection:
        detail = {"kind": kind, "files": len(written)}
        audit.append(connection, audit.Act(opened.workspace.operator, "report", period.label, detail))
    _say(written, request.pdf)
    return written


def _versions(version: str, kind: str) -> tuple[Version, ...]:
    from assets.reports.assemble import Version
    from assets.reports.writing import INTERNAL_ONLY

    versions = {
        "internal": (Version.INTERNAL,),
        "public": (Version.PUBLIC,),
        "both": (Version.INTERNAL, Version.PUBLIC),
    }
    if version not in versions:
        refuse(say("report.unknown_version", versions="、".join(versions)))
    if kind in INTERNAL_ONLY and version == "public":
        refuse(say("report.internal_only"))
    return (Version.INTERNAL,) if kind in INTERNAL_ONLY else versions[version]


def _say(written: list[Path], wants_pdf: bool) -> None:
    from assets.paper.fonts import missing_fonts, present_fonts
    from assets.paper.pdf import to_pdf

    documents = [path for path in written if path.suffix == ".docx"]
    copies = to_pdf(documents) if wants_pdf else []
    for path in [*written, *copies]:
        out.print(say("report.written", path=path), markup=False)
    if wants_pdf and len(copies) < len(documents):
        err.print(say("report.no_pdf"), markup=False, style="yellow")
    elif wants_pdf and (missing := missing_fonts(present_fonts())):
        err.print(say("report.fonts", fonts="、".join(missing)), markup=False, style="yellow")


def write_own_templates(opened: Session) -> None:
    """Put copies of the templates into the workspace, where the office edits them; its own stay as they are."""
    from assets.reports.template import OWN, write_templates

    for path in write_templates(opened.workspace.root / OWN):
        out.print(say("report.template", path=path), markup=False)
