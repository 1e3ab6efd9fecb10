"""What the sheet 说明 adds to the catalogue of lists: short names, what the grades mean, which cases were left out.

Here: reading `explanations.yaml` and filling in what a list does not say itself. Not here:
conditions, owners and answers (expectations/lists).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from pydantic import Field

from assets.workbooks.context import ListInfo
from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("explanations.yaml")


class Explanation(Rules):
    """The added texts of one list."""

    short: str = Field(default="", max_length=8)
    certainty: str = ""
    guards: tuple[str, ...] = ()


class Explanations(Rules):
    """The file `explanations.yaml`."""

    default: Explanation
    lists: dict[str, Explanation]


@cache
def load_explanations() -> Explanations:
    """The checked file."""
    return read_rules(FILE, Explanations)


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
