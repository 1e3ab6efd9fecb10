"""Wilson's interval: known values, and what any interval of a share must do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.measuring.intervals import Z95, wilson

shares = st.floats(0, 1)
numbers = st.floats(0.5, 1e6)


@pytest.mark.parametrize(
    ("share", "n", "low", "high", "why"),
    [
        (0.0, 10, 0.0, 0.2775, "none of ten: at most 28 of 100"),
        (1.0, 10, 0.7225, 1.0, "all of ten: at least 72 of 100"),
        (0.5, 2, 0.0945, 0.9055, "one of two says next to nothing"),
        (0.5, 100, 0.4038, 0.5962, "fifty of a hundred"),
        (0.9, 400, 0.8667, 0.9257, "360 of 400"),
        (0.3, 0, 0.0, 1.0, "nothing counted"),
        (0.3, -1, 0.0, 1.0, "an effective number below nothing"),
    ],
)
def test_known_values(share: float, n: float, low: float, high: float, why: str) -> None:
    assert wilson(share, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5)), why


@given(shares, numbers)
def test_an_interval_holds_its_share_and_stays_between_none_and_all(share: float, n: float) -> None:
    low, high = wilson(share, n)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1


@given(shares, numbers)
def test_what_is_not_so_has_the_mirrored_interval(share: float, n: float) -> None:
    low, high = wilson(share, n)
    other = wilson(1 - share, n)
    assert (low, high) == (pytest.approx(1 - other[1], abs=1e-9), pytest.approx(1 - other[0], abs=1e-9))


@given(shares, numbers, st.floats(1.01, 50))
def test_more_counted_is_surer(share: float, n: float, times: float) -> None:
    (low, high), (closer_low, closer_high) = wilson(share, n), wilson(share, n * times)
    assert closer_high - closer_low <= high - low + 1e-12


@given(shares, numbers)
def test_a_higher_level_is_wider(share: float, n: float) -> None:
    (low, high), (wide_low, wide_high) = wilson(share, n), wilson(share, n, z=2.576)
    assert wide_low <= low + 1e-12
    assert high <= wide_high + 1e-12
    assert pytest.approx(1.96, abs=1e-3) == Z95
