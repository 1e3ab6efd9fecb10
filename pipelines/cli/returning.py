"""`tongbi replies`: read the workbooks that came back, show or enter the answers, and say who has not answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

from rich.table import Table

from assets.county import list_names
from assets.protected import book_of, protected_in
from assets.publishing.editions import bare_context
from assets.publishing.locking import lock_file
from assets.receiving.filenames import naming_of
from assets.replies.report import NAME, advice_of, number_of, problem_of, trouble_of, write_report
from assets.replies.reviewing import sent_pairs
from assets.replies.sendback import FOLDER as SENT_BACK
from assets.replies.sendback import send_back
from assets.replies.taking import ENTERED, AboutLine, Taking, take
from assets.replies.words import reply_words
from assets.workbooks.personbook import folder_of
from pipelines.cli.shell import err, out, refuse, show
from pipelines.cli.texts import say
from pipelines.cli.unlocking import read_asking
from pipelines.resources import finding_events, keyring
from pipelines.resources.passwords import read_passwords
from pipelines.resources.reading import Reading, Refusal, read_file
from pipelines.resources.session import Session

MOST_SHOWN = 30


def show_replies(opened: Session, dry_run: bool) -> Taking:
    """Take the returned workbooks, print what came of them, write the report."""
    with opened.engine.connect() as connection:
        from pipelines.resources.finding_events import issued_periods

        # Before anything went out, whatever lies in the folder is nobody's answer.
        if not issued_periods(connection):
            refuse(say("replies.none_out"))
    # Nothing is entered by a trial, so it waits for no run.
    with nullcontext() if dry_run else opened.held():
        words = read_passwords(opened.workspace.root).all
        taking = take(opened, dry_run, date.today(), lambda path, sha256: _read(path, sha256, words))
        path = report_path(opened, taking.period, dry_run)
        sent_back = write_reports(opened, taking, path, dry_run)
    print_taking(opened, taking, dry_run)
    if sent_back:
        names = "、".join(sent_back)
        out.print(say("replies.sent_back", units=names, path=path.parent / SENT_BACK), markup=False)
    out.print(say("replies.report", path=path), markup=False)
    return taking


def write_reports(opened: Session, taking: Taking, path: Path, dry_run: bool) -> list[str]:
    """Write the report, and for every person who alone may see a child one of the own: what is written there of it stands nowhere else.

    Returns:
        The units to which a workbook goes back; none in a trial.
    """
    owners, context = _owners(opened, taking.period), bare_context(opened.workspace, taking.period)
    everybodys = _part(taking, owners, None)
    write_report(everybodys, context, path, dry_run)
    sent_back = {} if dry_run else send_back(everybodys, context, path.parent)
    passwords = read_passwords(opened.workspace.root)
    for unit, book in sent_back.items():
        if word := passwords.of(unit):
            lock_file(book, word)
    for person in sorted({owners[line.finding_id] for line in taking.outcome.lines if line.finding_id in owners}):
        target = folder_of(person, path.parent) / path.name
        write_report(_part(taking, owners, person), context, target, dry_run)
        password = read_passwords(opened.workspace.root).of(book_of(person))
        if password:
            lock_file(target, password)
    return list(sent_back)


def _owners(opened: Session, period: str) -> dict[str, str]:
    """Finding or pair -> the person who alone may see it; those of nobody else's."""
    veil = protected_in(opened, period)
    with opened.engine.connect() as connection:
        numbers = finding_events.known(connection)
    owners = {name: veil.persons[child] for name, (_, child, _) in numbers.items() if child in veil.persons}
    for pair, ends in sent_pairs(opened, period).items() if veil.records else ():
        closed = [veil.records[end] for end in ends if end in veil.records]
        # A pair of two protected children belongs to the person of the first.
        if closed:
            owners[pair] = veil.persons[closed[0]]
    return owners


def _part(taking: Taking, owners: Mapping[str, str], person: str | None) -> Taking:
    """The lines of one person, or (None) those that are nobody's own."""
    lines = [line for line in taking.outcome.lines if owners.get(line.finding_id) == person]
    return replace(taking, outcome=replace(taking.outcome, lines=lines))


