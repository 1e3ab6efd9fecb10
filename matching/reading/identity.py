"""Columns of identity numbers: citizen, student and disability numbers, each with status, birth, sex and what is wrong.

The one import for other rooms. The number itself is in `citizen`, one cell in `identity_reading`, repairs and comparisons of two
numbers in `identity_repair`. No comparing of records here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from matching.distinct import as_text, by_distinct, distinct_texts, spread
from matching.reading.citizen import (
    CHECK_CHARACTERS,
    OF_AGE,
    WEIGHTS,
    birth_of,
    check_character,
    check_passes,
    real_date,
    region_known,
    sex_of,
    upgrade_15,
)
from matching.reading.identity_reading import Identity, Kind, NumberContext, clean_number, parse_id, placeholder_words
from matching.reading.identity_repair import Repair, Slip, one_slip, repair_candidates, same_damaged

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Identity",
    "NumberContext",
    "Repair",
    "Slip",
    "birth_of",
    "borrowed",
    "check_character",
    "check_passes",
    "one_slip",
    "parse_id",
    "read_disability_numbers",
    "read_ids",
    "read_student_numbers",
    "region_known",
    "repair_candidates",
    "same_damaged",
    "sex_of",
    "shared_by_names",
    "upgrade_15",
]

Row = tuple[str, ...]
Cell = str | tuple[str, bool]
"""A cell's text, or the text with a flag when the cell was a number."""
ID_COLUMNS = ("value", "status", "birth", "sex", "region", "note", "derived")


def read_ids(
    values: pd.Series,
    damaged: pd.Series | None = None,
    kind: Kind = "child",
    as_of: date | None = None,
    margin_years: int = 2,
) -> pd.DataFrame:
    """Read a column of citizen identity numbers (rules/identifiers.md#citizen-number, #c01 to #c21).

    Args:
        values: the cells as text.
        damaged: true where the cell was a *number* of 16 or more digits; none: no cell was.
        kind: whose numbers are expected.
        as_of: the period's last day, for numbers of adults and of the unborn.
        margin_years: a child's column holds an adult's number from 18 + this age on.

    Returns:
        On the index of `values`, text columns: `value` (18 characters, only when `status` is `valid`), `status`, `birth`, `sex`,
        `region`, `note` (`;`-joined codes of `matching/tables/issues.yaml`), `derived` (see `Identity.derived`).
    """
    texts = as_text(values).to_list()
    flags = [False] * len(texts) if damaged is None else damaged.to_numpy(dtype=bool).tolist()
    keys: list[Cell] = [(text, flag) if flag else text for text, flag in zip(texts, flags, strict=True)]
    positions, distinct = distinct_texts(keys)

    # Plain good numbers by arithmetic on the whole column at once, the rest one by one.
    context = NumberContext(kind, as_of, False, margin_years)
    damaged_context = replace(context, damaged=True)
    plain = _plain_rows([cell for cell in distinct if isinstance(cell, str)], context)
    others = {
        cell: parse_id(cell, context) if isinstance(cell, str) else parse_id(cell[0], damaged_context)
        for cell in distinct
        if cell not in plain
    }
    _judge_column(others, len(plain), any(not isinstance(cell, str) for cell in others))
    rest = {
        cell: (each.value, each.status, each.birth, each.sex, each.region, ";".join(each.issues), each.derived)
        for cell, each in others.items()
    }
    rows = [plain.get(cell) or rest[cell] for cell in distinct]
    return _mark_filled_down(texts, spread(rows, positions, values.index, ID_COLUMNS))


def _plain_rows(texts: list[str], context: NumberContext) -> dict[Cell, Row]:
    """The rows of passing numbers that need no second look; the others are left to `parse_id`."""
    import numpy as np

    numbers = [text for text in texts if len(text) == 18 and text.isascii() and text[:17].isdigit()]
    if not numbers:
        return {}
    # One product of a matrix instead of a loop per number.
    letters = np.frombuffer("".join(numbers).encode("ascii"), dtype=np.uint8).reshape(-1, 18)
    total = (letters[:, :17].astype(np.int32) - 48) @ np.array(WEIGHTS, dtype=np.int32)
    passes = letters[:, 17] == np.frombuffer(CHECK_CHARACTERS.encode("ascii"), dtype=np.uint8)[total % 11]

    # Areas and birth dates repeat from number to number: each is judged once.
    births: dict[str, str] = {}
    regions: dict[str, str] = {}
    rows: dict[Cell, Row] = {}
    for number, good in zip(numbers, passes.tolist(), strict=True):
        region, digits = number[:6], number[6:14]
        if not good or number.endswith("000"):
            continue
        if digits not in births:
            births[digits] = _sure_birth(digits, context)
        if region not in regions:
            regions[region] = "" if region_known(region) else "region_unknown"
        if births[digits]:
            sex = "1" if number[16] in "13579" else "2"
            rows[number] = (number, "valid", births[digits], sex, region, regions[region], "")
    return rows


def _sure_birth(digits: str, context: NumberContext) -> str:
    """ISO birth date, or "" when it is no date, in the future, perhaps an adult's, or of a repeated digit."""
    birth = real_date(digits)
    if not birth or len(set(digits)) <= 2:
        return ""
    if context.as_of is not None:
        # By the year alone, which is quick and on the safe side: who may be grown up is looked at with the day.
        grown = f"{context.as_of.year - OF_AGE - context.margin_years:04d}"
        if birth > context.as_of.isoformat() or (context.kind == "child" and birth[:4] <= grown):
            return ""
    return birth


