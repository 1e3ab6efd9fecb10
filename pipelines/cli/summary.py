"""What a run prints at its end: rows per department, children, links by grade, lists, what was said about deliveries,
where the workbooks are.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import sqlalchemy as sa
from rich.table import Table

from assets.county import list_names, lists_not_computed
from assets.filenames import FileNames, Listing, file_names, listing
from pipelines.cli.looking import difference_text
from pipelines.cli.protecting import say_marked
from pipelines.cli.shell import err, out, show
from pipelines.cli.texts import language, say
from pipelines.jobs import RunReport
from pipelines.resources import audit, deliveries
from pipelines.resources.naming import number_in
from pipelines.resources.opened import Opened
from pipelines.resources.trouble import state

NUMBERS = ("rows_in", "accepted", "quarantined", "set_aside")
MOST_NOTICES = 40


def print_summary(opened: Opened, report: RunReport, departments: Mapping[str, str]) -> None:
    """Print it; after a refusal only what was said and what was read, and without the database what failed."""
    if report.state == "unknown":
        _print_failures(report, [])
        return
    with opened.engine.connect() as connection:
        live = deliveries.of_period(connection, report.period, ("received", "current", "refused"))
        said = deliveries.said(connection, report.period)
        everything = deliveries.of_period(connection, report.period, deliveries.STATES)
    lines = _of_this_run(live, said, report.success, file_names(opened.workspace))
    show(_accounting(lines, departments))
    _print_differences(lines, everything, listing(opened.workspace, report.period))
    _print_said(said, departments)
    if report.success:
        _print_results(opened, report)
    else:
        _print_failures(report, said)


def _of_this_run(
    live: list[sa.RowMapping], said: list[sa.RowMapping], success: bool, names: FileNames
) -> list[sa.RowMapping]:
    """The deliveries that this run took: after a refusal the new ones in place of those that they correct."""
    if success:
        return [line for line in live if line["status"] == "current"]
    told = {(line["department"], number_in(line["file"])) for line in said if line["severity"] == "stop"}
    corrected = {line["supersedes"] for line in live if line["status"] != "current"}
    seen = [line for line in live if line["id"] not in corrected]
    return [line for line in seen if line["status"] != "refused" or _told(line, names, told)]


def _told(line: sa.RowMapping, names: FileNames, told: set[tuple[str, str]]) -> bool:
    return bool({(line["department"], names.number(line)), (line["department"], "")} & told)


def _accounting(lines: list[sa.RowMapping], departments: Mapping[str, str]) -> Table:
    heads = ("department", "files", *NUMBERS, "balance")
    table = Table(*(say(f"table.{name}") for name in heads), title=say("table.accounting"), title_justify="left")
    for name, zh in departments.items():
        ours = [line for line in lines if line["department"] == name]
        sums = [sum(line[column] for line in ours) for column in NUMBERS]
        balance = "✓" if all(line["rows_in"] == sum(line[c] for c in NUMBERS[1:]) for line in ours) else "✗"
        table.add_row(zh, str(len(ours)), *map(str, sums), balance if ours else "")
    return table


def _print_differences(lines: list[sa.RowMapping], everything: list[sa.RowMapping], names: Listing) -> None:
    files = names.names.in_register(everything)
    for line in lines:
        if line["difference"]:
            other = files.get(line["supersedes"], "")
            text = f"「{names.label(line)}」{say('table.difference')}「{other}」：{difference_text(line['difference'])}"
            out.print(text, markup=False)


def _print_said(said: list[sa.RowMapping], departments: Mapping[str, str]) -> None:
    for line in said[:MOST_NOTICES]:
        where = "·".join(
            part for part in (departments.get(line["department"], ""), line["file"], line["sheet"]) if part
        )
        style = "red" if line["severity"] == "stop" else "yellow"
        err.print(f"[{where}] {line['message']}{line['advice']}", markup=False, style=style)
    if len(said) > MOST_NOTICES:
        err.print(f"…… +{len(said) - MOST_NOTICES}", markup=False)


def _print_failures(report: RunReport, said: list[sa.RowMapping]) -> None:
    told = {line["message"] for line in said}
    for sentence in report.failures.values():
        if not any(message and message in sentence for message in told):
            err.print(sentence, markup=False, style="red")
    err.print(state(report.state or "unchanged", language()), markup=False, style="red")


def _print_results(opened: Opened, report: RunReport) -> None:
    links = opened.frames.read("link_children", report.period, ["child_id", "department"])
    pairs = opened.frames.read("link_pairs", report.period, ["grade"])
    findings = opened.frames.read("findings", report.period, ["code", "grade", "child_id", "groups", "urgent"])
    grades = pairs["grade"].value_counts()
    counts = {grade: int(grades.get(grade, 0)) for grade in ("same", "review", "different")}
    out.print(say("links.children", count=links["child_id"].nunique()), markup=False)
    out.print(say("links.grades", **counts), markup=False)
    missing = lists_not_computed(opened, report.period)
    urgent = int((findings["urgent"] == "1").sum())
    if urgent:
        out.print(say("run.urgent", count=urgent), markup=False, style="bold red")
    show(lists_table(opened, findings, missing))
    show(comparisons_table(opened, report.period, findings))
    for sentence in missing.values():
        out.print(sentence, markup=False, style="yellow")
    say_marked(opened, report.period)
    out.print(say("run.outbox", path=opened.outbox.shown(report.period)), markup=False)
    with opened.engine.connect() as connection:
        out.print(say("run.head", head=audit.head(connection).printed), markup=False)
    out.print(say("run.done", seconds=report.seconds), markup=False)


def comparisons_table(opened: Opened, period: str, findings: pd.DataFrame) -> Table:
    """四查三比对 by name, with the children concerned; what could not be compared has no number."""
    from assets.county import profile_of, sources_delivered
    from expectations.lists.comparisons import comparisons

    came = sources_delivered(opened, period)
    table = Table(*(say(f"table.{name}") for name in ("comparison", "asks", "children", "certain")))
    for row in comparisons(findings, profile_of(opened.workspace), came).itertuples(index=False):
        counts = ("—", "—") if row.sentence else (str(row.children), str(row.certain))
        table.add_row(str(row.name), str(row.asks), *counts)
    return table


def lists_table(opened: Opened, findings: pd.DataFrame, missing: Mapping[str, str]) -> Table:
    """Every list of the place with its count and how sure the lines are."""
    heads = ("code", "list", "count", "certain", "likely", "open")
    table = Table(*(say(f"table.{name}") for name in heads), title=say("table.lists"), title_justify="left")
    for code, name in list_names(opened.workspace).items():
        ours = findings[findings["code"] == code]
        by_grade = [str(int((ours["grade"] == grade).sum())) for grade in ("明确", "很可能", "待核")]
        counts = [say("table.not_computed"), "", "", ""] if code in missing else [str(len(ours)), *by_grade]
        table.add_row(code, name, *counts)
    return table
