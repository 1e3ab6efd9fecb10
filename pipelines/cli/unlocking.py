"""Asking for the opening password of a locked file: hidden, three tries, only where somebody sits at the terminal.

Nothing is written; without a terminal the file is refused with the sentence of `reading.refusals`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipelines.cli.shell import REFUSED, err
from pipelines.cli.texts import say
from pipelines.resources import keyring
from pipelines.resources.inbox import sha256_of
from pipelines.resources.reading import Reading, Refusal, load_settings, read_file
from pipelines.resources.reading.archive import may_be_archive, members_of
from pipelines.resources.reading.opening import open_regular
from pipelines.resources.session import Session

if TYPE_CHECKING:
    from assets.receiving.sorting import SortedInbox

TRIES = 3
LOCKED = ("password", "zip_password")
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
    return read_file(path, password=_asked(path, path.name))


def _asked(path: Path, name: str) -> str:
    """The password that opens a file."""
    for _ in range(TRIES):
        password = str(typer.prompt(say("password.ask", file=name), hide_input=True, err=True))
        try:
            _open(path, password)
            return password
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
    from assets.receiving.filenames import arriving, file_names
    from assets.receiving.sorting import sort_inbox

    names, asked_zip = file_names(opened.workspace), False
    seen = sort_inbox(opened.workspace, period, names.naming)
    for department in (*departments, ""):
        labels = arriving(names, department, seen.places.get(department, {}))
        for file, path in _files_of(opened, period, seen, department).items():
            sha256 = sha256_of(path)[0]
            if keyring.password_of(sha256) is None and _is_locked(path):
                keyring.remember(sha256, _asked(path, labels.label(file, sha256)))
                asked_zip = asked_zip or may_be_archive(path)
    if asked_zip:  # what is in it may be locked, too
        unlock_inbox(opened, period, departments)


def _files_of(opened: Session, period: str, seen: SortedInbox, department: str) -> dict[str, Path]:
    """Name -> file that a run would read for a department ("": for nobody), zips that did not open among them."""
    root, looked = opened.workspace.inbox / period, ("taken", "asked")
    lying = {
        entry.file: root / entry.path
        for entry in seen.entries
        if entry.department == department and entry.fate in looked
    }
    unpacked = {file.file: file.path for file in seen.of_department(department).files}
    return {name: path for name, path in {**lying, **unpacked}.items() if path.is_file()}


def _is_locked(path: Path) -> bool:
    """Whether a file opens by a password only; it is read as a whole only where its first bytes leave that possible."""
    try:
        with open_regular(path) as file:
            if not file.read(len(OLE)).startswith(OLE) and not may_be_archive(path):
                return False
        _open(path)
    except Refusal as refusal:
        return refusal.code in LOCKED
    return False


def _open(path: Path, password: str | None = None) -> Reading | None:
    """Read a file; of a zip of files only what is in it."""
    if may_be_archive(path) and members_of(path, load_settings().limits, password) is not None:
        return None
    return read_file(path, password=password)
