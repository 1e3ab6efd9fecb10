"""How a province lives and how its departments write: rates, read from `kinds.yaml`.

Belongs here: the rates and their names. Does not belong here: drawing anything from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Department:
    """One department's ledger: whom it covers by age (`from`, `to`, share), and multiples of the base rates of errors.

    `blank` multiplies missing parents and numbers, `slip` every wrong character; `knows` are the columns it keeps.
    """

    code: str
    cover: tuple[tuple[int, int, float], ...]
    slip: float
    blank: float
    lunar: float
    doubles: float
    knows: tuple[str, ...]
    layouts: tuple[tuple[str, float], ...] = (("register", 1.0),)


@dataclass(frozen=True)
class Habits:
    """Rates per family, child or row; `careless` multiplies what is a slip, `blank` what is left out."""

    siblings: float = 0.38
    twins: float = 0.012
    minority: float = 0.03
    away: float = 0.36
    lunar: float = 0.3
    rare: float = 0.04
    unregistered: float = 0.015
    replaced: float = 0.006
    former: float = 0.01
    surname: float = 0.012
    careless: float = 1.0
    blank: float = 1.0
    numberless: float = 0.03
    departments: tuple[Department, ...] = field(
        default_factory=lambda: departments(("police", "school", "welfare", "disabled"))
    )


@cache
def _raw() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("kinds.yaml").read_text(encoding="utf-8"))
    return found


def departments(names: tuple[str, ...]) -> tuple[Department, ...]:
    """Departments by their names in `kinds.yaml`."""
    return tuple(_department(_raw()["departments"][name]) for name in names)


def _department(raw: dict[str, Any]) -> Department:
    lists = {key: tuple(tuple(item) for item in raw[key]) for key in ("cover", "layouts") if key in raw}
    return Department(**{**raw, **lists, "knows": tuple(raw["knows"].split())})


@dataclass(frozen=True)
class Kind:
    """One county of the benchmark: its name, size, the maker and the habits that differ from the ordinary ones."""

    name: str
    zh: str
    children: int
    maker: str
    habits: dict[str, Any]


def kinds() -> dict[str, Kind]:
    """All counties of the benchmark, by name."""
    return {name: Kind(name=name, **raw) for name, raw in _raw()["counties"].items()}


def habits_of(kind: Kind) -> Habits:
    """The vectorised maker's habits for a kind."""
    known = {item.name for item in fields(Habits)}
    given = {key: value for key, value in kind.habits.items() if key in known}
    if "departments" in given:
        given["departments"] = departments(tuple(given["departments"].split()))
    return Habits(**given)
