"""The profile of a place: every number, code set and choice the lists use, each with the clause it comes from.

Belongs here: the whole of a profile and its loading. Not here: the sections (`sections`), who may be told of a list (`recipients`), values
(the YAML files beside this one) and list conditions (`expectations.lists`). Source: rules/definitions.md#definitions, rules/jurisdictions.md#rows, #profile, rules/workflow.md#answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, model_validator

from expectations.jurisdictions.duties import DutyRule
from expectations.jurisdictions.recipients import (
    AddedDepartment,
    Columns,
    ListRule,
    catalogue_with,
    wrong_departments,
    wrong_recipients,
)
from expectations.jurisdictions.retired import translated
from expectations.jurisdictions.sections import (
    Allowances,
    Comparison,
    Consistency,
    CoverageBounds,
    Difficulty,
    GateBounds,
    Household,
    IndicatorTargets,
    Leaving,
    LeftBehind,
    Masking,
    Place,
    Rhythm,
    Schooling,
    Setting,
    UnknownSettingError,
    Workers,
)
from expectations.lists.catalogue import Catalogue
from expectations.rulebook import RuleFileError, Rules, read_yaml, validated

__all__ = ["ListRule", "Place", "Profile", "Schooling", "Setting", "UnknownSettingError", "load_profile", "places"]
FOLDER = Path(__file__).parent
LABELS = "labels.yaml"


class Profile(Rules):
    """Everything one place sets. Loaded with `load_profile`."""

    code: str
    name: str
    place: Place
    rhythm: Rhythm
    comparison: Comparison
    coverage: CoverageBounds
    gate: GateBounds
    school: Schooling
    left_behind: LeftBehind
    difficulty: Difficulty
    allowances: Allowances
    household: Household
    leaving: Leaving
    consistency: Consistency
    masking: Masking
    workers: Workers
    indicators: IndicatorTargets
    duties: dict[str, DutyRule | None] = Field(default_factory=dict)
    departments: dict[str, AddedDepartment] = Field(default_factory=dict)
    lists: dict[str, ListRule]

    @model_validator(mode="after")
    def _settings_know_their_keys(self) -> "Profile":
        for path, setting in self.settings():
            setting.stands_at(path)
        return self

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of lists, with the departments that the place adds."""
        return catalogue_with(self.departments)

    def setting(self, path: str) -> Setting[Any]:
        """The setting at `section.key`.

        Raises:
            RuleFileError: there is no such setting.
        """
        section, _, key = path.partition(".")
        setting = getattr(getattr(self, section, None), key, None)
        if not isinstance(setting, BaseModel) or not hasattr(setting, "value"):
            raise RuleFileError(f"规则参数不存在：{path}")
        return setting  # type: ignore[return-value]

    def lists_for(self, recipient: str) -> frozenset[str]:
        """The lists whose lines the place has sent to a recipient (`township`, or a department): the one answer for every way on which they leave."""
        return frozenset(code for code, rule in self.lists.items() if rule.active and recipient in rule.recipients)

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


def load_profile(name_or_path: str | Path, columns: Columns | None = None) -> Profile:
    """Load a place's profile by name (`minle`) or by the path of a YAML file.

    A profile with `extends: default` states only what differs.

    Args:
        name_or_path: a shipped place, or a file.
        columns: recipient -> the lists that it has columns for, where lines are going to be written (`assets.county.load_place`).

    Raises:
        RuleFileError: no such profile, or a key or value in it is wrong, or a list names somebody who cannot be told of it; names file and key.
    """
    chain = _chain(_path_of(name_or_path), seen=())
    leaf = chain[0].path
    content: dict[str, Any] = {}
    # From the most general file to the place's own, which has the last word.
    for layer in reversed(chain):
        content = _merged(content, layer.content)
    content.setdefault("code", leaf.stem)
    profile = validated(content, Profile, leaf)
    for path, setting in profile.settings():
        setting.stands_at(path, leaf.name)
    wrong = wrong_recipients(profile.lists, columns, profile.departments)
    sentences = [f"规则文件 {leaf.name} 的 {text}" for text in wrong_departments(profile.departments)]
    for code, problems in wrong.items():
        # A mistake is looked for where it stands: in the nearest file of the chain that says who receives the list.
        stating = [layer for layer in chain if "recipients" in ((layer.content.get("lists") or {}).get(code) or {})]
        file = stating[0].path if stating else leaf
        sentences += [f"规则文件 {file.name} 的 {text}" for text in problems]
    if sentences:
        raise RuleFileError("；".join(sentences) + "。")
    return profile


def _path_of(name_or_path: str | Path) -> Path:
    as_path = Path(name_or_path)
    if as_path.suffix in {".yaml", ".yml"}:
        return as_path
    path = FOLDER / f"{name_or_path}.yaml"
    if not path.exists():
        raise RuleFileError(f"没有名为“{name_or_path}”的地方规则，可用：{'、'.join(places())}")
    return path


@dataclass(frozen=True)
class _Layer:
    """One file of a profile and what it states itself."""

    path: Path
    content: dict[str, Any]


def _chain(path: Path, seen: tuple[Path, ...]) -> list[_Layer]:
    """A profile's file and those that it extends, the file itself first."""
    if path in seen:
        raise RuleFileError(f"规则文件 {path.name} 的 extends 互相引用")
    content = translated(read_yaml(path))
    parent = content.pop("extends", None)
    layer = _Layer(path, content)
    if parent is None:
        return [layer]
    if not isinstance(parent, str):
        raise RuleFileError(f"规则文件 {path.name} 的 extends 要写一个地方规则的名字，可用：{'、'.join(places())}。")
    beside = path.parent / f"{parent}.yaml"
    return [layer, *_chain(beside if beside.exists() else _path_of(parent), (*seen, path))]


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Sections merge key by key; a setting (it has `value`) or duty (`what`) is replaced whole: a clause never outlives its value."""
    result = dict(base)
    for key, value in over.items():
        mergeable = isinstance(value, dict) and isinstance(base.get(key), dict) and not {"value", "what"} & set(value)
        result[key] = _merged(base[key], value) if mergeable else value
    return result