def _judge_column(answers: dict[Cell, Identity], good: int, any_flag: bool) -> None:
    """By column, not by cell: among numbers that Excel cut, 1 in 11 passes its check by chance (rules/identifiers.md#c05)."""
    cut = sum(answer.status == "damaged" and "C05" in answer.issues for answer in answers.values())
    valid = good + sum(answer.status == "valid" for answer in answers.values())
    for key, answer in answers.items():
        # 0000 at the end stands for nothing in a typed column; in a column that a spreadsheet has cut it is a cut number like the others.
        if answer.status == "placeholder" and answer.derived.endswith("0***") and (cut or any_flag):
            answers[key] = replace(answer, status="damaged", issues=("C05",))
        # Damage makes cut / 10 passing ones, nature one in 1,100.
        elif answer.value.endswith("000") and cut >= 2 and cut * 110 > valid:
            pattern = answer.value[:15] + "***"
            answers[key] = replace(answer, status="damaged", value="", sex="", derived=pattern, issues=("C05",))


def _mark_filled_down(cells: list[str], frame: pd.DataFrame) -> pd.DataFrame:
    """A failing number that is the one above it plus one was made by the fill handle (rules/identifiers.md#c15)."""
    # Only the failing one is marked: the fill handle starts from a number that was good.
    import numpy as np

    failing = frame["status"].isin(["bad_check"]).to_numpy()
    if not failing.any():
        return frame

    def counted_up(place: int) -> bool:
        above, here = cells[place - 1], cells[place]
        return above.isdigit() and here.isdigit() and len(above) == len(here) == 18 and int(here) - int(above) == 1

    hits = [place for place in np.flatnonzero(failing).tolist() if place and counted_up(place)]
    if hits:
        notes = frame["note"].to_numpy(dtype=object, copy=True)
        notes[hits] = [f"{notes[place]};C15" for place in hits]
        frame["note"] = notes
    return frame


STUDENT_COLUMNS = ("value", "kind", "id", "birth", "note")
_LETTER18 = re.compile(r"([GLJ])(\d{17}[\dX])")
_CERTIFICATE = re.compile(r"(\d{17}[\dX])([1-7])([1-49])(?:B(\d)?|(\d))?")


def read_student_numbers(values: pd.Series) -> pd.DataFrame:
    """Read a column of national student numbers (rules/identifiers.md#student-number).

    Returns:
        `value` (cleaned, any shape; "" for a placeholder), `kind` (`G`, `L`, `J` or ""), `id` (18 characters, only of a `G` whose
        check passes), `birth` (ISO, of `L` and `J` a weak hint), `note`.
    """
    return by_distinct(values, _student_number, STUDENT_COLUMNS)


def _student_number(text: str) -> tuple[str, ...]:
    number, issues = clean_number(text)
    number = number.upper()
    if not number or number in placeholder_words():
        return ("", "", "", "", "C16" if number else "")
    match = _LETTER18.fullmatch(number)
    if match is None:
        odd = "student_shape" if number[0] in "GLJ" else ""
        return (number, "", "", "", ";".join([*issues, *([odd] if odd else [])]))
    letter, rest = match[1], match[2]
    good = check_passes(rest) and bool(birth_of(rest))
    if letter == "G" and not good:
        issues.append("student_check")
    return (number, letter, rest if letter == "G" and good else "", birth_of(rest), ";".join(issues))


DISABILITY_COLUMNS = ("value", "id", "type", "level", "reissue", "note")


def read_disability_numbers(values: pd.Series) -> pd.DataFrame:
    """Read a column of disability certificate numbers (rules/identifiers.md#certificate-number).

    Returns:
        `value` (cleaned), `id` (the first 18, only when they pass), `type` 1-7, `level` 1-4 (9 = not yet rated), `reissue` (digit
        after `B`), `note`.
    """
    return by_distinct(values, _disability_number, DISABILITY_COLUMNS)


def _disability_number(text: str) -> tuple[str, ...]:
    number, issues = clean_number(text)
    number = number.upper()
    if not number or number in placeholder_words():
        return ("", "", "", "", "", "C16" if number else "")
    match = _CERTIFICATE.fullmatch(number)
    if match is None:
        bare = parse_id(number)
        issues.append("certificate_bare" if bare.status == "valid" else "certificate_shape")
        return (number, bare.value, "", "", "", ";".join(issues))
    good = check_passes(match[1]) and bool(birth_of(match[1]))
    if not good:
        issues.append("certificate_check")
    return (number, match[1] if good else "", match[2], match[3], match[4] or match[5] or "", ";".join(issues))


def borrowed(numbers: pd.Series, others: list[pd.Series]) -> pd.Series:
    """Rows whose own number also stands in a guardian's column of the same row (rules/identifiers.md#c14).

    Args:
        numbers: 18-character numbers or "".
        others: guardian columns on the same index.

    Returns:
        Booleans on the index of `numbers`.
    """
    hit = numbers.ne(numbers)
    for other in others:
        hit |= numbers.eq(other)
    return hit & numbers.ne("")


def shared_by_names(numbers: pd.Series, names: pd.Series, most: int = 2) -> pd.Series:
    """Values that more than `most` different names share: they identify nobody (rules/identifiers.md#placeholders).

    Returns:
        Booleans on the index of `numbers`.
    """
    known = numbers.ne("") & names.ne("")
    counts = names[known].groupby(numbers[known]).nunique()
    return numbers.isin(counts.index[counts > most]) & numbers.ne("")
