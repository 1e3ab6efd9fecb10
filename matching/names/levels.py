"""Two names to a level and a reason (rules/names.md#n01 to #n17; rules/linkage.md#idea-5), one pair or hundreds of thousands.

Reading names is in `names.cleaning`; what a level weighs is for the linkage model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from matching.distinct import as_text, distinct_texts
from matching.names.codes import (
    ALIKE,
    END,
    SAME,
    SHAPE,
    SOUND,
    WIDTH,
    WILD,
    NameCodes,
    encode,
    name_shapes,
)
from matching.names.long import long_levels
from matching.names.tables import fold, name_tables
from matching.tables import table_yaml

if TYPE_CHECKING:
    import pandas as pd

    from matching.arrays import Bits, Codes, Ints, Mask

LEVELS = (
    "same", "variant", "wildcard", "same_sound", "fuzzy_sound", "look_alike", "one_character", "swapped", "dropped", "given_only",
    "former_name", "nickname", "minority_partial", "minority_transliterated", "surname_and_one", "surname_only", "different", "missing",
)  # fmt: skip
_CODE = {level: number for number, level in enumerate(LEVELS)}
_WILD = 1  # the number of a wildcard in NameCodes.characters
# Longer names may be transliterated and are compared by their parts as well.
_ORDINARY = 4
_PLACES = "一二三四五六"


@dataclass(frozen=True, slots=True)
class NameComparison:
    """How two names agree: a level of `LEVELS`, a Chinese reason without values, and a score from 1 (same) to 0."""

    level: str
    reason: str
    score: float


@cache
def _wording() -> dict[str, tuple[float, str]]:
    table = {level: (float(row["score"]), str(row["reason"])) for level, row in table_yaml("name_levels.yaml").items()}
    if tuple(table) != LEVELS:
        raise ValueError("matching/tables/name_levels.yaml: the levels are not those of matching/names/levels.py")
    return table


@dataclass(frozen=True)
class NameSet:
    """Distinct names made ready for comparing: what depends on one name only.

    Attributes:
        texts: cleaned names; "" is missing.
        codes: the short ones as integers; `place` is each name's row there, -1 for a long one.
        nick, long, empty, sure: milk names; names compared by their parts too; nothing known; no wildcard.
    """

    texts: Sequence[str]
    codes: NameCodes
    place: Ints
    nick: Mask
    long: Mask
    empty: Mask
    sure: Mask


def name_set(texts: Sequence[str]) -> NameSet:
    """Prepare distinct names for `level_codes`."""
    known, first = frozenset(name_tables().nicknames), frozenset(name_tables().nickname_first)
    shape = name_shapes(texts)
    place = np.where(shape.short, np.cumsum(shape.short) - 1, -1)
    codes = encode([name for name, fits in zip(texts, shape.short.tolist(), strict=True) if fits])
    milk = (text in known or (len(text) == 2 and text[0] in first) for text in texts)
    nick = np.fromiter(milk, dtype=bool, count=len(texts))
    return NameSet(texts, codes, place, nick, ~shape.short | (shape.length > _ORDINARY), shape.empty, ~shape.wild)


def compare_names(a: str, b: str, former_a: str = "", former_b: str = "") -> NameComparison:
    """Compare two cleaned names; for many pairs use `compare_name_pairs`, which is far quicker.

    Args:
        a, b: names as `clean_names` gives them, "" = missing.
        former_a, former_b: former names (曾用名), "" = none.

    Returns:
        The strongest level that holds; the same for (a, b) and (b, a).
    """
    texts = list(dict.fromkeys((a, b, former_a, former_b)))
    rows = [np.array([texts.index(name)]) for name in (a, b, former_a, former_b)]
    level, place = former_levels(name_set(texts), (rows[0], rows[1]), (rows[2], rows[3]))
    code = int(level[0])
    return NameComparison(LEVELS[code], _reason(code, int(place[0])), _wording()[LEVELS[code]][0])


def compare_name_pairs(
    left: pd.Series, right: pd.Series, former_left: pd.Series | None = None, former_right: pd.Series | None = None
) -> pd.DataFrame:
    """Compare names row by row, each distinct pair once.

    Args:
        left, right: cleaned names on one index.
        former_left, former_right: former names on the same index, or none.

    Returns:
        `level`, `reason` (text) on that index.
    """
    import pandas as pd

    empty = pd.Series("", index=left.index, dtype=object)
    columns = (left, right, *(empty if each is None else each for each in (former_left, former_right)))
    positions, names = distinct_texts(name for column in columns for name in as_text(column))
    ids = np.array(positions, dtype=np.int64).reshape(len(columns), len(left))
    level, place = former_levels(name_set(names), (ids[0], ids[1]), (ids[2], ids[3]))
    words = np.array([[_reason(code, spot) for spot in range(WIDTH + 1)] for code in range(len(LEVELS))], dtype=object)
    return pd.DataFrame(
        {"level": np.array(LEVELS, dtype=object)[level], "reason": words[level, place]}, index=left.index
    )


def former_levels(names: NameSet, name: tuple[Ints, Ints], former: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Level codes of pairs of names and the place of one differing character, the former names taken in (rules/names.md#n10).

    A former name that is, or sounds like, the other's name or former name says more than one character in common.

    Args:
        names: the distinct names.
        name, former: rows of `names` of the left and of the right side; an empty text is none.
    """
    level, place = level_codes(names, *name)
    for former_name, other in ((former[0], name[1]), (former[1], name[0]), (former[0], former[1])):
        # Only where the present names say less: a former name in common is no better than the same name.
        rows = np.flatnonzero(~names.empty[former_name] & ~names.empty[other] & (level > _CODE["look_alike"]))
        former_level, _ = level_codes(names, former_name[rows], other[rows])
        level[rows[former_level <= _CODE["fuzzy_sound"]]] = _CODE["former_name"]
    return level, np.where(level == _CODE["one_character"], place, 0)


