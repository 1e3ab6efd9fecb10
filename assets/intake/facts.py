"""One fact under several headings: 就读方式 住校 says that a pupil boards, whatever the heading 是否寄宿 is or is not there for.

Belongs here: filling a field from another of the same row, by `facts.yaml`. Not here: reading cells (`values`), what counts of the fact. Source:
rules/files.md#one-fact.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import Field, RootModel

from assets.intake.contract import load_fields
from expectations.rulebook import RuleFileError, Rules, read_yaml, validated

FILE = Path(__file__).with_name("facts.yaml")


class Fact(Rules):
    """Where else a fact is told: the field, and what its codes say."""

    told_by: str = Field(alias="from")
    codes: dict[str, str]


class Facts(RootModel[dict[str, Fact]]):
    """Field -> where else it is told."""


@cache
def facts() -> dict[str, Fact]:
    """The validated table.

    Raises:
        RuleFileError: a field in it is not ours.
    """
    table = validated(read_yaml(FILE), Facts, FILE).root
    unknown = ({*table} | {fact.told_by for fact in table.values()}) - set(load_fields())
    if unknown:
        raise RuleFileError(f"{FILE.name} 里的字段不认识：{'、'.join(sorted(unknown))}")
    return table


def complete(frame: pd.DataFrame) -> None:
    """Fill the empty cells of every fact from the field that tells it, too; in place."""
    for field, fact in facts().items():
        # Never over the row's own word: it was asked for under this very heading.
        empty = frame[field] == ""
        if empty.any():
            frame.loc[empty, field] = frame.loc[empty, fact.told_by].map(fact.codes).fillna("")
