"""The life of one finding, period by period: what the data and the answers make of it, and that nothing is said twice."""

from dataclasses import replace

import pandas as pd
import pytest

from expectations.life.evidence import EvidenceScope, differences, fingerprint, gather
from expectations.life.rules import life_rules
from expectations.life.states import (
    ANSWERED,
    APPEARED,
    BY_REPLY,
    CHANGED,
    DISPATCHED,
    INHERITED,
    KEPT,
    LASTING,
    MERGED,
    PASSED,
    PROVEN,
    RESTORED,
    RETURNED,
    SOLVED,
    STILL_UNSEEN,
    UNCHECKED,
    UNSEEN,
    WITHDRAWN,
    Event,
    fold,
)
from expectations.life.step import Passing, PeriodFacts, carried, events_of, merged_away, verdicts
from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import finding_id

ONE = "L03-AAAAAAAA"
ROLL, SCHOOL = {"civil_affairs": "on"}, {"civil_affairs": "on", "education": "on"}
PERIODS = ("2026Q1", "2026Q2", "2026Q3", "2026Q4")


class Story:
    """The events of a county, written period by period."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def occasion(self, period, listed, evidence, **more):
        facts = {"computed": {"L03"}, "codes": {one.finding_id: "L03" for one in self.events}, **more}
        return PeriodFacts(period, listed, evidence, rules=life_rules(), say={"education": "教育"}, **facts)

    def run(self, period, parts, listed=True, **more):
        """Run a period in which the data show `parts` about the finding; returns the new events' kinds."""
        evidence = {ONE: parts} if parts else {}
        found = verdicts(
            self.before(period), self.occasion(period, {ONE: "顺化镇"} if listed else {}, evidence, **more)
        )
        written = {e.finding_id: e for e in self.events if e.period == period and e.source == "data"}
        news = events_of(found, written, fold(self.events))
        self.events += news
        self.shown = {one.event.finding_id: one.shown for one in found}
        self.said = {one.event.finding_id: one.event.kind for one in found}
        return [event.kind for event in news]

    def before(self, period):
        return fold(event for event in self.events if event.period < period)

    def answer(self, period, answer, code="L03"):
        life, rules = fold(self.events)[ONE], life_rules()
        state = rules.outcomes[rules.outcome(code, answer)]
        event = Event(ONE, period, ANSWERED, state, BY_REPLY, answer=answer, fingerprint=life.fingerprint)
        self.events.append(event)

    @property
    def life(self):
        return fold(self.events)[ONE]


@pytest.fixture
def story():
    return Story()


def test_a_finding_lasts_without_new_events_and_is_solved_by_the_data(story):
    assert story.run("2026Q1", ROLL) == [APPEARED]
    assert story.run("2026Q2", ROLL) == []
    assert story.said == {ONE: LASTING}
    assert story.run("2026Q3", SCHOOL, listed=False) == [SOLVED]
    assert (story.life.state, story.life.settled_by) == ("closed", "data")
    assert "教育新增记录" in story.events[-1].text


@pytest.mark.parametrize("period", PERIODS[:2])
def test_a_period_twice_is_a_period_once(story, period):
    story.run("2026Q1", ROLL)
    story.run("2026Q2", SCHOOL, listed=False)
    before = list(story.events)
    parts, listed = (ROLL, True) if period == "2026Q1" else (SCHOOL, False)
    assert story.run(period, parts, listed) == []
    assert story.events == before


def test_an_explained_finding_stays_away_until_its_evidence_changes_and_then_says_what(story):
    story.run("2026Q1", ROLL)
    story.answer("2026Q1", "省外就读无学籍")
    assert story.life.state == "rejected"
    assert story.run("2026Q2", ROLL) == []
    assert (story.said, story.shown) == ({ONE: KEPT}, {ONE: False})
    assert story.run("2026Q3", SCHOOL) == [RETURNED]
    assert "省外就读无学籍" in story.events[-1].text
    assert "教育新增记录" in story.events[-1].text
    assert (story.life.state, story.life.returns, story.shown[ONE]) == ("reopened", 1, True)


