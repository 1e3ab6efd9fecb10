"""L20 无委托照护协议: who must have an agreement, and the states of one (rules/lists.md#agreements)."""

import numpy as np
import pytest
from town import CA, ED, PS, Town

from expectations.lists.agreements import Agreements, agreement_unseen, states_on_roll
from expectations.lists.catalogue import load_catalogue
from expectations.lists.view import View

BOTH = {"category": "left_behind", "care_reason": "父母双方同时外出"}
ONE = {"category": "left_behind", "care_reason": "父母一方外出另一方无监护能力"}
UNABLE = {"category": "left_behind", "care_reason": "父母双方无监护能力"}
SILENT = {"category": "left_behind"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (BOTH | {"agreement": "no"}, {1: "很可能"}),
        (ONE | {"agreement": "no"}, {1: "很可能"}),
        (SILENT | {"agreement": "no", "father_status": "away", "mother_status": "away"}, {1: "很可能"}),
        (BOTH | {"has_carer": "no"}, {1: "很可能"}),
        (BOTH | {"agreement": "yes", "guardianship": "无人照料"}, {1: "很可能"}),
        (UNABLE | {"agreement": "no"}, {1: "待核"}),
        (SILENT | {"agreement": "no"}, {1: "待核"}),
        (SILENT | {"agreement": "no", "care_reason": "其他"}, {1: "待核"}),
        (BOTH | {"agreement": "no", "guardian_rel": "mother"}, {1: "待核"}),
        (SILENT | {"agreement": "no", "father_status": "away", "mother_status": "dead"}, {1: "很可能"}),
        (SILENT | {"agreement": "no", "father_status": "away", "mother_status": "severe_disability"}, {1: "很可能"}),
        (SILENT | {"agreement": "no", "father_status": "normal", "mother_status": "normal"}, {1: "待核"}),
        (BOTH | {"agreement": "no", "guardian_rel": "grandparent"}, {1: "很可能"}),
        (BOTH | {"agreement": "no", "guardian_rel": "grandparent", "remark": "正在办理指定监护"}, {1: "待核"}),
        (BOTH | {"agreement": "no", "father_status": "at_home"}, {1: "待核"}),
        (ONE | {"agreement": "no", "father_status": "at_home"}, {1: "很可能"}),
        (BOTH | {"agreement": "yes", "remark": "6月起被委托人已更换"}, {1: "待核"}),
        (SILENT | {"agreement": "no", "care_reason": "母亲一方外出，另一方在家无监护能力"}, {1: "很可能"}),
        (BOTH | {"agreement": "no", "live_addr": "某县福利院旁"}, {1: "待核"}),
        # A parent is back, or the child lives with one.
        (SILENT | {"agreement": "no", "mother_status": "at_home"}, {}),
        (SILENT | {"agreement": "no", "guardianship": "随母亲生活"}, {}),
        (SILENT | {"agreement": "no", "remark": "父亲返乡"}, {}),
        # Another legal guardian, 民政 for the time being, an institution.
        (BOTH | {"agreement": "no", "guardianship": "民政部门临时监护"}, {}),
        (BOTH | {"agreement": "no", "care_reason": "父母双方同时外出，监护人已变更"}, {}),
        (
            SILENT
            | {"agreement": "no", "father_status": "dead", "mother_status": "missing", "guardian_rel": "relative"},
            {},
        ),
        (BOTH | {"agreement": "no", "category": "left_behind;orphan", "guardian_rel": "grandparent"}, {}),
        (BOTH | {"agreement": "no", "category": "left_behind;institution"}, {}),
        (BOTH | {"agreement": "no", "guardian_name": "某县儿童福利院"}, {}),
        (BOTH | {"agreement": "yes"}, {}),
        (BOTH | {"agreement": "yes", "guardian_rel": "mother"}, {}),
        (BOTH | {"agreement": "no", "hukou_class": "institution"}, {}),
        (BOTH | {"agreement": "no", "birth_date": "2010-01-01"}, {}),
        (BOTH | {"agreement": "no", "category": "dilemma"}, {}),
        (BOTH | {"agreement": "no", "roll_status": "exited"}, {}),
    ],
)
def test_who_is_listed_and_how_surely(town: Town, fields: dict[str, str], expected: dict[int, str]) -> None:
    town.add(CA, 1, **fields)
    assert town.listed("L20") == expected


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (SILENT | {"agreement": "no"}, "委托照料原因没有登记"),
        (UNABLE | {"agreement": "no"}, "变更监护人"),
        (BOTH | {"agreement": "no", "guardian_rel": "father"}, "是否仍属留守"),
        (BOTH | {"has_carer": "no"}, "没有被委托人"),
        (SILENT | {"agreement": "no"}, "只按民政的留守登记列出"),
        (BOTH | {"agreement": "yes", "remark": "更换被委托人"}, "需要重新签订"),
    ],
)
def test_the_sentence_says_what_to_look_at_first(town: Town, fields: dict[str, str], words: str) -> None:
    town.add(CA, 1, **fields)
    assert words in town.reason("L20")


