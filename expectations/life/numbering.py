"""The number on a line of a workbook (线索编号): the finding's own number with two check characters, `L01-ABCDEFGH-7K`.

The check characters are those of ISO 7064 MOD 1271-36 over the finding's number and the period of the workbook: a
mistyped or damaged number fails, and a line of an older workbook is recognised as such even where only the line is left.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PRINTED = re.compile(r"([A-Z]{1,2}\d{1,3}[A-Z]{0,2})-?([A-Z0-9]{8})-?([A-Z0-9]{2})")
_BARE = re.compile(r"([A-Z]{1,2}\d{1,3}[A-Z]{0,2})-?([A-Z0-9]{8})")
_SPACES = re.compile(r"\s+")
_DASHES = str.maketrans(dict.fromkeys("－—–‐‑‒―﹣_", "-"))
# The body is base 32 without 0, 1, 8 and 9: whoever reads one of these meant the letter.
_BODY = str.maketrans("018", "OIB")
_CHECK = str.maketrans("OI", "01")
GOOD, DAMAGED, NO_NUMBER = "good", "damaged", "no_number"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was read: `state` is `good`, `damaged` or `no_number`; `period` is that of the workbook."""

    state: str
    finding_id: str = ""
    period: str = ""


def printed(finding_id: str, period: str) -> str:
    """The number as a workbook of this period shows it.

    >>> printed("L01-ABCDEFGH", "2026Q3")
    'L01-ABCDEFGH-UM'
    """
    return f"{finding_id}-{check_characters(finding_id, period)}"


def check_characters(finding_id: str, period: str) -> str:
    """Two characters over the number and the period."""
    rest = 0
    for character in finding_id + period:
        # A dash carries nothing: a number that was typed without its dashes is the same number.
        if character in _ALPHABET:
            rest = (rest + _ALPHABET.index(character)) * 36 % 1271
    first, second = divmod((1272 - rest * 36 % 1271) % 1271, 36)
    return _ALPHABET[first] + _ALPHABET[second]


def read(text: str, periods: Sequence[str]) -> Number:
    """Read a cell: full-width, lower case, spaces and other dashes are forgiven; a wrong character is not.

    Args:
        text: the cell.
        periods: periods for which workbooks went out; the first whose check characters fit counts, so the likely ones
            come first.
    """
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text)).translate(_DASHES).upper().strip("'’‘`-")
    match = _PRINTED.fullmatch(plain)
    if not match:
        return Number(DAMAGED if _BARE.search(plain) else NO_NUMBER)
    # The check characters may hold any letter and digit, so there O and I are read as the digits, the other way round than in the body.
    name, check = f"{match[1]}-{match[2].translate(_BODY)}", match[3].translate(_CHECK)
    for period in periods:
        if check_characters(name, period).translate(_CHECK) == check:
            return Number(GOOD, name, period)
    return Number(DAMAGED)


def looks_like(text: str) -> bool:
    """Whether a cell holds something like a number, whole or damaged."""
    return read(text, ()).state != NO_NUMBER
