"""Forms: a page for each child with names of fields and what is filled in beside them, where a list was asked for.

Belongs here: recognising one. Does not belong here: reading it (a form is refused as a form) or the sentence about it (`tabulate`).
A form's cells stand where a list has its headings, so whoever takes one for a list takes a child's name and number for headings.
"""

from __future__ import annotations

import re
from itertools import islice

import pandas as pd

from assets.intake.contract import load_dictionary
from assets.intake.headings import Aliases, Target

_COLON = re.compile(r"[:：]")
_NO_FIELD = {"ignore", "sequence"}


def is_form(cells: pd.DataFrame, aliases: Aliases, heading_hits: int = 0) -> bool:
    """Whether a sheet is a form, or several below each other; also a list that was turned so that its headings stand in the first column.

    Many different fields stand each beside its value, in several rows, the name among them and something else that every child has.
    A list's headings stand in one row; what its cells share with headings (父亲 as a relation) is little, and seldom beside 姓名.

    Args:
        cells: the whole sheet.
        aliases: the department's names of fields.
        heading_hits: how many headings the best row of headings has; a list has more of them than pairs.
    """
    words = load_dictionary().forms
    # A form is laid out with empty rows and columns: its cells are taken as they follow each other, the empty ones left out.
    head = cells.iloc[: words.scan * 3, : words.width].to_numpy(dtype=object).tolist()
    filled = ([cell.strip() for cell in row if cell.strip()] for row in head)
    rows = [_pairs(row, aliases) for row in islice((row for row in filled if row), words.scan)]
    fields = {field for row in rows for field in row}
    with_pairs = sum(1 for row in rows if row)
    if len(fields) < words.least_pairs or with_pairs < words.least_rows or heading_hits > len(fields):
        return False
    return words.name in fields and bool(fields & set(words.beside))


def _pairs(row: list[str], aliases: Aliases) -> set[str]:
    """The fields of a row that stand beside a value: 姓名 | 张三, or 姓名：张三 in one cell."""
    fields = set()
    for at, cell in enumerate(row):
        label, value = _parted(cell)
        field = _field(label, aliases)
        if not field:
            continue
        # Two labels beside each other are a list's headings, not a label and its value.
        beside = row[at + 1] if at + 1 < len(row) else ""
        if value or (beside and not _field(_parted(beside)[0], aliases)):
            fields.add(field)
    return fields


def _parted(cell: str) -> tuple[str, str]:
    colon = _COLON.search(cell)
    return (cell[: colon.start()], cell[colon.end() :].strip()) if colon else (cell, "")


def _field(label: str, aliases: Aliases) -> str:
    """The field or person's role that a label names, "" for anything else and for what no list keeps."""
    if not label or len(label) > load_dictionary().forms.label_length:
        return ""
    target: Target = aliases.find(label)
    return (
        "" if target.field in _NO_FIELD else target.field or (f"{target.person}.{target.role}" if target.person else "")
    )
