"""L02, L08, L09, L11, L12 and L24: protection that is missing, doubtful or written in two ways."""

import pytest
from town import CA, DI, ED, PS, Town

ALL = (CA, ED, PS, DI, "custody", "cremation", "subsistence", "health", "lifted_poverty")
FATHER, MOTHER = "620722198501011234", "620722198601011248"


def listed(town: Town, code: str) -> dict[int, str]:
    found = town.findings(code, ALL)
    return {int(child[-6:]): grade for child, grade in zip(found["child_id"], found["grade"], strict=True)}


@pytest.mark.parametrize(
    ("father", "mother", "expected"),
    [
        ("dead", "dead", {1: "很可能"}),
        ("dead", "prison", {1: "很可能"}),
        ("dead", "lost_contact", {1: "待核"}),
        ("severe_disability", "serious_illness", {1: "待核"}),
        ("dead", "remarried", {}),
        ("dead", "away", {}),
        ("dead", "", {}),
        ("normal", "normal", {}),
    ],
)
def test_both_parents_dead_or_unable(town: Town, father: str, mother: str, expected: dict[int, str]) -> None:
    town.add(CA, 1, category="dilemma", father_status=father, mother_status=mother)
    assert listed(town, "L08") == expected


def test_the_class_that_would_fit_is_named(town: Town) -> None:
    town.add(CA, 1, category="left_behind", father_status="dead", mother_status="dead")
    town.add(CA, 2, category="left_behind", father_status="dead", mother_status="detox")
    found = town.findings("L08", ALL)
    assert dict(zip(found["child_id"].str[-1], found["field"], strict=True)) == {"1": "orphan", "2": "de_facto"}


def test_protected_children_are_not_listed(town: Town) -> None:
    parents = {"father_status": "dead", "mother_status": "dead"}
    town.add(CA, 1, category="orphan", **parents)
    town.add(CA, 2, category="dilemma", aid="de_facto_allowance", **parents)
    town.add(CA, 3, category="dilemma", birth_date="2007-01-01", **parents)
    assert listed(town, "L08") == {}


def test_an_answer_about_the_parents_makes_it_sure(town: Town) -> None:
    town.add(PS, 1, father_id=FATHER, mother_id=MOTHER)
    town.add(CA, 1, category="left_behind")
    town.adult("custody", "answers", id_no=FATHER, person_status="prison", term_from="2025-01-01", term_to="2028-01-01")
    town.adult("cremation", "deaths", id_no=MOTHER, death_date="2026-05-01")
    assert listed(town, "L08") == {1: "明确"}
    assert "服刑" in town.findings("L08", ALL)["reason"].item()  # the kinds in general, never which of them


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ({"term_from": "2026-06-01", "term_to": "2026-10-30"}, {1: "待核"}),
        ({"term_from": "2025-06-01", "term_to": "2026-06-30"}, {}),
        ({"person_status": "normal"}, {}),
    ],
)
def test_short_and_ended_terms(town: Town, term: dict[str, str], expected: dict[int, str]) -> None:
    town.add(PS, 1, father_id=FATHER, mother_id=MOTHER)
    town.adult("custody", "answers", **{"id_no": FATHER, "person_status": "detox"} | term)
    town.adult("cremation", "deaths", id_no=MOTHER, death_date="2026-05-01")
    assert listed(town, "L08") == expected


def test_a_school_s_word_orphan_is_a_lead(town: Town) -> None:
    town.add(ED, 1, enrolment_status="in", orphan_flag="yes")
    assert listed(town, "L08") == {1: "待核"}


def test_who_draws_low_income_support_is_topped_up(town: Town) -> None:
    town.add(CA, 1, category="dilemma", aid="minimum_living", father_status="dead", mother_status="prison")
    assert "补差" in town.findings("L08", ALL)["reason"].item()


def test_poor_per_the_federation_and_in_no_household_file(town: Town) -> None:
    for child in (1, 2, 3, 4):
        town.add(DI, child, aid="minimum_living", father_id=f"6207221985010112{child}0")
    town.add("subsistence", 2, layout="household_members", aid="minimum_living")
    town.adult("subsistence", "household", id_no="620722198501011230")
    town.add("subsistence", 5, layout="household_members", aid="minimum_living", father_id="620722198501011240")
    assert listed(town, "L09") == {1: "很可能"}


