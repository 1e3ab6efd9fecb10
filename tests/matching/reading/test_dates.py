"""Dates, months, the lunar calendar, telephones, amounts, plain text."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.reading import lunar, normalise
from matching.reading.issues import issue_texts

AS_OF = date(2026, 9, 30)
CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "dates.csv").open(encoding="utf-8")))
days = st.dates(date(1990, 1, 1), date(2026, 9, 30))
PATTERNS = [
    "{y}-{m:02d}-{d:02d}",
    "{y}{m:02d}{d:02d}",
    "{y}/{m}/{d}",
    "{y}.{m}.{d}",
    "{y}年{m}月{d}日",
    "{y}、{m}、{d}",
    "{y}-{m}-{d} 00:00:00",
]


@pytest.mark.parametrize("case", CASES, ids=[case["cell"] or "empty" for case in CASES])
def test_dates(case: dict[str, str]) -> None:
    row = normalise.read_dates(pd.Series([case["cell"]]), AS_OF).iloc[0]
    assert (row["value"], row["precision"], row["note"]) == (case["value"], case["precision"], case["note"])


@given(days, st.sampled_from(PATTERNS))
def test_every_way_of_writing_is_the_same_day(day: date, pattern: str) -> None:
    row = normalise.read_dates(pd.Series([pattern.format(y=day.year, m=day.month, d=day.day)]), AS_OF).iloc[0]
    assert (row["value"], row["precision"], row["note"]) == (day.isoformat(), "day", "")


@given(
    st.integers(1990, 2026),
    st.integers(1, 12),
    st.sampled_from(["{y}-{m:02d}", "{y}{m:02d}", "{y}.{m}", "{y}年{m}月", "{y}年"]),
)
def test_precision_is_never_invented(year: int, month: int, pattern: str) -> None:
    row = normalise.read_dates(pd.Series([pattern.format(y=year, m=month)])).iloc[0]
    assert row["precision"] == ("year" if pattern == "{y}年" else "month")
    assert f"{year}-{month:02d}".startswith(row["value"])


@given(st.text(max_size=14) | st.from_regex(r"[0-9]{1,4}[-/.年][0-9]{0,2}[-/.月]?[0-9]{0,2}", fullmatch=True))
def test_values_are_iso_and_read_again_as_themselves(text: str) -> None:
    value, precision, note = normalise.read_date(text)
    assert {"": 0, "year": 4, "month": 7, "day": 10}[precision] == len(value)
    assert set(note.split(";")) - {""} <= set(issue_texts())
    if value:
        assert normalise.read_date(value)[:2] == (value, precision)


def test_months() -> None:
    found = normalise.read_months(pd.Series(["202103", "2021-03-15", "2021年3月", "2021", ""]), AS_OF)
    assert list(found["value"]) == ["2021-03", "2021-03", "2021-03", "2021", ""]
    assert list(found["precision"]) == ["month", "month", "month", "year", ""]
    assert list(found["note"]) == ["", "", "", "B04", ""]


@given(days)
def test_lunar_there_and_back(day: date) -> None:
    told = lunar.gregorian_to_lunar(day.isoformat())
    assert told is not None
    assert lunar.lunar_to_gregorian(*told) == day.isoformat()


@pytest.mark.parametrize(
    ("lunar_day", "gregorian"),
    [
        ((2015, 1, 1, False), "2015-02-19"),
        ((2014, 9, 3, False), "2014-09-26"),
        ((2014, 9, 3, True), "2014-10-26"),
        ((2023, 2, 30, True), ""),
        ((2020, 4, 1, True), "2020-05-23"),
    ],
)
def test_known_lunar_days(lunar_day: tuple[int, int, int, bool], gregorian: str) -> None:
    assert lunar.lunar_to_gregorian(*lunar_day) == gregorian


def test_lunar_equality_both_ways() -> None:
    assert lunar.lunar_equal("2015-01-20", "2015-03-10")
    assert lunar.lunar_equal("2015-03-10", "2015-01-20")
    assert lunar.lunar_equal("2014-09-03", "2014-10-26"), "leap month"
    assert lunar.lunar_equal("2014-12-20", "2015-02-08")
    assert lunar.lunar_equal("2015-12-20", "2015-02-08"), "lunar day under the Gregorian year"
    assert not lunar.lunar_equal("2015-03-10", "2015-03-10")
    assert not lunar.lunar_equal("2015-03", "2015-03-10")
    assert not lunar.lunar_equal("2015-01-21", "2015-03-10")


def test_a_day_read_as_lunar_in_a_leap_month_and_its_lunar_digits() -> None:
    assert lunar.lunar_to_gregorian(2014, 9, 3) == "2014-09-26"
    assert lunar.lunar_to_gregorian(2014, 9, 3, True) == "2014-10-26"
    assert lunar.lunar_to_gregorian(2015, 3, 10, True) == ""
    assert [lunar.written_as_lunar(day) for day in ("2014-09-03", "2015-03-10", "2015-03")] == [
        "2014-08-10",
        "2015-01-20",
        "",
    ]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("13912345678", "13912345678"), ("139 1234 5678", "13912345678"), ("139-1234-5678", "13912345678"), ("+8613912345678", "13912345678"),
        ("13912345678/13812349999", "13912345678"), ("父13912345678", "13912345678"), ("13912345678.0", "13912345678"), ("１３９１２３４５６７８", "13912345678"),
        ("0558-4412345", "0558-4412345"), ("05584412345", "0558-4412345"), ("4412345", "4412345"), ("13800000000", ""), ("11111111111", ""), ("12345678901", ""),
        ("1391234567", ""), ("无", ""), ("", ""),
    ],
)  # fmt: skip
def test_phones(cell: str, value: str) -> None:
    assert normalise.read_phones(pd.Series([cell])).iloc[0] == value


@pytest.mark.parametrize(
    ("cell", "value", "note"),
    [
        ("1,350元", "1350", ""),
        ("￥1,350.50", "1350.5", ""),
        ("1.2万", "12000", ""),
        ("950元/月", "950", ""),
        ("０", "0", ""),
        ("无", "", ""),
        ("约900", "", "bad_number"),
        ("", "", ""),
    ],
)
def test_numbers(cell: str, value: str, note: str) -> None:
    row = normalise.read_numbers(pd.Series([cell])).iloc[0]
    assert (row["value"], row["note"]) == (value, note)


def test_text() -> None:
    found = normalise.clean_text(pd.Series(["　凤县 双石铺镇\n", "无", "a  b", "'七年级", None]))
    assert list(found) == ["凤县双石铺镇", "", "a b", "七年级", ""]


@given(st.text(max_size=20))
def test_text_is_idempotent(text: str) -> None:
    once = normalise.clean_text(pd.Series([text]))
    assert list(normalise.clean_text(once)) == list(once)
