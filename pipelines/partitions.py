"""The period: a quarter (`2026Q3`) or a month (`2026-09`), and the Dagster partitions made of it.

Only calendar arithmetic belongs here. Which kind of period a place compares is in its profile (`expectations.jurisdictions`);
what happens in a period belongs to the stations.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagster as dg

PARTITIONS_NAME = "period"
_QUARTER = re.compile(r"(20\d\d)[Qq]([1-4])")
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_NUMERALS = "一二三四"


class PeriodError(ValueError):
    """The text is neither a quarter nor a month."""


@dataclass(frozen=True)
class Period:
    """A quarter or a month of the calendar.

    Attributes:
        year: four digits.
        number: 1-4 for a quarter, 1-12 for a month.
        monthly: whether it is a month.
    """

    year: int
    number: int
    monthly: bool = False

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026Q3` or `2026-09`.

        Raises:
            PeriodError: anything else, with a Chinese sentence that says what is expected.
        """
        if quarter := _QUARTER.fullmatch(text.strip()):
            return cls(int(quarter[1]), int(quarter[2]))
        if month := _MONTH.fullmatch(text.strip()):
            return cls(int(month[1]), int(month[2]), monthly=True)
        raise PeriodError("期次写法不对：季度写成 2026Q3，月份写成 2026-09。")

    @classmethod
    def containing(cls, day: date, monthly: bool = False) -> Period:
        """The quarter or month in which a day lies."""
        return cls(day.year, day.month if monthly else (day.month + 2) // 3, monthly)

    @property
    def label(self) -> str:
        """The partition key and folder name."""
        return f"{self.year}-{self.number:02d}" if self.monthly else f"{self.year}Q{self.number}"

    @property
    def zh(self) -> str:
        """What people read: 2026年第三季度, 2026年9月."""
        return f"{self.year}年{self.number}月" if self.monthly else f"{self.year}年第{_NUMERALS[self.number - 1]}季度"

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        return date(self.year, self._last_month - (0 if self.monthly else 2), 1)

    @property
    def last_day(self) -> date:
        """The last day, which is the as-of date of everything computed for the period."""
        return date(self.year, self._last_month, calendar.monthrange(self.year, self._last_month)[1])

    @property
    def _last_month(self) -> int:
        return self.number if self.monthly else self.number * 3

    def shifted(self, by: int) -> Period:
        """The period `by` steps later (earlier when negative)."""
        per_year = 12 if self.monthly else 4
        year, index = divmod(self.year * per_year + self.number - 1 + by, per_year)
        return Period(year, index + 1, self.monthly)

    def steps_to(self, other: Period) -> int:
        """How many periods later another one of the same kind is."""
        per_year = 12 if self.monthly else 4
        return (other.year - self.year) * per_year + other.number - self.number

    @property
    def previous(self) -> Period:
        """The quarter or month before."""
        return self.shifted(-1)

    def __str__(self) -> str:
        return self.label


def period_partitions() -> dg.DynamicPartitionsDefinition:
    """The Dagster partitions: periods are added when their first delivery or run arrives."""
    # Late: whoever only reads a period's name does not wait for Dagster.
    import dagster as dg

    return dg.DynamicPartitionsDefinition(name=PARTITIONS_NAME)
