"""Text and advice for every code that reading a value can give (`tables/issues.yaml`).

Which rows are refused for a code is decided where files are taken in, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter

from matching.tables import table_yaml


@dataclass(frozen=True, slots=True)
class IssueText:
    """What is wrong (`zh`) and what to do (`advice`), in Chinese, without values."""

    zh: str
    advice: str


@cache
def issue_texts() -> dict[str, IssueText]:
    """Code to issue, validated."""
    return TypeAdapter(dict[str, IssueText]).validate_python(table_yaml("issues.yaml"))
