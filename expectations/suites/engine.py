"""The bridge to Great Expectations: rules and a frame in, for every rule counts and positions out.

Belongs here: everything that names Great Expectations. Not here: what the outcomes mean for rows and clerks (`run`).
Importing Great Expectations takes seconds, so it is imported inside the functions that need it.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from expectations.rulebook import RuleFileError
from expectations.suites.suite import SuiteRule


@dataclass(frozen=True)
class DeliveryFacts:
    """What a suite needs to know besides the rows.

    Attributes:
        as_of: last day of the period.
        previous_rows: accepted rows of the previous period; None = first delivery, no comparison.
        edition_rows: rows of this period's edition that the delivery replaces; None = there is none.
        consented: a second person confirmed a jump in the number of rows (rules/bad-inputs.md#input-21).
    """

    as_of: date
    previous_rows: int | None = None
    consented: bool = False
    edition_rows: int | None = None


@dataclass(frozen=True)
class RuleOutcome:
    """What Great Expectations said about one rule: no value, only counts and positions.

    Attributes:
        passed: the rule holds.
        finished: it could be evaluated.
        failed: how many rows break it.
        positions: which rows, sorted, counted from 0.
    """

    passed: bool
    finished: bool
    failed: int = 0
    positions: tuple[int, ...] = ()


def columns_of(rule: SuiteRule) -> list[str]:
    """The columns that a rule reads."""
    named = [str(value) for key, value in rule.args.items() if key.startswith("column")]
    return [*named, rule.when.column] if rule.when else named


def evaluate(data: pd.DataFrame, rules: list[SuiteRule], facts: DeliveryFacts) -> dict[str, RuleOutcome]:
    """Run the rules over a prepared frame (missing is None, the index counts from 0).

    Returns:
        RuleOutcome per rule id.

    Raises:
        RuleFileError: a rule names no expectation of Great Expectations.
    """
    gx = load_engine()
    batch = _frames().get_batch({"dataframe": data})
    expectations = [_expectation(gx, rule, facts) for rule in rules]
    suite = gx.ExpectationSuite(name="suite", expectations=expectations)
    # Positions of all failing rows, and of none the row itself: what comes back holds no cell.
    shape = {"result_format": "COMPLETE", "include_unexpected_rows": False, "partial_unexpected_count": 0}
    outcomes = {}
    for checked in batch.validate(suite, result_format=shape).results:
        result = checked.result or {}
        positions = tuple(sorted(int(at) for at in result.get("unexpected_index_list") or ()))
        failed = int(result.get("unexpected_count") or 0)
        rule = checked.expectation_config.meta["rule"]
        outcomes[rule] = RuleOutcome(bool(checked.success), bool(result), failed, positions)
    return outcomes


def load_engine() -> Any:
    """Great Expectations, imported on first use and silent."""
    # Before the import: a government machine phones nobody.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _without_spark():
        import great_expectations as gx

    # Whatever a library logs about data may quote a cell.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    return gx


@contextmanager
def _without_spark() -> Iterator[None]:
    """Suites look at frames only; PySpark, where it is installed, is slow to import and ends a program without a main file."""
    absent = "pyspark" not in sys.modules
    if absent:
        sys.modules["pyspark"] = None  # type: ignore[assignment]  # documented: the import then fails at once
    try:
        yield
    finally:
        if absent:
            del sys.modules["pyspark"]


@cache
def _frames() -> Any:
    """Where frames are handed in; one for all suites, because making it costs more than a small suite."""
    context: Any = load_engine().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("std")
    return asset.add_batch_definition_whole_dataframe("all")


def _expectation(gx: Any, rule: SuiteRule, facts: DeliveryFacts) -> Any:
    name = "".join(part.capitalize() for part in rule.expect.split("_"))
    kind = getattr(gx.expectations, name, None)
    if kind is None:
        raise RuleFileError(f"规则 {rule.id}：没有名为 {rule.expect} 的期望")
    args = {key: _argument(value, facts) for key, value in rule.args.items()}
    condition = None
    if rule.when is not None:
        from great_expectations.expectations.row_conditions import Column

        column = Column(rule.when.column)
        condition = column.is_not_null() if rule.when.present else column.is_null()
    return kind(**args, row_condition=condition, meta={"rule": rule.id})


def _argument(value: Any, facts: DeliveryFacts) -> Any:
    # Days are compared as numbers yyyymmdd, as `day_first` and `day_last` of a suite make them; so a year is 10,000.
    if value == "$today":
        return int(facts.as_of.strftime("%Y%m%d"))
    if isinstance(value, str) and value.startswith("$years_ago:"):
        return int(facts.as_of.strftime("%Y%m%d")) - 10000 * int(value.partition(":")[2]) + 1
    compared = compared_rows(value, facts)
    return value if compared is None else int(compared * float(value.partition("*")[2]))


def compared_rows(value: Any, facts: DeliveryFacts) -> int | None:
    """The number of rows that a bound like `$previous*0.6` or `$edition*0.6` is taken from (0 when there was none); None for any other."""
    rows = {"$previous": facts.previous_rows, "$edition": facts.edition_rows}
    name = value.partition("*")[0] if isinstance(value, str) else ""
    return (rows[name] or 0) if name in rows else None