def test_a_lifted_household_is_a_weaker_lead(town: Town) -> None:
    town.add("lifted_poverty", 1, aid="poverty_file")
    town.add("subsistence", 2, layout="household_members", aid="minimum_living")
    assert listed(town, "L09") == {1: "待核"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"rehab": "no"}, {1: "明确"}),
        ({"rehab": ""}, {1: "很可能"}),
        ({"rehab": "yes"}, {}),
        ({"rehab": "no", "birth_date": "2019-09-30"}, {}),
        ({"rehab": "no", "card_status": "cancelled"}, {}),
    ],
)
def test_a_young_disabled_child_without_rehabilitation(
    town: Town, fields: dict[str, str], expected: dict[int, str]
) -> None:
    town.add(DI, 1, **{"birth_date": "2022-03-10", "disability_level": "2"} | fields)
    town.add(DI, 2, birth_date="2012-03-10", rehab="yes")
    assert listed(town, "L11") == expected


def test_children_whom_screening_found_have_no_certificate_yet(town: Town) -> None:
    town.add("health", 1, birth_date="2024-03-10", screening="positive", disability_type="2")
    town.add("health", 2, birth_date="2024-03-10", screening="negative", disability_type="2")
    town.add(DI, 3, birth_date="2023-03-10", layout="rehabilitation")
    assert listed(town, "L11") == {1: "很可能"}


def test_where_nobody_records_rehabilitation_an_empty_cell_says_nothing(town: Town) -> None:
    town.add(DI, 1, birth_date="2022-03-10", disability_level="1")
    assert listed(town, "L11") == {}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"category": "orphan"}, {1: "待核"}),
        ({"category": "de_facto", "study_status": "done"}, {1: "很可能"}),
        ({"category": "orphan", "study_status": "vocational"}, {}),
        ({"category": "orphan", "pay_end": "2026-02"}, {}),
        ({"category": "orphan", "roll_status": "exited"}, {}),
        ({"category": "dilemma", "aid": "minimum_living"}, {}),
        ({"category": "orphan", "birth_date": "2008-10-01"}, {}),
    ],
)
def test_grown_up_and_still_paid(town: Town, fields: dict[str, str], expected: dict[int, str]) -> None:
    town.add(CA, 1, **{"birth_date": "2007-03-10"} | fields)
    assert listed(town, "L12") == expected


def test_pupils_of_age_are_at_school(town: Town) -> None:
    town.add(CA, 1, birth_date="2007-03-10", category="orphan")
    town.add(ED, 1, birth_date="2007-03-10", enrolment_status="in", grade="12")
    assert listed(town, "L12") == {}


def test_a_household_elsewhere_on_the_roll(town: Town) -> None:
    town.add(CA, 1, category="left_behind", hukou_class="elsewhere")
    town.add(CA, 2, category="left_behind", hukou_class="local")
    town.add(PS, 2)
    town.add(CA, 3, category="left_behind")
    town.add(PS, 3, cancel_kind="moved_out", cancel_date="2026-05-01")
    assert listed(town, "L02") == {1: "明确", 3: "明确"}


@pytest.mark.parametrize(
    ("federation", "other", "expected"),
    [
        ({"issues": "disability_level_conflict"}, {}, {"disability_level": "明确"}),
        ({"issues": "disability_type_conflict", "disability_no": "6207221985010112304" + "1B1"}, {}, {"disability_type": "很可能"}),
        ({}, {"disability_level": "3"}, {"disability_level": "很可能"}),
        ({}, {"disability_level": "9"}, {}),
        ({}, {"disability_type": "5"}, {"disability_type": "很可能"}),
        ({"disability_type": "7"}, {"disability_type": "4;5"}, {}),
        ({}, {"disability_level": "2", "disability_type": "4"}, {}),
    ],
)  # fmt: skip
def test_levels_and_categories_that_do_not_agree(
    town: Town, federation: dict[str, str], other: dict[str, str], expected: dict[str, str]
) -> None:
    town.add(DI, 1, **{"disability_type": "4", "disability_level": "2"} | federation)
    town.add(CA, 1, category="dilemma", **other)
    found = town.findings("L24", ALL)
    assert dict(zip(found["field"], found["grade"], strict=True)) == expected
