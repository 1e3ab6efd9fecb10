"""The opened workspace as a Dagster resource: settings, database, frames and outbox of one county, held by one run at a time.

Belongs here: opening, holding and putting right. Does not belong here: where things lie (`workspace`), what is in them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from pipelines.resources import publication, runs, views
from pipelines.resources.access import tighten
from pipelines.resources.chain import Chain, everything, open_chain, refuse
from pipelines.resources.database import open_database
from pipelines.resources.files import sweep
from pipelines.resources.frames import FrameStore
from pipelines.resources.locks import only_run
from pipelines.resources.outbox import Outbox
from pipelines.resources.released import ReleasedFrames, RunFrames, set_aside
from pipelines.resources.views import AccessLogEntry
from pipelines.resources.workspace import Workspace


class Session:
    """A workspace with its database connected on first use.

    `frames` are those of the published editions, `latest` those of the last run, which may wait for its release.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        # What people may read; a run works with the frames themselves (`opened_resource`).
        self.frames: FrameStore = ReleasedFrames(workspace.frames)
        self.latest = FrameStore(workspace.frames)
        self.outbox = Outbox(workspace.outbox)
        # Set by whoever only looks at the record itself, also a damaged one: nothing is refused then, and nothing may be written.
        self.lenient = False
        # Says what stops nothing; a command line prints it.
        self.tell: Callable[[str], None] = logging.getLogger("tongbi").warning

    @classmethod
    def at(cls, root: Path) -> Session:
        """Open the workspace in a folder.

        Raises:
            WorkspaceError: it is not one.
        """
        return cls(Workspace.open(root))

    @cached_property
    def engine(self) -> sa.Engine:
        """The database, migrated, its record compared with what is known outside the workspace.

        Raises:
            DatabaseError: it cannot be opened.
            KeyFileError: the audit's key is lost.
            ChainError: the record does not fit.
        """
        return self.chain.engine

    @cached_property
    def chain(self) -> Chain:
        """The audit chain, with its trouble when `lenient` is set."""
        engine = open_database(self.workspace.database_url)
        chain = open_chain(engine, self.workspace.root, self.workspace.settings.keys)
        if not self.lenient:
            chain.refuse_trouble()
        for notice in chain.notices:
            self.tell(notice)
        return chain

    def look(self, command: str, period: str, ids: Sequence[str] = (), count: int = 0) -> None:
        """Note that somebody looks at personal data, before anything is shown.

        Raises:
            ViewError: it cannot be noted; nothing may be shown then.
        """
        views.note(self.chain, AccessLogEntry(self.workspace.operator, command, period, ids, count))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the workspace for a run, and put right what a killed run left.

        Raises:
            BusyError: another run holds it.
            ChainError: something in the record does not fit.
        """
        with only_run(self.workspace.root, self.engine):
            # What was answered and decided steers the run, so every row of it is verified, not only the last lines.
            refuse(everything(self.chain).complaints)
            # Only while nobody else runs: another run's files aside look like those of a killed one.
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
    def county(context: dg.InitResourceContext) -> Iterator[Session]:
        opened = Session.at(root)
        # Held first: a run that finds the workspace taken never began.
        with opened.held(), runs.noted(opened.engine, opened.workspace.operator, context):
            opened.tighten()
            _keep_published(opened, context)
            yield opened

    return county


def _keep_published(opened: Session, context: dg.InitResourceContext) -> None:
    """Set aside what people have of the run's period, before any station replaces it; the run reads its own frames."""
    period = context.run.tags.get(runs.PERIOD_TAG, "") if context.run else ""
    opened.frames = RunFrames(opened.workspace.frames, period)
    if not period:
        return
    with opened.engine.connect() as connection:
        published = publication.latest_digest(connection, period)
    if published:
        set_aside(opened.workspace.frames, period)
