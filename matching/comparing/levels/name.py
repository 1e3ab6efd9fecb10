"""Levels of two names (rules/names.md#n01 to #n17): the comparison of `names.levels` in the codes of the model.

Belongs here: the one step from its levels to the model's. Does not belong here: reading names, comparing them, or
weighing the level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matching.names.levels import LEVELS, former_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Rows
    from matching.model import ComparedField
    from matching.shapes import NameTable


def name_levels(
    table: NameTable, name: tuple[Rows, Rows], former: tuple[Rows, Rows], spec: ComparedField
) -> NDArray[np.int8]:
    """Level of each pair of names.

    Args:
        table: the distinct names.
        name, former: rows of `table` of the left and the right record; 0 = none.
        spec: the name field of the model, which has all `LEVELS`.
    """
    # The model may order its levels as it likes: only their names are fixed.
    codes = np.array([spec.code(level) for level in LEVELS], dtype=np.int8)
    (a, b), (former_a, former_b) = (tuple(rows.astype(np.int64) for rows in pair) for pair in (name, former))
    level, _ = former_levels(table.names, (a, b), (former_a, former_b))
    return codes[level]
