"""What is due when: the days of a rule, and what the profiles of rules/jurisdictions.md#rows ask for."""

import csv
from datetime import date
from pathlib import Path

import pytest

from assets.reports.due import days_of, duties
from expectations.jurisdictions.profile import load_profile, places

CASES = list(csv.DictReader(Path(__file__).with_name("due_cases.csv").open(encoding="utf-8")))
AUTUMN = date(2026, 9, 1), date(2026, 12, 31)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']} {case['since']}")
def test_the_days_of_a_rule(case):
    since, until = date.fromisoformat(case["since"]), date.fromisoformat(case["until"])
    wanted = [date.fromisoformat(day) for day in case["days"].split(";") if day]
    assert days_of(case["rule"], since, until) == wanted


def due(place, what):
    found = duties(load_profile(place), *AUTUMN)
    return [(one.due.isoformat() if one.due else "", one.period) for one in found if what in one.what]


def test_zhangye_reports_by_the_tenth_of_december_and_its_townships_each_quarter():
    assert due("zhangye", "报送本县") == [("2026-12-10", "2026")]
    assert due("zhangye", "（季度）") == [("2026-09-30", "2026Q3")] * 2 + [("2026-12-31", "2026Q4")] * 2
    assert due("zhangye", "通报") == [("2026-11-30", "2026")]


def test_fengxian_s_townships_report_by_the_first_of_november():
    assert due("fengxian", "报送本镇") == [("2026-11-01", "2026")]


def test_the_banner_s_townships_update_by_the_fifteenth_of_the_quarter_s_last_month():
    assert due("nm_banner", "报旗民政局") == [("2026-09-15", "2026Q3"), ("2026-12-15", "2026Q4")]


def test_guiyang_compares_every_month():
    assert [period for _, period in due("guiyang", "比对")] == ["2026-09", "2026-10", "2026-11", "2026-12"]


@pytest.mark.parametrize("place", places())
def test_every_place_has_an_answer_and_undated_duties_stand_last(place):
    found = duties(load_profile(place), *AUTUMN)
    assert any("报告" in one.what for one in found)
    dated = [one.due is not None for one in found]
    assert dated == sorted(dated, reverse=True)
