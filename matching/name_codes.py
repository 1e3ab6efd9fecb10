"""Names of up to six characters as integer matrices: folded characters, sounds, look-alike pairs, for comparing many pairs at once.

The rules that make a level of them are in `name_levels`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from matching.name_tables import (
    WILDCARD,
    compound_surnames,
    fold_characters,
    fuzzy_sound,
    look_alikes,
    name_tables,
    readings,
)

WIDTH = 6
_READINGS = 4
_SHIFT = 21
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class NameCodes:
    """Distinct names as codes; shape (names, WIDTH) unless told.

    Attributes:
        characters: folded code points, 0 beyond the end, -1 for a wildcard.
        sounds: syllable numbers, shape (names, WIDTH, readings), 0 for none.
        fuzzy: the same for fuzzy syllables.
        length: characters, shape (names,).
        surname: characters of the surname, shape (names,).
    """

    characters: Ints
    sounds: npt.NDArray[np.int16]
    fuzzy: npt.NDArray[np.int16]
    length: Ints
    surname: Ints


@dataclass(frozen=True)
class _Alphabet:
    """Per distinct character: folded code point and syllable numbers."""

    points: Ints
    folded: Ints
    sounds: npt.NDArray[np.int16]
    fuzzy: npt.NDArray[np.int16]


def short_name(name: str) -> bool:
    """Whether a name goes through the matrices: one to six characters, no dots, blanks or Latin letters."""
    return 0 < len(name) <= WIDTH and all(c >= "\u3007" or c == WILDCARD for c in name)


def encode(names: Sequence[str]) -> NameCodes:
    """Code names for which `short_name` holds."""
    joined = "".join(name.ljust(WIDTH, "\0") for name in names)
    raw = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int64).reshape(len(names), WIDTH)
    points, back = np.unique(raw, return_inverse=True)
    alphabet = _alphabet(points)
    back = back.reshape(raw.shape)
    characters = alphabet.folded[back]
    sounds, fuzzy = alphabet.sounds[back], alphabet.fuzzy[back]
    _surname_sounds(characters, sounds, fuzzy)
    length = (raw != 0).sum(axis=1)
    pairs = characters[:, 0] << _SHIFT | characters[:, 1].clip(0)
    compound = np.isin(pairs, _compound_codes()) & (length > 2)
    return NameCodes(characters, sounds, fuzzy, length, np.where(compound, 2, 1))


_NUMBERS: dict[str, int] = {}


def _syllable_number(syllable: str) -> int:
    return _NUMBERS.setdefault(syllable, len(_NUMBERS) + 1)


def _alphabet(points: Ints) -> _Alphabet:
    size = len(points)
    folded = np.zeros(size, dtype=np.int64)
    sounds, fuzzy = (np.zeros((size, _READINGS), dtype=np.int16) for _ in range(2))
    for place, point in enumerate(points.tolist()):
        if point == 0:
            continue
        character = chr(point)
        folded[place] = -1 if character == WILDCARD else ord(fold_characters(character))
        own = sorted(readings(chr(folded[place]))) if character != WILDCARD else []
        for table, heard in ((sounds, own), (fuzzy, sorted({fuzzy_sound(each) for each in own}))):
            numbers = [_syllable_number(each) for each in heard[:_READINGS]]
            table[place, : len(numbers)] = numbers
    return _Alphabet(points, folded, sounds, fuzzy)


def _surname_sounds(characters: Ints, sounds: npt.NDArray[np.int16], fuzzy: npt.NDArray[np.int16]) -> None:
    """A surname's own reading takes the last place of the first character's readings, which is hardly ever used."""
    for written, reading in name_tables().surname_readings.items():
        if len(written) == 1:
            rows = characters[:, 0] == ord(written)
            sounds[rows, 0, _READINGS - 1] = _syllable_number(reading)
            fuzzy[rows, 0, _READINGS - 1] = _syllable_number(fuzzy_sound(reading))


@cache
def _compound_codes() -> Ints:
    return np.array([ord(a) << _SHIFT | ord(b) for a, b in sorted(compound_surnames())], dtype=np.int64)


@cache
def _look_alike_codes() -> Ints:
    codes = [ord(a) << _SHIFT | ord(b) for a, others in look_alikes().items() for b in others]
    return np.sort(np.array(codes, dtype=np.int64))


def look_alike(a: Ints, b: Ints) -> Mask:
    """Which pairs of folded characters look alike (N02)."""
    codes = a.clip(0) << _SHIFT | b.clip(0)
    table = _look_alike_codes()
    at = np.searchsorted(table, codes).clip(0, len(table) - 1)
    found: Mask = table[at] == codes
    return found


def share_reading(a: npt.NDArray[np.int16], b: npt.NDArray[np.int16]) -> Mask:
    """Which places have a reading in common; arrays of shape (…, readings)."""
    found = np.zeros(a.shape[:-1], dtype=bool)
    for left in range(a.shape[-1]):
        for right in range(b.shape[-1]):
            found |= (a[..., left] == b[..., right]) & (a[..., left] > 0)
    return found
