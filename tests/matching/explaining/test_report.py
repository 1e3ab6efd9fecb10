"""The report: what is counted, what is expected of the links without knowing the truth, and that it can be kept and read again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.explaining.report import estimates, kept_weights, make_report, read_report, report_frame
from matching.explaining.results import children_frame, pairs_frame
from matching.model import default_model

MODEL = default_model()
NUMBERED, BARE = {"name": "same", "birth": "same", "number": "same"}, {"name": "same", "birth": "same"}


def bits(probability: float) -> float:
    return float(np.log2(probability / (1 - probability)))


def expected(
    trail_of: Any, edges: dict[tuple[int, int], Any], label: list[int], keys: tuple[int, ...] = ()
) -> dict[str, Any]:
    return estimates(
        trail_of("ab" * (len(label) // 2 + 1), edges, label + list(range(len(label), len(label) // 2 * 2 + 2)), keys)
    )


def test_without_links_there_is_nothing_to_be_wrong(trail_of: Any) -> None:
    figures = expected(trail_of, {(0, 1): (BARE, -9.0)}, [0, 1])
    assert (figures["expected_precision"], figures["expected_recall"], figures["links"]) == (
        1.0,
        1.0,
        {"with_number": 0, "without_number": 0},
    )


@pytest.mark.parametrize(
    ("pair", "weight", "judged", "part", "precision"),
    [
        (NUMBERED, 20.0, 0, "with_number", 1.0),
        ({"number": "derived", "name": "same"}, 20.0, 0, "with_number", 1.0),
        ({"number": "document", "name": "same"}, 20.0, 0, "with_number", 1.0),
        ({"number": "slip", "name": "same"}, 20.0, 0, "without_number", 0.97),
        (BARE, 20.0, 0, "without_number", 0.97),
        (BARE, bits(0.95), 0, "without_number", 0.95),
        (BARE, bits(0.5), 1, "with_number", 1.0),
    ],
)
def test_links_are_counted_by_what_they_rest_on(
    trail_of: Any, pair: dict[str, str], weight: float, judged: int, part: str, precision: float
) -> None:
    """Where no labels measure it a link without a number is believed at 97 of 100 at most; a person's word wholly."""
    figures = expected(trail_of, {(0, 1): (pair, weight, judged)}, [0, 0])
    assert figures["links"] == {"with_number": 0, "without_number": 0} | {part: 1}
    assert figures["precision"][part] == pytest.approx(precision, abs=1e-4)
    assert figures["expected_precision"] == pytest.approx(precision, abs=1e-4)
    assert "样本" in figures["note"]


@pytest.mark.parametrize(
    ("edges", "label", "missed", "why"),
    [
        ({(0, 1): (NUMBERED, 20.0), (2, 3): (BARE, bits(0.4))}, [0, 0, 2, 3], 0.4, "an open pair may be a missed one"),
        (
            {(0, 1): (NUMBERED, 20.0), (2, 3): (BARE, bits(0.4), -1)},
            [0, 0, 2, 3],
            0.0,
            "a person has said that it is not",
        ),
        ({(0, 1): (NUMBERED, 20.0), (2, 3): (BARE, bits(0.4), 1)}, [0, 0, 2, 3], 0.0, "or that it is"),
        (
            {(0, 1): (NUMBERED, 20.0), (2, 3): (NUMBERED, 20.0), (0, 3): (BARE, bits(0.4))},
            [0, 0, 2, 2],
            0.0,
            "both have their partner in the other's list",
        ),
    ],
)
def test_what_may_have_been_missed(trail_of: Any, edges: Any, label: list[int], missed: float, why: str) -> None:
    figures = expected(trail_of, edges, label)
    assert figures["expected_missed"]["compared"] == pytest.approx(missed, abs=0.05), why
    right = sum(figures["precision"][part] * figures["links"][part] for part in figures["links"])
    assert figures["expected_recall"] == pytest.approx(right / (right + missed), abs=1e-4), why


