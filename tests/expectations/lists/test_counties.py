"""The table of rules/places-and-people.md#several-counties: what another county's registers say of an own child, and that no line is about another's."""

import pytest
from town import CA, ED, PS, Town

A, B = "620722", "620725"


@pytest.fixture
def town() -> Town:
    """A place that keeps the children of 山丹县 as known elsewhere."""
    made = Town()
    made.change("place.area_code", A)
    made.change("place.other_counties", {B: "known"})
    return made


def here(town: Town, child: int = 1, **fields: str) -> None:
    town.add(PS, child, hukou_area_code=A, file="a.csv", **fields)


def there(town: Town, child: int = 1, **fields: str) -> None:
    town.add(PS, child, hukou_area_code=B, file="b.csv", **fields)


ROLL = {"category": "dilemma", "live_county": A}
THEIR_ROLL = {"category": "dilemma", "live_county": B, "file": "b.xlsx", "town": "乙镇"}
THEIR_PUPIL = {"enrolment_status": "in", "stated_county": B, "file": "b.xlsx"}


def test_l01_l02_a_child_of_our_roll_in_their_register_is_asked_of_them(town):
    there(town)
    town.add(CA, 1, **ROLL)
    assert town.listed("L01") == {}
    assert "山丹县" in town.reason("L02")
    town.add(CA, 2, **ROLL, hukou_class="none")
    assert list(town.listed("L01")) == [2]


def test_l02_a_child_active_in_both_registers_is_for_both_police(town):
    here(town)
    there(town)
    assert town.listed("L02") == {1: "明确"}
    assert "两地公安" in town.reason("L02")


def test_l03_a_pupil_of_their_school_is_at_school(town):
    here(town)
    town.add(ED, 1, **THEIR_PUPIL)
    here(town, 2)
    assert list(town.listed("L03")) == [2]


def test_l03_a_child_that_lives_there_is_told_to_them(town):
    here(town, live_county=B)
    assert "现住山丹县" in town.reason("L03")


def test_l05_whoever_is_at_school_there_did_not_drop_out(town):
    here(town)
    here(town, 2)
    for child in (1, 2):
        town.add(ED, child, enrolment_status="other_leave")
    town.add(ED, 1, **THEIR_PUPIL)
    assert list(town.listed("L05")) == [2]


def test_l14_a_move_that_both_registers_know_is_a_handing_over(town):
    here(town, cancel_kind="moved_out", cancel_date="2026-03-01")
    there(town)
    town.add(CA, 1, **ROLL)
    assert "移交" in town.reason("L14")
    assert "山丹县" in town.reason("L14")


def test_l16c_two_rolls_are_both_owners(town):
    here(town)
    town.add(CA, 1, **ROLL)
    town.add(CA, 1, **THEIR_ROLL)
    assert "本县和山丹县" in town.reason("L16C")
    found = town.findings("L16C")
    assert found["file"].tolist() == ["civil_affairs.xlsx"]


def test_l16e_two_enrolments_in_two_counties(town):
    here(town)
    town.add(ED, 1, enrolment_status="in", grade="3", stated_county=A)
    town.add(ED, 1, grade="3", **THEIR_PUPIL)
    assert "山丹县" in town.reason("L16E")


@pytest.mark.parametrize(
    "fields",
    [{"status_date": "2026-09-25", "grade": "3"}, {"grade": "7"}, {"study_status": "elsewhere", "grade": "3"}],
)
def test_l16e_a_transfer_a_guest_and_a_step_to_the_next_school_are_none(town, fields):
    here(town)
    town.add(ED, 1, enrolment_status="in", grade="6" if fields["grade"] == "7" else "3", stated_county=A)
    town.add(ED, 1, **THEIR_PUPIL, **fields)
    assert town.listed("L16E") == {}


def test_l08_l23_whoever_is_on_their_roll_is_not_missing(town):
    for child in (1, 2):
        here(town, child, father_status="dead", mother_status="dead")
        town.add("disability", child, disability_level="1", disability_type="3")
    town.add(CA, 1, **THEIR_ROLL | {"category": "orphan;dilemma"})
    assert list(town.listed("L08")) in ([2], [])
    assert list(town.listed("L23")) == [2]


def test_their_children_are_on_none_of_our_lists_and_in_no_figure(town):
    there(town)
    town.add(CA, 1, **THEIR_ROLL)
    here(town, 2)
    files = town.files()
    assert len(files.children) == 1
    assert set(town.findings()["child_id"]) <= {"T2026Q3-000002"}


def test_of_their_record_nothing_is_kept_but_how_the_child_stands_there(town):
    there(town, hukou_addr="乙镇一号", phone="13900000001")
    town.add(CA, 1, **ROLL)
    theirs = town.files().records.query("department == 'public_security'").iloc[0]
    assert (theirs["name"], theirs["id_no"], theirs["hukou_addr"], theirs["phone"], theirs["father_name"]) == ("",) * 5
    assert (theirs["register_county"], theirs["state"]) == (B, "active")


def test_a_county_that_is_not_compared_is_as_if_it_had_not_come(town):
    town.change("place.other_counties", {B: "drop"})
    here(town)
    town.add(ED, 1, **THEIR_PUPIL)
    there(town, 2)
    town.add(CA, 2, **ROLL, hukou_class="local")
    assert list(town.listed("L03")) == [1, 2]
    # Their register at least explains why ours does not have the child: nobody walks out for it.
    assert town.listed("L01") == {}


def test_two_own_codes_are_one_county(town):
    town.change("place.other_counties", {})
    town.change("place.own_codes", [B])
    here(town)
    there(town, 2)
    assert list(town.listed("L03")) == [1, 2]


def test_unanswered_their_unenrolled_are_on_no_list(town):
    """That is why it is asked (assets/counties/asking.py)."""
    town.change("place.other_counties", {})
    there(town)
    assert town.listed("L03") == {}
