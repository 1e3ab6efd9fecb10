"""Levels of two sets of parents and guardians (rules/places-and-people.md#guardians): any of the one set against any of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.model import ComparedField
    from matching.shapes import Sets

    Rows = NDArray[np.int32]


def people_levels(sets: Sets, a: Rows, b: Rows, spec: ComparedField) -> NDArray[np.int8]:
    """Level of each pair: by number, by two names, by one name, by sound; another person in the same role, or only
    other roles.
    """
    known = sets.known("people", a, b)
    out = np.full(len(a), spec.code("missing"), dtype=np.int8)
    rows = np.flatnonzero(known)
    out[rows] = _named(sets, a[rows], b[rows], spec)
    number = sets.shared("people_no", a, b) > 0
    out[number & (out != spec.code("two"))] = spec.code("number")
    return out


def _named(sets: Sets, a: Rows, b: Rows, spec: ComparedField) -> NDArray[np.int8]:
    """Levels by name of pairs that both have people."""
    people = sets.tables["people"]
    names = sets.shared("people", a, b)
    roles = ((people[:, 0] != 0).astype(np.int8) | (people[:, 1] != 0).astype(np.int8) << 1).astype(np.int8)
    same_role = (roles[a] & roles[b]) != 0  # father against father, mother against mother
    out = np.where(same_role, spec.code("differ"), spec.code("apart")).astype(np.int8)
    rest = np.flatnonzero(names == 0)
    alike = sets.shared("sounds", a[rest], b[rest]) > 0
    out[rest[alike]] = spec.code("sound")
    out[names == 1] = spec.code("one")
    out[names >= 2] = spec.code("two")
    return out
