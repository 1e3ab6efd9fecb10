"""The list of commands. What each does is in its own module, imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import auditing, edition_commands, options, profiles
from pipelines.cli.shell import DebugOption, OutOption, PeriodOption, WorkspaceOption, opened, spoken
from pipelines.cli.texts import say

app = typer.Typer(
    name="tongbi",
    help=say("app.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog=f"--lang zh|en  {say('option.lang')}",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(profiles.app)
app.add_typer(auditing.app)
edition_commands.add_to(app)


@app.command(help=say("init.help"))
@spoken
def init(
    workspace: WorkspaceOption = None,
    county_name: Annotated[str, typer.Option("--county-name", help=say("init.county_name"))] = "",
    county_code: Annotated[str, typer.Option("--county-code", help=say("init.county_code"))] = "",
    profile: Annotated[str, typer.Option("--profile", help=say("init.profile"))] = "",
) -> None:
    """Make a workspace."""
    from pipelines.cli.setting_up import NewWorkspace, init_workspace

    init_workspace(workspace, NewWorkspace(county_name, county_code, profile))


@app.command(help=say("demo.help"))
@spoken
def demo(
    workspace: WorkspaceOption = None,
    children: Annotated[int, typer.Option("--children", min=100, help=say("demo.children"))] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help=say("demo.seed"))] = 1,
    only_generate: Annotated[bool, typer.Option("--only-generate", help=say("demo.only"))] = False,
    debug: DebugOption = False,
) -> None:
    """Generate a county and run it."""
    from pipelines.cli.showing import generate_demo, show_demo

    folder = generate_demo(workspace, children, seed)
    if not only_generate:
        show_demo(folder, debug)


@app.command(help=say("check.help"))
@spoken
def check(
    path: Annotated[Path, typer.Argument(help=say("check.path"))],
    department: options.DepartmentOption = "",
    period: options.MaybePeriodOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Try a delivery without taking it."""
    from pipelines.cli.trying import check_file

    check_file(path, department, period, workspace)


@app.command(help=say("run.help"))
@spoken
def run(  # noqa: PLR0913 - every argument is an option people type
    period: PeriodOption,
    workspace: WorkspaceOption = None,
    withdraw: options.WithdrawOption = None,
    accept_size: options.SizeOption = None,
    accept_period: options.DatedOption = None,
    complete: options.WholeOption = None,
    consent: options.ConsentOption = "",
    engine: options.EngineOption = "",
    debug: DebugOption = False,
) -> None:
    """Run one period."""
    session = opened(workspace, debug)
    from pipelines.cli import running
    from pipelines.running import Consent

    # Who is named for --accept-period alone has consented to no jump in rows: that takes a second person, the period does not.
    dated = running.checked_period(session, accept_period or [], consent)
    whole = running.checked_whole(session, complete or [], consent)
    others = accept_period or complete
    size = running.checked_size(session, accept_size or [], consent if accept_size or not others else "")
    gone, engine = running.known_departments(session, withdraw or []), running.checked_engine(engine)
    running.run_and_print(session, running.RunRequest(period, Consent(gone, size, engine, dated, whole)))


