"""L15, L16C, L16E, L17, L18: values, files and numbers that do not agree."""

import pytest
from town import CA, DI, ED, PS, Town, number


def fields(town: Town, code: str = "L15") -> list[str]:
    return sorted(town.findings(code)["field"])


@pytest.mark.parametrize(
    ("field", "police", "school", "how"),
    [
        ("name", "张晓明", "张小明", "读音相同而用字不同"),
        ("name", "张晓明", "张晓", "一方少一个字"),
        ("name", "张晓明", "李建国", "两个名字完全不同"),
        ("sex", "2", "1", "一方登记为男而另一方为女"),
        ("nation", "01", "03", "不是同一个民族"),
        ("father_name", "张建国", "王大海", "可能是继父母或填错"),
        ("mother_name", "李秀英", "李绣英", "读音相同而用字不同"),
        ("birth_date", "2016-03-10", "2016-03-11", "只差一天"),
        ("birth_date", "2016-03-10", "2016-10-03", "月和日颠倒"),
        ("birth_date", "2016-03-10", "2016-02-02", "可能一方填的是农历"),
        ("birth_date", "2016-03-10", "2014-03-10", "只差一位数字"),
        ("birth_date", "2016-03-10", "2016-01-25", "年份相同而月日不同"),
    ],
)
def test_one_finding_per_differing_field_says_how(town: Town, field: str, police: str, school: str, how: str) -> None:
    town.add(PS, 1, **{field: police}, id_no_sex="")
    same_number = {} if field != "birth_date" else {"id_no": ""}
    town.add(ED, 1, **{field: school}, id_no_sex="", **same_number)
    assert fields(town) == [field]
    assert town.findings("L15")["department"].item() == ED
    assert town.reason("L15").startswith("教育的")
    assert how in town.reason("L15")
    assert town.reason("L15").endswith("请先核对教育的登记。")


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("name", "阿依古丽·买买提", "阿依古丽买买提"),
        ("name", "张 伟", "张伟"),
        ("name", "张?", "张䶮"),
        ("name", "劉明煜", "刘明煜"),
        ("birth_date", "2016-03-10", "2016-01-01"),
        ("birth_date", "2016-03-10", "2016-03"),
        ("guardian_name", "张爷爷", "张父"),
        ("phone", "13900000000", "13900000001"),
        ("nation", "01", ""),
    ],
)
def test_ways_of_writing_and_expected_differences_are_none(town: Town, field: str, one: str, other: str) -> None:
    town.add(PS, 1, **{field: one}, id_no="")
    town.add(CA, 1, **{field: other}, id_no="")
    assert fields(town) == []


def test_number_and_birth_column_of_one_row_are_compared(town: Town) -> None:
    town.add(ED, 1, birth_date="2016-03-11", id_no=number("2016-03-10", 2))
    assert fields(town) == ["birth_date"]
    assert town.reason("L15") == "教育登记的出生日期与身份证号中的出生日期不一致：只差一天，请对照户口簿核对。"


def test_two_valid_numbers_differ(town: Town) -> None:
    town.add(PS, 1)
    town.add(ED, 1, id_no=number("2016-03-10", 22))
    assert fields(town) == ["id_no"]


def test_household_differs_when_its_place_or_class_is_stated_differently(town: Town) -> None:
    here = {"hukou_town": "甲河镇", "hukou_addr": "民乐县甲河镇一村"}
    town.add(PS, 1, **here)
    town.add(CA, 1, hukou_class="none")
    town.add(PS, 2, **here)
    town.add(CA, 2, hukou_town="乙山镇", hukou_addr="民乐县乙山镇二村")
    town.add(PS, 3, **here)
    town.add(CA, 3, **here, hukou_class="local")
    town.add(PS, 4, **here)
    town.add(ED, 4, hukou_area_code="610330000000")
    found = town.findings("L15")
    assert found[["child_id", "field"]].to_numpy().tolist() == [
        [f"T2026Q3-00000{child}", "hukou"] for child in (1, 2, 4)
    ]
    assert ["无户口" in found["reason"][0], "乡镇" in found["reason"][1], "外地" in found["reason"][2]] == [True] * 3


@pytest.mark.parametrize(
    "other",
    [
        {"hukou_town": "民乐县甲河镇", "hukou_addr": "甘肃省民乐县甲河镇一村"},
        {"hukou_town": "", "live_town": "乙山镇", "live_addr": "乙山镇二村"},
        {"hukou_town": "乙山镇", "town": "乙山镇"},
        {"hukou_area_code": "620722000000", "hukou_county": "620722"},
    ],
    ids=["county before it", "lives elsewhere", "township of the sheet", "code of the county"],
)
def test_no_difference_of_household(town: Town, other: dict[str, str]) -> None:
    town.add(PS, 1, hukou_town="甲河镇", hukou_addr="甲河镇一村")
    town.add(CA, 1, **other)
    assert fields(town) == []


def test_dates_in_borrowed_numbers_are_a_question_of_the_number(town: Town) -> None:
    town.add(PS, 1)
    town.add(ED, 1, id_no=number("2018-05-06", 4))
    assert fields(town) == ["id_no"]


