"""Names as integers, once per distinct name: characters, toneless sounds (two readings), surname and given part.

Belongs here: turning text into codes for blocking and comparison. Does not belong here: reading or cleaning a name (`names`) or
judging two names (`levels.name`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
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
        spoken: folded reading of the whole name as text, for long names.
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
    spoken: list[str]


@dataclass
class _Sounds:
    """Numbers for sounds, in the order of first meeting; 0 means none."""

    known: dict[str, int] = field(default_factory=dict)

    def code(self, text: str) -> int:
        return self.known.setdefault(text, len(self.known) + 1) if text else 0


def surname_length(name: str) -> int:
    """Characters of the surname in a folded name: two for compound surnames, else one."""
    return 2 if len(name) > 2 and name[:2] in compound_surnames() else 1


def _nickname_character(name: str) -> str:
    if len(name) == 2 and (name[0] == name[1] or name[0] in _NICK_PREFIX):
        return name[1]
    return name[1] if len(name) == 3 and name[1] == name[2] and name[0] in _NICK_PREFIX else ""


def _spoken(name: str) -> list[tuple[str, ...]]:
    parts = [_sounds_of(character) for character in name]
    special = name_tables().surname_readings.get(name[:1], "") if len(name) > 1 else ""
    if special:
        parts[0] = tuple(dict.fromkeys((_fold_sound(special), *parts[0])))
    return parts


def encode_names(texts: Sequence[str]) -> NameTable:
    """Code distinct folded names; `texts[0]` must be `""`, the missing name."""
    count = len(texts)
    chars, first, second = (np.zeros((count, WIDTH), dtype=np.int32) for _ in range(3))
    parts = np.zeros((count, 4), dtype=np.int32)
    sounds, phrases = _Sounds(), _Sounds()
    spoken_texts = []
    for row, name in enumerate(texts):
        spoken = _spoken(name)
        spoken_texts.append(" ".join(reading[0] for reading in spoken))
        for place, character in enumerate(name[:WIDTH]):
            wild = character == WILDCARD
            chars[row, place] = -1 if wild else ord(character)
            first[row, place] = 0 if wild else sounds.code(spoken[place][0])
            second[row, place] = sounds.code(spoken[place][1]) if len(spoken[place]) > 1 and not wild else 0
        parts[row] = _phrase_codes(name, spoken, phrases, sounds)
    length = np.fromiter((len(name) for name in texts), dtype=np.int16, count=count)
    long = np.fromiter((_is_long(name) for name in texts), dtype=np.bool_, count=count)
    columns = {"whole": parts[:, 0], "given": parts[:, 1], "surname": parts[:, 2], "nick": parts[:, 3]}
    return NameTable(list(texts), chars, first, second, length, long=long, spoken=spoken_texts, **columns)


def _is_long(name: str) -> bool:
    return len(name) > WIDTH or bool(name) and not all(c == WILDCARD or "\u3400" <= c for c in name)


def _phrase_codes(
    name: str, spoken: list[tuple[str, ...]], phrases: _Sounds, sounds: _Sounds
) -> tuple[int, int, int, int]:
    if not name or WILDCARD in name:
        return 0, 0, 0 if not name or name[0] == WILDCARD else phrases.code(spoken[0][0]), 0
    cut = surname_length(name)
    whole = phrases.code(" ".join(reading[0] for reading in spoken))
    given = phrases.code("-" + " ".join(reading[0] for reading in spoken[cut:])) if len(name) - cut >= 2 else 0
    if len(name) == 2 and cut == 1:  # a given name written alone is blocked as a given name too
        given = phrases.code("-" + " ".join(reading[0] for reading in spoken))
    nick = _nickname_character(name)
    return whole, given, phrases.code(spoken[0][0]), sounds.code(_sounds_of(nick)[0]) if nick else 0