@pytest.mark.parametrize(
    ("mark", "words"),
    [("both", "学籍标注的“双亲留守”"), ("one", "单亲留守"), ("none", "不是留守"), ("", "只按民政的留守登记")],
)
def test_where_nobody_wrote_down_why_the_marks_of_both_departments_speak_and_it_is_said(
    town: Town, mark: str, words: str
) -> None:
    town.add(CA, 1, **SILENT, agreement="no")
    town.add(ED, 1, enrolment_status="in", left_behind=mark)
    assert town.listed("L20") == {1: "待核"}
    assert words in town.reason("L20")


def test_a_known_reason_needs_no_school_s_mark(town: Town) -> None:
    town.add(CA, 1, **BOTH, agreement="no")
    town.add(ED, 1, enrolment_status="in", left_behind="none")
    assert town.listed("L20") == {1: "很可能"}
    assert "学籍" not in town.reason("L20")


@pytest.mark.parametrize(
    ("father", "mother", "fields", "expected"),
    [
        ("prison", "away", {"agreement": "no"}, {1: "待核"}),
        ("prison", "detox", {"agreement": "no"}, {1: "待核"}),
        ("dead", "restricted", {"agreement": "no"}, {1: "待核"}),
        ("prison", "normal", {"agreement": "no"}, {}),
        ("prison", "at_home", {"agreement": "no"}, {}),
        ("prison", "away", {"agreement": "yes"}, {}),
        ("prison", "away", {"agreement": ""}, {}),
        ("away", "dead", {"agreement": "no"}, {}),
        ("prison", "away", {"agreement": "no", "category": "institution;orphan"}, {}),
        ("prison", "away", {"agreement": "no", "guardianship": "指定监护"}, {}),
        ("prison", "away", {"agreement": "no", "birth_date": "2010-01-01"}, {}),
    ],
)
def test_children_of_parents_who_are_held_are_asked_about_apart_and_without_a_word_why(
    town: Town, father: str, mother: str, fields: dict[str, str], expected: dict[int, str]
) -> None:
    town.add(CA, 1, **({"category": "dilemma", "father_status": father, "mother_status": mother} | fields))
    assert town.listed("L20") == expected
    if expected:
        found = town.findings("L20")
        assert found["judged_by"].item() == "civil_affairs"
        assert not any(word in found["reason"].item() for word in ("服刑", "戒毒", "限制", "在押", "死亡"))


def test_a_signed_agreement_names_its_delegate_where_the_file_has_the_column(town: Town) -> None:
    town.add(CA, 1, **BOTH, agreement="yes")
    assert town.listed("L20") == {}
    town.add(CA, 2, **BOTH, agreement="yes", guardian_name="张奶奶", guardian_rel="grandparent")
    assert town.listed("L20") == {1: "待核"}
    assert "被委托人一栏没有填写" in town.reason("L20")


def test_the_file_decides_whether_a_column_came_not_the_sheet(town: Town) -> None:
    """A ledger has a sheet for each township; a column that one of them left empty was there all the same."""
    town.add(CA, 1, **BOTH, agreement="yes", sheet="甲镇")
    town.add(CA, 2, **BOTH, sheet="乙镇")
    town.add(CA, 3, **BOTH, sheet="丙镇", file="other.xlsx")
    assert town.listed("L20") == {2: "待核"}


def test_who_could_not_be_compared_is_known_by_child(town: Town) -> None:
    town.add(CA, 1, **BOTH, agreement="yes", file="a.xlsx")
    town.add(CA, 2, **BOTH, file="a.xlsx")
    town.add(CA, 3, **BOTH, file="b.xlsx")
    town.add(CA, 4, **BOTH, has_carer="no", file="b.xlsx")
    town.add(CA, 5, **SILENT, mother_status="at_home", file="b.xlsx")
    town.add(PS, 6)
    view = View(town.files(), town.profile, load_catalogue())
    assert agreement_unseen(view).tolist() == [False, False, True, False, False, False]
    assert list(states_on_roll(view).values()) == ["fulfilled", "unfilled", "not_delivered", "unsigned", ""]


def test_an_empty_cell_is_a_question_only_where_the_column_is_used(town: Town) -> None:
    town.add(CA, 1, **BOTH)
    assert town.listed("L20") == {}
    town.add(CA, 2, **BOTH, agreement="yes")
    assert town.listed("L20") == {1: "待核"}


def test_unsigned_unfilled_and_not_delivered_are_three_figures(town: Town) -> None:
    town.add(CA, 1, **BOTH, agreement="yes", file="a.xlsx")
    town.add(CA, 2, **BOTH, agreement="no", file="a.xlsx")
    town.add(CA, 3, **BOTH, file="a.xlsx")
    town.add(CA, 4, **BOTH, file="b.xlsx")
    town.add(CA, 5, category="dilemma", agreement="no", file="a.xlsx")
    view = View(town.files(), town.profile, load_catalogue())
    state = dict(zip(view.text("child_id"), Agreements(view).state, strict=True))
    assert list(state.values()) == ["fulfilled", "unsigned", "unfilled", "not_delivered", ""]
    assert int(np.sum(Agreements(view).must)) == 4
    assert set(town.listed("L20")) == {2, 3}
