"""Components of record positions: who hangs together, and that a record without pairs is one by itself."""

from __future__ import annotations

import numpy as np
import pytest

from matching.arrays import components


@pytest.mark.parametrize(
    ("records", "pairs", "groups"),
    [
        (4, [], [{0}, {1}, {2}, {3}]),
        (4, [(0, 1), (1, 2)], [{0, 1, 2}, {3}]),
        (5, [(3, 4), (4, 0), (1, 1)], [{0, 3, 4}, {1}, {2}]),
        (0, [], []),
    ],
)
def test_records_hang_together_by_their_pairs(
    records: int, pairs: list[tuple[int, int]], groups: list[set[int]]
) -> None:
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int32) for side in (0, 1))
    numbers = components(records, left, right)
    assert len(numbers) == records
    by_number = [set(np.flatnonzero(numbers == number).tolist()) for number in np.unique(numbers)]
    assert sorted(by_number, key=min) == sorted(groups, key=min)
