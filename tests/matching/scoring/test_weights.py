"""A pair's weight from the learned terms: it adds up, patterns stand for their pairs, and how it was learned is said.

The estimators themselves are in `test_estimate`, learning on a county in `test_weigh`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.model import default_model
from matching.scoring.design import make_design
from matching.scoring.weigh import Patterns, Weights, learn

MODEL = default_model()
DESIGN = make_design(MODEL)
NUMBER = np.array([level.bits for level in MODEL.number.levels.values()])
WEIGHTS = Weights("fixed", "", DESIGN, DESIGN.anchor, -10.0, -4.0, NUMBER)
anything = st.fixed_dictionaries({name: st.sampled_from(MODEL.spec(name).names) for name in (*MODEL.fields, "number")})


@pytest.mark.parametrize(
    ("pair", "bits", "why"),
    [
        ({}, -10.0, "nothing but the prior"),
        ({"sex": "same"}, -9.2, "one term"),
        ({"number": "same"}, 14.0, "a number that can be compared has the other prior"),
        ({"number": "derived"}, 12.0, "so has one inside another"),
        ({"number": "differ"}, -12.0, "so have two numbers"),
        ({"number": "borrowed"}, -5.0, "and a borrowed one"),
        ({"number": "slip"}, 0.0, "a slip has not"),
        ({"number": "stale"}, -11.0, "nor an old number"),
        ({"number": "document"}, 4.0, "nor another paper"),
        ({"name": "same", "birth": "same"}, 10.0, "name and birth"),
        ({"name": "different", "birth": "differ"}, -33.0, "and what they say together"),
        ({"people": "two", "phone": "same"}, -0.5, "parents and their telephone are no two witnesses"),
        ({"name": "same", "birth": "same", "number": "same"}, 34.0, "everything"),
    ],
)
def test_a_weight_is_the_sum_of_its_terms(levels_of: Any, pair: dict[str, str], bits: float, why: str) -> None:
    assert WEIGHTS.of(levels_of(pair))[0] == pytest.approx(bits), why


@settings(max_examples=60, deadline=None)
@given(st.lists(anything, min_size=1, max_size=8))
def test_pairs_weigh_the_same_alone_and_together(levels_of: Any, pairs: list[dict[str, str]]) -> None:
    together = WEIGHTS.of(levels_of(*pairs))
    alone = [WEIGHTS.of(levels_of(pair))[0] for pair in pairs]
    np.testing.assert_allclose(together, alone)


ORDERED = {
    "name": ["same", "variant", "same_sound", "one_character", "surname_and_one", "different"],
    "birth": ["same", "lunar", "coarse", "year", "differ"],
    "people": ["two", "one", "sound", "differ"],
    "place": ["house", "village", "town", "differ"],
    "number": ["same", "derived", "document", "slip", "partial", "raw_differ", "differ"],
    "namesakes": ["rare", "few", "many"],
}


@pytest.mark.parametrize("field", ORDERED)
def test_what_agrees_less_weighs_less(levels_of: Any, field: str) -> None:
    bits = NUMBER if field == "number" else np.array([level.bits for level in MODEL.fields[field].levels.values()])
    order = [bits[MODEL.code(field, level)] for level in ORDERED[field]]
    assert order == sorted(order, reverse=True)
    alone = WEIGHTS.of(levels_of(*({field: level} for level in ORDERED[field] if level not in ("borrowed",))))
    if field != "number":  # there the prior changes with what can be compared
        assert alone.tolist() == sorted(alone.tolist(), reverse=True)


def test_patterns_are_the_distinct_rows_and_lead_back(levels_of: Any) -> None:
    rows = [{"name": "same"}, {"birth": "same"}, {"name": "same"}, {"name": "same", "number": "same"}]
    levels = levels_of(*rows)
    patterns = Patterns.count(levels, DESIGN)
    assert len(patterns.codes) == 2, "the number is no part of them"
    for place, name in enumerate(DESIGN.fields):
        assert patterns.codes[patterns.back, place].tolist() == levels[name].tolist()


@pytest.mark.parametrize(
    ("counts", "mask", "total", "tally"),
    [
        (None, [True, True, True], 3, {2.0, 1.0}),
        (None, [True, False, False], 1, {1.0, 0.0}),
        (None, [False, False, False], 0, {0.0}),
        ([10, 100, 1000], [True, True, True], 1110, {1010.0, 100.0}),
        ([10, 100, 1000], [False, True, True], 1100, {1000.0, 100.0}),
    ],
)
def test_pairs_are_counted_by_what_each_row_stands_for(
    levels_of: Any, counts: list[int] | None, mask: list[bool], total: int, tally: set[float]
) -> None:
    levels = levels_of({"name": "same"}, {"birth": "same"}, {"name": "same"})
    patterns = Patterns.count(levels, DESIGN, None if counts is None else np.array(counts, dtype=np.int64))
    chosen = np.array(mask)
    assert patterns.total(chosen) == total == patterns.tally(chosen).sum()
    assert set(patterns.tally(chosen).tolist()) == tally


def sample(levels_of: Any) -> tuple[Any, np.ndarray]:
    """A delivery's patterns with their counts: matches that mostly agree, strangers that mostly do not."""
    agree = {"name": "same", "birth": "same", "people": "two", "sex": "same", "origin": "cross"}
    rows = [
        (agree | {"number": "same"}, 400),
        (agree | {"number": "same", "name": "same_sound"}, 60),
        (agree | {"number": "differ"}, 4),
        ({"name": "different", "birth": "same", "sex": "same", "number": "differ"}, 900),
        ({"name": "different", "birth": "same", "sex": "differ", "number": "differ"}, 800),
        ({"name": "same", "birth": "year", "people": "differ", "number": "differ"}, 300),
        (agree, 50),
        ({"name": "different", "birth": "same", "sex": "differ"}, 700),
    ]
    return levels_of(*(pair for pair, _ in rows)), np.array([count for _, count in rows], dtype=np.int64)


