"""The model of Latin records as a validated object (`model.yaml` beside this file).

Belongs here: reading and checking it. Does not belong here: comparing or learning.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from matching.model import fingerprint_of, read_model

MODEL_FILE = Path(__file__).with_name("model.yaml")
MISSING = "missing"
Kind = Literal["text", "date", "number", "code"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LatinLevel(_Strict):
    """A level of a kind: where EM starts, what a reader is told, and from what likeness or number of edits it holds."""

    m: float = Field(gt=0, lt=1)
    say: str
    at_least: float = Field(default=0.0, ge=0, le=1)
    slips: int = Field(default=0, ge=0)


class LatinField(_Strict):
    """A compared field: its kind, its Chinese name, the field it is confused with, whether rare values say more."""

    kind: Kind
    zh: str
    partner: str = ""
    frequency: bool = False


class LatinLearning(_Strict):
    """How EM learns: random pairs for u, pairs that the starting values count for, rounds, seed of the draw."""

    sample: int = Field(ge=1000)
    pseudo: float = Field(gt=0)
    steps: int = Field(ge=1)
    seed: int


class LatinThresholds(_Strict):
    """Probabilities from which a pair is the same, goes to a person, or is kept with its sentence."""

    same: float = Field(gt=0, lt=1)
    review: float = Field(gt=0, lt=1)
    near: float = Field(gt=0, lt=1)


class LatinModel(_Strict):
    """The whole model."""

    version: int
    kinds: dict[Kind, dict[str, LatinLevel]]
    fields: dict[str, LatinField]
    keys: tuple[tuple[str, ...], ...]
    block_limit: int = Field(ge=2)
    learning: LatinLearning
    decide: LatinThresholds

    @model_validator(mode="after")
    def _known(self) -> LatinModel:
        # Here and not at the first link: a key with a misspelt field would find no pair, and nobody would notice.
        named = {part.rstrip("~^") for key in self.keys for part in key}
        named |= {field.partner for field in self.fields.values() if field.partner}
        unknown = sorted(named - set(self.fields))
        if unknown:
            raise ValueError(f"keys 或 partner 中的字段不存在：{'、'.join(unknown)}")
        return self

    def levels(self, field: str) -> tuple[str, ...]:
        """LatinLevel names of a field in the order of their codes, `missing` first."""
        return (MISSING, *self.kinds[self.fields[field].kind])

    def say(self, field: str, level: str) -> str:
        """What a reader is told: 「姓相近」."""
        spec = self.fields[field]
        return f"{spec.zh}缺失" if level == MISSING else spec.zh + self.kinds[spec.kind][level].say

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change whenever anything in the model changes."""
        return fingerprint_of(self)


def load_latin_model(path: Path = MODEL_FILE) -> LatinModel:
    """Read and check a model file for names in Latin letters.

    Args:
        path: a YAML file with the keys of the shipped `matching/latin/model.yaml`.

    Raises:
        ValueError: as `matching.model.read_model`.
    """
    return read_model(path, LatinModel)


@lru_cache(maxsize=1)
def latin_model() -> LatinModel:
    """The model shipped with the product, read once."""
    return load_latin_model()