def level_codes(names: NameSet, left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Codes in `LEVELS` and, for one differing character, its 1-based place; worked out once per distinct pair."""
    # Namesakes are what blocking brings together: many pairs of records are one pair of names. The lower row goes first, so that
    # (a, b) and (b, a) are one pair, too, and no test below can say two things of them.
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right)
    pairs, back = np.unique(low * len(names.texts) + high, return_inverse=True)
    a, b = pairs // len(names.texts), pairs % len(names.texts)

    level = np.full(len(pairs), _CODE["different"], dtype=np.int64)
    place = np.zeros(len(pairs), dtype=np.int64)
    rows_a, rows_b = names.place[a], names.place[b]
    short = np.flatnonzero((rows_a >= 0) & (rows_b >= 0))
    if len(short):
        level[short], place[short] = _short_levels(names.codes, rows_a[short], rows_b[short])
    # A milk name says nothing about the registered one (rules/names.md#n12).
    level[(names.nick[a] | names.nick[b]) & (level > _CODE["nickname"])] = _CODE["nickname"]

    # A name of five or six characters may be either kind: what says more of the two ways to compare it stands.
    rows = np.flatnonzero((names.long[a] | names.long[b]) & (level > _CODE["wildcard"]))
    by_parts = long_levels(
        [names.texts[row] for row in a[rows].tolist()], [names.texts[row] for row in b[rows].tolist()]
    )
    level[rows] = np.minimum(
        level[rows], np.fromiter(map(_CODE.__getitem__, by_parts), dtype=np.int64, count=len(rows))
    )

    # Last: a name with a lost character is not even the same as itself, and an empty one is nothing at all.
    level[(a == b) & names.sure[a]] = _CODE["same"]
    level[names.empty[a] | names.empty[b]] = _CODE["missing"]
    return level[back], np.where(level == _CODE["one_character"], place, 0)[back]


def _reason(code: int, place: int) -> str:
    text = _wording()[LEVELS[code]][1]
    return (
        text.replace("一字不同", f"第{_PLACES[place - 1]}字不同") if LEVELS[code] == "one_character" and place else text
    )


@dataclass(frozen=True)
class _Pairs:
    """Pairs of short names: rows of the codes, and the relation of their characters place by place; shape (width, pairs), so that what is
    asked of all places runs along the pairs.
    """

    codes: NameCodes
    a: Ints
    b: Ints
    bits: Bits

    def among(self, rows: Ints) -> _Pairs:
        return _Pairs(self.codes, self.a[rows], self.b[rows], self.bits[:, rows])


def _short_levels(codes: NameCodes, a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """Levels of pairs of short names; the tests run from the weakest to the strongest, so that the strongest stays."""
    p = _Pairs(codes, a, b, codes.relation[_places(codes.heard, a), _places(codes.heard, b)])
    size, equal = codes.length[a], codes.length[a] == codes.length[b]
    alike = (p.bits & ALIKE) > 0
    misses = len(alike) - alike.sum(axis=0, dtype=np.int8)
    first = alike[0] & ((p.bits[0] & (WILD | END)) == 0)
    numbers = np.arange(1, len(alike) + 1, dtype=np.int8)[:, None]
    place = np.where(misses == 1, (~alike * numbers).sum(axis=0, dtype=np.int8), 0)  # the only miss
    surname = np.maximum(codes.surname[a], codes.surname[b])
    shaped = (~alike & ((p.bits & SHAPE) > 0)).sum(axis=0, dtype=np.int8)
    every = np.bitwise_or.reduce(p.bits, axis=0)
    seen, wild = (every & SAME) > 0, (every & WILD) > 0  # 李欣? and 李玲博 have nothing but the surname in common
    # Sorting the characters of every pair is dear; where even their sums differ nothing was swapped.
    same_sum = codes.characters[a].sum(axis=1) == codes.characters[b].sum(axis=1)
    tests: tuple[tuple[str, Mask], ...] = (
        ("surname_only", first),
        ("surname_and_one", _where(p, first, _shares_given)),
        ("nickname", _nickname(p)),
        ("given_only", _where(p, ~first, _given_same)),
        ("dropped", _where(p, np.abs(size - codes.length[b]) == 1, _dropped)),
        ("swapped", _where(p, equal & (size >= 2) & same_sum, _same_characters)),
        ("one_character", equal & (size >= 3) & (misses == 1) & (place > surname) & ~wild),
        ("look_alike", equal & (size >= 2) & (misses > 0) & (misses == shaped) & (misses * 2 <= size)),
        ("fuzzy_sound", equal & (size >= 2) & (misses == 0)),
        ("same_sound", equal & (size >= 2) & _all(p.bits, SAME | SOUND | WILD | END)),
        ("wildcard", equal & seen & _all(p.bits, SAME | WILD | END)),
        ("variant", equal & _all(p.bits, SAME | END)),
    )
    level = np.full(len(a), _CODE["different"], dtype=np.int64)
    for name, mask in tests:
        level[mask] = _CODE[name]
    return level, place


def _all(bits: Bits, relations: int) -> Mask:
    """One of these relations at every place."""
    return np.asarray(((bits & relations) > 0).all(axis=0), dtype=bool)


def _places(characters: Codes, rows: Ints) -> Codes:
    """Characters of some names, one row per place."""
    return np.ascontiguousarray(characters[rows].T)


def _where(p: _Pairs, mask: Mask, test: Callable[[_Pairs], Mask]) -> Mask:
    """The test, only on the pairs of `mask`."""
    rows = np.flatnonzero(mask)
    out = np.zeros(len(p.a), dtype=bool)
    out[rows] = test(p.among(rows))
    return out


def _same_characters(p: _Pairs) -> Mask:
    left, right = p.codes.characters[p.a], p.codes.characters[p.b]
    same: Mask = (np.sort(left, axis=1) == np.sort(right, axis=1)).all(axis=1)
    return same


def _dropped(p: _Pairs) -> Mask:
    """One name is the other without one character; at least two characters are left (rules/names.md#n13, #n14)."""
    left, right = p.codes.characters[p.a], p.codes.characters[p.b]
    la, lb = p.codes.length[p.a], p.codes.length[p.b]
    more = (la > lb)[:, None]
    longer, shorter = np.where(more, left, right), np.where(more, right, left)
    dropped = np.zeros(len(la), dtype=bool)
    for gone in range(left.shape[1]):
        kept = np.delete(longer, gone, axis=1)
        dropped |= (kept == shorter[:, :-1]).all(axis=1)
    return dropped & (np.minimum(la, lb) >= 2)


def _given_same(p: _Pairs) -> Mask:
    """Given names of two or more characters that are alike by character or sound, behind different surnames (rules/names.md#n11)."""
    codes, width = p.codes, p.codes.heard.shape[1]
    start_a, start_b = codes.surname[p.a], codes.surname[p.b]
    size = codes.length[p.a] - start_a
    same: Mask = (size == codes.length[p.b] - start_b) & (size >= 2)
    for place in range(width - 1):
        left = codes.characters[p.a, np.minimum(start_a + place, width - 1)]
        right = codes.characters[p.b, np.minimum(start_b + place, width - 1)]
        same &= ((codes.relation[left, right] & (SAME | SOUND)) > 0) | (place >= size)
    return same


def _nickname(p: _Pairs) -> Mask:
    """小明, 阿明 or 明明 for 张伟明: the character sounds like one of the other's given characters (rules/names.md#n12)."""
    codes = p.codes
    if codes.characters.shape[1] < 2:
        return np.zeros(len(p.a), dtype=bool)
    chars = codes.characters
    fits = (codes.length == 2) & ((chars[:, 0] == chars[:, 1]) | codes.nick_prefix[chars[:, 0]])
    out = np.zeros(len(p.a), dtype=bool)
    for short, full in ((p.a, p.b), (p.b, p.a)):
        rows = np.flatnonzero(fits[short] & (codes.length[full] >= 2))
        bits = codes.relation[chars[short[rows], 1][:, None], chars[full[rows], 1:]]
        out[rows] |= ((bits & (SAME | SOUND)) > 0).any(axis=1)
    return out


def _shares_given(p: _Pairs) -> Mask:
    """A character of the one given name is in the other's, at any place."""
    left, right = _places(p.codes.characters, p.a), _places(p.codes.characters, p.b)
    shared = np.zeros(len(p.a), dtype=bool)
    for character in left[1:]:
        same: Mask = np.zeros(len(p.a), dtype=bool)
        for other in right[1:]:
            same |= character == other
        shared |= same & (character > _WILD)  # neither the end nor what cannot be read is something in common
    return shared


__all__ = ["LEVELS", "NameComparison", "compare_name_pairs", "compare_names", "fold"]
