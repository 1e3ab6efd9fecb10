"""What differs between the SQL of DuckDB and of Spark, and the few forms that all statements are written in.

Belongs here: spelling. Does not belong here: what a key, a block or a level is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Dialect:
    """One engine's spelling.

    Attributes:
        divide: integer division, with `{}` for the operands.
        steps: a table `steps(step)` of 1 to `{}`.
        flag: one bit, at the place of the operand `{}`.
        exploded: rows `value, rid, broken` of the table `keys`, one per distinct known value among `{values}`.
        semi: join that keeps the left rows which have a partner.
    """

    divide: str
    steps: str
    flag: str
    exploded: str
    semi: str

    def div(self, number: str, divisor: int) -> str:
        """Integer division."""
        return self.divide.format(number, divisor)


# In both a plain `/` gives fractions, and dates are taken apart by whole numbers.
DUCKDB = Dialect(
    divide="({} // {})",
    steps="SELECT step FROM range(1, {} + 1) AS t(step)",
    flag="(1 << {})",
    exploded="SELECT unnest(list_distinct([{values}])) AS value, rid, broken FROM keys",
    semi="SEMI JOIN",
)
SPARK = Dialect(
    divide="({} div {})",
    steps="SELECT CAST(id AS INT) AS step FROM range(1, {} + 1)",
    flag="shiftleft(1, {})",
    # DuckDB's `list_distinct` leaves NULL out by itself, Spark's `array_distinct` keeps one.
    exploded=(
        "SELECT value, rid, broken FROM (SELECT explode(array_distinct(array({values}))) AS value, rid, broken FROM keys) x "
        "WHERE value IS NOT NULL"
    ),
    semi="LEFT SEMI JOIN",
)


def case(tests: Sequence[tuple[str, int]], otherwise: int | str) -> str:
    """The first test that holds gives the code."""
    lines = " ".join(f"WHEN {test} THEN {code}" for test, code in tests)
    return f"CASE {lines} ELSE {otherwise} END"


def every(tests: Iterable[str]) -> str:
    """All hold."""
    return "(" + " AND ".join(tests) + ")"


def either(tests: Iterable[str]) -> str:
    """One holds."""
    return "(" + " OR ".join(tests) + ")"


def count(tests: Iterable[str]) -> str:
    """How many hold."""
    return "(" + " + ".join(f"CAST({test} AS INT)" for test in tests) + ")"
