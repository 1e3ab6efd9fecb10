"""Numbers that find their own mistakes, answers that have an outcome, and the comparison of two periods."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.life.compare import PeriodPair, became, table
from expectations.life.numbering import DAMAGED, GOOD, NO_NUMBER, looks_like, printed, read
from expectations.life.rules import life_rules
from expectations.life.states import (
    ANSWERED,
    APPEARED,
    BY_REPLY,
    INHERITED,
    MERGED,
    PROVEN,
    RETURNED,
    SOLVED,
    UNSEEN,
    Event,
)
from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import finding_id

BODY = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=8, max_size=8)
CODE = st.sampled_from(["L01", "L16C", "L26", "P00", "Q01"])


@given(CODE, BODY, st.integers(0, 7), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_wrong_character_is_always_found(code, body, place, other):
    number = printed(f"{code}-{body}", "2026Q3")
    assert read(number, ["2026Q3"]).finding_id == f"{code}-{body}"
    if body[place] != other:
        wrong = number.replace(body, body[:place] + other + body[place + 1 :])
        assert read(wrong, ["2026Q3"]).state == DAMAGED


@given(CODE, BODY, st.integers(0, 6))
def test_two_neighbours_changed_over_are_always_found(code, body, place):
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    number = printed(f"{code}-{body}", "2026Q3")
    if swapped != body:
        assert read(number.replace(body, swapped), ["2026Q3"]).state == DAMAGED


def test_the_period_is_in_the_check_characters():
    number = printed(finding_id("L01", "T2026Q2-000001", ""), "2026Q2")
    assert read(number, ["2026Q3", "2026Q2"]).period == "2026Q2"
    assert read(number, ["2026Q3"]).state == DAMAGED


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", NO_NUMBER),
        ("张三", NO_NUMBER),
        ("620722201503105115", NO_NUMBER),
        ("L01-ABCDEFGH", DAMAGED),
        ("合计 12", NO_NUMBER),
    ],
)
def test_what_is_no_number(text, state):
    assert read(text, ["2026Q3"]).state == state
    assert looks_like(text) == (state != NO_NUMBER)


def test_zero_and_one_are_read_as_the_letters_they_were_meant_for():
    number = printed("L01-OIBCDEFG", "2026Q3")
    assert read("L01-01BCDEFG" + number[-3:], ["2026Q3"]) == read(number, ["2026Q3"])
    assert read(number, ["2026Q3"]).state == GOOD


@pytest.mark.parametrize(
    ("code", "answer", "outcome"),
    [
        ("L03", "省外就读", "explained"),
        ("L03", "省外就读无学籍", "explained"),
        ("L01", "已登记（填写身份证号）", "done"),
        ("L05", "已返校", "done"),
        ("L01", "亲子鉴定中", "acting"),
        ("L05", "失联", "confirmed"),
        ("L03", "失联", "verifying"),
        ("L15", "维持原登记", "explained"),
        ("L03", "其他", "verifying"),
        ("L10", "不符合条件（填写理由）", "explained"),
        ("L11", "已申请康复救助", "acting"),
        ("L20", "已随父母外出", "explained"),
        ("L21", "父母已返回", "done"),
    ],
)
def test_what_an_answer_does(code, answer, outcome):
    assert life_rules().outcome(code, answer) == outcome


def test_every_list_has_an_answer_that_settles_it():
    rules = life_rules()
    for code, info in load_catalogue().lists.items():
        outcomes = {rules.outcome(code, answer) for answer in info.answers}
        assert outcomes & {"explained", "done"}, code


def step(name, period, kind, state, source="data", town="顺化镇"):
    return Event(name, period, kind, state, source, town=town)


STORY = [
    *(step(name, "2026Q2", APPEARED, "new") for name in "ABCDEFG"),
    step("B", "2026Q2", ANSWERED, "rejected", BY_REPLY),
    step("C", "2026Q2", ANSWERED, "closed", BY_REPLY),
    step("D", "2026Q2", ANSWERED, "closed", BY_REPLY),
    step("C", "2026Q3", RETURNED, "reopened"),
    step("D", "2026Q3", PROVEN, "closed"),
    step("E", "2026Q3", SOLVED, "closed"),
    step("F", "2026Q3", UNSEEN, "new"),
    step("G", "2026Q3", MERGED, "closed"),
    step("I", "2026Q3", INHERITED, "assigned"),
    step("H", "2026Q3", APPEARED, "new", town="民联镇"),
    step("A", "2026Q3", ANSWERED, "closed", BY_REPLY),
]


def test_two_periods_side_by_side():
    found = became(STORY, PeriodPair("2026Q2", "2026Q3"), life_rules())
    said = dict(zip(found["finding_id"], found["what"], strict=True))
    assert said == {
        "A": "open",  # answered only after the second period's lists went out
        "B": "by_answer",
        "C": "returned",
        "D": "by_answer",
        "E": "by_data",
        "F": "unseen",
        "H": "new",
        "I": "open",  # G goes on under the number of the older child
    }
    told = became(STORY, PeriodPair("2026Q2", "2026Q3"), life_rules(), {"C", "H", "I"})
    assert dict(zip(told["finding_id"], told["what"], strict=True)) == {
        **said,
        "A": "unchecked",
    }  # open, and no data tell
    towns = table(found, dict(zip(found["finding_id"], found["town"], strict=True)))
    assert towns.loc["民联镇"].tolist() == [1, *[0] * 6]
    assert towns.to_numpy().sum() == len(found)
