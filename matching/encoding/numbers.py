"""Numbers as integers: citizen numbers, the numbers inside student numbers and certificates, damaged numbers in
usable parts.

Belongs here: codes for equality and for blocking. Does not belong here: reading a number from a cell (`identity`),
screening shared numbers (`screening`), or judging two numbers (`levels.number`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matching.arrays import Bits, Ints
    from matching.columns import Coded, TextColumns

READABLE = frozenset({"bad_check", "bad_length", "bad_date", "damaged", "masked"})
"""Statuses whose remaining characters still say something (rules/identifiers.md#c05, #c06, #c09, #c11, #c12)."""
_KEEP = re.compile(r"[^0-9X*]")
_CHUNK = 250_000
"""Numbers read at a time: bounds the memory of their texts."""


def by_code(column: Coded, read: Callable[[str], int]) -> Ints:
    """Apply `read` once per distinct text; the answer lies along the rows."""
    table = np.fromiter(map(read, column.distinct), dtype=np.int64, count=len(column.distinct))
    return table[column.code] if len(table) else np.zeros(len(column.code), dtype=np.int64)


def read_numbers(columns: TextColumns, column: str) -> Ints:
    """First 17 digits of each row's valid 18-character number as an integer (the 18th follows from them); 0 where there
    is none. Read row by row: hashing texts to read each once costs more.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = columns.plain(column)
    if texts is None:
        return number_column(columns.once(column))
    out = np.zeros(len(texts), dtype=np.int64)
    fits = pc.equal(pc.utf8_length(texts), 18).fill_null(False)
    rows = np.flatnonzero(fits.to_numpy(zero_copy_only=False))
    numbers = texts.filter(fits)
    if pc.all(pc.equal(pc.binary_length(numbers), 18)).as_py():  # one byte per character: the texts stand side by side
        start = numbers.offset * 18
        out[rows] = _digits(
            np.frombuffer(numbers.buffers()[2] or b"", dtype=np.uint8)[start : start + 18 * len(numbers)]
        )
    else:
        out[rows] = number_codes(numbers.cast(pa.large_string()).to_pylist())
    return out


def number_column(column: Coded) -> Ints:
    """`read_numbers` of a column that is coded anyway."""
    table = np.zeros(len(column), dtype=np.int64)
    rows = np.flatnonzero(column.lengths() == 18)
    table[rows] = number_codes(column.take(rows))
    return table[column.code] if len(table) else np.zeros(len(column.code), dtype=np.int64)


def number_codes(texts: Sequence[str]) -> Ints:
    """Codes of texts of 18 characters each; 0 where the first 17 are not digits."""
    joined = "".join(texts).encode("ascii", "replace")  # one byte per character
    return _digits(np.frombuffer(joined, dtype=np.uint8))


def _digits(characters: Bits) -> Ints:
    """Numbers of 18 characters each, side by side."""
    out = np.zeros(len(characters) // 18, dtype=np.int64)
    for start in range(0, len(out), _CHUNK):
        digits = characters[start * 18 : (start + _CHUNK) * 18].reshape(-1, 18)[:, :17].T - np.uint8(ord("0"))
        digits = np.ascontiguousarray(digits)  # one place of all numbers after the other
        whole = np.zeros(digits.shape[1], dtype=np.int64)
        for place in digits:
            whole = whole * 10 + place
        # What stands before "0" has run over to something large, so that one comparison finds whatever is no digit.
        out[start : start + _CHUNK] = np.where((digits <= 9).all(axis=0), whole, 0)
    return out


def birth_code(number: Ints) -> Ints:
    """`yyyymmdd` inside number codes (positions 7 to 14), 0 for none."""
    return number // 1000 % 100_000_000


def document_column(column: Coded, kind: int) -> Ints:
    """Negative codes of another document's numbers (student number, birth certificate), apart from citizen numbers
    and other kinds.

    Fewer than five characters identify nobody and are 0.
    """
    # Numbered as they come: equality is all that is asked, so what a number looks like need not be kept.
    table = -(np.arange(len(column), dtype=np.int64) * 8 + kind + 1)
    table[column.lengths() < 5] = 0
    return table[column.code] if len(table) else np.zeros(len(column.code), dtype=np.int64)


def damaged_text(raw: str) -> str:
    """Digits, X and masks of an unusable number in the order written."""
    return _KEEP.sub("", raw.upper().replace("×", "X"))


def slip_parts(text: str) -> tuple[int, ...]:
    """Four overlapping parts of a number; one slip leaves at least one part whole (an adjacent swap across two
    borders excepted).

    Parts: the first 15 characters (all that Excel leaves: rules/identifiers.md#c05), the first 14 with the last two, the last 12, the
    first six with the last four. A part with a mask or too short is 0.
    """
    if len(text) < 15:
        return (0, 0, 0, 0)
    pieces = (text[:15], text[:14] + text[-2:], text[-12:], text[:6] + text[-4:])
    # The place is part of the code, so that the first fifteen digits of one number never meet the last twelve of another. X counts as 9,
    # here and where `blocking.parts.good_parts` makes the same parts by arithmetic.
    return tuple(
        0 if len(piece) < 10 or "*" in piece else int(piece.replace("X", "9")) * 4 + place + 1
        for place, piece in enumerate(pieces)
    )
