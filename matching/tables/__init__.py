"""The matching tables as data (codes, issues, names, regions, shapes) and the one way to open them.

No reading of deliveries and no comparing here; `build` makes the derived tables from other people's open data.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


def table_text(name: str) -> str:
    """Text of one table file beside this module, such as `shapes.tsv`."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def table_yaml(name: str) -> Any:
    """Parsed YAML of one table file; callers must not change what they get.

    Args:
        name: file name, such as `names.yaml`.

    Raises:
        ValueError: the file is not valid YAML; the message names the file.
    """
    try:
        return parse_yaml(table_text(name))
    except yaml.YAMLError as error:
        raise ValueError(f"matching/tables/{name}: {error}") from error


def parse_yaml(text: str) -> Any:
    """Parse YAML with the quick loader where it is there: the slow one takes a second of every start.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
