"""The fixed words of the reports (`report.yaml`), validated once. Not here: sentences with figures (`sections`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("report.yaml")
NUMERALS = "一二三四五六七八九十"


class Kind(Rules):
    """One kind of report: what it is called, its heading lines, parts and annexes as (heading, section)."""

    name: str
    title: str
    opening: str
    parts: tuple[tuple[str, str], ...]
    annex: tuple[tuple[str, str], ...]


class ReportWords(Rules):
    """The whole file; `least_answers` is the number of answers from which on a list has a rate of false alarms of its own."""

    kinds: dict[str, Kind]
    versions: dict[str, str]
    limits: tuple[str, ...]
    next_steps: tuple[str, ...]
    least_answers: int = Field(ge=1)


@cache
def words() -> ReportWords:
    """The validated words."""
    return read_rules(FILE, ReportWords)
