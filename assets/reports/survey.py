"""The national survey form 农村留守儿童基本情况排查汇总表: every item counted over the left-behind children on the roll.

The form's items are `survey.yaml`; what is not recorded is said as 未采集, what is recorded in words that the form has no item for as 表外写法,
so that every group adds up to the total. Not
here: how the form is printed. Source: rules/lists.md#national-form, rules/codes.md#care.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from assets.reports.count import area_rows, areas_of, first_value, left_behind
from assets.reports.figures import TOTAL, FigureGrid, Figures
from assets.reports.material import ReportMaterial
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


def count_survey(figures: Figures, material: ReportMaterial, by_town: bool) -> None:
    """`survey_<block>`: items by area; the column total is the number of left-behind children.

    Args:
        figures: where to.
        material: of the period.
        by_town: with a row for every township, as the national form has it; else only the county.
    """
    children = left_behind(material)
    rows = area_rows(material, by_town)
    areas = areas_of(children["town"], rows)
    # The whole of every table is the same children: tied, so that no table gives away what another hides.
    first = f"survey_{survey().blocks[0].name}"
    for block in survey().blocks:
        items = _items(block, children, material)
        for grid, columns in _grids(block, rows, items):
            figures.add(grid, Counter(zip(areas, columns, strict=True)), totals="both")
            for row in rows if grid.name != first else ():
                figures.same((grid.name, row, TOTAL), (first, row, TOTAL))


def _grids(block: Block, rows: dict[str, str], items: list[tuple[str, ...]]) -> Iterator[tuple[FigureGrid, list[str]]]:
    """The tables of a block, each with the column in which every child is counted."""
    if not block.many:
        columns = {**_columns(block), OTHER: survey().other, REST: survey().rest, TOTAL: "合计"}
        yield FigureGrid(f"survey_{block.name}", block.title, rows, columns), [item for item, *_ in items]
        return
    # Items that a child may have several of: each is a table of its own with those who have it not, so each adds up.
    for number, name in enumerate([*block.items, OTHER, REST]):
        columns = {name: _spoken(name), OFF: "否", TOTAL: "合计"}
        grid = FigureGrid(f"survey_{block.name}{number}", block.title, rows, columns)
        yield grid, [name if name in of_child else OFF for of_child in items]


def _items(block: Block, children: pd.DataFrame, material: ReportMaterial) -> list[tuple[str, ...]]:
    """The items that each child counts in."""
    if block.bands:
        return [_band(block, int(age), sex) for age, sex in zip(children["age"], children["sex"], strict=True)]
    item_of = {word: name for name, words in block.items.items() for word in words}
    items = []
    for text in _values(block, children, material):
        names = dict.fromkeys(item_of[part] for part in text.split(";") if part in item_of)
        # Two answers to a question that has one are none of the form's items.
        fits = names and (block.many or len(names) == 1)
        items.append(tuple(names) if fits else ((OTHER,) if text else (REST,)))
    return items


def _values(block: Block, children: pd.DataFrame, material: ReportMaterial) -> pd.Series:
    """The child's value: of the department whose word comes first (mostly civil affairs, whose form it is), then the file's."""
    own = {"sex": "sex", "aid": "aids"}.get(block.field)  # the merged child's own columns, not one department's word
    if own:
        return children[own]
    values = _recorded(block.field, block.first, children, material)
    for field, codes in block.otherwise.items():
        code_of = {other: code for code, others in codes.items() for other in others}
        implied = pd.Series(_recorded(field, block.first, children, material)).map(code_of).fillna("").to_numpy(object)
        values = np.where(values == "", implied, values)
    return pd.Series(values, dtype=object)


def _recorded(field: str, first: str, children: pd.DataFrame, material: ReportMaterial) -> npt.NDArray[np.object_]:
    recorded = first_value(material, field, first).reindex(children["child_id"]).fillna("").to_numpy(object)
    merged = children[field].to_numpy(object) if field in children else np.full(len(children), "", dtype=object)
    return np.where(recorded == "", merged, recorded)


def _band(block: Block, age: int, sex: str) -> tuple[str, ...]:
    # Outside every band lies an age that nobody knows, or one that the form does not ask for: 未采集.
    name = next((zh for zh, (least, most) in block.bands.items() if least <= age <= most), "")
    if not name or (block.by_sex and sex not in SEXES):
        return (REST,)
    return (f"{name}{SEXES[sex]}" if block.by_sex else name,)


def _columns(block: Block) -> dict[str, str]:
    names = list(block.items)
    if block.bands:
        names = [f"{zh}{sex}" for zh in block.bands for sex in SEXES.values()] if block.by_sex else list(block.bands)
    return {name: name for name in names}


def tables(block: Block) -> list[tuple[str, str, str]]:
    """The printed items of a block: (table, column, Chinese name) in the order of the form."""
    if block.many:
        names = [*block.items, OTHER, REST]
        return [(f"survey_{block.name}{i}", name, _spoken(name)) for i, name in enumerate(names)]
    return [(f"survey_{block.name}", name, _spoken(name)) for name in (*_columns(block), OTHER, REST)]


def _spoken(name: str) -> str:
    """An item as the form prints it."""
    return {OTHER: survey().other, REST: survey().rest}.get(name, name)
