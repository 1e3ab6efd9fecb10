"""Long, transliterated and foreign names: parts missing, swapped or cut, other characters for one sound (rules/names.md#n08, #n09).

Short Chinese names are in `names.levels`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from matching.names.tables import WILDCARD, first_reading, fold, fuzzy_sound, name_tables, transliteration_fold

# Likeness of sounds as a whole is asked of names of four characters or more: of shorter ones a ratio says nothing (rules/linkage.md#short-names).
_LIKENESS_FROM = 4


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
    from rapidfuzz import fuzz

    alike = name_tables().long_alike
    levels = []
    for a, b in zip(left, right, strict=True):
        first, second = _traits(a), _traits(b)
        # Every way to be anything but different needs the first characters, a sound in common, a lost character or likeness as a whole.
        apart = (
            first.begins != second.begins
            and first.heard.isdisjoint(second.heard)
            and not (first.wild or second.wild)
            and (
                min(first.length, second.length) < _LIKENESS_FROM
                or fuzz.ratio(first.sound, second.sound, score_cutoff=alike) < alike
            )
        )
        levels.append("different" if apart else long_level(a, b))
    return levels


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


def long_level(a: str, b: str) -> str:
    """Level of two names of which one is long, has parts or is not Chinese; symmetrical."""
    from rapidfuzz import fuzz

    left, right = fold(a), fold(b)
    if not left or not right:
        return "missing"
    if left == right:
        return "wildcard" if WILDCARD in left else "variant"
    if len(left) == len(right):
        pairs = list(zip(left, right, strict=True))
        known = sum(x == y != WILDCARD for x, y in pairs)
        if known >= 2 and all(x == y or WILDCARD in (x, y) for x, y in pairs):
            return "wildcard"
    if _partial(a, b):
        return "minority_partial"

    # Offices transliterate by ear, each with characters of its own: from here on only sounds are compared.
    heard, other = spoken(a), spoken(b)
    if heard == other:
        return "minority_transliterated"
    if min(len(left), len(right)) >= _LIKENESS_FROM and fuzz.ratio(heard, other) >= name_tables().long_alike:
        return "minority_transliterated"
    small, large = sorted(({spoken(part) for part in _parts(a)}, {spoken(part) for part in _parts(b)}), key=len)
    # One syllable in common is chance: some part must have two.
    if len(large) > 1 and small <= large and max(part.count(" ") for part in small) >= 1:
        return "minority_transliterated"
    return "different"


def _partial(a: str, b: str) -> bool:
    """All parts of the one in the other in any order, or the one is the other's beginning, cut or without its last part."""
    few, many = sorted((frozenset(_parts(a)), frozenset(_parts(b))), key=len)
    if few and few <= many and max(map(len, few)) >= 2:
        return True
    short, long = sorted((fold(a), fold(b)), key=lambda name: (len(name), name))
    # One character less at the end is a slip, unless the name is so long that a column may have cut it (rules/names.md#n09).
    return (
        len(short) >= 3
        and long.startswith(short)
        and (len(short) >= name_tables().long_cut_at or len(long) - len(short) >= 2)
    )
