"""Masking of numbers, names and telephones for readers who do not need them whole (rules/law.md#masking).

Here: pure functions from one text to one text, and their application to a column. Not here: who may
see what (`layout.yaml`).
How much stays visible, and of which fields, is the place's profile alone (section `masking`, within bounds); `MaskRule` carries it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pandas as pd

from expectations.jurisdictions.profile import Profile, load_profile

STAR = "*"
LEAST_HIDDEN_DIGITS = 4
MaskKind = Literal["none", "open", "id", "name", "phone"]
# Wider than the numbers are (15 and 18, 20 and more on a disability certificate): one with a digit lost or doubled is still somebody's.
LONG_NUMBER = re.compile(r"(?<![0-9])[0-9]{14,22}[0-9Xx]?(?![0-9])")
MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


@dataclass(frozen=True, slots=True)
class MaskRule:
    """How many characters of a number stay visible at either end, and the fields whose numbers are covered at all."""

    id_head: int
    id_tail: int
    phone_head: int
    phone_tail: int
    fields: frozenset[str]

    def of_field(self, field: str, kind: MaskKind) -> MaskKind:
        """The mask of a field that a layout would mask as `kind`: the profile decides on numbers, the layout on the rest."""
        if field in self.fields:
            return "id"
        return "open" if kind == "id" else kind


def rule_of(profile: Profile) -> MaskRule:
    """The rule of a place."""
    stated = profile.masking
    return MaskRule(
        id_head=stated.number_head.known(),
        id_tail=stated.number_tail.known(),
        phone_head=stated.phone_head.known(),
        phone_tail=stated.phone_tail.known(),
        fields=frozenset(stated.masked_fields.known()),
    )


@cache
def default_rule() -> MaskRule:
    """The rule of the national defaults, where nobody names a place."""
    return rule_of(load_profile("default"))


def _cover(text: str, head: int, tail: int, hidden: int) -> str:
    """Keep `head` and `tail` characters if at least `hidden` become stars; otherwise everything does."""
    if len(text) - head - tail < hidden:
        return STAR * len(text)
    return text[:head] + STAR * (len(text) - head - tail) + text[len(text) - tail :]


def mask_id(text: str, rule: MaskRule | None = None) -> str:
    """Mask a citizen, student or certificate number: `6207************34`.

    Short and broken numbers are hidden whole.
    """
    rule, plain = rule or default_rule(), text.strip()
    return _cover(plain, rule.id_head, rule.id_tail, (len(plain) + 1) // 2)


def mask_name(text: str) -> str:
    """Mask a personal name: 张*明, 李*; one character alone is hidden."""
    name = text.strip()
    if len(name) <= 1:
        return STAR * len(name)
    return name[0] + STAR if len(name) == 2 else name[0] + STAR * (len(name) - 2) + name[-1]


def mask_phone(text: str, rule: MaskRule | None = None) -> str:
    """Mask every number in a telephone cell; letters and characters (names written beside it) are hidden too."""
    stated = rule or default_rule()

    def cover(number: re.Match[str]) -> str:
        digits = number.group()
        # A landline number without its area code has too few digits for showing any.
        if len(digits) < 11:
            return STAR * len(digits)
        return _cover(digits, stated.phone_head, stated.phone_tail, LEAST_HIDDEN_DIGITS)

    covered = re.sub(r"[0-9]+", cover, text.strip())
    return re.sub(r"[^\W0-9_]", STAR, covered)


def scrub(text: str, rule: MaskRule | None = None) -> str:
    """Mask citizen-number-like and mobile numbers that stand inside free text (an address, a file name)."""
    covered = LONG_NUMBER.sub(lambda number: mask_id(number.group(), rule), text)
    return MOBILE.sub(lambda number: mask_phone(number.group(), rule), covered)


def mask_text(text: str, kind: MaskKind, rule: MaskRule | None = None) -> str:
    """Mask one text. `none` still scrubs numbers out of free text, `open` leaves it as it is."""
    tasks: dict[MaskKind, Callable[[str], str]] = {
        "id": lambda text: mask_id(text, rule),
        "phone": lambda text: mask_phone(text, rule),
        "name": mask_name,
        "none": lambda text: scrub(text, rule),
        "open": str,
    }
    return tasks[kind](text)


def mask_column(column: pd.Series[str], kind: MaskKind, rule: MaskRule | None = None) -> pd.Series[str]:
    """Mask a text column, computing each distinct value once."""
    return column.map({value: mask_text(value, kind, rule) for value in column.unique()}).astype(object)
