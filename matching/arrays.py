"""Arrays: the types that every station of matching writes them with, and operations on record positions.

Belongs here: one name for each type of array, with the one meaning it has in matching; operations on positions that know nothing of children.
Does not belong here: shapes with a meaning (`shapes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    # Widths are part of the meaning: six million records have sixty million pairs, and what is kept per pair decides how much memory a run takes.
    Bits = NDArray[np.uint8]
    """Sets of at most eight facts, one bit each."""
    Codes = NDArray[np.int32]
    """Numbers of distinct values; 0 is the missing one unless a docstring says otherwise."""
    Days = NDArray[np.int32]
    """Dates as yyyymmdd, 0 for unknown parts."""
    Floats = NDArray[np.float64]
    """Weights in bits, probabilities, shares."""
    Hashes = NDArray[np.uint64]
    """Values as hashes: equality is all that can be asked of them."""
    Ints = NDArray[np.int64]
    """Whole numbers that need 64 bits or are only passing through: citizen numbers, packed keys, codes of pairs, counts, positions."""
    LevelCodes = NDArray[np.int8]
    """One level of a field per pair, numbered in the order of the model."""
    Mask = NDArray[np.bool_]
    """Which of some things are meant."""
    Rows = NDArray[np.int32]
    """Positions of records, as pairs keep them."""
    Texts = NDArray[np.object_]
    """Python's texts."""
    Whole = NDArray[np.integer[Any]]
    """Whole numbers of any width, where the width is the caller's."""


def components(n: int, left: Whole, right: Whole) -> Ints:
    """Component number of each record."""
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
