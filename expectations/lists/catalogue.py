"""What each list is: name, clause, answers, the data it needs; read from `catalogue.yaml`.

Belongs here: the model of that file and which lists can be computed from what was delivered. Not here: the conditions, and who
receives a list (`expectations.jurisdictions`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import Field, model_validator

from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("catalogue.yaml")
TOWNSHIP = "township"
ADDED = "added"
"""What the layout calls every department that a place adds."""
LOOKED = "#"
"""Begins the columns among the sources; alone it says that somebody looked which of them are filled."""


NOT_KNOWN = "!"
"""Begins what stands among the sources for a list of which nothing can be said although its sources came: `!L06=<sentence>` (`outcomes`)."""


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
    judged_by: str = Field(
        default="",
        description="who alone is sent the lines that are judged from papers, where the place sends it the list",
    )
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


class ListBasis(Rules):
    """What a list's sentence rests on (rules/coverage.md#rests): kinds of files (`department.layout`, or a department) and columns (`department.field`).

    Attributes:
        absent_from: whose silence is the sentence.
        shown_by: what alone can show it.
        scope: a name of `scopes`: of whose children it is said that they cannot be compared; "": of whomever it would list.
        fields: columns whose blank cell is no answer.
        any_field: of these one must be told in the child's own file for anything to be said.
    """

    absent_from: list[str] = Field(default_factory=list)
    shown_by: list[str] = Field(default_factory=list)
    scope: str = ""
    fields: list[str] = Field(default_factory=list)
    any_field: list[str] = Field(default_factory=list)


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
    scopes: dict[str, dict[str, list[str]]]
    rests_on: dict[str, ListBasis]
    lists: dict[str, ListInfo]

    @model_validator(mode="after")
    def _every_list_says_what_it_rests_on(self) -> "Catalogue":
        silent, unknown = sorted(set(self.lists) - set(self.rests_on)), sorted(set(self.rests_on) - set(self.lists))
        if silent or unknown:
            raise ValueError(
                f"rests_on 缺少清单{'、'.join(silent)}"
                if silent
                else f"rests_on 中没有这样的清单：{'、'.join(unknown)}"
            )
        lost = sorted({basis.scope for basis in self.rests_on.values() if basis.scope} - set(self.scopes))
        if lost:
            raise ValueError(f"rests_on 的 scope 不存在：{'、'.join(lost)}")
        return self

    @model_validator(mode="after")
    def _judges(self) -> "Catalogue":
        for code, info in self.lists.items():
            if info.judged_by and info.judged_by not in self.departments:
                raise ValueError(f"清单 {code} 的 judged_by 不是部门：{info.judged_by}")
        return self

    @property
    def fields_rested_on(self) -> tuple[str, ...]:
        """Every `department.field` that some list rests on, sorted."""
        return tuple(sorted({name for basis in self.rests_on.values() for name in (*basis.fields, *basis.any_field)}))

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
