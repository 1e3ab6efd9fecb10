"""Which period a text says it is of: file names, titles and sheet names to spans of days (rules/bad-inputs.md#input-17).

Belongs here: `claims.yaml` and reading a text with it, and whether what it says fits a period. Not here: which texts and columns of a
file are asked (`misdated`), what is done about it (`assets.receiving.doubts`).
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from pydantic import Field

from assets.intake.contract import StrictModel
from expectations.rulebook import read_rules
from matching.reading.dates import arabic
from pipelines.partitions import Period

FILE = Path(__file__).with_name("claims.yaml")


class Pattern(StrictModel):
    """One way of writing a time: its kind and the regular expression with named groups."""

    kind: str
    regex: str


class Claims(StrictModel):
    """All of `claims.yaml`; what each key means is said there."""

    late_days: dict[str, int]
    longest_title: int = Field(gt=0)
    strength: list[list[str]]
    patterns: list[Pattern]
    not_after: str
    not_before: str
    oldest_days: int
    own_files: str
    as_of_columns: list[str]
    current_fields: list[str]
    stale_days: int
    past_fields: list[str]
    least_dates: int
    least_future: int
    future_share: float
    stated_rows: str
    least_missing: int
    missing_share: float


@dataclass(frozen=True)
class WrittenTime:
    """A time that a text names: its kind, first and last day, and how people write it. `year` False: no year was written."""

    kind: str
    first: date
    last: date
    zh: str
    year: bool = True


@cache
def load_claims() -> Claims:
    """The shipped `claims.yaml`.

    Raises:
        RuleFileError: it is wrong; names file and key.
    """
    return read_rules(FILE, Claims)


def is_own(file: str) -> bool:
    """Whether the product wrote the file itself from a checked answer: its period is known, whatever day is in its name."""
    return re.search(load_claims().own_files, file) is not None


def spans(text: str, near: Period) -> list[WrittenTime]:
    """Every time the text names, the strongest kinds only; a time without a year is taken in the year nearest to `near`."""
    rules, left = load_claims(), _plain(text)
    named: list[WrittenTime] = []
    for pattern in rules.patterns:
        for match in re.finditer(pattern.regex, left):
            # A date of births, of a school entry or of a paper's entry into force is no file's.
            if re.search(rules.not_after, left[: match.start()]) or re.search(rules.not_before, left[match.end() :]):
                continue
            named += _span(pattern.kind, match, near)
        # What was read is blotted out in its length: 2026年6月30日 is not read again as a month, and no two pieces run together.
        left = re.sub(pattern.regex, lambda match: "|" * len(match[0]), left)
    recent = near.last_day - timedelta(days=rules.oldest_days)
    return strongest(span for span in named if span.last >= recent)


def strongest(named: Iterable[WrittenTime]) -> list[WrittenTime]:
    """Those of the strongest kind that is there."""
    everything = list(named)
    for kinds in load_claims().strength:
        strong = [span for span in everything if span.kind in kinds]
        if strong:
            return strong
    return everything


def fits(span: WrittenTime, period: Period) -> bool:
    """Whether the time may stand on a file of the period: within it, or, where it is the day of an export, shortly after its end."""
    # Where periods are months, a month on a file names the period and not the day it was made.
    export_day = span.year and (span.kind == "day" or (span.kind == "month" and not period.monthly))
    late = latest_day(period) if export_day else period.last_day
    return span.first <= late and span.last >= period.first_day


def latest_day(period: Period) -> date:
    """The last day on which an export of the period may be dated."""
    days = load_claims().late_days["month" if period.monthly else "quarter"]
    return period.last_day + timedelta(days=days)


def contradiction(named: Iterable[WrittenTime], period: Period) -> WrittenTime | None:
    """The latest of the times when none of them fits the period; None when one does, or nothing is said."""
    # One that fits is enough: 「6月数据，7月10日导出」 names two, and rightly.
    everything = list(named)
    if not everything or any(fits(span, period) for span in everything):
        return None
    return max(everything, key=lambda span: span.last)


def _plain(text: str) -> str:
    """Without blanks, but a blank between two digits keeps them apart."""
    width = unicodedata.normalize("NFKC", text)
    closed = re.sub(r"\s+", "", re.sub(r"(?<=\d)\s+(?=\d)", "|", width))
    return re.sub(r"[〇○零一二三四五六七八九十]+(?=[年月日号]|季度?)", lambda match: arabic(match[0]), closed)


def _span(kind: str, match: re.Match[str], near: Period) -> Iterator[WrittenTime]:
    parts = {key: value for key, value in match.groupdict().items() if value}
    if "year" in parts:
        yield from _dated(kind, parts, int(parts["year"]))
        return
    candidates = [
        span for year in (near.year - 1, near.year, near.year + 1) for span in _dated(kind, parts, year, written=False)
    ]
    yield min(candidates, key=lambda span: abs((span.last - near.last_day).days))


def _dated(kind: str, parts: dict[str, str], year: int, written: bool = True) -> Iterator[WrittenTime]:
    start = f"{year}年" if written else ""
    month = int(parts.get("month") or parts.get("m") or 1)
    if kind == "day":
        day = int(parts["day"])
        # 31 June is a slip of the pen or no date at all.
        if day <= calendar.monthrange(year, month)[1]:
            yield WrittenTime(kind, date(year, month, day), date(year, month, day), f"{year}年{month}月{day}日")
    elif kind in ("month", "months"):
        last = int(parts.get("to", month))
        zh = f"{start}{month}月" if last == month else f"{start}{month}月至{last}月"
        yield WrittenTime(kind, date(year, month, 1), _end(year, last), zh, written)
    elif kind == "quarter":
        number = int(parts.get("quarter") or parts["q"])
        zh = f"{start}第{'一二三四'[number - 1]}季度"
        yield WrittenTime(kind, date(year, number * 3 - 2, 1), _end(year, number * 3), zh, written)
    elif kind == "half":
        first = 1 if parts["half"] == "上" else 7
        yield WrittenTime(kind, date(year, first, 1), _end(year, first + 5), f"{year}年{parts['half']}半年")
    elif kind == "school_year":
        # From its preparation in July to the weeks in which the next year's registers are made.
        yield WrittenTime(kind, date(year, 7, 1), date(year + 1, 9, 30), f"{year}—{year + 1}学年")
    elif kind == "spring":
        # A term is its school year's second: as strong, and as wide at its end.
        yield WrittenTime("school_year", date(year, 2, 1), date(year, 9, 30), f"{year}年春季学期")
    else:
        yield WrittenTime(kind, date(year, 1, 1), date(year, 12, 31), f"{year}年")


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
