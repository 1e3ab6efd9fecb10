"""`tongbi init` and `tongbi dev`: making a workspace, and opening the Dagster UI on it."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipelines.cli.shell import err, opened, out, refuse
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources.locks import BusyError
from pipelines.resources.workspace import HOME_VARIABLE, SETTINGS_NAME, Workspace, default_root

if TYPE_CHECKING:
    from expectations.jurisdictions.profile import Place


@dataclass(frozen=True)
class NewWorkspace:
    """What is stated when a workspace is made: name and six-digit code of the county, the place's profile; "" where left open."""

    county_name: str = ""
    county_code: str = ""
    profile: str = ""


def init_workspace(root: Path | None, stated: NewWorkspace) -> None:
    """Make the folders and settings, bring the database up, say which county it is and what comes next."""
    from assets.county import load_place, profile_of
    from assets.intake.contract import load_contracts

    place, file = root or default_root(), (root or default_root()) / SETTINGS_NAME
    kept = file.is_file()
    if not kept:
        stated = _completed(stated)
        if stated.profile:
            load_place(stated.profile)  # a name that nobody knows is refused before anything is made
    elif stated != NewWorkspace():
        err.print(say("init.kept", file=file), markup=False, style="yellow")
    workspace = Workspace.create(place, (stated.county_name, stated.county_code), stated.profile)
    session = opened(workspace.root)
    session.engine.dispose()
    profile = profile_of(workspace)
    period = Period.containing(date.today(), profile.rhythm.period_kind.value == "month").label
    departments = load_contracts(workspace.contracts)
    # The folders of this period at once: a file must lie in one of them, and only these names are departments'.
    for name in departments:
        (workspace.inbox / period / name).mkdir(parents=True, exist_ok=True)
    out.print(say("init.done", root=workspace.root), markup=False)
    _say_county(workspace, profile.place)
    if session.chain.key:
        out.print(say("audit.key", path=session.chain.key.path), markup=False)
    names = "、".join(f"{name}（{contract.zh}）" for name, contract in departments.items())
    out.print(say("init.next", inbox=workspace.inbox, departments=names, period=period, sep=os.sep), markup=False)
    # The line as it is typed, for whichever folder it is typed in.
    where = [] if root is None else ["--workspace", str(workspace.root)]
    typed = shlex.join(["tongbi", "run", "--period", period, *where])
    out.print(typed, markup=False, soft_wrap=True)


def _completed(stated: NewWorkspace) -> NewWorkspace:
    """Name and code as stated, or as answered at the terminal; one follows from the other where the list of regions knows it."""
    from assets.counties.reading import is_county
    from matching.reading.regions import area_name, county_code

    name, code = stated.county_name.strip(), stated.county_code.strip()
    if not (name or code or stated.profile) and sys.stdin.isatty():
        name = str(typer.prompt(say("init.ask_name"), default="", show_default=False)).strip()
        code = county_code(name) or str(typer.prompt(say("init.ask_code"), default="", show_default=False)).strip()
    if code and not is_county(code):
        refuse(say("init.bad_code", code=code))
    if set(name) & {'"', "\\"}:
        refuse(say("init.bad_name", name=name))
    return NewWorkspace(name or area_name(code), code or county_code(name), stated.profile)


def _say_county(workspace: Workspace, place: Place) -> None:
    """Which county the workspace is of, and where to change it; a name that is not the code's is said."""
    from assets.counties.reading import county_spoken
    from matching.reading.regions import area_name

    file, name, code = workspace.root / SETTINGS_NAME, place.county_name.value or "", place.area_code.value or ""
    if not (name or code):
        out.print(say("init.no_county", file=file), markup=False)
        return
    known = area_name(code)
    if name and known and name != known:
        err.print(say("init.other_name", code=code, known=known, name=name, file=file), markup=False, style="yellow")
    spoken = f"{name}（{code}）" if name and code else name or county_spoken(code)
    out.print(say("init.county", county=spoken, file=file), markup=False)


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
