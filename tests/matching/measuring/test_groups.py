"""Link rate by group: what is counted, who is flagged, small numbers, and that no group is flagged for its department's sake."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from matching.linked import Linkage
from matching.measuring.groups import FEW, OUTSIDE, UNKNOWN, WORSE, groups_of, link_rates, without_small_numbers
from matching.measuring.intervals import wilson

NO_PAIRS = pd.DataFrame({"record_a": [], "record_b": [], "grade": []}, dtype=object)


def town(rates: dict[str, float], size: int = 400, department: str = "education") -> tuple[pd.DataFrame, pd.DataFrame]:
    """One register row and one school row per child; a share of each town's school rows is linked."""
    rows, links = [], []
    for place, (name, rate) in enumerate(rates.items()):
        for number in range(size):
            register, own = f"PS-{place}-{number}", f"{department}-{place}-{number}"
            rows += [(register, "public_security", name, "01"), (own, department, name, "01")]
            links += [(register, register), (own, register if number < round(rate * size) else own)]
    records = pd.DataFrame(rows, columns=["record_id", "department", "live_town", "nation"])
    return records, pd.DataFrame(links, columns=["record_id", "child_id"])


def line(rates: pd.DataFrame, value: str) -> Any:
    return rates[rates["value"] == value].iloc[0]


def test_a_town_that_is_served_worse_is_flagged_and_no_other() -> None:
    rates = link_rates(*town({"甲镇": 0.99, "乙镇": 0.985, "丙镇": 0.90}), NO_PAIRS, reference="public_security")
    assert rates.loc[rates["flag"] == WORSE, "value"].tolist() == ["丙镇"]
    worse = line(rates, "丙镇")
    assert (worse["records"], worse["linked"]) == (400, 360)
    assert worse["low"] < 0.9 < worse["high"] < worse["expected_rate"]
    assert rates["rate"].between(0, 1).all()


def test_chance_flags_nobody() -> None:
    rng = np.random.default_rng(5)
    records, links = town(dict.fromkeys([f"第{n}镇" for n in range(12)], 1.0), 200)
    ours = links["record_id"].str.startswith("education").to_numpy()
    lost = ours & (rng.random(len(links)) < 0.05)
    links.loc[lost, "child_id"] = links.loc[lost, "record_id"]
    rates = link_rates(records, links, NO_PAIRS, reference="public_security")
    assert (rates["flag"] == "").all()


def test_few_records_are_not_judged() -> None:
    records, links = town({"甲镇": 0.99})
    few, few_links = town({"丁镇": 0.0}, 10)
    few["record_id"], few_links = "x" + few["record_id"], ("x" + few_links).copy()
    rates = link_rates(pd.concat([records, few]), pd.concat([links, few_links]), NO_PAIRS, reference="public_security")
    assert line(rates, "丁镇")["flag"] == FEW
    assert line(rates, "丁镇")["p_value"] == 1


def test_a_town_is_not_flagged_because_its_department_is_seldom_registered() -> None:
    """The federation's records are linked in 70 of 100 cases everywhere; a town that has more of them is not worse served."""
    school, school_links = town({"甲镇": 0.99, "乙镇": 0.99}, 400)
    cards, card_links = town({"乙镇": 0.70, "甲镇": 0.70}, 300, "disability")
    cards["record_id"] = "d" + cards["record_id"]
    card_links = ("d" + card_links).copy()
    keep = ~(
        (cards["live_town"] == "甲镇")
        & cards["record_id"].str.split("-").str[-1].astype(int).mod(10).gt(0)
        & (cards["department"] == "disability")
    )
    rates = link_rates(
        pd.concat([school, cards[keep]]), pd.concat([school_links, card_links]), NO_PAIRS, reference="public_security"
    )
    assert line(rates, "乙镇")["rate"] < line(rates, "甲镇")["rate"] - 0.05
    assert line(rates, "乙镇")["flag"] == ""