@app.command(help=say("quarantine.help"))
@spoken
def quarantine(
    period: PeriodOption,
    department: options.DepartmentOption = "",
    out: options.MaybeOutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Which rows were not accepted."""
    from pipelines.cli.looking import show_quarantine

    show_quarantine(opened(workspace), period, department, out)


@app.command(help=say("explain.help"))
@spoken
def explain(  # noqa: PLR0913 - every argument is an option people type
    ids: Annotated[list[str], typer.Argument(help=say("explain.what"), metavar="ID [ID]")],
    period: PeriodOption,
    as_json: Annotated[bool, typer.Option("--json", help=say("explain.json"))] = False,
    svg: Annotated[Path | None, typer.Option("--svg", help=say("explain.svg"), show_default=False)] = None,
    values: Annotated[str, typer.Option("--values", help=say("explain.values"), metavar="none|masked|full")] = "none",
    named: options.NamedOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Why two rows are one child; why a child is on a list."""
    from pipelines.cli.explaining import ExplainRequest, explain_ids

    explain_ids(opened(workspace), ExplainRequest(period, ids, as_json, svg, values, named))


@app.command(help=say("replies.help"))
@spoken
def replies(
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("replies.dry"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Read returned workbooks."""
    from pipelines.cli.returning import show_replies

    show_replies(opened(workspace), dry_run)


@app.command(help=say("timeline.help"))
@spoken
def timeline(
    child: Annotated[str, typer.Argument(help=say("timeline.what"), metavar="ID")],
    named: options.NamedOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """What happened to a child's findings."""
    from pipelines.cli.living import show_timeline

    show_timeline(opened(workspace), child, named)


@app.command(help=say("compare.help"))
@spoken
def compare(
    first: Annotated[str, typer.Argument(help=say("option.period"), metavar="P1")],
    second: Annotated[str, typer.Argument(help=say("option.period"), metavar="P2")],
    workspace: WorkspaceOption = None,
) -> None:
    """What became of the lists between two periods."""
    from pipelines.cli.living import show_comparison

    show_comparison(opened(workspace), first, second)


@app.command(help=say("linkage.help"))
@spoken
def linkage(  # noqa: PLR0913 - every argument is an option people type
    period: PeriodOption,
    as_json: Annotated[bool, typer.Option("--json", help=say("explain.json"))] = False,
    sample: Annotated[Path | None, typer.Option("--sample", help=say("linkage.sample"), show_default=False)] = None,
    size: Annotated[int, typer.Option("--size", min=1, help=say("linkage.size_of"))] = 200,
    seed: Annotated[int, typer.Option("--seed", min=0, help=say("linkage.seed"))] = 1,
    answers: Annotated[Path | None, typer.Option("--answers", help=say("linkage.answers"), show_default=False)] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """How good the linkage is, and for whom."""
    session = opened(workspace)
    from pipelines.cli.measuring import LinkageRequest, show_linkage

    show_linkage(session, LinkageRequest(period, as_json, size, seed, sample, answers))


@app.command(help=say("decide.help"))
@spoken
def decide(  # noqa: PLR0913 - every argument is an option people type
    period: PeriodOption,
    ids: Annotated[list[str] | None, typer.Argument(help=say("decide.what"), metavar="[ID ID]")] = None,
    verdict: Annotated[
        str, typer.Option("--verdict", help=say("decide.verdict"), metavar="same|different|unsure")
    ] = "",
    note: Annotated[str, typer.Option("--note", help=say("decide.note"), show_default=False)] = "",
    author: Annotated[str, typer.Option("--author", help=say("decide.author"), show_default=False)] = "",
    table: Annotated[Path | None, typer.Option("--table", help=say("decide.table"), show_default=False)] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """People decide which rows are one child."""
    session = opened(workspace)
    from pipelines.cli.deciding import DecisionRequest
    from pipelines.cli.deciding import decide as enter

    enter(session, DecisionRequest(period, ids or [], verdict, note, author, table))


@app.command(help=say("protect.help"))
@spoken
def protect(  # noqa: PLR0913 - every argument is an option people type
    child: Annotated[str, typer.Argument(help=say("protect.child"), metavar="[CHILD]", show_default=False)] = "",
    named: Annotated[str, typer.Option("--for", help=say("protect.whom"), show_default=False)] = "",
    author: Annotated[str, typer.Option("--by", help=say("protect.author"), show_default=False)] = "",
    reason: Annotated[str, typer.Option("--reason", help=say("protect.reason"), show_default=False)] = "",
    lift: Annotated[bool, typer.Option("--lift", help=say("protect.lift"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Hide a child from everybody but one person, or lift that."""
    session = opened(workspace)
    from pipelines.cli.protecting import MarkRequest, list_marks, mark_child

    if child:
        mark_child(session, MarkRequest(child, named, author, reason, lift))
    else:
        list_marks(session)


@app.command(help=say("errata.help"))
@spoken
def errata(period: PeriodOption, workspace: WorkspaceOption = None) -> None:
    """Ask departments to correct their own files."""
    from pipelines.cli.correcting import write_corrections

    write_corrections(opened(workspace), period)


@app.command(help=say("query.help"))
@spoken
def query(
    period: PeriodOption,
    to: Annotated[str, typer.Option("--to", help=say("query.to"))],
    answer: Annotated[Path | None, typer.Option("--answer", help=say("query.answer"), show_default=False)] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Ask a department that hands over no file."""
    from pipelines.cli.querying import ask_or_take

    ask_or_take(opened(workspace), period, to, answer)


@app.command(help=say("links.help"))
@spoken
def links(period: PeriodOption, out: OutOption, workspace: WorkspaceOption = None) -> None:
    """Export the links."""
    from pipelines.cli.exporting import export

    export(opened(workspace), period, "links.csv", out)


@app.command(help=say("findings.help"))
@spoken
def findings(period: PeriodOption, out: OutOption, workspace: WorkspaceOption = None) -> None:
    """Export the findings."""
    from pipelines.cli.exporting import export

    export(opened(workspace), period, "findings.csv", out)


@app.command(help=say("report.help"))
@spoken
def report(
    period: PeriodOption,
    kind: Annotated[str, typer.Option("--kind", help=say("report.kind"), show_default=False)] = "",
    version: Annotated[str, typer.Option("--version", help=say("report.version"))] = "both",
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help=say("report.pdf"))] = True,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a report upward."""
    from pipelines.cli.reports import ReportRequest, write_reports

    write_reports(opened(workspace), ReportRequest(period, kind, version, pdf))


@app.command(help=say("report.templates"))
@spoken
def templates(workspace: WorkspaceOption = None) -> None:
    """Put the reports' templates into the workspace."""
    from pipelines.cli.reports import write_own_templates

    write_own_templates(opened(workspace))


@app.command(help=say("due.help"))
@spoken
def due(  # noqa: PLR0913 - every argument is an option people type
    since: options.FromOption = "",
    until: options.ToOption = "",
    received: options.ReceivedOption = None,
    not_received: options.NotReceivedOption = None,
    duty: options.DutyOption = "",
    period: options.AboutOption = "",
    day: options.DayOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Say what is due when, and note what came in."""
    session = opened(workspace)
    from pipelines.cli.dues import ReportNote, note_receipt, show_due

    if received:
        note_receipt(session, ReportNote(tuple(received), duty, period, day))
    if not_received:
        note_receipt(session, ReportNote(tuple(not_received), duty, period, taken_back=True))
    if not received and not not_received:
        show_due(session, since, until)


@app.command(help=say("file.help"))
@spoken
def file(
    child: Annotated[str, typer.Argument(help=say("file.child"), metavar="CHILD")],
    period: options.MaybePeriodOption = "",
    approved_by: Annotated[str, typer.Option("--approved-by", help=say("file.approved"), show_default=False)] = "",
    named: options.NamedOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Write one child's file."""
    session = opened(workspace)
    from pipelines.cli.documents import write_file

    write_file(session, child, period, approved_by, named)


@app.command(help=say("sample.help"))
@spoken
def sample(
    period: options.MaybePeriodOption = "",
    size: Annotated[int, typer.Option("--size", min=1, help=say("sample.size"))] = 30,
    seed: Annotated[str, typer.Option("--seed", help=say("sample.seed"), show_default=False)] = "",
    files: Annotated[bool, typer.Option("--files", help=say("sample.with_files"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Draw a sample of child files."""
    session = opened(workspace)
    from pipelines.cli.documents import Sampling, write_sample

    write_sample(session, Sampling(period, size, seed, files))


@app.command(help=say("feed.help"))
@spoken
def feed(
    name: Annotated[str, typer.Argument(help=say("feed.name"), metavar="[FEED]", show_default=False)] = "",
    period: options.MaybePeriodOption = "",
    approved_by: Annotated[str, typer.Option("--approved-by", help=say("feed.approved"), show_default=False)] = "",
    full: Annotated[bool, typer.Option("--full", help=say("feed.full"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Deliver a feed."""
    session = opened(workspace)
    from pipelines.cli.feeds import FeedRequest, make_feed

    make_feed(session, FeedRequest(name, period, approved_by, full))


@app.command(help=say("sharing.help"))
@spoken
def sharing(
    feed: Annotated[str, typer.Argument(help=say("feed.name"), metavar="[FEED]", show_default=False)] = "",
    again: Annotated[int | None, typer.Option("--again", min=1, help=say("sharing.again"), show_default=False)] = None,
    receipt: Annotated[Path | None, typer.Option("--receipt", help=say("sharing.receipt"), show_default=False)] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show the sharing ledger, make a delivery again, read a receipt."""
    session = opened(workspace)
    from pipelines.cli.feeds import make_again, show_sharing, take_receipt

    if again:
        make_again(session, feed, again)
    elif receipt:
        take_receipt(session, receipt)
    else:
        show_sharing(session)


@app.command(help=say("dev.help"))
@spoken
def dev(
    workspace: WorkspaceOption = None, port: Annotated[int, typer.Option("--port", help=say("dev.port"))] = 3000
) -> None:
    """Open the Dagster UI on this machine only."""
    from pipelines.cli.setting_up import open_ui

    open_ui(workspace, port)
