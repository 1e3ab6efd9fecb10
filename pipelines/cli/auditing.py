"""`tongbi audit`: the record of what was done and of who looked at what: listing, verifying, its head, going on after damage.

Belongs here: printing and exit codes. Does not belong here: what does not fit (`pipelines.resources.chain_verification`), how a chain goes on
(`pipelines.resources.chain`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.shell import REFUSED, USAGE, WorkspaceOption, err, local_time, opened, out, refuse, show, spoken
from pipelines.cli.texts import say

if TYPE_CHECKING:
    from pipelines.resources.session import Session

app = typer.Typer(name="audit", help=say("audit.help"), invoke_without_command=True)
LastOption = Annotated[int, typer.Option("--last", min=1, help=say("audit.last"))]
SHOWN = 40
MOST_COMPLAINTS = 50
LONGEST_DETAIL = 120


@app.callback()
def audit(
    context: typer.Context,
    last: LastOption = SHOWN,
    views: Annotated[bool, typer.Option("--views", help=say("audit.views"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List the record when no other command is named."""
    if context.invoked_subcommand is None:
        spoken(list_lines)(workspace, last, views)


@app.command("verify", help=say("audit.verify"))
@spoken
def verify(
    head: Annotated[str, typer.Option("--head", help=say("audit.printed"), show_default=False)] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Verify everything; exit code 1 when something does not fit."""
    session = looked_at(workspace)
    whole = print_verified(session)
    if head:
        whole = _compare_paper(session, head) and whole
    if not whole:
        raise typer.Exit(REFUSED)


@app.command("head", help=say("audit.head"))
@spoken
def show_head(workspace: WorkspaceOption = None) -> None:
    """Print the head, to be compared with paper or written on it."""
    from pipelines.resources import audit as chain

    with looked_at(workspace).engine.connect() as connection:
        out.print(chain.head(connection).printed, markup=False)


@app.command("accept", help=say("audit.accept"))
@spoken
def accept(
    by: Annotated[str, typer.Option("--by", help=say("audit.by"))],
    reason: Annotated[str, typer.Option("--reason", help=say("audit.reason"))],
    new_key: Annotated[bool, typer.Option("--new-key", help=say("audit.new_key"))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Go on with the record as it stands; who says so stays in it for ever."""
    if not by.strip() or not reason.strip():
        refuse(say("audit.nameless"), USAGE)
    from pipelines.resources import chain, views
    from pipelines.resources.locks import only_run

    session = looked_at(workspace)
    with only_run(session.workspace.root, session.engine):
        # Both chains begin anew together: there is one way on for all damage, and none that leaves no trace.
        line = chain.accept(session.chain, by.strip(), reason.strip(), new_key)
        views.begin_anew(session.chain, by.strip(), reason.strip())
    out.print(say("audit.accepted", line=line.number, name=by.strip()), markup=False)
    if new_key and session.chain.key:
        out.print(say("audit.key", path=session.chain.key.path), markup=False)


def looked_at(workspace: Path | None) -> Session:
    """The workspace opened so that a damaged record can be looked at, too."""
    session = opened(workspace)
    session.lenient = True
    return session


def print_verified(session: Session) -> bool:
    """Verify lines, rows and views, print what does not fit and where the chain began anew; returns whether it is whole."""
    from pipelines.resources import views
    from pipelines.resources.chain import everything

    chain = session.chain
    if chain.lost:
        err.print(chain.lost, markup=False, style="red")
        return False
    examined = everything(chain)
    # Looks have a chain and a file of their own: a publication holds SQLite's only writer for long, and a look is noted before it is shown.
    looks, doubts = views.examine(chain)
    complaints = [*examined.complaints, *doubts]
    for complaint in complaints[:MOST_COMPLAINTS]:
        err.print(complaint.sentence, markup=False, style="red")
    if len(complaints) > MOST_COMPLAINTS:
        err.print(say("audit.more", count=len(complaints) - MOST_COMPLAINTS), markup=False, style="red")
    for row in examined.begun:
        _print_begun(row)
    counts = {"lines": examined.lines, "rows": examined.rows, "looks": looks, "head": examined.head.printed}
    if complaints:
        err.print(say("audit.broken", count=len(complaints)), markup=False, style="red")
    else:
        out.print(say("status.audit_ok", **counts), markup=False)
    return not complaints


def _print_begun(row: Mapping[str, Any]) -> None:
    """How a chain began, when it did not begin with the workspace: for ever visible."""
    detail = json.loads(row["detail"])
    why, before = detail.get("why"), detail.get("before", {})
    if why == "new" and "formerly" not in detail:
        return  # with the workspace, as every chain does
    facts = {"line": row["id"], "when": local_time(row["at"]), "name": row["actor"], "reason": detail.get("reason", "")}
    facts |= {"lines": before.get("lines", 0), "wrong": len(detail.get("wrong", [])), "last": before.get("last", 0)}
    out.print(say(f"audit.begun_{why}", **facts), markup=False, style="yellow")
    if before.get("broken"):
        out.print(say("audit.broken_before", line=before["broken"]), markup=False, style="yellow")


def _compare_paper(session: Session, printed: str) -> bool:
    """Whether the line that a person reads from paper is in the chain as it was printed."""
    import sqlalchemy as sa

    from pipelines.resources.tables import audit as table

    # Copied from paper by hand: words before the number, any sign between, and as many digits of the hash as somebody cared to write, six at least.
    head = re.fullmatch(r"\D*(\d+)\D+?([0-9a-fA-F]{6,64})\s*", printed)
    if head is None:
        refuse(say("audit.no_head"), USAGE)
    number, digits = int(head[1]), head[2].lower()
    with session.chain.engine.connect() as connection:
        present = connection.execute(sa.select(table.c.hash).where(table.c.id == number)).scalar() or ""
    if present.startswith(digits):
        out.print(say("audit.paper_fits", line=number), markup=False)
        return True
    shown = present[: len(digits)] or say("audit.no_line")
    err.print(say("audit.paper_differs", line=number, printed=digits, present=shown), markup=False, style="red")
    return False


def list_lines(workspace: Path | None, last: int, views: bool) -> None:
    """Print the last lines of the audit, or of the views."""
    import sqlalchemy as sa
    from rich.table import Table

    from pipelines.resources import views as looks
    from pipelines.resources.tables import audit as lines

    session = looked_at(workspace)
    rows: Sequence[Mapping[str, Any]]
    if views:
        rows = list(looks.read(session.workspace.root))[-last:]
    else:
        with session.engine.connect() as connection:
            newest = connection.execute(sa.select(lines).order_by(lines.c.id.desc()).limit(last))
            rows = [dict(row) for row in newest.mappings()][::-1]
    table = Table(*(say(f"table.{name}") for name in ("line", "when", "who", "action", "subject", "detail")))
    for row in rows:
        cells = (str(row["id"]), local_time(row["at"]), row["actor"], row["action"], row["subject"])
        table.add_row(*cells, _short(row["detail"]))
    show(table)


def _short(detail: str) -> str:
    """A line's detail in brief: of sealed batches only how many rows."""
    try:
        facts = json.loads(detail)
    except ValueError:
        return detail[:LONGEST_DETAIL]
    seals = facts.pop("seals", {})
    parts = [f"{name}={value}" for name, value in facts.items() if value not in ("", [], {})]
    parts += [f"{name}×{batch['rows']}" for name, batch in seals.items()]
    text = " ".join(parts)
    return text if len(text) <= LONGEST_DETAIL else text[:LONGEST_DETAIL] + "…"
