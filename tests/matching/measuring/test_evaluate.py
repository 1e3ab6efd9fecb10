"""Measures, the check with hidden numbers, and estimates that do not promise too much."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from benchmarks.county import Habits, make_county
from matching.linked import Linkage
from matching.linking import link_records
from matching.measuring.evaluate import hidden_number_check, quality


def test_quality_counts_pairs_and_merged_children() -> None:
    found = quality([1, 1, 2, 2, 3], ["a", "a", "a", "b", "c"])
    assert (found.found, found.real, found.both, found.merged_children) == (3, 2, 1, 1)
    assert (found.precision, found.recall) == (pytest.approx(1 / 3), 0.5)


def test_hidden_numbers_are_found_again(county: pd.DataFrame) -> None:
    """The check is severe: replaced and borrowed numbers count against the links, as nobody knows them without truth."""
    found = hidden_number_check(county, 0.3, seed=2)
    assert found.precision >= 0.99
    assert found.recall >= 0.97
    nothing_hidden = hidden_number_check(county, 0.0)
    assert found.recall <= nothing_hidden.recall <= 1.0


def test_hiding_changes_nothing_in_the_records_given(county: pd.DataFrame) -> None:
    before = county.copy()
    hidden_number_check(county.head(400), 0.5)
    pd.testing.assert_frame_equal(county, before)


def test_numbers_say_more_than_their_absence(county_linkage: Linkage) -> None:
    estimates: dict[str, Any] = county_linkage.report["estimates"]
    assert estimates["precision"]["without_number"] <= estimates["precision"]["with_number"] <= 1
    assert estimates["links"]["with_number"] > estimates["links"]["without_number"] > 0
    assert "较低的估计" in estimates["note"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [41, 42])
def test_the_estimate_promises_no_more_than_the_truth(seed: int) -> None:
    habits = Habits(children=4000, seed=seed, careless=2.0, without_number=0.25, twins=0.04)
    county = make_county(habits)
    result = link_records(county)
    found = county.merge(result.clusters[["record_id", "child_id"]], on="record_id")
    real = quality(found["truth"].tolist(), found["child_id"].tolist())
    told = result.report["estimates"]
    assert told["precision_at_least"] <= real.precision
    assert told["precision_at_least"] < told["expected_precision"] <= real.precision + 0.0025
    assert told["expected_recall"] <= real.recall + 0.0025


def test_without_numbers_the_estimate_says_that_it_may_be_too_high(frame: Any) -> None:
    result = link_records(frame({"d": "PS", "name": "张伟"}, {"d": "ED", "name": "张伟"}))
    assert "抽样核对" in result.report["estimates"]["note"]
