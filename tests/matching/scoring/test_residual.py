"""Undecided pairs looked at once more by their long texts: which ones, what a likeness adds, and that unlike texts say nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from matching.comparing.reference import likeness, text_likeness
from matching.model import default_model
from matching.scoring.residual import residual_bits

MODEL = default_model()
SPEC = MODEL.residual
ALIKE = ("石桥镇柳沟村三组十二号院东户", "石桥镇柳沟村三组12号院东户")
HIGH = float(np.log2(SPEC.high / (1 - SPEC.high)))


def added(rows: list[dict[str, str]], pairs_of: Any, weight: list[float], *ends: tuple[int, int]) -> list[float]:
    records = pd.DataFrame([{"record_id": f"{place:02d}"} | row for place, row in enumerate(rows)]).fillna("")
    return residual_bits(records, pairs_of(*(ends or [(0, 1)])), np.array(weight), MODEL).tolist()


@pytest.mark.parametrize(
    ("one", "other", "bits", "why"),
    [
        ({"live_addr": ALIKE[0]}, {"live_addr": ALIKE[1]}, 1.5, "one address written in two ways"),
        ({"live_addr": ALIKE[0]}, {"hukou_addr": ALIKE[1], "live_addr": ""}, 1.5, "lived in here, registered there"),
        ({"live_addr": ALIKE[0]}, {"live_addr": ALIKE[0]}, 0.0, "equal texts are a level already"),
        ({"live_addr": ALIKE[0]}, {"live_addr": "白鹿乡上营村大槐树北侧二排"}, 0.0, "unlike texts say nothing"),
        ({"live_addr": ALIKE[0]}, {"live_addr": ""}, 0.0, "one is missing"),
        ({"live_addr": ""}, {"live_addr": ""}, 0.0, "two missing texts are not alike"),
        ({"school": "石桥镇中心小学"}, {"school": "颍州县石桥镇中心小学"}, 1.0, "a school in its short form"),
        ({"school": "石桥镇中心小学"}, {"school": "石桥镇中心小学"}, 0.0, "equal schools are a level already"),
        ({"school": "石桥镇中心小学"}, {"school": "白鹿乡初级中学"}, 0.0, "another school"),
        (
            {"school": "石桥镇中心小学", "live_addr": ALIKE[0]},
            {"school": "颍州县石桥镇中心小学", "live_addr": ALIKE[1]},
            2.5,
            "both",
        ),
        ({"school": ALIKE[0]}, {"live_addr": ALIKE[1]}, 0.0, "a school is no address"),
        ({"name": "冯若溪"}, {"name": "冯若西"}, 0.0, "short names are not compared so"),
    ],
)
def test_what_long_texts_add(pairs_of: Any, one: dict[str, str], other: dict[str, str], bits: float, why: str) -> None:
    assert added([one, other], pairs_of, [0.0]) == [bits], why
    assert added([other, one], pairs_of, [0.0]) == [bits], "and the other way round"


@pytest.mark.parametrize(
    ("weight", "bits"),
    [(0.0, 1.5), (HIGH - 0.01, 1.5), (HIGH, 0.0), (30.0, 0.0), (-HIGH + 0.01, 1.5), (-HIGH, 0.0), (-30.0, 0.0)],
)
def test_only_undecided_pairs_are_looked_at(pairs_of: Any, weight: float, bits: float) -> None:
    assert added([{"live_addr": ALIKE[0]}, {"live_addr": ALIKE[1]}], pairs_of, [weight]) == [bits]


def test_each_pair_gets_its_own_bits(pairs_of: Any) -> None:
    rows = [
        {"live_addr": ALIKE[0]},
        {"live_addr": "白鹿乡上营村大槐树北侧二排"},
        {"live_addr": ALIKE[1]},
        {"live_addr": ""},
    ]
    ends = [(0, 1), (0, 2), (0, 3), (1, 2), (2, 3)]
    assert added(rows, pairs_of, [0.0] * 5, *ends) == [0.0, 1.5, 0.0, 0.0, 0.0]
    assert added(rows, pairs_of, [0.0, 50.0, 0.0, 0.0, 0.0], *ends) == [0.0] * 5


def test_where_too_many_are_undecided_the_nearest_to_even_are_looked_at(pairs_of: Any) -> None:
    few = MODEL.model_copy(update={"residual": SPEC.model_copy(update={"limit": 2})})
    records = pd.DataFrame({"record_id": list("abcd"), "live_addr": [ALIKE[0], ALIKE[1], ALIKE[0], ALIKE[1]]})
    pairs = pairs_of((0, 1), (0, 3), (1, 2), (2, 3))
    assert residual_bits(records, pairs, np.array([3.0, -1.0, 5.0, 0.5]), few).tolist() == [0.0, 1.5, 0.0, 1.5]


@pytest.mark.parametrize("weights", [[], [0.0]])
def test_records_without_long_texts_and_no_pairs_at_all(pairs_of: Any, weights: list[float]) -> None:
    records = pd.DataFrame({"record_id": ["a", "b"], "name": ["甲", "乙"]})
    assert residual_bits(records, pairs_of(*[(0, 1)][: len(weights)]), np.array(weights), MODEL).tolist() == weights


TEXTS = ["石桥镇中心小学", "颍州县石桥镇中心小学", "白鹿乡初级中学", "", "石"]


def test_likeness_is_the_same_both_ways_and_between_none_and_all() -> None:
    a, b = (np.array([pair[side] for pair in [(x, y) for x in TEXTS for y in TEXTS]], dtype=object) for side in (0, 1))
    forward, other = text_likeness(a, b), text_likeness(b, a)
    np.testing.assert_allclose(forward, other)
    known = (a != "") & (b != "")
    assert np.isnan(forward[~known]).all()
    assert ((forward[known] >= 0) & (forward[known] <= 1)).all()
    assert (forward[known & (a == b)] == 1).all()
    assert (forward[known & (a != b)] < 1).all()


def test_a_part_of_a_text_is_no_equal_text() -> None:
    """The short form is wholly in the long one: at most 0.95."""
    assert text_likeness(np.array([TEXTS[0]], dtype=object), np.array([TEXTS[1]], dtype=object)).tolist() == [0.95]


def test_no_texts_have_no_likeness() -> None:
    assert text_likeness(np.zeros(0, dtype=object), np.zeros(0, dtype=object)).tolist() == []


def test_addresses_are_compared_crosswise_and_schools_with_schools() -> None:
    texts = pd.DataFrame({"live_addr": [ALIKE[0], ""], "hukou_addr": ["", ALIKE[0]], "school": ["甲校", "乙校"]})
    table = likeness(texts, pd.MultiIndex.from_tuples([(0, 1)]))
    assert list(table.columns) == ["live_addr", "hukou_addr", "school", "crosswise", "crosswise_2"]
    assert table["crosswise"].tolist() == [1.0]
    assert table[["live_addr", "hukou_addr", "crosswise_2"]].isna().all(axis=None)
    assert list(likeness(texts[["school"]], pd.MultiIndex.from_tuples([(0, 1)])).columns) == ["school"]