def test_an_answer_that_says_done_must_show_in_the_data(story):
    story.run("2026Q1", ROLL)
    story.answer("2026Q1", "已入学")
    assert (story.life.state, story.life.settled_by) == ("closed", "reply")
    assert story.run("2026Q2", ROLL) == [RETURNED]
    assert "本期数据仍未显示" in story.events[-1].text


def test_an_answer_that_the_data_prove_stays_the_answer_s(story):
    story.run("2026Q1", ROLL)
    story.answer("2026Q1", "已入学")
    assert story.run("2026Q2", SCHOOL, listed=False) == [PROVEN]
    assert (story.life.state, story.life.settled_by) == ("closed", "reply")
    assert story.run("2026Q3", SCHOOL, listed=False) == []


def test_what_was_solved_and_appears_again_is_a_return(story):
    story.run("2026Q1", ROLL)
    story.run("2026Q2", SCHOOL, listed=False)
    assert story.run("2026Q3", ROLL) == [RETURNED]
    assert story.run("2026Q4", ROLL) == []
    assert story.life.state == "reopened"


@pytest.mark.parametrize(
    ("answer", "state"), [("失联", "verifying"), ("外出务工", "confirmed"), ("缺少材料", "acting")]
)
def test_an_open_answer_keeps_the_finding_open(story, answer, state):
    story.run("2026Q1", ROLL)
    story.answer("2026Q1", answer)
    assert story.run("2026Q2", ROLL) == []
    assert (story.life.state, story.shown[ONE]) == (state, True)


def test_a_child_that_no_department_has_any_more_proves_nothing(story):
    story.run("2026Q1", ROLL)
    assert story.run("2026Q2", {}, listed=False) == [UNSEEN]
    assert life_rules().is_open(story.life.state)
    for period in PERIODS[2:]:
        assert story.run(period, {}, listed=False) == []
        assert story.said == {ONE: STILL_UNSEEN}


def test_a_list_that_was_not_computed_says_so_and_changes_nothing(story):
    story.run("2026Q1", ROLL)
    assert story.run("2026Q2", ROLL, listed=False, computed=set()) == []
    assert (story.said, story.shown) == ({ONE: UNCHECKED}, {ONE: False})
    assert story.life.state == "new"
    story.answer("2026Q2", "省外就读无学籍")
    assert story.run("2026Q3", ROLL, listed=False, computed=set()) == []
    assert story.said == {}, "what is settled needs no checking"


def test_what_a_first_run_closed_opens_again_when_the_corrected_data_cannot_tell(story):
    story.run("2026Q1", ROLL)
    assert story.run("2026Q2", SCHOOL, listed=False) == [SOLVED]
    assert story.run("2026Q2", ROLL, listed=False, computed=set()) == [RESTORED]
    assert "无法核对" in story.events[-1].text
    assert story.life.state == "new"
    assert story.run("2026Q2", ROLL, listed=False, computed=set()) == []


def test_a_department_that_sent_nothing_proves_nothing(story):
    without = {"delivered": frozenset({"civil_affairs"})}
    story.run("2026Q1", SCHOOL)
    assert story.run("2026Q2", ROLL, **without) == []
    assert story.run("2026Q2", ROLL, listed=False, **without) == []
    story.answer("2026Q2", "省外就读无学籍")
    assert story.run("2026Q3", ROLL, **without) == []
    assert story.said == {ONE: KEPT}
    assert story.run("2026Q4", ROLL) == [RETURNED]


def test_a_village_s_finding_is_solved_whoever_lives_there(story):
    village = {"codes": {ONE: "L25"}, "computed": {"L25"}}
    story.run("2026Q1", {}, **village)
    assert story.run("2026Q2", {}, listed=False, **village) == [SOLVED]


def test_changed_evidence_of_an_open_finding_is_said(story):
    story.run("2026Q1", ROLL)
    assert story.run("2026Q2", SCHOOL) == [CHANGED]
    assert story.life.state == "new"


