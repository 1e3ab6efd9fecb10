"""Codes and record references as a clerk reads them.

Here: canonical code -> Chinese word, places of records, near candidates. Not here: which column
shows them (`lines.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from assets.workbooks.context import PublishContext
from assets.workbooks.layout import field_terms
from assets.workbooks.masking import mask_name
from matching.tables import table_yaml
from pipelines.resources.naming import number_in, sheet_in

MOST_NEAR = 3
# The name that every program gives to the only sheet says nothing.
UNNAMED_SHEET = "Sheet1"
Item = dict[str, Any]


@cache
def code_words() -> Mapping[str, Mapping[str, str]]:
    """table -> canonical code -> the first written form (`matching/tables/codes.yaml`)."""
    tables: dict[str, Any] = table_yaml("codes.yaml")
    return {
        name: {str(code): str(forms[0]) for code, forms in table.items() if isinstance(forms, list) and forms}
        for name, table in tables.items()
        if isinstance(table, dict)
    }


def word_of(field: str) -> Callable[[str], str]:
    """How a value of a field is said: codes as words, sets joined by 、, everything else as it is."""
    kind, _, table = field_terms().get(field, {}).get("kind", "text").partition(":")
    words = code_words().get(table, {})
    if kind == "code":
        return lambda value: words.get(value, value)
    if kind == "set":
        return lambda value: "、".join(words.get(part, part) for part in value.split(";") if part)
    return lambda value: value


def say(column: pd.Series[str], field: str) -> pd.Series[str]:
    """A whole column in words, each distinct value once."""
    word = word_of(field)
    return column.map({value: word(value) for value in column.unique()}).astype(object)


def field_name(field: str) -> str:
    """The Chinese term of a field; empty stays empty."""
    return field_terms().get(field, {}).get("zh", field)


def items_of(text: str) -> list[Item]:
    """The JSON list of a finding's `records` or `near`; anything else counts as none."""
    try:
        items = json.loads(text) if text else []
    except ValueError:
        return []
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def place_of(item: Mapping[str, Any], context: PublishContext) -> str:
    """公安·PS-3f9a1c2b07_户籍.xlsx·Sheet1·第12行 — the way to find a record in the department's own file.

    The list goes to others than the department, so the file stands there under its number and known words.
    """
    number, file = str(item.get("record_id", "")), str(item.get("file", ""))
    sheet = str(item.get("sheet", ""))
    parts = [context.department(str(item.get("department", "")))]
    parts += [context.naming.file(number_in(number), file)] if file else []
    parts += [context.naming.sheet(sheet, sheet_in(number))] if sheet != UNNAMED_SHEET else []
    if item.get("row") not in (None, ""):
        parts.append(f"第{item['row']}行")
    return "·".join(part for part in parts if part)


def say_records(items: list[Item], context: PublishContext) -> str:
    """The records that a finding rests on, one a line."""
    return "\n".join(place_of(item, context) for item in items)


def say_near(items: list[Item], names: Mapping[str, str], context: PublishContext) -> str:
    """Near candidates and why each was not taken, one a line; names masked, because they are other children.

    Args:
        items: each with `record_id, department, file, sheet, row, reason, grade`.
        names: record_id -> name.
        context: for the names of departments.
    """
    lines = []
    for item in items[:MOST_NEAR]:
        name = mask_name(names.get(str(item.get("record_id", "")), ""))
        reason = str(item.get("reason", ""))
        lines.append(place_of(item, context) + (f"（{name}）" if name else "") + (f"：{reason}" if reason else ""))
    # A line that grows with every child alike is read by nobody; that there are more is said.
    if len(items) > MOST_NEAR:
        lines.append(f"另有{len(items) - MOST_NEAR}条相近记录")
    return "\n".join(lines)
