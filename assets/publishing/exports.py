"""The two exports where passwords are set: locked workbooks in the folder that people take away, the CSV files inside the workspace only.

Belongs here: putting them there at publication and finding them again. Not here: their columns (`assets.publishing.editions`), the copy that a
person asks for (`tongbi links`, `tongbi findings`). Without passwords the CSV files lie in the outbox, as they always did.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from assets.publishing.editions import EXPORTS
from assets.publishing.locking import recipient_of
from assets.workbooks.exportbook import write_exportbook
from pipelines.resources.files import replacing
from pipelines.resources.passwords import Passwords

FOLDER = "exports"
_NAMED = 16


def place(root: Path, period: str, digest: str) -> Path:
    """Where the CSV files of an edition are kept: named by its digest, so that what the database calls published is found
    whole whenever a run was killed.
    """
    return root / FOLDER / period / digest[:_NAMED]


def take_out(folder: Path, kept: Path, passwords: Passwords) -> bool:
    """Move the CSV files of an edition that is being made out of the folder for people, where passwords are set.

    A workbook stands in for each, to be locked with the others; where no password would lock it there is none.

    Args:
        folder: the period's folder aside.
        kept: `place` of this edition.
        passwords: the workspace's.

    Returns:
        Whether they were moved.
    """
    if not passwords:
        return False
    for name in EXPORTS:
        source, book = folder / name, Path(name).with_suffix(".xlsx")
        with replacing(kept / name) as aside:
            shutil.copyfile(source, aside)
        if passwords.of(recipient_of(book)):
            write_exportbook(source, folder / book)
        source.unlink()
    return True


def forget_others(root: Path, period: str, digest: str) -> None:
    """Remove what was kept of the period's earlier editions, when this one is published."""
    for old in (root / FOLDER / period).glob("*"):
        if old.name != digest[:_NAMED]:
            shutil.rmtree(old, ignore_errors=True)


def published_file(shown: Path, kept: Path, name: str) -> Path | None:
    """An export of the published edition, wherever it lies; None when nothing was published."""
    return next((path for path in (shown / name, kept / name) if path.is_file()), None)
