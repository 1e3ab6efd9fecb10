"""The options that several commands share, or that make one command's signature long: what they are called and how they are explained.

Belongs here: types for Typer. Not here: commands (`commands`), what an option does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.texts import say

DepartmentOption = Annotated[str, typer.Option("--department", help=say("option.department"), show_default=False)]
MaybePeriodOption = Annotated[str, typer.Option("--period", help=say("option.period"), show_default=False)]
MaybeOutOption = Annotated[Path | None, typer.Option("--out", help=say("option.out"), show_default=False)]
SizeOption = Annotated[list[str] | None, typer.Option("--accept-size", help=say("option.size"), show_default=False)]
DatedOption = Annotated[list[str] | None, typer.Option("--accept-period", help=say("option.dated"), show_default=False)]
WholeOption = Annotated[list[str] | None, typer.Option("--complete", help=say("option.whole"), show_default=False)]
ConsentOption = Annotated[str, typer.Option("--consent", help=say("option.consent"), show_default=False)]
EngineOption = Annotated[str, typer.Option("--engine", help=say("option.engine"), show_default=False)]
NamedOption = Annotated[str, typer.Option("--for", help=say("protect.named"), show_default=False)]
WithdrawOption = Annotated[
    list[str] | None, typer.Option("--withdraw", help=say("option.withdraw"), show_default=False)
]
FromOption = Annotated[str, typer.Option("--from", help=say("due.since"), show_default=False)]
ToOption = Annotated[str, typer.Option("--to", help=say("due.until"), show_default=False)]
ReceivedOption = Annotated[list[str] | None, typer.Option("--received", help=say("due.received"), show_default=False)]
NotReceivedOption = Annotated[
    list[str] | None, typer.Option("--not-received", help=say("due.not_received"), show_default=False)
]
DutyOption = Annotated[str, typer.Option("--duty", help=say("due.duty"), show_default=False)]
AboutOption = Annotated[str, typer.Option("--period", help=say("due.period"), show_default=False)]
DayOption = Annotated[str, typer.Option("--on", help=say("due.on"), show_default=False)]
