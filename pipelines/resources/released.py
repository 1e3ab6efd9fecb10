"""The frames of the edition that people were given, while a later one of the same period is made or waits for its release.

A run replaces the frames of its period station by station. What was published is set aside first, as links to the same files, and whoever
reads for people (reports, child files, feeds, explanations) reads it there until the new edition is published.

Belongs here: setting aside, reading, forgetting. Does not belong here: what makes an edition wait (`assets.coverage.gate`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pandas as pd

from pipelines.resources.files import write_text
from pipelines.resources.frames import FrameError, FrameStore

_FOLDER = ".released"


class RunFrames(FrameStore):
    """Frames as a run of one period reads them: its own as its stations make them, of every other period what people have.

    Args:
        root: the folder of the frames.
        period: the period that is run; "": none.
    """

    def __init__(self, root: Path, period: str) -> None:
        super().__init__(root)
        self._period, self._released = period, ReleasedFrames(root)

    def exists(self, asset: str, period: str) -> bool:
        """Whether the frame is there."""
        return super().exists(asset, period) if period == self._period else self._released.exists(asset, period)

    def read(self, asset: str, period: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read a frame. Raises as `FrameStore.read`."""
        if period == self._period:
            return super().read(asset, period, columns)
        return self._released.read(asset, period, columns)

    def periods(self, asset: str) -> list[str]:
        """The periods of which there is a frame to read."""
        own = [self._period] if self._period and super().exists(asset, self._period) else []
        return sorted({*(name for name in self._released.periods(asset) if name != self._period), *own})


class ReleasedFrames(FrameStore):
    """Frames as people may read them: of a period that is set aside what was published, of every other what is there."""

    def _store(self, period: str) -> FrameStore:
        return FrameStore(self.root / _FOLDER) if is_aside(self.root, period) else FrameStore(self.root)

    def exists(self, asset: str, period: str) -> bool:
        """Whether the published edition has the frame."""
        return self._store(period).exists(asset, period)

    def read(self, asset: str, period: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read a frame of the published edition.

        Raises:
            FrameError: as `FrameStore.read`; and where the period was never published and its first edition waits.
        """
        store = self._store(period)
        if store.root != self.root and not store.exists(asset, period):
            raise FrameError(
                f"{period} 的结果等待放行，还没有发布：请先运行 tongbi review-edition --period {period} 查看。"
            )
        return store.read(asset, period, columns)

    def periods(self, asset: str) -> list[str]:
        """The periods of which the published edition has the frame."""
        aside = set(FrameStore(self.root / _FOLDER).periods(asset))
        return [period for period in super().periods(asset) if not is_aside(self.root, period) or period in aside]


def is_aside(root: Path, period: str) -> bool:
    """Whether the published edition of a period is set aside, or none was published and the first one waits."""
    return _mark(root, period).is_file()


def set_aside(root: Path, period: str) -> None:
    """Set the frames of a period aside, once: what is aside already is the edition that people have.

    Args:
        root: the folder of the frames.
        period: the period.
    """
    if is_aside(root, period):
        return
    for path in sorted(root.glob(f"*/{period}.parquet")):
        if path.parent.name.startswith("."):
            continue
        target = root / _FOLDER / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            # A frame is replaced by renaming, never written into: the link keeps the file as it is.
            os.link(path, target)
        except OSError:  # a file system without links
            shutil.copy2(path, target)
    # The mark last: a kill before it leaves nothing that anybody reads.
    wait_unpublished(root, period)


def wait_unpublished(root: Path, period: str) -> None:
    """Say that nothing of what lies among the period's frames may be read for people, except what is aside."""
    mark = _mark(root, period)
    mark.parent.mkdir(parents=True, exist_ok=True)
    write_text(mark, "")


def keep_part(root: Path, period: str, frames: Mapping[str, pd.DataFrame]) -> None:
    """A part of an edition was published: people read the period's frames, with these in the place of those that hold more.

    Args:
        root: the folder of the frames.
        period: the period.
        frames: asset -> the frame as it was published.
    """
    forget_aside(root, period)
    set_aside(root, period)
    for asset, frame in frames.items():
        FrameStore(root / _FOLDER).write(asset, period, frame)


def forget_aside(root: Path, period: str) -> None:
    """The edition was published: from here on its frames are read."""
    _mark(root, period).unlink(missing_ok=True)
    for path in (root / _FOLDER).glob(f"*/{period}.parquet"):
        with suppress(OSError):
            path.unlink()


def _mark(root: Path, period: str) -> Path:
    return root / _FOLDER / f"{period}.aside"
