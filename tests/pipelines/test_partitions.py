"""Periods: reading, calendar, the one before."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.partitions import Period, PeriodError

CASES = [
    ("2026Q3", "2026年第三季度", date(2026, 7, 1), date(2026, 9, 30), "2026Q2"),
    ("2026Q1", "2026年第一季度", date(2026, 1, 1), date(2026, 3, 31), "2025Q4"),
    ("2026-09", "2026年9月", date(2026, 9, 1), date(2026, 9, 30), "2026-08"),
    ("2024-02", "2024年2月", date(2024, 2, 1), date(2024, 2, 29), "2024-01"),
    ("2026-01", "2026年1月", date(2026, 1, 1), date(2026, 1, 31), "2025-12"),
]


@pytest.mark.parametrize(("text", "zh", "first", "last", "before"), CASES)
def test_period(text, zh, first, last, before):
    period = Period.parse(text)
    assert (period.label, period.zh, period.first_day, period.last_day, period.previous.label) == (
        text,
        zh,
        first,
        last,
        before,
    )


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "2026-13", "2026-9", "26Q1", "2026Q3x", "../2026Q3", "1999Q1"])
def test_what_is_no_period(text):
    with pytest.raises(PeriodError, match="2026Q3"):
        Period.parse(text)


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)), st.booleans())
def test_the_period_that_contains_a_day_contains_it(day, monthly):
    period = Period.containing(day, monthly)
    assert period.first_day <= day <= period.last_day
    assert Period.parse(period.label) == period
    assert period.shifted(1).previous == period
    assert (period.first_day - period.previous.last_day).days == 1
