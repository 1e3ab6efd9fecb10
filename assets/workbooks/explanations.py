"""What the sheet 说明 adds to the catalogue of lists: short names, what the grades mean, which cases were left out.

Here: reading `explanations.yaml` and filling in what a list does not say itself. Not here:
conditions, owners and answers (expectations/lists).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field

from assets.workbooks.context import ListInfo


class Explanation(BaseModel):
    """The added texts of one list."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    short: str = Field(default="", max_length=8)
    certainty: str = ""
    guards: tuple[str, ...] = ()


class Explanations(BaseModel):
    """The file `explanations.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    default: Explanation
    lists: dict[str, Explanation]


@cache
def load_explanations() -> Explanations:
    """The checked file."""
    text = (files("assets.workbooks") / "explanations.yaml").read_text(encoding="utf-8")
    return Explanations.model_validate(yaml.safe_load(text))


def explained(info: ListInfo) -> ListInfo:
    """The list with the texts that it does not bring itself; its short name is ours where we have one."""
    book = load_explanations()
    added = book.lists.get(info.code, book.default)
    return replace(
        info,
        short=added.short or info.short,
        certainty=info.certainty or added.certainty or book.default.certainty,
        guards=info.guards or added.guards,
    )
