"""Child files: current police state, chosen values and their departments, household, ages, places, near candidates."""

from typing import Any

import pandas as pd
import pytest
from town import CA, ED, PS, Town, number


@pytest.fixture
def town() -> Any:
    return Town()


def child(town: Any, number: int) -> pd.Series:
    children = town.files().children
    return children[children["child_id"] == f"T2026Q3-{number:06d}"].iloc[0]


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([{}], "active"),
        ([{"cancel_kind": "moved_out", "cancel_date": "2025-01-01"}], "moved_out"),
        ([{"cancel_kind": "moved_out", "cancel_date": "2025-01-01"}, {}], "active"),
        ([{}, {"cancel_kind": "death", "cancel_date": "2025-01-01"}], "dead"),
        ([{"death_date": "2025-01-01"}], "dead"),
        ([{"cancel_kind": "duplicate"}], "cancelled"),
        ([{"cancel_kind": "duplicate", "cancel_date": "2026-01-01"}, {"moved_out_date": "2025-01-01"}], "moved_out"),
        ([{"population_status": "已注销"}], "cancelled"),
        ([{"population_status": "迁出注销"}], "moved_out"),
        ([{"population_status": "正常"}], "active"),
        ([{"cancel_date": "2025-01-01"}], "cancelled"),
    ],
)
def test_police_history_collapses_to_one_state(town: Any, rows: list[dict[str, str]], state: str) -> None:
    for fields in rows:
        town.add(PS, 1, **fields)
    found = child(town, 1)
    assert found["police_state"] == state
    assert found["alive"] == ("no" if state == "dead" else "yes")
    assert found["moved_out"] == ("yes" if state == "moved_out" else "no")
    assert found["here"] == ("yes" if state == "active" else "no")


def test_police_values_come_first_and_every_value_names_its_department(town: Any) -> None:
    town.add(CA, 1, name="张甲", guardian_name="王奶奶", phone="1", sex="")
    town.add(ED, 1, name="张乙", school="一小", sex="1")
    town.add(PS, 1, name="张丙", birth_date="2016-03-12", sex="")
    found = child(town, 1)
    assert (found["name"], found["name_from"]) == ("张丙", PS)
    assert (found["sex"], found["sex_from"]) == ("1", ED)
    assert (found["school"], found["school_from"]) == ("一小", ED)
    assert (found["guardian_name"], found["guardian_name_from"]) == ("王奶奶", CA)
    assert (found["birth_date"], found["birth_date_from"]) == ("2016-03-12", PS)
    assert found["departments"] == "civil_affairs;education;public_security"
    assert len(town.files().records) == 3


def test_a_cancelled_row_does_not_beat_the_current_one(town: Any) -> None:
    town.add(PS, 1, name="张旧", cancel_kind="moved_out", cancel_date="2024-01-01")
    town.add(PS, 1, name="张新")
    assert child(town, 1)["name"] == "张新"


def test_the_date_that_decides_about_ages(town: Any) -> None:
    town.add(PS, 1, birth_date="2016-03", id_no="")
    town.add(CA, 1, birth_date="2016-03-20", id_no="")
    town.add(ED, 2, birth_date="2016", id_no=number("2016-05-06", 2), id_no_birth="2016-05-06")
    town.add(ED, 3, birth_date="2031-01-01", id_no="")
    town.add(ED, 4, birth_date="2020-08", id_no="")
    assert child(town, 1)["birth_date"] == "2016-03-20"
    assert child(town, 2)["birth_date"] == "2016-05-06"
    assert (child(town, 3)["birth_date"], child(town, 3)["age"]) == ("", -1)
    assert (child(town, 4)["age"], child(town, 4)["cohort_grade"], child(town, 4)["cohort_sure"]) == (6, 1, True)


def test_a_date_that_the_number_and_another_department_give_beats_a_mistyped_police_date(town: Any) -> None:
    given = number("2019-12-01", 1)
    town.add(PS, 1, birth_date="2019-08-01", id_no=given, id_no_birth="2019-12-01")
    town.add(CA, 1, birth_date="2019-12-01", id_no=given, id_no_birth="2019-12-01")
    town.add(PS, 2, birth_date="2019-08-01", id_no=given, id_no_birth="2019-12-01")
    assert child(town, 1)["birth_date"] == "2019-12-01"
    assert child(town, 2)["birth_date"] == "2019-08-01"


