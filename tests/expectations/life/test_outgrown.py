"""A child that is too old for a list leaves it with that reason; the ages are the place's (rules/workflow.md#life)."""

from datetime import date
from typing import Any

import pytest
from town import Town

from expectations.life.outgrown import outgrown
from expectations.life.rules import life_rules
from expectations.lists.catalogue import load_catalogue

AS_OF = date(2026, 9, 30)
SCHOOL_ENDS = "已过义务教育年龄，不再属于本清单范围"


def said(code: str, birth: str, **changed: Any) -> str:
    town = Town(place="default")
    for path, value in changed.items():
        town.change(path.replace("__", "."), value)
    return outgrown(code, birth, AS_OF, town.profile, life_rules())


@pytest.mark.parametrize(
    ("code", "birth", "expected"),
    [
        ("L01", "2008-09-30", "已满18周岁，不再属于本清单范围"),
        ("L01", "2008-10-01", ""),
        ("L23", "2008-01-01", "已满18周岁，不再属于本清单范围"),
        ("L10", "2008-01-01", "已满18周岁，不再属于本清单范围"),
        ("L20", "2010-09-30", "已满16周岁，不再属于本清单范围"),
        ("L20", "2010-10-01", ""),
        ("L21", "2010-01-01", "已满16周岁，不再属于本清单范围"),
        ("L11", "2019-09-30", "已满7周岁，不再属于本清单范围"),
        ("L11", "2019-10-01", ""),
        # Nine years from the September after the sixth birthday: whoever was born by 31 August 2011 finished in summer 2026.
        ("L03", "2011-08-31", SCHOOL_ENDS),
        ("L03", "2011-09-01", ""),
        ("L05", "2011-08-31", SCHOOL_ENDS),
        ("L06", "2011-08-31", SCHOOL_ENDS),
        # A coarse date counts by its latest day; no date, a list without an age, a list that is for grown-ups: nobody can say so.
        ("L01", "2008-08", "已满18周岁，不再属于本清单范围"),
        ("L01", "2008", ""),
        ("L01", "2007", "已满18周岁，不再属于本清单范围"),
        ("L03", "2011", ""),
        ("L01", "", ""),
        ("L12", "2000-01-01", ""),
        ("L15", "2000-01-01", ""),
        ("L25", "2000-01-01", ""),
    ],
)
def test_the_reason_by_list_and_birth_date(code: str, birth: str, expected: str) -> None:
    assert said(code, birth) == expected


def test_the_place_sets_the_ages_and_one_that_is_open_makes_nobody_too_old() -> None:
    assert said("L20", "2008-10-01", left_behind__below_age=18) == ""
    assert said("L20", "2012-01-01", left_behind__below_age=14) == "已满14周岁，不再属于本清单范围"
    assert said("L20", "2000-01-01", left_behind__below_age=None) == ""
    assert said("L03", "2000-01-01", school__years=None) == ""


def test_where_the_working_band_is_listed_too_it_ends_later() -> None:
    assert said("L03", "2010-08-31", school__band_outside=True) == ""
    assert said("L05", "2009-09-01", school__band_outside=True) == SCHOOL_ENDS
    assert said("L04", "2010-08-31", school__band_outside=True) == SCHOOL_ENDS


def test_every_list_with_an_age_is_in_the_catalogue_and_its_setting_is_one_of_the_profile() -> None:
    profile = Town(place="default").profile
    for code, setting in life_rules().outgrows.items():
        assert code in load_catalogue().lists
        assert isinstance(profile.setting(setting).value, int)
