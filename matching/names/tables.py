"""What is known about names: folding of variants, readings, look-alikes, surnames; each loaded at first use.

No reading of cells and no comparing here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from matching.tables import table_text, table_yaml

WILDCARD = "?"


class NameTables(BaseModel):
    """The content of `tables/names.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    surname_readings: dict[str, str]
    compound_surnames: list[str]
    placeholders: list[str]
    placeholder_endings: list[str]
    nickname_prefixes: list[str]
    nickname_first: list[str]
    nicknames: list[str]
    variants: list[str]
    look_alike: list[str]
    transliterations: list[str]
    long_alike: float
    long_cut_at: int


@cache
def name_tables() -> NameTables:
    """The validated tables; raises pydantic's error naming the key when the file is wrong."""
    return NameTables.model_validate(table_yaml("names.yaml"))


@cache
def variant_fold() -> dict[int, str]:
    """For `str.translate`: each written form to the first of its group."""
    return {ord(form): group[0] for group in name_tables().variants for form in group[1:]}


@cache
def transliteration_fold() -> dict[int, str]:
    """For `str.translate`: characters that stand for one syllable in transliterated names (rules/names.md#n09)."""
    return {ord(form): group[0] for group in name_tables().transliterations for form in group[1:]}


@cache
def _simplifier() -> Any:
    # Loading its dictionaries takes time that a process without names need not spend.
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=200_000)
def fold(name: str) -> str:
    """One spelling for traditional, simplified and variant forms (rules/names.md#n03, #n06); dots, blanks and letter case vanish."""
    bare = unicodedata.normalize("NFKC", name).replace("·", "").replace(" ", "").upper()
    if bare and not bare.isascii():
        bare = fold_characters(bare)
    return bare


def fold_all(names: Sequence[str]) -> list[str]:
    """`fold` of many names at once: every distinct character is folded once."""
    joined = unicodedata.normalize("NFKC", "\n".join(names)).upper()
    try:
        points = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
    except UnicodeEncodeError:  # half of a pair: no encoding has it
        return [fold(name) for name in names]
    table = np.arange(int(points.max(initial=0)) + 1, dtype=np.uint32)
    for point in np.flatnonzero(np.bincount(points, minlength=1)).tolist():
        if point > 127:
            table[point] = ord(fold_characters(chr(point)))
    kept = points[(points != ord("·")) & (points != ord(" "))]
    folded = table[kept].tobytes().decode("utf-32-le").split("\n")
    # A name that holds a line break of its own has shifted all behind it.
    return folded if len(folded) == len(names) else [fold(name) for name in names]


def fold_characters(text: str) -> str:
    """Simplify character by character, then the name variants; the length never changes."""
    simple = "".join(map(_simple, text))
    return simple.translate(variant_fold())


@lru_cache(maxsize=30_000)
def _simple(character: str) -> str:
    # 于/於, 余/餘: a phrase dictionary would change surnames by context, single characters are stable.
    simple = str(_simplifier().convert(character))
    return simple if len(simple) == 1 else character


@cache
def _readings() -> Mapping[str, str]:
    """Character to its toneless readings, joined by commas, the commonest first."""
    lines = table_text("readings.tsv").splitlines()
    return dict(line.split("\t", 1) for line in lines if line and line[0] != "#")


@lru_cache(maxsize=60_000)
def readings(character: str) -> frozenset[str]:
    """Toneless pinyin readings of a character; empty for one that has none."""
    heard = _readings().get(character, "")
    if not heard and len(character) == 1 and character.isascii() and character.isalpha():
        return frozenset({character.lower()})
    return frozenset(heard.split(",")) if heard else frozenset()


@lru_cache(maxsize=60_000)
def first_reading(character: str) -> str:
    """The commonest toneless reading, or the character itself when it has none."""
    heard = _readings().get(character, "")
    return heard.split(",")[0] if heard else character.lower()


_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@lru_cache(maxsize=3_000)
def fuzzy_sound(syllable: str, f_is_h: bool = False) -> str:
    """One syllable for those that dialects do not keep apart: zh/z, ch/c, sh/s, n/l, in/ing, en/eng, an/ang, and f/h on request."""
    for long, short in _INITIALS:
        if syllable.startswith(long):
            syllable = short + syllable[2:]
    if syllable.startswith("n") and len(syllable) > 1 and syllable not in ("ng",):
        syllable = "l" + syllable[1:]
    if f_is_h and syllable.startswith("f"):
        syllable = ("hu" if syllable[1:2] in "aeo" else "h") + syllable[1:]
    return syllable[:-1] if syllable.endswith(("ing", "eng", "ang")) else syllable


@cache
def compound_surnames() -> frozenset[str]:
    """Surnames of two characters."""
    return frozenset(name_tables().compound_surnames)


@cache
def look_alikes() -> dict[str, frozenset[str]]:
    """Character to the characters that look like it (rules/names.md#n02)."""
    alike = {}
    for line in table_text("shapes.tsv").splitlines():
        if line and line[0] != "#":
            character, _, others = line.partition("\t")
            alike[character] = frozenset(others)
    return alike
