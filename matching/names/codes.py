"""Names of up to six characters as integer matrices, and how any two of their characters relate, for comparing many pairs at once.

The rules that make a level of them are in `names.levels`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.names.tables import (
    WILDCARD,
    compound_surnames,
    first_reading,
    fold,
    fuzzy_sound,
    look_alikes,
    name_tables,
    readings,
)

if TYPE_CHECKING:
    from matching.arrays import Bits, Codes, Ints, Mask

# Longer names are compared by parts and sounds. Each place more would cost every pair a look at the relation of two characters.
WIDTH = 6
SAME, SOUND, FUZZY, SHAPE, WILD, END = 1, 2, 4, 8, 16, 32
"""Bits of the relation of two characters: equal after folding, a reading in common, a fuzzy reading in common, looking alike, one of
them unreadable, both beyond the end."""
ALIKE = SAME | SOUND | FUZZY | WILD | END
_SHORT = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff?]{1,6}")
_WILD_ID = 1


@dataclass(frozen=True)
class NameCodes:
    """Distinct names as codes; `width` is the length of the longest one.

    Attributes:
        characters: number of each folded character, 0 beyond the end, 1 for a wildcard; shape (names, width).
        heard: the same, but a first character that is a surname with a reading of its own has a number of its own.
        length, surname: characters of the name and of its surname, shape (names,).
        relation: bits of each two numbers of `heard`, shape (numbers, numbers).
        nick_prefix: whether a number is a character that milk names begin with.
        sound: of each number of `heard`, the code of its commonest fuzzy reading (0 for none), for blocking.
    """

    characters: Codes
    heard: Codes
    length: Codes
    surname: Codes
    relation: Bits
    nick_prefix: Mask
    sound: Codes


@dataclass(frozen=True)
class NameShapes:
    """Per name: whether it goes through the matrices, its length, whether nothing of it is known, whether a character is unreadable."""

    short: Mask
    length: Ints
    empty: Mask
    wild: Mask


def short_name(name: str) -> bool:
    """Whether a name goes through the matrices: one to six characters, no dots, blanks or Latin letters."""
    return _SHORT.fullmatch(name) is not None


def name_shapes(names: Sequence[str]) -> NameShapes:
    """`short_name` and what else depends on the kinds of a name's characters, for many names: each distinct character is looked at once."""
    length = np.fromiter(map(len, names), dtype=np.int64, count=len(names))
    points = code_points("".join(names))
    kinds = np.zeros(int(points.max(initial=0)) + 1, dtype=np.uint8)
    for point in np.flatnonzero(np.bincount(points, minlength=1)).tolist():
        character = chr(point)
        kinds[point] = short_name(character) | (character in WILDCARD + "· ") << 1 | (character == WILDCARD) << 2
    row = np.repeat(np.arange(len(names)), length)
    fits, blank, wild = (np.bincount(row, weights=kinds[points] >> bit & 1, minlength=len(names)) for bit in range(3))
    return NameShapes((fits == length) & (length >= 1) & (length <= WIDTH), length, blank == length, wild > 0)


def code_points(text: str) -> Codes:
    """The characters of a text as numbers; halves of pairs that stand alone as well."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int32)


def encode(names: Sequence[str]) -> NameCodes:
    """Code names for which `short_name` holds."""
    width = max(map(len, names), default=1)
    raw = np.zeros((len(names), width), dtype=np.int32)
    raw[np.arange(width) < np.fromiter(map(len, names), dtype=np.int64, count=len(names))[:, None]] = code_points(
        "".join(names)
    )
    # Each distinct character is folded once; the rows follow through a table by code point.
    points = np.flatnonzero(np.bincount(raw.ravel(), minlength=1))
    back = np.zeros(int(raw.max(initial=0)) + 1, dtype=np.int32)
    back[points] = np.arange(len(points))
    folded = ["" if point == 0 else fold(chr(point)) for point in points.tolist()]
    # Sorted: a character's number must not depend on which name comes first.
    known = ["", WILDCARD, *sorted(set(folded) - {"", WILDCARD})]
    number = {character: place for place, character in enumerate(known)}
    characters = np.array([number[c] for c in folded], dtype=np.int32)[back[raw]]

    # 单 is shan as a surname and dan elsewhere: as a surname it is heard as a character of its own, with both readings.
    special = {c: reading for c, reading in name_tables().surname_readings.items() if c in number}
    heard = characters.copy()
    for place, character in enumerate(special):
        rows = (
            (characters[:, 0] == number[character]) & (characters[:, 1] > 0)
            if width > 1
            else np.zeros(len(names), dtype=bool)
        )
        heard[rows, 0] = len(known) + place
    sounds = [readings(c) if c not in ("", WILDCARD) else frozenset() for c in known]
    sounds += [readings(c) | {reading} for c, reading in special.items()]
    relation = _relation([*known, *special], sounds)

    length = (characters > 0).sum(axis=1).astype(np.int32)
    prefix = np.isin(np.array([*known, *special]), name_tables().nickname_prefixes)
    syllables: dict[str, int] = {}
    spoken = [fuzzy_sound(sound) for sound in (*map(first_reading, known[2:]), *special.values())]
    sound = np.array([0, 0, *(syllables.setdefault(each, len(syllables) + 1) for each in spoken)], dtype=np.int32)
    return NameCodes(characters, heard, length, _surnames(characters, number, length), relation, prefix, sound)


def _surnames(characters: Codes, number: dict[str, int], length: Codes) -> Codes:
    """Characters of each surname: two where a compound one is followed by anything, for 欧阳 alone is a surname and a given name."""
    size = len(number)
    known = [number[n[0]] * size + number[n[1]] for n in compound_surnames() if n[0] in number and n[1] in number]
    if characters.shape[1] < 3 or not known:
        return np.ones(len(characters), dtype=np.int32)
    pairs = characters[:, 0].astype(np.int64) * size + characters[:, 1]
    return np.where(np.isin(pairs, known) & (length > 2), 2, 1).astype(np.int32)


def _relation(known: list[str], sounds: list[frozenset[str]]) -> Bits:
    """Bits of every two characters; a few hundred small blocks instead of millions of comparisons."""
    table = np.zeros((len(known), len(known)), dtype=np.uint8)
    places: dict[str, list[int]] = defaultdict(list)
    for place, character in enumerate(known):
        places[character].append(place)
    _mark(table, places.values(), SAME)
    _mark(table, _groups(sounds).values(), SOUND)
    _mark(table, _groups([frozenset(map(fuzzy_sound, heard)) for heard in sounds]).values(), FUZZY)
    shapes = look_alikes()
    for character, rows in places.items():
        columns = [place for other in shapes.get(character, frozenset()) & places.keys() for place in places[other]]
        table[np.ix_(rows, columns)] |= SHAPE
    # Last, over what the tables say: beyond the end there is nothing but the end, and what cannot be read may be anything.
    table[0, 0] = END
    table[_WILD_ID, 1:] = WILD
    table[1:, _WILD_ID] = WILD
    return table


def _groups(sounds: list[frozenset[str]]) -> dict[str, list[int]]:
    by_syllable: dict[str, list[int]] = defaultdict(list)
    for place, heard in enumerate(sounds):
        for syllable in heard:
            by_syllable[syllable].append(place)
    return by_syllable


def _mark(table: Bits, groups: Iterable[list[int]], bit: int) -> None:
    for members in groups:
        table[np.ix_(members, members)] |= bit
