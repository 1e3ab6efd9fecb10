"""A test per row of the rule table (domain.md 5.2): what a place's paper says changes what comes out."""

from datetime import date

import pytest
from town import CA, DI, ED, PS, Town

from assets.reports.due import duties
from expectations.jurisdictions.labels import labels
from expectations.jurisdictions.profile import Profile, load_profile, places
from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import not_computed
from expectations.lists.ledgers import extra_ledgers
from expectations.lists.view import View

AWAY = {"category": "left_behind", "care_reason": "父母双方同时外出", "report_date": "2024-01-01"}
YEAR = date(2026, 1, 1), date(2026, 12, 31)


def at(place: str) -> Town:
    return Town(place=place)


def listed(town: Town, code: str) -> set[int]:
    found = town.findings(code, (CA, ED, PS, DI, "visits", "workers"))
    return {int(child[-6:]) for child in found["child_id"]}


def days(place: str, word: str) -> list[str]:
    return [str(one.due) for one in duties(load_profile(place), *YEAR) if word in one.what and one.due]


def set_to(profile: Profile, path: str) -> object:
    return profile.setting(path).value


def test_row_1_how_often_departments_are_compared() -> None:
    assert [len(days(place, "比对")) for place in ("guiyang", "fengxian", "nm_banner", "fuyang")] == [12, 4, 4, 0]
    assert set_to(load_profile("guiyang"), "rhythm.period_kind") == "month"


def test_row_2_who_compares() -> None:
    """A department that the paper does not name owes no data: the sentence says so."""
    sentence = [
        not_computed(load_profile(place), (CA, ED, PS)).set_index("code").loc["L23", "sentence"]
        for place in ("fengxian", "guiyang")
    ]
    assert "没有把残联列为比对单位" in sentence[0]
    assert "没有把" not in sentence[1]


@pytest.mark.parametrize(("place", "first"), [("fuyang", "1"), ("fengxian", "")])
def test_row_3_who_comes_first(place: str, first: str) -> None:
    town = at(place)
    town.add(CA, 1, category="orphan", death_date="2026-01-01")
    assert town.findings("L13")["priority"].tolist() == [first]


@pytest.mark.parametrize(("place", "late"), [("fengxian", {1}), ("fuyang", set()), ("minle", set())])
def test_row_4_contact_by_the_child_worker(place: str, late: set[int]) -> None:
    town = at(place)
    town.add(CA, 1, **AWAY, visit_date="2026-09-29")
    town.add("visits", 1, visit_date="2026-09-15", contact_kind="contact")
    town.records[0]["visit_date"] = "2026-09-15"
    assert listed(town, "L22") == late


@pytest.mark.parametrize(
    ("place", "late"), [("fengxian", {1}), ("fuyang", set()), ("sanming", set()), ("langao", set())]
)
def test_row_5_home_visits(place: str, late: set[int]) -> None:
    town = at(place)
    town.add(CA, 1, **AWAY, visit_date="2026-07-20")
    assert listed(town, "L22") == late


@pytest.mark.parametrize(("place", "late"), [("guiyang", {1}), ("zhangye", set()), ("sanming", set())])
def test_row_5_street_children_are_visited_again(place: str, late: set[int]) -> None:
    """Guiyang sets no rhythm for all children, but one for street children who came back."""
    town = at(place)
    town.add(CA, 1, category="street", report_date="2024-01-01", visit_date="2026-06-20")
    town.add(CA, 2, category="street", report_date="2024-01-01", visit_date="2026-08-20")
    assert listed(town, "L22") == late
    town.change("rhythm.street_child_revisit", "P1M")
    assert listed(town, "L22") == {1, 2}
    assert "回访已超过1个月" in town.findings("L22", (CA, ED, PS, DI, "visits"))["reason"].iloc[0]


def test_row_5_a_street_child_on_another_roll_is_asked_for_once() -> None:
    town = at("fengxian")
    town.add(CA, 1, category="street;left_behind", report_date="2024-01-01", visit_date="2026-01-20")
    town.change("rhythm.street_child_revisit", "P3M")
    assert listed(town, "L22") == {1}
    assert len(town.findings("L22", (CA, ED, PS, "visits"))) == 1


@pytest.mark.parametrize(("place", "noted"), [("fuyang", True), ("sanming", False)])
def test_row_6_more_visits_for_some(place: str, noted: bool) -> None:
    town = at(place)
    town.add(CA, 1, **AWAY, visit_date="2026-05-20", disability_type="4")
    found = town.findings("L22", (CA, ED, PS, DI))["reason"].item()
    assert ("重点儿童增加走访" in found, "暑假集中走访没有记录" in found) == (noted, noted)


