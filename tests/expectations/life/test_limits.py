"""Answers that hold up to a day: the day is read from what stands beside them, and when it has passed the line is back."""

from datetime import date

import pytest

from expectations.life.evidence import dumped, fingerprint
from expectations.life.limits import until_in
from expectations.life.rules import life_rules
from expectations.life.states import ANSWERED, APPEARED, BY_REPLY, KEPT, RETURNED, Event, fold
from expectations.life.step import PeriodFacts, verdicts

PARTS = {"civil_affairs": "on"}
LINE, DEFERRED = "L03-ABCDEFGH", "延缓入学（已批准）"


@pytest.mark.parametrize(
    ("note", "day"),
    [
        ("延缓至2027-08-31", date(2027, 8, 31)),
        ("乡政府2026年6月1日批准，延缓至2027年8月", date(2027, 8, 31)),
        ("至2027.8.31；批准文号2026-12", date(2027, 8, 31)),
        ("２０２７／２／１", date(2027, 2, 1)),
        ("至2027年2月30日", None),
        ("2027年秋季", None),
        ("身份证620722202001012020", None),
        ("已电话联系监护人", None),
        ("", None),
    ],
)
def test_the_latest_day_that_a_note_names(note: str, day: date | None) -> None:
    assert until_in(note) == day


@pytest.mark.parametrize(
    ("code", "answer", "note", "state"),
    [
        ("L26", DEFERRED, "乡政府批准，至2027-08-31", "rejected"),
        ("L26", DEFERRED, "已批准", "verifying"),
        ("L03", DEFERRED, "", "verifying"),
        ("L26", "延缓入学（未批准）", "至2027-08-31", "verifying"),
        ("L26", "外地入学", "广东省某市第一小学", "rejected"),
        ("L26", "外地入学", "已电话联系监护人", "verifying"),
        ("L26", "已登记预录取", "", "acting"),
        ("L26", "已登记待入学", "", "acting"),
        ("L26", "不在本县", "", "verifying"),
        ("L26", "查无此人", "", "verifying"),
        ("L26", "死亡", "", "verifying"),
        ("L26", "已入学（填写学校）", "", "closed"),
    ],
)
def test_what_an_answer_on_the_entrants_does_to_the_line(code: str, answer: str, note: str, state: str) -> None:
    """rules/lists.md#entrants, the column `line`."""
    rules = life_rules()
    assert rules.outcomes[rules.outcome(code, answer, note)] == state


@pytest.mark.parametrize(("as_of", "kind"), [(date(2027, 6, 30), KEPT), (date(2027, 9, 30), RETURNED)])
def test_a_line_is_back_when_the_day_has_passed(as_of: date, kind: str) -> None:
    same = {"fingerprint": fingerprint(PARTS), "evidence": dumped(PARTS)}
    said = {"source": BY_REPLY, "answer": DEFERRED, "note": "至2027-08-31", "fingerprint": same["fingerprint"]}
    past = [Event(LINE, "2026Q3", APPEARED, "new", **same), Event(LINE, "2026Q3", ANSWERED, "rejected", **said)]
    occasion = PeriodFacts("2027Q3", {LINE: ""}, {LINE: PARTS}, {"L03"}, {LINE: "L03"}, life_rules(), as_of=as_of)
    (verdict,) = verdicts(fold(past), occasion)
    assert verdict.event.kind == kind
    assert verdict.shown == (kind == RETURNED)
    assert "2027-08-31" not in verdict.event.text  # the note is the person's own and goes nowhere
