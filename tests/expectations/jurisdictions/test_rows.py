"""A test per row of the rule table (rules/jurisdictions.md#rows): what a place's paper says changes what comes out."""

from datetime import date
from pathlib import Path

import pytest
from town import CA, DI, ED, PS, Town

from assets.reports.due import addressees, duties
from assets.reports.indicators import indicators
from expectations.jurisdictions.duties import Role
from expectations.jurisdictions.labels import labels
from expectations.jurisdictions.profile import Profile, load_profile, places
from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import not_computed
from expectations.lists.ledgers import extra_ledgers
from expectations.lists.view import View
from expectations.rulebook import RuleFileError

AWAY = {"category": "left_behind", "care_reason": "父母双方同时外出", "report_date": "2024-01-01"}
YEAR = date(2026, 1, 1), date(2026, 12, 31)


def at(place: str) -> Town:
    return Town(place=place)


def listed(town: Town, code: str) -> set[int]:
    found = town.findings(code, (CA, ED, PS, DI, "visits", "workers"))
    return {int(child[-6:]) for child in found["child_id"]}


def days(place: str, word: str) -> list[str]:
    return [str(one.due) for one in duties(load_profile(place), *YEAR) if word in one.what and one.due]


def who(place: str, word: str) -> list[tuple[str, str]]:
    return [(duty.by, duty.towards) for duty in duties(load_profile(place), *YEAR) if word in duty.what]


def set_to(profile: Profile, path: str) -> object:
    return profile.setting(path).value


def test_row_1_how_often_departments_are_compared() -> None:
    assert [len(days(place, "比对")) for place in ("guiyang", "fengxian", "nm_banner", "fuyang")] == [12, 4, 0, 0]
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
    """Guiyang sets no rhythm for all children, but one for street children who are de facto unattended."""
    town = at(place)
    town.add(CA, 1, category="street;de_facto", report_date="2024-01-01", visit_date="2026-06-20")
    town.add(CA, 2, category="street;de_facto", report_date="2024-01-01", visit_date="2026-08-20")
    town.add(CA, 3, category="street", report_date="2024-01-01", visit_date="2026-01-20")
    assert listed(town, "L22") == late
    town.change("rhythm.street_child_revisit", "P1M")
    assert listed(town, "L22") == {1, 2}
    assert load_profile("guiyang").lists["L22"].recipients == ["rescue_station"]
    assert "回访已超过1个月" in town.findings("L22", (CA, ED, PS, DI, "visits"))["reason"].iloc[0]


def test_row_5_a_street_child_on_another_roll_is_asked_for_once() -> None:
    town = at("fengxian")
    town.add(CA, 1, category="street;de_facto;left_behind", report_date="2024-01-01", visit_date="2026-01-20")
    town.change("rhythm.street_child_revisit", "P3M")
    assert listed(town, "L22") == {1}
    assert len(town.findings("L22", (CA, ED, PS, "visits"))) == 1


@pytest.mark.parametrize(("place", "noted"), [("fuyang", True), ("suqian", False)])
def test_row_6_more_visits_for_some(place: str, noted: bool) -> None:
    town = at(place)
    town.change("rhythm.visit_every", "P3M")
    town.add(CA, 1, **AWAY, visit_date="2026-05-20", disability_type="4")
    found = town.findings("L22", (CA, ED, PS, DI))["reason"].item()
    assert ("本人残疾或父母重残的儿童增加走访" in found, "暑假集中走访没有记录" in found) == (noted, noted)


@pytest.mark.parametrize(
    ("state", "noted"),
    [
        ({"mother_status": "severe_disability"}, True),
        ({"remark": "有行为异常"}, True),
        # neither Fuyang's paper nor Fengxian's names illness (rules/jurisdictions.md#row-6)
        ({"illness": "先天性心脏病"}, False),
        ({}, False),
    ],
)
def test_row_6_whom_the_papers_name(state: dict[str, str], noted: bool) -> None:
    town = at("fengxian")
    town.add(CA, 1, **AWAY, visit_date="2026-05-20", **state)
    assert ("增加走访" in town.reason("L22")) == noted


