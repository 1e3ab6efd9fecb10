"""Names as integers, once per distinct name: characters, toneless sounds (two readings), surname and given part.

Belongs here: turning text into codes for blocking and comparison. Does not belong here: reading or cleaning a name
(`names`) or judging two names (`levels.name`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from matching.name_tables import WILDCARD, compound_surnames, first_reading, fold, name_tables, readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_NOISE = str.maketrans("", "", "•・．.‧⋅･-\u3000\t\u200b()（）")
WIDTH = 4
"""Characters that are held as codes; longer names are also compared as text."""
_NICK_PREFIX = frozenset("小阿大老二三")
_FIRST_HAN = 0x3400
_SOUNDS = 2048  # more than there are syllables
_STARTS = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@lru_cache(maxsize=60_000)
def _sounds_of(character: str) -> tuple[str, ...]:
    """Folded toneless readings of one character, the commonest first."""
    first = first_reading(character)
    return tuple(dict.fromkeys(_fold_sound(text) for text in (first, *sorted(readings(character) - {first}))))


def _fold_sound(text: str) -> str:
    """zh=z, ch=c, sh=s, n=l, -ing=-in, -eng=-en (domain.md 4.1 N01); -ang stays: too many names would sound alike."""
    for old, new in _STARTS:
        if text.startswith(old):
            text = new + text[len(old) :]
    if text.startswith("n") and len(text) > 1:
        text = "l" + text[1:]
    return text[:-1] if text.endswith(("ing", "eng")) else text


def fold_name(text: str) -> str:
    """What two spellings of one name share: no dots, blanks or brackets, simplified, variants folded."""
    return fold(text.translate(_NOISE))


@dataclass(frozen=True)
class NameTable:
    """One row per distinct name; row 0 is the missing name.

    Attributes:
        texts: the folded names.
        chars: code points, 0 beyond the end, -1 for an unreadable character; shape (names, 4).
        first, second: sound codes of the commonest and the second reading (0 where there is none).
        length: characters, the ones beyond `WIDTH` included.
        whole, given, surname: sound codes of the whole name, the given part, the surname (0 = nothing to say).
        nick: sound code of the character that a nickname repeats (小明, 明明), else 0.
        long: whether the name does not fit into four Chinese characters.
    """

    texts: list[str]
    chars: NDArray[np.int32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    length: NDArray[np.int16]
    whole: NDArray[np.int32]
    given: NDArray[np.int32]
    surname: NDArray[np.int32]
    nick: NDArray[np.int32]
    long: NDArray[np.bool_]


def surname_length(name: str) -> int:
    """Characters of the surname in a folded name: two for compound surnames, else one."""
    return 2 if len(name) > 2 and name[:2] in compound_surnames() else 1


@lru_cache(maxsize=100_000)
def spoken(name: str) -> str:
    """Folded reading of a whole name as text: how long names are compared."""
    return " ".join(_sounds_of(character)[0] for character in name)


@dataclass(frozen=True)
class _Alphabet:
    """Distinct characters (sorted code points) and sound codes of their first, second and surname readings."""

    points: NDArray[np.int64]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    surname: NDArray[np.int32]

    def look(self, table: NDArray[np.int32], points: NDArray[np.int64]) -> NDArray[np.int32]:
        found = table[np.searchsorted(self.points, points)]
        return np.where(points > 0, found, 0).astype(np.int32)


def _alphabet(points: NDArray[np.int64]) -> _Alphabet:
    distinct = np.unique(points)
    known: dict[str, int] = {}

    def code(sound: str) -> int:
        return known.setdefault(sound, len(known) + 1)

    table = np.zeros((len(distinct), 3), dtype=np.int32)
    special = name_tables().surname_readings
    for row, point in enumerate(distinct.tolist()):
        if point == 0 or chr(point) == WILDCARD:
            continue
        sounds = _sounds_of(chr(point))
        as_surname = special.get(chr(point), "")
        table[row, 0] = code(sounds[0])
        table[row, 1] = code(sounds[1]) if len(sounds) > 1 else 0
        table[row, 2] = code(_fold_sound(as_surname)) if as_surname else table[row, 0]
    return _Alphabet(distinct, table[:, 0], table[:, 1], table[:, 2])


def encode_names(texts: Sequence[str]) -> NameTable:
    """Code distinct folded names; `texts[0]` must be `""`, the missing name."""
    wide = np.array(texts, dtype=f"U{WIDTH}").view(np.uint32).reshape(-1, WIDTH).astype(np.int64)
    length = np.fromiter((len(name) for name in texts), dtype=np.int16, count=len(texts))
    long = (length > WIDTH) | ((wide > 0) & (wide < _FIRST_HAN) & (wide != ord(WILDCARD))).any(axis=1)
    alphabet = _alphabet(wide)
    first, second = alphabet.look(alphabet.first, wide), alphabet.look(alphabet.second, wide)
    named = length > 1
    leading = alphabet.look(alphabet.surname, wide[:, 0])
    second[:, 0] = np.where(named & (leading != first[:, 0]), first[:, 0], second[:, 0])
    first[:, 0] = np.where(named, leading, first[:, 0])
    chars = np.where(wide == ord(WILDCARD), -1, wide).astype(np.int32)
    whole, given = _whole_sounds(texts, first, (length, long, (chars == -1).any(axis=1)))
    return NameTable(
        list(texts), chars, first, second, length, whole, given, first[:, 0], _nicks(wide, first, length), long
    )


def _whole_sounds(
    texts: Sequence[str],
    first: NDArray[np.int32],
    shape: tuple[NDArray[np.int16], NDArray[np.bool_], NDArray[np.bool_]],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Codes of the sound of whole names and of given names (a two-character name may be one without surname)."""
    length, long, wild = shape
    packed = np.zeros(len(texts), dtype=np.int64)
    for place in range(WIDTH):
        packed = packed * _SOUNDS + first[:, place]
    cut = np.ones(len(texts), dtype=np.int64)
    cut[[row for row, name in enumerate(texts) if name[:2] in compound_surnames() and len(name) > 2]] = 2
    given = packed % np.where(cut == 1, _SOUNDS**3, _SOUNDS**2)
    given *= np.where(
        cut == 1, 1, _SOUNDS
    )  # left-aligned: the same given name after a surname of one or two characters
    alone = (length == 2) & (cut == 1)
    given[alone] = packed[alone] // _SOUNDS
    given[(length - cut < 2) & ~alone] = 0
    rows = np.flatnonzero(long).tolist()
    sounds = {text: place for place, text in enumerate(dict.fromkeys(spoken(texts[row]) for row in rows))}
    packed[rows] = [-1 - sounds[spoken(texts[row])] for row in rows]
    given[long] = 0
    packed[wild] = given[wild] = 0
    return _compact(packed), _compact(given)


def _compact(values: NDArray[np.int64]) -> NDArray[np.int32]:
    """Consecutive codes from 1, 0 stays 0."""
    distinct, back = np.unique(values, return_inverse=True)
    codes = np.where(distinct == 0, 0, np.arange(1, len(distinct) + 1)).astype(np.int32)
    return np.asarray(codes[back], dtype=np.int32)


def _nicks(wide: NDArray[np.int64], first: NDArray[np.int32], length: NDArray[np.int16]) -> NDArray[np.int32]:
    """Sound of the character that a nickname repeats: 小明, 阿明, 明明, 小明明."""
    prefix = np.isin(wide[:, 0], [ord(character) for character in _NICK_PREFIX])
    two = (length == 2) & (prefix | (wide[:, 0] == wide[:, 1]))
    three = (length == 3) & prefix & (wide[:, 1] == wide[:, 2])
    return np.where(two | three, first[:, 1], 0).astype(np.int32)
