"""Reading rule files: turns one YAML file into one validated model, or says which file and which key is wrong.

Belongs here: finding, parsing and validating YAML for suites, lists, jurisdictions, preferences and what goes out. Not here: what the
rules mean (each room has its own models).
"""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from matching.tables.mistakes import MistakeError, mistakes_in, parse_own_yaml


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
        return parse_own_yaml(path.read_bytes())
    except FileNotFoundError as error:
        raise RuleFileError(f"规则文件不存在：{path.name}") from error
    except OSError as error:
        raise RuleFileError(f"规则文件 {path.name} 读不出来：请检查文件权限。") from error
    except MistakeError as error:
        raise RuleFileError(f"规则文件 {path.name} {error}。") from error


def validated(content: dict[str, Any], model: type[RulesT], path: Path) -> RulesT:
    """Validate a parsed rule file against its model.

    Raises:
        RuleFileError: names the file and every wrong or unknown key.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        # Not chained: pydantic's own text quotes what stands in the file.
        raise RuleFileError(f"规则文件 {path.name} 有误：{mistakes_in(error, model)}。请改正后重新运行。") from None


def read_rules(path: Path, model: type[RulesT]) -> RulesT:
    """Read and validate one rule file. Errors as in `read_yaml` and `validated`."""
    return validated(read_yaml(path), model, path)
