"""How the child process hands sheets to its parent through a pipe: a line of JSON, then one Arrow stream per sheet. No parsing here.

A pipe and no file: nothing of what was read ever lies in a temporary folder, not even after both processes were killed.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pyarrow as pa

from pipelines.resources.reading.shapes import Notice, Parsed, Refusal, Sheet

_LISTS = ("merged", "hidden_rows", "hidden_columns")


def pack(parsed: Parsed) -> bytes:
    """A parsed file as bytes."""
    bodies = [_pack_cells(sheet) for sheet in parsed.sheets]
    heads = [_head(sheet, len(body)) for sheet, body in zip(parsed.sheets, bodies, strict=True)]
    notices = [dataclasses.asdict(notice) for notice in parsed.notices]
    head = {"container": parsed.container, "encoding": parsed.encoding, "notices": notices, "sheets": heads}
    return b"".join([json.dumps(head).encode(), b"\n", *bodies])


def pack_refusal(refusal: Refusal) -> bytes:
    """A refusal as bytes."""
    return json.dumps({"refusal": [refusal.code, refusal.message, refusal.advice]}).encode() + b"\n"


def unpack(data: bytes) -> tuple[Parsed, list[pa.Table]]:
    """The parsed file (its sheets without cells) and the cells of each sheet.

    Raises:
        Refusal: The one that was packed.
        ValueError: The bytes are not whole.
    """
    line, _, _ = data.partition(b"\n")
    head = json.loads(line)
    if "refusal" in head:
        raise Refusal(*head["refusal"])
    sheets, tables, at = [], [], len(line) + 1
    for entry in head["sheets"]:
        size = entry.pop("size")
        tables.append(pa.ipc.open_stream(pa.py_buffer(memoryview(data)[at : at + size])).read_all())
        sheets.append(_sheet(entry))
        at += size
    return Parsed(head["container"], sheets, head["encoding"], [Notice(**entry) for entry in head["notices"]]), tables


def _head(sheet: Sheet, size: int) -> dict[str, Any]:
    head: dict[str, Any] = {"name": sheet.name, "number": sheet.number, "hidden": sheet.hidden, "size": size}
    return head | {"damaged": sorted(sheet.damaged)} | {name: getattr(sheet, name) for name in _LISTS}


def _sheet(entry: dict[str, Any]) -> Sheet:
    damaged = {(row, column) for row, column in entry.pop("damaged")}
    merged = [(r0, c0, r1, c1) for r0, c0, r1, c1 in entry.pop("merged")]
    return Sheet(columns=[], damaged=damaged, merged=merged, **entry)


def _pack_cells(sheet: Sheet) -> pa.Buffer:
    arrays = [pa.array(_encodable(column), pa.large_string()) for column in sheet.columns]
    table = pa.Table.from_arrays(arrays, names=[str(position) for position in range(len(arrays))])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def _encodable(column: list[str]) -> list[str]:
    """Half of a surrogate pair is no character; files cut by careless programs hold some. It becomes the mark for unreadable (□)."""
    try:
        "".join(column).encode()
    except UnicodeEncodeError:
        return [
            text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\ufffd", "□") for text in column
        ]
    return column
