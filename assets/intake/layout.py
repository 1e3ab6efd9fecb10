"""Finding the heading of a sheet: titles above it, two-level and merged headings (rules/files.md#ff4, #ff5).

Belongs here: where the heading is and how it is flattened. Does not belong here: what the columns mean (`mapping`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from assets.intake.contract import load_dictionary
from assets.intake.headings import Aliases, normalise_heading
from assets.intake.notices import GridLike

DEPTH = 3


@dataclass(frozen=True)
class Heading:
    """A heading found: positions (0-based) of its first and last row, flattened names, number of known ones."""

    first: int
    last: int
    names: list[str]
    hits: int


def find_heading(grid: GridLike, aliases: Aliases) -> Heading | None:
    """The best heading among the first 30 filled rows, one to three levels deep; None when no row looks like one."""
    words = load_dictionary().rows
    head = (grid.cells.iloc[: words.scan * 4] != "").any(axis=1).to_numpy()
    numbers = [position for position, filled in enumerate(head) if filled][: words.scan]
    lines = grid.cells.iloc[: max(numbers, default=-1) + 1].to_numpy(dtype=object).tolist()
    best: Heading | None = None
    for row in numbers:
        # One level first: only a deeper heading that knows more is a better one, so that a title above is not joined to it.
        for first in range(row, max(row - DEPTH, -1), -1):
            levels, least = lines[first : row + 1], best.hits + 1 if best else 1
            if first == row or _stacked(levels):
                spans = _spans(grid, first, row) if first < row else {}
                best = _candidate((first, row), flatten(levels, spans), aliases, least) or best
    return best if best is not None and best.hits >= words.least_hits else None


def _candidate(rows: tuple[int, int], names: list[str], aliases: Aliases, least: int) -> Heading | None:
    """The heading that these rows would be, None when it is none or knows fewer than `least` names."""
    words = [name for name in names if name]
    # A data row or an instruction may hold a heading's word: most filled cells of a real heading are headings.
    enough = max(least, 0.4 * len(words))
    hits, left = 0, len(words)
    for word in words:
        # The first unknown cells of a data row tell: thirty rows are asked at three depths, and few of them are headings.
        if hits + left < enough:
            return None
        hits, left = hits + aliases.find(word).known, left - 1
    sentences_and_numbers = sum(len(word) > 40 or normalise_heading(word).isdigit() for word in words)
    return Heading(*rows, names, hits) if hits >= enough and sentences_and_numbers <= 0.3 * len(words) else None


def _stacked(levels: list[list[str]]) -> bool:
    """Upper rows of a real stacked heading have gaps that lower rows fill, and no row is empty or a lone title."""
    for upper, lower in pairwise(levels):
        filled = [cell for cell in upper if cell]
        # One cell alone is a title over the whole table, and would stand before every name.
        if len(filled) < 2 or not any(cell for cell in lower):
            return False
        if not any(below and not above for above, below in zip(upper, lower, strict=True)) and len(filled) == len(
            upper
        ):
            return False
    return True


def _spans(grid: GridLike, first: int, last: int) -> dict[tuple[int, int], int]:
    """How far to the right each merged heading cell reaches: {(level, column): last column}."""
    index = grid.cells.index
    numbers = {int(index[row]): row - first for row in range(first, last + 1)}
    return {
        (numbers[row0], column0): column1
        for row0, column0, _row1, column1 in grid.merged
        if row0 in numbers and column1 > column0
    }


def flatten(levels: list[list[str]], spans: dict[tuple[int, int], int]) -> list[str]:
    """One name per column: upper names are carried to the right, levels are joined with `.`, equal neighbours once.

    With merged ranges only these are carried; without any (CSV, HTML) an upper name is carried over the empty cells
    beside it that have something below.
    """
    columns = len(levels[-1])
    # Without blanks and breaks: headings are spread over their cell's width (姓　名) and broken by hand.
    filled = [["".join(cell.split()) for cell in level] for level in levels]
    for depth, level in enumerate(filled[:-1]):
        carried = [(column, end) for (at, column), end in spans.items() if at == depth]
        if carried:
            for column, end in carried:
                for each in range(column + 1, min(end, columns - 1) + 1):
                    level[each] = level[each] or level[column]
        else:
            _carry_right(level, filled[depth + 1])
    return [".".join(dict.fromkeys(level[column] for level in filled if level[column])) for column in range(columns)]


def _carry_right(level: list[str], below: list[str]) -> None:
    last, under = "", ""
    for column, cell in enumerate(level):
        if cell:
            last, under = cell, below[column]
        # A name with nothing below itself is a column of one level: it has no neighbours to be carried to.
        elif last and under and below[column]:
            level[column] = last
        else:
            last = ""
