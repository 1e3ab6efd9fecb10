"""Long, transliterated and foreign names: parts missing, swapped or cut, other characters for one sound (rules/names.md#n08, #n09).

Short Chinese names are in `names.levels`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from matching.names.tables import WILDCARD, first_reading, fold, fuzzy_sound, name_tables, transliteration_fold


@lru_cache(maxsize=50_000)
def _parts(name: str) -> tuple[str, ...]:
    return tuple(fold(part) for part in name.replace(" ", "·").split("·") if part)


@lru_cache(maxsize=50_000)
def spoken(name: str) -> str:
    """Fuzzy sounds of the transliteration-folded characters, joined."""
    folded = fold(name).translate(transliteration_fold())
    return " ".join(fuzzy_sound(first_reading(character)) for character in folded)


def long_levels(left: Sequence[str], right: Sequence[str]) -> list[str]:
    """`long_level` of names side by side; most pairs are told apart by what is known of each name alone, without a look at both."""
    out = []
    for a, b in zip(left, right, strict=True):
        one, other = _traits(a), _traits(b)
        apart = (
            one.begins != other.begins
            and one.heard.isdisjoint(other.heard)
            and not (one.wild or other.wild)
            and not _sound_alike(one, other)
        )
        out.append("different" if apart else long_level(a, b))
    return out


@dataclass(frozen=True)
class _Traits:
    """What a name must share with another to be anything but different: its first characters, or the sound of a part or of all."""

    begins: str
    heard: frozenset[str]
    sound: str
    length: int
    wild: bool


@lru_cache(maxsize=300_000)
def _traits(name: str) -> _Traits:
    folded = fold(name)
    parts = {spoken(part) for part in _parts(name)}
    return _Traits(
        folded[:3], frozenset({*parts, spoken(name)}), spoken(name), len(folded), WILDCARD in folded or not folded
    )


def _sound_alike(one: _Traits, other: _Traits) -> bool:
    from rapidfuzz import fuzz

    alike = name_tables().long_alike
    return min(one.length, other.length) >= 4 and fuzz.ratio(one.sound, other.sound, score_cutoff=alike) >= alike


def long_level(a: str, b: str) -> str:
    """Level of two names of which one is long, has parts or is not Chinese; symmetrical."""
    one, other = fold(a), fold(b)
    if not one or not other:
        return "missing"
    if one == other:
        return "wildcard" if WILDCARD in one else "variant"
    if len(one) == len(other) and _wild_equal(one, other):
        return "wildcard"
    if _partial(a, b, one, other):
        return "minority_partial"
    return _heard(a, b, one, other)


def _wild_equal(one: str, other: str) -> bool:
    pairs = list(zip(one, other, strict=True))
    known = sum(left == right != WILDCARD for left, right in pairs)
    return known >= 2 and all(left == right or WILDCARD in (left, right) for left, right in pairs)


def _partial(a: str, b: str, one: str, other: str) -> bool:
    """All parts of the one in the other in any order, or the one is the other's beginning, cut or without its last part."""
    left, right = sorted((frozenset(_parts(a)), frozenset(_parts(b))), key=len)
    if left and left <= right and max(map(len, left)) >= 2:
        return True
    short, long = sorted((one, other), key=lambda name: (len(name), name))
    return (
        len(short) >= 3
        and long.startswith(short)
        and (len(short) >= name_tables().long_cut_at or len(long) - len(short) >= 2)
    )


def _heard(a: str, b: str, one: str, other: str) -> str:
    from rapidfuzz import fuzz

    first, second = spoken(a), spoken(b)
    if first == second:
        return "minority_transliterated"
    if min(len(one), len(other)) >= 4 and fuzz.ratio(first, second) >= name_tables().long_alike:
        return "minority_transliterated"
    parts, others = {spoken(part) for part in _parts(a)}, {spoken(part) for part in _parts(b)}
    small, large = sorted((parts, others), key=len)
    if len(large) > 1 and small <= large and max(part.count(" ") for part in small) >= 1:
        return "minority_transliterated"
    return "different"
