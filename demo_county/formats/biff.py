"""xls as Excel 97-2003 wrote it: BIFF8 records in a compound file. Written by hand because no package for it is
needed at run time.
"""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path

from demo_county.sheets import Cell, DemoSheet

_SECTOR, _END, _FREE, _FAT = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SMALLEST = 4096  # shorter streams would have to live in the mini stream


def write_xls(path: Path, sheets: list[DemoSheet]) -> None:
    """Write sheets as one xls file."""
    path.write_bytes(_compound(_workbook(sheets)))


def _record(kind: int, data: bytes) -> bytes:
    """A record of the stream; the format allows it 8,224 bytes."""
    return struct.pack("<HH", kind, len(data)) + data


def _text(value: str, width: str) -> bytes:
    coded = value.encode("utf-16-le")
    return struct.pack(width, len(coded) // 2) + b"\x01" + coded


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _workbook(sheets: list[DemoSheet]) -> bytes:
    # FONT, XF, WINDOW1 and STYLE have no use here but are expected: readers count on four fonts, and on fifteen styles
    # before the first format of cells, which is therefore number 15.
    font = _record(0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 134, 0) + _text("宋体", "<B"))
    styles = [
        _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 0, 0xFFF5, 0x20, 0, 0, 0xF4, 0, 0, 0x20C0)) for _ in range(15)
    ]
    cell_style = _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 0, 0x0001, 0x20, 0, 0, 0, 0, 0, 0x20C0))
    window = _record(0x003D, struct.pack("<9H", 0, 0, 16000, 9000, 0x38, 0, 0, 1, 600))
    normal = _record(0x0293, struct.pack("<HBB", 0x8000, 0, 0xFF))
    head = (
        _begin(0x0005)
        + _record(0x0042, struct.pack("<H", 1200))
        + window
        + font * 4
        + b"".join(styles)
        + cell_style
        + normal
    )
    # BOUNDSHEET names the place of each sheet in the stream, so the length of everything before must be known first.
    names = [_text(sheet.name, "<B") for sheet in sheets]
    pages = [_sheet(sheet) for sheet in sheets]
    at = len(head) + sum(4 + 6 + len(name) for name in names) + 4
    bounds = b""
    for name, page in zip(names, pages, strict=True):
        bounds += _record(0x0085, struct.pack("<IH", at, 0) + name)
        at += len(page)
    return head + bounds + _record(0x000A, b"") + b"".join(pages)


def _sheet(sheet: DemoSheet) -> bytes:
    width = max((len(row) for row in sheet.rows), default=1)
    out = [_begin(0x0010), _record(0x0200, struct.pack("<IIHHH", 0, len(sheet.rows), 0, width, 0))]
    out += [_record(0x0208, struct.pack("<HHHHHHI", r, 0, width, 0xFF, 0, 0, 0x20 | 0x0100)) for r in sheet.hidden]
    for r, row in enumerate(sheet.rows):
        out += [_cell(r, c, cell) for c, cell in enumerate(row) if cell != ""]
    if sheet.merges:
        ranges = b"".join(struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in sheet.merges)
        out.append(_record(0x00E5, struct.pack("<H", len(sheet.merges)) + ranges))
    return b"".join([*out, _record(0x000A, b"")])


def _cell(row: int, column: int, cell: Cell) -> bytes:
    place = struct.pack("<HHH", row, column, 15)
    # LABEL with its own text: valid, though Excel itself writes all texts into one shared table.
    if isinstance(cell, str):
        return _record(0x0204, place + _text(cell, "<H"))
    value = float((cell - dt.date(1899, 12, 30)).days) if isinstance(cell, dt.date) else float(cell)
    return _record(0x0203, place + struct.pack("<d", value))


def _compound(stream: bytes) -> bytes:
    stream = stream.ljust(max(_SMALLEST, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    body = len(stream) // _SECTOR
    # The allocation table lists its own sectors, too: it grows until it has room for them.
    fats = 1
    while fats * 128 < fats + 1 + body:
        fats += 1
    if fats > 109:  # as many as the header names; more would need a chain of further sectors
        raise ValueError("a demo xls file may not be larger than 7 MB")
    table = [_FAT] * fats + [_END] + [fats + 2 + i for i in range(body - 1)] + [_END]
    table += [_FREE] * (fats * 128 - len(table))
    first = [*range(fats), *[_FREE] * (109 - fats)]
    header = (
        bytes.fromhex("D0CF11E0A1B11AE1")
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fats, fats, 0, _SMALLEST, _END, 0, _END, 0)
    )
    directory = (
        _entry("Root Entry", 5, _END, 0, 1)
        + _entry("Workbook", 2, fats + 1, len(stream), _FREE)
        + _entry("", 0, 0, 0, _FREE) * 2
    )
    return header + struct.pack("<109I", *first) + struct.pack(f"<{len(table)}I", *table) + directory + stream


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    coded = (name + "\0").encode("utf-16-le") if name else b""
    return coded.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xIII", len(coded), kind, 1, _FREE, _FREE, child, start, size, 0
    )
