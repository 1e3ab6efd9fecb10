"""L15, L16C, L16E, L17, L18: values, files and numbers that do not agree."""

import pytest
from town import CA, DI, ED, PS, Town, number


def fields(town: Town, code: str = "L15") -> list[str]:
    return sorted(town.findings(code)["field"])


@pytest.mark.parametrize(
    ("field", "police", "school"),
    [
        ("name", "张晓明", "张小明"),
        ("sex", "2", "1"),
        ("nation", "01", "03"),
        ("father_name", "张父", "王父"),
        ("mother_name", "李母", "李某"),
        ("birth_date", "2016-03-10", "2016-03-11"),
    ],
)
def test_one_finding_per_differing_field(town: Town, field: str, police: str, school: str) -> None:
    town.add(PS, 1, **{field: police}, id_no_sex="")
    same_number = {} if field != "birth_date" else {"id_no": ""}
    town.add(ED, 1, **{field: school}, id_no_sex="", **same_number)
    assert fields(town) == [field]
    assert town.findings("L15")["department"].item() == ED
    assert town.reason("L15").startswith("教育、公安登记的")


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("name", "阿依古丽·买买提", "阿依古丽买买提"),
        ("name", "张 伟", "张伟"),
        ("name", "张?", "张䶮"),
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


def test_two_valid_numbers_differ(town: Town) -> None:
    town.add(PS, 1)
    town.add(ED, 1, id_no=number("2016-03-10", 22))
    assert fields(town) == ["id_no"]


def test_household_differs_when_civil_affairs_says_none_or_another_town(town: Town) -> None:
    town.add(PS, 1, hukou_town="甲镇")
    town.add(CA, 1, hukou_class="none")
    town.add(PS, 2, hukou_town="甲镇")
    town.add(CA, 2, hukou_town="乙镇")
    town.add(PS, 3, hukou_town="甲镇")
    town.add(CA, 3, hukou_town="甲镇", hukou_class="local")
    found = town.findings("L15")
    assert found[["child_id", "field"]].to_numpy().tolist() == [
        ["T2026Q3-000001", "hukou"],
        ["T2026Q3-000002", "hukou"],
    ]


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
    town.add(CA, 4, category="dilemma")
    town.add(CA, 4, file="payments.xlsx")
    assert town.listed("L16C") == {1: "明确"}
    assert town.findings("L16C")["record_id"].item() == newer
    town.change("consistency.ledgers_by_category", False)
    assert set(town.listed("L16C")) == {1, 2, 4}


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


def test_invalid_numbers_of_any_department(town: Town) -> None:
    town.add(CA, 1, id_no="", id_no_status="bad_check", id_no_raw="x")
    town.add(CA, 2, id_no="", id_no_status="damaged", id_no_raw="x")
    town.add(CA, 3, id_no="", id_no_status="masked", id_no_raw="x")
    assert town.listed("L18") == {1: "明确"}


def test_number_unknown_to_the_police_and_name_of_another(town: Town) -> None:
    town.add(PS, 1)
    town.add(ED, 1, id_no=number("2016-03-10", 22))
    town.add(PS, 2, name="张甲", former_name="张旧")
    town.add(CA, 2, name="李乙")
    town.add(PS, 3, name="张甲", former_name="张旧")
    town.add(CA, 3, name="张旧")
    town.add(PS, 4, name="张䶮")
    town.add(CA, 4, name="张?")
    found = town.findings("L18")
    assert found[["child_id", "field"]].to_numpy().tolist() == [["T2026Q3-000001", "id_no"], ["T2026Q3-000002", "name"]]
