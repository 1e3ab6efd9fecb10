"""A name on a class list that sounds like the missing pupil's: is it the pupil's own (rules/lists.md#l04)?"""

import pytest
from town import CA, DI, ED, PS, Town

AT = "attendance"
ALL = (CA, ED, PS, DI, AT)
PUPIL = {"enrolment_status": "in", "school": "第一小学", "grade": "5", "class_no": "2班"}
BARE = {"id_no": "", "birth_date": "", "school": "第一小学", "grade": "5", "class_no": "2"}


def listed(town: Town) -> dict[int, str]:
    found = town.findings("L04", ALL)
    return {int(child[-6:]): grade for child, grade in zip(found["child_id"], found["grade"], strict=True)}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({}, {}),
        ({"name": "张小明", "present": "no"}, {1: "很可能"}),
        ({"name": "张小民"}, {1: "很可能"}),  # sounds alike in the ear of some, no homophone
        ({"class_no": "3"}, {1: "很可能"}),
        ({"grade": "4"}, {1: "很可能"}),
        ({"school": "第二小学"}, {1: "很可能"}),
        ({"class_no": ""}, {1: "待核"}),
        ({"grade": "", "class_no": ""}, {1: "待核"}),
        ({"birth_date": "2015-01-01"}, {1: "待核"}),
        ({"birth_date": "2016-03-10"}, {}),
        ({"id_no": "620722201601011234"}, {1: "待核"}),
        ({"name": "张?明"}, {}),
    ],
)
def test_a_homophone_on_the_list_of_the_class(town: Town, row: dict[str, str], found: dict[int, str]) -> None:
    town.add(ED, 1, **PUPIL, name="张晓明")
    town.add(ED, 2, **PUPIL, name="李丙丁")
    town.add(AT, 2, name="李丙丁", school="第一小学", grade="5", class_no="2", present="yes")
    town.add(AT, 3, **{"name": "张小明", "present": "yes"} | BARE | row)
    assert listed(town) == found


def test_a_row_that_is_another_pupil_by_its_very_name_is_that_pupil_s(town: Town) -> None:
    town.add(ED, 1, **PUPIL, name="张晓明")
    town.add(ED, 2, **PUPIL, name="张小明")
    town.add(AT, 3, **BARE, name="张小明", present="yes")
    assert listed(town) == {1: "很可能"}


def test_one_row_for_two_missing_pupils_decides_for_neither(town: Town) -> None:
    town.add(ED, 1, **PUPIL, name="张晓明")
    town.add(ED, 2, **PUPIL, name="张筱明")
    town.add(AT, 3, **BARE, name="张小明", present="yes")
    assert listed(town) == {1: "待核", 2: "待核"}
    assert "读音相同" in town.findings("L04", ALL)["reason"].iloc[0]
