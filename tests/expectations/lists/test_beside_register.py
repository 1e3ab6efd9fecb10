"""Education's working lists beside the register (控辍保学, 送教上门, promotion): they prove no enrolment."""

from typing import Any

import pytest

CA, ED, PS = "civil_affairs", "education", "public_security"


def codes(town: Any) -> set[str]:
    return set(town.findings()["code"])


@pytest.mark.parametrize("said", ["dropout", ""])
def test_a_pupil_who_dropped_out_is_listed_though_the_ledger_names_no_status(town: Any, said: str) -> None:
    town.add(PS, 1)
    town.add(ED, 1, layout="register", enrolment_status="other_leave")
    town.add(ED, 1, layout="dropout_ledger", study_status=said)
    assert "L05" in codes(town)


def test_a_drop_out_known_from_the_ledger_alone_is_listed(town: Any) -> None:
    town.add(PS, 1)
    town.add(ED, 1, layout="dropout_ledger", study_status="dropout")
    assert "L05" in codes(town)


@pytest.mark.parametrize(
    "settled",
    [
        {"persuasion": "returned"},
        {"persuasion": "home_teaching"},
        {"persuasion": "elsewhere"},
        {"persuasion": "suspended"},
        {"returned_on": "2026-05-11"},
        {"struck_off_on": "2026-06"},
    ],
)
def test_a_pupil_whom_the_ledger_itself_calls_back_is_no_drop_out(town: Any, settled: dict[str, str]) -> None:
    town.add(PS, 1)
    town.add(ED, 1, layout="register", enrolment_status="in")
    town.add(ED, 1, layout="dropout_ledger", study_status="dropout", **settled)
    assert not {"L04", "L05"} & codes(town)


def test_back_at_school_by_the_ledger_and_in_no_register_is_a_missing_record(town: Any) -> None:
    town.add(PS, 1)
    town.add(ED, 1, layout="dropout_ledger", study_status="dropout", returned_on="2026-05-11")
    town.add(PS, 2)
    town.add(ED, 2, layout="dropout_ledger", study_status="dropout", persuasion="home_teaching")
    assert set(town.listed("L03")) == {1}
    assert town.listed("L05") == {}


def test_a_child_who_never_came_is_without_record_though_the_ledger_names_it(town: Any) -> None:
    town.add(PS, 1)
    town.add(ED, 1, layout="dropout_ledger", study_status="not_enrolled")
    assert "L03" in codes(town)


def test_a_child_taught_at_home_is_not_out_of_school(town: Any) -> None:
    town.add(PS, 1)
    town.add(ED, 1, layout="home_teaching", study_status="home_teaching")
    assert "L03" not in codes(town)


@pytest.mark.parametrize("layout", ["dropout_ledger", "home_teaching", "promotion"])
def test_a_row_on_a_working_list_is_no_second_enrolment(town: Any, layout: str) -> None:
    town.add(PS, 1)
    town.add(ED, 1, layout="register", enrolment_status="in")
    town.add(ED, 1, layout=layout, enrolment_status="in")
    assert "L16E" not in codes(town)
