"""The profile of a place: every number, code set and choice the lists use, each with the clause it comes from.

Belongs here: the whole of a profile and its loading. Not here: the sections (`sections`), values (the YAML files beside
this one) and list conditions (`expectations.lists`). Source: domain.md 5.1, 5.2, 5.4, 6.2.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from expectations.jurisdictions.duties import DutyRule
from expectations.jurisdictions.retired import translated
from expectations.jurisdictions.sections import (
    Allowances,
    Comparison,
    Consistency,
    Difficulty,
    Household,
    Indicators,
    Leaving,
    LeftBehind,
    Masking,
    Place,
    Rhythm,
    School,
    Setting,
    UnknownSettingError,
    Workers,
)
from expectations.rulebook import RuleFileError, Rules, read_yaml, validated

__all__ = ["ListRule", "Place", "Profile", "School", "Setting", "UnknownSettingError", "load_profile", "places"]
FOLDER = Path(__file__).parent
LABELS = "labels.yaml"


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
    comparison: Comparison
    school: School
    left_behind: LeftBehind
    difficulty: Difficulty
    allowances: Allowances
    household: Household
    leaving: Leaving
    consistency: Consistency
    masking: Masking
    workers: Workers
    indicators: Indicators
    duties: dict[str, DutyRule | None] = Field(default_factory=dict)
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

    def owed(self) -> list[DutyRule]:
        """The duties that the place's papers ask for, in the order of the file; one that a place takes back (null) is none."""
        return [rule for rule in self.duties.values() if rule is not None]

    def settings(self) -> Iterator[tuple[str, Setting[Any]]]:
        """Every setting with its path `section.key`, in the order of the model."""
        for section in type(self).model_fields:
            part = getattr(self, section)
            if isinstance(part, Rules):
                yield from ((f"{section}.{key}", getattr(part, key)) for key in type(part).model_fields)


def places() -> list[str]:
    """Names of the profiles that come with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml") if path.name != LABELS)


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
    content = translated(read_yaml(path))
    parent = content.pop("extends", None)
    if parent is None:
        return content
    beside = path.parent / f"{parent}.yaml"
    return _merged(_extended(beside if beside.exists() else _found(parent), (*seen, path)), content)


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Sections merge key by key; a setting (it has `value`) or duty (`what`) is replaced whole: a clause never outlives its value."""
    result = dict(base)
    for key, value in over.items():
        mergeable = isinstance(value, dict) and isinstance(base.get(key), dict) and not {"value", "what"} & set(value)
        result[key] = _merged(base[key], value) if mergeable else value
    return result
