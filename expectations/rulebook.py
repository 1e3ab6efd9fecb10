"""Reading rule files: turns one YAML file into one validated model, or says which file and which key is wrong.

Belongs here: finding, parsing and validating YAML for suites, lists, jurisdictions, preferences and what goes out. Not here: what the
rules mean (each room has its own models).
"""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from matching.tables import parse_yaml


class Rules(BaseModel):
    """A part of a rule file: unknown keys are refused, values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleFileError(Exception):
    """A rule file cannot be used; the Chinese message names file, key and what is wrong (no personal data there)."""


RulesT = TypeVar("RulesT", bound=BaseModel)


def read_yaml(path: Path) -> dict[str, Any]:
    """Parse one YAML file into a mapping.

    Raises:
        RuleFileError: the file is missing, is not YAML or is not a mapping.
    """
    try:
        content = parse_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RuleFileError(f"规则文件不存在：{path.name}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RuleFileError(f"规则文件 {path.name} 不是有效的 UTF-8 YAML：{type(error).__name__}") from error
    if not isinstance(content, dict):
        raise RuleFileError(f"规则文件 {path.name} 的内容应为“键: 值”结构")
    return content


def validated(content: dict[str, Any], model: type[RulesT], path: Path) -> RulesT:
    """Validate a parsed rule file against its model.

    Raises:
        RuleFileError: names the file and every wrong or unknown key.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        wrong = "；".join(f"{'.'.join(map(str, e['loc']))}：{e['msg']}" for e in error.errors())
        raise RuleFileError(f"规则文件 {path.name} 有误：{wrong}") from error


def read_rules(path: Path, model: type[RulesT]) -> RulesT:
    """Read and validate one rule file. Errors as in `read_yaml` and `validated`."""
    return validated(read_yaml(path), model, path)
