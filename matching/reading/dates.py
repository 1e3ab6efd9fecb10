"""A written date to an ISO date at its true precision: rules/files.md#ff12, rules/dates.md#b01 to #b07.

Nothing is guessed: a month stays a month. Comparing two dates does not belong here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from matching.distinct import by_distinct
from matching.reading.identity_reading import placeholder_words
from matching.reading.lunar import lunar_to_gregorian

if TYPE_CHECKING:
    import pandas as pd

DATE_COLUMNS = ("value", "precision", "note")
# Spreadsheets show an empty or zero cell as a day of January 1900, so that year says nothing.
_EARLIEST = 1901
# Bare numbers of five digits are day counts from 1982 to 2064 only (rules/dates.md#b06); others are anything.
_SERIALS = range(30000, 60001)
# Day 1 is 1 January 1900, but spreadsheets believe in 29 February 1900: from March of that year on the count starts a day earlier.
_EPOCH = date(1899, 12, 30)
_LUNAR_MARK = re.compile(r"农历|阴历|旧历|古历|夏历|\(农\)|\(阴\)|（农）|（阴）")
_SOLAR_MARK = re.compile(r"公历|阳历|新历|国历|西历|公元|\(阳\)|\(公\)")
_CLOCK = re.compile(
    r"(?<=[\d日号])[T ]+\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$|(?<=\d)[T ]+\d{1,2}时(\d{1,2}分)?(\d{1,2}秒)?$"
)
# The three commonest ways, read without the rest of this module.
_COMMON = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|(\d{2})(\d{2})|年(\d{1,2})月(\d{1,2})日)(?: 00:00:00)?", re.ASCII
)
_SIGNS = str.maketrans(
    {
        "。": ".",
        "．": ".",
        "、": ".",
        ",": ".",
        "，": ".",
        "·": ".",
        "/": ".",
        "-": ".",
        "—": ".",
        "–": ".",
        "−": ".",
        "_": ".",
        "~": ".",
        "\\": ".",
        "|": ".",
    }
)
_PARTS = re.compile(r"(\d{4}|\d{2})\.(\d{1,2})(?:\.(\d{1,2}))?\.?")
_ENGLISH_ORDER = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_YEAR = re.compile(r"(\d{4})\.?")
_CHINESE = re.compile(r"(\d{4}|\d{2})年(?:(闰?)(正|冬|腊|\d{1,2})月份?(?:初?(\d{1,2})(?:日|号)?)?)?(?:出?生)?")
_NUMERALS = {
    "〇": 0,
    "○": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "两": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
    "元": 1,
}
_RUN = re.compile(r"[〇○零一二三四五六七八九十廿卅两壹贰叁肆伍陆柒捌玖元]+(?=[年月日号.]|$)")
_ENGLISH_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# 10-Mar-2015, and the time stamp that Java writes: Tue Mar 10 00:00:00 CST 2015.
_WORDED = re.compile(
    r"^(?:(?P<day>\d{1,2})[- ](?P<month>[A-Za-z]{3})[a-z]*[- ](?P<year>\d{4}|\d{2})"
    r"|[A-Za-z]{3} (?P<month2>[A-Za-z]{3}) (?P<day2>\d{1,2}) [\d:.]+ [A-Z]{2,4}(?:[+-]\d+:?\d*)? (?P<year2>\d{4}))$"
)
_MONTH_WORDS = {"正": 1, "冬": 11, "腊": 12}


def read_dates(values: pd.Series, as_of: date | None = None) -> pd.DataFrame:
    """Read a column of dates in every way that clerks and systems write them (rules/files.md#ff12, rules/dates.md#dates).

    Args:
        values: the cells as text.
        as_of: the period's last day, against which a date is in the future and two-digit years are read.

    Returns:
        `value` (ISO at its precision: `2015-03-10`, `2015-03`, `2015`, or ""), `precision` (`day|month|year|""`), `note`: `B01` lunar
        date converted, `B04` month or year only, `B06` serial number or two-digit year, `B07` in the future (kept), `bad_date`.
    """
    limit = as_of.isoformat() if as_of else ""
    return by_distinct(values, lambda text: read_date(text, limit), DATE_COLUMNS)


def read_months(values: pd.Series, as_of: date | None = None) -> pd.DataFrame:
    """Read a column of months (`202103`, `2021-03`, `2021年3月`, a whole date): columns as `read_dates`, precision at most `month`."""
    limit = as_of.isoformat() if as_of else ""

    def month(text: str) -> tuple[str, ...]:
        value, precision, note = read_date(text, limit)
        # That only the month is known (`B04`) is no flaw of a month.
        codes = ";".join(code for code in note.split(";") if code != "B04" or precision == "year")
        return (value[:7], "month" if precision == "day" else precision, codes)

    return by_distinct(values, month, DATE_COLUMNS)


@lru_cache(maxsize=100_000)
def read_date(text: str, as_of: str = "") -> tuple[str, str, str]:
    """One written date: (value, precision, note) as in `read_dates`; `as_of` is an ISO day or ""."""
    common = _COMMON.fullmatch(text)
    if common:
        year, month, day = (int(part) for part in common.groups() if part)
        whole = _whole(year, month, day)
        if whole:
            return _judged(whole, as_of)

    bare = unicodedata.normalize("NFKC", text).strip().strip("'’`‘\"“”").strip()
    if not bare.isascii():  # digits of other scripts
        bare = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in bare)
    if not bare:
        return "", "", ""
    bare = _WORDED.sub(_month_word, bare)
    if bare.upper() in placeholder_words():
        return "", "", "placeholder_date"
    lunar = bool(_LUNAR_MARK.search(bare))
    bare = _SOLAR_MARK.sub("", _LUNAR_MARK.sub("", _CLOCK.sub("", bare)))
    bare = re.sub(r"[()\s\u200b\ufeff]+", " ", bare).strip()
    read = _digits(bare, as_of) or _parts(bare, lunar, as_of)
    return _judged(read, as_of) if read else ("", "", "bad_date")


def _month_word(match: re.Match[str]) -> str:
    word = (match["month"] or match["month2"]).lower()
    if word not in _ENGLISH_MONTHS:
        return match[0]
    return f"{match['year'] or match['year2']}.{_ENGLISH_MONTHS.index(word) + 1}.{match['day'] or match['day2']}"


def _judged(read: tuple[str, str], as_of: str) -> tuple[str, str, str]:
    """A date and its codes so far, with its precision and what is odd about the date as such."""
    value, codes = read
    notes = [code for code in codes.split(";") if code]
    precision = {10: "day", 7: "month", 4: "year"}[len(value)]
    if precision != "day":
        notes.append("B04")
    if as_of and value > as_of:
        notes.append("B07")
    return value, precision, ";".join(notes)


def _digits(text: str, as_of: str) -> tuple[str, str] | None:
    """Bare digits: 8 = day, 6 = month or two-digit year and day, 14 = time stamp, 4 = year, 5 = spreadsheet serial."""
    if re.fullmatch(r"\d+\.0+", text):
        text = text.partition(".")[0]
    serial = re.fullmatch(r"(\d{5})(\.\d+)?", text)
    if serial:
        number = int(serial[1])
        return ((_EPOCH + timedelta(days=number)).isoformat(), "B06") if number in _SERIALS else None
    if not (text.isascii() and text.isdigit()):
        return None
    if len(text) in (8, 12, 14):
        year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
        if day > 0 or not _year_ok(year):
            return _whole(year, month, day)
        # 20150300 tells no day, 20150000 no month either.
        return (text[:4] if month == 0 else f"{text[:4]}-{month:02d}", "") if month <= 12 else None
    if len(text) == 6:
        year, month = int(text[:4]), int(text[4:])
        # 201503 is a month; 150310 is no month of the year 1503 and so a day of a short year.
        if _year_ok(year) and 1950 <= year <= 2100 and 1 <= month <= 12:
            return f"{year:04d}-{month:02d}", ""
        short = _whole(_century(int(text[:2]), as_of), int(text[2:4]), int(text[4:]))
        return (short[0], "B06") if short else None
    return (text, "") if len(text) == 4 and _year_ok(int(text)) else None


def _parts(text: str, lunar: bool, as_of: str) -> tuple[str, str] | None:
    """Year, month and day with signs or Chinese words between."""
    written = re.sub(r"(?<=[年月日号闰.\-/])\s+|\s+(?=[年月日号.\-/])", "", text)
    # 二〇一五年三月初十 -> 2015年3月10; the first year of 民国 is 1912.
    written = _RUN.sub(lambda run: arabic(run[0]), re.sub(r"初(?=[一二三四五六七八九十])", "", written))
    written = re.sub(r"^民国(\d{1,3})年?", lambda republic: f"{int(republic[1]) + 1911}年", written)
    chinese = _CHINESE.fullmatch(written.replace(" ", ""))
    if chinese:
        return _chinese(chinese, lunar, as_of)
    dotted = written.translate(_SIGNS)
    dotted = re.sub(r"[年月.\s]+", ".", dotted).rstrip(".日号")
    if match := _YEAR.fullmatch(dotted):
        return (match[1], "") if _year_ok(int(match[1])) else None
    if match := _PARTS.fullmatch(dotted):
        if len(match[1]) == 2 and not match[3]:
            return None  # 10.3 may be October 2010 or the third of October
        year, note = _full_year(match[1], as_of)
        return _at_precision(year, int(match[2]), match[3], lunar, note)
    if match := _ENGLISH_ORDER.fullmatch(dotted):
        return _english(int(match[3]), int(match[1]), int(match[2]))
    return None


def _chinese(match: re.Match[str], lunar: bool, as_of: str) -> tuple[str, str] | None:
    year, note = _full_year(match[1], as_of)
    if not match[3]:
        return (f"{year:04d}", note) if _year_ok(year) else None
    named = match[3] in _MONTH_WORDS or bool(
        match[2]
    )  # 正月, 冬月, 腊月 and leap months are of the lunar calendar, said or not
    month = _MONTH_WORDS.get(match[3]) or int(match[3])
    if match[2] and match[4]:
        value = lunar_to_gregorian(year, month, int(match[4]), True)
        return (value, "B01") if value else None
    return _at_precision(year, month, match[4], lunar or named, note)


def _at_precision(year: int, month: int, day: str | None, lunar: bool, note: str) -> tuple[str, str] | None:
    """A day, or only as much as is told of it."""
    if not day or int(day) == 0:
        if not (_year_ok(year) and 0 <= month <= 12):
            return None
        # A lunar month covers parts of two Gregorian ones: only the year is sure enough to keep.
        if month == 0 or lunar:
            return f"{year:04d}", ";".join(code for code in (note, "B01" if lunar and month else "") if code)
        return f"{year:04d}-{month:02d}", note
    if lunar:
        value = lunar_to_gregorian(year, month, int(day))
        return (value, "B01") if value else None
    whole = _whole(year, month, int(day))
    return (whole[0], note) if whole else None


def _english(year: int, first: int, second: int) -> tuple[str, str] | None:
    """`3/10/2015`: only when one of the two cannot be a month, or both are equal, is the day known; else the year alone is sure."""
    if first > 12 or first == second:
        return _whole(year, second, first)
    if second > 12:
        return _whole(year, first, second)
    return (f"{year:04d}", "day_month_order") if _year_ok(year) and first and second else None


def _whole(year: int, month: int, day: int) -> tuple[str, str] | None:
    try:
        iso = date(year, month, day).isoformat()
    except ValueError:
        return None
    return (iso, "") if _year_ok(year) else None


def _year_ok(year: int) -> bool:
    return _EARLIEST <= year <= 2100


def _full_year(written: str, as_of: str) -> tuple[int, str]:
    return (int(written), "") if len(written) == 4 else (_century(int(written), as_of), "B06")


def _century(two: int, as_of: str) -> int:
    # A year behind the period's would lie in the future: it is one of the century before.
    latest = int(as_of[2:4]) if as_of else 39
    return 2000 + two if two <= latest else 1900 + two


def arabic(run: str) -> str:
    """A run of Chinese numerals as digits: 二〇一五 -> 2015, 三十一 -> 31."""
    if len(run) >= 2 and not set(run) & set("十廿卅"):
        return "".join(str(_NUMERALS[c]) for c in run)
    total, digit = 0, 0
    for character in run:
        if character == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif character in "廿卅":
            total, digit = total + (20 if character == "廿" else 30), 0
        else:
            digit = _NUMERALS[character]
    return str(total + digit)
