"""What lies in a folder of the inbox: complete files with their fingerprints, files still being written, files that are no deliveries.

Nothing is opened for its content here, moved or deleted; `unpacking` opens zips of files, `reading` reads and `store` keeps. Which folder is whose
is decided where departments are known.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePath

import yaml
from pydantic import BaseModel, ConfigDict

from pipelines.resources.reading.opening import is_regular, pieces
from pipelines.resources.reading.shapes import STOP, WARN, Refusal

SETTLE_SECONDS = 2.0
"""A file that nobody has written to for so long is complete, as far as its times can tell."""

_FILE = Path(__file__).with_name("inbox.yaml")


class IgnoredName(BaseModel):
    """A pattern of `inbox.yaml`: what such a file is, and whether leaving it is worth a word."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pattern: str
    reason: str
    told: bool = False


@dataclass(frozen=True)
class Arrival:
    """A complete file: `file` is its name below the folder that was looked at, with `/` between folders.

    A file out of a zip lies in the store; its name is that of the zip and its own in it.
    """

    path: Path
    file: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Remark:
    """Something to say about one file of the inbox; severity `stop`, `ask` or `warn`."""

    file: str
    code: str
    severity: str
    message: str
    advice: str


@dataclass
class Scan:
    """What one look saw, each list in the order of names; `unread` are the names of all that is no file to read, with a word why: `unstable`,
    `ignored` (said), `silent` (left without a word), `opened` (a zip whose files are among `files`), `closed` (a zip that was not opened).
    """

    files: list[Arrival] = field(default_factory=list)
    unstable: list[Path] = field(default_factory=list)
    ignored: list[tuple[Path, str]] = field(default_factory=list)
    notices: list[Remark] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Inbox:
    """The inbox of a workspace; `clock` and `wait` are those of the machine, except in tests."""

    root: Path
    clock: Callable[[], float] = time.time
    wait: Callable[[float], None] = time.sleep

    def scan(self, period: str, department: str, settle_seconds: float = SETTLE_SECONDS) -> Scan:
        """Looks at one department's folder and every folder below it (townships often send one each).

        Waits only for files written to within the last `settle_seconds`, and for all of them together once. A file that
        changes meanwhile, or while it is fingerprinted, is still being written (rules/bad-inputs.md#input-42).
        """
        return self.scan_folder(self.root / period / department, (), settle_seconds)

    def scan_folder(self, folder: Path, without: Collection[str] = (), settle_seconds: float = SETTLE_SECONDS) -> Scan:
        """The same of any folder, but for the folders in it that are named `without`."""
        scan = Scan()
        before = {path: _state(path) for path in self._candidates(folder, without, scan)}
        now = self.clock()
        # A time in the future (another machine's clock) counts as now.
        ages = [now - min(written / 1e9, now) for _, written in before.values()]
        if ages and min(ages) < settle_seconds:
            self.wait(settle_seconds - min(ages))

        for path, state in before.items():
            name, content = path.relative_to(folder).as_posix(), None
            if _state(path) == state:
                # Windows locks files while they are copied: what cannot be read now is still being written.
                with suppress(OSError, Refusal):
                    content = sha256_of(path)
            if content is not None and _state(path) == state:
                scan.files.append(Arrival(path, name, *content))
                continue
            # The sentence does not repeat the name: it may be a child's. Whoever shows it says which file is meant (`naming`).
            message, advice = "这个文件还在写入或被占用，没有读取。", "请等文件复制完、关闭打开它的程序后再运行。"
            scan.unstable.append(path)
            scan.unread[name] = "unstable"
            scan.notices.append(Remark(name, "unstable", STOP, message, advice))
        return scan

    def listed(self, period: str, department: str) -> list[str]:
        """`listed_in` of `inbox/<period>/<department>/`."""
        return self.listed_in(self.root / period / department)

    def listed_in(self, folder: Path, without: Collection[str] = ()) -> list[str]:
        """The files of a folder in the order of their names, as a person counts them: 第2个文件; folders in it named `without` are left out.

        What is left without a word (lock files, hidden files) is not counted: whoever looks at the folder does not see it.
        """
        names = [path.relative_to(folder) for path in _below(folder, without)]
        reasons = {name: _ignored_because(folder / name, name) for name in names}
        return [name.as_posix() for name in names if (reason := reasons[name]) is None or reason.told]

    def _candidates(self, folder: Path, without: Collection[str], scan: Scan) -> Iterator[Path]:
        """What may be a delivery, in the order of names; what is left alone is noted in the scan."""
        for path in _below(folder, without):
            name = path.relative_to(folder)
            reason = _ignored_because(path, name)
            if reason is None:
                yield path
                continue
            scan.ignored.append((path, reason.reason))
            scan.unread[name.as_posix()] = "ignored" if reason.told else "silent"
            if reason.told:
                scan.notices.append(left(name.as_posix(), reason))


def _below(folder: Path, without: Collection[str]) -> list[Path]:
    """Everything below a folder that is no folder itself, in the order of names."""
    # A link to a folder is said like any link; what lies behind it is not gone through.
    paths = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    return sorted(
        path for path in paths if len(parts := path.relative_to(folder).parts) == 1 or parts[0] not in without
    )


def arrivals(inbox: Path, period: str, department: str, settle_seconds: float = SETTLE_SECONDS) -> Scan:
    """`Inbox(inbox).scan(...)`: the files of one department in one period."""
    return Inbox(inbox).scan(period, department, settle_seconds)


@cache
def load_ignored(path: Path = _FILE) -> tuple[IgnoredName, ...]:
    """The patterns of `inbox.yaml`.

    Raises:
        ValueError: A key is unknown or missing; pydantic's message names it.
    """
    return tuple(IgnoredName.model_validate(entry) for entry in yaml.safe_load(path.read_text("utf-8"))["ignored"])


def ignored_name(name: PurePath, link: bool = False) -> IgnoredName | None:
    """Why a file of that name, in the inbox or in a zip, is no delivery; None for one that may be."""
    if link:
        return IgnoredName(pattern="", reason="指向别处的链接，不是文件本身", told=True)
    for part in reversed(name.parts):
        for entry in load_ignored():
            if fnmatchcase(part.lower(), entry.pattern.lower()):
                return entry
    return None


def _ignored_because(path: Path, name: Path) -> IgnoredName | None:
    if reason := ignored_name(name, path.is_symlink()):
        return reason
    if not is_regular(path) and path.exists():
        return IgnoredName(pattern="", reason="管道、设备或套接字，不是文件", told=True)
    return None


def _state(path: Path) -> tuple[int, int]:
    """Size and time of the last writing; `(-1, 0)` for a file that has gone meanwhile."""
    try:
        facts = path.stat()
    except OSError:
        return -1, 0
    return facts.st_size, facts.st_mtime_ns


def sha256_of(path: Path) -> tuple[str, int]:
    """SHA-256 (64 hex digits) and size in bytes of a file's content, as far as it reached when it was opened.

    Raises:
        Refusal: it is a pipe, a device or another thing that has no content.
        OSError: it cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    for piece in pieces(path):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def left_remark(path: Path, name: str) -> Remark | None:
    """What a run says of a file of that name that it leaves alone; None for a file that it reads."""
    reason = _ignored_because(path, Path(name))
    return left(name, reason) if reason is not None else None


def left(name: str, reason: IgnoredName) -> Remark:
    """The remark on a file that is left alone."""
    message = f"这个文件是{reason.reason}，未读取。"
    return Remark(name, "ignored", WARN, message, "如果是要报送的文件，请重新放入完整的文件。")
