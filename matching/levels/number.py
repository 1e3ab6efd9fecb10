"""Levels of two children's own numbers (domain.md 1.3, 1.8): equal, derived, one slip, partly readable, different.

Belongs here: what two numbers say. Does not belong here: whether an equal number was borrowed (`screen`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import OSA

from matching.citizen import check_character
from matching.levels.people import shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.encode import Encoded
    from matching.model import FieldSpec

    Rows = NDArray[np.int32]


def number_levels(e: Encoded, a: Rows, b: Rows, spec: FieldSpec) -> NDArray[np.int8]:
    """Level of each pair of numbers; `differ` needs two numbers that stand as the children's own."""
    own_a, own_b = e.own[a], e.own[b]
    out = np.zeros(len(a), dtype=np.int8)
    any_a, any_b = (e.numbers != 0).any(axis=1)[a], (e.numbers != 0).any(axis=1)[b]
    out[any_a & any_b] = spec.code("differ")
    # A whole number beside the damaged one (in the student number) speaks instead: twins share the first 15 digits.
    broken = np.flatnonzero(((e.damaged[a] != "") & any_b & ~any_a) | ((e.damaged[b] != "") & any_a & ~any_b))
    out[broken] = _damaged_levels(e, a[broken], b[broken], spec)
    out[shared(e.documents, a, b) > 0] = spec.code("document")
    out[shared(e.numbers, a, b) > 0] = spec.code("derived")
    out[(own_a == own_b) & (own_a != 0)] = spec.code("same")
    return out


def _damaged_levels(e: Encoded, a: Rows, b: Rows, spec: FieldSpec) -> NDArray[np.int8]:
    """Best level of the unusable number against any good number of the other side; texts are compared once per
    distinct pair.
    """
    order = [spec.code(level) for level in ("missing", "raw_differ", "partial", "slip")]
    codes = {level: spec.code(level) for level in ("missing", "raw_differ", "partial", "slip")}
    seen: dict[tuple[str, int], int] = {}
    numbers = [tuple(number for number in row if number) for row in e.numbers[np.r_[a, b]].tolist()]
    damaged = e.damaged[np.r_[a, b]].tolist()
    out = np.zeros(len(a), dtype=np.int8)
    for place in range(len(a)):
        bad, good = damaged[place], numbers[place + len(a)]
        if not bad or not good:
            bad, good = damaged[place + len(a)], numbers[place]
        for number in good:
            key = (bad, number)
            if key not in seen:
                seen[key] = codes[_against(bad, number)]
            if order.index(seen[key]) > order.index(int(out[place])):
                out[place] = seen[key]
    return out


def _against(damaged: str, number: int) -> str:
    """Level of a damaged text against a valid number code."""
    if len(damaged) < 12:
        return "missing"
    first = f"{number:017d}"
    if "*" not in damaged and damaged[:15] != first[:15] and OSA.distance(damaged[:17], first, score_cutoff=2) > 2:
        return "raw_differ"
    valid = first + check_character(first)
    if "*" in damaged:
        return "partial" if _fits(damaged, valid) else "raw_differ"
    if damaged[:15] == valid[:15] and len(damaged) == 18 and not damaged.endswith(valid[-1]):
        return "partial"
    if one_slip(damaged, valid):
        return "slip"
    return "partial" if damaged[:15] == valid[:15] and len(damaged) >= 17 else "raw_differ"


def _fits(masked: str, valid: str) -> bool:
    if len(masked) != len(valid):
        head, tail = masked.split("*")[0], masked.split("*")[-1]
        return len(head) + len(tail) >= 6 and valid.startswith(head) and valid.endswith(tail)
    shown = [(x, y) for x, y in zip(masked, valid, strict=True) if x != "*"]
    return len(shown) >= 6 and all(x == y for x, y in shown)


def one_slip(a: str, b: str) -> bool:
    """One substitution, one adjacent swap, one missing or one doubled character apart."""
    if a == b:
        return True
    return OSA.distance(a, b, score_cutoff=1) <= 1
