"""The national survey form 农村留守儿童基本情况排查汇总表: every item counted over the left-behind children on the roll.

The form's items are `survey.yaml`; what is not recorded is said as 未采集, what is recorded in words that the form has no item for as 表外写法,
so that every group adds up to the total. Not
here: how the form is printed. Source: rules/lists.md#national-form, rules/codes.md#care.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from assets.reports.count import OTHER_TOWN, first_value, left_behind
from assets.reports.figures import TOTAL, Figures, Grid
from assets.reports.material import Material
from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("survey.yaml")
REST, OTHER, OFF = "rest", "other", "-"
SEXES = {"1": "男", "2": "女"}


class Block(Rules):
    """One group of the form."""

    name: str
    title: str
    field: str
    items: dict[str, list[str]] = Field(default_factory=dict)
    bands: dict[str, tuple[int, int]] = Field(default_factory=dict)
    by_sex: bool = False
    many: bool = False
    first: str = "civil_affairs"
    otherwise: dict[str, dict[str, list[str]]] = Field(default_factory=dict, alias="or")


class Survey(Rules):
    """The whole form."""

    blocks: tuple[Block, ...]
    other: str
    rest: str


@cache
def survey() -> Survey:
    """The validated form."""
    return read_rules(FILE, Survey)


def count_survey(figures: Figures, material: Material, by_town: bool) -> None:
    """`survey_<block>`: items by area; the column total is the number of left-behind children.

    Args:
        figures: where to.
        material: of the period.
        by_town: with a row for every township, as the national form has it; else only the county.
    """
    children = left_behind(material)
    names = dict.fromkeys(material.towns) if by_town else {}
    area = [name if name in names else OTHER_TOWN for name in children["town"]]
    rows = {**{name: name for name in names}, OTHER_TOWN: "未落实" if by_town else material.place, TOTAL: "合计"}
    first = ""
    for block in survey().blocks:
        items = _items(block, children, material)
        if block.many:
            _count_many(figures, block, (rows, area), items)
        else:
            _count_one(figures, block, (rows, area), items)
            first = first or f"survey_{block.name}"
            _tie(figures, f"survey_{block.name}", first, rows)


def _tie(figures: Figures, table: str, first: str, rows: dict[str, str]) -> None:
    if table != first:
        for row in rows:
            figures.same((table, row, TOTAL), (first, row, TOTAL))


def _items(block: Block, children: pd.DataFrame, material: Material) -> list[tuple[str, ...]]:
    """The items that each child counts in."""
    if block.bands:
        return [_band(block, int(age), sex) for age, sex in zip(children["age"], children["sex"], strict=True)]
    value = _values(block, children, material)
    item_of = {word: name for name, words in block.items.items() for word in words}
    found = []
    for text in value:
        names = dict.fromkeys(item_of[part] for part in text.split(";") if part in item_of)
        fits = names and (block.many or len(names) == 1)
        found.append(tuple(names) if fits else ((OTHER,) if text else (REST,)))
    return found


def _values(block: Block, children: pd.DataFrame, material: Material) -> pd.Series:
    """The child's value: of the department whose word comes first (mostly civil affairs, whose form it is), then the file's."""
    own = {"sex": "sex", "aid": "aids"}.get(block.field)
    if own:
        return children[own]
    value = _recorded(block.field, block.first, children, material)
    for field, codes in block.otherwise.items():
        says = {other: code for code, others in codes.items() for other in others}
        told = pd.Series(_recorded(field, block.first, children, material)).map(says).fillna("").to_numpy(object)
        value = np.where(value == "", told, value)
    return pd.Series(value, dtype=object)


def _recorded(field: str, first: str, children: pd.DataFrame, material: Material) -> npt.NDArray[np.object_]:
    said = first_value(material, field, first).reindex(children["child_id"]).fillna("").to_numpy(object)
    filed = children[field].to_numpy(object) if field in children else np.full(len(children), "", dtype=object)
    return np.where(said == "", filed, said)


def _band(block: Block, age: int, sex: str) -> tuple[str, ...]:
    name = next((zh for zh, (least, most) in block.bands.items() if least <= age <= most), "")
    if not name or (block.by_sex and sex not in SEXES):
        return (REST,)
    return (f"{name}{SEXES[sex]}" if block.by_sex else name,)


def _columns(block: Block) -> dict[str, str]:
    names = list(block.items)
    if block.bands:
        names = [f"{zh}{sex}" for zh in block.bands for sex in SEXES.values()] if block.by_sex else list(block.bands)
    return {name: name for name in names}


def _count_one(
    figures: Figures, block: Block, area: tuple[dict[str, str], list[str]], items: list[tuple[str, ...]]
) -> None:
    rows, towns = area
    found = Counter((town, one[0]) for town, one in zip(towns, items, strict=True))
    columns = {**_columns(block), OTHER: survey().other, REST: survey().rest, TOTAL: "合计"}
    figures.add(Grid(f"survey_{block.name}", block.title, rows, columns), found, totals="both")


def _count_many(
    figures: Figures, block: Block, area: tuple[dict[str, str], list[str]], items: list[tuple[str, ...]]
) -> None:
    """Items that a child may have several of: each is a grid of its own with those who have it not, so each adds up."""
    rows, towns = area
    for number, name in enumerate([*block.items, OTHER, REST]):
        found = Counter((town, name if name in one else OFF) for town, one in zip(towns, items, strict=True))
        zh = _spoken(name)
        grid = Grid(f"survey_{block.name}{number}", block.title, rows, {name: zh, OFF: "否", TOTAL: "合计"})
        figures.add(grid, found, totals="both")
        _tie(figures, grid.name, f"survey_{survey().blocks[0].name}", rows)


def tables(block: Block) -> list[tuple[str, str, str]]:
    """The printed items of a block: (table, column, Chinese name) in the order of the form."""
    if block.many:
        names = [*block.items, OTHER, REST]
        return [(f"survey_{block.name}{i}", name, _spoken(name)) for i, name in enumerate(names)]
    return [(f"survey_{block.name}", name, _spoken(name)) for name in (*_columns(block), OTHER, REST)]


def _spoken(name: str) -> str:
    """An item as the form prints it."""
    return {OTHER: survey().other, REST: survey().rest}.get(name, name)
