"""Asking for the opening password of a locked file: hidden, three tries, only where somebody sits at the terminal.

Nothing is written; without a terminal the file is refused with the sentence of `reading.refusals`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import typer

from pipelines.cli.shell import REFUSED, err
from pipelines.cli.texts import say
from pipelines.resources import keyring
from pipelines.resources.reading import Reading, Refusal, read_file
from pipelines.resources.reading.opening import open_regular
from pipelines.resources.session import Session

TRIES = 3
# Locked Office files and old workbooks begin alike.
OLE = bytes.fromhex("d0cf11e0")


def read_asking(path: Path) -> Reading:
    """Read a file, asking for its password when it has one.

    Raises:
        Refusal: the file cannot be read, or it is locked and nobody is there to ask.
        typer.Exit: with code 1 after three wrong passwords.
    """
    try:
        return read_file(path)
    except Refusal as refusal:
        if refusal.code != "password" or not sys.stdin.isatty():
            raise
    return _asked(path, path.name)[0]


def _asked(path: Path, name: str) -> tuple[Reading, str]:
    for _ in range(TRIES):
        password = typer.prompt(say("password.ask", file=name), hide_input=True, err=True)
        try:
            return read_file(path, password=password), password
        except Refusal as refusal:
            if refusal.code != "wrong_password":
                raise
            err.print(say("password.wrong"), markup=False)
    err.print(say("password.stop", file=name), markup=False, style="red")
    raise typer.Exit(REFUSED)


def unlock_inbox(opened: Session, period: str, departments: Iterable[str]) -> None:
    """Ask for the passwords of the period's locked files before the run reads them.

    Raises:
        typer.Exit: with code 1 after three wrong passwords.
    """
    if not sys.stdin.isatty():
        return
    from assets.receiving.filenames import arriving
    from pipelines.resources.inbox import arrivals

    for department in departments:
        names = arriving(opened.workspace, period, department)
        for arrival in arrivals(opened.workspace.inbox, period, department).files:
            if keyring.password_of(arrival.sha256) is None and _is_locked(arrival.path):
                label = names.label(arrival.file, arrival.sha256)
                keyring.remember(arrival.sha256, _asked(arrival.path, label)[1])


def _is_locked(path: Path) -> bool:
    """Whether a file opens by a password only; it is read as a whole only where its first bytes leave that possible."""
    try:
        with open_regular(path) as file:
            if not file.read(len(OLE)).startswith(OLE):
                return False
        read_file(path)
    except Refusal as refusal:
        return refusal.code == "password"
    return False
