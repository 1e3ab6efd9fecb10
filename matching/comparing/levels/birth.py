"""Levels of two birth dates (rules/dates.md#b01 to #b07): dates as yyyymmdd integers, 0 for unknown parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Days
    from matching.model import ComparedField


@dataclass(frozen=True)
class Births:
    """One side's dates: as written, the lunar date of the same day, precision (3 day, 2 month, 1 year, 0 unknown)."""

    day: Days
    lunar: Days
    precision: NDArray[np.int8]

    def take(self, rows: NDArray[np.generic]) -> Births:
        """The births of these records."""
        return Births(self.day[rows], self.lunar[rows], self.precision[rows])


def birth_levels(a: Births, b: Births, spec: ComparedField) -> NDArray[np.int8]:
    """Level of each pair of dates; the coarser precision of the two decides what can be compared."""
    x, y = a.day, b.day
    year = x // 10000 == y // 10000
    month = x // 100 % 100 == y // 100 % 100
    day = x % 100 == y % 100
    precision = np.minimum(a.precision, b.precision)
    full = precision == 3
    # Written from the weakest to the strongest: a pair that passes several tests keeps the last.
    out = np.full(len(x), spec.code("differ"), dtype=np.int8)
    out[year] = spec.code("year")
    out[full & (year.astype(np.int8) + month + day == 2)] = spec.code("one_part")
    out[full & _neighbours(x, y)] = spec.code("one_part")
    out[full & year & (x // 100 % 100 == y % 100) & (x % 100 == y // 100 % 100)] = spec.code("swapped")
    out[(precision == 2) & year & month] = spec.code("coarse")
    weak = (x % 10000 == 101) | (y % 10000 == 101)  # 1 January stands for an unknown day (rules/dates.md#b04)
    out[full & year & weak & (x != y)] = spec.code("weak")
    # Either may be the one who told the old calendar's day, leap months among them (rules/dates.md#b01).
    out[full & ((a.lunar == y) & (y > 0) | (b.lunar == x) & (x > 0))] = spec.code("lunar")
    out[full & (x == y)] = spec.code("same")
    out[precision == 0] = spec.code("missing")
    out[(precision == 1) & year] = spec.code("missing")  # the year alone agrees: nothing is known of the rest
    return out


def _neighbours(x: Days, y: Days) -> NDArray[np.bool_]:
    """One day apart, across a month's end too (rules/dates.md#b03): last and first day of neighbouring months."""
    low, high = np.minimum(x, y), np.maximum(x, y)
    months = (high // 10000 * 12 + high // 100 % 100) - (low // 10000 * 12 + low // 100 % 100)
    near: NDArray[np.bool_] = (months == 1) & (high % 100 == 1) & (low % 100 >= 28)
    return near
