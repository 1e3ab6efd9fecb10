"""Slips of the pen, vectorised: wrong characters in names, dates and numbers (rules/identifiers.md#c05 to #c12, rules/names.md#n01 to #n12, rules/dates.md#b01 to #b04).

Belongs here: one slip applied to chosen rows. Does not belong here: how often whose hand slips (`ledgers`).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.linkage.people import DAYS, FIRST_DAY, as_chars
from benchmarks.linkage.words import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.linkage.words import Swaps

    Chars = NDArray[np.uint32]
    Ints = NDArray[np.int64]
    Rng = np.random.Generator

_NICK = ("毛毛", "宝宝", "小宝", "大妞", "二妞", "小虎", "妞妞", "豆豆", "小胖", "乐乐")


def lengths(names: Chars) -> Ints:
    """Characters of each name."""
    return np.asarray((names > 0).sum(axis=1), dtype=np.int64)


def wrong_character(rng: Rng, names: Chars, swaps: Swaps, surname_too: float = 0.05) -> Chars:
    """One character replaced by another of its group; mostly one of the given name."""
    out, rows, size = names.copy(), np.arange(len(names)), lengths(names)
    at = np.where(size > 1, 1 + (rng.random(len(names)) * np.maximum(size - 1, 1)).astype(np.int64), 0)
    at = np.where(rng.random(len(names)) < surname_too, 0, at)
    out[rows, at] = swaps.draw(rng, out[rows, at])
    return out


def lost_character(rng: Rng, names: Chars) -> Chars:
    """A rare character (else the last one) that the system could not write: `?` (rules/names.md#n04)."""
    out, rows = names.copy(), np.arange(len(names))
    rare = np.isin(names, words().rare)
    at = np.where(rare.any(axis=1), rare.argmax(axis=1), np.maximum(lengths(names) - 1, 0))
    out[rows, at] = ord("?")
    return out


def dropped(rng: Rng, names: Chars) -> Chars:
    """One given character missing from a name of three or more."""
    at = 1 + rng.integers(0, 2, len(names))
    at = np.where(lengths(names) < 3, names.shape[1] - 1, at)
    places = np.arange(names.shape[1])[None, :]
    source = np.minimum(places + (places >= at[:, None]), names.shape[1] - 1)
    return np.take_along_axis(names, source, axis=1)


def swapped(names: Chars) -> Chars:
    """The last two characters in the other order."""
    out, rows, size = names.copy(), np.arange(len(names)), lengths(names)
    one, other = np.maximum(size - 2, 0), np.maximum(size - 1, 0)
    out[rows, one], out[rows, other] = names[rows, other], names[rows, one]
    return out


def nickname(rng: Rng, names: Chars) -> Chars:
    """What the family says: 小 and the last character, the last one doubled, or no part of the name at all (rules/names.md#n12)."""
    size = lengths(names)
    last = names[np.arange(len(names)), np.maximum(size - 1, 0)]
    out = as_chars([_NICK[k] for k in rng.integers(0, len(_NICK), len(names))])
    kind = rng.random(len(names))
    out[kind < 0.35, 0], out[kind < 0.35, 1] = ord("小"), last[kind < 0.35]
    twice = (kind >= 0.35) & (kind < 0.6)
    out[twice, 0] = out[twice, 1] = last[twice]
    return out


def minority(rng: Rng, names: Chars) -> Chars:
    """Other syllables for the same sounds, the father's part left out, or no dot (rules/names.md#n08, #n09)."""
    ways = [pair for way in words().ways.values() for pair in way]
    out = []
    for text in names.copy().view("<U12").ravel().tolist():
        draw = rng.random()
        if draw < 0.55:
            for one, other in ways:
                text = text.replace(one, other)
        elif draw < 0.8 and "·" in text:
            text = text.split("·")[0]
        else:
            text = text.replace("·", "")
        out.append(text)
    return as_chars(out)


@cache
def _lunar_table() -> NDArray[np.str_]:
    """The lunar date of every day, as a villager writes it; days of a leap month carry the month's plain number."""
    from borax.calendars.lunardate import LunarDate

    days = FIRST_DAY + np.arange(DAYS + 1).astype("timedelta64[D]")
    found = [LunarDate.from_solar(day) for day in days.astype(object).tolist()]
    return np.array([f"{day.year}-{day.month:02d}-{day.day:02d}" for day in found])


def lunar_dates(born: Ints) -> NDArray[np.str_]:
    """Lunar dates of birth days (rules/dates.md#b01)."""
    return _lunar_table()[np.clip(born, 0, DAYS)]


def dates(born: Ints) -> NDArray[np.str_]:
    """ISO dates of birth days."""
    return np.datetime_as_string(FIRST_DAY + born.astype("timedelta64[D]"))


def wrong_dates(rng: Rng, born: Ints) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """A day, a digit, a month or a year off, day and month swapped, 1 January, month or year only (rules/dates.md#b02 to #b04); with precisions."""
    kind = rng.random(len(born))
    step = rng.choice(np.array([-1, 1, -10, 10, -30, 31, 2, 9]), len(born))
    text = dates(np.clip(born + step, 0, DAYS)).astype("<U10")
    right = dates(born)
    year = (kind >= 0.1) & (kind < 0.3)
    other = right.astype("<U4").astype(np.int64) + rng.choice(np.array([-1, 1]), len(born))
    text[year] = np.char.add(other.astype("<U4"), np.array([item[4:] for item in right.tolist()], dtype="<U6"))[year]
    turned = np.array([f"{item[:5]}{item[8:]}-{item[5:7]}" for item in right.tolist()], dtype="<U10")
    swap = (kind < 0.1) & (turned < np.char.add(right.astype("<U4"), "-13"))
    text[swap] = turned[swap]
    first = (kind >= 0.75) & (kind < 0.85)
    text[first] = np.char.add(right[first].astype("<U4"), "-01-01")
    coarse = kind >= 0.85
    text[coarse] = right[coarse].astype("<U7")
    return text, np.where(coarse, "month", "day")


def spoiled_numbers(rng: Rng, chars: Chars) -> tuple[Chars, NDArray[np.str_]]:
    """Numbers with one wrong digit, two swapped, one lost or doubled, the end zeroed by Excel, or masked; with their status."""
    n = len(chars)
    out = np.zeros((n, 20), dtype=np.uint32)
    out[:, :18] = chars
    rows, kind, at = np.arange(n), rng.random(n), rng.integers(6, 17, n)
    status = np.full(n, "bad_check", dtype="<U12")
    one = kind < 0.4
    out[rows[one], at[one]] = 48 + (out[rows[one], at[one]] - 48 + 1 + rng.integers(0, 9, n)[one]) % 10
    swap = (kind >= 0.4) & (kind < 0.55)
    out[rows[swap], at[swap]], out[rows[swap], at[swap] - 1] = chars[swap, at[swap] - 1], chars[swap, at[swap]]
    places = np.arange(20)[None, :]
    lost, twice = (kind >= 0.55) & (kind < 0.63), (kind >= 0.63) & (kind < 0.7)
    shift = np.where(lost, 1, np.where(twice, -1, 0))[:, None] * (places >= at[:, None] + 1)
    out = np.take_along_axis(out, np.clip(places + shift, 0, 19), axis=1)
    status[lost | twice] = "bad_length"
    excel = (kind >= 0.7) & (kind < 0.9) & (chars[:, 17] != ord("X"))
    out[excel, 15:18], out[excel, 18:] = ord("0"), 0
    status[excel] = "damaged"
    masked = kind >= 0.93
    out[masked, 6:14], status[masked] = ord("*"), "masked"
    whole = (out[:, :18] == chars).all(axis=1) & (out[:, 18] == 0)
    status[whole] = "valid"
    return out, status
