"""What a period leaves for the next: rows followed by their fingerprints, ends of the pairs, weights that come back as they were."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.columns import TextColumns
from matching.decisions.clerical import content_keys
from matching.linked import Memory
from matching.linking import link_records
from matching.model import default_model
from matching.periods.change_keys import CHANGE_KEYS, change_keys, row_fingerprints
from matching.periods.memory import KEPT, change_keys_of, facts_of, follow_rows, remembered, weights_of, with_digests

if TYPE_CHECKING:
    from matching.linked import Linkage

MODEL = default_model()
few_fingerprints = st.lists(st.sampled_from([0, 1, 2, 7, 2**63, 2**64 - 1]), max_size=12)


def digests(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


@pytest.mark.parametrize(
    ("before", "now", "expected", "why"),
    [
        ([5, 6, 7], [5, 6, 7], [0, 1, 2], "the same rows in the same order"),
        ([5, 6, 7], [7, 5, 6], [2, 0, 1], "the same rows in another order"),
        ([5, 6], [6, 9], [1, -1], "one went, one came"),
        ([5, 5], [5], [0], "of two equal rows the first stays, the second went"),
        ([5], [5, 5], [0, -1], "a row that stands twice now is new once"),
        ([5, 6, 5], [5, 5, 6], [0, 2, 1], "equal rows are matched one to one, in their order"),
        ([], [5], [-1], "nothing is remembered"),
        ([5], [], [], "nothing was delivered"),
        ([], [], [], "neither"),
        ([0], [0], [0], "a fingerprint of zero is one like others"),
        ([2**64 - 1, 2**64 - 1], [2**64 - 1] * 3, [0, 1, -1], "the largest fingerprint does not overflow into another"),
    ],
)
def test_rows_are_followed_by_their_fingerprints(
    before: list[int], now: list[int], expected: list[int], why: str
) -> None:
    assert follow_rows(digests(before), digests(now)).tolist() == expected, why


@given(few_fingerprints, few_fingerprints)
def test_following_matches_as_many_equal_rows_as_there_are_and_none_twice(before: list[int], now: list[int]) -> None:
    old = follow_rows(digests(before), digests(now)).tolist()
    kept = [(place, row) for place, row in enumerate(old) if row >= 0]
    assert all(before[row] == now[place] for place, row in kept)
    assert len({row for _, row in kept}) == len(kept)
    assert Counter(now[place] for place, _ in kept) == Counter(before) & Counter(now)


@given(few_fingerprints, few_fingerprints)
def test_following_is_the_same_both_ways_round(before: list[int], now: list[int]) -> None:
    there, back = follow_rows(digests(before), digests(now)), follow_rows(digests(now), digests(before))
    assert {(place, int(row)) for place, row in enumerate(there) if row >= 0} == {
        (int(row), place) for place, row in enumerate(back) if row >= 0
    }


@given(few_fingerprints)
def test_a_delivery_that_is_repeated_is_followed_row_by_row(values: list[int]) -> None:
    assert follow_rows(digests(values), digests(values)).tolist() == list(range(len(values)))


@pytest.fixture(scope="module")
def records(frame: Any, number: Any) -> pd.DataFrame:
    """A child of three lists, two brothers of one list, a child of nobody else."""
    home = {"father_name": "冯守田", "mother_name": "卫巧云", "live_town": "石桥镇", "live_village": "柳沟村"}
    delivery: pd.DataFrame = frame(
        {
            "d": "PS",
            "name": "冯若溪",
            "birth_date": "2014-09-02",
            "id_no": number("2014-09-02", 21),
            "sex": "1",
            **home,
        },
        {
            "d": "ED",
            "name": "冯若溪",
            "birth_date": "2014-09-02",
            "id_no": number("2014-09-02", 21),
            "sex": "1",
            **home,
        },
        {"d": "CA", "name": "冯若曦", "birth_date": "2014-09-02", "sex": "1", **home},
        {
            "d": "PS",
            "name": "冯若海",
            "birth_date": "2011-01-15",
            "id_no": number("2011-01-15", 33),
            "sex": "1",
            **home,
        },
        {"d": "ED", "name": "褚一鸣", "birth_date": "2013-06-30"},
    )
    return delivery


@pytest.fixture(scope="module")
def linkage(records: pd.DataFrame) -> Linkage:
    return link_records(records)


@pytest.fixture(scope="module")
def memory(linkage: Linkage, records: pd.DataFrame) -> Memory:
    return remembered(linkage, records.sample(frac=1, random_state=2))


def test_every_record_is_remembered_once_in_the_order_of_its_id(memory: Memory, records: pd.DataFrame) -> None:
    assert memory.rows["record_id"].tolist() == sorted(records["record_id"])
    assert list(memory.rows.columns[: len(KEPT)]) == list(KEPT)


def test_what_was_found_of_a_record_is_remembered_beside_it(memory: Memory, linkage: Linkage) -> None:
    for column in ("record_id", "child_id", "method", "probability"):
        assert memory.rows[column].tolist() == linkage.clusters[column].tolist(), column


def test_content_keys_and_fingerprints_are_those_of_the_record_itself(memory: Memory, records: pd.DataFrame) -> None:
    """Though the records were given in another order than they are remembered in."""
    ordered = records.sort_values("record_id", ignore_index=True)
    assert memory.rows["content"].tolist() == content_keys(ordered)
    assert memory.rows["mark"].tolist() == row_fingerprints(TextColumns(ordered)).tolist()


def test_change_keys_come_back_as_they_were_made(memory: Memory, records: pd.DataFrame) -> None:
    expected = change_keys(TextColumns(records.sort_values("record_id", ignore_index=True)))
    kept = change_keys_of(memory)
    assert set(kept) == set(CHANGE_KEYS)
    for name, table in expected.items():
        assert kept[name].dtype == np.uint32
        np.testing.assert_array_equal(kept[name], table, err_msg=name)


def test_the_columns_of_a_change_key_are_not_taken_for_another_s_of_a_like_name(memory: Memory) -> None:
    """`number.0` belongs to `number`, `number_part.0` does not."""
    widths = {name: table.shape[1] for name, table in change_keys_of(memory).items()}
    assert widths["number"] == 3
    assert widths["number_part"] == 3
    assert sum(widths.values()) == len(memory.rows.columns) - len(KEPT)


def test_the_ends_of_a_pair_are_the_rows_of_its_records(memory: Memory) -> None:
    a, b = memory.ends
    ids = memory.rows["record_id"].to_numpy()
    assert ids[a].tolist() == memory.pairs["record_a"].tolist()
    assert ids[b].tolist() == memory.pairs["record_b"].tolist()
    assert len(a) > 0


def test_a_pair_whose_record_is_gone_has_no_end_there(memory: Memory) -> None:
    lost = memory.pairs["record_b"].iloc[0]
    shorter = Memory(memory.rows[memory.rows["record_id"] != lost].reset_index(drop=True), memory.pairs, memory.facts)
    a, b = shorter.ends
    gone_b, gone_a = (memory.pairs[side] == lost for side in ("record_b", "record_a"))
    assert (b == -1).tolist() == gone_b.tolist()
    assert (a == -1).tolist() == gone_a.tolist()


def test_weights_come_back_bit_for_bit(memory: Memory, linkage: Linkage) -> None:
    back, given_ = weights_of(memory, MODEL), linkage.weights
    np.testing.assert_array_equal(back.bits, given_.bits)
    np.testing.assert_array_equal(back.number, given_.number)
    assert (back.prior, back.prior_labelled) == (given_.prior, given_.prior_labelled)
    assert (back.mode, back.why, back.figures) == (given_.mode, given_.why, given_.figures)
    assert back.design.terms == given_.design.terms


def test_the_two_priors_are_not_mixed_up(linkage: Linkage) -> None:
    """They differ as soon as weights are learned from numbers."""
    learned = replace(linkage, weights=replace(linkage.weights, prior=-9.5, prior_labelled=-3.25, mode="labels"))
    back = weights_of(Memory(pd.DataFrame(), pd.DataFrame(), facts_of(learned, 0)), MODEL)
    assert (back.prior, back.prior_labelled, back.mode) == (-9.5, -3.25, "labels")


def test_facts_survive_being_written_as_json(memory: Memory) -> None:
    again = Memory(memory.rows, memory.pairs, json.loads(json.dumps(memory.facts)))
    np.testing.assert_array_equal(weights_of(again, MODEL).bits, weights_of(memory, MODEL).bits)
    assert again.facts["estimates"] == memory.facts["estimates"]


@pytest.mark.parametrize("since", [0, 1, 3])
def test_facts_say_of_which_model_and_how_long_ago_all_was_compared(linkage: Linkage, since: int) -> None:
    facts = facts_of(linkage, since)
    assert facts["since"] == since
    assert facts["model"] == MODEL.fingerprint == linkage.report["model"]
    assert facts["estimates"] == linkage.report["estimates"]


def test_a_first_memory_says_that_all_rows_were_compared_just_now(memory: Memory) -> None:
    assert memory.facts["since"] == 0


def test_digests_stand_beside_the_rows_whatever_numbers_these_have() -> None:
    rows = pd.DataFrame({"record_id": ["b", "a"]}, index=[7, 3])
    table = {"number": np.array([[1, 2], [3, 4]], dtype=np.uint32)}
    whole = with_digests(rows, digests([11, 12]), table)
    assert whole.index.tolist() == [7, 3]
    assert whole[["record_id", "mark", "number.0", "number.1"]].to_numpy().tolist() == [
        ["b", 11, 1, 2],
        ["a", 12, 3, 4],
    ]


def test_a_repeated_record_is_refused_before_anything_is_remembered(linkage: Linkage, records: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="重复"):
        remembered(linkage, pd.concat([records, records.head(1)]))
