"""The commands about how a period stands: at a glance, an edition that waits, its release; what each does is in `releasing`, imported when it is called."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli import options
from pipelines.cli.shell import PeriodOption, WorkspaceOption, opened, spoken
from pipelines.cli.texts import say


def add_to(app: typer.Typer) -> None:
    """Add them to the list of commands."""
    app.command("review-edition", help=say("waiting.help"))(review_edition)
    app.command(help=say("release.help"))(release)
    app.command(help=say("status.help"))(status)


@spoken
def review_edition(period: PeriodOption, out: options.MaybeOutOption = None, workspace: WorkspaceOption = None) -> None:
    """What an edition that waits says, and why it waits."""
    from pipelines.cli.releasing import show_waiting

    show_waiting(opened(workspace), period, out)


@spoken
def release(
    period: PeriodOption,
    by: Annotated[str, typer.Option("--by", help=say("release.by"))],
    reason: Annotated[str, typer.Option("--reason", help=say("release.reason"))],
    lists: Annotated[list[str] | None, typer.Option("--list", help=say("release.lists"), show_default=False)] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Release an edition that waits."""
    from pipelines.cli.releasing import release_and_print
    from pipelines.running import ReleaseOrder

    release_and_print(opened(workspace), period, ReleaseOrder(by, reason, tuple(lists or ())))


@spoken
def status(
    workspace: WorkspaceOption = None,
    period: options.MaybePeriodOption = "",
    files: Annotated[bool, typer.Option("--files", help=say("status.files"))] = False,
) -> None:
    """A period at a glance, or every delivered file."""
    from pipelines.cli.auditing import looked_at

    if files:
        from pipelines.cli.looking import show_files

        show_files(looked_at(workspace), period)
    else:
        from pipelines.cli.glance import show_glance

        show_glance(looked_at(workspace), period)
