"""Every part of a list's rule, of a duty and every indicator acts: two values whose results differ.

A field of `ListRule` or `DutyRule` without a case fails. The other settings are in `test_settings_act`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from town import CA, Town

from assets.reports.due import addressees, duties
from assets.reports.figures import Figures
from assets.reports.indicators import indicator_rows, indicators
from assets.reports.material import lists_of
from expectations.jurisdictions.duties import DutyRule
from expectations.jurisdictions.profile import ListRule, Profile, load_profile
from expectations.lists.catalogue import load_catalogue

YEAR = date(2026, 1, 1), date(2026, 12, 31)
CODE = "L13"
DUTY = DutyRule(what="报送情况", by="civil_affairs", every="P3M", clause="每季度报送")
# What says where a rule is written; a reader of the profile looks there, no result rests on it.
STATEMENTS = {"source"}


@dataclass(frozen=True)
class Case:
    """Two values of a field, and what is looked at."""

    one: Any
    other: Any
    result: Callable[[Profile], object]


def found(profile: Profile) -> object:
    town = Town(place="default")
    town.profile = profile
    town.add(CA, 1, category="dilemma", death_date="2026-01-01")
    return town.findings("")[["code", "clause"]].to_dict("records")


def printed(profile: Profile) -> object:
    return lists_of(profile)


def owed(profile: Profile) -> object:
    return duties(profile, *YEAR)


def addressed(profile: Profile) -> object:
    return addressees(profile, "quarter")


def told(profile: Profile) -> object:
    town = Town(place="default")
    town.profile = profile
    town.add("education", 1, enrolment_status="missing")
    return town.findings("L05")["told"].tolist()


LIST_CASES = {
    "active": Case(True, False, found),
    "recipients": Case([CA], ["township"], lambda profile: profile.lists_for("township")),
    "due_days": Case(30, 1, printed),
    "due": Case("当日", "", printed),
    "clause": Case("", "本地另有规定", found),
    "also_told": Case({"missing": ["public_security"]}, {}, told),
}
# The list that has what a field is about, where it is not CODE.
OTHER_LIST = {"also_told": "L05"}
DUTY_CASES = {
    "what": Case("报送情况", "培训", owed),
    "by": Case("civil_affairs", "township", owed),
    "joined_by": Case("", "教育局", owed),
    "to": Case((), ("市民政局",), addressed),
    "of": Case((), ("各乡镇",), owed),
    "every": Case("P3M", "P1M", owed),
    "until": Case("", "Q-15", owed),
    "when": Case("", "年初", owed),
    "clause": Case("每季度报送", "每月报送", owed),
}


def test_a_field_without_a_case_is_there_for_show() -> None:
    assert set(ListRule.model_fields) == set(LIST_CASES)
    assert set(DutyRule.model_fields) == set(DUTY_CASES) | STATEMENTS


@pytest.mark.parametrize("name", LIST_CASES)
def test_a_field_of_a_list_s_rule_changes_a_result(name: str) -> None:
    case, profile, results = LIST_CASES[name], load_profile("default"), []
    code = OTHER_LIST.get(name, CODE)
    for value in (case.one, case.other):
        rule = profile.lists[code].model_copy(update={name: value})
        results.append(case.result(profile.model_copy(update={"lists": profile.lists | {code: rule}})))
    assert results[0] != results[1]


@pytest.mark.parametrize("name", DUTY_CASES)
def test_a_field_of_a_duty_changes_a_result(name: str) -> None:
    case, profile, results = DUTY_CASES[name], load_profile("default"), []
    for value in (case.one, case.other):
        rule = DUTY.model_copy(update={name: value})
        results.append(case.result(profile.model_copy(update={"duties": {"report": rule}})))
    assert results[0] != results[1]


@pytest.mark.parametrize("key", [one.key for one in indicators().rows])
def test_a_target_of_an_indicator_is_printed(key: str) -> None:
    town, results = Town(place="default"), []
    for targets in ({}, {key: {2026: "100%"}}):
        town.change("indicators.targets", targets)
        results.append(indicator_rows(Figures(), town.profile, 2026))
    assert results[0] != results[1]


def test_a_target_of_no_known_indicator_is_in_no_place_s_file() -> None:
    """A key that no row of the table has is a target that nobody ever reads."""
    from expectations.jurisdictions.profile import places

    known = {one.key for one in indicators().rows}
    assert {place: set(load_profile(place).indicators.targets.known()) - known for place in places()} == {
        place: set() for place in places()
    }


@pytest.mark.parametrize("code", load_catalogue().lists)
def test_what_a_list_says_it_needs_is_a_setting(code: str) -> None:
    info, profile = load_catalogue().lists[code], load_profile("default")
    assert all(profile.setting(path) for path in [*info.parameters, *info.parameters_any])
