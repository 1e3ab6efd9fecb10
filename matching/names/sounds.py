"""How a name is divided and spoken: surname and given name, the syllables of each character, one sound for the whole (rules/names.md#names).

Belongs here: names as sounds. Does not belong here: the tables (`names.tables`), reading of cells (`names.cleaning`), comparison (`names.levels`).
"""

from __future__ import annotations

from functools import lru_cache

from matching.names.tables import WILDCARD, compound_surnames, first_reading, fold, fuzzy_sound, name_tables, readings


def split_surname(name: str) -> tuple[str, str]:
    """Surname and given name; compound surnames are known, a transliterated name (with a dot) has no surname.

    Returns:
        ("", name) for a name with a dot or of one character.
    """
    if "·" in name or len(name) < 2:
        return "", name
    size = 2 if len(name) > 2 and fold(name[:2]) in compound_surnames() else 1
    return name[:size], name[size:]


@lru_cache(maxsize=200_000)
def syllables(name: str) -> tuple[frozenset[str], ...]:
    """Toneless pinyin readings of each character, as sets; a first character that is a surname has its surname reading too.

    `?` gives an empty set. Dots and blanks have no syllable.
    """
    folded = fold(name)
    sets = [readings(character) for character in folded]
    special = name_tables().surname_readings.get(folded[:1], "")
    if special and len(folded) > 1:
        sets[0] = sets[0] | {special}
    return tuple(sets)


@lru_cache(maxsize=200_000)
def sound_key(name: str, f_is_h: bool = False) -> str:
    """Canonical fuzzy sound of a whole name, syllables joined by `-`, for blocking.

    The surname's own reading leads; otherwise the commonest reading. `?` stays `?`.
    """
    folded = fold(name)
    # pypinyin reads 单 仇 曾 查 翟 朴 覃 as if they were no surnames (rules/packages.md#p15).
    special = name_tables().surname_readings.get(folded[:1], "") if len(folded) > 1 else ""
    sounds = [WILDCARD if character == WILDCARD else first_reading(character) for character in folded]
    if special:
        sounds[0] = special
    return "-".join(fuzzy_sound(sound, f_is_h) for sound in sounds)
