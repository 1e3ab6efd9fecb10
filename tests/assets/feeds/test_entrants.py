"""Whom education is told of, row by row of rules/lists.md#entrants: who stays, with which mark, who leaves, by which word."""

from datetime import date

import pandas as pd
import pytest
from feed_children import child, on_roll, stock

from assets.feeds import changes
from assets.feeds.feed import UNSEEN, load_feeds
from assets.feeds.leaving import back_on, left
from assets.feeds.rows import rows_of
from assets.feeds.stock import Calendar, answers_of

ENTRANTS = load_feeds()["education_entrants"]
SUMMER = date(2026, 6, 30)
APPROVED = "延缓入学（已批准）"


def situation(number=1, answer=(), code="L26", as_of=SUMMER, **values):
    """A child on the roll and on a list, answered or not."""
    said = [(f"C{number}", code, answer[0], "rejected", "某镇", "2026-06-20", answer[1])] if answer else []
    return stock([child(number, **values)], [on_roll(number)], said, [(code, f"C{number}")], as_of)


def pushed(now):
    rows = rows_of(ENTRANTS, now)
    return dict(zip(rows["儿童编号"], rows["办理情况"], strict=True))


def delta(before, now):
    told = rows_of(ENTRANTS, before)
    rows = changes.since(ENTRANTS, told, rows_of(ENTRANTS, now), left(ENTRANTS, now, told))
    return dict(zip(rows["儿童编号"], rows["操作"], strict=True))


@pytest.mark.parametrize(
    ("answer", "note", "mark"),
    [
        ("残疾评估中", "", ""),
        ("其他", "", ""),
        ("失联", "", ""),
        ("监护人拒绝（填写原因）", "", ""),
        ("延缓入学（未批准）", "至2027-08-31", ""),
        ("不在本县", "", ""),
        ("查无此人", "", ""),
        ("已登记预录取", "", "已登记预录取"),
        ("已登记待入学", "", "已登记待入学"),
        ("已入学（填写学校）", "一小", "答复已入学，学籍尚未显示"),
        (APPROVED, "已批准", "答复延缓入学，没有写明批准的截止日期"),
        (APPROVED, "至2207-08-31", "答复延缓入学，没有写明批准的截止日期"),
        (APPROVED, "至2026-08-31", "延缓入学期满，本年应入学"),
        ("外地入学", "已电话联系", "答复外地入学，没有写明地方和学校"),
        ("死亡", "", "答复死亡，待民政核实"),
    ],
)
def test_everything_open_stays_and_is_never_told_away(answer, note, mark):
    answered = situation(answer=(answer, note))
    assert pushed(answered) == {"C1": mark}
    assert delta(situation(), answered) == ({"C1": "信息变更"} if mark else {})


@pytest.mark.parametrize(
    ("answer", "note", "word"),
    [(APPROVED, "乡政府批准，至2027-08-31", "延缓入学至2027-08-31"), ("外地入学", "广东省某市一小", "外地入学")],
)
def test_two_leave_by_an_answer_each_with_its_proof_and_its_word(answer, note, word):
    answered = situation(answer=(answer, note))
    assert pushed(answered) == {}
    assert delta(situation(), answered) == {"C1": word}


def test_who_was_put_off_is_back_with_the_entrants_of_that_year():
    answer = (APPROVED, "乡政府批准，至2027-08-31")
    assert back_on(date(2027, 8, 31), Calendar(SUMMER, "09-01", 6)) == date(2027, 3, 1)
    # By then the child is no next entrant but an older one without 学籍.
    assert pushed(situation(answer=answer, code="L03", as_of=date(2027, 2, 28))) == {}
    back = situation(answer=answer, code="L03", as_of=date(2027, 3, 31))
    assert pushed(back) == {"C1": "延缓入学期满，本年应入学"}
    gone = rows_of(ENTRANTS, stock([child(1)]))
    assert changes.since(ENTRANTS, gone, rows_of(ENTRANTS, back), left(ENTRANTS, back))["操作"].tolist() == ["新增"]


