"""Choosing by the shape of values: ambiguous headings, columns of adults' numbers, sheets without a heading row.

Belongs here: shares of cells that look like a field. Does not belong here: reading or correcting a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import pandas as pd

from assets.intake.contract import Ambiguity, load_dictionary

SAMPLE = 400
ENOUGH = 0.5
_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"[1-9]\d{5}((?:19|20)\d{2})(\d{2})\d{2}\d{3}[\dXx]")


def share(values: Iterable[str], field: str) -> float:
    """Share of the non-missing cells that look like `field`, between 0 and 1; 0 when there is nothing to look at."""
    pattern = load_dictionary().shapes.get(field)
    cells = sample(values)
    if not pattern or not cells:
        return 0.0
    shape = re.compile(pattern)
    return sum(shape.fullmatch(cell) is not None for cell in cells) / len(cells)


def sample(values: Iterable[str]) -> list[str]:
    """Up to 400 cells that say something, without blanks, spread over the column."""
    missing = set(load_dictionary().placeholders)
    cells = [_BLANKS.sub("", value) for value in values]
    cells = [cell for cell in cells if cell not in missing]
    # Not the first 400: files are sorted by school or township, and each fills its columns in its own way.
    step = max(1, len(cells) // SAMPLE)
    return cells[::step][:SAMPLE]


def choose(choice: Ambiguity, values: Iterable[str], taken: set[str]) -> str:
    """The field of an ambiguous heading: the candidate whose shape fits best, else the default, else "".

    A candidate that another column already holds is considered last (a second 学籍号 column is the local one).
    """
    cells = sample(values)
    scores = {field: share(cells, field) for field in choice.candidates}
    for skip in (taken, set[str]()):
        best = max((field for field in choice.candidates if field not in skip), key=lambda f: scores[f], default="")
        if best and scores[best] >= ENOUGH:
            return best
    return choice.default


def adult_share(values: Iterable[str], as_of: date) -> float:
    """Share of the citizen numbers in a column that belong to people of 20 and more in that year; 0 when there are none."""
    numbers = [match for cell in sample(values) if (match := _NUMBER.fullmatch(cell))]
    if not numbers:
        return 0.0
    # Not 18: a pupil who stayed longer at school is no parent.
    return sum(as_of.year - int(number[1]) >= 20 for number in numbers) / len(numbers)


def fits(cells: pd.DataFrame, expected: dict[int, str]) -> bool:
    """Whether the columns at these positions look like these fields: 60 % of the cells of each, half of them filled."""
    for position, field in expected.items():
        if position >= cells.shape[1]:
            return False
        values = sample(cells.iloc[:, position])
        if values and share(values, field) < 0.6:
            return False
    filled = [position for position in expected if sample(cells.iloc[:, position])]
    return len(filled) * 2 > len(expected)
