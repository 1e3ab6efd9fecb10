"""`tongbi run`: one period through the graph, with a progress display, then what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import typer

from assets.county import department_names, official_areas, profile_of
from assets.intake.contract import department_names_of
from assets.replies.words import FOLDER as REPLIES
from matching.comparing.resources import ENGINES
from pipelines.cli.releasing import print_waiting
from pipelines.cli.shell import REFUSED, USAGE, WAITING, err, out, refuse
from pipelines.cli.summary import print_summary
from pipelines.cli.texts import say
from pipelines.cli.unlocking import unlock_inbox
from pipelines.partitions import Period
from pipelines.progress import Display, TimeEstimate, shown
from pipelines.resources.consents import PeriodConsent, SizeConsent, WholeConsent, nameless, objection
from pipelines.resources.inbox import Inbox
from pipelines.resources.session import Session
from pipelines.running import Consent, RunReport, last_stages, run_period

_AFTER = ("link", "child_files", "coverage", "findings", "finding_life", "gate", "publish")


@dataclass(frozen=True)
class RunRequest:
    """What the person asked for: the period, and what they confirmed."""

    period: str
    consent: Consent = field(default_factory=Consent)


def run_and_print(opened: Session, request: RunRequest) -> RunReport:
    """Run and print the summary.

    Raises:
        typer.Exit: with code 1 when something was refused or failed, with code 3 when the edition waits for its release.
    """
    period = fitting_period(opened, request.period)
    departments = department_names(opened.workspace)
    # Workspaces of earlier versions could be read by others on the machine.
    if closed := opened.tighten():
        err.print(say("run.tightened", count=closed), markup=False, style="yellow")
    _check_inbox(opened, period)
    # Asked now: the files are read by processes that have no terminal.
    unlock_inbox(opened, period.label, departments)
    report = _run_shown(opened, request, period, departments)
    print_summary(opened, report, departments)
    if report.waits:
        print_waiting(opened, report.period)
        raise typer.Exit(WAITING)
    if not report.success:
        raise typer.Exit(REFUSED)
    return report


def checked_engine(text: str) -> str:
    """The engine's name, refused when there is none of it."""
    if text and text not in ENGINES:
        refuse(say("run.unknown_engine", known="、".join(ENGINES)))
    return text


def known_departments(opened: Session, named: list[str]) -> tuple[str, ...]:
    """The departments a person named, by folder or in Chinese, as folders; refused when there is none of that name."""
    names = department_names(opened.workspace)
    words = department_names_of(opened.workspace.contracts)
    folders = {name: words.of_word(name) for name in named}
    for name, folder in folders.items():
        if folder not in names:
            known = "、".join(f"{zh}（{key}）" for key, zh in names.items())
            refuse(say("run.unknown_department", name=name, known=known), USAGE)
    return tuple(dict.fromkeys(folders.values()))


def checked_size(opened: Session, named: list[str], by: str) -> SizeConsent:
    """The consent to a jump in rows, refused when no second person gives it (rules/bad-inputs.md#input-21)."""
    consent = SizeConsent(known_departments(opened, named), by)
    problem = objection(opened.workspace, consent)
    if problem:
        refuse(say(problem), USAGE if problem in ("consent.nothing", "consent.missing") else REFUSED)
    return consent


def checked_period(opened: Session, named: list[str], by: str) -> PeriodConsent:
    """The confirmation that files are the period's, refused when no person gives it (rules/bad-inputs.md#input-17)."""
    consent = PeriodConsent(known_departments(opened, named), by)
    if nameless(consent):
        refuse(say("consent.nobody"), USAGE)
    return consent


def checked_whole(opened: Session, named: list[str], by: str) -> WholeConsent:
    """The confirmation that departments brought all there is, refused when no person gives it (rules/coverage.md#whole)."""
    consent = WholeConsent(known_departments(opened, named), by)
    if nameless(consent):
        refuse(say("consent.whole"), USAGE)
    return consent


def fitting_period(opened: Session, text: str) -> Period:
    """The period, refused when this place compares by the other kind."""
    period = Period.parse(text)
    kind = profile_of(opened.workspace).rhythm.period_kind.value or "quarter"
    official_areas(opened.workspace)  # what is wrong with it is said now, not in the middle of the run
    if (kind == "month") != period.monthly:
        example = "2026-09" if kind == "month" else "2026Q3"
        refuse(say("run.wrong_kind", kind=say(f"kind.{kind}"), example=example))
    return period


def _check_inbox(opened: Session, period: Period) -> None:
    folder = opened.workspace.inbox / period.label
    # Files that lie in no department's folder are looked at as well (`assets.receiving.sorting`).
    if not Inbox(opened.workspace.inbox).listed_in(folder, [REPLIES]):
        refuse(say("run.no_inbox", period=period.label, path=folder))


def _run_shown(opened: Session, request: RunRequest, period: Period, departments: dict[str, str]) -> RunReport:
    names = [f"{kind}_{name}" for name in departments for kind in ("raw", "standardise")]
    estimate = TimeEstimate.over(
        ["inbox_files", *names[::2], "county_places", *names[1::2], *_AFTER],
        last_stages(opened),
    )

    def left(seconds: float | None) -> str:
        return say("progress.unknown") if seconds is None else say("progress.left", seconds=round(seconds))

    def finished(name: str, seconds: float) -> str:
        return say("progress.stage", name=stage_name(name, departments), seconds=seconds)

    display = Display(err, lambda name: stage_name(name, departments), left, finished)
    out.print(say("run.title", period=period.zh, place=opened.workspace.root.name), markup=False)
    with shown(estimate, display) as observer:
        return run_period(opened, period.label, observer, request.consent)


def stage_name(station: str, departments: dict[str, str]) -> str:
    """A station as people call it."""
    for kind in ("raw", "standardise"):
        if station.startswith(f"{kind}_"):
            name = station.removeprefix(f"{kind}_")
            return say(f"stage.{kind}", what=departments.get(name, name))
    return say(f"stage.{station}")
