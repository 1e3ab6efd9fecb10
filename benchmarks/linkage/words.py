"""The words of the generated province as arrays of code points, and the tables that its slips of the pen are drawn from.

Belongs here: reading `words.yaml`. Does not belong here: who carries which name (`people`), or which slips happen (`slips`). Nothing of the product is
imported: the generator must not know what the engine knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Chars = NDArray[np.uint32]

WIDTH = 12
"""Characters of the longest name."""
_FUZZY = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"))


@dataclass(frozen=True)
class Swaps:
    """For a character what may stand in its place: `group` by code point (0 = nothing), groups as runs in `members`."""

    group: NDArray[np.int32]
    start: NDArray[np.int64]
    size: NDArray[np.int64]
    members: Chars

    def draw(self, rng: np.random.Generator, chars: Chars) -> Chars:
        """Another member of each character's group; the character itself where it has none."""
        group = self.group[np.minimum(chars, len(self.group) - 1)]
        size = self.size[group]
        picked = self.members[self.start[group] + (rng.random(len(chars)) * size).astype(np.int64)]
        again = self.members[self.start[group] + (rng.random(len(chars)) * size).astype(np.int64)]
        picked = np.where(picked == chars, again, picked)
        return np.where(group > 0, picked, chars).astype(np.uint32)


@dataclass(frozen=True)
class Words:
    """Everything `words.yaml` holds, ready to be indexed."""

    surnames: tuple[str, ...]
    given: Chars
    fashion: Chars
    old: Chars
    rare: Chars
    sound: Swaps
    fuzzy: Swaps
    shape: Swaps
    plain: Swaps
    lists: dict[str, tuple[str, ...]]
    ways: dict[str, tuple[tuple[str, str], ...]]


def code_points(text: str) -> Chars:
    """One 32-bit code point per character."""
    return np.array([ord(character) for character in text], dtype=np.uint32)


def _swaps(groups: list[str]) -> Swaps:
    table = np.zeros(0x30000, dtype=np.int32)
    for number, group in enumerate(groups, 1):
        for character in group:
            table[ord(character)] = table[ord(character)] or number
    size = np.array([1, *(len(group) for group in groups)], dtype=np.int64)
    members = np.concatenate([np.zeros(1, dtype=np.uint32), *(code_points(group) for group in groups)])
    return Swaps(table, np.r_[0, np.cumsum(size)[:-1]], size, members)


def _fuzzy_key(sound: str) -> str:
    for one, other in _FUZZY:
        if sound.startswith(one):
            sound = other + sound[len(one) :]
            break
    return sound.removesuffix("g") if sound.endswith("ng") else sound


@cache
def words() -> Words:
    """The words, read once."""
    raw = {key: str(text) for key, text in _raw().items()}
    sounds = dict(token.split(":") for token in raw["sounds"].split())
    merged: dict[str, str] = {}
    for sound, group in sounds.items():
        merged[_fuzzy_key(sound)] = merged.get(_fuzzy_key(sound), "") + group
    rare = raw["rare"].split()
    return Words(
        surnames=(*raw["surnames"].replace(" ", ""), *raw["compound"].split()),
        given=code_points(raw["given"].replace(" ", "")),
        fashion=code_points(raw["fashion"]),
        old=code_points(raw["old"]),
        rare=code_points("".join(pair[0] for pair in rare)),
        sound=_swaps([group for group in sounds.values() if len(group) > 1]),
        fuzzy=_swaps([group for group in merged.values() if len(group) > 1]),
        shape=_swaps(raw["shapes"].split()),
        plain=_swaps(rare),
        lists={key: tuple(raw[key].split()) for key in ("uighur", "tibetan", "yi", "yi_families")},
        ways={
            key: tuple((pair.split(":")[0], pair.split(":")[1]) for pair in raw[f"{key}_ways"].split())
            for key in ("uighur", "tibetan")
        },
    )


def _raw() -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return found
