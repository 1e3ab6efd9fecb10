"""What all commands share: the options, the consoles, and how a problem is said: one sentence and an exit code, never
a traceback.
"""

from __future__ import annotations

import functools
import logging
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, ParamSpec

import typer
from rich.console import Console
from rich.table import Table

from pipelines.cli.texts import language, prefer, say

if TYPE_CHECKING:
    from pipelines.resources.session import Session

P = ParamSpec("P")
DONE, REFUSED, USAGE, WAITING = 0, 1, 2, 3
"""Exit codes: done; refused or failed; wrongly called; the edition waits for its release."""
WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", help=say("option.workspace"), show_default=False)]
PeriodOption = Annotated[str, typer.Option("--period", help=say("option.period"))]
OutOption = Annotated[Path, typer.Option("--out", help=say("option.out"))]
DebugOption = Annotated[bool, typer.Option("--debug", help=say("option.debug"))]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def show(table: Table) -> None:
    """Print a table, its long texts folded within their columns."""
    for column in table.columns:
        column.overflow = "fold"
    out.print(table, soft_wrap=False)


def local_time(moment: str) -> str:
    """A stored moment (ISO, UTC) as the clock on the wall shows it, to the minute."""
    if not moment:
        return ""
    stored = datetime.fromisoformat(moment)
    aware = stored if stored.tzinfo else stored.replace(tzinfo=UTC)
    return f"{aware.astimezone():%Y-%m-%d %H:%M}"


def refuse(sentence: str, code: int = REFUSED) -> NoReturn:
    """Say why and leave."""
    err.print(sentence, markup=False, style="red")
    raise typer.Exit(code)


def spoken(command: Callable[P, None]) -> Callable[P, None]:
    """Turn every exception of a command into one sentence and exit code 1."""

    @functools.wraps(command)
    def guarded(*arguments: P.args, **options: P.kwargs) -> None:
        before = _committed()
        try:
            command(*arguments, **options)
        except typer.Exit:
            raise
        except KeyboardInterrupt:
            refuse(say("fault.interrupted"))
        except Exception as fault:
            # Where it happened, without the exception's text, which could hold a value.
            place = "".join(traceback.format_tb(fault.__traceback__))
            logging.getLogger("tongbi.debug").debug("%s\n%s", type(fault).__name__, place)
            # What is said of what is left must be true: "nothing was changed" only where nothing was written.
            refuse(_sentence(fault, _committed() > before), USAGE if type(fault).__name__ == "PeriodError" else REFUSED)

    return guarded


def _committed() -> int:
    """Transactions that this process has written; the database is not loaded to learn that there were none."""
    database = sys.modules.get("pipelines.resources.database")
    return int(database.committed()) if database else 0


def _sentence(fault: Exception, has_written: bool) -> str:
    """What is wrong, and what stays as it is; an exception that is a sentence for people already says that itself."""
    from pipelines.resources.trouble import SPOKEN, state, trouble_of

    trouble, spoken_now = trouble_of(fault), language()
    if trouble.code == SPOKEN:
        return trouble.sentence(spoken_now)
    return f"{trouble.sentence(spoken_now)}{state('written' if has_written else 'command', spoken_now)}"


def opened(workspace: Path | None, debug: bool = False) -> Session:
    """Open the workspace of a command; logging is guarded from here on."""
    from pipelines.resources.log_masking import guard_logging
    from pipelines.resources.session import Session
    from pipelines.resources.workspace import default_root

    guard_logging()
    session = Session.at(workspace or default_root())
    prefer(session.workspace.settings.locale)
    session.tell = lambda notice: err.print(notice, markup=False, style="yellow")
    if debug:
        log_to(session.workspace.log)
    return session


def log_to(folder: Path) -> None:
    """Write technical details to `log/debug.log`: places and types, no values."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(folder / "debug.log", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    logger = logging.getLogger("tongbi.debug")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(handler)


def is_terminal() -> bool:
    """Whether somebody is looking at standard error."""
    return sys.stderr.isatty()
