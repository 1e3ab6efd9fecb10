"""The bones of an old workbook (xls, BIFF): whether it is locked, and which rows and columns are hidden. Values are the readers' matter."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import olefile  # type: ignore[import-untyped]

from pipelines.resources.reading.refusals import not_a_table, refusal

_FILEPASS, _BOUNDSHEET, _ROW, _COLINFO = 0x002F, 0x0085, 0x0208, 0x007D
_EOF = 0x000A
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01
_MOST_COLUMNS = 255


@dataclass
class BiffSheet:
    """Hidden rows (from 1) and hidden columns (from 0) of one tab."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


def open_stream(data: bytes) -> bytes:
    """The workbook stream of an OLE file.

    Raises:
        Refusal: It is encrypted (`password`), no workbook, or cut off.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if ole.exists("EncryptedPackage"):
                raise refusal("password")
            name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
            if name is None:
                raise not_a_table("word" if ole.exists("WordDocument") else "ole")
            stream: bytes = ole.openstream(name).read()
    except (OSError, ValueError, IndexError, struct.error):
        raise refusal("truncated") from None
    return stream


def is_locked(stream: bytes) -> bool:
    """Whether the stream is encrypted: the record that says so comes within the first few."""
    return any(code == _FILEPASS for (code, _), _ in zip(_records(stream, 0), range(20), strict=False))


def hidden_parts(stream: bytes) -> list[BiffSheet]:
    """Hidden rows and columns per tab, in the order of the tabs."""
    tabs = []
    for globals_code, globals_body in _until_end(stream, 0):
        if globals_code != _BOUNDSHEET:
            continue
        tab = BiffSheet()
        for code, body in _until_end(stream, struct.unpack_from("<I", globals_body)[0]):
            # Hidden parts are only a remark: a record that a damaged file cuts short is passed over and stops nothing.
            if code == _ROW and len(body) >= 14 and body[12] & _ROW_HIDDEN:
                tab.hidden_rows.append(int.from_bytes(body[:2], "little") + 1)
            elif code == _COLINFO and len(body) >= 10 and body[8] & _COLUMN_HIDDEN:
                first, last = struct.unpack_from("<HH", body)
                # "All columns from here on" is written as a last column of 256, one behind the sheet's.
                tab.hidden_columns += range(first, min(last, _MOST_COLUMNS) + 1)
        tabs.append(tab)
    return tabs


def _until_end(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Code and body of the records of one substream, which begins at an offset."""
    for code, body in _records(stream, at):
        if code == _EOF:
            return
        yield code, body


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    end = len(stream) - 4
    while at <= end:
        code, length = struct.unpack_from("<HH", stream, at)
        yield code, stream[at + 4 : at + 4 + length]
        at += 4 + length
