"""The engine in a process beside the run says what it says here; when it dies the checks go on here."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

from expectations.rulebook import RuleFileError
from expectations.suites import beside
from expectations.suites.engine import DeliveryFacts, evaluate
from expectations.suites.run import validate
from expectations.suites.suite import Suite, SuiteRule

OCCASION = DeliveryFacts(date(2026, 9, 30))
DATA = pd.DataFrame({"school": ["一小", None, "二小", None], "grade": ["1", "2", None, "40"]}, dtype=object)
RULES = [
    SuiteRule(
        id="filled",
        expect="expect_column_values_to_not_be_null",
        args={"column": "school"},
        message="缺",
        field="school",
    ),
    SuiteRule(
        id="known",
        expect="expect_column_values_to_be_in_set",
        args={"column": "grade", "value_set": ["1", "2"]},
        message="不认识",
    ),
    SuiteRule(
        id="absent", expect="expect_column_values_to_not_be_null", args={"column": "nowhere"}, message="没有这一列"
    ),
]


@pytest.fixture(scope="module", autouse=True)
def _process() -> Iterator[None]:
    beside.warm_up()
    yield
    beside.stop()


def test_same_outcomes_there_and_here() -> None:
    there = beside.evaluate(DATA, RULES, OCCASION)
    assert there == evaluate(DATA, RULES, OCCASION)
    assert there is not None
    assert there["filled"].positions == (1, 3)
    assert (there["known"].failed, there["known"].passed, there["absent"].finished) == (1, False, False)


def test_a_wrong_rule_is_told() -> None:
    wrong = [SuiteRule(id="odd", expect="expect_nothing_of_the_kind", message="错")]
    with pytest.raises(RuleFileError, match="odd"):
        beside.evaluate(DATA, wrong, OCCASION)


def test_checks_go_on_without_the_process() -> None:
    beside._started[0].kill()
    beside._started[0].wait()
    suite = Suite(asset="std_x", rules=RULES[:2])
    assert [check.failed_count for check in validate(DATA.fillna(""), suite, OCCASION).checks] == [2, 1]
    assert beside.evaluate(DATA, RULES, OCCASION) is None
