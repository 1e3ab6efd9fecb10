"""L03 and L05: who is listed, each guard, and what lowers the grade."""

from datetime import date

import pytest
from town import CA, DI, ED, PS, Town, evidence


def test_registered_child_of_school_age_without_enrolment_is_listed(town: Town) -> None:
    town.add(PS, 1)
    town.add(PS, 2)
    town.add(ED, 2, enrolment_status="in", grade="4")
    assert town.listed("L03") == {1: "明确"}
    finding = town.findings("L03").iloc[0]
    assert (finding["department"], finding["file"], finding["row"]) == (PS, "public_security.xlsx", 2)
    assert "应读五年级" in finding["reason"]
    assert finding["clause"].startswith("《义务教育法》第十一条")
    assert evidence(town.findings("L03"))[0]["values"]["birth_date"] == "2016-03-10"


@pytest.mark.parametrize(
    ("birth", "listed"),
    [
        ("2020-08-31", True),  # first grade in September 2026, 《义务教育法》第十一条
        ("2020-09-01", False),  # one day later: next year
        ("2011-09-01", True),  # ninth grade
        ("2011-08-31", False),  # finished in August 2026
    ],
)
def test_the_cohort_ends_at_the_cutoff_day(town: Town, birth: str, listed: bool) -> None:
    town.add(PS, 1, birth_date=birth)
    assert (1 in town.listed("L03")) is listed


def test_before_september_the_school_year_is_the_old_one() -> None:
    from datetime import date

    town = Town("2026Q2", date(2026, 6, 30))
    town.add(PS, 1, birth_date="2020-08-31")
    town.add(PS, 2, birth_date="2010-09-01")
    assert set(town.listed("L03")) == {2}


def test_new_pupils_of_this_september_are_not_certain(town: Town) -> None:
    town.add(PS, 1, birth_date="2020-05-01")
    assert town.listed("L03") == {1: "很可能"}
    assert "新生学籍可能尚在建立" in town.reason("L03")


def test_guards_of_l03(town: Town) -> None:
    for child, word in ((1, "elsewhere"), (2, "home_teaching"), (3, "vocational")):
        town.add(PS, child)
        town.add(CA, child, study_status=word)
    town.add(PS, 4, cancel_kind="death", cancel_date="2026-01-01")
    town.add(PS, 5, cancel_kind="moved_out", cancel_date="2026-01-01")
    town.add(CA, 5)
    town.add(PS, 6)
    town.add(ED, 6, enrolment_status="transferred_out")
    town.add(PS, 7, hukou_county="620724")
    assert town.listed("L03") == {}


def test_federation_and_civil_affairs_make_a_child_known(town: Town) -> None:
    town.add(DI, 1)
    town.add(CA, 2)
    town.add(CA, 3, roll_status="exited")
    assert set(town.listed("L03")) == {1, 2}


def test_what_civil_affairs_says_lowers_the_grade(town: Town) -> None:
    for child, word in ((1, "in_school"), (2, "kindergarten")):
        town.add(PS, child)
        town.add(CA, child, study_status=word)
    assert town.listed("L03") == {1: "待核", 2: "待核"}


def test_near_candidate_in_education_lowers_the_grade_and_is_named(town: Town) -> None:
    mine = town.add(PS, 1)
    other = town.add(ED, 2, name="张谋")
    town.near(mine, other, "different", "姓名读音相同、出生日期不同")
    finding = town.findings("L03").iloc[0]
    assert finding["grade"] == "很可能"
    assert "姓名读音相同、出生日期不同" in finding["near"]
    assert f'"record_id":"{other}"' in finding["near"]


def test_child_without_number_and_parents_is_hardly_an_absence(town: Town) -> None:
    town.add(CA, 1, id_no="", father_name="")
    town.add(CA, 2, id_no="")
    assert town.listed("L03") == {1: "待核", 2: "很可能"}


