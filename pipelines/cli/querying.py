"""`tongbi query`: write a query for a department that hands over no file; read its answer back as a delivery of its own date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from assets.county import profile_of
from assets.protected import protected_in
from assets.publishing.editions import bare_context
from assets.publishing.locking import lock_folder
from assets.queries.answers import take_answers
from assets.queries.people import children_to_ask, parents_to_ask
from assets.queries.rules import Query, query_rules
from assets.queries.sheets import read_answers, write_query
from assets.workbooks.csvout import write_csv
from pipelines.cli.protecting import say_left_out
from pipelines.cli.running import fitting_period
from pipelines.cli.shell import err, out, refuse
from pipelines.cli.texts import say
from pipelines.cli.unlocking import read_asking
from pipelines.resources import audit
from pipelines.resources.database import writing
from pipelines.resources.inbox import sha256_of
from pipelines.resources.passwords import read_passwords
from pipelines.resources.session import Session

FOLDER = "比对查询"
MOST_SHOWN = 20


def ask_or_take(opened: Session, period: str, whom: str, answer: Path | None) -> None:
    """Write the query, or read an answer to it.

    Raises:
        typer.Exit: with code 1 when there is no such query, or an answer cannot be used yet.
    """
    label, rules = fitting_period(opened, period).label, query_rules()
    if whom not in rules.queries:
        refuse(say("query.unknown", known="、".join(rules.queries)))
    query = rules.queries[whom]
    frame = f"query_{whom}"
    if answer is None:
        people = _people(opened, label, query)
        _write(opened, label, query, people)
        # Everybody who was asked about in the period is kept: an answer to an earlier copy of the query still counts.
        if opened.frames.exists(frame, label):
            both = pd.concat([people, opened.frames.read(frame, label)], ignore_index=True)
            people = both.drop_duplicates("number", ignore_index=True)
        opened.frames.write(frame, label, people)
    elif opened.frames.exists(frame, label):
        _take(opened, label, query, opened.frames.read(frame, label), answer)
    else:
        refuse(say("query.not_asked", period=label))


def _people(opened: Session, label: str, query: Query) -> pd.DataFrame:
    """Who is to be asked about now."""
    # Whoever is asked learns that somebody asks: about a protected child only the person named for it does.
    veil = protected_in(opened, label)
    children = veil.without(opened.frames.read("child_files.children", label))
    if query.delivers != "public_security":
        return parents_to_ask(children, query)
    if asks_about_everyone(opened):
        return children_to_ask(children, None, query)
    findings = opened.frames.read("findings", label, ["code", "child_id"])
    return children_to_ask(children, set(findings.loc[findings["code"] == "L01", "child_id"]), query)


def asks_about_everyone(opened: Session) -> bool:
    """Whether the place's police answer queries instead of handing over the register."""
    return profile_of(opened.workspace).comparison.police_mode.value == "answer_file"


def _write(opened: Session, label: str, query: Query, people: pd.DataFrame) -> None:
    opened.look(f"query --to {query.delivers}", label, count=len(people))
    folder = opened.workspace.outbox / f"{label}-{FOLDER}"
    path = folder / f"{query.zh}_{label}_{query.title}.xlsx"
    write_query(people, query, bare_context(opened.workspace, label), path)
    lock_folder(folder, read_passwords(opened.workspace.root))
    _note(opened, "query", label, {"to": query.delivers, "people": len(people)})
    out.print(say("query.written", count=len(people), path=path), markup=False)
    say_left_out(protected_in(opened, label))


def _take(opened: Session, label: str, query: Query, people: pd.DataFrame, answer: Path) -> None:
    """Read an answer and put it into the inbox as a file of the department, named by its own date and content."""
    if not answer.is_file():
        refuse(say("fault.no_file", path=answer))
    lines = read_answers(read_asking(answer), query, label)
    if not lines:
        refuse(say("query.no_numbers"))
    taken = take_answers(lines, people, query)
    for row, sentence in taken.problems[:MOST_SHOWN]:
        err.print(say("query.problem", row=row, sentence=sentence), markup=False, style="yellow")
    counts = "、".join(f"{word} {number}" for word, number in taken.counts.items())
    out.print(say("query.taken", said=counts or "0", waiting=taken.waiting), markup=False)
    if taken.waiting and query.delivers == "public_security" and asks_about_everyone(opened):
        # Whoever was not answered about would look like a child without a household register.
        refuse(say("query.incomplete", waiting=taken.waiting))

    # By date and content the same answer, read twice, is one file.
    sha256, _ = sha256_of(answer)
    day = date.fromtimestamp(answer.stat().st_mtime).isoformat()
    path = opened.workspace.inbox / label / query.delivers / f"查询答复_{day}_{sha256[:8]}.csv"
    write_csv(taken.delivery, path)
    _note(opened, "answer", label, {"from": query.delivers, "sha256": sha256, "lines": len(taken.delivery)})
    out.print(say("query.delivered", count=len(taken.delivery), path=path, period=label), markup=False)


def _note(opened: Session, action: str, label: str, detail: dict[str, object]) -> None:
    with writing(opened.engine) as connection:
        audit.append(connection, audit.Act(opened.workspace.operator, action, label, detail))
