"""`coverage.yaml`: which sources are registers, by what a delivery can be missing whole, what lasts.

Belongs here: the model of that file. Does not belong here: thresholds (the profile), the arithmetic (`shares`, `units`).
"""

from functools import cache
from pathlib import Path
from typing import Literal

from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("coverage.yaml")


class Dimension(Rules):
    """One way in which a delivery is missing whole: columns of a record (the first that is filled names the unit), and what people call it."""

    columns: list[str]
    zh: str


class ExpectedAges(Rules):
    """Whom a register is expected to hold again: completed years, both ends inside, or the school's cohort."""

    ages: tuple[int, int] | Literal["school"]


class ReferenceDimensions(Rules):
    """By what the children whom other sources know are put together."""

    dimensions: list[Literal["town", "age", "grade", "stage", "school"]]


class CoverageRules(Rules):
    """All of `coverage.yaml`."""

    dimensions: dict[Literal["file", "town", "school", "grade"], Dimension]
    registers: dict[str, ExpectedAges]
    lasting: list[str]
    unsteady: list[str]
    seasonal: list[str]
    reference: dict[str, ReferenceDimensions]
    stages: dict[str, str]


@cache
def coverage_rules() -> CoverageRules:
    """The shipped rules.

    Raises:
        RuleFileError: the file is wrong; names file and key.
    """
    return read_rules(FILE, CoverageRules)
