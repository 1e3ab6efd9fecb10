"""Who left school by one book while another says 在读 or 转出: L04 and L05 between education's own books and other departments' (rules/lists.md#l04, #l05)."""

from datetime import date

import pytest
from town import CA, DI, ED, PS, Town

from expectations.lists.catalogue import LOOKED
from expectations.lists.files import VEILED, EarlierPeriod
from expectations.lists.findings import compute_findings, computed_in_part, files_delivered, not_computed

AT, LP = "attendance", "lifted_poverty"
ALL = (CA, ED, PS, DI, AT, LP)
REGISTER = {"layout": "register", "enrolment_status": "in", "school": "第一小学", "grade": "5"}
LEDGER = {"layout": "dropout_ledger"}


def listed(town: Town, code: str, delivered: tuple[str, ...] = ALL) -> dict[int, str]:
    found = town.findings(code, delivered)
    return {int(child[-6:]): grade for child, grade in zip(found["child_id"], found["grade"], strict=True)}


@pytest.mark.parametrize(
    "row",
    [
        {"study_status": "dropout"},
        {"study_status": "lost_contact"},
        {"study_status": "dropout", "enrolment_status": "in"},
        {"enrolment_status": "other_leave"},
        {"study_status": "suspected", "persuasion": "lost_contact"},
        {"persuasion": "working"},
    ],
)
def test_the_ledger_of_education_against_its_own_register_is_told(town: Town, row: dict[str, str]) -> None:
    town.add(ED, 1, **REGISTER)
    town.add(ED, 1, **LEDGER, **row)
    town.add(ED, 2, **REGISTER)
    assert listed(town, "L05") == {1: "很可能"}
    assert town.reason("L05") == "控辍保学台账登记为辍学、失学或失联，而学籍状态仍为在读，两处登记不一致。"
    assert listed(town, "L04") == {}


def test_what_settles_the_ledger_s_contradiction(town: Town) -> None:
    for child in range(1, 6):
        town.add(ED, child, **LEDGER, study_status="dropout")
    town.add(ED, 1, **REGISTER)
    town.add(AT, 1, school="第一小学", grade="5", present="yes")  # a class list shows it
    town.add(ED, 2, **REGISTER | {"enrolment_status": "suspended"})  # no 在读
    town.add(ED, 3, **REGISTER)
    town.add(CA, 3, study_status="elsewhere")
    town.add(ED, 4, **REGISTER)
    town.add(PS, 4, cancel_kind="death", cancel_date="2026-01-01")
    town.add(ED, 5, **REGISTER)
    assert listed(town, "L05") == {5: "很可能"}


def test_a_recent_day_on_the_ledger_is_no_transfer_on_its_way(town: Town) -> None:
    town.add(ED, 1, **REGISTER)
    town.add(ED, 1, **LEDGER, study_status="dropout", status_date="2026-09-25")
    assert listed(town, "L05") == {1: "很可能"}


def test_a_child_beyond_the_cohort_contradicts_nothing(town: Town) -> None:
    town.add(ED, 1, **REGISTER, birth_date="2009-03-10")
    town.add(ED, 1, **LEDGER, birth_date="2009-03-10", study_status="dropout")
    assert listed(town, "L05") == {}


def test_a_drop_out_of_the_ledger_alone_is_told_as_the_ledger_s(town: Town) -> None:
    town.add(ED, 1, **LEDGER, study_status="dropout")
    assert listed(town, "L05") == {1: "明确"}
    assert town.reason("L05").startswith("控辍保学台账登记为辍学、失学或失联，按出生日期")


@pytest.mark.parametrize("word", ["dropout", "lost_contact"])
@pytest.mark.parametrize(("department", "name"), [(CA, "民政"), (DI, "残联"), (LP, "脱贫户名册")])
def test_another_department_s_word_against_the_register_asks(town: Town, department: str, name: str, word: str) -> None:
    town.add(ED, 1, **REGISTER)
    town.add(department, 1, study_status=word)
    for delivered in (ALL, (CA, ED, PS, DI, LP)):
        assert listed(town, "L04", delivered) == {1: "待核"}
    assert town.reason("L04") == f"学籍状态为在读，而{name}记载为辍学、失学或失联，两处登记不一致。"


@pytest.mark.parametrize(
    "also",
    [
        {"department": AT, "school": "第一小学", "grade": "5", "present": "yes"},
        {"department": CA, "study_status": "on_leave"},
        {"department": ED, "layout": "register", "enrolment_status": "suspended"},
        {"department": ED, "layout": "dropout_ledger", "study_status": "dropout"},  # L05's
        {"department": PS, "cancel_kind": "death", "cancel_date": "2026-01-01"},
    ],
)
def test_what_settles_another_department_s_word(town: Town, also: dict[str, str]) -> None:
    town.add(ED, 1, **REGISTER)
    town.add(LP, 1, study_status="dropout")
    fields = dict(also)
    town.add(fields.pop("department"), 1, **fields)
    assert listed(town, "L04") == {}


def test_words_that_have_ended_or_mean_something_else_say_nothing(town: Town) -> None:
    for child in (1, 2, 3, 4):
        town.add(ED, child, **REGISTER)
    town.add(CA, 1, study_status="dropout", roll_status="exited")
    town.add(CA, 2, study_status="not_enrolled")
    town.add(CA, 3, study_status="in_school")
    town.add(CA, 4, study_status="dropout", birth_date="2009-03-10", method="name")
    town.add(ED, 5, **REGISTER, birth_date="2009-03-10")
    town.add(CA, 5, study_status="dropout", birth_date="2009-03-10")
    assert 5 not in listed(town, "L04")
    assert not {1, 2, 3} & set(listed(town, "L04"))


