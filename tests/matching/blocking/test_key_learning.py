from __future__ import annotations

import numpy as np
import pandas as pd

from matching.blocking.key_learning import catches, cost, labelled_pairs, measure_keys
from matching.blocking.keys import KeyValues
from matching.encoding.encode import encode
from matching.model import KeySpec, default_model


def test_every_key_but_the_number_s_own_is_measured(county: pd.DataFrame) -> None:
    found = measure_keys(county)
    assert set(found.keys["key"]) == set(default_model().keys) - {"number", "number_part"}
    assert found.labels > 500
    assert found.recall > 0.995
    assert (found.keys["caught"] <= found.labels).all()
    assert (found.keys["alone"] <= found.keys["caught"]).all()


def test_a_key_that_is_taken_away_is_proposed_again(county: pd.DataFrame) -> None:
    """With one poor key only, the data ask for a better one."""
    model = default_model().model_copy(
        update={"keys": {"sex_town": KeySpec(zh="", split="sex", of=(("sex", "towns", "phones"),))}}
    )
    found = measure_keys(county, model, most=2)
    assert found.recall < 0.5
    best = found.proposals.iloc[0]
    assert best["caught_more"] > 0.8 * (1 - found.recall) * found.labels
    assert {"day", "month", "sound", "given_sound", "surname_sound"} & set(best["parts"].split(" + "))


def test_labels_are_pairs_of_one_number_that_share_a_name_or_birth(county: pd.DataFrame) -> None:
    e = encode(county, default_model())
    left, right = labelled_pairs(e)
    assert (e.own[left] == e.own[right]).all()
    assert (left != right).all()


def test_a_pair_is_caught_by_any_value_it_shares() -> None:
    found = KeyValues(np.array([0, 0, 1, 2]), np.array([5, 7, 7, 9]))
    assert catches(found, np.array([0, 0, 1]), np.array([1, 2, 2]), 3).tolist() == [True, False, False]


def test_large_blocks_cost_what_windows_cost() -> None:
    found = KeyValues(np.arange(100), np.r_[np.ones(90, dtype=np.int64), np.full(10, 2)])
    assert cost(found, 20) == 10 * 9 // 2 + 90 * 20 // 2
