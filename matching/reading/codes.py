"""A department's word or number to the canonical code (`tables/codes.yaml`); unknown words are reported, never guessed.

Grades with entry years and classes are read in `grades`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter

from matching.distinct import by_distinct
from matching.reading.grades import read_grades
from matching.reading.identity_reading import placeholder_words
from matching.tables import table_yaml

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CodeTables", "load_tables", "read_codes", "read_grades", "read_sets"]

CODE_COLUMNS = ("value", "unknown")
# 1-男, 2.女, 汉族(01): exports write the number and the word into one cell.
_NUMBERED = re.compile(r"^([0-9A-Z]{1,3})[-.、:_)）]?(?=[\u4e00-\u9fff(])|(?<=[\u4e00-\u9fff)])[-.、:_(]?\d{1,3}\)?$")
_SEPARATORS = re.compile(r"[、,，;；/|+&\n]|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|[和及与](?=[\u4e00-\u9fff])")
_EDGES = " \t。.,，;；:：、'\"’‘`-—"
_LEVELS = re.compile(r"(极重度|重度|中度|轻度|[一二三四壹贰叁肆1-4ⅠⅡⅢⅣ]级|I{1,3}级|IV级)")


class CodeTables(BaseModel):
    """Validated content of `codes.yaml` and `code_numbers.yaml`: word or number to canonical code."""

    model_config = ConfigDict(frozen=True)

    words: dict[str, dict[str, str]]
    numbers: dict[str, dict[str, str]]
    by_source: dict[str, dict[str, dict[str, str]]]
    own_numbers: dict[str, int]
    own_aliases: dict[str, dict[str, str]]

    def number(self, table: str, source: str, written: str) -> str | None:
        """The code that a number stands for, the source's own reading first; none when it is unknown."""
        # Some systems count in an order of their own, so a bare number means what its source means by it (rules/codes.md#nation).
        for numbers in (self.by_source.get(source, {}).get(table), self.numbers.get(table)):
            if numbers and written in numbers:
                return numbers[written]
        if table in self.own_numbers and written.isdigit():
            # Spreadsheets take the noughts from the front of 01.
            padded = written.zfill(self.own_numbers[table])
            if padded in self.own_aliases.get(table, {}):
                return self.own_aliases[table][padded]
            return padded if padded in self.words[table].values() else None
        return None


@cache
def load_tables() -> CodeTables:
    """The code tables, checked once.

    Raises:
        ValueError: a word stands for two codes of one table, or a number points to a code that the table does not have.
    """
    shape = TypeAdapter(dict[str, dict[str, list[str]]])
    tables = shape.validate_python(table_yaml("codes.yaml"))
    words: dict[str, dict[str, str]] = {table: {} for table in tables}
    for table, codes in tables.items():
        for code, forms in codes.items():
            for form in forms:
                # A word for two codes would mean whichever stands first in the file.
                known = words[table].setdefault(_key(form), code)
                if known != code:
                    raise ValueError(f"matching/tables/codes.yaml: {table}: {form} stands for {known} and {code}")
    loaded = CodeTables(words=words, **table_yaml("code_numbers.yaml"))
    for source in (loaded.numbers, *loaded.by_source.values()):
        for table, numbers in source.items():
            odd = set(numbers.values()) - set(tables.get(table, {}))
            if odd:
                raise ValueError(f"matching/tables/code_numbers.yaml: {table}: {sorted(odd)}")
    return loaded


def _key(text: str) -> str:
    """What two spellings of a word share."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).strip(_EDGES).upper()


def read_codes(values: pd.Series, table: str, source: str = "") -> pd.DataFrame:
    """Read a column that holds one code per cell.

    Args:
        values: the cells as text.
        table: a table of `codes.yaml`.
        source: department code name (`education` …) whose numbers may have their own meaning.

    Returns:
        `value` (canonical code or ""), `unknown` (the word that was not understood, or ""). A placeholder gives two empty texts.

    Raises:
        KeyError: no such table.
    """
    tables = load_tables()
    if table not in tables.words:
        raise KeyError(table)
    if table == "disability_level":
        return by_distinct(values, lambda text: _level(text, source), CODE_COLUMNS)
    if table == "grade":
        return read_grades(values)
    return by_distinct(values, lambda text: _one(text, table, source), CODE_COLUMNS)


def read_sets(values: pd.Series, table: str, source: str = "") -> pd.DataFrame:
    """Read a column whose cells hold several codes (留守儿童、困境儿童).

    Returns:
        `value` (codes sorted and `;`-joined), `unknown` (`;`-joined words). Several kinds of disability in one cell are code 7, as
        in the certificate's number (rules/codes.md#disability).
    """
    if table not in load_tables().words:
        raise KeyError(table)
    return by_distinct(values, lambda text: _several(text, table, source), CODE_COLUMNS)


def _one(text: str, table: str, source: str) -> tuple[str, str]:
    code = _lookup(_key(text), table, source)
    if code is not None:
        return code, ""
    return ("", "") if _says_nothing(text) else ("", text.strip())


def _lookup(key: str, table: str, source: str) -> str | None:
    """Word, then number, then word without a number or bracket beside it: local copies turn numbers round (rules/files.md#ff13)."""
    tables = load_tables()
    words = tables.words[table]
    if not key:
        return None
    if key in words:
        return words[key]
    bare = re.sub(r"\.0+$", "", key)  # a code that a spreadsheet took for a quantity
    number = tables.number(table, source, bare)
    if number is not None:
        return number
    for shorter in (
        _NUMBERED.sub("", key),
        re.sub(r"\([^()]*\)", "", key),
        key.strip("()"),
        _NUMBERED.sub("", key).strip("()"),
    ):
        if shorter and shorter in words:
            return words[shorter]
    return words.get(key + "族") if table == "nation" else None  # 汉 for 汉族


def _says_nothing(text: str) -> bool:
    key = _key(text)
    return not key or key in placeholder_words() or unicodedata.normalize("NFKC", text).strip() in placeholder_words()


def _several(text: str, table: str, source: str) -> tuple[str, str]:
    # The whole cell first: 父、母 and 涉外、涉港澳台送养 are one word each.
    whole = _lookup(_key(text), table, source)
    if whole is not None:
        return whole, ""
    codes, unknown = set(), []
    for part in _SEPARATORS.split(unicodedata.normalize("NFKC", text)):
        word = _LEVELS.sub("", part) if table == "disability_type" else part
        code, odd = _one(word, table, source)
        # A word may stand for several codes at once (机构养育孤儿: its class, and who has the child).
        codes |= set(code.split(";")) - {""}
        unknown += [odd] if odd else []
    if table == "disability_type" and len(codes) > 1:
        codes = {"7"}
    if len(codes) > 1:
        codes -= {"none"}  # who has a category is not without one
    return ";".join(sorted(codes)), ";".join(unknown)


def _level(text: str, source: str) -> tuple[str, str]:
    """A level, or the heaviest of several in one cell (rules/codes.md#disability)."""
    whole = _lookup(_key(text), "disability_level", source)
    if whole is not None:
        return whole, ""
    written = _LEVELS.findall(unicodedata.normalize("NFKC", text))
    levels = [level for each in written if (level := _lookup(_key(each), "disability_level", source))]
    if levels:
        return min(levels), ""  # 1 is the heaviest
    return ("", "") if _says_nothing(text) else ("", text.strip())
