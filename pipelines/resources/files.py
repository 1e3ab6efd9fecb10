"""Writing a file so that it is either the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.resources import faults


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside the wanted one; when the block ends well, it is flushed to disk and renamed over the wanted one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield aside
        flush(
            aside
        )  # the name may reach the disk before the content: after a power failure the file would be there and empty
        faults.reach(f"before_rename:{path.parent.name}")
        aside.replace(path)
        flush(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if os.name == "nt" and path.is_dir():  # pragma: no cover - Windows cannot open a folder
        return
    number = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def write_text(path: Path, text: str) -> None:
    """Replace a small text file whole."""
    with replacing(path) as aside:
        aside.write_text(text, encoding="utf-8")


def sweep(folder: Path, stale: Callable[[Path], bool] = lambda _: True) -> int:
    """Remove what killed runs left aside below a folder; returns how many files."""
    parts = [path for path in folder.rglob(".*.part") if stale(path)]
    for path in parts:
        path.unlink(missing_ok=True)
    return len(parts)
