"""Estimation on counts: odds and probabilities, the pull of the anchor, the prior of the unlabelled, EM that may bend and not drift."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.model import default_model
from matching.scoring.design import make_design
from matching.scoring.estimate import LogisticFit, anchored_logistic, em_weights, shifted_prior, sigmoid_bits

MODEL = default_model()
DESIGN = make_design(MODEL)


@pytest.mark.parametrize(
    ("bits", "probability"),
    [(0.0, 0.5), (1.0, 2 / 3), (-1.0, 1 / 3), (np.log2(9), 0.9), (10.0, 1024 / 1025), (-3.0, 1 / 9)],
)
def test_bits_are_log2_of_odds(bits: float, probability: float) -> None:
    assert sigmoid_bits(np.array([bits]))[0] == pytest.approx(probability)


@pytest.mark.parametrize("bits", [-1e9, -60.0, 60.0, 1e9, np.inf, -np.inf])
def test_absurd_weights_are_near_certain_and_no_error(bits: float) -> None:
    probability = sigmoid_bits(np.array([bits]))[0]
    assert probability == pytest.approx(1.0 if bits > 0 else 0.0, abs=1e-15)
    assert 0 <= probability <= 1


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=8))
def test_more_bits_are_more_probable_and_opposite_bits_opposite(bits: list[float]) -> None:
    ordered = np.sort(np.array(bits))
    p = sigmoid_bits(ordered)
    assert (np.diff(p) >= 0).all()
    np.testing.assert_allclose(p + sigmoid_bits(-ordered), 1.0)


def labelled(matrix: np.ndarray, bits: np.ndarray, prior: float, size: float) -> np.ndarray:
    p = sigmoid_bits(matrix @ bits + prior)
    return np.stack([p * size, (1 - p) * size])


RNG = np.random.default_rng(8)
MATRIX = RNG.integers(0, 2, size=(60, 3)).astype(float)
TRUE, ANCHOR = np.array([4.0, -2.0, 1.0]), np.array([1.0, 1.0, 1.0])


def test_the_more_labels_the_farther_from_the_anchor() -> None:
    answers = [
        anchored_logistic(MATRIX, labelled(MATRIX, TRUE, -3.0, size), ANCHOR, 3.0)[0] for size in (0.01, 1, 10, 1000)
    ]
    from_anchor = [float(np.abs(bits - ANCHOR).sum()) for bits in answers]
    to_truth = [float(np.abs(bits - TRUE).sum()) for bits in answers]
    assert from_anchor == sorted(from_anchor)
    assert to_truth == sorted(to_truth, reverse=True)
    assert from_anchor[0] < 0.2
    assert to_truth[-1] < 0.05


def test_the_stronger_the_pull_the_nearer_to_the_anchor() -> None:
    counts = labelled(MATRIX, TRUE, -3.0, 5)
    near = [
        float(np.abs(anchored_logistic(MATRIX, counts, ANCHOR, ridge)[0] - ANCHOR).sum())
        for ridge in (0.1, 3.0, 100.0, 1e5)
    ]
    assert near == sorted(near, reverse=True)
    assert near[-1] < 0.02


def test_a_term_that_no_labelled_pair_shows_keeps_its_anchor() -> None:
    matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    counts = np.array([[40.0, 1.0, 0.0], [2.0, 50.0, 0.0]])
    bits, _ = anchored_logistic(matrix, counts, np.array([0.0, 0.0, 7.5]), 3.0)
    assert bits[2] == 7.5
    assert bits[0] > 1 > -1 > bits[1]


def test_an_earlier_answer_leads_to_the_same_one_again() -> None:
    counts = labelled(MATRIX, TRUE, -3.0, 20)
    cold = anchored_logistic(MATRIX, counts, ANCHOR, 3.0)
    warm = anchored_logistic(MATRIX, counts, ANCHOR, 3.0, LogisticFit(np.array([9.0, 9.0, -9.0]), 5.0))
    np.testing.assert_allclose(warm[0], cold[0], atol=1e-3)
    assert warm[1] == pytest.approx(cold[1], abs=1e-3)


def test_as_many_matches_are_expected_as_were_seen() -> None:
    counts = RNG.integers(1, 40, size=(2, 60)).astype(float)
    bits, prior = anchored_logistic(MATRIX, counts, ANCHOR, 3.0)
    expected = (counts.sum(axis=0) * sigmoid_bits(MATRIX @ bits + prior)).sum()
    assert expected == pytest.approx(counts[0].sum(), rel=1e-4)


def test_counts_are_what_rows_would_be() -> None:
    """Ten pairs of one pattern are ten times one pair."""
    counts = np.array([[3.0, 1.0], [1.0, 4.0]])
    matrix = np.array([[1.0], [0.0]])
    rows = np.concatenate([np.repeat(matrix, [3, 1], axis=0), np.repeat(matrix, [1, 4], axis=0)])
    single = np.stack([np.r_[np.ones(4), np.zeros(5)], np.r_[np.zeros(4), np.ones(5)]])
    counted, other = (anchored_logistic(x, c, np.zeros(1), 0.5) for x, c in ((matrix, counts), (rows, single)))
    np.testing.assert_allclose(counted[0], other[0], atol=1e-4)
    assert counted[1] == pytest.approx(other[1], abs=1e-4)


SCORE = np.array([12.0, -12.0])


@pytest.mark.parametrize(
    ("counts", "share", "low", "high", "why"),
    [
        ((500.0, 500.0), 0.5, -0.5, 0.5, "matches are as common as among the labelled: the prior stays"),
        ((10.0, 990.0), 0.5, -7.2, -6.2, "a hundredth: about 6.6 bits less"),
        ((900.0, 100.0), 0.5, 2.7, 3.7, "nine in ten: 3.2 bits more"),
        ((0.0, 1e6), 0.5, -8.0, -8.0, "never more than eight bits less"),
        ((1e6, 1.0), 0.01, 4.0, 4.0, "nor four bits more"),
        ((20.0, 29.0), 0.01, 0.0, 0.0, "fewer than fifty pairs: the labelled ones' prior stands"),
    ],
)
def test_the_prior_of_pairs_without_numbers(
    counts: tuple[float, float], share: float, low: float, high: float, why: str
) -> None:
    assert low <= shifted_prior(SCORE, np.array(counts), 0.0, share) <= high, why


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_labelled_share_of_none_or_all_is_no_error(share: float) -> None:
    assert np.isfinite(shifted_prior(SCORE, np.array([50.0, 50.0]), 1.0, share))


def codes_of(*patterns: dict[str, str]) -> np.ndarray:
    return np.array(
        [[MODEL.code(name, row.get(name, "missing")) for name in DESIGN.fields] for row in patterns], dtype=np.int8
    )


PATTERNS = codes_of(
    {"name": "same", "birth": "same", "people": "two", "sex": "same"},
    {"name": "same_sound", "birth": "same", "people": "one", "sex": "same"},
    {"name": "different", "birth": "differ", "people": "differ", "sex": "same"},
    {"name": "different", "birth": "year", "people": "differ", "sex": "differ"},
    {"name": "different", "birth": "same", "people": "two", "sex": "differ"},
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=5, max_size=5), st.floats(-12, -2))
def test_em_bends_no_level_farther_than_the_model_allows(unlabelled: list[int], prior: float) -> None:
    counts = np.zeros((3, 5))
    counts[2] = unlabelled
    bits = em_weights(DESIGN, PATTERNS, counts, prior, MODEL.learning)
    assert (np.abs(bits - DESIGN.anchor) <= MODEL.learning.em_bend + 1e-9).all()
    crossed = [place for place, term in enumerate(DESIGN.terms) if "*" in term]
    np.testing.assert_array_equal(bits[crossed], DESIGN.anchor[crossed])


def test_em_without_pairs_leaves_the_anchor() -> None:
    np.testing.assert_array_equal(em_weights(DESIGN, PATTERNS, np.zeros((3, 5)), -9.0, MODEL.learning), DESIGN.anchor)


def test_em_learns_that_homophones_are_commoner_here_than_the_model_thinks() -> None:
    counts = np.zeros((3, 5))
    counts[2] = [500, 500, 20000, 20000, 300]
    bits = em_weights(DESIGN, PATTERNS, counts, -6.0, MODEL.learning)
    change = {DESIGN.terms[place]: bits[place] - DESIGN.anchor[place] for place in range(len(bits))}
    assert change["name=same_sound"] > 0.3 > change["name=same"]


def test_a_field_s_mean_weight_over_the_matches_stays_the_anchor_s() -> None:
    """Else EM would take every field down: candidates agree on their keys by construction."""
    counts = np.zeros((3, 5))
    counts[0] = [2000, 100, 0, 0, 10]
    counts[1] = [0, 5, 9000, 9000, 400]
    bits = em_weights(DESIGN, PATTERNS, counts, -6.0, MODEL.learning)
    sex = [DESIGN.terms.index(f"sex={level}") for level in ("same", "differ")]
    moved = bits[sex] - DESIGN.anchor[sex]
    assert abs(moved[0]) < 0.1, "nearly all matches have one sex: its weight stands"
    assert (np.abs(moved) < MODEL.learning.em_bend).all()