def test_groups_are_read_from_the_record_itself() -> None:
    records = pd.DataFrame(
        {
            "name": ["王梓涵", "李伟", "阿依古丽·买买提", ""],
            "nation": ["01", "03", "05", ""],
            "id_no": ["341221201503101237", "", "", ""],
            "live_town": ["甲镇", "乙镇", "", "甲镇"],
            "hukou_town": ["甲镇", "甲镇", "丙镇", ""],
            "birth_date": ["2015-03-10", "2012", "2009-10-01", ""],
            "sex": ["1", "2", "", ""],
            "department": ["a", "a", "b", "b"],
        }
    )
    found = {name: values.tolist() for name, values in groups_of(records, date(2026, 9, 30)).items()}
    assert found["按姓名长度"] == ["三字", "二字", "带间隔号", UNKNOWN]
    assert found["按民族"] == ["汉族", "回族", "维吾尔族", UNKNOWN]
    assert found["按有无有效号码"] == ["有有效号码", "无有效号码", "无有效号码", "无有效号码"]
    assert found["按居住与户籍"] == ["人户一致", "人户分离", UNKNOWN, UNKNOWN]
    assert found["按乡镇"] == ["甲镇", "乙镇", "丙镇", "甲镇"]
    assert found["按年龄"] == ["6—11岁", "12—14岁", "15—17岁", UNKNOWN]
    assert found["按性别"] == ["男", "女", UNKNOWN, UNKNOWN]
    assert "按寄宿" not in found


def test_open_questions_are_counted(county: pd.DataFrame, county_linkage: Linkage) -> None:
    rates = link_rates(county, county_linkage.clusters, county_linkage.pairs, date(2026, 9, 30))
    numbers = rates[rates["group"] == "按有无有效号码"].set_index("value")
    assert numbers.loc["有有效号码", "rate"] > numbers.loc["无有效号码", "rate"]
    assert numbers["records"].sum() == (county["department"] != county["department"].mode()[0]).sum()
    assert (rates["review"] <= rates["records"] - rates["linked"]).all()


def test_one_department_has_no_rates() -> None:
    records = pd.DataFrame({"record_id": ["a"], "department": ["x"]})
    assert link_rates(records, pd.DataFrame({"record_id": ["a"], "child_id": ["a"]}), NO_PAIRS).empty


def test_the_public_form_lets_nobody_subtract() -> None:
    records, links = town({"甲镇": 1.0, "乙镇": 0.99, "丙镇": 0.5})
    rates = without_small_numbers(link_rates(records, links, NO_PAIRS, reference="public_security"))
    towns = rates[rates["group"] == "按乡镇"]["value"].tolist()
    assert "乙镇" not in towns  # four unlinked
    assert len(towns) == 1


@pytest.mark.parametrize(
    ("share", "n", "low", "high"), [(1.0, 100, 0.963, 1.0), (0.5, 10, 0.2366, 0.7634), (0.0, 0, 0.0, 1.0)]
)
def test_wilson(share: float, n: int, low: float, high: float) -> None:
    assert wilson(share, n) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