def test_a_suspicion_of_education_s_ledger_asks_and_is_no_drop_out(town: Town) -> None:
    town.add(ED, 1, **REGISTER)
    town.add(ED, 1, **LEDGER, study_status="suspected")
    assert listed(town, "L04") == {1: "待核"}
    assert "疑似辍学" in town.reason("L04")
    assert listed(town, "L05") == {}


def test_a_class_list_that_gives_drop_out_as_the_reason_shows_nobody_at_school(town: Town) -> None:
    town.add(ED, 1, **REGISTER)
    town.add(AT, 1, school="第一小学", grade="5", study_status="lost_contact")
    assert listed(town, "L04") == {1: "明确"}


def test_without_class_lists_the_words_alone_are_compared_and_it_is_said(town: Town) -> None:
    town.add(ED, 1, **REGISTER)
    town.add(ED, 2, **REGISTER)
    came = {CA, ED, PS, DI, *files_delivered(town.files())}
    assert "L04" in set(not_computed(town.profile, came)["code"])
    assert computed_in_part(town.profile, came).empty

    town.add(CA, 2, study_status="dropout")
    came = {CA, ED, PS, DI, *files_delivered(town.files())}
    assert {"civil_affairs#study_status=dropout", LOOKED} <= came
    assert "L04" not in set(not_computed(town.profile, came)["code"])
    partly = computed_in_part(town.profile, came).set_index("code")["sentence"]
    assert partly.to_dict() == {
        "L04": "本期没有收到学校在校名单的数据，清单“疑似辍学（在籍不在校）”只按其他部门和控辍保学台账的辍学失联记载比对，其余没有比对，不表示没有这类情况。"
    }
    # Without a line, nobody may read 本期无: then it is not computed, for whoever prints it and for what was open.
    assert "L04" in set(not_computed(town.profile, came, listed=())["code"])
    assert "L04" not in set(not_computed(town.profile, came, listed=("L04",))["code"])
    assert computed_in_part(town.profile, {*came, AT}).empty


def test_who_is_missing_by_the_register_is_looked_for_and_the_police_are_told(town: Town) -> None:
    town.add(ED, 1, enrolment_status="missing")
    town.add(ED, 2, enrolment_status="other_leave")
    town.add(ED, 3, enrolment_status="missing")
    town.add(ED, 3, enrolment_status="in")
    town.add(ED, 4, enrolment_status="missing")
    town.add(CA, 4, study_status="elsewhere")
    lines = town.findings("L05").set_index(town.findings("L05")["child_id"].str[-6:].astype(int))
    assert lines["grade"].to_dict() == {1: "明确", 2: "明确", 4: "待核"}
    assert lines["told"].to_dict() == {1: PS, 2: "", 4: PS}
    assert "失踪" in lines.loc[1, "reason"]


# The as-of day is 2026-09-30, the window 14 days.
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-05-10", {1: "待核"}),
        ("2026-09-15", {1: "待核"}),
        ("2026-09-16", {}),
        ("2026-08", {1: "待核"}),
        ("2026-09", {}),
        ("", {}),
    ],
)
def test_a_transfer_that_nobody_received(town: Town, day: str, expected: dict[int, str]) -> None:
    town.add(PS, 1)
    town.add(ED, 1, enrolment_status="transferred_out", status_date=day)
    assert listed(town, "L05") == expected
    if expected:
        assert "转出不等于辍学" in town.reason("L05")


OUT = {"enrolment_status": "transferred_out", "status_date": "2026-05-10"}


def test_who_received_a_transferred_pupil_or_why_nobody_asks(town: Town) -> None:
    for child in range(1, 12):
        town.add(ED, child, **OUT)
        if child not in (7, 8):
            town.add(PS, child)
    town.add(ED, 1, enrolment_status="in")
    town.add(CA, 2, study_status="elsewhere")
    town.add(CA, 3, study_status="in_school")
    town.add(LP, 4, study_status="in_school")
    town.add(ED, 5, enrolment_status="abroad")
    town.add(AT, 6, school="第二小学", grade="5", present="yes")
    town.add(PS, 8, cancel_kind="moved_out", cancel_date="2026-05-01")  # 7 is in nobody's other data
    town.add(ED, 9, enrolment_status="transferred_out", status_date="2026-09-28")
    town.add(ED, 10, enrolment_status="other_leave")
    assert listed(town, "L05") == {10: "待核", 11: "待核"}


def test_a_protected_child_s_transfer_is_not_asked_about(town: Town) -> None:
    for child in (1, 2):
        town.add(PS, child)
        town.add(ED, child, **OUT)
    files = town.files()
    files.children[VEILED] = ["yes", ""]
    lines = compute_findings(files, town._only("L05"), ALL)
    assert lines["child_id"].str[-1:].tolist() == ["2"]


def test_a_transfer_without_a_day_is_old_when_the_period_before_had_it(town: Town) -> None:
    for child in (1, 2):
        town.add(PS, child)
        town.add(ED, child, enrolment_status="transferred_out")
    before = frozenset({"T2026Q3-000001"})
    town.earlier = (EarlierPeriod("2026年第二季度", date(2026, 6, 30), frozenset(), before),)
    assert listed(town, "L05") == {1: "待核"}
    assert town.reason("L05").startswith("学籍至少自2026年第二季度起登记为转出，没有登记日期，")
