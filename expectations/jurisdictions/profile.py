"""The profile of a place: every number, code set and choice the lists use, each with the clause it comes from.

Belongs here: the shape of a profile and its loading. Not here: values (the YAML files beside this one) and list
conditions (`expectations.lists`). Source: domain.md 5.1, 5.2, 5.4, 6.2.
"""

from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from expectations.rulebook import RuleFileError, Rules, read_yaml, validated

T = TypeVar("T")
FOLDER = Path(__file__).parent
MonthDay = str


class UnknownSettingError(RuleFileError):
    """A list needs a value that this place has not decided."""


class Setting(Rules, Generic[T]):
    """One value with the clause beside it; `value` is null where the papers are silent and the bureau must decide."""

    value: T | None
    clause: str = ""
    source: str = ""

    def known(self) -> T:
        """The value.

        Raises:
            UnknownSettingError: the place has not decided it.
        """
        if self.value is None:
            raise UnknownSettingError("本地规则文件中有一项参数尚未确定（value: null）")
        return self.value


class Place(Rules):
    """Which county it is. `area_code` null: taken from the police data's most frequent area."""

    area_code: Setting[str]
    former_area_codes: Setting[list[str]]
    county_name: Setting[str]


class Rhythm(Rules):
    """How often departments are compared and what is reported upward (domain.md 5.2 rows 1, 4, 5, 8-12)."""

    period_kind: Setting[Literal["quarter", "month"]]
    compare_every: Setting[str]
    contact_every: Setting[str]
    visit_every: Setting[str]
    report_due: Setting[str]
    census_due: Setting[str]
    inspection_month: Setting[int]


class School(Rules):
    """Compulsory education (5.1.1, 5.1.6)."""

    entry_age: Setting[int]
    years: Setting[int]
    cutoff: Setting[MonthDay] = Field(
        description="last birthday, MM-DD, that enters school in the year of the entry age"
    )
    year_start: Setting[MonthDay]
    band: Setting[tuple[int, int]]
    transfer_window_days: Setting[int]
    record_window_days: Setting[int]
    transferred: Setting[list[str]]
    enrolled: Setting[list[str]]
    dropped_out: Setting[list[str]]
    studies_elsewhere: Setting[list[str]]
    taught_at_home: Setting[list[str]]
    not_yet_at_school: Setting[list[str]]
    said_at_school: Setting[list[str]]


class LeftBehind(Rules):
    """Left-behind children: civil affairs' meaning and education's meaning differ (5.1.2, 5.1.3)."""

    below_age: Setting[int]
    months_away: Setting[int]
    rural_only: Setting[bool]
    school_marks: Setting[list[str]]
    urban_marks: Setting[list[str]]


class Difficulty(Rules):
    """Children in difficulty, orphans, de facto unattended (5.1.4, 5.1.5)."""

    below_age: Setting[int]
    categories: Setting[list[str]]


class Allowances(Rules):
    """The two subsidies (5.1.8)."""

    care_levels: Setting[list[str]]
    care_types_all: Setting[list[str]]
    care_types_all_levels: Setting[list[str]]
    living_needs: Setting[list[str]]
    living_excluded_by: Setting[list[str]]
    card_not_valid: Setting[list[str]]


class Household(Rules):
    """Household register (5.1.7) and who is outside of it."""

    registration_grace_months: Setting[int]
    outside_documents: Setting[list[str]]
    outside_marks: Setting[list[str]]
    explained_states: Setting[list[str]]


class Leaving(Rules):
    """Death and moving out (2.13, 4.6)."""

    death_lag_days: Setting[int]
    move_lag_days: Setting[int]


class Consistency(Rules):
    """Which fields count as inconsistent and which number states as invalid (4.1-4.5, 5.3 L15, L18)."""

    fields: Setting[list[str]]
    compatible: Setting[dict[str, list[list[str]]]]
    trust: Setting[dict[str, list[str]]] = Field(description="departments in order of trust per field, and `default`")
    unknown_days: Setting[list[str]] = Field(description="MM-DD that forms hold where only the year is known")
    number_states: Setting[list[str]]
    other_person_names: Setting[list[str]] = Field(
        description="name levels at which an equal number is another person's"
    )
    ledgers_by_category: Setting[bool]
    two_townships: Setting[bool]
    ignored_characters: Setting[str]


class Masking(Rules):
    """What a reader of an outgoing workbook sees (domain.md 8)."""

    number_head: Setting[int]
    number_tail: Setting[int]
    masked_fields: Setting[list[str]]
    name_masked_in_summary: Setting[bool]


class Workers(Rules):
    """Child workers (5.2 row 12)."""

    children_per_worker: Setting[int]


class ListRule(Rules):
    """What a place decides about one list: whether it runs, who is told, until when, and its own clause (6.2)."""

    active: bool = True
    recipients: list[str] = Field(min_length=1)
    due_days: int | None = None
    due: str = ""
    clause: str = ""


class Profile(Rules):
    """Everything one place sets. Loaded with `load_profile`."""

    code: str
    name: str
    place: Place
    rhythm: Rhythm
    school: School
    left_behind: LeftBehind
    difficulty: Difficulty
    allowances: Allowances
    household: Household
    leaving: Leaving
    consistency: Consistency
    masking: Masking
    workers: Workers
    lists: dict[str, ListRule]

    def setting(self, path: str) -> Setting[Any]:
        """The setting at `section.key`.

        Raises:
            RuleFileError: there is no such setting.
        """
        section, _, key = path.partition(".")
        found = getattr(getattr(self, section, None), key, None)
        if not isinstance(found, BaseModel) or not hasattr(found, "value"):
            raise RuleFileError(f"规则参数不存在：{path}")
        return found  # type: ignore[return-value]


def places() -> list[str]:
    """Names of the profiles that come with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_profile(name_or_path: str | Path) -> Profile:
    """Load a place's profile by name (`minle`) or by the path of a YAML file.

    A profile with `extends: default` states only what differs.

    Raises:
        RuleFileError: no such profile, or a key or value in it is wrong; names file and key.
    """
    path = _found(name_or_path)
    content = _extended(path, seen=())
    content.setdefault("code", path.stem)
    return validated(content, Profile, path)


def _found(name_or_path: str | Path) -> Path:
    given = Path(name_or_path)
    if given.suffix in {".yaml", ".yml"}:
        return given
    path = FOLDER / f"{name_or_path}.yaml"
    if not path.exists():
        raise RuleFileError(f"没有名为“{name_or_path}”的地方规则，可用：{'、'.join(places())}")
    return path


def _extended(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    if path in seen:
        raise RuleFileError(f"规则文件 {path.name} 的 extends 互相引用")
    content = read_yaml(path)
    parent = content.pop("extends", None)
    if parent is None:
        return content
    beside = path.parent / f"{parent}.yaml"
    return _merged(_extended(beside if beside.exists() else _found(parent), (*seen, path)), content)


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Sections merge key by key; a setting (it has `value`) is replaced whole, so a clause never outlives its value."""
    result = dict(base)
    for key, value in over.items():
        mergeable = isinstance(value, dict) and isinstance(base.get(key), dict) and "value" not in value
        result[key] = _merged(base[key], value) if mergeable else value
    return result
