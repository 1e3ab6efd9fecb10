"""Learning: recovered weights, anchors with few labels, hidden corrections, the way that is reported."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from matching.linked import Linkage
from matching.linking import find_children, link_records
from matching.model import Model, default_model, load_model
from matching.scoring.design import make_design
from matching.scoring.estimate import anchored_logistic, logit_bits, shifted_prior, sigmoid_bits

MODEL = default_model()


def test_logistic_regression_recovers_known_weights() -> None:
    rng = np.random.default_rng(3)
    matrix = rng.integers(0, 2, size=(400, 4)).astype(float)
    true = np.array([3.0, -2.0, 1.0, 4.0])
    p = sigmoid_bits(matrix @ true - 4.0)
    counts = np.stack([p * 5000, (1 - p) * 5000])
    bits, prior = anchored_logistic(matrix, counts, np.zeros(4), 1.0)
    np.testing.assert_allclose(bits, true, atol=0.05)
    assert prior == pytest.approx(-4.0, abs=0.05)


def test_logistic_regression_agrees_with_recordlinkages_kernel() -> None:
    from recordlinkage import LogisticRegressionClassifier

    rng = np.random.default_rng(4)
    matrix = rng.integers(0, 2, size=(300, 3)).astype(float)
    counts = rng.integers(1, 60, size=(2, 300)).astype(float)
    bits, prior = anchored_logistic(matrix, counts, np.zeros(3), 1.0)
    kernel = LogisticRegressionClassifier().kernel
    kernel.set_params(C=1.0, tol=1e-8, max_iter=500)
    kernel.fit(np.r_[matrix, matrix], np.r_[np.ones(300), np.zeros(300)], sample_weight=np.r_[counts[0], counts[1]])
    np.testing.assert_allclose(bits * np.log(2), kernel.coef_[0], atol=0.01)
    assert prior * np.log(2) == pytest.approx(float(kernel.intercept_[0]), abs=0.01)


def test_without_labels_the_anchor_stays() -> None:
    anchor = np.array([5.0, -3.0])
    bits, _ = anchored_logistic(np.eye(2), np.array([[1.0, 0.0], [0.0, 1.0]]), anchor, 50.0)
    np.testing.assert_allclose(bits, anchor, atol=0.1)


def test_bits_and_probabilities_turn_into_each_other() -> None:
    bits = np.array([-50.0, -3.0, 0.0, 4.0, 20.0])
    np.testing.assert_allclose([logit_bits(p) for p in sigmoid_bits(bits)], bits, rtol=1e-9)
    assert logit_bits(0.8) == pytest.approx(2.0)
    assert sigmoid_bits(np.array([2.0, -2000.0, 2000.0])).tolist() == pytest.approx([0.8, 0.0, 1.0])


@pytest.mark.parametrize("anchor", [0.0, 30.0, 200.0])
def test_the_intercept_makes_as_many_matches_as_were_seen(anchor: float) -> None:
    held = 1e9  # so strong a pull leaves the intercept alone to move
    counts = np.array([[30.0, 20.0], [10.0, 940.0]])
    bits, prior = anchored_logistic(np.array([[1.0], [0.0]]), counts, np.array([anchor]), held)
    expected = (sigmoid_bits(np.array([1.0, 0.0]) * bits + prior) * counts.sum(axis=0)).sum()
    assert bits[0] == pytest.approx(anchor, abs=1e-3)
    assert expected == pytest.approx(50.0, abs=0.01)


def test_labels_of_one_kind_alone_end_in_a_fit() -> None:
    for counts in ([[3.0, 4.0], [0.0, 0.0]], [[0.0, 0.0], [3.0, 4.0]]):
        bits, prior = anchored_logistic(np.eye(2), np.array(counts), np.array([5.0, -3.0]), 4.0)
        assert np.isfinite([*bits, prior]).all()


def test_the_prior_of_unlabelled_pairs_is_found() -> None:
    score = np.array([10.0, -10.0])
    shifted = shifted_prior(score, np.array([10.0, 990.0]), 0.0, 0.5)
    assert shifted == pytest.approx(np.log2(0.01 / 0.99), abs=0.4)


def test_every_term_has_one_column_and_missing_has_none() -> None:
    design = make_design(MODEL)
    missing = np.zeros((1, len(design.fields)), dtype=np.int8)
    assert not design.matrix(missing).any()
    assert len(design.terms) == len(set(design.terms)) == len(design.anchor)


def test_learned_probabilities_are_calibrated(county: pd.DataFrame) -> None:
    """Of the pairs said to be 0.99 and more, at least 98 % are right; of those under 0.01, under 1 %."""
    records = county.sort_values("record_id", ignore_index=True)
    trail = find_children(records, MODEL)
    truth = records["truth"].to_numpy()
    right = truth[trail.pairs.left] == truth[trail.pairs.right]
    p = trail.evidence.probability
    assert right[p >= 0.99].mean() >= 0.98
    assert right[p <= 0.01].mean() <= 0.01


def test_a_sparse_delivery_uses_fixed_weights_and_says_so(frame: Any) -> None:
    result: Linkage = link_records(frame({"name": "张伟"}, {"d": "ED", "name": "张伟"}))
    assert result.report["learning"]["mode"] == "fixed"
    assert "固定权重" in result.report["learning"]["why"] or "没有" in result.report["learning"]["why"]


def test_a_changed_weight_changes_the_fingerprint() -> None:
    assert default_model().fingerprint == load_model().fingerprint
    changed = MODEL.model_copy(update={"decide": MODEL.decide.model_copy(update={"same": 0.95})})
    assert changed.fingerprint != MODEL.fingerprint
    assert isinstance(changed, Model)


def test_a_wrong_model_file_names_the_key(tmp_path: Any) -> None:
    from matching.model import MODEL_FILE

    text = (
        MODEL_FILE.read_text(encoding="utf-8").replace("same: 0.9\n", "same: 0.1\n").replace("same: 0.9 ", "same: 0.1 ")
    )
    path = tmp_path / "model.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="decide"):
        load_model(path)
