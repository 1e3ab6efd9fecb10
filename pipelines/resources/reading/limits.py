"""The settings of reading (`limits.yaml`): how much a file may cost and which words recognise it. No reading is done here."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveInt

_FILE = Path(__file__).with_name("limits.yaml")


class Limits(BaseModel):
    """What one file may cost; `limits.yaml` holds the figures and their sources, `load_settings().limits` gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file_bytes: PositiveInt
    unpacked_bytes: PositiveInt
    ratio: float = Field(gt=1)
    ratio_floor_bytes: PositiveInt
    rows: PositiveInt
    columns: PositiveInt
    cells: PositiveInt
    gap: PositiveInt
    strays: PositiveInt
    memory_bytes: PositiveInt
    seconds: float = Field(gt=0)
    kept_bytes: PositiveInt
    members: PositiveInt
    nesting: PositiveInt


class ReadingSettings(BaseModel):
    """Everything `limits.yaml` holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limits: Limits
    heading_words: tuple[str, ...]
    null_words: tuple[str, ...]


@cache
def load_settings(path: Path = _FILE) -> ReadingSettings:
    """Reads and validates the settings.

    Raises:
        ValueError: A key is unknown or out of range; pydantic's message names it.
    """
    return ReadingSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
