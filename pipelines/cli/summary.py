"""What a run prints at its end: rows per department, children, links by grade, lists, what was said about deliveries,
where the workbooks are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import pandas as pd
import sqlalchemy as sa
from rich.table import Table

from assets.county import list_names, lists_not_computed
from assets.coverage.spoken import list_knowledge, release_of
from assets.publishing.edition_lines import EditionLines, Tally, edition_lines
from assets.receiving.filenames import FileNames, file_names, listing
from assets.receiving.inbox_account import inbox_sum, kept_entries
from expectations.lists.catalogue import load_catalogue
from expectations.lists.knowledge import CANNOT, ListKnowledge
from pipelines.cli.looking import difference_text
from pipelines.cli.protecting import say_marked
from pipelines.cli.shell import err, local_time, out, show
from pipelines.cli.texts import language, say
from pipelines.resources import audit, deliveries
from pipelines.resources.naming import number_in
from pipelines.resources.session import Session
from pipelines.resources.trouble import state
from pipelines.running import RunReport

SIZES = ("listed", "asked", "quiet")
NUMBERS = ("rows_in", "accepted", "quarantined", "set_aside")
MOST_NOTICES = 40
STAR = "*"


def print_summary(opened: Session, report: RunReport, departments: Mapping[str, str]) -> None:
    """Print it; after a refusal only what was said and what was read, and without the database what failed."""
    if report.state == "unknown":
        _print_failures(report, [])
        return
    with opened.engine.connect() as connection:
        live = deliveries.of_period(connection, report.period, ("received", "current", "refused"))
        notices = deliveries.notices_of_period(connection, report.period)
        register = deliveries.of_period(connection, report.period, deliveries.STATES)
    lines = _of_this_run(live, notices, report.success, file_names(opened.workspace))
    show(_accounting(lines, departments))
    _print_inbox(opened, report.period, register)

    files = listing(opened.workspace, report.period)
    labels = files.names.in_register(register)
    for line in lines:
        if line["difference"]:
            corrected = labels.get(line["supersedes"], "")
            counts = difference_text(line["difference"])
            text = f"「{files.label(line)}」{say('table.difference')}「{corrected}」：{counts}"
            out.print(text, markup=False)

    _print_notices(notices, departments)
    if report.success:
        _print_results(opened, report)
    elif not report.waits:
        _print_failures(report, notices)


def _of_this_run(
    live: list[sa.RowMapping], notices: list[sa.RowMapping], success: bool, names: FileNames
) -> list[sa.RowMapping]:
    """The deliveries that this run took: after a refusal the new ones in place of those that they correct."""
    if success:
        return [line for line in live if line["status"] == "current"]
    # A notice names the file by its number, or the whole department; files refused in earlier runs are named by none of this run's.
    stopped = {(line["department"], number_in(line["file"])) for line in notices if line["severity"] == "stop"}
    corrected = {line["supersedes"] for line in live if line["status"] != "current"}
    return [
        line
        for line in live
        if line["id"] not in corrected
        and (
            line["status"] != "refused"
            or (line["department"], names.number(line)) in stopped
            or (line["department"], "") in stopped
        )
    ]


def _accounting(lines: list[sa.RowMapping], departments: Mapping[str, str]) -> Table:
    heads = ("department", "files", *NUMBERS, "balance")
    table = Table(*(say(f"table.{name}") for name in heads), title=say("table.accounting"), title_justify="left")
    for name, zh in departments.items():
        files = [line for line in lines if line["department"] == name]
        sums = [sum(line[column] for line in files) for column in NUMBERS]
        # No row is lost: each was accepted, quarantined or set aside, file by file, so that two files cannot make up for each other.
        balance = "✓" if all(line["rows_in"] == sum(line[c] for c in NUMBERS[1:]) for line in files) else "✗"
        table.add_row(zh, str(len(files)), *map(str, sums), balance if files else "")
    return table


def _print_inbox(opened: Session, period: str, register: list[sa.RowMapping]) -> None:
    """What became of every file in the inbox; which one each sentence below is about, it says itself."""
    entries = kept_entries(opened.frames, period)
    if entries:
        counts = asdict(inbox_sum(entries, register))
        silent = counts.pop("silent")
        more = say("run.inbox_silent", count=silent) if silent else ""
        out.print(say("run.inbox", **counts, silent=more), markup=False)


def _print_notices(notices: list[sa.RowMapping], departments: Mapping[str, str]) -> None:
    # What somebody must answer stands before what is merely said.
    for line in sorted(notices, key=lambda line: bool(line["severity"] != "ask"))[:MOST_NOTICES]:
        whose = departments.get(line["department"], "") if line["department"] else say("run.whole_inbox")
        where = "·".join(part for part in (whose, line["file"], line["sheet"]) if part)
        style = "red" if line["severity"] == "stop" else "yellow"
        err.print(f"[{where}] {line['message']}{line['advice']}", markup=False, style=style)
    if len(notices) > MOST_NOTICES:
        err.print(f"…… +{len(notices) - MOST_NOTICES}", markup=False)


def _print_failures(report: RunReport, notices: list[sa.RowMapping]) -> None:
    # A station that stops says its sentence to the run and as a notice: it is printed once.
    messages = {line["message"] for line in notices}
    for sentence in report.failures.values():
        if not any(message and message in sentence for message in messages):
            err.print(sentence, markup=False, style="red")
    err.print(state(report.state or "unchanged", language()), markup=False, style="red")


def _print_results(opened: Session, report: RunReport) -> None:
    links = opened.frames.read("link_children", report.period, ["child_id", "department"])
    pairs = opened.frames.read("link_pairs", report.period, ["grade"])
    findings = opened.frames.read("findings", report.period, ["code", "grade", "child_id", "groups"])
    grades = pairs["grade"].value_counts()
    counts = {grade: int(grades.get(grade, 0)) for grade in ("same", "review", "different")}
    out.print(say("links.children", count=links["child_id"].nunique()), markup=False)
    out.print(say("links.grades", **counts), markup=False)
    missing = lists_not_computed(opened, report.period)
    known = list_knowledge(opened, report.period)
    lines = edition_lines(opened, report.period)
    print_urgent(lines, list_names(opened.workspace))
    show(lists_table(opened, lines, known))
    show(comparisons_table(opened, report.period, findings))
    for sentence in [*missing.values(), *_not_whole(opened, report.period, known)]:
        out.print(sentence, markup=False, style="yellow")
    say_marked(opened, report.period)
    out.print(say("run.outbox", path=opened.outbox.shown(report.period)), markup=False)
    # For paper: somebody with the key and the database can write a whole new chain, which only the paper shows.
    with opened.engine.connect() as connection:
        out.print(say("run.head", head=audit.head(connection).printed), markup=False)
    out.print(say("run.done", seconds=report.seconds), markup=False)


def comparisons_table(opened: Session, period: str, findings: pd.DataFrame) -> Table:
    """四查三比对 by name, with the children concerned; what could not be compared has no number."""
    from assets.county import profile_of, sources_delivered
    from expectations.lists.comparisons import comparisons

    came = sources_delivered(opened, period)
    table = Table(
        *(say(f"table.{name}") for name in ("comparison", "asks", "children", "certain")),
        title=say("table.comparisons"),
        title_justify="left",
    )
    for row in comparisons(findings, profile_of(opened.workspace), came).itertuples(index=False):
        counts = ("—", "—") if row.sentence else (str(row.children), str(row.certain))
        table.add_row(str(row.name), str(row.asks), *counts)
    return table


def print_urgent(lines: EditionLines, names: Mapping[str, str]) -> None:
    """What is still to be visited today; what was answered is said beside it."""
    hot = EditionLines(lines.frame[lines.frame["urgent"] == "1"])
    for code, tally in hot.by_list().items():
        text = say("run.urgent", list=names.get(code, code), code=code, asked=tally.asked, quiet=tally.quiet)
        out.print(text, markup=False, style="bold red" if tally.asked else "")


def lists_table(opened: Session, lines: EditionLines, known: Mapping[str, ListKnowledge]) -> Table:
    """Every list of the place with its sizes, who cannot be compared, and how sure the lines are that go out."""
    heads = ("code", "list", *(f"quantity.{name}" for name in SIZES), "hidden", "certain", "likely", "open")
    table = Table(*(say(f"table.{name}") for name in heads), title=say("table.lists"), title_justify="left")
    # Grades count what goes out, so that the numbers of a list are those of its workbooks.
    asked = lines.asked
    # The short names: with the full ones every row would take four lines of a terminal.
    table.columns[1].no_wrap, table.columns[2].min_width = True, 8
    for code in list_names(opened.workspace):
        grades, tally, knows = asked.loc[asked["code"] == code, "grade"], lines.of(code), known[code]
        by_grade = [str(int((grades == grade).sum())) for grade in ("明确", "很可能", "待核")]
        word = knows.word(tally.listed)
        hidden = str(knows.hidden or (STAR if knows.gap else "")) if word in ("", CANNOT) else ""
        counts = [word, "", "", hidden, "", "", ""] if word else [*sizes(tally), hidden, *by_grade]
        table.add_row(code, load_catalogue().lists[code].short, *counts)
    table.add_section()
    graded = [str(int((asked["grade"] == grade).sum())) for grade in ("明确", "很可能", "待核")]
    # A child may be hidden from several lists: their sum counts nothing.
    table.add_row("", say("compare.total"), *sizes(lines.total), "", *graded)
    return table


def _not_whole(opened: Session, period: str, known: Mapping[str, ListKnowledge]) -> list[str]:
    """Which lists judge only a part and why, and who was left behind by the release; nothing where everything was there."""
    parts = [knows for knows in known.values() if knows.is_partial and not knows.not_computed and not knows.is_held]
    reasons = dict.fromkeys(knows.because or knows.gap for knows in parts)
    sentences = [say("waiting.because", reasons="；".join(reasons))] if reasons else []
    sentences += [say("waiting.star")] if any(not knows.hidden for knows in parts) else []
    release = release_of(opened.frames, period)
    if release:
        behind = "、".join(code for code, knows in known.items() if knows.is_held)
        scope = say("status.but", lists=behind) if behind else ""
        sentences.append(
            say("status.released", by=release["by"], at=local_time(release["at"]), reason=release["reason"]) + scope
        )
    return sentences


def sizes(tally: Tally) -> list[str]:
    """A list's sizes in the order of `SIZES`."""
    return [str(getattr(tally, name)) for name in SIZES]
