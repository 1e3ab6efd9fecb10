"""Choosing the value a child file shows for each field, and remembering whose value it is.

Belongs here: "first department in the order of preference that has a value" as an operation on arrays. Not here: which
order (`preference.yaml`) and differences between values (`expectations.lists.differences`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from expectations.lists.files import BoolArray, IntArray


@dataclass(frozen=True)
class Chooser:
    """Records in a fixed order with the child of each, ready to answer "whose value comes first".

    Attributes:
        records: records in their fixed order.
        child: child row number per record.
        n: number of children.
        solid: whether the record still counts (a cancelled row's value is used only when nothing else has one).
    """

    records: pd.DataFrame
    child: IntArray
    n: int
    solid: BoolArray

    def first(self, mask: BoolArray, departments: Sequence[str]) -> IntArray:
        """Position of the best record per child among `mask`, -1 = none. O(records) by writing the best one last."""
        rank = self._rank(departments)
        at = np.flatnonzero(mask)
        at = at[np.argsort(rank[at], kind="stable")][::-1]
        found = np.full(self.n, -1, dtype=np.int64)
        found[self.child[at]] = at
        return found

    def _rank(self, departments: Sequence[str]) -> IntArray:
        places = {name: place for place, name in enumerate(departments)}
        names = self.records["department"]
        known = {name: places.get(name, len(places)) for name in names.unique()}
        rank = names.map(known).to_numpy(np.int64) * 2 + ~self.solid
        return np.asarray(rank, dtype=np.int64)

    def take(self, column: str, at: IntArray) -> pd.Series:
        """Values of a column at record positions, "" where the position is -1."""
        values = self.records[column].to_numpy(object)
        if not len(values):
            return pd.Series("", index=range(self.n), dtype=object)
        return pd.Series(np.where(at >= 0, values[at], ""), dtype=object)

    def value(self, field: str, departments: Sequence[str]) -> tuple[pd.Series, pd.Series]:
        """The chosen value of a field per child and the department it comes from."""
        at = self.first((self.records[field] != "").to_numpy(), departments)
        return self.take(field, at), self.take("department", at)

    def any(self, mask: BoolArray) -> BoolArray:
        """Whether a child has a record in the mask."""
        return np.bincount(self.child[mask], minlength=self.n) > 0

    def union(self, field: str, mask: BoolArray) -> pd.Series:
        """All `;`-joined tokens of a set column over a child's records, sorted, `;`-joined."""
        used = mask & (self.records[field] != "").to_numpy()
        pairs = pd.DataFrame(
            {"child": self.child[used], "token": self.records[field].to_numpy(object)[used]}
        ).drop_duplicates()
        pairs["token"] = pairs["token"].str.split(";")
        tokens = pairs.explode("token").drop_duplicates().sort_values(["child", "token"])
        joined = tokens.groupby("child", sort=False)["token"].agg(";".join)
        return joined.reindex(range(self.n)).fillna("").astype(object)
