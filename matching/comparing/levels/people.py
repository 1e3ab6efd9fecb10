"""Levels of two sets of parents and guardians (rules/places-and-people.md#guardians): any of the one set against any of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Rows
    from matching.model import ComparedField
    from matching.shapes import Sets


def people_levels(sets: Sets, a: Rows, b: Rows, spec: ComparedField) -> NDArray[np.int8]:
    """Level of each pair: by number, by two names, by one name, by sound; another person in the same role, or only
    other roles.
    """
    known = sets.known("people", a, b)
    out = np.full(len(a), spec.code("missing"), dtype=np.int8)
    rows = np.flatnonzero(known)
    x, y = a[rows], b[rows]
    people = sets.tables["people"]
    roles = ((people[:, 0] != 0).astype(np.int8) | (people[:, 1] != 0).astype(np.int8) << 1).astype(np.int8)
    # Only father beside father or mother beside mother can contradict: the school names the parents, civil affairs the
    # grandmother, and both are right (rules/places-and-people.md#guardians).
    same_role = (roles[x] & roles[y]) != 0
    named = np.where(same_role, spec.code("differ"), spec.code("apart")).astype(np.int8)

    names = sets.shared("people", x, y)
    rest = np.flatnonzero(names == 0)
    alike = sets.shared("sounds", x[rest], y[rest]) > 0
    named[rest[alike]] = spec.code("sound")
    named[names == 1] = spec.code("one")
    named[names >= 2] = spec.code("two")
    out[rows] = named

    number = sets.shared("people_no", a, b) > 0
    out[number & (out != spec.code("two"))] = spec.code("number")  # two names say more than one number
    return out
