"""The public version: small numbers are hidden, and so many others that nobody can work them out again.

Belongs here: which cells are hidden, for any figures and any sums between them. Not here: what the figures are.

A reader knows every shown number, every sum that holds, that hidden numbers are at least 1 (zeros are shown), and this
program. A small number is safe when two whole-number tables exist that agree with all of this and in which it differs
by `spread`. Such tables are looked for one by one; where none is found, another cell is hidden, the smallest that helps.
Source: rules/law.md#small-counts, #small-numbers; complementary suppression as in official statistics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assets.reports.figures import Figures, Key
from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("suppress.yaml")
ROUNDS = 6
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class SuppressionRule(Rules):
    """Which counts are small, and how uncertain they must stay."""

    smallest: int = Field(ge=1)
    largest: int = Field(ge=1)
    spread: int = Field(ge=1)


@cache
def default_rule() -> SuppressionRule:
    """The rule that comes with the product."""
    return read_rules(FILE, SuppressionRule)


@dataclass(frozen=True)
class SummedTable:
    """Numbers and the sums between them: `sums` holds the place of a total and the places of its parts."""

    values: Ints
    sums: Sequence[tuple[int, tuple[int, ...]]]
    closed: frozenset[int] = frozenset()


def public(figures: Figures, rule: SuppressionRule | None = None) -> Figures:
    """The version of the figures that may be published."""
    keys = list(figures.values)
    place = {key: number for number, key in enumerate(keys)}
    sums = [(place[stated.total], tuple(place[part] for part in stated.parts)) for stated in figures.sums]
    closed = frozenset(place[key] for key in figures.secret)
    table = SummedTable(np.array([figures.values[key] for key in keys], dtype=np.int64), sums, closed)
    hidden = hide(table, rule or default_rule())
    chosen: frozenset[Key] = frozenset(key for key, is_hidden in zip(keys, hidden, strict=True) if is_hidden)
    return replace(figures, hidden=chosen)


def hide(table: SummedTable, rule: SuppressionRule) -> Bools:
    """Choose the cells to hide.

    Args:
        table: non-negative numbers, and sums that hold.
        rule: what is small, how uncertain it must stay.

    Returns:
        True where a cell is hidden: every small one, every closed one that is not zero, and what protects them.
    """
    values = table.values
    small = (values >= rule.smallest) & (values <= rule.largest)
    hidden = small.copy()
    for place in table.closed:
        hidden[place] = values[place] > 0
    # The single cells first, by counting: each search for a table costs a solver's run, and most sums need none.
    while True:
        _cover_single(table, hidden)
        exposed = _exposed(table, hidden, np.flatnonzero(small), rule)
        if not exposed or not _cover(table, hidden, exposed):
            return hidden


def _members(table: SummedTable) -> list[tuple[int, ...]]:
    return [(total, *parts) for total, parts in table.sums]


def _cover_single(table: SummedTable, hidden: Bools) -> None:
    """A sum with one hidden cell gives it away at once: hide a second one, until none is left."""
    groups, again = _members(table), True
    while again:
        # A cell hidden for one sum stands in others and may be the only one there.
        again = False
        for group in groups:
            if sum(bool(hidden[place]) for place in group) == 1:
                again = _hide_one(table, hidden, group) or again


def _hide_one(table: SummedTable, hidden: Bools, group: Sequence[int]) -> bool:
    """Hide the cell of a sum that costs a reader least; False when there is none. A zero protects nothing: readers know zeros."""
    free = [place for place in group if not hidden[place] and table.values[place] > 0]
    if not free:
        return False
    totals = {total for total, _ in table.sums}
    untouched = [members for members in _members(table) if not any(hidden[place] for place in members)]

    def cost(place: int) -> tuple[bool, int, int, int]:
        # A total is what people look for; a cell in sums that are still whole would open each of them to the same question.
        return place in totals, sum(place in members for members in untouched), int(table.values[place]), place

    hidden[min(free, key=cost)] = True
    return True


def _cover(table: SummedTable, hidden: Bools, exposed: Sequence[int]) -> bool:
    """Hide one more cell for each exposed one, as near to it as there is one; False when nothing is left to hide."""
    groups, added = _members(table), False
    for place in exposed:
        # First the sums in which the cell itself stands, then those of the cells that are hidden there, and so on outwards.
        reached = {place}
        while True:
            near = [group for group in groups if reached & set(group)]
            near.sort(key=lambda group: sum(bool(hidden[member]) for member in group))
            if any(_hide_one(table, hidden, group) for group in near):
                added = True
                break
            wider = reached | {member for group in near for member in group if hidden[member]}
            if wider == reached:
                break
            reached = wider
    return added


def _exposed(table: SummedTable, hidden: Bools, small: Ints, rule: SuppressionRule) -> list[int]:
    """Hidden small cells whose possible values lie closer together than the rule wants."""
    if not len(small):
        return []
    reader = _Reader(table, hidden)
    low, high = table.values.copy(), table.values.copy()
    # Many cells at once, in one direction or the other: a few tables clear most of them, the rest are asked one by one.
    dice = np.random.default_rng(0)
    for step in range(ROUNDS):
        narrow = [int(place) for place in small if high[place] - low[place] < rule.spread]
        if not narrow:
            return []
        signs = np.full(len(narrow), 1 if step % 2 else -1) if step < 2 else dice.choice((-1, 1), len(narrow))
        _widen(low, high, reader.extreme(dict(zip(narrow, signs.tolist(), strict=True))))
    exposed = []
    for place in small.tolist():
        for sign in (1, -1):
            if high[place] - low[place] < rule.spread:
                _widen(low, high, reader.extreme({place: sign}))
        if high[place] - low[place] < rule.spread:
            exposed.append(place)
    return exposed


def _widen(low: Ints, high: Ints, table: Ints | None) -> None:
    if table is not None:
        np.minimum(low, table, out=low)
        np.maximum(high, table, out=high)


class _Reader:
    """What a reader of the public version can do: find tables of whole numbers that agree with everything shown."""

    def __init__(self, table: SummedTable, hidden: Bools) -> None:
        self.table = table
        self.places = np.flatnonzero(hidden)
        column = {int(place): number for number, place in enumerate(self.places)}
        rows, rest = [], []
        # Each sum is an equation of its hidden cells; what is shown of it moves to the other side.
        for total, parts in table.sums:
            line = np.zeros(len(self.places))
            shown = 0
            for place, sign in ((total, -1), *((part, 1) for part in parts)):
                if place in column:
                    line[column[place]] += sign
                else:
                    shown += sign * int(table.values[place])
            if line.any():
                rows.append(line)
                rest.append(-shown)
        self.matrix, self.rest = np.array(rows), np.array(rest)
        self.column = column
        # Sums that are not limited by anything shown may grow; a bound keeps the search finite.
        self.most = int(table.values.max()) + 100

    def extreme(self, weights: dict[int, int]) -> Ints | None:
        """A possible table in which the weighted cells are as large as they can be."""
        from scipy import optimize, sparse

        goal = np.zeros(len(self.places))
        for place, weight in weights.items():
            goal[self.column[place]] = -weight
        bounds = optimize.Bounds(1, self.most)
        sums: Any = ()  # the solver refuses a matrix without rows
        if len(self.matrix):
            sums = optimize.LinearConstraint(sparse.csr_array(self.matrix), self.rest, self.rest)
        # A search that takes too long has shown nothing: the cell counts as exposed, and one more is hidden.
        solved = optimize.milp(
            goal, integrality=np.ones(len(goal)), bounds=bounds, constraints=sums, options={"time_limit": 5}
        )
        if solved.x is None:
            return None
        possible = self.table.values.copy()
        possible[self.places] = np.rint(solved.x).astype(np.int64)
        return possible
