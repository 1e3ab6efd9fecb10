"""L21 无人监护 (urgent), L22 未走访 and L25 儿童主任缺配."""

from datetime import date

import pytest
from town import CA, ED, PS, Town

from expectations.lists.files import VEILED
from expectations.lists.findings import compute_findings

AWAY = {"category": "left_behind", "care_reason": "父母双方同时外出"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"has_carer": "no"}, {1: "明确"}),
        ({"guardianship": "无人监护"}, {1: "明确"}),
        ({"guardian_name": "无委托照料人"}, {1: "明确"}),
        ({"care_reason": "独自生活"}, {1: "明确"}),
        ({"has_carer": "yes"}, {}),
        ({"has_carer": "no", "guardian_rel": "mother"}, {}),
        ({"has_carer": "no", "guardian_rel": "grandparent"}, {1: "待核"}),
        ({"has_carer": "no", "category": "dilemma", "care_reason": ""}, {}),
        ({"has_carer": "no", "birth_date": "2010-01-01"}, {}),
    ],
)
def test_nobody_cares(town: Town, fields: dict[str, str], expected: dict[int, str]) -> None:
    town.add(CA, 1, **AWAY | fields)
    assert town.listed("L21") == expected


def test_only_the_list_of_children_alone_is_urgent(town: Town) -> None:
    town.add(CA, 1, **AWAY, has_carer="no", agreement="no")
    found = town.findings("", (CA,))
    assert set(found.loc[found["urgent"] == "1", "code"]) == {"L21"}
    assert town.profile.lists["L21"].due_days == 1


def test_what_is_urgent_is_the_place_s_to_say(town: Town) -> None:
    town.add(CA, 1, **AWAY, has_carer="no", agreement="no")
    days = {"L20": 1, "L21": 7}
    rules = {
        code: rule.model_copy(update={"due_days": days.get(code, rule.due_days)})
        for code, rule in town.profile.lists.items()
    }
    town.profile = town.profile.model_copy(update={"lists": rules})
    found = town.findings("", (CA,))
    assert set(found.loc[found["urgent"] == "1", "code"]) == {"L20"}


def test_young_children_alone_are_told_so(town: Town) -> None:
    town.add(CA, 1, **AWAY, has_carer="no", birth_date="2019-03-10")
    assert "不满八周岁" in town.reason("L21")


@pytest.mark.parametrize(
    ("every", "visit", "expected"),
    [
        ("P1M", "2026-08-29", {1: "明确"}),
        ("P1M", "2026-08-30", {}),
        ("P3M", "2026-06-29", {1: "明确"}),
        ("P3M", "2026-07-01", {}),
        ("P1W", "2026-09-22", {1: "明确"}),
        ("P3M", "2026-05", {1: "明确"}),
        ("P3M", "2026-06", {}),
        ("P3M", "", {1: "很可能"}),
    ],
)
def test_no_visit_within_the_place_s_rhythm(town: Town, every: str, visit: str, expected: dict[int, str]) -> None:
    town.change("rhythm.visit_every", every)
    town.add(CA, 1, **AWAY, visit_date=visit, report_date="2024-01-01")
    town.add(CA, 2, **AWAY, visit_date="2026-09-29", report_date="2024-01-01")
    assert town.listed("L22") == expected


def test_visits_of_the_book_count_and_calls_do_not(town: Town) -> None:
    town.change("rhythm.visit_every", "P1M")
    for child in (1, 2):
        town.add(CA, child, **AWAY, visit_date="2026-01-01", report_date="2024-01-01")
    town.add("visits", 1, visit_date="2026-09-20", contact_kind="visit")
    town.add("visits", 2, visit_date="2026-09-20", contact_kind="contact")
    assert set(town.listed("L22")) == {2}


def test_contact_has_a_rhythm_of_its_own(town: Town) -> None:
    town.change("rhythm.visit_every", "P3M")
    town.change("rhythm.contact_every", "P1W")
    for child, day in ((1, "2026-09-28"), (2, "2026-09-10")):
        town.add(CA, child, **AWAY, visit_date="2026-09-01", report_date="2024-01-01")
        town.add("visits", child, visit_date=day, contact_kind="contact")
    found = town.findings("L22")
    assert [(child[-1], field) for child, field in zip(found["child_id"], found["field"], strict=True)] == [
        ("2", "contact")
    ]


