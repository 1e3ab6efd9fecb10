"""Rows whose cells slipped into other columns (rules/identifiers.md#c19): put right when evident, marked otherwise.

Belongs here: moving whole cells within a row. Does not belong here: correcting a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from assets.intake.contract import load_dictionary
from assets.intake.mapping import Mapping

Cells = npt.NDArray[np.object_]
REALIGNED, SHIFTED = "realigned", "shifted_row"
_KEYS = {"name": "name", "id_no": "id_no", "sex": "sex", "birth_date": "birth_date", "student_no": "student_no"}
_KEYS |= {"disability_no": "disability_no", "father_id": "id_no", "mother_id": "id_no", "guardian_id": "id_no"}
_ODD_NAME = re.compile(r"[\d'’\-/.XxGLJ\s年月日]{4,}|[男女]")
_BLANKS = re.compile(r"\s+")


def realign(cells: Cells, mapping: Mapping) -> tuple[Cells, Cells]:
    """Put slipped rows right.

    Args:
        cells: data rows as they came.
        mapping: the columns' meaning.

    Returns:
        The cells (a copy when anything moved) and one text per row: "", `realigned` or `shifted_row`.
    """
    marks = np.full(len(cells), "", dtype=object)
    name = next(iter(mapping.positions("name")), None)
    keys = {mapping.positions(field)[0]: shape for field, shape in _KEYS.items() if mapping.positions(field)}
    if name is None or len(keys) < 2:
        return cells, marks
    # A row slips as a whole, so its name's cell shows it: rows with an ordinary name are not tried at all.
    odd = {text for text in set(cells[:, name]) if not text or _ODD_NAME.fullmatch(_BLANKS.sub("", text))}
    if not odd:
        return cells, marks
    patterns = {position: re.compile(load_dictionary().shapes[shape]) for position, shape in keys.items()}
    moved = cells.copy()
    for row in np.flatnonzero(np.isin(cells[:, name], list(odd))):
        better = _best(list(cells[row]), patterns, name)
        if better is not None:
            moved[row], marks[row] = better, REALIGNED
        # Without a name it is a row without a name, and that is said of it already.
        elif cells[row, name] and _score(list(cells[row]), patterns) * 2 < len(patterns):
            marks[row] = SHIFTED
    return moved, marks


def _score(row: list[str], patterns: dict[int, re.Pattern[str]]) -> int:
    return sum(patterns[position].fullmatch(_BLANKS.sub("", row[position])) is not None for position in patterns)


def _best(row: list[str], patterns: dict[int, re.Pattern[str]], name: int) -> list[str] | None:
    """The arrangement that fits clearly better: two more key columns than now, with a name in the name column."""
    now = _score(row, patterns)
    # One more is no evidence: a father's number fits the child's column as well as its own.
    best, best_score = None, now + 1
    for candidate in _arrangements(row, sorted(patterns), name):
        score = _score(candidate, patterns)
        if score > best_score and patterns[name].fullmatch(_BLANKS.sub("", candidate[name])):
            best, best_score = candidate, score
    return best


def _arrangements(row: list[str], keys: list[int], name: int) -> Iterator[list[str]]:
    """The row with two cells exchanged, and with one or two cells pushed in or taken out."""
    for other in keys:
        if other != name:
            swapped = list(row)
            swapped[name], swapped[other] = row[other], row[name]
            yield swapped
    for steps in (1, 2):
        for at in range(keys[-1] + 1):
            # Only empty cells are pushed out; but what was put in before the whole row (a mark, a number) may go: the raw row has it.
            if not any(row[len(row) - steps :]):
                yield row[:at] + [""] * steps + row[at : len(row) - steps]
            if not any(row[at : at + steps]) or at == 0:
                yield row[:at] + row[at + steps :] + [""] * steps