def test_a_corrected_delivery_of_the_same_period_is_told_as_a_correction(story):
    story.run("2026Q1", ROLL)
    assert story.run("2026Q2", SCHOOL, listed=False) == [SOLVED]
    assert story.run("2026Q2", ROLL) == [RESTORED]
    assert story.life.state == "new"
    assert story.run("2026Q2", ROLL) == []
    fresh = Story()
    fresh.run("2026Q1", ROLL)
    assert fresh.run("2026Q1", ROLL, listed=False) == [WITHDRAWN]
    assert fresh.life.state == "closed"
    assert fresh.run("2026Q1", ROLL, listed=False) == []


def test_dispatching_changes_no_evidence(story):
    story.run("2026Q1", ROLL)
    sent = replace(story.events[0], kind=DISPATCHED, state="assigned", source="office", fingerprint="", evidence="")
    story.events.append(sent)
    assert story.life.fingerprint == fingerprint(ROLL)
    assert story.run("2026Q2", ROLL) == []


YOUNG, OLD = "T2026Q2-000009", "T2026Q1-000001"


def lives_of(*children):
    return {finding_id("L03", child, ""): ("L03", child, "") for child in children}


def test_a_merge_keeps_both_numbers_and_the_older_leads():
    old, young = finding_id("L03", OLD, ""), finding_id("L03", YOUNG, "")
    moves = [("merge", OLD, YOUNG)]
    assert carried(lives_of(OLD, YOUNG), moves, [old], finding_id) == {young: old}
    assert carried(lives_of(YOUNG), moves, [old], finding_id) == {young: old}
    assert carried(lives_of(YOUNG), moves, [], finding_id) == {}


def test_a_finding_follows_the_part_of_a_split_child_that_is_still_listed():
    old, young = finding_id("L03", OLD, ""), finding_id("L03", YOUNG, "")
    moves = [("split", OLD, YOUNG)]
    assert carried(lives_of(OLD), moves, [young], finding_id) == {old: young}
    assert carried(lives_of(OLD), moves, [old, young], finding_id) == {}


def test_the_history_goes_on_under_the_leading_number(story):
    story.run("2026Q1", ROLL)
    story.answer("2026Q1", "省外就读无学籍")
    leading = "L03-BBBBBBBB"
    occasion = story.occasion("2026Q2", {leading: "顺化镇"}, {leading: ROLL}, carried={ONE: leading})
    found = {one.event.finding_id: one for one in verdicts(story.before("2026Q2"), occasion)}
    assert {name: one.event.kind for name, one in found.items()} == {ONE: MERGED, leading: INHERITED}
    assert not found[leading].shown
    story.events += events_of(list(found.values()), {}, {})
    again = story.occasion("2026Q3", {leading: "顺化镇"}, {leading: ROLL}, codes={ONE: "L03", leading: "L03"})
    kinds = {one.event.finding_id: one.event.kind for one in verdicts(story.before("2026Q3"), again)}
    assert kinds == {leading: KEPT}


def test_who_outgrew_a_list_leaves_it_with_that_reason_whatever_came(story):
    grown = {"outgrown": {ONE: "已满18周岁，不再属于本清单范围"}}
    story.run("2026Q1", ROLL)
    assert story.run("2026Q2", {}, listed=False, computed=set(), **grown) == [SOLVED]
    assert story.events[-1].text == "已满18周岁，不再属于本清单范围"
    assert story.run("2026Q2", {}, listed=False, computed=set(), **grown) == []
    assert story.run("2026Q3", {}, listed=False, **grown) == []


def test_an_answered_line_of_a_child_that_grew_up_is_no_proof_of_the_answer(story):
    story.run("2026Q1", ROLL)
    story.answer("2026Q1", "已入学")
    assert story.run("2026Q2", SCHOOL, listed=False, outgrown={ONE: "已过义务教育年龄，不再属于本清单范围"}) == []
    assert story.said == {}


OLD_NUMBER = "T2026Q1-000001"
INTO = {"merged": {ONE: OLD_NUMBER}}


