"""From a returned file's grids to its lines: columns found by their headings, or by what stands in them.

Belongs here: where number and answer stand, and what the file says about itself. Not here: whether a line can be taken
(`judging`), opening the file (`pipelines.resources.reading`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from assets.replies.words import COLUMNS, ReplyWords, reply_words
from expectations.life.numbering import looks_like
from pipelines.resources.reading import Grid, Reading
from pipelines.resources.reading.bounds import letters_of

# So many numbers in a column that has lost its heading are no accident.
_LEAST_NUMBERS = 2


@dataclass(frozen=True, slots=True)
class ReturnedColumn:
    """A column of a returned sheet: which of ours it is, the letters that a spreadsheet gives it, its heading as our own workbooks have it."""

    name: str
    letters: str
    heading: str


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """One line of a returned file, as written; `row` is the one a person sees, `columns` those that its sheet has."""

    file: str
    sheet: str
    row: int
    number: str
    answer: str = ""
    answered_on: str = ""
    answered_by: str = ""
    note: str = ""
    columns: tuple[ReturnedColumn, ...] = ()


@dataclass(frozen=True)
class ReturnedFile:
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
    lines: Sequence[ReturnedLine]
    sheets: Sequence[str] = ()
    titles: Sequence[str] = ()

    @property
    def kind(self) -> str:
        """What kind of workbook it is: `findings` unless it says otherwise."""
        return self.facts.get("tongbi", "findings")


def read_lines(reading: Reading, file: str, sha256: str, sender: str = "") -> ReturnedFile:
    """The lines of one file."""
    words = reply_words()
    facts: dict[str, str] = {}
    lines: list[ReturnedLine] = []
    blind: list[str] = []
    titles: list[str] = []
    for grid in reading.grids:
        if hidden_sheet := _facts(grid, words):
            facts = hidden_sheet
            continue
        # 民乐县顺化镇　无户籍核查清单: county and recipient stand before the wide space. The title survives where a
        # program that knows no hidden sheets has saved the file anew.
        first_row = [str(cell) for cell in grid.cells.iloc[0]] if len(grid.cells) else []
        titles += [plain(cell.split("\u3000")[0]) for cell in first_row if "\u3000" in cell]
        sheet_lines = _sheet_lines(grid, file, words)
        lines += sheet_lines or []
        if sheet_lines is None and not grid.hidden:
            blind.append(grid.sheet)
    # Sheets without numbers are told only when no sheet had any: an instruction sheet beside a list is no fault.
    return ReturnedFile(file, sha256, facts, sender, lines, blind if not lines else (), tuple(dict.fromkeys(titles)))


def _facts(grid: Grid, words: ReplyWords) -> dict[str, str]:
    """What the hidden sheet says of the workbook; nothing where the grid is another sheet."""
    cells = grid.cells
    # By its first cell, too: the sheet may have lost its name.
    if cells.empty or not (grid.sheet == words.dictionary_sheet or str(cells.iat[0, 0]) == "tongbi"):
        return {}
    values = cells[1] if 1 in cells else pd.Series([""] * len(cells), index=cells.index)
    return {str(name): str(value) for name, value in zip(cells[0], values, strict=True) if name}


def _sheet_lines(grid: Grid, file: str, words: ReplyWords) -> list[ReturnedLine] | None:
    """The sheet's lines, None when it has no number column."""
    heading, columns = _headed(grid.cells, words)
    if "number" not in columns:
        column = _numbered_column(grid.cells)
        if column is None:
            return None
        columns = {**columns, "number": column}
    body = grid.cells[grid.cells.index > heading]
    values = {name: body[column].astype(str).str.strip().tolist() for name, column in columns.items()}
    headings = {plain(word) for spellings in words.headings().values() for word in spellings}
    known = _named(grid.cells, heading, columns)
    lines = []
    for place, row in enumerate(body.index):
        texts = {name: column[place] for name, column in values.items()}
        # An answer without a number is a line, too: the number was deleted, and somebody has to be told. A heading that is
        # printed again on the next page looks like such a line and is none.
        if looks_like(texts["number"]) or (texts.get("answer") and plain(texts["number"]) not in headings):
            lines.append(ReturnedLine(file, grid.sheet, int(row), **texts, columns=known))
    return lines


def _named(cells: pd.DataFrame, heading: int, columns: Mapping[str, int]) -> tuple[ReturnedColumn, ...]:
    """The columns as a person finds them."""
    headings = cells.loc[heading] if heading in cells.index else None
    return tuple(
        ReturnedColumn(
            name, letters_of(column + 1), "" if headings is None else "".join(str(headings.iloc[column]).split())
        )
        for name, column in columns.items()
    )


def _headed(cells: pd.DataFrame, words: ReplyWords) -> tuple[int, dict[str, int]]:
    """The heading's row and the columns under known headings: the row of the first rows that knows most of them."""
    best: tuple[int, dict[str, int]] = (0, {})
    for row in cells.index[: words.heading_rows]:
        columns = _columns([str(cell) for cell in cells.loc[row]], words)
        if len(columns) > len(best[1]):
            best = (int(row), columns)
    # One known word alone is no heading: 说明 or 日期 may stand in any cell.
    return best if len(best[1]) >= 2 or "number" in best[1] else (0, {})


def _columns(texts: Sequence[str], words: ReplyWords) -> dict[str, int]:
    headings = [plain(text) for text in texts]
    columns: dict[str, int] = {}
    for name in COLUMNS:
        for word in words.headings()[name]:
            places = [
                place for place, text in enumerate(headings) if text == plain(word) and place not in columns.values()
            ]
            if places:
                # What is filled in stands at the right of our own sheets; a 说明 further left is ours, about the line.
                columns[name] = places[-1] if name != "number" else places[0]
                break
    return columns


def _numbered_column(cells: pd.DataFrame) -> int | None:
    """The column in which numbers stand, when its heading is gone."""
    counts = {place: int(cells.iloc[:, place].astype(str).map(looks_like).sum()) for place in range(cells.shape[1])}
    best = max(counts, key=lambda place: counts[place], default=None)
    return best if best is not None and counts[best] >= _LEAST_NUMBERS else None


def plain(text: str) -> str:
    """A text as it is compared: full-width and spaces do not count, brackets are of one kind."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(folded.split()).strip("。.;；,，、:：*").lower()


def own_kind(reading: Reading) -> str:
    """What kind of our own workbooks a file is, as it says itself (`findings`, `conflicts`, `review`, `query`); "" for any other file.

    One that lost its hidden sheet is known by the numbers of its lines under their heading, beside a column for answers. Only the beginning of each
    sheet is looked at.
    """
    words = reply_words()
    for grid in reading.grids:
        if kind := _facts(grid, words).get("tongbi", ""):
            return kind
    for grid in reading.grids:
        head = grid.cells.iloc[: 2 * words.heading_rows]
        heading, columns = _headed(head, words)
        if "number" not in columns or "answer" not in columns:
            continue
        numbers = head.loc[head.index > heading].iloc[:, columns["number"]].astype(str)
        if numbers.map(looks_like).any():
            return "findings"
    return ""
