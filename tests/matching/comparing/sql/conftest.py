"""What the tests of all engines ask for: candidates that are the same as the reference's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from matching.comparing.candidates import Candidates


@pytest.fixture(scope="session")
def same_candidates() -> Callable[[Candidates, Candidates], None]:
    """Equal key figures, equal pattern histograms row for row, equal pairs with their keys and patterns."""

    def same(one: Candidates, other: Candidates) -> None:
        assert one.yields == other.yields
        np.testing.assert_array_equal(one.counts, other.counts)
        for field, codes in one.table.items():
            np.testing.assert_array_equal(codes, other.table[field], err_msg=field)
        everything = np.ones(len(one.counts), dtype=bool)
        a, b = one.fetch(everything), other.fetch(everything)
        for x, y in ((a.pairs.left, b.pairs.left), (a.pairs.right, b.pairs.right), (a.pairs.keys, b.pairs.keys)):
            np.testing.assert_array_equal(x, y)
        np.testing.assert_array_equal(a.pattern, b.pattern)

    return same