@pytest.mark.parametrize("answer", ["", "失联", "省外就读无学籍"])
def test_a_line_of_a_merged_number_ends_with_the_merge_and_says_where_it_went(story, answer):
    story.run("2026Q1", ROLL)
    if answer:
        story.answer("2026Q1", answer)
    assert story.run("2026Q2", SCHOOL, listed=False, **INTO) == [MERGED]
    assert "已并入 T2026Q1-000001" in story.events[-1].text
    assert not life_rules().is_open(story.life.state)
    # Once, whatever comes later, and in a second run of the same period.
    assert story.run("2026Q2", SCHOOL, listed=False, **INTO) == []
    assert story.run("2026Q3", SCHOOL, listed=False, **INTO) == []
    assert story.said == {}


def test_a_line_whose_child_was_merged_before_its_list_could_be_computed_ends_later(story):
    story.run("2026Q1", ROLL)
    assert story.run("2026Q2", ROLL, listed=False, computed=set(), **INTO) == []
    assert story.said == {ONE: UNCHECKED}
    assert story.run("2026Q3", {}, listed=False, **INTO) == [MERGED]


def test_a_first_run_without_the_merge_is_corrected_by_the_second_and_back(story):
    story.run("2026Q1", ROLL)
    assert story.run("2026Q2", SCHOOL, listed=False) == [SOLVED]
    assert story.run("2026Q2", SCHOOL, listed=False, **INTO) == [MERGED]
    assert story.events[-1].text.startswith("数据更正后：")
    assert story.run("2026Q2", ROLL) == [RESTORED]
    assert story.life.state == "new"


@pytest.mark.parametrize(
    ("went", "words"),
    [
        ({"merged": {ONE: OLD_NUMBER}}, f"已并入 {OLD_NUMBER}"),
        ({"carried": {ONE: "L03-BBBBBBBB"}}, "转为 L03-BBBBBBBB"),
    ],
)
def test_a_number_that_only_a_first_run_gave_ends_with_the_correction_and_says_where_it_went(story, went, words):
    assert story.run("2026Q1", ROLL) == [APPEARED]
    assert story.run("2026Q1", ROLL, listed=False, **went) == [MERGED]
    assert words in story.events[-1].text
    assert story.run("2026Q1", ROLL, listed=False) == [], "a third run knows the number no more and says nothing new"
    assert story.run("2026Q1", ROLL) == [APPEARED]
    assert story.life.state == "new"


def test_what_the_data_had_solved_before_the_merge_stays_solved(story):
    story.run("2026Q1", ROLL)
    story.run("2026Q2", SCHOOL, listed=False)
    assert story.run("2026Q3", SCHOOL, listed=False, **INTO) == []
    assert story.life.settled_by == "data"


def test_a_village_s_line_does_not_end_with_the_number_of_its_first_child(story):
    village = {"codes": {ONE: "L25"}, "computed": {"L25"}}
    story.run("2026Q1", {}, **village)
    assert story.run("2026Q2", {}, listed=False, **village, **INTO) == [SOLVED]


def test_only_lines_of_ended_numbers_without_an_heir_end_with_the_merge():
    young, heir = finding_id("L03", YOUNG, ""), finding_id("L03", OLD, "")
    assert merged_away(lives_of(OLD, YOUNG), {YOUNG: OLD}, {}) == {young: OLD}
    assert merged_away(lives_of(OLD, YOUNG), {YOUNG: OLD}, {young: heir}) == {}
    assert merged_away(lives_of(OLD), {YOUNG: OLD}, {}) == {}


def test_differences_name_departments_and_fields_and_no_value():
    rules, say = life_rules(), {"education": "教育", "civil_affairs": "民政", "public_security": "公安"}
    before = {"civil_affairs": "on", "education": "on", "education.study_status": "a", "education.id_no": "b"}
    now = {"education": "off", "education.study_status": "c", "public_security": "on"}
    said = differences(before, now, say, rules)
    assert said == "民政不再有记录；教育的在册状态有变化；公安新增记录；教育不再填写身份证号等"
    assert differences(before, before, say, rules) == ""


