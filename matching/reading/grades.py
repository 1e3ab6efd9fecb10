"""Grades as schools write them, with stage, class and entry year, to the canonical grade (rules/codes.md#grades).

The plain words are in `tables/codes.yaml`; which grades are compulsory is a jurisdiction's matter, not decided here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from matching.distinct import as_text, distinct_texts, spread
from matching.reading.identity_reading import placeholder_words
from matching.tables import table_yaml

if TYPE_CHECKING:
    import pandas as pd

GRADE_COLUMNS = ("value", "unknown")
# What a caller who names no place means; a place states its own (`school.year_start`).
YEAR_START = "09-01"
_NUMERALS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_N = r"(?P<n>十[一二]?|[一二三四五六七八九]|1[0-2]|[1-9])"
_STAGES = (
    ("S", re.compile(r"培智|特教|特殊教育|特校|启智|聋|盲")),
    ("K", re.compile(r"幼儿园|学前|托儿|幼教|[小中大]班$")),
    ("high", re.compile(r"高中|高级中学|中职|职高|职业|中专|技工|技校|高[一二三]|^高$|职[一二三]")),
    ("junior", re.compile(r"初中|初级中学|初[一二三]|^初$|[乡镇]\w{0,4}中学|[七八九]年级")),
    ("primary", re.compile(r"小学|完小|教学点|小[一二三四五六]|村小")),
)
_FIRST = {"primary": 1, "junior": 7, "high": 10, "S": 1}
_LAST = {"primary": 6, "junior": 9, "high": 12, "S": 9}
_YEAR = re.compile(r"(?P<year>20\d{2}|(?<!\d)\d{2})级|^(?P<bare>20\d{2})$")
_SHAPES = (
    re.compile(rf"(?:第)?{_N}年级"),
    re.compile(rf"(?P<stage>小|初|高|职高|职|中职|培智){_N}(?!\d)"),
    re.compile(rf"^{_N}[(（\[]?(?:\d{{1,2}}[)）\]]?)?班?$"),
    re.compile(rf"^{_N}[(（\[.\-年]\d{{1,2}}[)）\]]?班?$"),
    re.compile(r"^(?P<n>[1-9])(?P<klass>\d{2})班?$"),
)
_PREFIX = {"小": "primary", "初": "junior", "高": "high", "职": "high", "职高": "high", "中职": "high", "培智": "S"}


def school_year(as_of: date, start: str) -> int:
    """The year in which the school year of a day began; `start` is its first day, MM-DD."""
    return as_of.year if as_of.strftime("%m-%d") >= start else as_of.year - 1


def read_grades(
    values: pd.Series, stage_hint: pd.Series | str = "", as_of: date | None = None, year_start: str = YEAR_START
) -> pd.DataFrame:
    """Read a column of grades.

    Args:
        values: the cells as text (`三年级`, `小三`, `初一(3)班`, `2021级`, `小学2021级`, `301`, `培智二年级` …).
        stage_hint: school names or stages (`小学`, `初中`, `高中`) for the same rows, or one for all: needed for entry years.
        as_of: the period's last day; an entry year is counted from the school year that runs then.
        year_start: first day of the school year, MM-DD.

    Returns:
        `value` (`K`, `1`…`12`, `S1`…`S9` or ""), `unknown` (the cell, when it was not understood). Never guessed: `2024级` without a
        stage is unknown when two stages would fit.
    """
    import pandas as pd

    texts = as_text(values)
    hints = (
        as_text(stage_hint)
        if isinstance(stage_hint, pd.Series)
        else pd.Series(stage_hint, index=values.index, dtype=object)
    )
    stages = hints.map({hint: _stage(hint) for hint in hints.unique()}).astype(object)
    positions, distinct = distinct_texts([*zip(texts, stages, strict=True)])
    running = school_year(as_of, year_start) if as_of else 0
    answers = [_grade(text, stage, running) for text, stage in distinct]
    return spread(answers, positions, values.index, GRADE_COLUMNS)


@lru_cache(maxsize=20_000)
def _stage(text: str) -> str:
    """`primary`, `junior`, `high`, `S`, `K` or "" by the words of a school's or stage's name; two stages at once say nothing."""
    if "九年一贯" in text or "十二年" in text or "完全中学" in text or "中小学" in text:
        return ""
    # The special stage comes first: its grades are counted otherwise, whatever else stands in a 培智 school's name.
    return next((stage for stage, pattern in _STAGES if pattern.search(text)), "")


@lru_cache(maxsize=20_000)
def _grade(text: str, hint: str, school_year: int) -> tuple[str, str]:
    """(grade, "") or ("", the cell): a known word before an entry year, an entry year before a shape that only holds a number."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).strip("'’。.")
    bare = re.sub(r"\.0+$", "", bare)
    if not bare or bare.upper() in placeholder_words():
        return "", ""

    for code, forms in table_yaml("codes.yaml")["grade"].items():
        # 二年级 is grade 2 only where no stage is told: in a junior school it is grade 8.
        if bare in forms and not (hint in ("junior", "high", "S") and re.fullmatch("[一二三四五六七八九]年级", bare)):
            return str(code), ""
    if bare == "K" or re.fullmatch(r"S[1-9]", bare):
        return bare, ""
    if re.search(r"幼儿园|学前班|^[小中大托]{1,2}\d?班|^[小中大][(（]?[一二三四五六\d]+[)）]?班", bare):
        return "K", ""
    grade = _entry_year(bare, hint, school_year) or _shaped(bare, hint)
    return (grade, "") if grade else ("", text.strip())