def report_path(opened: Session, period: str, dry_run: bool) -> Path:
    """`outbox/<period>-回收/`: beside the period's folder, which the next publication replaces whole."""
    folder = opened.workspace.outbox / f"{period}-回收"
    return folder / (f"试算_{NAME}" if dry_run else NAME)


def _read(path: Path, sha256: str, passwords: Sequence[str]) -> Reading:
    """Read a file; a locked one by the passwords that workbooks went out with, then by asking."""
    for word in (keyring.password_of(sha256), *passwords):
        try:
            return read_file(path, password=word)
        except Refusal as refusal:
            if refusal.code not in ("password", "wrong_password"):
                raise
    return read_asking(path)


def print_taking(opened: Session, taking: Taking, dry_run: bool) -> None:
    """Print counts by result, what was refused, and the coverage."""
    names = naming_of(opened.workspace, taking.period)
    for refused in taking.outcome.refused[:MOST_SHOWN]:
        # The report, which is the bureau's own workbook, names the file; a screen and what is redirected from it do not.
        err.print(f"[{names.file('', refused.file)}] {refused.message}{refused.advice}", markup=False, style="yellow")
    counts = {result: len(taking.outcome.of(result)) for result in reply_words().results}
    table = Table(
        say("table.result"), say("table.lines"), title=say("replies.title", period=taking.period), title_justify="left"
    )
    for result, number in counts.items():
        if number:
            table.add_row(reply_words().results[result], str(number))
    show(table)
    entered = sum(counts[result] for result in ENTERED)
    key = "replies.would" if dry_run else "replies.entered"
    out.print(say(key, count=entered, files=len(taking.outcome.taken), trouble=len(trouble_of(taking))), markup=False)
    _print_trouble(opened, taking)
    if taking.earlier:
        out.print(say("replies.earlier", count=taking.earlier), markup=False)
    heads = ("recipient", "issued", "answered", "waiting", "overdue", "days", "share")
    table = Table(*(say(f"table.{name}") for name in heads), title=say("replies.coverage"), title_justify="left")
    for covered in taking.covered:
        # A line that another department answered is answered: one answer is enough, from whichever of them.
        answered = covered.own + covered.others
        numbers = (covered.issued, answered, covered.waiting, covered.overdue, covered.days)
        table.add_row(covered.recipient, *map(str, numbers), f"{covered.share:.0%}")
    show(table)
    _say_lists(opened, taking)


def _print_trouble(opened: Session, taking: Taking) -> None:
    """Every line that needs somebody, by child, list and township; lines of protected children are in the report of the person whose they are."""
    lines = trouble_of(_part(taking, _owners(opened, taking.period), None))
    if not lines:
        return
    out.print(say("replies.trouble"), markup=False, style="bold")
    names = list_names(opened.workspace)
    for line in lines[:MOST_SHOWN]:
        about = taking.about.get(line.finding_id, AboutLine())
        # A number that nobody could read may be anything that was typed there.
        number = number_of(line, taking.period) if line.finding_id else ""
        whose = "，".join(dict.fromkeys(part for part in (about.town, line.recipient) if part))
        where = "　".join(part for part in (number, about.child_id, names.get(line.code, line.code), whose) if part)
        out.print(f"{where}：{problem_of(line)}。{advice_of(line)}", markup=False)
    if len(lines) > MOST_SHOWN:
        out.print(say("replies.more", count=len(lines) - MOST_SHOWN), markup=False)


def _say_lists(opened: Session, taking: Taking) -> None:
    """Lists of which nobody answered a line, by name."""
    names = list_names(opened.workspace)
    waiting: dict[str, int] = {}
    for covered in taking.covered:
        for code, number in covered.lists.items():
            waiting[code] = waiting.get(code, 0) + number
    worst = sorted(waiting.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    if worst:
        lists = "、".join(f"{names.get(code, code)} {number}" for code, number in worst)
        out.print(say("replies.waiting", lists=lists), markup=False)
