"""From a returned file's grids to its lines: columns found by their headings, or by what stands in them.

Belongs here: where number and answer stand, and what the file says about itself. Not here: whether a line can be taken
(`judging`), opening the file (`pipelines.resources.reading`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from assets.replies.words import COLUMNS, Words, reply_words
from expectations.life.numbering import looks_like
from pipelines.resources.reading import Grid, Reading

# So many numbers in a column that has lost its heading are no accident.
_LEAST_NUMBERS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a returned file, as written; `row` is the one a person sees."""

    file: str
    sheet: str
    row: int
    number: str
    answer: str = ""
    answered_on: str = ""
    answered_by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Returned:
    """A returned file.

    Attributes:
        file: its name below the folder.
        sha256: of its content.
        facts: what the hidden sheet says (`tongbi, period, kind, recipient, layout`); empty when it was lost.
        sender: the folder it lay in, "" when it lay in none.
        lines: every line with a number, or something like one.
        sheets: sheets in which no number column was found though they have rows.
        titles: the beginnings of the titles above the lists: county and recipient, as compared (`plain`).
    """

    file: str
    sha256: str
    facts: Mapping[str, str]
    sender: str
    lines: Sequence[Line]
    sheets: Sequence[str] = ()
    titles: Sequence[str] = ()

    @property
    def kind(self) -> str:
        """What kind of workbook it is: `findings` unless it says otherwise."""
        return self.facts.get("tongbi", "findings")


def read_lines(reading: Reading, file: str, sha256: str, sender: str = "") -> Returned:
    """The lines of one file."""
    words = reply_words()
    facts: dict[str, str] = {}
    lines: list[Line] = []
    blind: list[str] = []
    titles: list[str] = []
    for grid in reading.grids:
        if found := _facts(grid, words):
            facts = found
            continue
        mine = _sheet_lines(grid, file, words)
        titles += _titles(grid)
        lines += mine or []
        if mine is None and not grid.hidden:
            blind.append(grid.sheet)
    return Returned(file, sha256, facts, sender, lines, blind if not lines else (), tuple(dict.fromkeys(titles)))


def _titles(grid: Grid) -> list[str]:
    """County and recipient of a title such as 民乐县顺化镇　无户籍核查清单."""
    first = [str(cell) for cell in grid.cells.iloc[0]] if len(grid.cells) else []
    return [plain(cell.split("\u3000")[0]) for cell in first if "\u3000" in cell]


def _facts(grid: Grid, words: Words) -> dict[str, str]:
    cells = grid.cells
    if cells.empty or not (grid.sheet == words.dictionary_sheet or str(cells.iat[0, 0]) == "tongbi"):
        return {}
    second = cells[1] if 1 in cells else pd.Series([""] * len(cells), index=cells.index)
    return {str(name): str(value) for name, value in zip(cells[0], second, strict=True) if name}


def _sheet_lines(grid: Grid, file: str, words: Words) -> list[Line] | None:
    """The sheet's lines, None when it has no number column."""
    heading, columns = _headed(grid.cells, words)
    if "number" not in columns:
        column = _numbered_column(grid.cells)
        if column is None:
            return None
        columns = {**columns, "number": column}
    found = []
    body = grid.cells[grid.cells.index > heading]
    values = {name: body[column].astype(str).str.strip().tolist() for name, column in columns.items()}
    for place, row in enumerate(body.index):
        texts = {name: column[place] for name, column in values.items()}
        if _is_line(texts):
            found.append(Line(file, grid.sheet, int(row), **texts))
    return found


def _is_line(texts: Mapping[str, str]) -> bool:
    """A line has a number, or something that was one, or an answer without any (the number was deleted)."""
    if looks_like(texts["number"]):
        return True
    return bool(texts.get("answer")) and plain(texts["number"]) not in _all_headings()


def _all_headings() -> set[str]:
    return {plain(word) for words in reply_words().headings().values() for word in words}


def _headed(cells: pd.DataFrame, words: Words) -> tuple[int, dict[str, int]]:
    """The heading's row and the columns under known headings: the row of the first rows that knows most of them."""
    best: tuple[int, dict[str, int]] = (0, {})
    for row in cells.index[: words.heading_rows]:
        found = _columns([str(cell) for cell in cells.loc[row]], words)
        if len(found) > len(best[1]):
            best = (int(row), found)
    return best if len(best[1]) >= 2 or "number" in best[1] else (0, {})


def _columns(texts: Sequence[str], words: Words) -> dict[str, int]:
    said = [plain(text) for text in texts]
    found: dict[str, int] = {}
    for name in COLUMNS:
        for word in words.headings()[name]:
            places = [place for place, text in enumerate(said) if text == plain(word) and place not in found.values()]
            if places:
                found[name] = places[-1] if name != "number" else places[0]
                break
    return found


def _numbered_column(cells: pd.DataFrame) -> int | None:
    """The column in which numbers stand, when its heading is gone."""
    counts = {place: int(cells.iloc[:, place].astype(str).map(looks_like).sum()) for place in range(cells.shape[1])}
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if best is not None and counts[best] >= _LEAST_NUMBERS else None


def plain(text: str) -> str:
    """A text as it is compared: full-width and spaces do not count, brackets are of one kind."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(folded.split()).strip("。.;；,，、:：*").lower()