@pytest.mark.parametrize(
    ("birth", "age", "grade", "in_band"),
    [
        ("2016-09-30", 10, 4, True),
        ("2016-10-01", 9, 4, True),
        ("2009-09-30", 17, 11, False),
        ("2021-01-01", 5, 0, False),
    ],
)
def test_ages_and_cohort_at_the_as_of_day(town: Any, birth: str, age: int, grade: int, in_band: bool) -> None:
    town.add(PS, 1, birth_date=birth)
    found = child(town, 1)
    assert (found["age"], found["cohort_grade"], found["in_band"]) == (age, grade, in_band)


def test_household_here_elsewhere_none_unknown(town: Any) -> None:
    town.add(PS, 1)
    town.add(CA, 2, hukou_class="none")
    town.add(ED, 3, hukou_area_code="620102")
    town.add(CA, 4, hukou_class="local")
    town.add(PS, 5, hukou_county="620102")
    town.add(PS, 6, cancel_kind="moved_out", cancel_date="2025-01-01")
    assert [child(town, number)["hukou"] for number in range(1, 7)] == [
        *("here", "none", "elsewhere", "unknown", "elsewhere", "elsewhere")
    ]
    assert child(town, 3)["hukou_from"] == ED


def test_the_township_that_must_act_is_where_the_child_lives(town: Any) -> None:
    town.add(PS, 1, hukou_town="甲镇", hukou_village="一村")
    town.add(ED, 1, live_town="乙镇", live_village="二村", town="校镇")
    town.add(PS, 2, hukou_town="甲镇", hukou_village="一村")
    town.add(CA, 3, town="丙镇", village="三村")
    assert (child(town, 1)["town"], child(town, 1)["village"], child(town, 1)["town_from"]) == ("乙镇", "二村", ED)
    assert (child(town, 2)["town"], child(town, 2)["village"]) == ("甲镇", "一村")
    assert (child(town, 3)["town"], child(town, 3)["village"]) == ("丙镇", "三村")


def test_near_candidates_are_seen_from_both_children(town: Any) -> None:
    one, other, own = town.add(PS, 1), town.add(ED, 2), town.add(ED, 1)
    town.near(one, other)
    town.near(own, one, "same")
    near = town.files().near
    assert near[["record_id", "other_record_id"]].to_numpy().tolist() == [[one, other], [other, one]]
    assert near["other_department"].tolist() == [ED, PS]


def test_roll_sets_come_from_active_files_only(town: Any) -> None:
    town.add(CA, 1, category="left_behind", aid="minimum_living")
    town.add(CA, 1, category="dilemma", aid="minimum_living;temporary")
    town.add(CA, 1, category="orphan", roll_status="exited")
    found = child(town, 1)
    assert (found["categories"], found["aids"]) == ("dilemma;left_behind", "minimum_living;temporary")


def test_a_fifth_source_needs_no_code(town: Any) -> None:
    record = town.add("health", 1, name="张五")
    town.records[0] = {key: value for key, value in town.records[0].items() if key not in ("category", "aid")}
    found = child(town, 1)
    assert (found["name"], found["departments"]) == ("张五", "health")
    assert town.files().records["record_id"].tolist() == [record]


def test_order_of_records_links_and_pairs_does_not_matter(town: Any) -> None:
    records = [town.add(department, number) for number in (1, 2, 3) for department in (CA, PS, ED)]
    town.near(records[0], records[4])
    town.near(records[2], records[7])
    first = town.files()
    for part in (town.records, town.links, town.pairs):
        part.reverse()
    second = town.files()
    pd.testing.assert_frame_equal(first.children, second.children)
    pd.testing.assert_frame_equal(first.records[list(second.records)], second.records)
    pd.testing.assert_frame_equal(first.near, second.near)
