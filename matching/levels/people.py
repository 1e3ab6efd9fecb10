"""Levels of two sets of parents and guardians (domain.md 4.5): any of the one set against any of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.encode import Encoded
    from matching.model import FieldSpec

    Rows = NDArray[np.int32]


def shared(table: NDArray[np.generic], a: Rows, b: Rows) -> NDArray[np.int8]:
    """How many non-zero members of the one set are in the other; columns of a row hold distinct members."""
    left, right = table[a], table[b]
    count = np.zeros(len(a), dtype=np.int8)
    for one in range(table.shape[1]):
        for other in range(table.shape[1]):
            count += (left[:, one] == right[:, other]) & (left[:, one] != 0)
    return count


def known(table: NDArray[np.generic], a: Rows, b: Rows) -> NDArray[np.bool_]:
    """Both sets have a member."""
    present = (table != 0).any(axis=1)
    both: NDArray[np.bool_] = present[a] & present[b]
    return both


def people_levels(e: Encoded, a: Rows, b: Rows, spec: FieldSpec) -> NDArray[np.int8]:
    """Level of each pair: by number, by two names, by one name, by sound; another person in the same role, or only
    other roles.
    """
    left, right = e.people[a], e.people[b]
    names = shared(e.people, a, b)
    role = ((left[:, :2] != 0) & (right[:, :2] != 0)).any(axis=1)  # father against father, mother against mother
    out = np.where(role, spec.code("differ"), spec.code("apart")).astype(np.int8)
    rest = np.flatnonzero(names == 0)
    alike = shared(e.names.whole[e.people], a[rest], b[rest]) > 0
    out[rest[alike]] = spec.code("sound")
    out[names == 1] = spec.code("one")
    out[shared(e.people_no, a, b) > 0] = spec.code("number")
    out[names >= 2] = spec.code("two")
    nothing = ~known(e.people, a, b) & (out != spec.code("number"))
    out[nothing] = spec.code("missing")
    return out