def records(*rows):
    columns = ["child_id", "department", "active", "id_no", "phone", "study_status", "name"]
    return pd.DataFrame(rows, columns=columns)


def parts(frame, code, field=""):
    wanted = pd.DataFrame([("F", code, "T1", field)], columns=["finding_id", "code", "child_id", "field"])
    concerned = {"L03": frozenset({"civil_affairs", "education"})}
    return gather(frame, wanted, EvidenceScope(life_rules(), concerned))["F"]


BASE = ("T1", "civil_affairs", True, "123", "139", "local", "甲")


def test_evidence_is_what_tells_and_nothing_else():
    base = parts(records(BASE), "L03")
    assert parts(records((*BASE[:4], "188", "local", "乙")), "L03") == base
    assert parts(records((*BASE[:5], "elsewhere", "甲")), "L03") != base
    assert parts(records(BASE, ("T1", "disability", True, "", "", "", "甲")), "L03") == base
    assert parts(records(BASE, ("T1", "education", True, "", "", "", "甲")), "L03") != base
    assert parts(records(BASE, ("T2", "education", True, "", "", "", "甲")), "L03") == base
    assert parts(records(("T2", *BASE[1:])), "L03") == {}


def test_a_difference_of_values_is_about_its_values():
    other = ("T1", "education", True, "", "", "", "乙")
    base = parts(records(BASE, other), "L15", "name")
    assert parts(records(BASE, (*other[:2], False, *other[3:])), "L15", "name") == base
    assert parts(records(BASE, (*other[:6], "丙")), "L15", "name") != base
    assert not any("甲" in value or "乙" in value for value in base.values())


DIFFERENCE, TO_POLICE = "L15-AAAAAAAA", Passing("public_security", "教育", "公安")


class Difference(Story):
    """One line of L15, which may go on to the police."""

    def period(self, period, passing=True):
        facts = {"computed": {"L15"}, "codes": {DIFFERENCE: "L15"} if self.events else {}}
        to = {DIFFERENCE: TO_POLICE} if passing else {}
        occasion = self.occasion(period, {DIFFERENCE: "顺化镇"}, {DIFFERENCE: ROLL}, passing=to, **facts)
        (verdict,) = verdicts(self.before(period), occasion)
        written = {e.finding_id: e for e in self.events if e.period == period and e.source == "data"}
        self.events += events_of([verdict], written, fold(self.events))
        return verdict

    def says(self, period, answer):
        state = life_rules().outcomes[life_rules().outcome("L15", answer)]
        print_of = fold(self.events)[DIFFERENCE].fingerprint
        self.events.append(Event(DIFFERENCE, period, ANSWERED, state, BY_REPLY, answer=answer, fingerprint=print_of))


def test_who_answers_that_its_entry_is_right_hands_the_line_on_and_the_next_is_told():
    line = Difference()
    line.period("2026Q1")
    line.says("2026Q1", "维持原登记")
    verdict = line.period("2026Q2")
    assert (verdict.event.kind, verdict.event.state, verdict.shown) == (PASSED, "assigned", True)
    assert "教育已答复“维持原登记”" in verdict.event.text
    assert "转请公安核对" in verdict.event.text
    assert [one.kind for one in line.events] == [APPEARED, ANSWERED, PASSED]
    line.period("2026Q2")
    assert [one.kind for one in line.events][2:] == [PASSED]
    assert line.period("2026Q3", passing=False).event.kind == LASTING


@pytest.mark.parametrize(("answer", "passing"), [("不是同一人", True), ("维持原登记", False)])
def test_any_other_answer_and_nobody_left_to_ask_settle_the_line(answer, passing):
    line = Difference()
    line.period("2026Q1")
    line.says("2026Q1", answer)
    verdict = line.period("2026Q2", passing)
    assert (verdict.event.kind, verdict.shown) == (KEPT, False)


def test_every_answer_that_hands_a_line_on_is_a_choice_of_its_list():
    for code, answers in life_rules().entry_right.items():
        assert set(answers) <= set(load_catalogue().lists[code].answers)