@pytest.mark.parametrize(("place", "doubled"), [("guiyang", set()), ("fuyang", {1})])
def test_row_7_street_children_have_a_file_of_their_own(place: str, doubled: set[int]) -> None:
    town = at(place)
    town.add(CA, 1, category="street", child_no="A1")
    town.add(CA, 1, category="left_behind", child_no="B2")
    assert listed(town, "L16C") == doubled


def test_row_8_files_are_checked() -> None:
    value = {place: set_to(load_profile(place), "rhythm.file_audit") for place in ("fuyang", "fengxian", "sanming")}
    assert value == {
        "fuyang": {"civil_affairs": "P1Y_sample"}, "fengxian": {"county": "P1Y_sample", "township": "P1Y_full"}, "sanming": {},
    }  # fmt: skip
    assert (days("zhangye", "督查"), days("fuyang", "督查")) == (["2026-11-30"], [])
    assert labels().value(value["fengxian"]) == "县：每年抽查一次、乡镇：每年全面检查一次"
    checks = {place: len(days(place, "检查儿童档案")) for place in ("fuyang", "fengxian", "sanming", "zhangye")}
    assert checks == {"fuyang": 1, "fengxian": 2, "sanming": 0, "zhangye": 0}


@pytest.mark.parametrize(("place", "due"), [("fuyang", ["2024-06-30"]), ("fengxian", ["2024-05-31"]), ("guiyang", [])])
def test_row_9_deadline_of_the_census(place: str, due: list[str]) -> None:
    found = duties(load_profile(place), date(2024, 1, 1), date(2024, 12, 31))
    assert [str(one.due) for one in found if "摸底" in one.what] == due


@pytest.mark.parametrize(
    ("place", "due"),
    [
        ("zhangye", "2026-12-10"),
        ("fengxian", "2026-11-01"),
        ("nm_banner", "2026-03-15"),
    ],
)
def test_row_10_report_upward(place: str, due: str) -> None:
    assert due in days(place, "报")
    assert len([day for day in days("nm_banner", "季度报告") if day.endswith("-15")]) == 4


def test_row_11_reporting_ladder() -> None:
    assert labels().value(set_to(load_profile("zhangye"), "rhythm.report_ladder")) == "村（社区）、乡镇、民政"
    assert len(days("zhangye", "逐级：村（社区）→乡镇→民政")) == 5
    assert days("fengxian", "逐级") == []
    assert (len(days("zhangye", "季度报告")), len(days("yizheng", "季度报告")), len(days("fengxian", "季度报告"))) == (
        4,
        4,
        0,
    )


@pytest.mark.parametrize(("place", "short"), [("fengxian", True), ("fuyang", True), ("guiyang", False)])
def test_row_12_child_workers(place: str, short: bool) -> None:
    town = at(place)
    for child in range(1, 33):
        town.add(CA, child, category="left_behind", live_town="南古镇", live_village="甲村")
    town.adult("workers", "workers", live_town="南古镇", live_village="甲村")
    found = town.findings("L25", (CA, ED, PS, "workers"))
    assert (len(found) == 1) == short


@pytest.mark.parametrize(
    ("place", "short"), [("guiyang", True), ("zhangye", True), ("fuyang", True), ("suqian", False)]
)
def test_row_12_a_village_without_a_child_worker(place: str, short: bool) -> None:
    """Guiyang and Zhangye give no number of children per worker, but one worker per village."""
    town = at(place)
    town.add(CA, 1, category="left_behind", live_town="南古镇", live_village="甲村")
    town.adult("workers", "workers", live_town="南古镇", live_village="乙村")
    assert (len(town.findings("L25", (CA, ED, PS, "workers"))) == 1) == short
    town.change("workers.per_village", None)
    assert town.findings("L25", (CA, ED, PS, "workers")).empty


def test_row_13_training() -> None:
    assert [len(days(place, "培训")) for place in ("fuyang", "fengxian", "guiyang", "zhangye")] == [1, 1, 1, 0]


@pytest.mark.parametrize(("place", "told"), [("guiyang", True), ("fuyang", False)])
def test_row_14_written_agreements(place: str, told: bool) -> None:
    town = at(place)
    town.add(CA, 1, **AWAY, agreement="no")
    assert ("签订率达到100%" in town.reason("L20")) == told


