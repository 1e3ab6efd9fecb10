"""The terms that a weight is made of: one per level of a field and one per pair of groups of two fields that are
learned together.

Belongs here: the layout of terms, and a pattern's row of the design matrix. Does not belong here: their weights
(`weigh`, `estimate`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.model import GROUPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Floats
    from matching.model import Model


_SPOKEN = ("agree", "near", "differ")


@dataclass(frozen=True)
class Design:
    """Layout of the terms.

    Attributes:
        fields, sizes: the fields without the number, and their numbers of levels.
        terms: names, `field=level` or `field*field=group-group`; the missing levels have none.
        anchor: the model's starting bits of each term.
        level_term: per field, the term of each level code, -1 for missing.
        groups: per field, the group code of each level code.
        crossed: per interaction, the two fields' positions and the first of its nine terms.
        comparable: number levels at which both numbers could be compared.
    """

    fields: tuple[str, ...]
    sizes: tuple[int, ...]
    terms: tuple[str, ...]
    anchor: Floats
    level_term: tuple[NDArray[np.int64], ...]
    groups: tuple[NDArray[np.int64], ...]
    crossed: tuple[tuple[int, int, int], ...]
    comparable: NDArray[np.int64]

    def matrix(self, codes: NDArray[np.int8]) -> Floats:
        """Design matrix of patterns: shape (patterns, terms), zeros and ones."""
        out = np.zeros((len(codes), len(self.terms)))
        rows = np.arange(len(codes))
        for place in range(len(self.fields)):
            term = self.level_term[place][codes[:, place]]
            out[rows[term >= 0], term[term >= 0]] = 1.0
        for first, second, start in self.crossed:
            left, right = self.groups[first][codes[:, first]], self.groups[second][codes[:, second]]
            both = (left > 0) & (right > 0)
            out[rows[both], start + (left[both] - 1) * 3 + right[both] - 1] = 1.0
        return out

    def active(self, codes: NDArray[np.int8]) -> list[int]:
        """Terms of one pattern, in the order of the layout."""
        return [int(term) for term in np.flatnonzero(self.matrix(codes[None, :])[0])]


def make_design(model: Model) -> Design:
    """Lay out the terms of a model."""
    fields = tuple(model.fields)
    terms: list[str] = []
    anchor: list[float] = []
    level_term, groups = [], []
    for name in fields:
        places = np.full(len(model.fields[name].levels), -1, dtype=np.int64)
        for code, (level, spec) in enumerate(model.fields[name].levels.items()):
            if code:  # missing says nothing, so it has no weight that could be learned
                places[code] = len(terms)
                terms.append(f"{name}={level}")
                anchor.append(spec.bits)
        level_term.append(places)
        groups.append(np.array([GROUPS[level.group] for level in model.fields[name].levels.values()], dtype=np.int64))
    crossed = []
    # Fields that move together are crossed by group, not by level: nine terms to learn instead of a hundred.
    for item in model.interactions:
        first, second = item.fields
        crossed.append((fields.index(first), fields.index(second), len(terms)))
        for left in _SPOKEN:
            for right in _SPOKEN:
                terms.append(f"{first}*{second}={left}-{right}")
                anchor.append(item.bits.get(f"{left}-{right}", 0.0))
    comparable = np.array([model.number.code(level) for level in ("same", "derived", "borrowed", "differ")])
    sizes = tuple(len(model.fields[name].levels) for name in fields)
    layout = (tuple(level_term), tuple(groups), tuple(crossed))
    return Design(fields, sizes, tuple(terms), np.array(anchor), *layout, comparable)
