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


def listed(*rows: tuple[str, float, str, int]) -> pd.DataFrame:
    """`(grade, probability, method, how many)` of one pair of departments."""
    every = [row[:3] for row in rows for _ in range(row[3])]
    frame = pd.DataFrame(every, columns=["grade", "probability", "method"])
    ids = [f"{place:04d}" for place in range(len(frame))]
    return frame.assign(
        record_a=["a" + name for name in ids], record_b=["b" + name for name in ids], department_a="x", department_b="y"
    )


@pytest.mark.parametrize(
    ("probability", "band"),
    [
        (0.0, "<0.05"),
        (0.05, "0.05-0.2"),
        (0.1999, "0.05-0.2"),
        (0.2, "0.2-0.5"),
        (0.5, "0.5-0.9"),
        (0.9, "0.9-0.99"),
        (0.99, "0.99-0.999"),
        (0.999, ">=0.999"),
        (1.0, ">=0.999"),
    ],
)
def test_bands_begin_at_their_lower_end(probability: float, band: str) -> None:
    assert strata(listed(("same", probability, "number", 1))).tolist() == [f"same|{band}|number|x~y"]


def test_the_two_departments_have_no_order() -> None:
    pairs = listed(("same", 1.0, "number", 2)).assign(department_a=["x", "y"], department_b=["y", "x"])
    assert strata(pairs).nunique() == 1


@pytest.mark.parametrize(
    ("sizes", "size", "drawn"),
    [
        ((1000, 100, 5), 30, 30),
        ((1000, 100, 5), 2000, 1105),
        ((3, 3, 3), 9, 9),
        ((50, 50, 50), 2, 2),
        ((50, 50, 50), 4, 4),
        ((1, 1, 1), 2, 2),
    ],
)
def test_as_many_are_drawn_as_asked_for_and_no_stratum_beyond_its_size(
    sizes: tuple[int, ...], size: int, drawn: int
) -> None:
    kinds = [("same", 0.9999), ("review", 0.5), ("different", 0.01)]
    sample = draw(listed(*[(grade, p, "fuzzy", many) for (grade, p), many in zip(kinds, sizes, strict=True)]), size)
    assert len(sample) == drawn
    assert sample["sample_no"].tolist() == list(range(1, drawn + 1))
    assert (sample["drawn"] <= sample["stratum_size"]).all()
    by_stratum = sample.groupby("stratum")
    assert (by_stratum["drawn"].first() == by_stratum.size()).all()
    if size >= 9:
        assert (by_stratum["weight"].sum() == by_stratum["stratum_size"].first()).all()


def test_decided_pairs_are_not_asked_again() -> None:
    assert len(draw(listed(("same", 1.0, "decision", 5), ("same", 1.0, "number", 2)), 10)) == 2
    assert draw(listed(("same", 1.0, "decision", 5)), 10).empty


def answers_of(right: dict[str, tuple[int, int, int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A sample by hand: per stratum its size and how many answers are drawn, of which the first ones say same."""
    lines, answers = [], []
    for stratum, (size, drawn, same) in right.items():
        for place in range(drawn):
            no = len(lines) + 1
            lines.append((no, f"a{no}", f"b{no}", stratum, size, drawn, size / drawn))
            answers.append((no, "same" if place < same else "different"))
    columns = ["sample_no", "record_a", "record_b", "stratum", "stratum_size", "drawn", "weight"]
    return pd.DataFrame(lines, columns=columns), pd.DataFrame(answers, columns=["sample_no", "verdict"])


@pytest.mark.parametrize(
    ("strata_", "precision", "recall", "why"),
    [
        ({"same|a": (100, 10, 10)}, 1.0, 1.0, "all right"),
        ({"same|a": (100, 10, 9)}, 0.9, 1.0, "one of ten wrong"),
        (
            {"same|a": (900, 10, 10), "same|b": (100, 10, 5)},
            0.95,
            1.0,
            "strata count by their size, not by their answers",
        ),
        ({"same|a": (100, 10, 10), "review|b": (100, 10, 5)}, 1.0, 2 / 3, "fifty of the open pairs are missed"),
        ({"same|a": (100, 10, 5), "different|b": (1000, 10, 1)}, 0.5, 1 / 3, "both"),
    ],
)
def test_shares_are_weighed_by_what_each_answer_stands_for(
    strata_: dict[str, tuple[int, int, int]], precision: float, recall: float, why: str
) -> None:
    estimated = estimate(*answers_of(strata_))
    assert estimated.precision.value == pytest.approx(precision), why
    assert estimated.recall.value == pytest.approx(recall), why
    for share in (estimated.precision, estimated.recall):
        assert 0 <= share.low <= share.value <= share.high + 1e-9 <= 1 + 1e-9
    assert estimated.precision.low < 1, "no error seen is no proof of none"


def test_more_answers_make_a_narrower_interval() -> None:
    widths = []
    for drawn in (10, 40, 160):
        estimated = estimate(*answers_of({"same|a": (10_000, drawn, drawn * 9 // 10)})).precision
        widths.append(estimated.high - estimated.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0] / 2


def test_without_answers_nothing_is_known() -> None:
    sample, answers = answers_of({"same|a": (100, 10, 10)})
    estimated = estimate(sample, answers.head(0))
    assert np.isnan(estimated.precision.value)
    assert (estimated.precision.low, estimated.precision.high, estimated.precision.answers) == (0.0, 1.0, 0)
