"""Identifiers as integers: the same answers as reading the texts one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from matching.register.register import under_one_number
from matching.register.shared import SharedIdentifiers, among, first_met, of_several

numbers = st.lists(st.integers(0, 8), max_size=20)


def ints(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@given(numbers, numbers)
def test_first_met_are_the_first_places_of_what_is_new(values: list[int], before: list[int]) -> None:
    expected = [place for place, value in enumerate(values) if value not in before and value not in values[:place]]
    assert first_met(ints(values), ints(before)).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=20))
def test_a_value_of_several_children_is_seen(rows: list[tuple[int, int]]) -> None:
    owners = {value: {child for mine, child in rows if mine == value} for value, _ in rows}
    found = of_several(ints([value for value, _ in rows]), ints([child for _, child in rows]))
    assert found.tolist() == [len(owners[value]) > 1 for value, _ in rows]


@given(numbers, st.sets(st.integers(0, 8)))
def test_among(values: list[int], wanted: set[int]) -> None:
    assert among(ints(values), ints(sorted(wanted))).tolist() == [value in wanted for value in values]


def test_a_value_is_found_in_the_register_only_under_its_own_kind() -> None:
    found = pd.DataFrame({"position": [0, 1, 1], "kind": ["id_no", "record", "id_no"], "value": ["1", "1", "2"]})
    known = pd.DataFrame(
        {"child_id": ["A", "A", "B"], "kind": ["record", "student_no", "id_no"], "value": ["1", "1", "3"]}
    )
    shared = SharedIdentifiers.of(found, known)
    assert shared.known.tolist() == [shared.delivered[1], -1, -1]
    assert len(set(shared.delivered.tolist())) == 3
    assert shared.of_kind(shared.delivered, ("id_no",)).tolist() == [True, False, True]


def test_merged_children_keep_each_identifier_once() -> None:
    rows = [("A", "id_no", "1"), ("B", "id_no", "1"), ("B", "name_birth", "x"), ("C", "id_no", "9")]
    before = pd.DataFrame(rows, columns=["child_id", "kind", "value"], dtype=object)
    after = under_one_number(before, {"B": "A"})
    assert [tuple(row) for row in after.to_numpy()] == [rows[0], ("A", "name_birth", "x"), rows[3]]