def test_which_department_is_to_look_first_is_the_places_own(town: Town) -> None:
    town.add(PS, 1, disability_level="1")
    town.add(DI, 1, disability_level="2")
    town.change("consistency.fields", ["disability_level"])
    assert town.findings("L15")["department"].item() == PS
    town.change("consistency.trust", {"default": [PS, DI]})
    assert town.findings("L15")["department"].item() == DI


def test_compatible_codes_and_fields_are_the_places_own(town: Town) -> None:
    town.add(PS, 1, nation="01")
    town.add(CA, 1, nation="57")
    town.change("consistency.compatible", {"nation": [["01", "57"]]})
    assert fields(town) == []
    town.change("consistency.compatible", {})
    town.change("consistency.fields", ["name"])
    assert fields(town) == []


def test_a_doubtful_link_makes_a_difference_doubtful(town: Town) -> None:
    town.add(PS, 1, name="张晓明")
    town.add(ED, 1, name="张小明", method="fuzzy", probability=0.7)
    assert town.listed("L15") == {1: "待核"}


def test_two_active_files_of_one_class(town: Town) -> None:
    town.add(CA, 1, category="dilemma", report_date="2025-01-01")
    newer = town.add(CA, 1, category="dilemma;left_behind", file="other.xlsx", report_date="2026-01-01")
    town.add(CA, 2, category="dilemma")
    town.add(CA, 2, category="left_behind", file="other.xlsx")  # two ledgers by class are no double
    town.add(CA, 3, category="dilemma")
    town.add(CA, 3, category="dilemma", roll_status="exited")
    town.add(CA, 4, category="dilemma", layout="ledger")
    town.add(CA, 4, file="payments.xlsx", layout="payment_roll")
    assert town.listed("L16C") == {1: "明确"}
    assert town.findings("L16C")["record_id"].item() == newer
    town.change("consistency.ledgers_by_category", False)
    assert set(town.listed("L16C")) == {1, 2}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("left_behind", "dilemma", {}),
        ("left_behind", "dilemma;orphan", {}),
        ("left_behind;dilemma", "dilemma", {1}),
        ("dilemma", "dilemma", {1}),
        ("dilemma", "", {1}),
        ("", "", {1}),
    ],
)
def test_one_child_under_two_classes_of_one_ledger_is_one_file(
    town: Town, first: str, second: str, expected: set[int]
) -> None:
    town.add(CA, 1, category=first, layout="ledger")
    town.add(CA, 1, category=second, layout="ledger")
    assert set(town.listed("L16C")) == set(expected)


def test_two_rows_of_one_payment_roll_are_two_only_for_one_benefit(town: Town) -> None:
    for child, second in ((1, {"living_allowance": "yes"}), (2, {"care_allowance": "yes"})):
        town.add(CA, child, layout="subsidies", care_allowance="yes")
        town.add(CA, child, layout="subsidies", **second)
    assert set(town.listed("L16C")) == {2}


def test_ledgers_of_two_classes_are_two_files_when_numbers_or_townships_differ(town: Town) -> None:
    for child, (one, other) in enumerate(
        [({"child_no": "A1"}, {"child_no": "B2"}), ({"town": "甲河镇"}, {"town": "乙山镇"}), ({}, {"child_no": "B2"})],
        1,
    ):
        town.add(CA, child, category="dilemma", layout="ledger", **one)
        town.add(CA, child, category="left_behind", layout="ledger", file="other.xlsx", **other)
    assert set(town.listed("L16C")) == {1, 2}
    town.change("consistency.two_townships", False)
    assert set(town.listed("L16C")) == {1}


def test_double_enrolment_is_not_a_transfer(town: Town) -> None:
    for child, statuses in ((1, ("in", "in")), (2, ("in", "transferred_out")), (3, ("in", "suspended"))):
        for status in statuses:
            town.add(ED, child, enrolment_status=status)
    town.add(ED, 4, enrolment_status="in", grade="K")
    town.add(ED, 4, enrolment_status="in", grade="1")
    town.add(ED, 5, enrolment_status="in", id_no="")
    town.add(ED, 5, enrolment_status="in", id_no="", method="fuzzy", probability=0.95)
    assert town.listed("L16E") == {1: "明确", 3: "明确", 5: "很可能"}


def test_one_number_on_two_children(town: Town) -> None:
    shared = number("2016-03-10", 2)
    town.add(ED, 1, name="张甲", id_no=shared)
    town.add(CA, 2, name="李乙", birth_date="2017-05-05", id_no=shared)
    town.add(ED, 3, name="王丙")
    assert town.listed("L17") == {1: "明确", 2: "明确"}
    town.add(DI, 4, name="张甲", id_no=shared)
    assert town.listed("L17")[4] == "待核"


