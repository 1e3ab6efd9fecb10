"""The linkage model as a validated object: fields, levels, keys, thresholds, and its fingerprint.

Belongs here: reading `model.yaml`, checking it, looking up level codes. Does not belong here: any comparison or
weight learned from data.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from matching.tables import parse_yaml

Kind = TypeVar("Kind", bound=BaseModel)
MODEL_FILE = Path(__file__).with_name("model.yaml")
GROUPS = {"missing": 0, "agree": 1, "near": 2, "differ": 3}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldLevel(_Strict):
    """One level of a field: its starting weight in bits, its group for interactions and the words a clerk reads."""

    bits: float
    group: Literal["missing", "agree", "near", "differ"]
    say: str


class ComparedField(_Strict):
    """One compared field; the order of its levels is their integer code, `missing` first."""

    zh: str
    levels: dict[str, FieldLevel]

    # Engines leave a level at 0 where they have nothing to compare, and 0 must then weigh nothing.
    @model_validator(mode="after")
    def _missing_first(self) -> ComparedField:
        if next(iter(self.levels), "") != "missing":
            raise ValueError("第一级必须是 missing")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Level names in the order of their codes."""
        return tuple(self.levels)

    def code(self, level: str) -> int:
        """Integer code of a level; KeyError-like ValueError for a name that the model does not have."""
        return self.names.index(level)


class Interaction(_Strict):
    """Two fields whose evidence is weighed together; `bits` is keyed `group-group`."""

    fields: tuple[str, str]
    bits: dict[str, float] = Field(default_factory=dict)


class KeySpec(_Strict):
    """A blocking key: its Chinese name, what refines its oversized blocks, and the parts that two records share (any line of `of`)."""

    zh: str
    split: Literal["name", "town", "year", "sex"]
    held: bool = False  # to a budget of pairs: other keys find nearly all that it finds
    of: tuple[tuple[str, ...], ...] = Field(min_length=1)

    # A value of one line meets those of the others (a former name a name), so their places must correspond.
    @model_validator(mode="after")
    def _same_places(self) -> KeySpec:
        if len({len(line) for line in self.of}) != 1 or not self.of[0]:
            raise ValueError("of 的各行须有同样多的部分")
        return self


class Blocking(_Strict):
    """Sizes of blocks and the limits above which a value says nothing."""

    block_limit: int = Field(ge=2)
    window: int = Field(ge=1)
    budget: float = Field(gt=0)
    free_pairs: int = Field(ge=1)
    narrow: int = Field(ge=1)
    phone_limit: int = Field(ge=2)
    number_limit: int = Field(ge=2)


class LearningSettings(_Strict):
    """When and how hard the weights are learned from the data's own numbers."""

    labels_needed: int = Field(ge=1)
    em_records_needed: int = Field(ge=1)
    ridge: float = Field(gt=0)
    em_bend: float = Field(gt=0)
    em_pairs: float = Field(gt=0)
    differ_bounds: tuple[float, float]


class DecisionSettings(_Strict):
    """Probabilities and weights between same, review and different."""

    same: float = Field(gt=0, lt=1)
    review: float = Field(gt=0, lt=1)
    near: float = Field(gt=0, lt=1)
    certain_bits: float
    double_bits: float
    double_place_bits: float
    third_bits: float
    alone_bits: float
    rival_bits: float
    doubt_bits: float
    kin_bits: float
    twin_bits: float
    refuse_bits: float
    cluster_limit: int = Field(ge=2)
    close_limit: int = Field(ge=2)
    cap_bits: float = Field(gt=0)
    keep_per_record: int = Field(ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> DecisionSettings:
        if not all(low < high for low, high in pairwise((self.near, self.review, self.same))):
            raise ValueError("须满足 near < review < same")
        return self


class KnownBy(_Strict):
    """What a known child is recognised by: scores per kind, the kinds that suffice alone, and what is too weak against numbers."""

    scores: dict[str, float]
    strong: tuple[str, ...]
    weak: float


class Changes(_Strict):
    """When a period is linked by its changes only: the most that may have changed, and how many periods until all is compared again."""

    most: float = Field(ge=0, le=1)
    periods: int = Field(ge=1)


class Alike(_Strict):
    """A text likeness from which bits are added, and how many."""

    alike: float = Field(gt=0, le=1)
    bits: float


class Residual(_Strict):
    """Which pairs are undecided, and the long texts looked at for them."""

    low: float
    high: float
    limit: int
    address: Alike
    school: Alike


class Namesakes(_Strict):
    """Up to how many distinct birth dates a name is rare, or shared by few."""

    rare: int
    few: int


class Model(_Strict):
    """The whole model of `model.yaml`."""

    version: int
    fields: dict[str, ComparedField]
    number: ComparedField
    interactions: tuple[Interaction, ...]
    # A key's number takes five bits behind a pair, and a pair's keys are the bits of one 32-bit number (`blocking.block`).
    keys: dict[str, KeySpec] = Field(max_length=31)
    namesakes: Namesakes
    blocking: Blocking
    learning: LearningSettings
    decide: DecisionSettings
    known_by: KnownBy
    changes: Changes
    residual: Residual

    @model_validator(mode="after")
    def _interactions_known(self) -> Model:
        for item in self.interactions:
            unknown = [name for name in item.fields if name not in self.fields]
            if unknown:
                raise ValueError(f"interactions 中的字段不存在：{unknown}")
        return self

    def spec(self, field: str) -> ComparedField:
        """The field's specification, the hidden number field included."""
        return self.number if field == "number" else self.fields[field]

    def code(self, field: str, level: str) -> int:
        """Integer code of a field's level."""
        return self.spec(field).code(level)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change whenever anything in the model changes."""
        return fingerprint_of(self)


def fingerprint_of(model: BaseModel) -> str:
    """Twelve hex digits of everything that a model says."""
    text = json.dumps(model.model_dump(mode="json"), ensure_ascii=True)  # level order is meaning: do not sort
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read_model(path: Path, kind: type[Kind]) -> Kind:
    """Read and check a model file of some kind.

    Args:
        path: a YAML file.
        kind: what it must say, `Model` or `LatinModel`.

    Raises:
        ValueError: in Chinese, naming the file and the key that is wrong.
    """
    try:
        return kind.model_validate(parse_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"比对模型文件 {path.name} 的 {where} 有误：{first['msg']}") from error


def load_model(path: Path = MODEL_FILE) -> Model:
    """Read and check a model file for Chinese children's records.

    Args:
        path: a YAML file with the keys of the shipped `matching/model.yaml`.

    Raises:
        ValueError: as `read_model`.
    """
    return read_model(path, Model)


@lru_cache(maxsize=1)
def default_model() -> Model:
    """The model shipped with the product, read once."""
    return load_model()
