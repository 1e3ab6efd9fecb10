"""Levels of two children's own numbers (rules/identifiers.md#damage, #trust-order): equal, derived, one slip, partly readable, different.

Belongs here: what two numbers say. Does not belong here: whether an equal number was borrowed (`screening`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from matching.reading.citizen import CHECK_CHARACTERS, WEIGHTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Rows
    from matching.model import ComparedField
    from matching.shapes import Encoded, Sets


CUT = "000"
"""End of a number that a spreadsheet kept as a number (rules/identifiers.md#c05): the last three digits are lost, one equal zero among them says nothing."""
RANKS = ("missing", "raw_differ", "partial", "slip")
"""What a damaged number may say, the strongest last."""


def number_levels(e: Encoded, sets: Sets, pair: tuple[Rows, Rows], spec: ComparedField) -> NDArray[np.int8]:
    """Level of each pair of numbers; `differ` needs two numbers that stand as the children's own."""
    a, b = pair
    out = np.zeros(len(a), dtype=np.int8)
    bit = sets.bit("numbers")
    any_a, any_b = (sets.filled[a] & bit) > 0, (sets.filled[b] & bit) > 0
    both = np.flatnonzero(any_a & any_b)
    out[both] = spec.code("differ")
    damaged = damaged_levels(e, sets, pair, spec)
    out[damaged > 0] = damaged[damaged > 0]
    # From here the weaker level is written first: one pair may agree in several ways, and the surest has the last word.
    out[sets.shared("documents", a, b) > 0] = spec.code("document")
    x, y = a[both], b[both]
    shared = sets.shared("numbers", x, y) > 0
    out[both[shared]] = spec.code("derived")
    own = sets.tables["numbers"][:, 0]
    same = own[x]
    out[both[(same == own[y]) & (same != 0)]] = spec.code("same")
    return out


def damaged_levels(e: Encoded, sets: Sets, pair: tuple[Rows, Rows], spec: ComparedField) -> NDArray[np.int8]:
    """Levels of pairs of a damaged number and a good one: the best of the damaged number against any number of the other side; 0 for all others.

    A whole number beside the damaged one (in the student number) speaks instead: twins share the first 15 digits.
    """
    a, b = pair
    bit = sets.bit("numbers")
    any_a, any_b = (sets.filled[a] & bit) > 0, (sets.filled[b] & bit) > 0
    rows = np.flatnonzero((sets.damaged[a] & any_b & ~any_a) | (sets.damaged[b] & any_a & ~any_b))
    a, b = a[rows], b[rows]
    swap = (e.damaged[a] == "") | ~(e.numbers[b] != 0).any(axis=1)
    bad, good = np.where(swap, b, a), np.where(swap, a, b)

    ranks = np.zeros(len(rows), dtype=np.int8)
    # Texts are compared once per distinct pair of text and number: one cut number stands in many pairs.
    texts, text = np.unique(e.damaged[bad].astype(str), return_inverse=True) if len(bad) else (np.zeros(0, str), bad)
    for place in range(e.numbers.shape[1]):
        number = e.numbers[good, place]
        filled = np.flatnonzero(number)
        numbers, code = np.unique(number[filled], return_inverse=True)
        pairs, back = np.unique(text[filled].astype(np.int64) * max(len(numbers), 1) + code, return_inverse=True)
        rank = damaged_ranks(texts[pairs // max(len(numbers), 1)].tolist(), numbers[pairs % max(len(numbers), 1)])
        ranks[filled] = np.maximum(ranks[filled], rank[back])
    out = np.zeros(len(pair[0]), dtype=np.int8)
    out[rows] = np.array([spec.code(level) for level in RANKS], dtype=np.int8)[ranks]
    return out


def damaged_ranks(damaged: list[str], numbers: NDArray[np.int64]) -> NDArray[np.int8]:
    """Places in `RANKS` of damaged texts against valid number codes, side by side."""
    first17 = [f"{number:017d}" for number in numbers.tolist()]
    valid = list(map(str.__add__, first17, check_characters(numbers)))
    traits = [
        (len(bad), "*" in bad, bad[:15] == good[:15], bad[-1:] != good[-1:] or bad[-3:] == CUT)
        for bad, good in zip(damaged, valid, strict=True)
    ]
    length, masked, begun, cut = np.array(traits, dtype=np.int64).reshape(-1, 4).T
    far = _slips([bad[:17] for bad in damaged], first17, 2) > 2
    one_slip = _slips(damaged, valid, 1) <= 1
    # In this order: below 12 characters there is too little to read (rules/identifiers.md#c07), and a number that a spreadsheet cut is
    # read by its first fifteen digits before slips are counted, since its last digits are none (#c05, #c06).
    tests = (
        (length < 12, "missing"),
        ((masked == 0) & (begun == 0) & far, "raw_differ"),
        (masked > 0, "raw_differ"),
        ((begun > 0) & (length == 18) & (cut > 0), "partial"),
        (one_slip, "slip"),
        ((begun > 0) & (length >= 17), "partial"),
    )
    ranks = np.select([test for test, _ in tests], [RANKS.index(rank) for _, rank in tests], RANKS.index("raw_differ"))
    for row in np.flatnonzero((masked > 0) & (length >= 12)).tolist():
        ranks[row] = RANKS.index("partial" if _legible_part_agrees(damaged[row], valid[row]) else "raw_differ")
    return ranks.astype(np.int8)


def check_characters(numbers: NDArray[np.int64]) -> list[str]:
    """The 18th character of numbers of 17 digits (see `citizen.check_character`)."""
    total = np.zeros(len(numbers), dtype=np.int64)
    for place, weight in enumerate(WEIGHTS):
        total += numbers // 10 ** (16 - place) % 10 * weight
    return [CHECK_CHARACTERS[rest] for rest in (total % 11).tolist()]


def _slips(texts: list[str], others: list[str], most: int) -> NDArray[np.int8]:
    """Slips between texts side by side; above `most` it is `most + 1`."""
    # OSA counts two neighbours swapped as one slip, as a typist makes it (rules/identifiers.md#c12).
    slips = process.cpdist(texts, others, scorer=OSA.distance, score_cutoff=most, dtype=np.int8)
    return np.asarray(slips, dtype=np.int8)


def _legible_part_agrees(masked: str, valid: str) -> bool:
    """What the mask leaves agrees (rules/identifiers.md#c11), and is at least as long as an area code."""
    if len(masked) != len(
        valid
    ):  # masked by some other number of stars than it had digits: only both ends have a place
        head, tail = masked.split("*")[0], masked.split("*")[-1]
        return len(head) + len(tail) >= 6 and valid.startswith(head) and valid.endswith(tail)
    shown = [(x, y) for x, y in zip(masked, valid, strict=True) if x != "*"]
    return len(shown) >= 6 and all(x == y for x, y in shown)
