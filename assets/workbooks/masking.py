"""Masking of numbers, names and telephones for readers who do not need them whole (trust.md C3.2).

Here: pure functions from one text to one text, and their application to a column. Not here: who may
see what (`layout.yaml`).
How much stays visible is fixed by `MaskRule`, which the layout sets within bounds (layout.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

STAR = "*"
LEAST_HIDDEN_DIGITS = 4
MaskKind = Literal["none", "id", "name", "phone"]
LONG_NUMBER = re.compile(r"(?<![0-9])[0-9]{14,22}[0-9Xx]?(?![0-9])")
MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


@dataclass(frozen=True, slots=True)
class MaskRule:
    """How many characters of a number stay visible at either end.

    The tail of a citizen number is two characters by default: with the date of birth in the next
    column, four would give the whole number back.
    """

    id_head: int = 4
    id_tail: int = 2
    phone_head: int = 3
    phone_tail: int = 4


DEFAULT_RULE = MaskRule()


def _cover(text: str, head: int, tail: int, hidden: int) -> str:
    """Keep `head` and `tail` characters if at least `hidden` become stars; otherwise everything does."""
    if len(text) - head - tail < hidden:
        return STAR * len(text)
    return text[:head] + STAR * (len(text) - head - tail) + text[len(text) - tail :]


def mask_id(text: str, rule: MaskRule = DEFAULT_RULE) -> str:
    """Mask a citizen, student or certificate number: `6207************34`.

    Short and broken numbers are hidden whole.
    """
    plain = text.strip()
    return _cover(plain, rule.id_head, rule.id_tail, (len(plain) + 1) // 2)


def mask_name(text: str) -> str:
    """Mask a personal name: 张*明, 李*; one character alone is hidden."""
    name = text.strip()
    if len(name) <= 1:
        return STAR * len(name)
    return name[0] + STAR if len(name) == 2 else name[0] + STAR * (len(name) - 2) + name[-1]


def mask_phone(text: str, rule: MaskRule = DEFAULT_RULE) -> str:
    """Mask every number in a telephone cell; letters and characters (names written beside it) are hidden too."""

    def cover(found: re.Match[str]) -> str:
        digits = found.group()
        return (
            _cover(digits, rule.phone_head, rule.phone_tail, LEAST_HIDDEN_DIGITS)
            if len(digits) >= 11
            else STAR * len(digits)
        )

    covered = re.sub(r"[0-9]+", cover, text.strip())
    return re.sub(r"[^\W0-9_]", STAR, covered)


def scrub(text: str, rule: MaskRule = DEFAULT_RULE) -> str:
    """Mask citizen-number-like and mobile numbers that stand inside free text (an address, a file name)."""
    covered = LONG_NUMBER.sub(lambda found: mask_id(found.group(), rule), text)
    return MOBILE.sub(lambda found: mask_phone(found.group(), rule), covered)


def mask_column(column: pd.Series[str], kind: MaskKind, rule: MaskRule = DEFAULT_RULE) -> pd.Series[str]:
    """Mask a text column, computing each distinct value once. `none` still scrubs numbers out of free text."""
    tasks: dict[MaskKind, Callable[[str], str]] = {
        "id": lambda text: mask_id(text, rule),
        "phone": lambda text: mask_phone(text, rule),
        "name": mask_name,
        "none": lambda text: scrub(text, rule),
    }
    task = tasks[kind]
    return column.map({value: task(value) for value in column.unique()}).astype(object)
