"""Levels of two names (domain.md 4.1 N01 to N17), on integer codes; names longer than four characters as text.

Belongs here: the ordered tests of the name field. Does not belong here: reading names or weighing the level.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from matching.encode_names import WIDTH, spoken
from matching.name_tables import look_alikes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.encode_names import NameTable
    from matching.model import FieldSpec

    Rows = NDArray[np.int32]
    Mask = NDArray[np.bool_]
    Levels = NDArray[np.int8]

LONG_ALIKE = 80.0
"""rapidfuzz ratio (0 to 100) of two spoken long names from which a transliteration is likely (N09)."""


@dataclass(frozen=True)
class _Sides:
    """Characters and sounds of both names at four places, and what follows from them."""

    chars: tuple[Rows, Rows]
    length: tuple[NDArray[np.int16], NDArray[np.int16]]
    same_char: Mask
    alike: Mask
    equal_length: Mask


def name_levels(table: NameTable, name: tuple[Rows, Rows], former: tuple[Rows, Rows], spec: FieldSpec) -> Levels:
    """Level of each pair of names.

    Args:
        table: the distinct names.
        name, former: rows of `table` of the left and the right record; 0 = none.
        spec: the name field of the model.
    """
    out = np.full(len(name[0]), spec.code("differ"), dtype=np.int8)
    equal = name[0] == name[1]
    rest = np.flatnonzero(~equal)
    out[rest] = _unequal(table, name[0][rest], name[1][rest], spec)
    renamed = _former(table, name, former) & (out != spec.code("same_sound"))
    out[renamed] = spec.code("former")
    out[equal] = spec.code("same")
    out[(name[0] == 0) | (name[1] == 0)] = spec.code("missing")
    return out


def _former(table: NameTable, name: tuple[Rows, Rows], former: tuple[Rows, Rows]) -> Mask:
    found = np.zeros(len(name[0]), dtype=bool)
    for one, other in ((former[0], name[1]), (former[1], name[0]), (former[0], former[1])):
        sound = table.whole[one]
        found |= (one > 0) & ((one == other) | ((sound > 0) & (sound == table.whole[other])))
    return found


def _unequal(table: NameTable, a: Rows, b: Rows, spec: FieldSpec) -> Levels:
    sides = _sides(table, a, b)
    out = np.full(len(a), spec.code("differ"), dtype=np.int8)
    surname = sides.alike[:, 0]
    misses = (~sides.alike).sum(axis=1)
    size = sides.length[0]
    nick = _nickname(table, a, b) | _nickname(table, b, a)
    wild = ((sides.chars[0] == -1) | (sides.chars[1] == -1)).any(axis=1)
    known = (sides.same_char & (sides.chars[0] > 0) & (sides.chars[1] > 0)).any(axis=1)
    tests: tuple[tuple[str, Mask], ...] = (
        ("surname", surname),
        ("nickname", nick),
        ("given_same", sides.equal_length & (size >= 3) & (misses == 1) & ~surname),
        ("one_char", sides.equal_length & (size >= 3) & (misses == 1) & surname),
        ("look_alike", sides.equal_length & (misses == 1) & _look_alike(sides)),
        ("dropped", _dropped(sides)),
        ("swapped", sides.equal_length & (size >= 3) & _same_set(sides)),
        ("same_sound", sides.equal_length & (misses == 0)),
        ("wildcard", sides.equal_length & wild & known & (sides.same_char | (sides.chars[0] == 0)).all(axis=1)),
    )
    for level, found in tests:  # the later test is the stronger statement
        out[found] = spec.code(level)
    long = np.flatnonzero(table.long[a] | table.long[b])
    out[long] = _long(table, a[long], b[long], spec)
    return out


def _sides(table: NameTable, a: Rows, b: Rows) -> _Sides:
    ca, cb = table.chars[a], table.chars[b]
    wild = (ca == -1) & (cb != 0) | (cb == -1) & (ca != 0)
    same_char = (ca == cb) | wild
    alike = same_char | _same_sound(table, a, b)
    la, lb = table.length[a], table.length[b]
    return _Sides((ca, cb), (la, lb), same_char, alike, la == lb)


def _same_sound(table: NameTable, a: Rows, b: Rows) -> Mask:
    """Places where any reading of the one character is a reading of the other."""
    a1, a2, b1, b2 = table.first[a], table.second[a], table.first[b], table.second[b]
    crossed: Mask = (a1 > 0) & ((a1 == b1) | (a1 == b2)) | (a2 > 0) & ((a2 == b1) | (a2 == b2))
    return crossed


@cache
def _shapes() -> NDArray[np.int64]:
    """Look-alike characters as sorted codes of ordered pairs (N02)."""
    found = [ord(one) << 21 | ord(other) for one, others in look_alikes().items() for other in others]
    codes: NDArray[np.int64] = np.unique(
        np.array([*found, *((code & 0x1FFFFF) << 21 | code >> 21 for code in found)], dtype=np.int64)
    )
    return codes


def _look_alike(sides: _Sides) -> Mask:
    """Every place is alike or looks alike."""
    codes = sides.chars[0].astype(np.int64) << 21 | sides.chars[1].astype(np.int64).clip(0)
    at = np.clip(np.searchsorted(_shapes(), codes), 0, len(_shapes()) - 1)
    found: Mask = (sides.alike | (_shapes()[at] == codes)).all(axis=1)
    return found


def _same_set(sides: _Sides) -> Mask:
    same: Mask = (np.sort(sides.chars[0], axis=1) == np.sort(sides.chars[1], axis=1)).all(axis=1)
    return same


def _dropped(sides: _Sides) -> Mask:
    """One name is the other without one character (surname, a given character, a part)."""
    la, lb = sides.length
    longer = np.where((la > lb)[:, None], sides.chars[0], sides.chars[1])
    shorter = np.where((la > lb)[:, None], sides.chars[1], sides.chars[0])
    found = np.zeros(len(la), dtype=bool)
    for gone in range(WIDTH):
        kept = np.delete(longer, gone, axis=1)
        found |= (kept == shorter[:, : WIDTH - 1]).all(axis=1)
    one_less: Mask = found & (np.abs(la.astype(np.int64) - lb) == 1) & (np.minimum(la, lb) >= 2)
    return one_less


def _nickname(table: NameTable, short: Rows, full: Rows) -> Mask:
    """小明 or 明明 for 张伟明: the repeated character sounds like one of the other's given characters (N12)."""
    nick = table.nick[short]
    given = table.first[full][:, 1:]
    found: Mask = (nick > 0) & (given == nick[:, None]).any(axis=1) & (table.length[full] >= 2)
    return found


def _long(table: NameTable, a: Rows, b: Rows, spec: FieldSpec) -> Levels:
    """Minority and foreign names: compared by their spoken form over distinct pairs (N08, N09)."""
    pairs, back = np.unique(np.stack([a, b], axis=1), axis=0, return_inverse=True)
    levels = np.fromiter(
        (spec.code(_long_level(spoken(table.texts[x]), spoken(table.texts[y]))) for x, y in pairs),
        dtype=np.int8,
        count=len(pairs),
    )
    return levels[back.ravel()] if len(pairs) else np.zeros(0, dtype=np.int8)


def _long_level(a: str, b: str) -> str:
    from rapidfuzz import fuzz

    if a == b:
        return "same_sound"
    short, long = sorted((a, b), key=len)
    if short.count(" ") >= 2 and f" {short} " in f" {long} ":
        return "dropped"
    likeness = fuzz.ratio(a, b, score_cutoff=LONG_ALIKE)
    if likeness >= 90:
        return "same_sound"
    return "one_char" if likeness else "differ"
