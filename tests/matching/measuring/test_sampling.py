"""The clerks' sample: the same by seed, weights that add up, estimates whose intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matching.linked import Linkage
from matching.measuring.evaluate import calibration
from matching.measuring.sampling import draw, estimate, strata


def truth_of(county: pd.DataFrame) -> dict[str, object]:
    return dict(zip(county["record_id"], county["truth"], strict=True))


def answered(sample: pd.DataFrame, truth: dict[str, object]) -> pd.DataFrame:
    same = sample["record_a"].map(truth) == sample["record_b"].map(truth)
    return pd.DataFrame({"sample_no": sample["sample_no"], "verdict": np.where(same, "same", "different")})


def test_a_sample_is_the_same_by_seed_and_order(county_linkage: Linkage) -> None:
    pairs = county_linkage.pairs
    one, other = draw(pairs, 120, seed=3), draw(pairs.sample(frac=1, random_state=1), 120, seed=3)
    pd.testing.assert_frame_equal(one, other)
    assert not one["record_a"].equals(draw(pairs, 120, seed=4)["record_a"])
    assert len(one) == 120
    assert not one.duplicated(["record_a", "record_b"]).any()


def test_weights_add_up_to_all_pairs_and_every_stratum_is_asked(county_linkage: Linkage) -> None:
    pairs = county_linkage.pairs
    sample = draw(pairs, 200)
    assert sample["weight"].sum() == pytest.approx(len(pairs))
    assert set(sample["stratum"]) == set(strata(pairs))
    least = sample.groupby("stratum")[["stratum_size", "drawn"]].first()
    assert (least["drawn"] >= np.minimum(least["stratum_size"], 3)).all()


def test_doubtful_pairs_are_drawn_more_often(county_linkage: Linkage) -> None:
    sample = draw(county_linkage.pairs, 200)
    review = sample["stratum"].str.startswith("review|").mean()
    assert review > 3 * (county_linkage.pairs["grade"] == "review").mean()


@pytest.mark.parametrize("size", [1, 5, 100_000])
def test_any_size_is_answered(county_linkage: Linkage, size: int) -> None:
    assert len(draw(county_linkage.pairs, size)) == min(size, len(county_linkage.pairs))


def test_the_interval_holds_the_truth(county: pd.DataFrame, county_linkage: Linkage) -> None:
    pairs, truth = county_linkage.pairs, truth_of(county)
    linked = pairs[pairs["grade"] == "same"]
    real = float((linked["record_a"].map(truth) == linked["record_b"].map(truth)).mean())
    every = pairs["record_a"].map(truth) == pairs["record_b"].map(truth)
    recall = float((every & (pairs["grade"] == "same")).sum() / every.sum())
    kept = 0
    for seed in range(20):
        sample = draw(pairs, 150, seed)
        found = estimate(sample, answered(sample, truth))
        kept += found.precision.low <= real <= found.precision.high
        kept += found.recall.low <= recall <= found.recall.high
        assert found.unsure == found.contradictions == 0
    assert kept >= 36


def test_all_answers_give_the_exact_share(county: pd.DataFrame, county_linkage: Linkage) -> None:
    pairs, truth = county_linkage.pairs, truth_of(county)
    sample = draw(pairs, len(pairs))
    found = estimate(sample, answered(sample, truth))
    linked = pairs[pairs["grade"] == "same"]
    assert found.precision.value == pytest.approx(
        (linked["record_a"].map(truth) == linked["record_b"].map(truth)).mean()
    )


def test_unsure_and_contradicting_answers_are_counted_not_used(county_linkage: Linkage) -> None:
    sample = draw(county_linkage.pairs, 60)
    numbers = sample["sample_no"].tolist()
    answers = pd.DataFrame(
        [(no, "same") for no in numbers[2:]]
        + [(numbers[0], "unsure"), (numbers[1], "same"), (numbers[1], "different")],
        columns=["sample_no", "verdict"],
    )
    found = estimate(sample, answers)
    assert (found.unsure, found.contradictions) == (1, 1)
    assert found.strata["answers"].sum() == 58
    assert found.precision.low < 1 == found.precision.value


def test_answers_by_pair_are_understood_and_strange_ones_refused(county_linkage: Linkage) -> None:
    sample = draw(county_linkage.pairs, 30)
    by_pair = pd.DataFrame({"record_a": sample["record_b"], "record_b": sample["record_a"], "verdict": "same"})
    assert estimate(sample, by_pair).strata["answers"].sum() == 30
    with pytest.raises(ValueError, match="抽样结论"):
        estimate(sample, by_pair.assign(verdict="perhaps"))
    with pytest.raises(ValueError, match="不属于这份样本"):
        estimate(sample, pd.DataFrame({"sample_no": [999], "verdict": ["same"]}))
    with pytest.raises(ValueError, match="样本量"):
        draw(county_linkage.pairs, 0)


def test_calibration(county: pd.DataFrame, county_linkage: Linkage) -> None:
    table = calibration(county_linkage.pairs, truth_of(county))
    assert table["pairs"].sum() == len(county_linkage.pairs)
    assert table["expected"].between(table["low"], table["high"]).all()
    assert table.iloc[-1]["right"] > 0.99
    assert table.iloc[0]["right"] < 0.1
