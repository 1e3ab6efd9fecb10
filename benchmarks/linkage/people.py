"""A generated province, vectorised: families and children with their true names, births, numbers and homes (rules/identifiers.md#citizen-number, rules/places-and-people.md#addresses, #guardians).

Belongs here: what is true. Does not belong here: what departments write down of it (`ledgers`), or words (`words`). It is written apart from
`benchmarks/county.py` on purpose: rules that hold on the one only are no rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.linkage.words import WIDTH, Words, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.linkage.habits import Habits

    Chars = NDArray[np.uint32]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

FIRST_DAY = np.datetime64("2008-10-01")
DAYS = int((np.datetime64("2026-09-01") - FIRST_DAY).astype(int))
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
NATIONS = ("01", "05", "04", "07")


@dataclass(frozen=True)
class Families:
    """One row per family. Names are code points, shape (families, 12); numbers the 17 digits without the check digit."""

    surname: NDArray[np.int32]
    nation: NDArray[np.int32]
    father: Chars
    mother: Chars
    elder: Chars
    stepfather: Chars
    father_no: Ints
    mother_no: Ints
    phones: Ints
    home: Ints
    away: Ints
    house: Ints
    household: Ints
    step: Mask
    lunar: Mask


@dataclass(frozen=True)
class Children:
    """One row per child; `number`, `old_number` 17 digits or 0; `other_name` a former name or the other parent's surname."""

    family: Ints
    name: Chars
    other_name: Chars
    renamed: NDArray[np.int8]
    sex: NDArray[np.int8]
    born: Ints
    number: Ints
    old_number: Ints
    sibling_number: Ints
    twin: Mask
    paper: Ints

    def __len__(self) -> int:
        return len(self.family)


