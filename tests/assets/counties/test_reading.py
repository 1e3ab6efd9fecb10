"""Which county a cell, a title or a file's name speaks of. Real counties' names and codes; no person."""

import pytest

from assets.counties.reading import county_in, county_key, county_spoken


@pytest.mark.parametrize(
    ("cell", "county"),
    [
        ("民乐县", "620722"),
        ("甘肃省张掖市山丹县", "620725"),
        (" 山丹 县", "620725"),
        ("620722", "620722"),
        ("620725100203", "620725"),
        ("贵安新区", "贵安新区"),
        ("新设县", "新设县"),  # a new county, which the list of regions does not know: by its name
        ("张掖市", ""),  # a prefecture stands over all of them
        ("620700", ""),
        ("620000", ""),
        ("城关镇", ""),
        ("是", ""),
        ("", ""),
    ],
)
def test_a_cell_of_a_column_of_counties_is_a_code_or_a_name_or_nothing(cell, county):
    assert county_key(cell) == county


def test_of_counties_of_one_name_the_one_beside_the_own_is_meant():
    assert county_key("鼓楼区") == "鼓楼区"
    assert county_key("鼓楼区", "320102") == "320106"
    assert county_key("鼓楼区", "350102") == "350102"  # its own name above all


@pytest.mark.parametrize(
    ("title", "county"),
    [
        ("山丹县/学籍.xlsx", "620725"),
        ("2026年山丹县义务教育学籍", "620725"),
        ("贵安新区农村留守儿童台账.xlsx", "贵安新区"),
        ("民乐县、山丹县.xlsx", ""),
        ("张掖市.xlsx", ""),
        ("开发区.xlsx", ""),
        ("城区小学.xlsx", ""),
        ("常住人口信息（0-17周岁）_1.csv", ""),
    ],
)
def test_a_title_names_one_county_or_none(title, county):
    assert county_in(title) == county


def test_people_read_the_name_and_the_code():
    assert (county_spoken("620725"), county_spoken("620799"), county_spoken("贵安新区")) == (
        "山丹县（620725）",
        "620799",
        "贵安新区",
    )
