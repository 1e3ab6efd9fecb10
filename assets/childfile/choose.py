"""Choosing the value a child file shows for each field, and remembering whose value it is.

Belongs here: "first department in the order of preference that has a value" as an operation on arrays. Not here: which
order (`preference.yaml`) and differences between values (`expectations.lists.differences`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from expectations.lists.columns import CodedColumns, joined
from expectations.lists.files import BoolArray, IntArray


@dataclass(frozen=True)
class Chooser:
    """Records in a fixed order with the child of each, ready to answer "whose value comes first".

    Attributes:
        records: records in their fixed order.
        child: child row number per record.
        n: number of children.
        solid: whether the record still counts; a department's ended rows come after its others.
    """

    records: pd.DataFrame
    child: IntArray
    n: int
    solid: BoolArray

    @cached_property
    def columns(self) -> CodedColumns:
        """The records' columns as codes."""
        return CodedColumns(self.records)

    def of(self, department: str) -> BoolArray:
        """Records of a department."""
        return self.columns.isin("department", [department])

    def first(self, mask: BoolArray, departments: Sequence[str]) -> IntArray:
        """Position of the best record per child among `mask`, -1 = none. O(records) by writing the best one last."""
        at = np.flatnonzero(mask)
        codes, names = self.columns.coded("department")
        places = {name: place for place, name in enumerate(departments)}
        # int16: numpy sorts it by radix.
        rank = np.array([2 * places.get(name, len(places)) for name in names], dtype=np.int16)[codes[at]]
        # Between two departments: an ended row comes after the same department's others, still before the next department's.
        rank += ~self.solid[at]
        at = at[np.argsort(rank, kind="stable")][::-1]
        best = np.full(self.n, -1, dtype=np.int64)
        best[self.child[at]] = at
        return best

    def take(self, column: str, at: IntArray) -> pd.Series:
        """Values of a column at record positions, "" where the position is -1."""
        # An empty text at the end, where the position -1 points.
        values = np.append(self.records[column].to_numpy(object), "")
        return pd.Series(values[at], dtype=object)

    def value(self, field: str, departments: Sequence[str]) -> tuple[pd.Series, pd.Series]:
        """The chosen value of a field per child and the department it comes from."""
        at = self.first(self.columns.filled(field), departments)
        return self.take(field, at), self.take("department", at)

    def any(self, mask: BoolArray) -> BoolArray:
        """Whether a child has a record in the mask."""
        return np.asarray(np.bincount(self.child[mask], minlength=self.n) > 0, dtype=np.bool_)

    def union(self, field: str, mask: BoolArray) -> pd.Series:
        """All `;`-joined tokens of a set column over a child's records in the mask, sorted, `;`-joined."""
        codes, values = self.columns.coded(field)
        return pd.Series(joined(self.child[mask], codes[mask], values, self.n), dtype=object)