def ages(reference_to: int, own_to: int, each: int = 30, **more: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`each` children born in every year: the reference holds those up to an age, the schools all up to another."""
    rows = [(f"PS-{age}-{n}", "public_security", age) for age in range(reference_to + 1) for n in range(each)]
    rows += [(f"ED-{age}-{n}", "education", age) for age in range(own_to + 1) for n in range(each)]
    records = pd.DataFrame(rows, columns=["record_id", "department", "age"])
    records["birth_date"] = [f"{2026 - age}-03-10" for age in records.pop("age")]
    links = records[["record_id"]].assign(child_id=records["record_id"].str.partition("-")[2])
    return records.assign(**more), links


def test_who_is_older_than_the_reference_s_extract_is_no_group_and_lowers_none() -> None:
    rates = link_rates(*ages(17, 19), NO_PAIRS, date(2026, 9, 30), "public_security")
    assert "18岁及以上" not in rates["value"].tolist()
    assert rates[rates["group"] != OUTSIDE]["rate"].eq(1).all()
    outside = rates[rates["group"] == OUTSIDE]
    assert outside["value"].tolist() == ["18岁及以上（超出对照名册的年龄）"]
    assert (outside["records"].item(), outside["linked"].item(), outside["flag"].item()) == (60, 0, "")


def test_an_extract_that_goes_on_is_asked_about_all_its_ages() -> None:
    rates = link_rates(*ages(19, 19), NO_PAIRS, date(2026, 9, 30), "public_security")
    assert OUTSIDE not in rates["group"].tolist()
    assert "18岁及以上" in rates["value"].tolist()


def test_children_who_moved_in_are_outside_for_their_registration_may_be_elsewhere() -> None:
    records, links = ages(9, 9)
    moved = records["record_id"].str.startswith("ED-5-")
    records["migrant"] = np.where(moved, "yes", "")
    links.loc[moved.to_numpy(), "child_id"] = "nobody"
    rates = link_rates(records, links, NO_PAIRS, date(2026, 9, 30), "public_security")
    assert "按随迁" not in rates["group"].tolist()
    assert rates[rates["group"] == OUTSIDE][["records", "linked"]].to_numpy().tolist() == [[30, 0]]
    assert rates[rates["group"] != OUTSIDE]["rate"].eq(1).all()


def test_every_record_beside_the_reference_is_in_each_group_once_or_outside_once() -> None:
    records, links = ages(17, 19, migrant="")
    rates = link_rates(records, links, NO_PAIRS, date(2026, 9, 30), "public_security")
    sums = rates.groupby("group")["records"].sum()
    assert set(sums.drop(OUTSIDE) + sums[OUTSIDE]) == {600}


@pytest.mark.parametrize(
    ("lines", "shown", "why"),
    [
        ([(100, 90, 0), (200, 150, 0)], [0, 1], "all are large"),
        ([(7, 7, 0), (100, 90, 0), (200, 150, 0)], [2], "a small line goes, and the next smallest with it"),
        ([(7, 7, 0), (6, 6, 0), (100, 90, 0)], [2], "two small lines hide each other"),
        ([(100, 7, 0), (200, 150, 0), (300, 150, 0)], [2], "few linked"),
        ([(100, 93, 0), (200, 150, 0), (300, 150, 0)], [2], "few unlinked"),
        ([(100, 90, 7), (200, 150, 0), (300, 150, 0)], [2], "few open questions"),
        ([(100, 92, 8), (200, 150, 0)], [0, 1], "eight of each are enough"),
        ([(100, 100, 0), (200, 0, 0)], [0, 1], "none and all tell of nobody"),
        ([(5, 5, 0)], [], "a small line alone"),
        ([(0, 0, 0), (100, 50, 10)], [0, 1], "nobody is no small number"),
    ],
)
def test_small_numbers_of_the_public_form(lines: list[tuple[int, int, int]], shown: list[int], why: str) -> None:
    rates = pd.DataFrame(lines, columns=["records", "linked", "review"]).assign(group="按乡镇", value=range(len(lines)))
    assert without_small_numbers(rates)["value"].tolist() == shown, why


def test_groups_hide_their_small_numbers_each_for_itself() -> None:
    rates = pd.DataFrame(
        {"group": ["a", "a", "b", "b"], "records": [5, 90, 90, 90], "linked": [5, 45, 45, 45], "review": 0}
    )
    assert without_small_numbers(rates)["group"].tolist() == ["b", "b"]
    assert len(without_small_numbers(rates, least=5)) == 4


def test_a_gap_too_small_to_matter_is_not_flagged_however_sure_it_is() -> None:
    records, links = town({"甲镇": 0.996, "乙镇": 1.0}, 20_000)
    rates = link_rates(records, links, NO_PAIRS, reference="public_security")
    assert line(rates, "甲镇")["p_value"] < 0.01
    assert line(rates, "甲镇")["flag"] == ""


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("王", "一字"),
        ("王芳", "二字"),
        ("王梓涵", "三字"),
        ("欧阳娜娜", "四字"),
        ("古丽巴哈尔", "五字及以上"),
        ("阿依古丽·买买提", "带间隔号"),
        ("", UNKNOWN),
    ],
)
def test_lengths_of_names(name: str, length: str) -> None:
    records = pd.DataFrame({"name": [name, "王芳"], "department": "a"})
    assert groups_of(records, None)["按姓名长度"].tolist()[0] == length


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("2026-10-01", UNKNOWN),
        ("2026-09-30", "0—5岁"),
        ("2020-10-01", "0—5岁"),
        ("2020-09-30", "6—11岁"),
        ("2014-09-30", "12—14岁"),
        ("2011-09-30", "15—17岁"),
        ("2008-10-01", "15—17岁"),
        ("2008-09-30", "18岁及以上"),
        ("unknown", UNKNOWN),
    ],
)
def test_ages_on_the_last_day_of_the_period(born: str, band: str) -> None:
    records = pd.DataFrame({"birth_date": [born, "2015-01-01"], "department": "a"})
    assert groups_of(records, date(2026, 9, 30))["按年龄"].tolist()[0] == band
