"""Opening what a path names, when it is a file: on a pipe, a device or a socket reading would wait for ever, or never end.

Belongs here: that look, and reading no more of a file than it may hold. Not here: what the bytes mean.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipelines.resources.reading.refusals import refusal, too_big
from pipelines.resources.reading.shapes import Refusal

_CHUNK = 1 << 20
_MEGABYTE = 1 << 20


def is_regular(path: Path) -> bool:
    """Whether the path, or what a link leads to, is a file; nothing is opened, for opening alone moves some devices."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def open_regular(path: Path) -> BinaryIO:
    """Opens a file for reading; a link is followed to the file it names.

    Raises:
        Refusal: It is a folder, a pipe, a device or a socket.
        OSError: It is not there, or may not be read.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise refusal("not_a_file")
    # Looked at again once it is open: what the path names may have been exchanged meanwhile, and opening must not wait.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise refusal("not_a_file")
    return os.fdopen(number, "rb")


def pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file, as many as it held when it was opened: one that grows as fast as it is read would never end.

    Raises:
        Refusal: It is no file.
        OSError: It cannot be read.
    """
    with open_regular(path) as stream:
        left = os.fstat(stream.fileno()).st_size
        while left > 0 and (piece := stream.read(min(_CHUNK, left))):
            left -= len(piece)
            yield piece


def read_within(path: Path, most: int) -> bytes:
    """The whole file, if it holds at most `most` bytes, whatever the system says of its size.

    Raises:
        Refusal: It is no file, or larger.
        OSError: It cannot be read.
    """
    with open_regular(path) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise too_large(len(data), most)
    return data


def too_large(size: int, most: int) -> Refusal:
    """The refusal of a file of `size` bytes where `most` are allowed."""
    return too_big("文件大小", f"{size // _MEGABYTE}MB", f"{most // _MEGABYTE}MB")
