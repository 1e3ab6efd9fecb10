"""The outbox: what people take away, built aside and shown whole by renaming the folder; never half a list.

What the files hold belongs to `assets.workbooks`. A run killed at any moment is put right by `recover` at the next start: the folder that
the database calls published is the one that is shown.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from pipelines.resources import faults
from pipelines.resources.files import flush, write_text

_ASIDE = ".making-"
_OLD = ".old-"
DIGEST_NAME = ".digest"


class Outbox:
    """The outbox of one workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def shown(self, period: str) -> Path:
        """The folder that people open."""
        return self.root / period

    def aside(self, period: str) -> Path:
        """An empty folder to build the period's files in."""
        path = self.root / f"{_ASIDE}{period}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def seal(self, period: str, digest: str) -> None:
        """Mark the folder aside as complete: from here on only the database decides whether it is shown."""
        aside = self.root / f"{_ASIDE}{period}"
        # The digest last: a folder that has one is whole on the disk.
        for path in aside.rglob("*"):
            flush(path)
        write_text(aside / DIGEST_NAME, digest)

    def show(self, period: str) -> None:
        """Put the folder aside in the place of the shown one."""
        aside, shown, old = self.root / f"{_ASIDE}{period}", self.shown(period), self.root / f"{_OLD}{period}"
        shutil.rmtree(old, ignore_errors=True)
        if shown.exists():
            shown.rename(old)  # a folder that is not empty cannot be renamed over
        faults.reach("outbox:between_renames")
        aside.rename(shown)
        flush(self.root)
        shutil.rmtree(old, ignore_errors=True)

    def digest(self, folder: Path) -> str:
        """The digest under which a folder was sealed, empty when it was not finished."""
        path = folder / DIGEST_NAME
        return path.read_text(encoding="utf-8").strip() if path.is_file() else ""

    def recover(self, published: Callable[[str], str]) -> list[str]:
        """Put right what a killed run left; `published` tells the digest that the database holds for a period.

        Returns:
            The periods whose folder was finished now.
        """
        finished = []
        for aside in sorted(self.root.glob(f"{_ASIDE}*")):
            period = aside.name.removeprefix(_ASIDE)
            if self.digest(aside) and self.digest(aside) == published(period) != self.digest(self.shown(period)):
                self.show(period)
                finished.append(period)
            else:
                shutil.rmtree(aside)
        # Killed between the two renames: nothing is shown, and what was shown before lies aside.
        for old in sorted(self.root.glob(f"{_OLD}*")):
            shown = self.shown(old.name.removeprefix(_OLD))
            if shown.exists():
                shutil.rmtree(old)
            else:
                old.rename(shown)
        return finished
