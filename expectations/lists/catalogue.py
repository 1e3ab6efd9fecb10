"""What each list is: name, clause, answers, the data it needs; read from `catalogue.yaml`.

Belongs here: the model of that file and which lists can be computed from what was delivered. Not here: the conditions, and who
receives a list (`expectations.jurisdictions`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import Field

from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("catalogue.yaml")
TOWNSHIP = "township"
ADDED = "added"
"""What the layout calls every department that a place adds."""
LOOKED = "#"
"""Begins the columns among the sources; alone it says that somebody looked which of them are filled."""


class ListInfo(Rules):
    """One list as people know it (rules/lists.md#lists, rules/workflow.md#answers)."""

    name: str = Field(min_length=1)
    short: str = Field(min_length=1, max_length=8)
    comparison: str
    meaning: str = Field(min_length=1)
    ask: str = Field(min_length=1)
    certainty: str = ""
    excluded: list[str] = Field(default_factory=list)
    clause: str = Field(min_length=1)
    answers: list[str] = Field(min_length=1)
    needs: list[str]
    needs_any: list[str] = Field(default_factory=list)
    in_part: dict[str, str] = Field(default_factory=dict)
    cases: list[str] = Field(default_factory=list)
    guards: list[str]
    parameters: list[str]
    parameters_any: list[str] = Field(default_factory=list)
    show: list[str]


class DataSource(Rules):
    """A source that is no department: where its data may come from (a department's key, `department.layout`, or a column that anybody
    fills: `#field`, or one of its codes, `#field=code`; `department#field=code` where one department's own column is meant).
    """

    zh: str
    origins: list[str] = Field(alias="from", min_length=1)


class MinistryCheck(Rules):
    """One of 四查三比对: the lists that answer it, what it needs, and of which key group only."""

    lists: list[str] = Field(min_length=1)
    needs: list[str]
    asks: str
    only: str = ""


class Catalogue(Rules):
    """Model of `catalogue.yaml`. `grades` go from least to most sure; their places are the grades' numbers."""

    certainty: str
    grades: list[str] = Field(min_length=3, max_length=3)
    sure_probability: float
    same_probability: float
    likely_probability: float
    identifiers: dict[str, str]
    near: dict[str, str]
    departments: dict[str, str]
    township: str
    answering: dict[str, str] = Field(default_factory=dict)
    sources: dict[str, DataSource]
    comparisons: dict[str, MinistryCheck]
    groups: dict[str, dict[str, list[str]]]
    lists: dict[str, ListInfo]

    @property
    def recipients(self) -> dict[str, str]:
        """Everybody whom a profile may name for a list, with the name that people know."""
        return {TOWNSHIP: self.township, **self.departments, **self.answering}

    def with_departments(self, names: Mapping[str, str]) -> "Catalogue":
        """The catalogue of a place that adds departments, code -> name, which hand over data and answer lines like the others."""
        return self.model_copy(update={"departments": {**self.departments, **names}}) if names else self

    def department(self, code: str) -> str:
        """The department or source as people say it; one that is not named here keeps its own code."""
        if code in self.recipients:
            return self.recipients[code]
        by_origin = (source for source in self.sources.values() if code in source.origins)
        source = self.sources.get(code) or next(by_origin, None)
        return source.zh if source else code

    def delivered(self, need: str, delivered: Collection[str]) -> bool:
        """Whether what a list needs came: a department, or a source from any of its origins.

        `delivered` holds departments and, where known, `department.layout` of what they delivered, and `columns_filled` of the columns;
        without any layout of a department, or without `LOOKED`, nobody can say what was not brought, and it counts as brought.
        """
        if need not in self.sources:
            return need in delivered
        return any(_came(origin, delivered) for origin in self.sources[need].origins)

    def seen(self, source: str, delivered: Collection[str]) -> bool:
        """Whether data of a source were found, and not only thought to have come because nobody looked."""
        return any(origin in delivered for origin in self.sources[source].origins)

    def columns_filled(self, column: Callable[[str, str], pd.Series]) -> set[str]:
        """Which of the columns that lists rest on somebody fills, as they stand in `sources`, and `LOOKED`.

        Args:
            column: (field, department) -> the field of that department's records ("": of all) as texts, codes of one cell joined by `;`; empty where
                there is none.
        """
        filled = {LOOKED}
        origins = {origin for source in self.sources.values() for origin in source.origins if LOOKED in origin}
        for origin in origins:
            department, _, about = origin.partition(LOOKED)
            field, _, code = about.partition("=")
            texts = [str(text) for text in column(field, department).unique()]
            if any(code in text.split(";") for text in texts) if code else any(texts):
                filled.add(origin)
        return filled

    def spoken(self, codes: Iterable[str]) -> str:
        """Several departments in one phrase: 民政、教育."""
        return "、".join(self.department(code) for code in codes)


def _came(origin: str, delivered: Collection[str]) -> bool:
    """Whether data came from a department, from one of its layouts, or in a column; what nobody looked into counts as come."""
    if LOOKED in origin:
        whose = origin.partition(LOOKED)[0]
        return origin in delivered or (LOOKED not in delivered and (not whose or whose in delivered))
    department, _, layout = origin.partition(".")
    if not layout or origin in delivered:
        return origin in delivered
    return department in delivered and not any(name.startswith(f"{department}.") for name in delivered)


@cache
def load_catalogue() -> Catalogue:
    """The validated catalogue. Raises `RuleFileError` naming file and key."""
    return read_rules(FILE, Catalogue)
