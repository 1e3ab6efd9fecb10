"""The citizen identity number itself (GB 11643): check character, birth, sex, area, 15 to 18 digits.

What arrives damaged in files is read in `identity`; repairs are proposed in `identity_repair`.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from matching.tables import table_text

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
_EARLIEST_YEAR = 1860
# 民法典 Art. 17: the law of the whole country, no place sets it.
OF_AGE = 18


def check_character(first17: str) -> str:
    """Check character of the first 17 digits (ISO 7064 MOD 11-2; rules/identifiers.md#check-character).

    Raises:
        ValueError: not exactly 17 ASCII digits.
    """
    # isdigit alone is true of digits of other scripts and of ², which int does not take.
    if len(first17) != 17 or not (first17.isascii() and first17.isdigit()):
        raise ValueError("check_character needs exactly 17 digits")
    total = sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def check_passes(number: str) -> bool:
    """Whether an 18-character number ends in its own check character."""
    first = number[:17]
    if len(number) != 18 or not (first.isascii() and first.isdigit()):
        return False
    return check_character(first) == number[17]


@cache
def real_date(digits: str) -> str:
    """ISO date of eight digits, or `""` when there is no such day."""
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return ""
    return day.isoformat() if day.year >= _EARLIEST_YEAR else ""


def birth_of(number: str) -> str:
    """ISO birth date in an 18-character number or pattern, or `""`."""
    digits = number[6:14]
    return real_date(digits) if len(digits) == 8 and digits.isascii() and digits.isdigit() else ""


def sex_of(number: str) -> str:
    """`"1"` male, `"2"` female by the 17th character (odd = male), `""` when it cannot be seen."""
    digit = number[16:17]
    if not (digit.isascii() and digit.isdigit()):
        return ""
    return "1" if int(digit) % 2 else "2"


def upgrade_15(number: str) -> str:
    """The 18 characters of a legacy 15-digit number (rules/identifiers.md#fifteen-digits), or `""` when its date does not exist."""
    if len(number) != 15 or not (number.isascii() and number.isdigit()):
        return ""
    first17 = number[:6] + "19" + number[6:]
    return first17 + check_character(first17) if real_date(first17[6:14]) else ""


@cache
def _regions() -> frozenset[str]:
    rows = (line.split("\t") for line in table_text("regions.tsv").splitlines() if line and line[0] != "#")
    return frozenset(row[0] for row in rows)


def region_known(code: str) -> bool:
    """Whether a six-digit area code ever existed, as far as the shipped table knows (rules/identifiers.md#area-code).

    The table holds today's counties and the abolished ones that living people carry. Hong Kong, Macau and Taiwan residents
    (81, 82, 83) and foreigners (9xxxxx) count as known. Unknown is a warning, never a refusal.
    """
    if code[:2] in ("81", "82", "83") or code[:1] == "9":
        return True
    return code in _regions()


def age_at(birth: str, as_of: date) -> int:
    """Completed years on `as_of` of a person born on the ISO date `birth`; of a month or a year alone the youngest age it allows.

    The day is compared as text and never parsed: 2015-02-31 stands for the end of a month.
    """
    full = birth + {4: "-12-31", 7: "-31"}.get(len(birth), "")
    return as_of.year - int(birth[:4]) - (full[5:10] > as_of.strftime("%m-%d"))
