"""Townships and villages learned from data or a list, and addresses read against them."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.reading import places
from matching.reading.regions import area_name, county_code, read_area

CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "addresses.csv").open(encoding="utf-8")))


@pytest.fixture(scope="module")
def county() -> places.Gazetteer:
    stated = pd.DataFrame(
        {
            "town": ["双石铺镇"] * 5 + ["城关街道办事处"] * 4 + ["凤州镇"] * 5 + ["双石甫镇"],
            "village": ["十里店村"] * 5 + ["东街社区居委会"] * 4 + ["桑园村民委员会"] * 5 + ["十里店村"],
        }
    )
    told = pd.DataFrame(
        {"hukou_addr": ["陕西省宝鸡市凤县黄牛铺镇东河桥村三组12号"] * 8 + ["甘肃省张掖市民乐县洪水镇城南村"] * 3}
    )
    return places.learn_places(stated, told)


def test_what_is_learned(county: places.Gazetteer) -> None:
    assert county.county == "610330"
    assert sorted(county.villages) == ["凤州镇", "双石铺镇", "城关街道", "黄牛铺镇"], (
        "slips and other counties teach nothing"
    )
    assert county.villages["黄牛铺镇"]["东河桥"] == "东河桥村"
    assert county.villages["凤州镇"]["桑园村民委员会"] == "桑园村"


@pytest.mark.parametrize("case", CASES, ids=[case["cell"] or "empty" for case in CASES])
def test_addresses(case: dict[str, str], county: places.Gazetteer) -> None:
    row = places.read_addresses(pd.Series([case["cell"]]), county).iloc[0].to_dict()
    assert row == {name: case[name] for name in places.ADDRESS_COLUMNS}


def test_without_any_list_the_kinds_show_the_parts() -> None:
    row = places.read_addresses(pd.Series(["陕西省宝鸡市凤县双石铺镇十里店村委会三组"])).iloc[0]
    assert (row["town"], row["village"], row["rest"]) == ("双石铺镇", "十里店村", "三组")


def test_a_county_list_with_older_names() -> None:
    listed = pd.DataFrame(
        {"town": ["双石铺镇", "凤州镇"], "village": ["十里店村", "白石铺村"], "aliases": ["老店子;店子村", ""]}
    )
    known = places.places_from_list(listed, "610330")
    read = places.read_addresses(pd.Series(["双石铺镇店子村", "凤县老店子", "双石铺镇老店子二组"]), known)
    assert list(read["village"]) == ["十里店村", "", "十里店村"]


def test_columns_of_their_own(county: places.Gazetteer) -> None:
    towns = pd.Series(["双石铺", "凤县凤州镇", "", "城关街道办", "凤州镇"])
    villages = pd.Series(["十里店村委会", "桑园", "十里店村", "东街", "无"])
    read = places.read_places(towns, villages, county)
    assert list(read["town"]) == ["双石铺镇", "凤州镇", "双石铺镇", "城关街道", "凤州镇"]
    assert list(read["village"]) == ["十里店村", "桑园村", "十里店村", "东街社区", ""]


def test_a_village_name_in_two_townships_names_no_township() -> None:
    rows = pd.DataFrame({"town": ["甲子镇"] * 3 + ["乙丑镇"] * 3, "village": ["新民村"] * 6})
    read = places.read_addresses(pd.Series(["新民村", "甲子镇新民村"]), places.learn_places(rows))
    assert list(read["town"]) == ["", "甲子镇"]
    assert list(read["village"]) == ["新民村", "新民村"]


def test_counties_of_one_name_have_no_code_until_the_rest_is_known() -> None:
    assert read_area("鼓楼区").code == ""
    assert read_area("福州市鼓楼区").code == "350102"
    assert county_code("凤县") == "610330"
    assert county_code("鼓楼区") == ""
    assert area_name("520114") == "小河区"


@given(st.text(alphabet="陕西省宝鸡市凤县双石铺镇十里店村委会三组12号社区街道", max_size=16))
def test_nothing_is_lost_or_invented(text: str) -> None:
    row = places.read_addresses(pd.Series([text])).iloc[0]
    assert text.endswith(row["rest"])
    assert all(part in text or part == "" for part in (row["county"], row["rest"]))
    again = places.read_addresses(pd.Series([row["town"] + row["village"]])).iloc[0]
    if row["town"]:
        assert again["town"].startswith(row["town"][:2])


def test_a_township_that_begins_with_the_county_s_name_is_not_cut() -> None:
    town = "民乐生态工业园区"
    full = f"甘肃省张掖市民乐县{town}富强苑社区3组7号"
    rows = pd.DataFrame(
        {
            "town": [town] * 4 + ["洪水镇"] * 4,
            "village": ["富强苑社区"] * 4 + ["山城村"] * 4,
            "hukou_addr": [full] * 4 + ["民乐县洪水镇山城村"] * 4,
            "live_addr": [f"{town}富强苑社区"] * 4 + ["民乐洪水镇山城村"] * 4,
        }
    )
    learned = places.learn_places(rows, county="620722")
    assert sorted(learned.villages) == ["民乐生态工业园区", "洪水镇"]
    read = places.read_addresses(pd.Series([full, f"{town}富强苑社区", "民乐洪水镇山城村"]), learned)
    assert read["town"].tolist() == [town, town, "洪水镇"]


def test_a_county_that_the_list_of_regions_does_not_know_is_no_part_of_the_township() -> None:
    known = places.places_from_list(pd.DataFrame({"town": ["云杉镇"], "village": ["上泉村"]}), "620799")
    told = pd.Series(["甘肃省张掖市童谷县云杉镇上泉村7组", "童谷县云杉镇上泉村", "陕西省宝鸡市凤县云杉镇"])
    read = places.read_addresses(told, known)
    assert read["town"].tolist() == ["云杉镇", "云杉镇", "云杉镇"]
    assert read["village"].tolist() == ["上泉村", "上泉村", ""]
    learned = places.learn_places(pd.DataFrame({"hukou_addr": ["张掖市童谷县云杉镇上泉村"] * 5}), county="620799")
    assert set(learned.towns.values()) == {"云杉镇"}


def test_between_two_counties_of_a_size_none_is_chosen() -> None:
    fengxian, minle = "陕西省宝鸡市凤县黄牛铺镇东河桥村", "甘肃省张掖市民乐县洪水镇城南村"
    learned = places.learn_places(pd.DataFrame({"hukou_addr": [fengxian] * 30 + [minle] * 25}))
    assert learned.county == ""
    assert sorted(learned.villages) == ["洪水镇", "黄牛铺镇"]
    assert learned.elsewhere == {"黄牛铺镇": "610330", "洪水镇": "620722"}


def test_a_township_that_addresses_name_with_another_county_is_that_countys() -> None:
    told = pd.DataFrame(
        {"hukou_addr": ["陕西省宝鸡市凤县黄牛铺镇东河桥村"] * 80 + ["甘肃省张掖市民乐县洪水镇城南村"] * 25}
    )
    bare = pd.DataFrame({"town": ["洪水镇"] * 40, "village": ["城南村"] * 40})
    assert places.learn_places(told, bare).elsewhere == {"洪水镇": "620722"}
    # A few children who come from a 城关镇 there take no 城关镇 of ours away.
    ours = pd.DataFrame({"town": ["洪水镇"] * 400, "village": ["城南村"] * 400})
    assert places.learn_places(told, ours).elsewhere == {}
