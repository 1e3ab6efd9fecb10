"""How clerks write a name wrongly: habits rules/names.md#n01 to #n17. One small function per habit; who suffers
it is decided in `spoil`.

Every function takes the true name and a source of chance and returns what was written, or "" where the habit
cannot touch this name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

from demo_county.settings import words

Rewriting = Callable[[str, Random], str]


@cache
def _groups(which: str) -> dict[str, str]:
    rows = words().homophones if which == "homophones" else words().shapes
    alike: dict[str, str] = {}
    for group in rows:
        for char in group:
            alike[char] = alike.get(char, "") + group.replace(char, "")
    return alike


def _swap_one(name: str, chance: Random, choices: dict[str, str]) -> str:
    # The given name first; a surname only where nothing behind it has a neighbour.
    places = [i for i, char in enumerate(name) if i > 0 and choices.get(char)] or [
        i for i, char in enumerate(name) if choices.get(char)
    ]
    if not places or "·" in name:
        return ""
    at = chance.choice(places)
    return name[:at] + chance.choice(choices[name[at]]) + name[at + 1 :]


def homophone(name: str, chance: Random) -> str:
    """Another character with the same sound (rules/names.md#n01)."""
    return _swap_one(name, chance, _groups("homophones"))


def shape(name: str, chance: Random) -> str:
    """Another character that looks alike (rules/names.md#n02)."""
    return _swap_one(name, chance, _groups("shapes"))


def rare_simple(name: str, chance: Random) -> str:
    """A common character for a rare one (rules/names.md#n03)."""
    return "".join(words().rare.get(char, char) for char in name)


def unknown_char(name: str, chance: Random) -> str:
    """A mark where the rare character was (rules/names.md#n04)."""
    mark = chance.choice(["?", "□", "＊", "\ue5f1", "?", "■"])
    return "".join(mark if char in words().rare else char for char in name)


def pinyin_bracket(name: str, chance: Random) -> str:
    """The sound in brackets where the rare character was (rules/names.md#n05)."""
    sounds = words().rare_sounds
    return "".join(f"({sounds[char]})" if char in sounds else char for char in name)


def traditional(name: str, chance: Random) -> str:
    """Traditional characters (rules/names.md#n06)."""
    return "".join(words().traditional.get(char, char) for char in name)


def space(name: str, chance: Random) -> str:
    """Spaces inside, as two-character names are padded to align (rules/names.md#n07)."""
    gap = chance.choice([" ", "　", "  ", "　　"])
    return name + gap if chance.random() < 0.2 else name[0] + gap + name[1:]


def dot(name: str, chance: Random) -> str:
    """Another dot, a space, or none (rules/names.md#n08)."""
    return name.replace("·", chance.choice(["•", "・", "．", ".", "-", " ", "", "‧"])) if "·" in name else ""


def name_part(name: str, chance: Random) -> str:
    """The father's part left out, or the order turned round (rules/names.md#n09)."""
    if "·" not in name:
        return ""
    own, father = name.split("·", 1)
    return own if chance.random() < 0.7 else f"{father}·{own}"


def transliteration(name: str, chance: Random) -> str:
    """Another spelling of the same minority name (rules/names.md#n09)."""
    for usual, other in words().transliteration.items():
        if usual in name:
            return name.replace(usual, other, 1)
    return ""


def nickname(name: str, chance: Random) -> str:
    """The milk name (rules/names.md#n12)."""
    return chance.choice(words().milk_names)


def given_only(name: str, chance: Random) -> str:
    """No surname, or "somebody's child" (rules/names.md#n13)."""
    return name[0] + chance.choice(["某之子", "某某"]) if chance.random() < 0.3 else (name[1:] if len(name) > 2 else "")


def char_swap(name: str, chance: Random) -> str:
    """Two characters of the given name change places."""
    return name[0] + name[2] + name[1] if len(name) == 3 else ""


def char_drop(name: str, chance: Random) -> str:
    """One character of the given name is lost."""
    return name[:-1] if len(name) == 3 and chance.random() < 0.5 else (name[0] + name[2] if len(name) == 3 else "")


def suffix(name: str, chance: Random) -> str:
    """A note behind the name (rules/names.md#n16)."""
    return name + chance.choice(words().brackets)


# The order is the order of trying: a row suffers the first that strikes it. `changes` = a careful reader
# would still call it another name.
REWRITINGS: dict[str, tuple[Rewriting, bool]] = {
    "homophone": (homophone, True),
    "shape": (shape, True),
    "rare_simple": (rare_simple, True),
    "unknown_char": (unknown_char, False),
    "pinyin_bracket": (pinyin_bracket, False),
    "traditional": (traditional, False),
    "name_part": (name_part, True),
    "transliteration": (transliteration, True),
    "nickname": (nickname, True),
    "given_only": (given_only, True),
    "char_swap": (char_swap, True),
    "char_drop": (char_drop, True),
    "dot": (dot, False),
    "suffix": (suffix, False),
    "space": (space, False),
}