class Province:
    """One county's families and children, drawn from one seed; `first` is the number of its first child."""

    def __init__(self, habits: Habits, seed: tuple[int, ...], children: int, first: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.habits = habits
        self.words: Words = words()
        self.first = first
        self.part = seed[-1]
        self.area = 410_101 + self.part
        self.towns = max(4, min(26, children // 2500))
        sizes = self._sizes(children)
        self.families = self._families(len(sizes))
        self.children = self._children(np.repeat(np.arange(len(sizes)), sizes), sizes)

    def chance(self, rate: float, size: int) -> Mask:
        return self.rng.random(size) < rate

    def _sizes(self, children: int) -> Ints:
        draw = self.rng.random(children)
        sizes = 1 + (draw < self.habits.siblings) + (draw < self.habits.siblings * 0.2)
        return sizes[: int(np.searchsorted(np.cumsum(sizes), children)) + 1]

    def _families(self, n: int) -> Families:
        rng, surnames = self.rng, self.words.surnames
        weight = 1.0 / (np.arange(len(surnames)) + 3.0)
        weight[-10:] = weight.min() / 4
        surname = rng.choice(len(surnames), n, p=weight / weight.sum()).astype(np.int32)
        mothers = rng.choice(len(surnames), n, p=weight / weight.sum()).astype(np.int32)
        nation = np.zeros(n, dtype=np.int32)
        minority = self.chance(self.habits.minority, n)
        nation[minority] = rng.integers(1, len(NATIONS), int(minority.sum()))
        adults = [self.names(who, nation, old=True) for who in (surname, mothers, surname, mothers)]
        home = rng.integers(0, self.towns, n) * 100 + rng.integers(1, 16, n)
        away = rng.integers(0, self.towns, n) * 100 + rng.integers(1, 16, n)
        return Families(
            surname,
            nation,
            *adults,
            self.numbers(rng.integers(-11000, -5500, n), np.ones(n, dtype=np.int64)),
            self.numbers(rng.integers(-10500, -5000, n), np.zeros(n, dtype=np.int64)),
            rng.integers(13_000_000_000, 19_999_999_999, (n, 2)),
            home,
            np.where(self.chance(self.habits.away, n), away, home),
            rng.integers(1, 200, n),
            rng.integers(10**8, 10**9, n),
            self.chance(0.05, n),
            self.chance(self.habits.lunar, n),
        )

    def names(self, surname: NDArray[np.int32], nation: NDArray[np.int32], old: bool = False) -> Chars:
        """Names of the Han pattern, and of three minorities whose names have another shape."""
        n, rng = len(surname), self.rng
        out = np.zeros((n, WIDTH), dtype=np.uint32)
        table = np.zeros((len(self.words.surnames), 2), dtype=np.uint32)
        for row, text in enumerate(self.words.surnames):
            table[row, : len(text)] = [ord(c) for c in text]
        out[:, :2] = table[surname]
        at = np.where(out[:, 1] > 0, 2, 1)
        rows = np.arange(n)
        out[rows, at] = self._given(n, old)
        two = ~self.chance(0.15, n)
        out[rows[two], at[two] + 1] = self._given(n, old)[two]
        for kind in np.unique(nation[nation > 0]):
            chosen = np.flatnonzero(nation == kind)
            out[chosen] = as_chars([self._minority(int(kind)) for _ in chosen])
        rare = self.chance(self.habits.rare, n) & (nation == 0)
        out[rows[rare], at[rare]] = rng.choice(self.words.rare, int(rare.sum()))
        return out

    def _given(self, n: int, old: bool) -> Chars:
        """Mostly any character, often one of the fashion of the years."""
        fashion = self.words.old if old else self.words.fashion
        steep = 1.0 / (np.arange(len(fashion)) + 4.0)
        common = self.rng.choice(fashion, n, p=steep / steep.sum())
        found: Chars = np.where(self.chance(0.45, n), common, self.rng.choice(self.words.given, n))
        return found

    def _minority(self, kind: int) -> str:
        lists, pick = self.words.lists, lambda items: items[int(self.rng.integers(len(items)))]
        if kind == 1:
            return f"{pick(lists['uighur'])}·{pick(lists['uighur'])}"
        if kind == 2:
            return pick(lists["tibetan"]) + pick(lists["tibetan"])
        return pick(lists["yi_families"]) + pick(lists["yi"])

    def numbers(self, day: Ints, male: Ints, above: int = 0) -> Ints:
        """17 digits for people born `day` days after the first day; the order number counts up inside a day, so that siblings
        registered together have neighbouring numbers. No number is given twice: areas differ by county, replaced numbers
        stand `above` the others.
        """
        dates = np.datetime_as_string(FIRST_DAY + day.astype("timedelta64[D]"))
        stamp = np.array([text.replace("-", "") for text in dates.tolist()], dtype=np.int64)
        elsewhere = 500_000 + self.part * 500 + self.rng.integers(0, 500, len(day))
        area = np.where(self.chance(0.85, len(day)), self.area, elsewhere)
        group = (area * 10**8 + stamp) * 2 + male
        order = np.argsort(group, kind="stable")
        starts = np.r_[True, group[order][1:] != group[order][:-1]]
        rank = np.empty(len(day), dtype=np.int64)
        rank[order] = np.arange(len(day)) - np.maximum.accumulate(np.where(starts, np.arange(len(day)), 0))
        serial = (rank * 2 + group % 97 * 2 + male + above) % 1000
        return (area * 10**8 + stamp) * 1000 + serial

    def _children(self, family: Ints, sizes: Ints) -> Children:
        born = self.rng.integers(0, DAYS, len(family))
        again = np.flatnonzero(self.chance(self.habits.twins, len(family)))
        family, born = np.r_[family, family[again]], np.r_[born, born[again]]
        n = len(family)
        twin = np.zeros(n, dtype=bool)
        twin[again] = True
        twin[n - len(again) :] = True
        sex = np.where(self.chance(0.53, n), 1, 2).astype(np.int8)
        same_sex = self.chance(0.65, len(again))
        sex[n - len(again) :] = np.where(same_sex, sex[again], sex[n - len(again) :])
        name = self._kin_names(family, again)
        number, old = self._own_numbers(family, born, sex, twin)
        renamed, other = self._other_names(family, name)
        return Children(
            family, name, other, renamed, sex, born, number, old, self._siblings(family, number), twin, self._papers(n)
        )

    def _kin_names(self, family: Ints, again: Ints) -> Chars:
        """Siblings share a generation's character at times, twins more often; no two children of a family have one name."""
        f, n = self.families, len(family)
        name = self.names(f.surname[family], f.nation[family])
        at = np.where(f.surname[family] >= len(self.words.surnames) - 10, 2, 1)
        rows = np.arange(n)
        model = np.full(len(f.surname), -1)
        model[family[::-1]] = rows[::-1]
        shared = (model[family] != rows) & self.chance(0.25, n)
        source = model[family]
        source[n - len(again) :] = again
        shared[n - len(again) :] = self.chance(0.5, len(again))
        shared &= (f.nation[family] == 0) & (name[rows, at + 1] > 0)
        name[rows[shared], at[shared]] = name[source[shared], at[shared]]
        heard = np.flatnonzero(shared & (rows >= n - len(again)) & self.chance(0.1, n))
        name[heard] = name[source[heard]]  # twins with one sound: 文文, 雯雯
        name[heard, at[heard]] = self.words.sound.draw(self.rng, name[heard, at[heard]])
        for _ in range(8):
            equal = np.flatnonzero((name == name[source]).all(axis=1) & (source != rows))
            name[equal] = self.names(f.surname[family[equal]], f.nation[family[equal]])
        return name

    def _own_numbers(self, family: Ints, born: Ints, sex: NDArray[np.int8], twin: Mask) -> tuple[Ints, Ints]:
        """Current and replaced numbers; unregistered children have none, twins more often and both at once (rules/identifiers.md#number-for-life)."""
        n = len(family)
        without = self.chance(self.habits.unregistered, n)
        without |= twin & (self.rng.random(len(self.families.surname)) < self.habits.unregistered * 3)[family]
        number = np.where(without, 0, self.numbers(born, (sex == 1).astype(np.int64)))
        moved = np.clip(born + self.rng.integers(-60, 60, n), 0, DAYS - 1)
        old = self.numbers(np.where(self.chance(0.5, n), born, moved), (sex == 1).astype(np.int64), above=500)
        replaced = self.chance(self.habits.replaced, n) & (number > 0) & (old != number)
        return number, np.where(replaced, old, 0)

    def _other_names(self, family: Ints, name: Chars) -> tuple[NDArray[np.int8], Chars]:
        """Former names (1) and the other parent's surname (2)."""
        f, n = self.families, len(family)
        kind = np.where(self.chance(self.habits.former, n), 1, np.where(self.chance(self.habits.surname, n), 2, 0))
        kind[f.nation[family] > 0] = 0
        other = self.names(f.surname[family], f.nation[family])
        two = kind == 2
        other[two] = name[two]
        other[two, 0] = np.where(f.step[family], f.stepfather[family, 0], f.mother[family, 0])[two]
        other[kind == 0] = 0
        return kind.astype(np.int8), other

    def _siblings(self, family: Ints, number: Ints) -> Ints:
        """A brother's or sister's number, for forms in which the wrong one was copied (rules/identifiers.md#c14)."""
        order = np.argsort(family, kind="stable")
        after = np.roll(order, -1)
        out = np.zeros(len(family), dtype=np.int64)
        kin = family[order] == family[after]
        out[order[kin]] = number[after[kin]]
        out[after[kin]] = np.where(out[after[kin]] == 0, number[order[kin]], out[after[kin]])
        return out

    def _papers(self, n: int) -> Ints:
        return self.rng.integers(10**8, 10**9, n)


def check_digits(number: Ints) -> NDArray[np.uint32]:
    """The 18th character of 17-digit numbers, as code points (ISO 7064 MOD 11-2)."""
    digits = number[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    table = np.array([ord(character) for character in "10X98765432"], dtype=np.uint32)
    return table[(digits * _WEIGHTS).sum(axis=1) % 11]


def as_chars(texts: list[str]) -> Chars:
    """Texts as code points, shape (texts, 12)."""
    return np.array(texts, dtype=f"<U{WIDTH}").view(np.uint32).reshape(-1, WIDTH)
