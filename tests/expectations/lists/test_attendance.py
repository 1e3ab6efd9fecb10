"""L04 在籍不在校, L06 休学超期, L07 送教未落实 and L26 应推送入学."""

from datetime import date

import pytest
from town import CA, DI, ED, PS, Town

AT = "attendance"
ALL = (CA, ED, PS, DI, AT)
PUPIL = {"enrolment_status": "in", "school": "第一小学", "grade": "5"}


def listed(town: Town, code: str, delivered: tuple[str, ...] = ALL) -> dict[int, str]:
    found = town.findings(code, delivered)
    return {int(child[-6:]): grade for child, grade in zip(found["child_id"], found["grade"], strict=True)}


def test_a_pupil_missing_on_the_attendance_list_of_the_school(town: Town) -> None:
    for child in (1, 2, 3):
        town.add(ED, child, **PUPIL)
    town.add(AT, 1, school="第一小学", grade="5", present="yes")
    town.add(AT, 2, school="第一小学", grade="5", present="no")
    assert listed(town, "L04") == {2: "明确", 3: "很可能"}


def test_a_class_list_of_education_counts_as_one_and_is_no_second_enrolment(town: Town) -> None:
    for child in (1, 2):
        town.add(ED, child, **PUPIL)
    town.add(ED, 1, layout="attendance", school="第一小学", grade="5", present="yes")
    assert listed(town, "L04", (CA, ED, PS, DI)) == {2: "很可能"}
    assert town.listed("L16E") == {}


def test_a_school_or_grade_that_sent_no_list_says_nothing(town: Town) -> None:
    town.add(ED, 1, **PUPIL | {"school": "第二小学"})
    town.add(ED, 2, **PUPIL | {"grade": "4"})
    town.add(ED, 3, **PUPIL)
    town.add(AT, 4, school="第一小学", grade="5")
    assert listed(town, "L04") == {3: "很可能"}


@pytest.mark.parametrize(
    "excuse",
    [
        {"study_status": "on_leave"},
        {"study_status": "suspended"},
        {"study_status": "elsewhere"},
        {"study_status": "home_teaching"},
    ],
)
def test_leave_and_other_reasons_are_no_drop_out(town: Town, excuse: dict[str, str]) -> None:
    town.add(ED, 1, **PUPIL)
    town.add(AT, 1, school="第一小学", grade="5", present="no", **excuse)
    assert listed(town, "L04") == {}


def test_home_taught_and_suspended_pupils_need_not_be_there(town: Town) -> None:
    town.add(ED, 1, **PUPIL, attendance_mode="home_teaching")
    town.add(ED, 2, **PUPIL | {"enrolment_status": "suspended"})
    town.add(AT, 3, school="第一小学", grade="5")
    assert listed(town, "L04") == {}


def test_a_pupil_probably_on_the_list_waits_for_a_judgement(town: Town) -> None:
    mine = town.add(ED, 1, **PUPIL)
    town.near(mine, town.add(AT, 2, school="第一小学", grade="5"), probability=0.8)
    assert listed(town, "L04") == {}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"present": "yes"}, {}),
        ({"present": ""}, {}),
        ({"present": "no"}, {1: "很可能"}),
        ({"present": "no", "study_status": "on_leave"}, {}),
        ({"present": "yes", "grade": ""}, {}),
        ({"present": "yes", "grade": "4"}, {1: "很可能"}),
        ({"present": "yes", "school": "第二小学"}, {1: "很可能"}),
        ({"present": "yes", "name": "李某"}, {1: "很可能"}),
    ],
)
def test_a_class_list_without_numbers_is_read_by_school_grade_and_name(
    town: Town, row: dict[str, str], found: dict[int, str]
) -> None:
    town.add(ED, 1, **PUPIL, name="张晓明")
    town.add(ED, 2, **PUPIL)
    town.add(AT, 2, school="第一小学", grade="5", present="yes")
    bare = {"name": "张晓明", "id_no": "", "birth_date": "", "school": "第一小学", "grade": "5"}
    town.add(AT, 3, **bare | row)
    assert listed(town, "L04") == found


def test_a_former_name_calls_the_pupil_too(town: Town) -> None:
    town.add(PS, 1, name="张晓明", former_name="张旧名")
    town.add(ED, 1, **PUPIL, name="张旧名")
    town.add(ED, 2, **PUPIL, name="王丙")
    bare = {"id_no": "", "birth_date": "", "school": "第一小学", "grade": "5", "present": "yes"}
    town.add(AT, 3, name="张晓明", **bare)
    assert listed(town, "L04") == {2: "很可能"}


def test_the_row_of_another_pupil_of_that_name_says_nothing(town: Town) -> None:
    for child in (1, 2):
        town.add(ED, child, **PUPIL, name="张晓明")
    town.add(AT, 2, school="第一小学", grade="5", present="yes", name="张晓明")
    assert listed(town, "L04") == {1: "很可能"}


