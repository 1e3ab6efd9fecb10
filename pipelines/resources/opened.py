"""The opened workspace as a Dagster resource: settings, database, frames and outbox of one county, held by one run at
a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from pipelines.resources import publication
from pipelines.resources.access import tighten
from pipelines.resources.database import open_database
from pipelines.resources.files import sweep
from pipelines.resources.frames import FrameStore
from pipelines.resources.locks import only_run
from pipelines.resources.outbox import Outbox
from pipelines.resources.workspace import Workspace


class Opened:
    """A workspace with its database connected on first use."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.frames = FrameStore(workspace.frames)
        self.outbox = Outbox(workspace.outbox)

    @classmethod
    def at(cls, root: Path) -> Opened:
        """Open the workspace in a folder.

        Raises:
            WorkspaceError: it is not one.
        """
        return cls(Workspace.open(root))

    @cached_property
    def engine(self) -> sa.Engine:
        """The database, migrated."""
        return open_database(self.workspace.database_url)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the workspace for a run, and put right what a killed run left.

        Raises:
            BusyError: another run holds it.
        """
        with only_run(self.workspace.root, self.engine):
            sweep(self.workspace.frames)
            self.recover()
            yield

    def tighten(self) -> int:
        """Close to others what an earlier version left open; returns how many files and folders."""
        return tighten(self.workspace.root, self.workspace.readers)

    def recover(self) -> list[str]:
        """Finish or remove what a killed run left in the outbox; returns the periods that were finished."""

        def published(period: str) -> str:
            with self.engine.connect() as connection:
                return publication.latest_digest(connection, period)

        return self.outbox.recover(published)


def opened_resource(root: Path) -> dg.ResourceDefinition:
    """The resource `county`: opened and held while a run lasts, released when it ends or dies."""

    @dg.resource
    def county(_context: dg.InitResourceContext) -> Iterator[Opened]:
        opened = Opened.at(root)
        with opened.held():
            opened.tighten()
            yield opened

    return county
