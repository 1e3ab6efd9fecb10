"""Numbers as integers: citizen numbers, the numbers inside student numbers and certificates, damaged numbers in
usable parts.

Belongs here: codes for equality and for blocking. Does not belong here: reading a number from a cell (`identity`),
screening shared numbers (`screen`), or judging two numbers (`levels.number`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from matching.columns import Coded

    Ints = NDArray[np.int64]

READABLE = frozenset({"bad_check", "bad_length", "bad_date", "damaged", "masked"})
"""Statuses whose remaining characters still say something (domain.md 1.3 C05, C06, C09, C11, C12)."""
_KEEP = re.compile(r"[^0-9X*]")
_CHUNK = 250_000
"""Numbers read at a time: bounds the memory of their texts."""


def by_code(column: Coded, read: Callable[[str], int]) -> Ints:
    """Apply `read` once per distinct text; the answer lies along the rows."""
    table = np.fromiter(map(read, column.distinct), dtype=np.int64, count=len(column.distinct))
    return table[column.code] if len(table) else np.zeros(len(column.code), dtype=np.int64)


def number_column(column: Coded) -> Ints:
    """First 17 digits of each row's valid 18-character number as an integer (the 18th follows from them); 0 where there
    is none.
    """
    if not len(column):
        return np.zeros(len(column.code), dtype=np.int64)
    table = np.zeros(len(column), dtype=np.int64)
    rows = np.flatnonzero(column.lengths() == 18)
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        table[some] = number_codes(column.some(some))
    return table[column.code]


def number_codes(texts: Sequence[str]) -> Ints:
    """Codes of texts of 18 characters each; 0 where the first 17 are not digits."""
    joined = "".join(texts).encode("ascii", "replace")  # one byte per character
    digits = np.frombuffer(joined, dtype=np.uint8).reshape(-1, 18)[:, :17] - np.uint8(ord("0"))
    whole = np.zeros(len(digits), dtype=np.int64)
    for place in range(17):
        whole = whole * 10 + digits[:, place]
    found: Ints = np.where((digits <= 9).all(axis=1), whole, 0)
    return found


def birth_code(number: Ints) -> Ints:
    """`yyyymmdd` inside number codes (positions 7 to 14), 0 for none."""
    return number // 1000 % 100_000_000


def document_column(column: Coded, kind: int) -> Ints:
    """Negative codes of another document's numbers (student number, birth certificate), apart from citizen numbers
    and other kinds.

    Fewer than five characters identify nobody and are 0.
    """
    table = -(np.arange(len(column), dtype=np.int64) * 8 + kind + 1)
    table[column.lengths() < 5] = 0
    return table[column.code] if len(table) else np.zeros(len(column.code), dtype=np.int64)


def damaged_text(raw: str) -> str:
    """Digits, X and masks of an unusable number in the order written."""
    return _KEEP.sub("", raw.upper().replace("×", "X"))


def slip_parts(text: str) -> tuple[int, ...]:
    """Four overlapping parts of a number; one slip leaves at least one part whole (an adjacent swap across two
    borders excepted).

    Parts: the first 15 characters (all that Excel leaves: C05), the first 14 with the last two, the last 12, the
    first six with the last four. A part with a mask or too short is 0.
    """
    pieces = (text[:15], text[:14] + text[-2:], text[-12:], text[:6] + text[-4:]) if len(text) >= 15 else ("",) * 4
    return tuple(_part_code(piece, place) for place, piece in enumerate(pieces))


def _part_code(piece: str, place: int) -> int:
    if len(piece) < 10 or "*" in piece:
        return 0
    return int(piece.replace("X", "9")) * 4 + place + 1
