"""L10, L13, L14, L19, L23: payments and the civil-affairs roll against what other departments know."""

import pytest
from town import CA, DI, ED, PS, Town

SEVERE = {"disability_type": "4", "disability_level": "1", "card_status": "normal", "care_allowance": "no"}


def test_severe_disability_without_care_allowance(town: Town) -> None:
    town.add(CA, 1)
    town.add(DI, 1, **SEVERE)
    town.add(DI, 2, **SEVERE | {"care_allowance": "yes"})
    town.add(DI, 3, **SEVERE | {"disability_level": "3"})
    town.add(DI, 4, **SEVERE | {"disability_level": "3", "disability_type": "2;5"})
    town.add(DI, 5, **SEVERE)
    town.add(CA, 5, aid="care_allowance;minimum_living")
    town.add(DI, 6, **SEVERE | {"card_status": "cancelled"})
    town.add(DI, 7, **SEVERE)
    town.add(PS, 7, cancel_kind="death", cancel_date="2026-01-01")
    assert town.listed("L10") == {1: "明确"}
    assert set(town.findings("L10")["field"]) == {"care_allowance"}


def test_a_place_may_widen_the_care_allowance_by_kind_and_level(town: Town) -> None:
    town.add(DI, 3, **SEVERE | {"disability_level": "3"})
    town.add(DI, 4, **SEVERE | {"disability_level": "3", "disability_type": "2;5"})
    assert town.listed("L10") == {}
    town.change("allowances.care_types_all", ["5", "6"])
    town.change("allowances.care_types_all_levels", ["3", "4"])
    assert town.listed("L10") == {4: "很可能"}


def test_levels_are_the_places_own(town: Town) -> None:
    town.add(DI, 1, **SEVERE | {"disability_level": "2"})
    assert set(town.listed("L10")) == {1}
    town.change("allowances.care_levels", ["1"])
    assert town.listed("L10") == {}


def test_living_allowance_needs_a_poor_household_and_no_other_allowance(town: Town) -> None:
    mild = {"disability_type": "4", "disability_level": "4", "living_allowance": "no", "care_allowance": "no"}
    for child, aid in ((1, "minimum_living"), (2, "minimum_living;orphan_allowance"), (3, "")):
        town.add(DI, child, **mild)
        town.add(CA, child, aid=aid)
    found = town.findings("L10")
    assert found[["child_id", "field"]].to_numpy().tolist() == [["T2026Q3-000001", "living_allowance"]]


@pytest.mark.parametrize(
    ("rolls", "expected"),
    [
        ({"category": "institution;orphan"}, {}),
        ({"category": "dilemma", "aid": "destitute;institution"}, {}),
        ({"category": "orphan", "guardian_name": "某县儿童福利院"}, {}),
        ({"category": "dilemma", "guardianship": "机构供养"}, {}),
        ({"category": "dilemma", "hukou_class": "institution"}, {"care_allowance": "待核"}),
        ({"category": "dilemma", "remark": "曾在福利院生活"}, {"care_allowance": "待核"}),
        ({"category": "dilemma", "live_addr": "某县福利院家属院"}, {"care_allowance": "待核"}),
        ({"category": "orphan"}, {"care_allowance": "明确"}),
        ({"category": "dilemma", "aid": "destitute"}, {"care_allowance": "明确"}),
        ({"category": "institution;orphan", "roll_status": "exited"}, {"care_allowance": "明确"}),
    ],
)
def test_whom_an_institution_provides_for_draws_nothing_besides(
    town: Town, rolls: dict[str, str], expected: dict[str, str]
) -> None:
    town.add(CA, 1, **rolls)
    town.add(DI, 1, **SEVERE, living_allowance="no")
    found = town.findings("L10")
    assert dict(zip(found["field"], found["grade"], strict=True)) == expected


def test_a_place_that_pays_care_in_institutions_asks_for_it(town: Town) -> None:
    town.add(CA, 1, category="institution;orphan", aid="minimum_living")
    town.add(DI, 1, **SEVERE, living_allowance="no")
    assert town.findings("L10").empty
    town.change("allowances.not_in_institution", ["living_allowance"])
    found = town.findings("L10")
    assert dict(zip(found["field"], found["grade"], strict=True)) == {"care_allowance": "待核"}


def test_empty_cells_say_nothing_where_the_column_is_empty(town: Town) -> None:
    town.add(DI, 1, **SEVERE | {"care_allowance": ""})
    assert town.listed("L10") == {}
    town.add(DI, 2, **SEVERE)
    assert town.listed("L10") == {1: "待核", 2: "很可能"}


def test_dead_at_the_police_and_still_on_the_roll(town: Town) -> None:
    town.add(CA, 1)
    town.add(PS, 1, cancel_kind="death", cancel_date="2026-01-10")
    assert town.listed("L13") == {1: "明确"}
    assert town.findings("L13")["department"].item() == CA


def test_guards_of_l13(town: Town) -> None:
    town.add(CA, 1)
    town.add(PS, 1, cancel_kind="death", cancel_date="2026-09-01")  # news of a death takes six weeks
    town.add(CA, 2, roll_status="exited", exit_reason="dead")
    town.add(PS, 2, cancel_kind="death", cancel_date="2026-01-01")
    town.add(CA, 3, pay_end="2026-01")
    town.add(PS, 3, cancel_kind="death", cancel_date="2026-01-10")
    town.add(CA, 4, pay_end="2034-01")
    town.add(PS, 4, cancel_kind="death", cancel_date="2026-01-10", death_date="2026-01-02")
    town.add(CA, 5)
    town.add(PS, 5)
    assert town.listed("L13") == {4: "明确"}


