"""Arrays of record positions: what several stations ask of them.

Belongs here: operations on positions that know nothing of children. Does not belong here: shapes with a meaning (`shapes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def components(n: int, left: NDArray[np.integer], right: NDArray[np.integer]) -> Ints:
    """Component number of each record."""
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
