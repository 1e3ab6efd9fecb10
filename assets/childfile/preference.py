"""The order of preference between departments, read from `preference.yaml` and validated once.

Belongs here: the model of that file. Not here: applying it (`choose`, `states`, `places`).
"""

from functools import cache
from pathlib import Path

from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("preference.yaml")


class Identifiers(Rules):
    """Fields whose presence makes the absence of a counterpart believable."""

    strong: list[str]
    medium: list[str]


class Preference(Rules):
    """Model of `preference.yaml` (rules/identifiers.md#trust-order, rules/dates.md#b05, #b08)."""

    departments: list[str]
    values: dict[str, list[str]]
    places: list[tuple[str, str, str]]
    active_states: list[str]
    police_states: list[str]
    identifiers: Identifiers
    reads: list[str]


@cache
def preference() -> Preference:
    """The validated preferences. Raises `RuleFileError` naming file and key."""
    return read_rules(FILE, Preference)
