"""Zips of files in the inbox: their members take the zip's place, as if they lay in the same folder (rules/bad-inputs.md#input-7).

Belongs here: which members are taken, zips in zips, the limits over all of them, keeping each in the store under its fingerprint. Does not belong
here: what a zip holds (`reading.archive`), what lies in a folder (`inbox`). Nothing is unpacked anywhere but into the store.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from pipelines.resources.inbox import Arrival, Remark, Scan, ignored_name, left
from pipelines.resources.keyring import password_of
from pipelines.resources.reading.archive import Member, content_of, may_be_archive, members_of
from pipelines.resources.reading.limits import Limits, load_settings
from pipelines.resources.reading.refusals import refusal, too_big
from pipelines.resources.reading.shapes import STOP, Refusal
from pipelines.resources.store import keep_bytes

_MEGABYTE = 1 << 20
_known: dict[tuple[Path, str, str | None], Scan] = {}


@dataclass
class Budget:
    """What is left of the limits for one zip and all zips inside it, and where their members are kept."""

    limits: Limits
    store: Path
    members: int = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is used yet."""
        self.members, self.size = self.limits.members, self.limits.unpacked_bytes

    def take(self, members: list[Member]) -> None:
        """Count members in.

        Raises:
            Refusal: they are more than was left.
        """
        self.members -= len(members)
        self.size -= sum(member.size for member in members)
        if self.members < 0:
            most = self.limits.members
            raise too_big("压缩包里的文件数", f"{most - self.members}个", f"{most}个")
        if self.size < 0:
            most = self.limits.unpacked_bytes
            raise too_big("压缩包解压后的大小", f"{(most - self.size) // _MEGABYTE}MB", f"{most // _MEGABYTE}MB")


def with_members(scan: Scan, store: Path) -> Scan:
    """The scan with the members of every zip in the place of the zip.

    Args:
        scan: of a folder.
        store: where members are kept.

    Returns:
        A scan of its own. A zip that cannot be opened stands in its notices with severity `stop`, and none of its members is there.
    """
    opened = Scan([], list(scan.unstable), list(scan.ignored), list(scan.notices), dict(scan.unread))
    for arrival in scan.files:
        if not may_be_archive(arrival.path):
            opened.files.append(arrival)
            continue
        inside = _inside(arrival, store)
        if inside is None:
            opened.files.append(arrival)
            continue
        opened.files += [replace(file, file=f"{arrival.file}/{file.file}") for file in inside.files]
        opened.notices += [
            replace(line, file=f"{arrival.file}/{line.file}" if line.file else arrival.file) for line in inside.notices
        ]
        opened.unread |= {f"{arrival.file}/{name}": word for name, word in inside.unread.items()}
        opened.unread[arrival.file] = "closed" if any(not line.file for line in inside.notices) else "opened"
    return opened


def _inside(arrival: Arrival, store: Path) -> Scan | None:
    """What is in a zip, with names inside it; None when it is no zip of files. Asked once for a content: every department looks at it."""
    key = (store, arrival.sha256, password_of(arrival.sha256))
    known = _known.get(key)
    if known is not None and all(file.path.is_file() for file in known.files):
        return known
    scan = Scan()
    try:
        if not _open(arrival, Budget(load_settings().limits, store), scan):
            return None
    except Refusal as refused:
        # Half a zip would look like a whole one.
        scan = Scan(notices=[Remark("", refused.code, STOP, refused.message, refused.advice)])
    _known[key] = scan
    return scan


def _open(archive: Arrival, budget: Budget, scan: Scan, inside: str = "", depth: int = 1) -> bool:
    """Take the members of a zip, and of the zips in it; whether it was a zip of files."""
    password = password_of(archive.sha256)
    members = members_of(archive.path, budget.limits, password)
    if members is None:
        return False
    if depth > budget.limits.nesting:
        raise refusal("zip_nested")
    budget.take(members)
    for name, member in _wanted(members, scan, inside):
        content = content_of(archive.path, member, budget.limits, password)
        path, sha256 = keep_bytes(budget.store, content, name)
        file = Arrival(path, name, sha256, member.size)
        if may_be_archive(path) and _open(file, budget, scan, f"{name}/", depth + 1):
            scan.unread[name] = "opened"
            continue
        scan.files.append(file)
    return True


def _wanted(members: list[Member], scan: Scan, inside: str) -> Iterator[tuple[str, Member]]:
    """What may be a delivery, in the order of names; what is left alone is noted."""
    for member in sorted(members, key=lambda each: each.name):
        name = f"{inside}{member.name}"
        reason = ignored_name(PurePosixPath(member.name), member.link)
        if reason is None:
            yield name, member
            continue
        scan.unread[name] = "ignored" if reason.told else "silent"
        if reason.told:
            scan.notices.append(left(name, reason))