@pytest.mark.parametrize(("place", "doubled"), [("guiyang", set()), ("fuyang", {1})])
def test_row_7_street_children_have_a_file_of_their_own(place: str, doubled: set[int]) -> None:
    town = at(place)
    town.add(CA, 1, category="street", child_no="A1")
    town.add(CA, 1, category="left_behind", child_no="B2")
    assert listed(town, "L16C") == doubled


def test_row_8_files_are_checked() -> None:
    checks = {place: who(place, "儿童档案") for place in ("fuyang", "fengxian", "sanming", "zhangye")}
    assert checks == {
        "fuyang": [("民政局", "")],
        "fengxian": [("民政局", "各乡镇（街道）"), ("各乡镇（街道）", "")],
        "sanming": [],
        "zhangye": [],
    }


@pytest.mark.parametrize(("place", "due"), [("fuyang", ["2024-06-30"]), ("fengxian", ["2024-05-31"]), ("guiyang", [])])
def test_row_9_deadline_of_the_census(place: str, due: list[str]) -> None:
    found = duties(load_profile(place), date(2024, 1, 1), date(2024, 12, 31))
    assert [str(one.due) for one in found if "摸底" in one.what] == due


def test_row_9_a_programme_that_ended_is_no_deadline() -> None:
    assert [
        duty for duty in duties(load_profile("zhangye"), date(2020, 1, 1), date(2020, 12, 31)) if "摸底" in duty.what
    ] == []


@pytest.mark.parametrize(
    ("place", "day", "role", "by", "to"),
    [
        ("zhangye", "2026-12-10", Role.ACT, "本县（市、区、旗）", "市综治办、市民政局"),
        ("minle", "2026-12-10", Role.ACT, "本县（市、区、旗）", "市综治办、市民政局"),
        ("fengxian", "2026-11-01", Role.RECEIVE, "各乡镇（街道）", "民政局"),
        ("nm_banner", "2026-03-15", Role.RECEIVE, "各乡镇（街道）", "民政局"),
    ],
)
def test_row_10_who_reports_to_whom(place: str, day: str, role: Role, by: str, to: str) -> None:
    """A day on which townships report to the bureau is a day to receive, tracked per township."""
    duty = next(duty for duty in duties(load_profile(place), *YEAR) if str(duty.due) == day and "报" in duty.what)
    assert (duty.role, duty.by, duty.towards, duty.tracked) == (role, by, to, role is Role.RECEIVE)
    assert [other.what for other in duties(load_profile(place), *YEAR) if str(other.due) == day and other.report] == (
        [duty.what] if role is Role.ACT else []
    )


def test_row_10_to_whom_a_report_of_ours_is_addressed() -> None:
    kinds = ("quarter", "year")
    addressed = {place: [addressees(load_profile(place), kind) for kind in kinds] for place in ("zhangye", "fengxian")}
    assert addressed == {"zhangye": ["", "市综治办、市民政局"], "fengxian": ["", ""]}


def test_row_11_reporting_ladder() -> None:
    """In Zhangye village, township and bureau report quarter by quarter and each year; in Yizheng the village to its township."""
    assert who("zhangye", "（季度）") == [("村（居）委会", "各乡镇（街道）"), ("各乡镇（街道）", "民政局")] * 4
    assert who("zhangye", "（年度）") == [("村（居）委会", "各乡镇（街道）"), ("各乡镇（街道）", "民政局")]
    assert who("yizheng", "报告留守") == [("村（居）委会", "各乡镇（街道）")] * 4
    roles = {duty.role for duty in duties(load_profile("yizheng"), *YEAR) if "报告留守" in duty.what}
    assert roles == {Role.OTHERS}


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
    trained = {place: who(place, "训") for place in ("fuyang", "fengxian", "guiyang", "zhangye")}
    assert trained == {
        "fuyang": [("民政局", ""), ("市民政局", "")],
        "fengxian": [("民政局", "")],
        "guiyang": [("民政局", ""), ("儿童福利机构", "")],
        "zhangye": [],
    }


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
    assert set_to(load_profile("fuyang"), "comparison.zero_lists") == ["L08"]
    assert zero == {
        "guiyang": ["L21", "L03", "L04", "L05", "L01"],
        "fengxian": ["L04", "L05", "L08"],
        "sanming": [],
        "suqian": [],
    }
    assert all(set(codes) <= set(load_catalogue().lists) for codes in zero.values())


