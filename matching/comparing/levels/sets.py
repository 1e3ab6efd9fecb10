"""Sets of values per record (guardians, telephones, places, numbers): which members two records share.

Belongs here: the sets of one delivery in small integers, and their quick intersection. Does not belong here: what a shared member
means (the field's own file).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.encoding.encode import Encoded

    Rows = NDArray[np.int32]
    Table = NDArray[np.int32]
    Mask = NDArray[np.bool_]


def _small(table: NDArray[np.integer[Any]]) -> Table:
    """Long numbers as small ones, 0 as 0; equality is all that is asked of them."""
    limit = np.iinfo(np.int32)
    if table.min(initial=0) >= limit.min and table.max(initial=0) <= limit.max:
        return table.astype(np.int32, copy=False)
    values = table.ravel()
    rows = np.flatnonzero(values)
    out = np.zeros(len(values), dtype=np.int32)
    out[rows] = pd.factorize(values[rows])[0] + 1
    return out.reshape(table.shape)


@dataclass(frozen=True)
class Sets:
    """The sets of every record, one column per member, 0 for none, and one bit per set that says whether it has a member."""

    tables: dict[str, Table]
    filled: NDArray[np.uint16]
    damaged: Mask

    @staticmethod
    def of(e: Encoded) -> Sets:
        """The sets of a delivery."""
        tables = {
            "people": e.people,
            "sounds": e.names.whole[e.people],
            "people_no": _small(e.people_no),
            "numbers": _small(e.numbers),
            "documents": _small(e.documents),
            "phones": _small(e.phones),
            "towns": e.towns,
            "villages": e.villages,
            "houses": e.houses,
        }
        filled = np.zeros(len(e), dtype=np.uint16)
        for bit, table in enumerate(tables.values()):
            filled |= (table != 0).any(axis=1).astype(np.uint16) << np.uint16(bit)
        return Sets(tables, filled, e.damaged != "")

    def bit(self, name: str) -> np.uint16:
        """The set's bit in `filled`."""
        return np.uint16(1 << list(self.tables).index(name))

    def known(self, name: str, a: Rows, b: Rows) -> Mask:
        """Both records have a member."""
        both: Mask = (self.filled.take(a) & self.filled.take(b) & self.bit(name)) > 0
        return both

    def shared(self, name: str, a: Rows, b: Rows) -> NDArray[np.int8]:
        """How many members of the one are in the other; columns of a row hold distinct members or repeat them."""
        rows = np.flatnonzero(self.known(name, a, b))
        table = self.tables[name]
        left, right = (np.ascontiguousarray(table.take(side[rows], axis=0).T) for side in (a, b))
        count = np.zeros(len(rows), dtype=np.int8)
        for member in left:
            present = member != 0
            for other in right:
                count += (member == other) & present
        out = np.zeros(len(a), dtype=np.int8)
        out[rows] = count
        return out