def test_learning_from_counts_is_learning_from_the_pairs_themselves(levels_of: Any) -> None:
    levels, counts = sample(levels_of)
    spread = {name: np.repeat(codes, counts) for name, codes in levels.items()}
    counted, other = learn(levels, 2000, MODEL, counts), learn(spread, 2000, MODEL)
    np.testing.assert_allclose(counted.bits, other.bits, atol=1e-6)
    np.testing.assert_allclose(counted.number, other.number, atol=1e-6)
    assert (counted.mode, counted.prior, counted.prior_labelled) == (
        "labels",
        pytest.approx(other.prior, abs=1e-6),
        pytest.approx(other.prior_labelled, abs=1e-6),
    )
    assert counted.figures == pytest.approx(other.figures)


def test_two_numbers_of_one_child_are_measured_and_kept_in_bounds(levels_of: Any) -> None:
    """Four pairs in which everything but the number agrees: numbers are replaced sometimes, so that `differ` is not minus infinity."""
    levels, counts = sample(levels_of)
    differ = MODEL.number.code("differ")
    low, high = MODEL.learning.differ_bounds
    measured = [
        learn(levels, 2000, MODEL, np.where(np.arange(len(counts)) == 2, many, counts)).number[differ]
        for many in (0, 4, 40)
    ]
    assert measured == sorted(measured)
    assert low <= measured[0] < measured[-1] <= high


@pytest.mark.parametrize(
    ("same", "differ", "records", "mode"),
    [
        (150, 150, 300, "labels"),
        (149, 5000, 399, "fixed"),
        (5000, 149, 399, "fixed"),
        (149, 5000, 400, "em"),
        (0, 0, 400, "em"),
        (0, 0, 10, "fixed"),
    ],
)
def test_how_weights_are_learned_depends_on_labels_then_on_records(
    levels_of: Any, same: int, differ: int, records: int, mode: str
) -> None:
    rows = [
        {"name": "same", "number": "same"},
        {"name": "different", "number": "differ"},
        {"name": "same", "birth": "same"},
    ]
    weights = learn(levels_of(*rows), records, MODEL, np.array([same, differ, 100], dtype=np.int64))
    assert weights.mode == mode
    assert weights.why
    assert not any(word in weights.why for word in ("None", "nan"))


def test_a_number_inside_another_is_a_label_like_the_same_number(levels_of: Any) -> None:
    rows = [{"name": "same", "number": "derived"}, {"name": "different", "number": "differ"}]
    assert learn(levels_of(*rows), 10, MODEL, np.array([150, 150])).mode == "labels"


@pytest.mark.parametrize("number", ["document", "slip", "partial", "borrowed", "stale", "raw_differ", "missing"])
def test_other_levels_of_the_number_are_no_labels(levels_of: Any, number: str) -> None:
    rows = [{"name": "same", "number": number}, {"name": "different", "number": "differ"}]
    assert learn(levels_of(*rows), 10, MODEL, np.array([5000, 5000])).mode == "fixed"


def test_nothing_to_compare_is_said(levels_of: Any) -> None:
    weights = learn(levels_of(), 5000, MODEL)
    assert (weights.mode, weights.why) == ("fixed", "没有需要比较的记录对")
    np.testing.assert_array_equal(weights.bits, DESIGN.anchor)


@pytest.mark.parametrize(("records", "prior"), [(10, np.log2(2 / 1000)), (1001, np.log2(2 / 1000)), (4097, -11.0)])
def test_without_labels_each_record_is_taken_to_have_about_one_partner(
    levels_of: Any, records: int, prior: float
) -> None:
    few = MODEL.model_copy(update={"learning": MODEL.learning.model_copy(update={"em_records_needed": 10**9})})
    weights = learn(levels_of({"name": "same"}), records, few)
    assert weights.prior == weights.prior_labelled == pytest.approx(prior)


def test_weights_are_not_changed_by_weighing(levels_of: Any) -> None:
    before = replace(WEIGHTS, bits=WEIGHTS.bits.copy())
    WEIGHTS.of(levels_of({"name": "same"}, {"number": "same"}))
    np.testing.assert_array_equal(before.bits, WEIGHTS.bits)
