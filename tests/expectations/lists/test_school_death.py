"""学籍 死亡: one school's word ends no child; it is told as a difference, and the other lists go on (rules/codes.md#school-death)."""

import pytest
from town import CA, DI, ED, PS, Town

DEAD = {"enrolment_status": "dead"}


def state_lines(town: Town) -> dict[int, tuple[str, str]]:
    lines = town.findings("L15")
    lines = lines[lines["field"] == "alive"]
    return {int(row.child_id[-6:]): (row.department, row.owner) for row in lines.itertuples()}


@pytest.mark.parametrize("other", [PS, CA])
def test_a_school_s_death_against_an_active_record_is_a_difference(town: Town, other: str) -> None:
    town.add(other, 1)
    town.add(ED, 1, **DEAD)
    town.add(other, 2)
    town.add(ED, 2, enrolment_status="in")
    assert state_lines(town) == {1: (ED, ED)}
    reason = town.findings("L15").set_index("field").loc["alive", "reason"]
    assert reason.startswith("教育的在世情况与" + {PS: "公安", CA: "民政"}[other] + "不一致：学籍登记为死亡")


def test_two_records_of_education_that_differ_are_one_too(town: Town) -> None:
    town.add(ED, 1, **DEAD)
    town.add(ED, 1, enrolment_status="in")
    assert state_lines(town) == {1: (ED, ED)}


@pytest.mark.parametrize(
    "confirmed",
    [
        {"department": PS, "cancel_kind": "death", "cancel_date": "2026-05-01"},
        {"department": CA, "death_date": "2026-05-01"},
        {"department": "cremation", "death_date": "2026-05-01"},
    ],
)
def test_what_another_register_confirms_is_no_difference_and_ends_the_child(
    town: Town, confirmed: dict[str, str]
) -> None:
    fields = dict(confirmed)
    town.add(CA, 1, category="left_behind")
    town.add(ED, 1, **DEAD)
    town.add(fields.pop("department"), 1, **fields)
    assert state_lines(town) == {}
    assert town.files().children["alive"].tolist() == ["no"]


def test_the_child_stays_alive_in_the_other_lists(town: Town) -> None:
    town.add(ED, 1, **DEAD)
    town.add(DI, 1, disability_level="1", disability_type="4", card_status="normal", disability_no="1")
    files = town.files()
    assert files.children[["alive", "dead_from"]].to_numpy().tolist() == [["yes", "education"]]
    assert town.listed("L23") == {1: "明确"}


def test_nobody_else_s_record_is_no_difference(town: Town) -> None:
    town.add(ED, 1, **DEAD)
    town.add(PS, 2, cancel_kind="moved_out", cancel_date="2026-01-01")
    town.add(ED, 2, **DEAD)
    assert state_lines(town) == {}


def test_a_school_s_word_still_asks_about_the_roll(town: Town) -> None:
    town.add(CA, 1, category="orphan")
    town.add(ED, 1, **DEAD)
    assert town.listed("L13") == {1: "待核"}