def test_without_an_attendance_list_the_list_says_so(town: Town) -> None:
    from expectations.lists.findings import not_computed

    town.add(ED, 1, **PUPIL, layout="register")
    assert listed(town, "L04", (CA, ED, PS, DI)) == {}
    came = (CA, ED, PS, DI, "education.register")
    sentence = not_computed(town.profile, came).set_index("code").loc["L04", "sentence"]
    assert sentence == "本期没有收到学校在校名单的数据，清单“疑似辍学（在籍不在校）”未计算，不表示没有这类情况。"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"suspended_until": "2026-08-31"}, {1: "明确"}),
        ({"suspended_until": "2026-12-31", "status_date": "2025-01-01"}, {}),
        ({"status_date": "2025-09-01"}, {1: "很可能"}),
        ({"status_date": "2025-10-01"}, {}),
        ({}, {}),
        ({"suspended_until": "2026-08-31", "remark": "已申请延期"}, {1: "待核"}),
        ({"suspended_until": "2026-09"}, {}),
    ],
)
def test_a_suspension_that_should_have_ended(town: Town, fields: dict[str, str], expected: dict[int, str]) -> None:
    town.add(ED, 1, enrolment_status="suspended", **fields)
    assert listed(town, "L06") == expected


def test_a_pupil_who_came_back_is_not_suspended(town: Town) -> None:
    town.add(ED, 1, enrolment_status="suspended", suspended_until="2026-08-31")
    town.add(ED, 1, enrolment_status="in")
    assert listed(town, "L06") == {}


HOLDER = {"disability_level": "1", "disability_type": "4", "card_status": "normal"}


def test_a_severely_disabled_child_without_a_school_record(town: Town) -> None:
    town.add(DI, 1, **HOLDER)
    town.add(DI, 2, **HOLDER)
    town.add(ED, 2, **PUPIL)
    town.add(DI, 3, **HOLDER | {"disability_level": "3"})
    town.add(DI, 4, **HOLDER, birth_date="2022-03-10")
    assert listed(town, "L07") == {1: "很可能"}


def test_waiting_for_a_place_is_told_even_with_a_record(town: Town) -> None:
    town.add(DI, 1, **HOLDER)
    town.add(ED, 1, enrolment_status="in", attendance_mode="waiting")
    assert listed(town, "L07") == {1: "明确"}


@pytest.mark.parametrize("holder", [True, False])
@pytest.mark.parametrize("enrolled", [True, False])
def test_the_roster_of_home_teaching_tells_who_waits_for_a_place(town: Town, holder: bool, enrolled: bool) -> None:
    row = {"layout": "home_teaching", "study_status": "home_teaching"}
    if holder:
        town.add(DI, 1, **HOLDER)
    if enrolled:
        town.add(ED, 1, **PUPIL, layout="register")
    town.add(ED, 1, **row, attendance_mode="waiting")
    town.add(ED, 2, **row, attendance_mode="home_teaching")
    town.add(ED, 3, **row, attendance_mode="waiting", birth_date="2022-03-10")
    assert listed(town, "L07") == {1: "明确"}
    assert town.reason("L07").startswith("送教上门名册登记为待安置")


def test_a_roster_behind_the_register_asks(town: Town) -> None:
    town.add(ED, 1, layout="home_teaching", study_status="home_teaching", attendance_mode="waiting")
    town.add(ED, 1, layout="register", enrolment_status="in", attendance_mode="home_teaching")
    assert listed(town, "L07") == {1: "待核"}


def test_a_child_taught_at_home_is_placed_on_education_s_list_and_to_be_registered_on_civil_affairs_word(
    town: Town,
) -> None:
    town.add(DI, 1, **HOLDER)
    town.add(ED, 1, layout="home_teaching", study_status="home_teaching")
    town.add(DI, 2, **HOLDER)
    town.add(CA, 2, study_status="home_teaching")
    assert listed(town, "L07") == {2: "很可能"}
    assert "纳入学籍管理" in town.reason("L07")


def test_children_studying_elsewhere_are_placed(town: Town) -> None:
    town.add(DI, 1, **HOLDER)
    town.add(CA, 1, study_status="elsewhere")
    assert listed(town, "L07") == {}


@pytest.mark.parametrize(
    ("period", "as_of", "birth", "expected"),
    [
        ("2026Q2", date(2026, 6, 30), "2020-03-10", {1: "明确"}),
        ("2026Q2", date(2026, 6, 30), "2020-08-31", {1: "明确"}),
        ("2026Q2", date(2026, 6, 30), "2020-09-01", {}),
        ("2026Q2", date(2026, 6, 30), "2019-08-31", {}),
        ("2026Q1", date(2026, 3, 31), "2020-03-10", {1: "明确"}),
        ("2025Q4", date(2025, 12, 31), "2020-03-10", {}),
        ("2026Q3", date(2026, 9, 30), "2021-03-10", {}),
    ],
)
def test_who_enters_school_next_is_pushed_to_education(
    period: str, as_of: date, birth: str, expected: dict[int, str]
) -> None:
    town = Town(period, as_of)
    town.add(CA, 1, birth_date=birth, category="left_behind")
    town.add(PS, 2, birth_date=birth)
    assert listed(town, "L26") == expected


def test_entrants_on_the_list_of_admissions_need_no_push() -> None:
    town = Town("2026Q2", date(2026, 6, 30))
    town.add(CA, 1, birth_date="2020-03-10", category="dilemma")
    town.add(ED, 1, birth_date="2020-03-10", layout="promotion")
    town.add(CA, 2, birth_date="2020-03-10", category="dilemma")
    town.add(ED, 2, birth_date="2020-03-10", grade="K", enrolment_status="in")
    assert listed(town, "L26") == {2: "明确"}
