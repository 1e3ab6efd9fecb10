"""What is wrong in a rule or settings file, in Chinese: which key, what is wrong there, what is allowed.

Belongs here: pydantic's and YAML's findings as sentences (`mistakes.yaml`), and reading YAML in which no key stands twice. Not here: which
file it is (`expectations.rulebook`, `assets.intake.contract` and the workspace name it).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic import BaseModel

from matching.tables import table_yaml

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

MOST = 6
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class MistakeError(ValueError):
    """A file is no usable YAML; the text is Chinese, names line and column, and quotes nothing of the file but a key."""


class _Strict(_LOADER):  # type: ignore[misc]
    """A loader for which a key that stands twice is a mistake: YAML would quietly take the last."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    seen = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise MistakeError(_say("syntax", line=key.start_mark.line + 1, column=key.start_mark.column + 1))
        if key.value in seen and key.value != "<<":
            raise MistakeError(_say("twice", line=key.start_mark.line + 1, key=key.value))
        seen.add(key.value)
    loader.flatten_mapping(node)  # "<<" brings in another mapping's keys, which may repeat: that is what it is for
    return dict(loader.construct_pairs(node, deep=True))


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse_own_yaml(content: bytes) -> dict[str, Any]:
    """Parse a file that a person wrote: UTF-8, one mapping, every key once.

    Raises:
        MistakeError: saying where and what to do.
    """
    try:
        mapping = yaml.load(content.decode("utf-8-sig"), Loader=_Strict)
    except UnicodeDecodeError:
        problem = _say("encoding")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = _say("syntax", line=line, column=column)
    else:
        if isinstance(mapping, dict):
            return mapping
        problem = _say("not_mapping")
    # Raised out here, so that the parser's exception, which quotes the line, does not hang on ours as its cause.
    raise MistakeError(problem)


def mistakes_in(error: ValidationError, model: type[BaseModel]) -> str:
    """Every mistake that the model finds: its key, what is wrong, what is allowed; the first few of many."""
    errors = error.errors(include_url=False)
    sentences = []
    for each in errors[:MOST]:
        # "[key]" is pydantic's word for a mapping's key itself.
        parts = [f"第{part + 1}项" if isinstance(part, int) else part for part in each["loc"] if part != "[key]"]
        key, problem = ".".join(parts), _problem(each, model)
        sentences.append(_say("place", key=key, what=problem) if key else problem)
    return "；".join(sentences) + (_say("more", count=len(errors) - MOST) if len(errors) > MOST else "")


def _problem(error: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":  # one of our own checks, whose sentence is Chinese already
        return str(context.get("error", "")) or _say("otherwise", kind=kind)
    if kind == "extra_forbidden":
        # A key that nobody knows may be a known one mistyped. Pydantic names the key only, so its model is looked up.
        holder = _model_at(model, error["loc"][:-1])
        if holder is None:
            return _say("unknown_key_bare")
        names = [field.alias or name for name, field in holder.model_fields.items()]
        close = difflib.get_close_matches(str(error["loc"][-1]), names, n=1)
        return _say("unknown_key", near=_say("near", near=close[0]) if close else "", allowed="、".join(names))

    name = table_yaml("mistakes.yaml")["kinds"].get(kind, "otherwise")
    low = context.get("ge", context.get("gt", context.get("min_length", "")))
    high = context.get("le", context.get("lt", context.get("max_length", "")))
    # Of a literal pydantic tells the values in an English sentence only: 'a', 'b' or 'c'.
    allowed = "、".join(re.findall(r"'([^']*)'", str(context.get("expected", "")))) or context.get("expected", "")
    return _say(name, low=low, high=high, allowed=allowed, pattern=context.get("pattern", ""), kind=kind)


def _model_at(model: type[BaseModel], place: Sequence[int | str]) -> type[BaseModel] | None:
    """The model that stands at a place below another one; None where a name of a union or a mapping cannot be followed."""
    here: Any = model
    for part in place:
        fields = here.model_fields if isinstance(here, type) and issubclass(here, BaseModel) else {}
        by_alias = {field.alias or name: field for name, field in fields.items()}
        # A number or a key of a mapping leads to the same model as the whole list or mapping.
        below = _model_in(by_alias[str(part)].annotation) if str(part) in by_alias else here
        if below is None:
            return None
        here = below
    return here if isinstance(here, type) else None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(part) for part in get_args(annotation))
    return next((model for model in inner if model is not None), None)


def _say(name: str, **values: object) -> str:
    return str(table_yaml("mistakes.yaml")[name]).format(**values)
