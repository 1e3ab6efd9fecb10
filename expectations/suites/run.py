"""Running a suite with Great Expectations: checks with counts, failing rows by index, and no value anywhere.

Belongs here: the bridge to Great Expectations. Not here: the rules (YAML) and what a pipeline does with the result.
Importing Great Expectations takes seconds, so it is imported inside the function that runs a suite.
"""

import logging
import os
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from expectations.rulebook import RuleFileError
from expectations.suites.suite import Derived, Rule, Severity, Suite, When

FAILURE_COLUMNS = ["index", "rule", "field", "message", "advice", "quarantine"]


@dataclass(frozen=True)
class Occasion:
    """What a suite needs to know besides the rows.

    Attributes:
        as_of: last day of the period.
        previous_rows: accepted rows of the previous period; None = first delivery, no comparison.
        consented: a second person confirmed a jump in the number of rows (trust.md C5 21).
    """

    as_of: date
    previous_rows: int | None = None
    consented: bool = False


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
    def quarantined(self) -> pd.DataFrame:
        """Failures whose rows go to the quarantine, the first reason per row."""
        return self.failures[self.failures["quarantine"].astype(bool)].drop_duplicates("index").reset_index(drop=True)


# Jumps in very small tables are everyday.
COMPARABLE_ROWS = 100


def validate(frame: pd.DataFrame, suite: Suite, occasion: Occasion) -> SuiteResult:
    """Check one department's standard frame.

    Args:
        frame: a `std_*` frame ("" = missing); any index.
        suite: from `load_suite`.
        occasion: as-of day and the previous number of rows.

    Returns:
        Checks and failures. A rule that cannot be evaluated (a column is missing) fails with a Chinese sentence.
    """
    rules = {rule.id: rule for rule in suite.rules if _applies(rule, occasion)}
    data = _prepared(frame, suite, list(rules.values()))
    outcomes = _run(data, list(rules.values()), occasion)
    checks = [_check(rule, outcomes[rule.id], data) for rule in rules.values()]
    found = [_failures(rule, outcomes[rule.id], frame.index) for rule in rules.values() if rule.field]
    empty = pd.DataFrame(columns=FAILURE_COLUMNS)
    found = [part for part in found if len(part)]
    return SuiteResult(checks, pd.concat(found, ignore_index=True) if found else empty)


def _applies(rule: Rule, occasion: Occasion) -> bool:
    relative = any(isinstance(value, str) and value.startswith("$previous") for value in rule.args.values())
    return not relative or ((occasion.previous_rows or 0) >= COMPARABLE_ROWS and not occasion.consented)


def _prepared(frame: pd.DataFrame, suite: Suite, rules: list[Rule]) -> pd.DataFrame:
    """Only the columns the rules read, "" as missing, positions as index."""
    wanted = sorted({name for rule in rules for name in _columns(rule)})
    made = {name: _derive(frame, suite.derived[name]) for name in wanted if name in suite.derived}
    plain = {name: _missing(frame[name]) for name in wanted if name in frame.columns and name not in made}
    return pd.DataFrame({**plain, **made}, index=range(len(frame)))


def _columns(rule: Rule) -> list[str]:
    named = [str(value) for key, value in rule.args.items() if key.startswith("column")]
    return [*named, rule.when.column] if rule.when else named


def _missing(values: pd.Series) -> NDArray[Any]:
    texts: NDArray[Any] = values.to_numpy(object).copy()
    texts[texts == ""] = None
    return texts


def _derive(frame: pd.DataFrame, derived: Derived) -> NDArray[Any]:
    columns = [frame[name] for name in derived.of if name in frame.columns]
    if not columns:
        return np.full(len(frame), None, dtype=object)
    if derived.kind == "any_of":
        filled = np.logical_or.reduce([(column != "").to_numpy() for column in columns])
        marks: NDArray[Any] = np.array([None, "1"], dtype=object)
        found: NDArray[Any] = marks[filled.astype(np.int64)]
        return found
    if derived.kind == "same_day_only":
        return _missing(columns[0].where(columns[0].str.len() == 10, ""))
    pad = "0101" if derived.kind == "day_first" else "1231"
    digits = columns[0].str.replace("-", "", regex=False)
    known = {text: text + pad[len(text) - 4 :] if len(text) < 8 else text for text in digits.unique() if text}
    numbers: NDArray[Any] = pd.to_numeric(digits.map(known), errors="coerce").to_numpy()
    return numbers


def _run(data: pd.DataFrame, rules: list[Rule], occasion: Occasion) -> dict[str, Any]:
    """Outcome of Great Expectations per rule id. Nothing of it but counts and positions is used."""
    # Before the import: a government machine phones nobody.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("std")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": data})
    expectations = [_expectation(gx, rule, occasion) for rule in rules]
    suite = gx.ExpectationSuite(name="suite", expectations=expectations)
    shape = {"result_format": "COMPLETE", "include_unexpected_rows": False, "partial_unexpected_count": 0}
    result = batch.validate(suite, result_format=shape)
    return {outcome.expectation_config.meta["rule"]: outcome for outcome in result.results}


def _expectation(gx: Any, rule: Rule, occasion: Occasion) -> Any:
    name = "".join(part.capitalize() for part in rule.expect.split("_"))
    kind = getattr(gx.expectations, name, None)
    if kind is None:
        raise RuleFileError(f"规则 {rule.id}：没有名为 {rule.expect} 的期望")
    args = {key: _argument(value, occasion) for key, value in rule.args.items()}
    return kind(**args, row_condition=_condition(rule.when), meta={"rule": rule.id})


def _condition(when: When | None) -> Any:
    from great_expectations.expectations.row_conditions import Column

    if when is None:
        return None
    return Column(when.column).is_not_null() if when.present else Column(when.column).is_null()


def _argument(value: Any, occasion: Occasion) -> Any:
    if value == "$today":
        return int(occasion.as_of.strftime("%Y%m%d"))
    if isinstance(value, str) and value.startswith("$years_ago:"):
        return int(occasion.as_of.strftime("%Y%m%d")) - 10000 * int(value.partition(":")[2]) + 1
    if isinstance(value, str) and value.startswith("$previous*"):
        return int((occasion.previous_rows or 0) * float(value.partition("*")[2]))
    return value


def _check(rule: Rule, outcome: Any, data: pd.DataFrame) -> CheckResult:
    missing = [name for name in _columns(rule) if name not in data.columns]
    passed = bool(outcome.success)
    failed = int(outcome.result.get("unexpected_count") or 0) if outcome.result else 0
    sentence = rule.message if not passed else "通过"
    if missing:
        passed, sentence = False, f"缺少检查所需的列（{'、'.join(missing)}），“{rule.message}”无法检查"
    elif not passed and not outcome.result:
        sentence = f"检查没有完成：“{rule.message}”无法判断，请联系管理员"
    elif not passed and failed:
        sentence = f"{rule.message}（{failed}行）"
    return CheckResult(rule.id, rule.severity, passed, failed, rule.expect, sentence, "" if passed else rule.advice)


def _failures(rule: Rule, outcome: Any, index: pd.Index) -> pd.DataFrame:
    positions = (outcome.result or {}).get("unexpected_index_list") or []
    labels = index[np.asarray(sorted(positions), dtype=np.int64)]
    row = {"rule": rule.id, "field": rule.field, "message": rule.message, "advice": rule.advice}
    return pd.DataFrame({"index": labels, **row, "quarantine": rule.quarantine})[FAILURE_COLUMNS]
