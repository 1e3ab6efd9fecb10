"""The demo's three YAML files as validated models: places, words, rates. Only shapes and loading belong here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from dateutil.relativedelta import relativedelta
from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CountyPlaces(_Model):
    """The invented county: names, codes, and what village names are made of."""

    province: str
    prefecture: str
    county: str
    code: str = Field(pattern=r"^\d{6}$")
    parent_codes: list[str]
    other_codes: list[str]
    other_places: dict[str, str]
    seat: str
    townships: dict[str, float]
    communities: list[str]
    village_first: list[str]
    village_last: list[str]
    villages_per_township: tuple[int, int]
    districts: int
    estates: list[str]


class NameParts(_Model):
    """Parts of names, and which characters clerks take for each other."""

    surnames: dict[str, float]
    given_boy: str
    given_girl: str
    given_father: str
    given_mother: str
    rare: dict[str, str]
    rare_sounds: dict[str, str]
    single_share: float
    milk_names: list[str]
    nations: dict[str, float]
    nation_codes: dict[str, str]
    dotted: list[str]
    whole_names: list[str]
    dotted_boy: list[str]
    dotted_girl: list[str]
    dotted_father: list[str]
    whole_boy: list[str]
    whole_girl: list[str]
    homophones: list[str]
    shapes: list[str]
    traditional: dict[str, str]
    transliteration: dict[str, str]
    brackets: list[str]


class LifeRates(_Model):
    """Shares of children (or families) to whom something happens."""

    family_sizes: list[float]
    twin_births: float
    namesakes: float
    rare_character: float
    former_name: float
    surname_change: float
    single_parent: float
    step_family: float
    urban: float
    hukou_elsewhere: float
    hukou_none: float
    hukou_gained: float
    moved_in: float
    moved_out: float
    moved_inside: float
    died: float
    number_changed: float
    both_away: float
    one_away: float
    orphan: float
    de_facto: float
    poor_household: float
    dilemma: float
    disabled: float
    delayed_entry: float
    study_elsewhere: float
    never_enrolled: float
    home_teaching: float
    dropout: float
    suspended: float
    high_school: float
    vocational: float
    kindergarten_register: float
    double_enrolment: float
    two_files: float
    nations: dict[str, float] = {}  # families of each nation, relative to the others; those of words.yaml where empty


class ClerkProfile(_Model):
    """How carefully the county's clerks work: shares of rows with each error, per department."""

    careless_share: float
    careless_factor: float
    corrected: float
    fresh: float
    quarantined_rows: int
    left_behind_listed: float
    disabled_listed: float
    allowance_paid: float
    numeric_townships: int
    errors: dict[str, dict[str, float]] = {}
    further: bool = False  # whether the further sources deliver, too (`further`)
    nations: dict[str, float] = {}  # of how many families, where it is not the county of words.yaml
    plain: bool = False  # whether every file comes as a workbook or as text, for whoever changes them afterwards
    same_as: str | None = None
    error_factor: float = 1.0


class Rates(_Model):
    """The whole of rates.yaml."""

    life: LifeRates
    profiles: dict[str, ClerkProfile]

    def profile(self, name: str) -> ClerkProfile:
        """Return the named profile with its error rates filled in.

        Raises:
            KeyError: there is no such profile.
        """
        chosen = self.profiles[name]
        if chosen.same_as is None:
            return chosen
        rates = {
            department: {error: min(1.0, rate * chosen.error_factor) for error, rate in errors.items()}
            for department, errors in self.profile(chosen.same_as).errors.items()
        }
        return chosen.model_copy(update={"errors": rates})


_elsewhere: ContextVar[CountyPlaces | None] = ContextVar("_elsewhere", default=None)


def places() -> CountyPlaces:
    """Return the county that is generated: the one of places.yaml, but for what is done `in_county`."""
    return _elsewhere.get() or _shipped_places()


@contextmanager
def in_county(other: CountyPlaces) -> Iterator[None]:
    """Generate another county meanwhile."""
    token = _elsewhere.set(other)
    try:
        yield
    finally:
        _elsewhere.reset(token)


@cache
def _shipped_places() -> CountyPlaces:
    return CountyPlaces.model_validate(_read("places.yaml"))


@cache
def words() -> NameParts:
    """Load words.yaml."""
    return NameParts.model_validate(_read("words.yaml"))


@cache
def rates() -> Rates:
    """Load rates.yaml."""
    return Rates.model_validate(_read("rates.yaml"))


@cache
def layouts() -> dict[str, list[tuple[str, str]]]:
    """Load layouts.yaml: for every kind of file its headings in order, each with the column of our frame (or "" for
    empty, "=x" for the constant x).
    """
    return {
        name: [(str(heading), str(column or "")) for pair in columns for heading, column in pair.items()]
        for name, columns in _read("layouts.yaml").items()
    }


def period_end(period: str) -> dt.date:
    """Return the last day of a quarter (`2026Q3`) or month (`2026-09`).

    Raises:
        ValueError: the text is neither.
    """
    match = re.fullmatch(r"(\d{4})(?:Q([1-4])|-(0[1-9]|1[0-2]))", period)
    if match is None:
        raise ValueError("a period is a quarter like 2026Q3 or a month like 2026-09")
    month = int(match[2]) * 3 if match[2] else int(match[3])
    end: dt.date = dt.date(int(match[1]), month, 1) + relativedelta(day=31)
    return end


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
