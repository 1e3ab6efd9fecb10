"""A planted false line and a planted false closing are counted, a true one is not; what is said of nobody; alarms with their interval."""

import openpyxl
import pytest

from benchmarks.disturbed.figures import RunComparison, is_alarm, share_of
from benchmarks.disturbed.running import (
    BROKEN,
    PUBLISHED,
    REFUSED,
    SAME,
    WAITS,
    Seen,
    lists_without_anybody,
    outcome_of,
)

TRUE = {"L01": {"1", "2"}, "L21": {"9"}}
CODES = {"L01-A": "L01", "L01-B": "L01", "L09-C": "L09"}


def seen(outcome=PUBLISHED, lines=None, **more):
    known = {code: frozenset(units) for code, units in (lines or {}).items()}
    return Seen(outcome, known, codes=CODES, **more)


def figures(undisturbed, disturbed, before=()):
    return RunComparison(TRUE, before, undisturbed, disturbed).figures()


def test_a_false_line_is_counted_once_and_only_where_the_disturbance_made_it():
    undisturbed = seen(lines={"L01": {"1", "7"}})  # 7 is false, and was so before
    found = figures(undisturbed, seen(lines={"L01": {"1", "2", "7", "8"}, "L03": {"1", "?文件3"}}))
    assert found.false_lines == {"L01": 1, "L03": 2}
    assert found.total("false_lines") == 3
    assert found.withheld == {}


def test_a_false_closing_is_one_that_the_undisturbed_run_keeps_open():
    undisturbed = seen(open=frozenset({"L01-A", "L09-C"}))
    disturbed = seen(closed=frozenset({"L01-A", "L01-B", "L09-C"}))
    assert figures(undisturbed, disturbed, {"L01-A", "L01-B"}).false_closings == {"L01": 1}


def test_true_lines_that_are_not_there_and_lists_that_are_said_to_be_empty():
    undisturbed = seen(lines={"L01": {"1", "2", "7"}, "L21": {"9"}})
    found = figures(undisturbed, seen(lines={"L01": {"2"}}, none=frozenset({"L21", "L05"})))
    assert found.withheld == {"L01": 1, "L21": 1}
    assert found.none == {"L21": 1}


@pytest.mark.parametrize("outcome", [WAITS, REFUSED, BROKEN])
def test_what_was_not_published_said_nothing(outcome):
    found = figures(
        seen(lines={"L01": {"1"}}), seen(outcome, lines={"L01": {"8"}}, closed=frozenset({"L01-A"})), {"L01-A"}
    )
    assert {name: found.total(name) for name in found.row()} == dict.fromkeys(found.row(), 0)


@pytest.mark.parametrize(
    ("code", "is_new", "said", "outcome"),
    [
        (0, True, "", PUBLISHED),
        (1, True, "", PUBLISHED),  # published, and only showing it failed
        (0, False, "", SAME),
        (1, False, "没有采用", REFUSED),
        (2, False, "", REFUSED),
        (3, False, "等待放行", WAITS),
        (1, False, "Traceback (most recent call last):", BROKEN),
        (-9, False, "", BROKEN),
    ],
)
def test_how_a_run_ended(code, is_new, said, outcome):
    assert outcome_of(code, is_new, said) == outcome


@pytest.mark.parametrize(
    ("outcome", "notices", "alarm"),
    [
        (PUBLISHED, {"warn": 9}, False),
        (SAME, {}, False),
        (PUBLISHED, {"ask": 1}, True),
        (PUBLISHED, {"stop": 1}, True),
        (WAITS, {}, True),
        (REFUSED, {}, True),
    ],
)
def test_an_alarm(outcome, notices, alarm):
    assert is_alarm(Seen(outcome, notices=notices)) is alarm


def test_shares_have_their_exact_interval():
    none = share_of(0, 150)
    assert (none.low, none.high) == (0.0, pytest.approx(1 - 0.025 ** (1 / 150)))
    some = share_of(3, 150)  # Clopper and Pearson's bounds: the binomial's tails are 2.5 % there
    assert (some.low, some.high) == (pytest.approx(0.00414, abs=1e-5), pytest.approx(0.05732, abs=1e-4))
    assert (share_of(0, 0).low, share_of(0, 0).high) == (0.0, 1.0)


def test_lists_of_which_the_summary_says_that_there_is_nobody(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "说明"
    for row in (
        ["清单", "本期下发条数"],
        ["无户籍（L01）\n四查三比对：查户籍", "本期无"],
        ["疑似辍学（在籍不在校）（L04）\n四查三比对", "本期无"],
        ["户口在外（L02）", "4"],
        ["一人多档（学籍）（L16E）", "未计算"],
    ):
        page.append(row)
    book.save(tmp_path / "a.xlsx")
    assert lists_without_anybody(tmp_path / "a.xlsx") == {"L01", "L04"}
