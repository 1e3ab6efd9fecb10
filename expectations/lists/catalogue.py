"""What each list is: name, clause, owner, answers, the data it needs; read from `catalogue.yaml`.

Belongs here: the model of that file and which lists can be computed from what was delivered. Not here: the conditions.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pydantic import Field

from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("catalogue.yaml")


class ListInfo(Rules):
    """One list as people know it (domain.md 5.3, 6.2)."""

    name: str
    comparison: str
    meaning: str
    ask: str
    clause: str
    owner: str
    told: list[str]
    answers: list[str] = Field(min_length=1)
    needs: list[str]
    needs_any: list[str] = Field(default_factory=list)
    guards: list[str]
    parameters: list[str]
    show: list[str]


class Catalogue(Rules):
    """Model of `catalogue.yaml`. `grades` go from least to most sure; their places are the grades' numbers."""

    grades: list[str] = Field(min_length=3, max_length=3)
    sure_probability: float
    same_probability: float
    likely_probability: float
    identifiers: dict[str, str]
    near: dict[str, str]
    departments: dict[str, str]
    lists: dict[str, ListInfo]

    def department(self, code: str) -> str:
        """The department as people say it; a source that is not named here keeps its own code."""
        return self.departments.get(code, code)

    def spoken(self, codes: Iterable[str]) -> str:
        """Several departments in one phrase: 民政、教育."""
        return "、".join(self.department(code) for code in codes)


@cache
def load_catalogue() -> Catalogue:
    """The validated catalogue. Raises `RuleFileError` naming file and key."""
    return read_rules(FILE, Catalogue)
