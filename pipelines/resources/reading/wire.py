"""How the child process hands sheets to its parent through a pipe: a line of JSON, then the columns. No parsing here.

A pipe and no file: nothing of what was read ever lies in a temporary folder, not even after both processes were killed.
"""

from __future__ import annotations

import dataclasses
import itertools
import json

from pipelines.resources.reading.cells import map_private
from pipelines.resources.reading.shapes import Notice, Parsed, ParsedSheet, Refusal

GOES, STAYS = 0, 1
HEAD = 9
"""Bytes before an answer: whether the process waits for another order (`STAYS`), then how many bytes follow."""

_PLAIN = ("name", "number", "hidden", "merged", "hidden_rows", "hidden_columns")


def framed(answer: bytes, stays: bool) -> list[bytes]:
    """An answer as it goes through the pipe."""
    return [bytes([STAYS if stays else GOES]), len(answer).to_bytes(HEAD - 1, "big"), answer]


def pack(parsed: Parsed) -> bytes:
    """A parsed file as bytes."""
    bodies = [[pack_column(column) for column in sheet.columns] for sheet in parsed.sheets]
    heads = [
        {
            **{name: getattr(sheet, name) for name in _PLAIN},
            "damaged": sorted(sheet.damaged),  # JSON has no sets
            "sizes": list(map(len, columns)),
        }
        for sheet, columns in zip(parsed.sheets, bodies, strict=True)
    ]
    notices = [dataclasses.asdict(notice) for notice in parsed.notices]
    head = {"container": parsed.container, "encoding": parsed.encoding, "notices": notices, "sheets": heads}
    return b"".join([json.dumps(head).encode(), b"\n", *itertools.chain.from_iterable(bodies)])


def pack_refusal(refusal: Refusal) -> bytes:
    """A refusal as bytes."""
    return json.dumps({"refusal": [refusal.code, refusal.message, refusal.advice]}).encode() + b"\n"


def unpack(data: bytes) -> tuple[Parsed, list[list[bytes]]]:
    """The parsed file (its sheets without cells) and the cells of each sheet: per column, as `pack_column` made them.

    Raises:
        Refusal: The one that was packed.
        ValueError: The bytes are not whole.
    """
    line, _, _ = data.partition(b"\n")
    head = json.loads(line)
    if "refusal" in head:
        raise Refusal(*head["refusal"])
    sheets, cells, at = [], [], len(line) + 1
    for entry in head["sheets"]:
        ends = list(itertools.accumulate(entry.pop("sizes"), initial=at))
        cells.append([data[start:end] for start, end in itertools.pairwise(ends)])
        # JSON gives lists where sheets hold tuples.
        damaged = {(row, column) for row, column in entry.pop("damaged")}
        merged = [(r0, c0, r1, c1) for r0, c0, r1, c1 in entry.pop("merged")]
        sheets.append(ParsedSheet(columns=[], damaged=damaged, merged=merged, **entry))
        at = ends[-1]
    if at != len(data):
        raise ValueError("the answer of the reading process is not whole")
    return Parsed(head["container"], sheets, head["encoding"], [Notice(**entry) for entry in head["notices"]]), cells


def pack_column(texts: list[str]) -> bytes:
    """Texts joined by NUL, which no cell may hold; private code points are mapped on the way, in one go for the whole column."""
    joined = "\0".join(texts)
    if joined.count("\0") >= len(texts):
        joined = "\0".join(text.replace("\0", "") for text in texts)
    joined = map_private(joined)
    try:
        return joined.encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair is no character; files cut by careless programs hold some. □ is the mark for unreadable.
        repaired = joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return repaired.replace("\ufffd", "□").encode()