def test_birth_year_only_is_listed_for_checking(town: Town) -> None:
    town.add(CA, 1, birth_date="2020")
    assert town.listed("L03") == {1: "待核"}


def test_other_leave_in_the_cohort_is_a_dropout(town: Town) -> None:
    town.add(ED, 1, enrolment_status="other_leave")
    town.add(ED, 2, enrolment_status="other_leave", birth_date="2009-03-10")
    town.add(ED, 3, enrolment_status="other_leave")
    town.add(ED, 3, enrolment_status="in")
    town.add(ED, 4, enrolment_status="other_leave")
    town.add(CA, 4, study_status="elsewhere")
    town.add(ED, 5, enrolment_status="transferred_out")
    town.add(ED, 6, enrolment_status="other_leave")
    town.add(PS, 6, cancel_kind="death", cancel_date="2025-01-01")
    assert town.listed("L05") == {1: "明确"}


def test_leaving_within_the_transfer_window_or_moved_out_is_for_checking(town: Town) -> None:
    town.add(ED, 1, enrolment_status="other_leave", status_date="2026-09-25")
    town.add(ED, 2, enrolment_status="other_leave", status_date="2026-05-25")
    town.add(ED, 3, enrolment_status="other_leave")
    town.add(PS, 3, cancel_kind="moved_out", cancel_date="2026-05-01")
    town.add(ED, 4, enrolment_status="other_leave")
    town.add(ED, 4, enrolment_status="transferred_out")
    assert town.listed("L05") == {1: "待核", 2: "明确", 3: "待核", 4: "待核"}


@pytest.mark.parametrize(
    ("period", "grade", "birth", "expected"),
    [
        ("2026Q4", "6", "2013-12-10", {1: "很可能"}),
        ("2026Q3", "6", "2013-12-10", {}),
        ("2026Q4", "9", "2013-12-10", {}),
        ("2026Q4", "6", "2015-12-10", {}),
    ],
)
def test_primary_school_is_not_the_end(period: str, grade: str, birth: str, expected: dict[int, str]) -> None:
    town = Town(period, date(2026, 12, 31) if period == "2026Q4" else date(2026, 9, 30))
    town.add(ED, 1, enrolment_status="graduated", grade=grade, birth_date=birth)
    assert town.listed("L05") == expected


def test_a_pupil_who_went_on_to_junior_school_did_not_stop(town: Town) -> None:
    town = Town("2026Q4", date(2026, 12, 31))
    town.add(ED, 1, enrolment_status="graduated", grade="6", birth_date="2013-12-10")
    town.add(ED, 1, enrolment_status="in", grade="7", birth_date="2013-12-10")
    assert town.listed("L05") == {}


def test_an_approved_delay_is_no_absence_for_a_year(town: Town) -> None:
    town.add(PS, 1, birth_date="2020-03-10")
    town.add(CA, 1, birth_date="2020-03-10", study_status="delayed")
    town.add(PS, 2, birth_date="2018-03-10")
    town.add(CA, 2, birth_date="2018-03-10", study_status="delayed")
    assert town.listed("L03") == {2: "待核"}


def test_health_as_the_reason_makes_it_a_question(town: Town) -> None:
    town.add(PS, 1, birth_date="2016-03-10")
    town.add(DI, 1, birth_date="2016-03-10", not_enrolled_reason="因病未入学")
    assert town.listed("L03") == {1: "待核"}


def test_both_readings_of_school_age_are_told_and_the_band_may_list(town: Town) -> None:
    town.add(PS, 1, birth_date="2016-03-10")
    assert "6至16周岁工作口径内" in town.reason("L03")
    town.add(PS, 2, birth_date="2010-12-10")
    assert set(town.listed("L03")) == {1}
    town.change("school.band_outside", True)
    assert set(town.listed("L03")) == {1, 2}
    town.add(ED, 2, birth_date="2010-12-10", enrolment_status="graduated", grade="9")
    assert set(town.listed("L03")) == {1}