def test_new_on_the_roll_or_gone_or_nobody_records_visits(town: Town) -> None:
    town.change("rhythm.visit_every", "P1M")
    town.add(CA, 1, **AWAY, report_date="2026-09-20")
    town.add(CA, 2, **AWAY, report_date="2024-01-01")
    assert town.listed("L22") == {}
    town.add(PS, 3, cancel_kind="moved_out", cancel_date="2026-01-01")
    town.add(CA, 3, **AWAY, visit_date="2025-01-01", report_date="2024-01-01")
    assert set(town.listed("L22")) == {2}


def test_a_holiday_visit_that_did_not_happen_is_noted(town: Town) -> None:
    town.change("rhythm.visit_every", "P3M")
    town.change("rhythm.extra_visits", ["summer_break"])
    town.add(CA, 1, **AWAY, visit_date="2026-06-01", report_date="2024-01-01")
    assert "暑假集中走访没有记录" in town.reason("L22")


def village(town: Town, children: int, first: int, name: str = "甲村") -> None:
    for child in range(first, first + children):
        town.add(CA, child, category="left_behind", live_town="南古镇", live_village=name)


def test_more_children_than_one_worker_may_have(town: Town) -> None:
    town.change("workers.children_per_worker", 3)
    town.change("workers.per_village", None)
    village(town, 4, 1)
    village(town, 3, 10, "乙村")
    village(town, 4, 20, "丙村")
    for name, post in (("甲村", "儿童主任"), ("丙村", "儿童主任"), ("丙村", ""), ("甲村", "儿童督导员")):
        town.adult("workers", "workers", live_town="南古镇", live_village=name, post=post)
    found = town.findings("L25", (CA, ED, PS, "workers"))
    assert list(zip(found["village"], found["grade"], strict=True)) == [("甲村", "明确")]
    assert "4名" in found["reason"].item()
    assert "超过每名儿童主任3名" in found["reason"].item()


@pytest.mark.parametrize(("least", "short"), [(None, []), (1, ["乙村"]), (2, ["甲村", "乙村"])])
def test_every_village_has_as_many_workers_as_the_place_says(town: Town, least: int | None, short: list[str]) -> None:
    town.change("workers.children_per_worker", None)
    town.change("workers.per_village", least)
    village(town, 1, 1)
    village(town, 1, 10, "乙村")
    town.adult("workers", "workers", live_town="南古镇", live_village="甲村")
    found = town.findings("L25", (CA, ED, PS, "workers"))
    assert set(found["village"]) == set(short)
    assert all(f"至少{least}名儿童主任" in reason for reason in found["reason"])


def test_a_village_keeps_its_finding_whoever_comes_first(town: Town) -> None:
    def number(first: int) -> str:
        other = Town("2026Q3", date(2026, 9, 30))
        other.change("workers.children_per_worker", 1)
        village(other, 3, first)
        other.adult("workers", "workers", live_town="南古镇", live_village="甲村")
        return str(other.findings("L25", (CA, "workers"))["finding_id"].item())

    assert number(1) == number(5)


def test_a_village_s_line_is_hung_on_a_child_whom_the_village_may_see(town: Town) -> None:
    town.change("workers.children_per_worker", 2)
    village(town, 3, 1)
    files = town.files()
    first = town.findings("L25", (CA,))["child_id"].item()
    files.children[VEILED] = ["yes" if child == first else "" for child in files.children["child_id"]]
    line = compute_findings(files, town._only("L25"), (CA,))
    assert line["child_id"].item() != first
    files.children[VEILED] = "yes"
    assert compute_findings(files, town._only("L25"), (CA,))["child_id"].item() == first


def test_a_village_without_any_worker_on_the_roster(town: Town) -> None:
    town.change("workers.children_per_worker", 2)
    village(town, 3, 1)
    town.adult("civil_affairs", "workers", live_town="南古镇", live_village="乙村")
    found = town.findings("L25", (CA,))
    assert found["grade"].tolist() == ["很可能"]
    assert "没有儿童主任" in found["reason"].item()
