"""Running a suite with Great Expectations: checks with counts, failing rows by index, and no value anywhere.

Belongs here: the frame that is checked and what its outcomes mean. Not here: the rules (YAML), Great Expectations itself
(`engine`, `beside`) and what a pipeline does with the result.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from expectations.suites import beside
from expectations.suites.engine import DeliveryFacts, RuleOutcome, columns_of, compared_rows, evaluate
from expectations.suites.suite import Derived, Severity, Suite, SuiteRule

__all__ = ["CheckResult", "DeliveryFacts", "SuiteResult", "validate"]

FAILURE_COLUMNS = ["index", "rule", "field", "message", "advice", "quarantine"]


@dataclass(frozen=True)
class CheckResult:
    """One rule's outcome; counts and rule texts only, never a value of a cell."""

    name: str
    severity: Severity
    passed: bool
    failed_count: int
    expectation: str
    sentence: str
    advice: str = ""


@dataclass(frozen=True)
class SuiteResult:
    """All outcomes of a suite.

    Attributes:
        checks: one per rule, in the suite's order.
        failures: `index, rule, field, message, advice, quarantine`, one row per failing row and row rule; `index` holds
            labels of the validated frame.
    """

    checks: list[CheckResult]
    failures: pd.DataFrame

    @property
    def stopped(self) -> list[CheckResult]:
        """Broken rules that end the department's branch."""
        return [check for check in self.checks if check.severity == "stop" and not check.passed]

    @property
    def asked(self) -> list[CheckResult]:
        """Broken rules that a person has to look at before anything goes out."""
        return [check for check in self.checks if check.severity == "ask" and not check.passed]

    @property
    def quarantined(self) -> pd.DataFrame:
        """Failures whose rows go to the quarantine, the first reason per row."""
        return self.failures[self.failures["quarantine"].astype(bool)].drop_duplicates("index").reset_index(drop=True)


# Jumps in very small tables are everyday.
COMPARABLE_ROWS = 100


def validate(frame: pd.DataFrame, suite: Suite, facts: DeliveryFacts) -> SuiteResult:
    """Check one department's standard frame.

    Args:
        frame: a `std_*` frame ("" = missing); any index.
        suite: from `load_suite`.
        facts: as-of day and the previous number of rows.

    Returns:
        Checks and failures. A rule that cannot be evaluated (a column is missing) fails with a Chinese sentence.
    """
    rules = []
    for rule in suite.rules:
        before = rows_before(rule, facts)
        if before is None or (before >= COMPARABLE_ROWS and not facts.consented):
            rules.append(rule)
    data = _prepared(frame, suite, rules)
    outcomes = beside.evaluate(data, rules, facts) or evaluate(data, rules, facts)
    checks = [_check(rule, outcomes[rule.id], data, rows_before(rule, facts)) for rule in rules]
    failures = [_failures(rule, outcomes[rule.id], frame.index) for rule in rules if rule.field]
    failures = [rows for rows in failures if len(rows)]
    empty = pd.DataFrame(columns=FAILURE_COLUMNS)
    return SuiteResult(checks, pd.concat(failures, ignore_index=True) if failures else empty)


def rows_before(rule: SuiteRule, facts: DeliveryFacts) -> int | None:
    """The number of rows that a rule compares with; None for a rule that looks at this delivery only."""
    return next((rows for value in rule.args.values() if (rows := compared_rows(value, facts)) is not None), None)


def _prepared(frame: pd.DataFrame, suite: Suite, rules: list[SuiteRule]) -> pd.DataFrame:
    """Only the columns the rules read, "" as missing, positions as index."""
    names = sorted({name for rule in rules for name in columns_of(rule)})
    derived = {name: _derive(frame, suite.derived[name]) for name in names if name in suite.derived}
    plain = {name: _missing(frame[name]) for name in names if name in frame.columns and name not in derived}
    return pd.DataFrame({**plain, **derived}, index=range(len(frame)))


def _missing(values: pd.Series) -> NDArray[Any]:
    # Great Expectations takes an empty text for a value.
    texts: NDArray[Any] = values.to_numpy(object).copy()
    texts[texts == ""] = None
    return texts


def _derive(frame: pd.DataFrame, derived: Derived) -> NDArray[Any]:
    columns = [frame[name] for name in derived.of if name in frame.columns]
    if not columns:
        return np.full(len(frame), None, dtype=object)
    if derived.kind == "any_of":
        filled = np.logical_or.reduce([(column != "").to_numpy() for column in columns])
        marks: NDArray[Any] = np.array([None, "1"], dtype=object)[filled.astype(np.int64)]
        return marks
    if derived.kind == "same_day_only":
        return _missing(columns[0].where(columns[0].str.len() == 10, ""))
    pad = "0101" if derived.kind == "day_first" else "1231"
    digits = columns[0].str.replace("-", "", regex=False)
    # A date of year or month precision is filled up with what is missing; parsed once per distinct date.
    padded = {text: text + pad[len(text) - 4 :] if len(text) < 8 else text for text in digits.unique() if text}
    numbers: NDArray[Any] = pd.to_numeric(digits.map(padded), errors="coerce").to_numpy()
    return numbers


def _check(rule: SuiteRule, outcome: RuleOutcome, data: pd.DataFrame, before: int | None) -> CheckResult:
    """A rule's outcome in a sentence; one that compares with an earlier number of rows, the number `before`, says both."""
    missing = [name for name in columns_of(rule) if name not in data.columns]
    passed, failed = outcome.passed, outcome.failed
    sentence = rule.message if not passed else "通过"
    if missing:
        passed, sentence = False, f"缺少检查所需的列（{'、'.join(missing)}），“{rule.message}”无法检查"
    elif not passed and not outcome.finished:
        sentence = f"检查没有完成：“{rule.message}”无法判断，请联系管理员"
    elif not passed and failed:
        sentence = f"{rule.message}（{failed}行）"
    if not passed and before is not None:
        sentence = f"{sentence}（原来{before}行，这次{len(data)}行）"
    return CheckResult(rule.id, rule.severity, passed, failed, rule.expect, sentence, "" if passed else rule.advice)


def _failures(rule: SuiteRule, outcome: RuleOutcome, index: pd.Index) -> pd.DataFrame:
    labels = index[np.asarray(outcome.positions, dtype=np.int64)]
    row = {"rule": rule.id, "field": rule.field, "message": rule.message, "advice": rule.advice}
    return pd.DataFrame({"index": labels, **row, "quarantine": rule.quarantine})[FAILURE_COLUMNS]
