"""`tongbi init` and `tongbi dev`: making a workspace, and opening the Dagster UI on it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

from pipelines.cli.shell import opened, out
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources.locks import BusyError
from pipelines.resources.workspace import HOME_VARIABLE, Workspace, default_root


def init_workspace(root: Path | None) -> None:
    """Make the folders and settings, bring the database up, say what comes next."""
    from assets.intake.contract import load_contracts

    workspace = Workspace.create(root or default_root())
    session = opened(workspace.root)
    session.engine.dispose()
    period = Period.containing(date.today()).label
    departments = load_contracts(workspace.contracts)
    # The folders of this period at once: a file must lie in one of them, and only these names are departments'.
    for name in departments:
        (workspace.inbox / period / name).mkdir(parents=True, exist_ok=True)
    out.print(say("init.done", root=workspace.root), markup=False)
    if session.chain.key:
        out.print(say("audit.key", path=session.chain.key.path), markup=False)
    names = "、".join(f"{name}（{contract.zh}）" for name, contract in departments.items())
    out.print(say("init.next", inbox=workspace.inbox, departments=names, period=period), markup=False)


def open_ui(root: Path | None, port: int) -> None:
    """Replace this process by `dagster dev`, bound to this machine."""
    from pipelines.resources.history import prepare

    session = opened(root)
    workspace = session.workspace
    with suppress(BusyError), session.held():  # while a run holds it, that run has seen to it
        workspace.renew()
        prepare(workspace.dagster_home)
    settings = {"DAGSTER_HOME": str(workspace.dagster_home), HOME_VARIABLE: str(workspace.root)}
    # Its pages ask nobody who he is, so they answer to this machine only.
    arguments = ["-m", "dagster", "dev", "-m", "pipelines.definitions", "-h", "127.0.0.1", "-p", str(port)]
    os.execve(sys.executable, [sys.executable, *arguments], {**os.environ, **settings})