def test_row_15_lists_counted_down_to_zero() -> None:
    zero = {
        place: set_to(load_profile(place), "comparison.zero_lists")
        for place in ("guiyang", "fengxian", "sanming", "suqian")
    }
    assert zero == {
        "guiyang": ["L21", "L03", "L04", "L05", "L01"],
        "fengxian": ["L03", "L04", "L05"],
        "sanming": ["L01"],
        "suqian": [],
    }
    assert all(set(codes) <= set(load_catalogue().lists) for codes in zero.values())


@pytest.mark.parametrize(("place", "told"), [("yizheng", ["township"]), ("zhangye", ["education", "township"])])
def test_row_16_who_is_told_of_a_drop_out(place: str, told: list[str]) -> None:
    assert load_profile(place).lists["L05"].recipients == told


def test_row_16_entrants_are_pushed_only_where_it_is_asked() -> None:
    town = Town("2026Q2", date(2026, 6, 30), "fuyang")
    town.add(CA, 1, birth_date="2020-03-10", category="left_behind")
    assert listed(town, "L26") == {1}
    town.change("school.push_entrants", False)
    assert listed(town, "L26") == set()


def test_row_17_staff_are_queried_every_year() -> None:
    assert [len(days(place, "犯罪记录")) for place in ("fuyang", "zhangye")] == [1, 0]


@pytest.mark.parametrize(("place", "unpaid"), [("guiyang", {1}), ("fengxian", set())])
def test_row_18_care_allowance_for_further_levels(place: str, unpaid: set[int]) -> None:
    town = at(place)
    town.add(DI, 1, disability_type="5", disability_level="3", care_allowance="no")
    assert listed(town, "L10") == unpaid


def test_row_19_benefits_that_meet() -> None:
    town = at("guiyang")
    town.add(CA, 1, category="dilemma", aid="minimum_living", father_status="dead", mother_status="prison")
    assert "补差" in town.reason("L08")
    town.change("allowances.topped_up", [])
    assert "补差" not in town.reason("L08")


def test_row_20_systems_and_the_key() -> None:
    systems = {
        place: set_to(load_profile(place), "comparison.systems")
        for place in ("fuyang", "fengxian", "guiyang", "suqian")
    }
    assert systems["fengxian"] == ["全国儿童福利信息系统", "智慧民政"]
    assert "国家数据共享交换平台" in systems["guiyang"]
    assert systems["suqian"] == []
    assert len(days("guiyang", "核实更新全国儿童福利信息系统、国家数据共享交换平台")) == 12
    census = {
        place: [
            one.what for one in duties(load_profile(place), date(year, 1, 1), date(year, 12, 31)) if "摸底" in one.what
        ]
        for place, year in (("fuyang", 2024), ("zhangye", 2020))
    }
    assert census == {"fuyang": ["摸底排查截止，核实更新全国儿童福利信息系统"], "zhangye": ["摸底排查截止"]}
    assert "核心字段" in load_profile("guiyang").comparison.key_field.clause


def test_row_21_privacy() -> None:
    for place in ("fuyang", "fengxian"):
        setting = load_profile(place).masking.name_masked_in_summary
        assert setting.value
        assert "隐私" in setting.clause
    town = at("fuyang")
    town.change("masking.name_masked_in_summary", False)
    assert not town.profile.masking.name_masked_in_summary.known()


def test_row_22_steering_meeting() -> None:
    assert [len(days(place, "会议")) for place in ("zhangye", "fengxian", "guiyang")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("place", "books"),
    [
        ("fuyang", ["rural_single_parent"]),
        ("zhangye", ["virtual_special_school"]),
        ("guiyang", ["street_trafficked"]),
        ("sanming", []),
    ],
)
def test_row_23_further_books(place: str, books: list[str]) -> None:
    town = at(place)
    town.add(CA, 1, category="left_behind", single_parent="yes", hukou_nature="rural")
    town.add(CA, 2, category="left_behind", remark="列入虚拟专门学校")
    town.add(CA, 3, category="street")
    assert extra_ledgers(View(town.files(), town.profile, load_catalogue()))["ledger"].tolist() == books


@pytest.mark.parametrize(("place", "told"), [("zhangye", True), ("fengxian", False)])
def test_row_24_neglect_of_six_months(place: str, told: bool) -> None:
    town = at(place)
    town.add(CA, 1, **AWAY, has_carer="no")
    assert ("登记已满6个月" in town.reason("L21")) == told


