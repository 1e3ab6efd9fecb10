"""Linking as a whole: quality on a generated county, order, edge cases, twins, borrowed and obsolete numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from benchmarks.county import Habits, make_county
from matching.linked import Linkage
from matching.linking import link_records
from matching.measuring.evaluate import Quality, quality


def children(linkage: Linkage) -> dict[str, str]:
    return dict(zip(linkage.clusters["record_id"], linkage.clusters["child_id"], strict=True))


def partition(linkage: Linkage) -> set[frozenset[str]]:
    groups = linkage.clusters.groupby("child_id")["record_id"].agg(frozenset)
    return set(groups)


def measured_quality(county: pd.DataFrame, result: Linkage) -> Quality:
    found = county.merge(result.clusters[["record_id", "child_id"]], on="record_id")
    return quality(found["truth"].tolist(), found["child_id"].tolist())


NUMBERS = ("id_no", "id_no_raw", "id_no_status", "student_no", "student_no_id", "disability_no", "disability_no_id")
FAMILY = {
    "father_name": "张大伟",
    "mother_name": "李秀英",
    "live_town": "豫龙镇",
    "live_village": "槐林村",
    "phone": "13800001111",
    "sex": "1",
}


def test_an_ordinary_county_is_linked_well(county: pd.DataFrame, county_linkage: Linkage) -> None:
    found = county.merge(county_linkage.clusters[["record_id", "child_id"]], on="record_id")
    measured = quality(found["truth"].tolist(), found["child_id"].tolist())
    assert len(found) == len(county)
    assert measured.precision >= 0.9975
    assert measured.recall >= 0.99
    assert measured.merged_children <= 2


@pytest.mark.parametrize(("seed", "careless"), [(21, 1.0), (22, 2.5)])
def test_other_counties_and_careless_ones(seed: int, careless: float) -> None:
    county = make_county(Habits(children=2000, seed=seed, careless=careless))
    measured = measured_quality(county, link_records(county))
    assert measured.precision >= 0.995
    assert measured.recall >= 0.98


def test_many_twins_stay_apart() -> None:
    county = make_county(Habits(children=1500, seed=5, twins=0.12))
    measured = measured_quality(county, link_records(county))
    assert measured.precision >= 0.99
    assert measured.recall >= 0.98


def test_five_sources_are_linked_like_four() -> None:
    shares = {"public_security": 0.9, "education": 0.6, "civil_affairs": 0.2, "disability": 0.1, "health": 0.9}
    county = make_county(Habits(children=800, seed=9, departments=shares))
    found = county.merge(link_records(county).clusters[["record_id", "child_id"]], on="record_id")
    assert quality(found["truth"].tolist(), found["child_id"].tolist()).recall >= 0.98
    assert set(found["department"]) == set(shares)


def test_the_order_of_the_rows_changes_nothing(county: pd.DataFrame, county_linkage: Linkage) -> None:
    shuffled = link_records(county.sample(frac=1, random_state=99))
    pd.testing.assert_frame_equal(shuffled.clusters, county_linkage.clusters)
    pd.testing.assert_frame_equal(shuffled.pairs, county_linkage.pairs)


def test_result_frames_have_the_agreed_shape(county_linkage: Linkage) -> None:
    pairs, clusters = county_linkage.pairs, county_linkage.clusters
    assert list(pairs.columns) == [
        "record_a",
        "record_b",
        "department_a",
        "department_b",
        "method",
        "weight",
        "probability",
        "grade",
        "levels",
        "reason",
        "keys",
    ]
    assert list(clusters.columns) == [
        "record_id",
        "child_id",
        "period",
        "department",
        "file",
        "sheet",
        "row",
        "method",
        "probability",
    ]
    assert (pairs["record_a"] < pairs["record_b"]).all()
    assert set(pairs["grade"]) <= {"same", "review", "different"}
    assert set(clusters["method"]) <= {"number", "derived_number", "name_birth", "fuzzy", "decision", "single"}
    assert clusters["probability"].between(0, 1).all()
    assert clusters["child_id"].str.fullmatch(r"T2026Q3-\d{6}").all()


def test_every_same_pair_is_in_one_child_and_no_other_is(county_linkage: Linkage) -> None:
    child = children(county_linkage)
    together = county_linkage.pairs["record_a"].map(child) == county_linkage.pairs["record_b"].map(child)
    assert ((county_linkage.pairs["grade"] == "same") == together).all()


def test_the_report_says_how_it_learned_and_holds_no_values(county: pd.DataFrame, county_linkage: Linkage) -> None:
    report = county_linkage.report
    assert report["learning"]["mode"] == "labels"
    assert report["estimates"]["expected_precision"] > 0.99
    assert {line["key"] for line in report["keys"]} >= {"number", "name_birth"}
    text = str(report)
    assert not any(value in text for value in county.loc[county["id_no"] != "", "id_no"].head(200))
    assert not any(value in text for value in county["name"].head(200))


def test_reasons_hold_no_values(county: pd.DataFrame, county_linkage: Linkage) -> None:
    text = "\n".join(county_linkage.pairs["reason"].unique())
    assert not any(number in text for number in county.loc[county["id_no"] != "", "id_no"].head(300))
    assert not any(name in text for name in county.loc[county["name"].str.len() >= 3, "name"].head(300))


@pytest.mark.parametrize("rows", [0, 1])
def test_empty_and_single(frame: Any, rows: int) -> None:
    records = frame({"name": "张伟", "birth_date": "2015-03-10"}).head(rows)
    result = link_records(records)
    assert len(result.clusters) == rows
    assert len(result.pairs) == 0
    assert result.report["learning"]["mode"] == "fixed"


def test_absent_columns_are_missing(frame: Any) -> None:
    records = frame({"d": "PS", "name": "张伟"}, {"d": "ED", "name": "李军"})[["record_id", "department", "name"]]
    assert link_records(records).clusters["child_id"].nunique() == 2


def test_a_repeated_record_id_is_refused_without_values(frame: Any) -> None:
    records = frame({"name": "张伟"}, {"name": "李军"}).assign(record_id="PS-1")
    with pytest.raises(ValueError, match="record_id 有重复"):
        link_records(records)


def test_no_numbers_at_all_still_links(county: pd.DataFrame) -> None:
    result = link_records(county.assign(**dict.fromkeys(NUMBERS, "")))
    measured = measured_quality(county, result)
    assert result.report["learning"]["mode"] == "em"
    assert measured.precision >= 0.99
    assert measured.recall >= 0.97


def test_no_birth_dates_at_all_still_links_by_number(county: pd.DataFrame) -> None:
    measured = measured_quality(county, link_records(county.assign(birth_date="", birth_precision="")))
    assert measured.precision >= 0.99
    assert measured.recall >= 0.9


def test_ten_thousand_rows_of_one_name_are_not_one_child() -> None:
    rows = 10_000
    records = pd.DataFrame(
        {
            "record_id": [f"PS-{i:05d}" for i in range(rows)],
            "department": ["public_security", "education"] * (rows // 2),
            "name": "王梓涵",
        }
    )
    result = link_records(records)
    assert result.clusters["child_id"].nunique() == rows


def test_all_equal_rows_are_reported_not_merged_without_bound() -> None:
    rows = 1_500
    records = pd.DataFrame(
        {
            "record_id": [f"CA-{i:05d}" for i in range(rows)],
            "department": "civil_affairs",
            "name": "王梓涵",
            "birth_date": "2015-03-10",
            "father_name": "王强",
            "sex": "2",
        }
    )
    result = link_records(records)
    assert result.clusters.groupby("child_id").size().max() <= 20
    assert result.report["oversized_blocks"] > 0
    assert result.pairs["reason"].str.contains("超大簇").any()


def test_same_number_with_a_nickname_is_one_child(frame: Any, number: Any) -> None:
    records = frame(
        {"d": "PS", "name": "张梓轩", "birth_date": "2015-03-10", "id_no": number("2015-03-10"), **FAMILY},
        {"d": "CA", "name": "毛毛", "birth_date": "2015-03-10", "id_no": number("2015-03-10"), **FAMILY},
    )
    result = link_records(records)
    assert result.clusters["child_id"].nunique() == 1
    assert "小名" in result.pairs["reason"].iloc[0]


def test_number_of_a_sibling_in_the_childs_row_does_not_merge_them(frame: Any, number: Any) -> None:
    elder, younger = number("2012-05-06", 21), number("2015-03-10", 31)
    records = frame(
        {"d": "PS", "name": "张梓轩", "birth_date": "2012-05-06", "id_no": elder, **FAMILY},
        {"d": "PS", "name": "张雨桐", "birth_date": "2015-03-10", "id_no": younger, **FAMILY},
        {"d": "CA", "name": "张雨桐", "birth_date": "2015-03-10", "id_no": elder, **FAMILY},
    )  # fmt: skip
    result = link_records(records)
    child = children(result)
    assert child["CA-002"] == child["PS-001"]
    assert child["CA-002"] != child["PS-000"]
    reason = result.pairs.set_index(["record_a", "record_b"]).loc[("CA-002", "PS-000"), "reason"]
    assert "借用" in reason


def test_twins_kept_apart_say_why(frame: Any, number: Any) -> None:
    records = frame(
        {"d": "PS", "name": "张文文", "birth_date": "2015-03-10", "id_no": number("2015-03-10", 21), **FAMILY},
        {"d": "PS", "name": "张文博", "birth_date": "2015-03-10", "id_no": number("2015-03-10", 23), **FAMILY},
        {"d": "ED", "name": "张文文", "birth_date": "2015-03-10", "id_no": number("2015-03-10", 21), **FAMILY},
        {"d": "ED", "name": "张文博", "birth_date": "2015-03-10", "id_no": number("2015-03-10", 23), **FAMILY},
    )  # fmt: skip
    result = link_records(records)
    child = children(result)
    assert child["PS-000"] == child["ED-002"]
    assert child["PS-001"] == child["ED-003"]
    assert child["PS-000"] != child["PS-001"]
    assert result.pairs["reason"].str.contains("疑为双胞胎").any()


def test_a_number_with_one_slip_is_explained_by_its_place(frame: Any, number: Any) -> None:
    good = number("2015-03-10", 21)
    bad = good[:14] + ("9" if good[14] != "9" else "8") + good[15:]
    records = frame(
        {"d": "PS", "name": "张梓轩", "birth_date": "2015-03-10", "id_no": good, **FAMILY},
        {
            "d": "CA",
            "name": "张子轩",
            "birth_date": "2015-03-10",
            "id_no_raw": bad,
            "id_no_status": "bad_check",
            **FAMILY,
        },
    )
    result = link_records(records)
    assert result.clusters["child_id"].nunique() == 1
    assert "身份证号第15位不同" in result.pairs["reason"].iloc[0]
    assert "姓名读音相同" in result.pairs["reason"].iloc[0]


def test_a_lunar_birthday_is_joined_and_said(frame: Any, number: Any) -> None:
    records = frame(
        {"d": "PS", "name": "张梓轩", "birth_date": "2015-03-10", "id_no": number("2015-03-10"), **FAMILY},
        {"d": "CA", "name": "张梓轩", "birth_date": "2015-01-20", **FAMILY},
    )
    result = link_records(records)
    assert result.clusters["child_id"].nunique() == 1
    assert "农历" in result.pairs["reason"].iloc[0]


def test_an_obsolete_number_does_not_split_a_child(county: pd.DataFrame, county_linkage: Linkage) -> None:
    """Records whose valid number differs although name, birth and both parents agree (rules/identifiers.md#c22)."""
    found = county.merge(county_linkage.clusters[["record_id", "child_id"]], on="record_id")
    numbered = found[found["id_no"] != ""]
    several = numbered.groupby("truth").filter(
        lambda rows: rows["id_no"].nunique() > 1 and rows["birth_date"].nunique() == 1 and rows["name"].nunique() == 1
    )
    assert several["truth"].nunique() >= 5
    assert (several.groupby("truth")["child_id"].nunique() == 1).mean() >= 0.8


def test_people_win_in_both_directions(frame: Any, number: Any) -> None:
    records = frame(
        {"d": "PS", "name": "张梓轩", "birth_date": "2015-03-10", "id_no": number("2015-03-10", 21)},
        {"d": "ED", "name": "张梓轩", "birth_date": "2015-03-10", "id_no": number("2015-03-10", 21)},
        {"d": "CA", "name": "毛毛", "birth_date": "2014-01-01"},
    )
    judged = pd.DataFrame(
        {"record_a": ["PS-000", "PS-000"], "record_b": ["ED-001", "CA-002"], "verdict": ["different", "same"]}
    )
    result = link_records(records, judgements=judged)
    child = children(result)
    assert child["PS-000"] != child["ED-001"]
    assert child["PS-000"] == child["CA-002"]
    assert set(result.pairs.loc[result.pairs["grade"] == "same", "reason"].str.contains("人工确认为同一儿童")) == {True}


def test_two_register_rows_of_one_number_are_one_child(frame: Any, number: Any) -> None:
    same = {"d": "PS", "name": "张梓轩", "birth_date": "2015-03-10", "id_no": number("2015-03-10", 21)}
    assert link_records(frame(same, same, same)).clusters["child_id"].nunique() == 1
