"""The queries as configuration, read from `queries.yaml` and checked once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field, model_validator

from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("queries.yaml")


class QueryColumn(Rules):
    """A column: heading and width; of its own kind a yellow one, to be filled in."""

    zh: str
    width: float


class ShownColumn(QueryColumn):
    """A grey column; `when_missing`: shown only where that other value is missing."""

    value: str
    when_missing: str = ""


class Query(Rules):
    """One query: whom it goes to, what it shows and asks, and what its answer becomes."""

    zh: str
    code: str
    title: str
    whom: str
    purpose: str
    columns: list[ShownColumn] = Field(min_length=1)
    asked: list[QueryColumn] = Field(min_length=1)
    answers: dict[str, str]
    delivers: str
    layout: dict[str, str]
    needs: dict[str, list[str]]

    @property
    def all_columns(self) -> list[QueryColumn]:
        """Behind the number: the grey ones, then the yellow ones."""
        return [*self.columns, *self.asked]

    @property
    def answer_heading(self) -> str:
        """The heading of the answer itself: the first yellow column."""
        return self.asked[0].zh

    @model_validator(mode="after")
    def _check(self) -> Query:
        known = {column.zh for column in self.all_columns} | set(self.answers.values())
        used = {name for names in self.layout.values() for name in names.split("|")}
        if used - known:
            raise ValueError(f"layout 用了没有的栏：{'、'.join(sorted(used - known))}")
        return self


class QueryRules(Rules):
    """Model of `queries.yaml`."""

    queries: dict[str, Query]
    no_line: list[str]
    parents_of: list[str]
    not_parents_of: list[str]


@cache
def query_rules() -> QueryRules:
    """The checked rules."""
    return read_rules(FILE, QueryRules)
