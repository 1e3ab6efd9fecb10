"""Pairs that a statement cannot judge, judged by the reference: few, and joined back by their records.

Belongs here: levels of such pairs. Does not belong here: which pairs they are (`name_cases.HARD`, `fields.hard_query`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matching.comparing.levels.name import name_levels
from matching.comparing.levels.number import damaged_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.comparing.sql.tables import Columns
    from matching.model import Model
    from matching.shapes import Encoded

    Rows = NDArray[np.int32]

_CHUNK = 1_000_000


class Hard:
    """The reference's judgement of hard pairs of one delivery."""

    def __init__(self, e: Encoded, model: Model) -> None:
        self._e, self._model, self._sets = e, model, e.sets

    def levels(self, left: Rows, right: Rows) -> Columns:
        """The table `hard`: `left_rid, right_rid, name, damage`."""
        parts = [self._chunk(left[s : s + _CHUNK], right[s : s + _CHUNK]) for s in range(0, max(len(left), 1), _CHUNK)]
        name, damage = (np.concatenate(columns).astype(np.int32) for columns in zip(*parts, strict=True))
        return {"left_rid": left.astype(np.int32), "right_rid": right.astype(np.int32), "name": name, "damage": damage}

    def _chunk(self, a: Rows, b: Rows) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        e, fields = self._e, self._model.fields
        name = name_levels(e.names, (e.name[a], e.name[b]), (e.former[a], e.former[b]), fields["name"])
        return name, damaged_levels(e, self._sets, (a, b), self._model.number)
