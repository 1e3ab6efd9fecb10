"""What kind of row each row is: data, blank, total, signature, note, repeated heading (rules/files.md#ff9).

Belongs here: deciding the kind of rows below a heading. Does not belong here: finding the heading (`layout`).
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from assets.intake.contract import load_dictionary
from assets.intake.headings import normalise_heading
from assets.intake.mapping import Mapping
from assets.intake.profile import share

KEYS = ("name", "id_no", "student_no", "disability_no", "birth_date")
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")


def classify(cells: pd.DataFrame, headings: list[str], mapping: Mapping) -> np.ndarray:
    """The kind of every row of `cells` (rows below the heading).

    Returns:
        Array of `data, blank, repeated_heading, total, signature, note, title`, one per row.
    """
    values = cells.to_numpy(dtype=object)
    filled = values != ""
    counts = filled.sum(axis=1)
    kinds = np.full(len(cells), "data", dtype=object)
    sequence = mapping.sequence
    # Forms come with their running numbers printed far below the last child: such a row is blank.
    if sequence is not None:
        running = pd.Series(values[:, sequence]).str.fullmatch(r"\s*\d{0,7}(?:\.0)?\s*").to_numpy(dtype=bool)
        counts = counts - (filled[:, sequence] & running)
    kinds[counts == 0] = "blank"
    if not len(cells):
        return kinds
    first = values[np.arange(len(values)), filled.argmax(axis=1)]
    for row in _suspects(first, counts, cells, mapping):
        if kinds[row] == "data":
            kinds[row] = _kind_of(values[row], headings, mapping)
    return kinds


def _suspects(first: np.ndarray, counts: np.ndarray, cells: pd.DataFrame, mapping: Mapping) -> np.ndarray:
    """Rows worth a closer look: few cells, no child's number, or a first cell that says what it is."""
    # A register has a hundred thousand rows with a number each: only these few are read cell by cell.
    words = load_dictionary().rows
    pattern = re.compile(f"^(?:{words.total}|{words.signature}|{words.note}|{words.example})")
    distinct = {text: pattern.match(_BLANKS.sub("", text)) is not None for text in set(first)}
    labelled = np.array([distinct[text] for text in first], dtype=bool)  # of no rows it would be numbers
    bare = np.ones(len(cells), dtype=bool)
    for field in KEYS[1:]:
        for position in mapping.positions(field):
            bare &= ~cells.iloc[:, position].str.contains(r"\d", regex=True).to_numpy(dtype=bool)
    return np.flatnonzero(labelled | (counts <= 2) | bare)


def _kind_of(row: np.ndarray, headings: list[str], mapping: Mapping) -> str:
    texts = [_BLANKS.sub("", cell) for cell in row]
    filled = [text for text in texts if text]
    words = load_dictionary().rows
    number = texts[mapping.sequence] if mapping.sequence is not None else ""
    if not filled or (filled == [number] and number.isdigit()):
        return "blank"
    if _same_heading(texts, headings, mapping):
        return "repeated_heading"
    if re.fullmatch(words.example, filled[0]):
        return "note"
    # A row with somebody's number or day is a child's, whatever its first cell says.
    positions = {position for field in KEYS[1:] for position in mapping.positions(field)}
    if any(re.search(r"\d{6}", texts[position]) for position in positions):
        return "data"
    if re.match(words.total, filled[0]) or any(re.fullmatch(f"(?:{words.total})[:：]?", text) for text in filled[:4]):
        return "total"
    if len(filled) <= 8 and re.match(words.signature, filled[0]):
        return "signature"
    if len(filled) <= 2 and re.match(words.note, filled[0]):
        return "note"
    if len(filled) == 1:
        return _lonely(texts, mapping)
    return "data"


def _lonely(texts: list[str], mapping: Mapping) -> str:
    """A row with one cell: a section title (township), a note, or a child of whom only the name is left."""
    position = next(i for i, text in enumerate(texts) if text)
    # A child without anything but a name is told to the department; only at the left edge, where titles stand, it cannot be told from one.
    if position in mapping.positions("name") and position != 0:
        return "data"
    text = texts[position]
    words = load_dictionary().rows
    if re.search(words.signature, text):
        return "signature"
    if position == 0 and (re.search(load_dictionary().carried["town"], text) or len(text) > 6):
        return "title" if len(text) <= 40 else "note"
    return "note" if len(text) > 15 else "data"


def _same_heading(texts: list[str], headings: list[str], mapping: Mapping) -> bool:
    pairs = [(text, head) for text, head in zip(texts, headings, strict=True) if text]
    if len(pairs) < 2:
        return False
    # A heading of two levels is repeated by its lower line, which alone stands in this row.
    last = [re.split(r"[.．]", head)[-1] if head.strip() else "" for _, head in pairs]
    same = sum(
        normalise_heading(text) in {normalise_heading(tail), normalise_heading(head)}
        for (text, head), tail in zip(pairs, last, strict=True)
    )
    return same >= max(2, 0.6 * len(pairs))


def strange_headings(cells: pd.DataFrame, mapping: Mapping) -> int:
    """How many rows at the top of a sheet read by position are headings in words that nobody knows (rules/files.md#ff11).

    Such a row holds words in the columns of numbers, dates and sex, and not one of them looks like what belongs there.
    """
    columns = [(field, places[0]) for field in ("sex", *KEYS[1:]) if (places := mapping.positions(field))]
    top = cells.head(3).to_numpy(dtype=object)
    for at, row in enumerate(top):
        words = [(field, str(row[position])) for field, position in columns if str(row[position]).strip()]
        if len(words) < 2 or any(share([text], field) or re.search(r"\d{4}", text) for field, text in words):
            return at
    return len(top)


def stated_total(row: pd.Series) -> int | None:
    """The number a total row states: 「合计：1771人」 or a lone whole number beside 合计; None when unclear."""
    texts = [_BLANKS.sub("", str(cell)) for cell in row if str(cell).strip()]
    for text in texts:
        if number := re.search(r"(\d+)\s*[人名个条]", text):
            return int(number[1])
        if number := re.fullmatch(r"(?:合计|小计|总计|共计|总人数)[:：]?(\d+)", text):
            return int(number[1])
    # Several of them are sums of several columns, and which one counts children nobody says.
    numbers = [text for text in texts if re.fullmatch(r"\d{1,7}(?:\.0)?", text)]
    return int(float(numbers[0])) if len(numbers) == 1 else None