def test_a_death_that_only_school_reports_is_for_checking(town: Town) -> None:
    town.add(CA, 1)
    town.add(PS, 1)
    town.add(ED, 1, enrolment_status="dead")
    assert town.listed("L13") == {1: "待核"}


def test_moved_out_and_still_on_the_roll(town: Town) -> None:
    town.add(CA, 1)
    town.add(PS, 1, cancel_kind="moved_out", cancel_date="2026-01-10")
    town.add(CA, 2)
    town.add(PS, 2, cancel_kind="moved_out", cancel_date="2026-01-10")
    town.add(PS, 2)  # moved inside the county: an active row beats the moved-out row
    town.add(CA, 3, roll_status="exited", exit_reason="moved_out")
    town.add(PS, 3, cancel_kind="moved_out", cancel_date="2026-01-10")
    assert town.listed("L14") == {1: "明确"}


def test_lists_about_leaving_never_say_that_help_should_end(town: Town) -> None:
    town.add(CA, 1)
    town.add(PS, 1, cancel_kind="moved_out", cancel_date="2026-01-10")
    town.add(CA, 2)
    town.add(PS, 2, cancel_kind="death", cancel_date="2026-01-10")
    found = town.findings()
    sentences = " ".join(found[found["code"].isin(["L13", "L14"])]["reason"])
    assert "核实" in sentences
    assert not any(word in sentences for word in ("停发", "取消", "应停", "追回"))


def test_both_parents_away_and_on_no_roll(town: Town) -> None:
    for child, mark in ((1, "both"), (2, "one"), (3, "none"), (4, "")):
        town.add(ED, child, enrolment_status="in", left_behind=mark)
    town.add(ED, 5, enrolment_status="in", left_behind="both")
    town.add(CA, 5, category="dilemma")
    town.add(ED, 6, enrolment_status="in", left_behind="both", birth_date="2010-09-30")
    town.add(ED, 7, enrolment_status="in", left_behind="both", birth_date="2010-10-01")
    town.add(ED, 8, enrolment_status="transferred_out", left_behind="both")
    town.add(ED, 9, enrolment_status="in", left_behind="both")
    town.add(PS, 9, cancel_kind="death", cancel_date="2026-01-01")
    assert town.listed("L19") == {1: "很可能", 7: "很可能"}
    assert "口径不同" in town.findings("L19")["reason"].iloc[0]


def test_exited_file_and_urban_household_are_for_checking(town: Town) -> None:
    town.add(ED, 1, enrolment_status="in", left_behind="both")
    town.add(CA, 1, roll_status="exited")
    town.add(ED, 2, enrolment_status="in", left_behind="both", hukou_nature="urban")
    assert town.listed("L19") == {1: "待核", 2: "待核"}
    town.change("left_behind.rural_only", True)
    assert set(town.listed("L19")) == {1}


def test_certificate_holder_outside_the_difficulty_roll(town: Town) -> None:
    town.add(DI, 1)
    town.add(DI, 2)
    town.add(CA, 2, category="left_behind")
    town.add(DI, 3)
    town.add(CA, 3, category="dilemma;left_behind")
    town.add(DI, 4, card_status="cancelled")
    town.add(DI, 5, birth_date="2008-09-30")
    town.add(DI, 6)
    town.add(PS, 6, cancel_kind="moved_out", cancel_date="2026-01-01")
    town.add(DI, 7, card_status="expired")
    assert town.listed("L23") == {1: "明确", 2: "明确", 7: "待核"}


def test_near_candidate_on_the_roll_lowers_l19_and_l23(town: Town) -> None:
    pupil = town.add(ED, 1, enrolment_status="in", left_behind="both")
    holder = town.add(DI, 2)
    other = town.add(CA, 3, category="dilemma")
    town.near(pupil, other)
    town.near(other, holder)
    assert town.listed("L19") == {1: "待核"}
    assert town.listed("L23") == {2: "待核"}


def test_who_is_probably_on_the_roll_is_on_neither_list(town: Town) -> None:
    pupil = town.add(ED, 1, enrolment_status="in", left_behind="both")
    holder = town.add(DI, 2)
    town.near(pupil, town.add(CA, 3, category="dilemma"), probability=0.7)
    town.near(holder, town.add(CA, 4, category="left_behind"), probability=0.7)
    assert town.listed("L19") == {}
    # The candidate's file is of no class of difficulty: whoever it is, this child is not on that roll.
    assert set(town.listed("L23")) == {2}


def test_members_of_poor_households_are_on_no_roll_of_children(town: Town) -> None:
    """Monthly files of members are no second file of a child, and a member is not 登记留守."""
    for month in ("一月", "二月"):
        town.add(CA, 1, layout="household_members", aid="minimum_living", remark=month)
    assert town.listed("L16C") == {}
    town.add(ED, 1, enrolment_status="in", left_behind="both")
    assert set(town.listed("L19")) == {1}


def test_a_covered_member_who_died_is_asked_about_and_an_uncovered_one_is_not(town: Town) -> None:
    for child, aid in ((1, "minimum_living"), (2, "")):
        town.add(CA, child, layout="household_members", aid=aid)
        town.add(PS, child, cancel_kind="death", cancel_date="2026-01-01", death_date="2026-01-01")
    assert set(town.listed("L13")) == {1}


def test_a_covered_member_makes_the_household_poor_for_the_living_allowance(town: Town) -> None:
    for child, source in ((1, CA), (2, "subsistence")):
        town.add(DI, child, disability_type="4", disability_level="3", living_allowance="no")
        town.add(source, child, layout="household_members", aid="minimum_living")
    town.add(DI, 3, disability_type="4", disability_level="3", living_allowance="no")
    town.add(CA, 3, layout="household_members", aid="")
    assert set(town.listed("L10")) == {1, 2}