def test_the_last_word_of_the_feed_s_lists_counts():
    """L03 and L26 ask one question: who is unreachable now is not at school elsewhere because somebody said so last year."""
    said = [
        ("C1", "L26", "外地入学", "rejected", "甲", "2026-06-20", "某省一小"),
        ("C1", "L03", "失联", "verifying", "乙", "2026-11-02", ""),
    ]
    assert left(ENTRANTS, stock([child(1)], answers=said)).empty
    assert left(ENTRANTS, stock([child(1)], answers=said[::-1])).loc["C1", "word"] == "外地入学"


def test_an_explanation_whose_evidence_changed_explains_nothing_any_more():
    word = {
        "finding_id": "F",
        "kind": "answered",
        "source": "reply",
        "answer": "外地入学",
        "state": "rejected",
        "author": "甲",
        "answered_on": "",
        "at": "2026-06-20",
        "note": "某省一小",
    }
    back = {**word, "kind": "returned", "source": "data", "state": "reopened", "answer": "", "note": ""}
    assert len(answers_of([word], {"F": ("L26", "C1")})) == 1
    assert answers_of([word, back], {"F": ("L26", "C1")}).empty
    assert len(answers_of([word, back, word], {"F": ("L26", "C1")})) == 1


def test_older_children_on_the_roll_without_a_school_record_are_pushed_and_others_are_not():
    lists = [("L26", "C1"), ("L03", "C2"), ("L03", "C3"), ("L05", "C1")]
    member = {**on_roll(3), "layout": "household_members"}
    now = stock([child(1), child(2), child(3), child(4)], [on_roll(1), on_roll(2), member, on_roll(4)], (), lists)
    assert sorted(pushed(now)) == ["C1", "C2"]


def school_record(**values):
    return {"child_id": "C1", "department": "education", "active": True, "state": "active", "grade": "1", **values}


@pytest.mark.parametrize(
    ("record", "word"),
    [
        (school_record(), "已入学"),
        (school_record(grade="K"), UNSEEN),
        (school_record(state="off_register", active=False), UNSEEN),
        (school_record(state="graduated", active=False), UNSEEN),
        (school_record(state="abroad", active=False), "出国（境）"),
        (
            {
                "child_id": "C1",
                "department": "civil_affairs",
                "roll_status": "exited",
                "exit_reason": "dead",
                "active": False,
            },
            "死亡",
        ),
        (
            {
                "child_id": "C1",
                "department": "civil_affairs",
                "roll_status": "exited",
                "exit_reason": "other",
                "active": False,
            },
            UNSEEN,
        ),
    ],
)
def test_who_is_gone_from_the_lists_is_called_what_the_data_show_or_to_be_checked(record, word):
    assert delta(situation(), stock([child(1)], [record])) == {"C1": word}


def test_a_corrected_date_of_birth_is_said():
    young = {"birth_date": "2023-03-10", "in_cohort": False, "cohort_grade": -2}
    assert delta(situation(birth_date="2020-03-10"), stock([child(1, **young)], [on_roll(1)])) == {"C1": "出生日期更正"}
    unchanged = {**young, "birth_date": "2020-03-10"}
    assert delta(situation(birth_date="2020-03-10"), stock([child(1, **unchanged)], [on_roll(1)])) == {"C1": UNSEEN}


def test_who_is_at_school_is_not_said_to_be_awaited_in_the_same_row():
    told = rows_of(ENTRANTS, situation(answer=("已登记预录取", "")))
    now = stock([child(1)], [school_record()])
    row = changes.since(ENTRANTS, told, rows_of(ENTRANTS, now), left(ENTRANTS, now, told)).iloc[0]
    assert (row["操作"], row["办理情况"]) == ("已入学", "")


def test_a_full_delivery_does_not_leave_anybody_out_in_silence():
    before = rows_of(ENTRANTS, situation())
    now = stock([child(1), child(2)], [on_roll(2)], (), [("L26", "C2")], SUMMER)
    rows = changes.full(ENTRANTS, before, rows_of(ENTRANTS, now), left(ENTRANTS, now, before))
    assert dict(zip(rows["儿童编号"], rows["操作"], strict=True)) == {"C1": UNSEEN, "C2": "名单"}


def test_the_word_that_told_children_away_stands_nowhere():
    words = [str(ENTRANTS.model_dump()), str(pd.Series(ENTRANTS.columns))]
    assert not [text for text in words if "不需入学" in text]