def test_police_that_only_answer_queries() -> None:
    modes = {place: set_to(load_profile(place), "comparison.police_mode") for place in ("yizheng", "fengxian")}
    assert modes == {"yizheng": "answer_file", "fengxian": "export"}


@pytest.mark.parametrize(
    ("since", "grade"),
    [
        ("2026-08-15", "待核"),
        ("2026年8月", "待核"),
        ("2026-05-01", "明确"),
        ("2026", "明确"),
        ("常年", "明确"),
        ("", "明确"),
    ],
)
def test_months_away_of_the_papers(since: str, grade: str) -> None:
    """Fuyang counts three months without a break; Zhangye's paper sets no time."""
    town = at("fuyang")
    town.add(CA, 1, **AWAY, agreement="no", away_since=since)
    assert town.listed("L20") == {1: grade}
    assert ("外出时间不满3个月" in town.reason("L20")) == (grade == "待核")
    town.change("left_behind.months_away", None)
    assert town.listed("L20") == {1: "明确"}
    town = at("zhangye")
    town.add(CA, 1, **AWAY, agreement="no", away_since=since)
    assert town.listed("L20") == {1: "明确"}


@pytest.mark.parametrize(
    ("father", "mother", "grade"),
    [
        ("2020-01-01", "2026-08-01", "待核"),
        ("2026年8月", "2026-08-01", "待核"),
        ("2026.8.1", "", "待核"),
        ("2020-01-01", "2024年3月", "明确"),
        ("2020年", "", "明确"),
        ("常年", "长期", "明确"),
    ],
)
def test_months_away_count_from_the_parent_who_left_last(father: str, mother: str, grade: str) -> None:
    town = at("fuyang")
    town.add(CA, 1, **AWAY, agreement="no", father_away_since=father, mother_away_since=mother)
    assert town.listed("L20") == {1: grade}
    town = at("zhangye")
    town.add(CA, 1, **AWAY, agreement="no", father_away_since=father, mother_away_since=mother)
    assert town.listed("L20") == {1: "明确"}


@pytest.mark.parametrize(("place", "told"), [("fuyang", True), ("zhangye", False)])
def test_months_away_are_told_to_whoever_looks_for_the_unlisted(place: str, told: bool) -> None:
    town = at(place)
    town.add(ED, 1, left_behind="both", enrolment_status="in")
    assert ("连续外出3个月以上" in town.reason("L19")) == told


@pytest.mark.parametrize(("place", "told"), [("guiyang", True), ("fengxian", False)])
def test_destitution_ends_at_another_age(place: str, told: bool) -> None:
    """A child of 17: destitute per Guiyang's paper (below 18), not by the national regulation (below 16)."""
    town = at(place)
    town.add(CA, 1, category="dilemma", birth_date="2009-02-01", father_status="dead", mother_status="prison")
    assert ("特困人员救助供养" in town.reason("L08")) == told
    town.change("difficulty.destitute_below", 17 if told else 18)
    assert ("特困人员救助供养" in town.reason("L08")) != told


def test_the_age_of_the_left_behind() -> None:
    town = at("fuyang")
    town.add(CA, 1, **AWAY, has_carer="no", birth_date="2010-06-01")
    assert listed(town, "L21") == set()
    town.change("left_behind.below_age", 18)
    assert listed(town, "L21") == {1}


@pytest.mark.parametrize(("cutoff", "listed_on"), [("08-31", set()), ("12-31", {1})])
def test_the_cut_off_day_of_the_province(cutoff: str, listed_on: set[int]) -> None:
    town = at("fengxian")
    town.change("school.cutoff", cutoff)
    town.change("place.area_code", "620722")
    town.add(PS, 1, birth_date="2020-10-10")
    assert listed(town, "L03") == listed_on


def test_every_value_of_a_place_has_its_clause_beside_it() -> None:
    """What a place's own file states is quoted or told in words; what it leaves open says so."""
    default = dict(load_profile("default").settings())
    for name in places():
        for path, setting in load_profile(name).settings():
            if setting != default[path] and path != "place.county_name":
                assert setting.clause, (name, path)


def test_unknowns_are_explicit() -> None:
    for name in places():
        rhythm = load_profile(name).rhythm
        if name != "default":
            assert rhythm.compare_every.clause, name
            assert rhythm.visit_every.clause, name


def test_every_setting_has_a_name_for_people() -> None:
    for path, _ in load_profile("default").settings():
        assert labels().setting(path) != path