@pytest.mark.parametrize(
    ("department", "ended"),
    [
        (ED, {"enrolment_status": "other_leave"}),
        (ED, {"enrolment_status": "transferred_out"}),
        (CA, {"roll_status": "exited", "exit_reason": "overage"}),
        (PS, {"cancel_kind": "death", "death_date": "2026-05-05"}),
    ],
)
def test_a_number_stays_one_childs_when_the_record_has_ended(
    town: Town, department: str, ended: dict[str, str]
) -> None:
    shared = number("2016-03-10", 2)
    town.add(department, 1, name="张甲", id_no=shared, **ended)
    town.add(CA, 2, name="李乙", birth_date="2017-05-05", id_no=shared)
    assert town.listed("L17") == {1: "明确", 2: "明确"}


@pytest.mark.parametrize("cancelled", [{"cancel_kind": "duplicate"}, {"population_status": "姓名不符"}])
def test_a_number_that_the_police_took_back_is_claimed_by_nobody(town: Town, cancelled: dict[str, str]) -> None:
    shared = number("2016-03-10", 2)
    town.add(PS, 1, name="张甲", id_no=shared, **cancelled)
    town.add(CA, 2, name="李乙", birth_date="2017-05-05", id_no=shared)
    assert town.listed("L17") == {}


def test_invalid_numbers_of_any_department(town: Town) -> None:
    town.add(CA, 1, id_no="", id_no_status="bad_check", id_no_raw="x")
    town.add(CA, 2, id_no="", id_no_status="damaged", id_no_raw="x")
    town.add(CA, 3, id_no="", id_no_status="masked", id_no_raw="x")
    town.add(CA, 4, id_no="", id_no_status="bad_check", id_no_raw="620799202211107072")  # noise of a float
    assert town.listed("L18") == {1: "明确"}


def test_two_holders_who_are_probably_one_child_wait_for_a_judgement(town: Town) -> None:
    shared = number("2016-03-10", 2)
    one = town.add(ED, 1, name="张甲", id_no=shared)
    other = town.add(CA, 2, name="张旧名", id_no=shared)
    assert set(town.listed("L17")) == {1, 2}
    town.near(one, other, probability=0.9)
    assert town.listed("L17") == {}


def test_a_class_list_that_looks_alike_does_not_excuse_holders_whom_registers_tell_apart(town: Town) -> None:
    shared = number("2016-03-10", 2)
    one = town.add(ED, 1, name="张甲", id_no=shared)
    paper = town.add("attendance", 1, name="张甲", id_no=shared, birth_date="")
    other = town.add(CA, 2, name="张旧名", birth_date="2018-01-01", id_no=shared)
    town.near(one, other, grade="different", probability=0.0)
    town.near(paper, other, probability=0.8)
    assert set(town.listed("L17")) == {1, 2}


def test_number_unknown_to_the_police_and_name_of_another(town: Town) -> None:
    town.add(PS, 1)
    town.add(ED, 1, id_no=number("2016-03-10", 22))
    town.add(PS, 2, name="张建国", former_name="张旧名")
    town.add(CA, 2, name="李小花")
    town.add(PS, 3, name="张建国", former_name="李大有")
    town.add(CA, 3, name="李大有")
    town.add(PS, 4, name="张䶮")
    town.add(CA, 4, name="张?")
    town.add(PS, 5, name="张晓明")
    town.add(CA, 5, name="张小明")
    found = town.findings("L18")
    assert found[["child_id", "field"]].to_numpy().tolist() == [["T2026Q3-000001", "id_no"], ["T2026Q3-000002", "name"]]
    town.change("consistency.other_person_names", ["same_sound", "different"])
    assert "T2026Q3-000005" in set(town.findings("L18")["child_id"])


def test_a_number_that_the_police_have_for_another_child(town: Town) -> None:
    town.add(PS, 1)
    other = town.add(PS, 2)
    mine = town.add(ED, 1, id_no=number("2016-03-10", 4))
    assert set(town.listed("L18")) == {1}
    assert "另一名儿童的" in town.reason("L18")
    town.near(mine, other, probability=0.9)
    assert "另一名儿童的" not in town.reason("L18")


def test_working_papers_are_not_compared(town: Town) -> None:
    town.add(PS, 1, name="张某一")
    town.add("visits", 1, name="张某衣")
    town.add("attendance", 1, name="李四四", id_no="620722201603100029", id_no_status="bad_check")
    assert town.listed("L15") == {}
    assert town.listed("L18") == {}


@pytest.mark.parametrize("milk", ["甜甜", "小宝", "二妞", "阿毛毛"])
def test_a_milk_name_beside_the_right_number_puts_no_number_in_doubt(town: Town, milk: str) -> None:
    town.add(PS, 1, name="王雨涵")
    town.add(CA, 1, name=milk)
    assert town.listed("L18") == {}
    assert set(town.listed("L15")) == {1}


def test_a_miswritten_given_name_beside_its_own_birth_date_puts_no_number_in_doubt(town: Town) -> None:
    town.add(PS, 1, name="陈淼")
    town.add(ED, 1, name="陈水", enrolment_status="in")
    town.add(PS, 2, name="陈淼")
    town.add(ED, 2, name="陈水", enrolment_status="in", birth_date="2014-05-06", id_no=number("2016-03-10", 4))
    assert set(town.listed("L18")) == {2}
    assert 1 in town.listed("L15")
