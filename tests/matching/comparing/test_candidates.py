"""Patterns as numbers and back, and what the reference engine answers: the same whatever is asked for, in whichever pieces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.blocking.block import block
from matching.comparing import candidates as engine
from matching.comparing.candidates import CONTEXT, ArrayCandidates, pattern_fields, pattern_numbers, pattern_table
from matching.comparing.compare import compare
from matching.encoding.encode import encode
from matching.model import default_model
from matching.shapes import Encoded

MODEL = default_model()
FIELDS = pattern_fields(MODEL)
pattern = st.fixed_dictionaries({name: st.sampled_from(MODEL.spec(name).names) for name in FIELDS})


def test_the_family_is_no_part_of_a_pattern_and_the_number_is_its_last() -> None:
    assert CONTEXT not in FIELDS
    assert FIELDS[-1] == "number"
    assert set(FIELDS) == {*MODEL.fields, "number"} - {CONTEXT}


def test_all_patterns_fit_into_one_integer() -> None:
    assert np.prod([float(len(MODEL.spec(name).levels)) for name in FIELDS]) < 2**63


@given(st.lists(pattern, min_size=1, max_size=6))
def test_a_pattern_s_number_gives_its_levels_back(levels_of: Any, patterns: list[dict[str, str]]) -> None:
    levels = levels_of(*patterns)
    back = pattern_table(pattern_numbers(levels, MODEL), MODEL)
    assert tuple(back) == FIELDS
    for name in FIELDS:
        assert back[name].tolist() == levels[name].tolist()


@given(pattern, pattern)
def test_two_patterns_have_one_number_only_if_they_are_one(
    levels_of: Any, one: dict[str, str], other: dict[str, str]
) -> None:
    numbers = pattern_numbers(levels_of(one, other), MODEL)
    assert (numbers[0] == numbers[1]) == (one == other)


def test_nothing_has_the_number_nought(levels_of: Any) -> None:
    assert pattern_numbers(levels_of({}, {"number": "same"}, {"origin": "cross"}), MODEL).tolist() == [0, 1, 10]


@pytest.fixture(scope="module")
def e(families: pd.DataFrame) -> Encoded:
    return encode(families, MODEL)


@pytest.fixture(scope="module")
def whole(e: Encoded) -> ArrayCandidates:
    return ArrayCandidates(e, MODEL)


def test_every_pair_of_the_keys_has_the_pattern_of_its_comparison(e: Encoded, whole: ArrayCandidates) -> None:
    pairs, yields = block(e, MODEL)
    np.testing.assert_array_equal(whole.pairs.left, pairs.left)
    np.testing.assert_array_equal(whole.pairs.right, pairs.right)
    assert whole.yields == yields
    levels = compare(e, pairs, MODEL)
    for name, codes in whole.table.items():
        np.testing.assert_array_equal(codes[whole.pattern], levels[name], err_msg=name)


def test_the_table_holds_each_pattern_once_in_the_order_of_its_number(whole: ArrayCandidates) -> None:
    numbers = pattern_numbers(whole.table | {CONTEXT: np.zeros(len(whole.counts), dtype=np.int8)}, MODEL)
    assert (np.diff(numbers) > 0).all()
    assert (whole.counts > 0).all()
    assert int(whole.counts.sum()) == len(whole.pairs)
    assert whole.counts.tolist() == np.bincount(whole.pattern, minlength=len(whole.counts)).tolist()


def same(answer: Any, expected: np.ndarray, whole: ArrayCandidates) -> None:
    """The pairs at these places, and nothing else."""
    rows = np.flatnonzero(expected)
    assert answer.pairs.left.tolist() == whole.pairs.left[rows].tolist()
    assert answer.pairs.right.tolist() == whole.pairs.right[rows].tolist()
    assert answer.pairs.keys.tolist() == whole.pairs.keys[rows].tolist()
    assert answer.pattern.tolist() == whole.pattern[rows].tolist()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_what_is_asked_for_is_what_is_given(e: Encoded, whole: ArrayCandidates, share: float) -> None:
    rng = np.random.default_rng(5)
    patterns = rng.random(len(whole.counts)) < share
    records = rng.random(len(e)) < share
    label = np.where(rng.random(len(e)) < 0.8, rng.integers(0, 40, len(e)), -1)
    left, right = whole.pairs.left, whole.pairs.right
    mine = patterns[whole.pattern]
    same(whole.fetch(patterns), mine, whole)
    same(whole.touching(records, patterns), mine & (records[left] | records[right]), whole)
    same(whole.inside(label, patterns), mine & (label[left] == label[right]) & (label[left] >= 0), whole)


def test_two_records_of_nobody_have_no_label_in_common(e: Encoded, whole: ArrayCandidates) -> None:
    nobody = np.full(len(e), -1, dtype=np.int64)
    assert len(whole.inside(nobody, np.ones(len(whole.counts), dtype=bool)).pairs) == 0


@pytest.mark.parametrize(("chunk", "threads"), [(1_000_000, 3), (97, 1), (97, 2), (1, 1)])
def test_pieces_and_threads_change_nothing(
    e: Encoded, whole: ArrayCandidates, monkeypatch: pytest.MonkeyPatch, chunk: int, threads: int
) -> None:
    if chunk == 1:  # a chunk per pair: only a few records
        e = encode(
            pd.DataFrame({"record_id": ["a", "b", "c"], "department": "x", "name": "冯若溪", "live_town": "石桥镇"}),
            MODEL,
        )
        whole = ArrayCandidates(e, MODEL)
        assert len(whole.pairs) == 3
    monkeypatch.setattr(engine, "CHUNK", chunk)
    other = ArrayCandidates(e, MODEL, threads)
    assert other.pattern.tolist() == whole.pattern.tolist()
    assert other.counts.tolist() == whole.counts.tolist()
    assert {name: codes.tolist() for name, codes in other.table.items()} == {
        name: codes.tolist() for name, codes in whole.table.items()
    }
    every = np.ones(len(whole.counts), dtype=bool)
    same(other.touching(np.ones(len(e), dtype=bool), every), np.ones(len(whole.pairs), dtype=bool), whole)


@pytest.mark.parametrize("rows", [0, 1])
def test_nobody_has_no_candidates(county: pd.DataFrame, rows: int) -> None:
    answer = ArrayCandidates(encode(county.head(rows), MODEL), MODEL)
    nothing = np.zeros(0, dtype=bool)
    assert len(answer.counts) == 0
    assert len(answer.fetch(nothing).pairs) == 0
    assert len(answer.touching(np.ones(rows, dtype=bool), nothing).pairs) == 0
    assert [line.pairs for line in answer.yields] == [0] * len(MODEL.keys)
    answer.close()