@pytest.mark.parametrize(
    ("place", "told"), [("yizheng", ["education", "township"]), ("zhangye", ["education", "township"])]
)
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
    """Fengxian knows no meeting, Zhangye's is the prefecture's, a county's has no rhythm, in Guiyang the committee for women and children meets (rules/jurisdictions.md#row-22)."""
    meetings = {place: who(place, "会议") for place in ("zhangye", "fengxian", "guiyang", "minle")}
    assert meetings == {
        "zhangye": [("市联席会议", "")],
        "fengxian": [],
        "guiyang": [("妇儿工委", "")],
        "minle": [("县联席会议", "")],
    }
    assert days("minle", "会议") == []


@pytest.mark.parametrize(
    ("place", "inspected"),
    [
        ("fengxian", [("民政局（相关部门参加）", "各乡镇（街道）", Role.ACT)]),
        ("fuyang", [("市民政局（相关部门参加）", "本县（市、区、旗）", Role.INSPECTED)]),
        ("minle", [("市民政局", "本县（市、区、旗）、市直有关部门", Role.INSPECTED)]),
        ("suqian", []),
    ],
)
def test_row_25_who_inspects_whom(place: str, inspected: list[tuple[str, str, Role]]) -> None:
    yearly = [duty for duty in duties(load_profile(place), *YEAR) if duty.name == "inspection"]
    assert [(duty.by, duty.towards, duty.role) for duty in yearly] == inspected


def test_row_26_the_year_s_plan_and_its_checks() -> None:
    words = [(duty.when, duty.what) for duty in duties(load_profile("minle"), *YEAR) if duty.when.startswith("年")]
    assert words == [
        ("年初", "制定具体的年度工作任务，分解到相关部门"),
        ("年中", "年中检查考核"),
        ("年底", "年底检查考核"),
    ]
    assert not any(duty.exact for duty in duties(load_profile("minle"), *YEAR) if duty.when.startswith("年"))


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


@pytest.mark.parametrize("place", ["zhangye", "fengxian", "nm_banner", "yizheng"])
def test_row_24_six_months_are_months_of_refusing(place: str) -> None:
    """National rule: said to whoever goes there, and never worked out from how long a row has stood in a ledger."""
    town = at(place)
    town.add(CA, 1, **AWAY, has_carer="no")
    town.add(CA, 2, **{**AWAY, "report_date": "2026-09-29"}, has_carer="no")
    reasons = town.findings("L21")["reason"].tolist()
    assert len(reasons) == 2
    assert all("拒不履行监护责任满6个月" in reason and "须核实" in reason for reason in reasons)
    town.change("left_behind.neglect_months", None)
    assert not any("拒不履行" in reason for reason in town.findings("L21")["reason"])


def test_police_that_only_answer_queries() -> None:
    modes = {place: set_to(load_profile(place), "comparison.police_mode") for place in ("yizheng", "fengxian")}
    assert modes == {"yizheng": "answer_file", "fengxian": "export"}


@pytest.mark.parametrize(
    ("since", "grade"),
    [
        ("2026-08-15", "待核"),
        ("2026年8月", "待核"),
        ("2026-05-01", "很可能"),
        ("2026", "很可能"),
        ("常年", "很可能"),
        ("", "很可能"),
    ],
)
def test_months_away_of_the_papers(since: str, grade: str) -> None:
    """Fuyang counts three months without a break; Zhangye's paper sets no time."""
    town = at("fuyang")
    town.add(CA, 1, **AWAY, agreement="no", away_since=since)
    assert town.listed("L20") == {1: grade}
    assert ("外出时间不满3个月" in town.reason("L20")) == (grade == "待核")
    town.change("left_behind.months_away", None)
    assert town.listed("L20") == {1: "很可能"}
    town = at("zhangye")
    town.add(CA, 1, **AWAY, agreement="no", away_since=since)
    assert town.listed("L20") == {1: "很可能"}