def _entry_year(bare: str, hint: str, school_year: int) -> str:
    """`2021级`: the entry year; the grade follows from the stage and the school year (rules/codes.md#grades)."""
    match = _YEAR.search(bare)
    if match is None or not school_year:
        return ""
    written = match["year"] or match["bare"]
    year = int(written) if len(written) == 4 else 2000 + int(written)
    beside = re.sub(r"[(（]?\d*[)）]?班?", "", bare[: match.start()] + bare[match.end() :])
    years, stage = school_year - year, _stage(beside) or hint
    if years < 0 or (beside and not stage):
        return ""  # words beside the year that no stage explains may change its meaning
    if stage in _FIRST:
        grade = _FIRST[stage] + years
        return _named(grade, stage) if grade <= _LAST[stage] else ""
    # Without a stage only what no other stage can mean: junior and senior schools have three years, primary school goes on.
    return str(1 + years) if 3 <= years <= 5 else ""


def _shaped(bare: str, hint: str) -> str:
    """`三年级2班`, `初一(3)班`, `三(2)班`, `301班`, `3`."""
    for shape in _SHAPES:
        match = shape.search(bare)
        if match is None:
            continue
        number = _NUMERALS.get(match["n"]) or int(match["n"])
        own = match.groupdict().get("stage") or ""
        stage = _PREFIX.get(own) or _stage(bare) or hint
        return _in_stage(number, stage)
    return ""


def _in_stage(number: int, stage: str) -> str:
    """A number as the grade of a stage: the third year of a junior school is grade 9, its 九年级 too."""
    if stage in ("junior", "high"):
        first, last = _FIRST[stage], _LAST[stage]
        if number <= last - first + 1:
            return str(first + number - 1)
        # Where primary school has five years, the junior school's first year is 六年级.
        return str(number) if (6 if stage == "junior" else first) <= number <= last else ""
    if stage == "S":
        return _named(number, stage) if number <= 9 else ""
    if stage == "K":
        return "K"
    if stage == "primary":
        return str(number) if number <= 9 else ""
    return str(number) if number <= 12 else ""


def _named(grade: int, stage: str) -> str:
    return f"S{grade}" if stage == "S" else str(grade)