@pytest.mark.parametrize(
    ("keys", "unseen", "why"),
    [
        ([0b11] * 4, 0.0, "two keys found each"),
        ([0b111] * 4, 0.0, "three did"),
        ([0b1, 0b11, 0b11, 0b11], 0.0, "one key alone found one"),
        ([0b1, 0b1, 0b1, 0b1], 4.0, "every one hangs by a single key: no more than one key alone found"),
        ([0b1, 0b10, 0b11, 0b11], 0.3, "two by one key, two by two: 2 * 1 / (2 * 3)"),
        ([0b1, 0b10, 0b100, 0b11], 1.5, "three by one, one by two: 3 * 2 / (2 * 2)"),
    ],
)
def test_what_no_key_may_have_found_is_told_by_what_one_key_alone_found(
    trail_of: Any, keys: list[int], unseen: float, why: str
) -> None:
    edges = {(2 * place, 2 * place + 1): (NUMBERED, 20.0) for place in range(4)}
    figures = expected(trail_of, edges, [0, 0, 2, 2, 4, 4, 6, 6], tuple(keys))
    assert figures["expected_missed"]["not_compared"] == pytest.approx(unseen, abs=0.05), why


def test_precision_that_holds_is_below_what_is_expected(trail_of: Any) -> None:
    edges = {(2 * place, 2 * place + 1): (BARE, bits(0.92)) for place in range(40)}
    figures = expected(trail_of, edges, [place // 2 * 2 for place in range(80)])
    assert 0.7 < figures["precision_at_least"] < figures["expected_precision"] == pytest.approx(0.92, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([NUMBERED, BARE]), st.floats(-5, 20), st.booleans()), min_size=1, max_size=6))
def test_expectations_are_shares(trail_of: Any, rows: list[Any]) -> None:
    edges = {(2 * place, 2 * place + 1): (pair, weight) for place, (pair, weight, _) in enumerate(rows)}
    label = [
        name
        for place, (_, _, joined) in enumerate(rows)
        for name in (2 * place, 2 * place if joined else 2 * place + 1)
    ]
    figures = expected(trail_of, edges, label)
    for name in ("expected_precision", "precision_at_least", "expected_recall"):
        assert 0 <= figures[name] <= 1
    assert sum(figures["links"].values()) == sum(joined for _, _, joined in rows)


@pytest.fixture(scope="module")
def report(trail_of: Any) -> dict[str, Any]:
    edges = {(0, 1): (NUMBERED, 20.0), (2, 3): (BARE, bits(0.5)), (0, 3): (BARE, bits(0.01))}
    trail = trail_of("abab", edges, [0, 0, 2, 3])
    records = pd.DataFrame({"record_id": [f"R{place}" for place in range(4)], "department": list("abab")})
    whole: dict[str, Any] = make_report(
        trail, pairs_frame(trail), children_frame(trail, records, ["T0", "T0", "T2", "T3"])
    )
    return whole


def test_what_is_counted(report: dict[str, Any]) -> None:
    assert (report["records"], report["children"], report["candidates"]) == (4, 3, 3)
    assert report["grades"] == {"different": 1, "review": 1, "same": 1}
    assert report["methods"] == {"number": 2, "single": 2}
    assert report["thresholds"] == {"same": 0.9, "review": 0.2, "near": 0.001}
    assert report["learning"] == {"mode": "fixed", "why": "", "patterns": 1.0}
    assert report["prior_bits"] == {"unlabelled": -10.0, "labelled": -4.0}
    assert [line["key"] for line in report["keys"]] == list(MODEL.keys)
    assert report["model"] == MODEL.fingerprint


def test_a_report_is_kept_and_read_again_as_it_was(report: dict[str, Any]) -> None:
    frame = report_frame(report)
    assert list(frame.columns) == ["name", "value"]
    assert all(isinstance(value, str) for value in frame["value"])
    assert read_report(frame) == json.loads(json.dumps(report)) == report
    assert read_report(report_frame({})) == {}


def test_chinese_stays_readable_where_it_is_kept(report: dict[str, Any]) -> None:
    assert report_frame({"note": "请抽样核对"})["value"].tolist() == ['"请抽样核对"']


def test_kept_weights_name_every_term_and_every_level_of_the_number(trail_of: Any) -> None:
    trail = trail_of("ab", {(0, 1): (NUMBERED, 20.0)}, [0, 0])
    kept = kept_weights(trail.weights, MODEL)
    assert kept["bits"] == dict(zip(trail.weights.design.terms, trail.weights.bits.tolist(), strict=True))
    assert kept["number"] == {level: spec.bits for level, spec in MODEL.number.levels.items()}
    assert (kept["prior"], kept["prior_labelled"]) == (-10.0, -4.0)
