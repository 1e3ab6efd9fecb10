"""Levels of two addresses (rules/places-and-people.md#addresses): where one lives or is registered, either of the one against either of
the other; and of single codes and telephones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Rows
    from matching.model import ComparedField
    from matching.shapes import Sets


def place_levels(sets: Sets, a: Rows, b: Rows, spec: ComparedField) -> NDArray[np.int8]:
    """Level of each pair: same address, same village, same town; inequality says little (a third live apart from
    their register).
    """
    towns, villages = sets.known("towns", a, b), sets.known("villages", a, b)
    town = sets.shared("towns", a, b) > 0
    village = sets.shared("villages", a, b) > 0
    out = np.full(len(a), spec.code("differ"), dtype=np.int8)
    out[town] = spec.code("town")
    # Villages of two towns carry one name; without a town on both sides there is nothing that contradicts the village.
    out[village & (town | ~towns)] = spec.code("village")
    out[~(towns | villages)] = spec.code("missing")
    out[sets.shared("houses", a, b) > 0] = spec.code("house")
    return out


def flat_levels(codes: NDArray[np.generic], a: Rows, b: Rows, spec: ComparedField) -> NDArray[np.int8]:
    """Same, different or missing of a single code (sex, household, school, ethnic group)."""
    left, right = codes[a], codes[b]
    out = np.where(left == right, spec.code("same"), spec.code("differ")).astype(np.int8)
    out[(left == 0) | (right == 0)] = spec.code("missing")
    return out


def phone_levels(sets: Sets, a: Rows, b: Rows, spec: ComparedField) -> NDArray[np.int8]:
    """Any telephone of the one is a telephone of the other."""
    out = np.where(sets.shared("phones", a, b) > 0, spec.code("same"), spec.code("differ")).astype(np.int8)
    out[~sets.known("phones", a, b)] = spec.code("missing")
    return out
