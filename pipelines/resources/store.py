"""The workspace's own copies of delivered files: `store/<2 hex>/<sha256><suffix>`, read-only, named by their content.

Copying, finding and verifying. Nothing is ever changed here, and nothing is read for its cells.
"""

from __future__ import annotations

import errno
import hashlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.resources.files import replacing
from pipelines.resources.inbox import sha256_of
from pipelines.resources.reading.opening import pieces
from pipelines.resources.reading.shapes import Refusal

_READ_ONLY = stat.S_IRUSR | stat.S_IRGRP
_LONGEST_ENDING = 100
_FULL = (errno.ENOSPC, errno.EDQUOT)


def keep(store: Path, path: Path, sha256: str) -> Path:
    """Copies a delivered file into the store; a copy that is there already and whole stays as it is.

    Args:
        store: The store's folder.
        path: The file in the inbox.
        sha256: Its fingerprint, as the inbox found it.

    Returns:
        Where the copy is.

    Raises:
        Refusal: The disk is full (rules/bad-inputs.md#input-41), or the file has changed since its fingerprint was taken. Nothing is
            left half-written in either case.
    """
    target = place(store, path.name, sha256)
    if verify(target, sha256):
        return target
    with _written_whole(target) as aside:
        # The fingerprint of what was copied is what counts: the file may have changed since it was looked at.
        if copy_with_fingerprint(path, aside) != sha256:
            raise Refusal("unstable", "有文件在读取过程中又被改动。", "请等文件写完后再运行。")
    return target


@contextmanager
def _written_whole(target: Path) -> Iterator[Path]:
    """A path beside the target to write to; what was written becomes the target, read-only, or nothing does.

    Raises:
        Refusal: The disk is full.
    """
    try:
        with replacing(target) as aside:
            yield aside
        # By the mask the group may read it or not; the flush that came before had to open it for writing.
        target.chmod(target.stat().st_mode & _READ_ONLY)
    except OSError as error:
        if error.errno in _FULL:
            advice = "请清理磁盘后再运行；原有的结果没有改动。"
            raise Refusal("disk_full", "磁盘空间不足，文件没有存入。", advice) from None
        raise


def keep_bytes(store: Path, content: bytes, name: str) -> tuple[Path, str]:
    """Keeps what was unpacked from an archive as `keep` keeps a file; gives where the copy is, and its fingerprint.

    Args:
        store: The store's folder.
        content: All bytes of the file.
        name: Its name in the archive; only its ending is used.

    Raises:
        Refusal: The disk is full; nothing is left half-written.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    target = place(store, name, sha256)
    if not verify(target, sha256):
        with _written_whole(target) as aside:
            aside.write_bytes(content)
    return target, sha256


def kept(store: Path, file: str, sha256: str) -> Path:
    """The copy of a file that was taken earlier.

    Raises:
        Refusal: It is missing, or its content is no longer what it was.
    """
    target = place(store, file, sha256)
    if not verify(target, sha256):
        advice = "请从备份恢复工作区的 store 文件夹，或重新放入原文件。"
        raise Refusal("store", "以前存下的文件不见了或已被改动。", advice)
    return target


def place(store: Path, file: str, sha256: str) -> Path:
    """Where the copy of a file with this name and fingerprint belongs."""
    ending = Path(file).suffix.lower()
    # In a zip a name may be longer than a file's can be.
    return store / sha256[:2] / f"{sha256}{ending if len(ending.encode()) <= _LONGEST_ENDING else ''}"


def verify(target: Path, sha256: str) -> bool:
    """Whether the copy is there and its content is what its name says."""
    return target.is_file() and sha256_of(target)[0] == sha256


def copy_with_fingerprint(source: Path, target: Path) -> str:
    """Copies a file and gives back the SHA-256 of what was copied.

    Raises:
        Refusal: it has no content.
        OSError: it cannot be read, or the disk is full.
    """
    digest = hashlib.sha256()
    with target.open("wb") as copy:
        for piece in pieces(source):
            digest.update(piece)
            copy.write(piece)
    return digest.hexdigest()