@pytest.mark.parametrize(
    ("father", "mother", "grade"),
    [
        ("2020-01-01", "2026-08-01", "待核"),
        ("2026年8月", "2026-08-01", "待核"),
        ("2026.8.1", "", "待核"),
        ("2020-01-01", "2024年3月", "很可能"),
        ("2020年", "", "很可能"),
        ("常年", "长期", "很可能"),
    ],
)
def test_months_away_count_from_the_parent_who_left_last(father: str, mother: str, grade: str) -> None:
    town = at("fuyang")
    town.add(CA, 1, **AWAY, agreement="no", father_away_since=father, mother_away_since=mother)
    assert town.listed("L20") == {1: grade}
    town = at("zhangye")
    town.add(CA, 1, **AWAY, agreement="no", father_away_since=father, mother_away_since=mother)
    assert town.listed("L20") == {1: "很可能"}


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


def test_row_27_targets_of_the_places() -> None:
    targets = {place: set_to(load_profile(place), "indicators.targets") for place in ("guiyang", "fengxian", "default")}
    assert targets["guiyang"]["station"] == {2020: "30%", 2022: "60%", 2025: "95%"}
    assert targets["guiyang"]["homes"] == {2020: "50%", 2022: "70%", 2025: "95%"}
    assert (targets["fengxian"], targets["default"]) == ({"station": {2025: "100%"}}, {})
    known = {row.key for row in indicators().rows}
    assert all(set(set_to(load_profile(place), "indicators.targets")) <= known for place in places())


def test_whose_visit_it_is() -> None:
    """Volunteers' and teachers' visits are duties of theirs, and no rhythm of the county's child workers."""
    for place, visitor in (("sanming", "爱心家长（志愿者）"), ("langao", "学校关爱责任人（教师）")):
        rhythm = load_profile(place).rhythm
        assert (rhythm.contact_every.value, rhythm.visit_every.value) == (None, None)
        assert visitor in {duty.by for duty in duties(load_profile(place), *YEAR)}
    assert load_profile("langao").lists["L22"].recipients == ["education"]


OLD = """
extends: default
name: 某县
rhythm:
  report_due: {value: "12-10", clause: 每年12月10日前, source: 某文}
  report_every: {value: [P3M, P1Y], clause: 季度和年度, source: 某文}
  report_to: {value: 市民政局, clause: 报市民政局, source: 某文}
  report_ladder: {value: [village, township]}
  census_due: {value: "2026-06-30", clause: 摸底, source: 某文}
  inspection_month: {value: 11, clause: 每年11月督查, source: 某文}
  file_audit: {value: {county: P1Y_sample, township: P1Y_full, civil_affairs: P1Y_inspection}, clause: 抽查, source: 某文}
  worker_training: {value: P1Y, clause: 每年培训, source: 某文}
  staff_query: {value: null}
  meeting_every: {value: P1Y, clause: 每年一次, source: 某文}
"""


def test_a_county_s_own_file_of_an_earlier_state_still_says_what_it_said(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OLD, encoding="utf-8")
    profile = load_profile(path)
    owed = [(str(duty.due), duty.what, duty.towards) for duty in duties(profile, *YEAR) if duty.due]
    assert owed == [
        ("2026-03-31", "上报工作情况", "市民政局"),
        ("2026-06-30", "上报工作情况", "市民政局"),
        ("2026-06-30", "完成摸底排查", ""),
        ("2026-09-30", "上报工作情况", "市民政局"),
        ("2026-11-30", "督查", ""),
        ("2026-12-10", "上报工作情况", "市民政局"),
        ("2026-12-31", "上报工作情况", "市民政局"),
        ("2026-12-31", "召开联席会议", ""),
        ("2026-12-31", "培训儿童主任", ""),
        ("2026-12-31", "抽查儿童档案（tongbi sample）", ""),
        ("2026-12-31", "全面检查儿童档案", ""),
    ]
    assert {duty.clause for duty in duties(profile, *YEAR) if duty.what == "督查"} == {"每年11月督查"}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("duties: {x: {what: 报, by: township, every: P2Y, clause: c}}", "duties.x.every"),
        ("duties: {x: {what: 报, by: township, until: 11月1日, clause: c}}", "duties.x.until"),
        ("duties: {x: {what: 报, by: township, until: M-00, clause: c}}", "duties.x.until"),
        ("duties: {x: {what: 报, by: township, tos: [a], clause: c}}", "duties.x.tos"),
        ("duties: {x: {what: 报, by: township}}", "duties.x.clause"),
    ],
)
def test_a_duty_that_is_written_wrongly_is_refused(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"extends: default\n{text}\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match=where):
        load_profile(path)
