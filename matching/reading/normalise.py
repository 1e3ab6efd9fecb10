"""Plain cells to plain values: text, telephone numbers, numbers with units; dates are re-exported from `dates`.

Names, identity numbers, codes and addresses have their own modules. Raw values stay beside what is read here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from matching.distinct import by_distinct
from matching.reading.dates import read_date, read_dates, read_months
from matching.reading.identity_reading import placeholder_words
from matching.tables import table_yaml

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["clean_text", "read_date", "read_dates", "read_months", "read_numbers", "read_phones"]

_INVISIBLE = re.compile(r"[\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3007\u3400-\u9fff]) (?=[\u3007\u3400-\u9fff])")
_PLAIN_TEXT = re.compile(r"[\u4e00-\u9fff0-9A-Za-z]+")
_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86|0086)?(1[3-9]\d{9})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:(0\d{2,3})-?)?([2-9]\d{6,7})(?!\d)")
_AMOUNT = re.compile(r"[-+]?\d+(?:\.\d+)?")
_UNITS = re.compile(r"人民币|元整?|块|圆|RMB|CNY|￥|¥|/?每?人?/?月|公里|km|千米|人|岁|周岁|名|%", re.IGNORECASE)


def clean_text(values: pd.Series) -> pd.Series:
    """Text without invisible characters and needless blanks, in NFKC; a placeholder (rules/identifiers.md#placeholders) becomes "".

    Returns:
        Text on the index of `values`, same length.
    """

    def bare(text: str) -> str:
        if not _PLAIN_TEXT.fullmatch(text):  # most cells have nothing to take away
            text = _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).strip()
            # Exporters write an apostrophe before digits, so that spreadsheets leave them alone (rules/identifiers.md#c04).
            text = _BETWEEN_CHINESE.sub("", text.lstrip("'’‘`").strip())
        return "" if text.upper() in placeholder_words() else text

    return by_distinct(values, lambda text: (bare(text),), ("value",))["value"]


def read_phones(values: pd.Series) -> pd.Series:
    """The first telephone number of each cell: 11 digits of a mobile, or a landline with its area code when it has one.

    Returns:
        Digits (a landline as `0558-4412345` or `4412345`), "" for placeholders and what is no number. Same index.
    """
    return by_distinct(values, lambda text: (_phone(text),), ("value",))["value"]


def _phone(text: str) -> str:
    if _PLAIN_MOBILE.fullmatch(text):
        return text if _real_phone(text) else ""
    bare = unicodedata.normalize("NFKC", text).replace("—", "-").replace("–", "-")
    bare = re.sub(r"\.0+$", "", bare.strip())
    joined = re.sub(r"(?<=\d)[ \-\u200b]+(?=\d)", "", _INVISIBLE.sub("", bare))
    # As written first: joined, two numbers with a blank between them would be one run of digits in which no mobile stands alone.
    for source in (bare, joined):
        for mobile in _MOBILE.finditer(source):
            if _real_phone(mobile[1]):
                return mobile[1]
    if _MOBILE.search(joined):
        return ""  # a mobile that stands for nothing must not be read as a landline by some of its digits
    for landline in _LANDLINE.finditer(re.sub(r"(?<=\d)\s+(?=\d)", "-", bare)):
        if _real_phone(landline[2]):
            return f"{landline[1]}-{landline[2]}" if landline[1] else landline[2]
    return ""


def _real_phone(digits: str) -> bool:
    """Not one of the numbers that stand for nothing (rules/identifiers.md#placeholders)."""
    same = len(set(digits[3:] if len(digits) == 11 else digits)) == 1
    return not same and digits not in _dead_numbers() and digits not in "12345678901234567890"


@cache
def _dead_numbers() -> frozenset[str]:
    return frozenset(str(number) for number in table_yaml("placeholders.yaml")["telephones"])


def read_numbers(values: pd.Series) -> pd.DataFrame:
    """Amounts and counts with units and thousands separators (rules/files.md#ff15).

    Returns:
        `value` (plain decimal text such as `1350` or `1350.5`, or ""), `note` (`bad_number` when there was text but no one number).
    """

    def amount(text: str) -> tuple[str, ...]:
        bare = unicodedata.normalize("NFKC", text).strip()
        # 0 and 99 are placeholders elsewhere, here they are amounts.
        if not bare or (bare.upper() in placeholder_words() and not bare.isdigit()):
            return "", ""
        times = 10_000 if re.search(r"\d\s*万", bare) else 1
        bare = _UNITS.sub("", re.sub(r"(?<=\d)[,，'\s](?=\d{3}(?!\d))", "", bare)).replace("万", "").strip()
        if not _AMOUNT.fullmatch(bare):
            return "", "bad_number"
        return (f"{float(bare) * times:.2f}".rstrip("0").rstrip("."), "")

    return by_distinct(values, amount, ("value", "note"))
