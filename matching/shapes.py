"""What the stations hand on: coded records, their names and sets, candidate pairs, comparison levels.

Belongs here: shapes that more than one station reads, and what follows from a shape alone. Does not belong here: how a station makes
one (`encoding`, `blocking`, `comparing`), or any judgement on a pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matching.arrays import Ints, Mask, Rows, Texts
    from matching.names.levels import NameSet

    Ids = NDArray[np.int32]
    Table = NDArray[np.int32]

Levels = dict[str, NDArray[np.int8]]
"""Field name to one level code per pair."""


@dataclass(frozen=True)
class NameTable:
    """One row per distinct name; row 0 is the missing name.

    Attributes:
        names: the set that `names.levels` compares.
        folded: for each name the first row that is the same name in another spelling (traditional, variants, dots).
        whole, given, surname: sound codes of the whole name, the given part, the surname (0 = nothing to say).
    """

    names: NameSet
    folded: Ids
    whole: Ids
    given: Ids
    surname: Ids

    def __len__(self) -> int:
        return len(self.folded)


@dataclass(frozen=True)
class Encoded:
    """One row per record, sorted by `record_id`, so that no result depends on the order of the input.

    Code 0 means missing everywhere. `derived` marks births that are only the ones inside the row's own number. `source` is the
    department, `roll` the kind of its lists. `people`, `people_no`, `phones`, `towns`, `villages`, `houses`, `numbers` are sets, one
    column per member. `own` is the number that stands as the child's own; `numbers` are all numbers that
    may identify the child (own first, then the ones in student number and certificate); `documents` are other
    identifying documents. `carried` is how common each record's name is where that cannot be counted here (`compare.carried`).
    """

    record_id: Texts
    departments: tuple[str, ...]
    source: NDArray[np.int32]
    roll: NDArray[np.int32]
    names: NameTable
    name: NDArray[np.int32]
    former: NDArray[np.int32]
    birth: NDArray[np.int32]
    lunar: NDArray[np.int32]
    precision: NDArray[np.int8]
    derived: NDArray[np.bool_]
    sex: NDArray[np.int8]
    nation: NDArray[np.int32]
    people: NDArray[np.int32]
    people_no: Ints
    own: Ints
    numbers: Ints
    documents: Ints
    damaged: Texts
    phones: NDArray[np.int32]
    towns: NDArray[np.int32]
    villages: NDArray[np.int32]
    houses: NDArray[np.int32]
    household: NDArray[np.int32]
    school: NDArray[np.int32]
    notes: dict[str, int]
    carried: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.record_id)

    @cached_property
    def sets(self) -> Sets:
        """The sets as small integers, for intersecting them: made once."""
        return Sets.of(self)


def _small(table: NDArray[np.integer[Any]]) -> Table:
    """Long numbers as small ones, 0 as 0; equality is all that is asked of them."""
    limit = np.iinfo(np.int32)
    if table.min(initial=0) >= limit.min and table.max(initial=0) <= limit.max:
        return table.astype(np.int32, copy=False)
    # Hashed, not sorted: a million numbers have no order that anybody needs.
    values = table.ravel()
    rows = np.flatnonzero(values)
    codes = np.zeros(len(values), dtype=np.int32)
    codes[rows] = pd.factorize(values[rows])[0] + 1
    return codes.reshape(table.shape)


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
        # One word per record says for all sets whether there is anything to compare: pairs without are not looked at again.
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
        # Turned round, one member of all pairs lies side by side in memory: few long loops instead of many short ones.
        left, right = (np.ascontiguousarray(table.take(side[rows], axis=0).T) for side in (a, b))
        count = np.zeros(len(rows), dtype=np.int8)
        for member in left:
            present = member != 0  # two empty places are equal and mean nothing
            for counterpart in right:
                count += (member == counterpart) & present
        shared = np.zeros(len(a), dtype=np.int8)
        shared[rows] = count
        return shared


@dataclass(frozen=True)
class Pairs:
    """Candidate pairs of record positions, `left < right`, sorted; `keys` is a bit set, bit k = k-th key of the
    model.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    keys: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.left)

    def take(self, rows: NDArray[np.generic] | slice) -> Pairs:
        """The pairs at these positions or under this mask."""
        return Pairs(self.left[rows], self.right[rows], self.keys[rows])


@dataclass(frozen=True)
class KeyYield:
    """What one key gave: its values, pairs, pairs that no earlier key had, and oversized blocks (split and, of
    those, windowed).
    """

    key: str
    pairs: int
    first: int
    split_blocks: int
    windowed_blocks: int
    largest_block: int
