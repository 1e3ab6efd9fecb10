"""What SQL engines hand over, without an engine: sorted pairs, figures of keys; and the few forms of statements, asked of DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.comparing.sql.candidates import BlockFigures, block_figures, key_yields, sorted_pairs
from matching.comparing.sql.dialect import DUCKDB, SPARK, case, count, either, every
from matching.model import default_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL = default_model()


def table(**columns: list[int]) -> dict[str, Any]:
    return {name: np.array(values, dtype=np.int64) for name, values in columns.items()}


def test_pairs_come_sorted_whatever_order_they_were_answered_in() -> None:
    rows = table(left_rid=[2, 0, 0], right_rid=[3, 5, 1], key_bits=[4, 2, 1], pattern=[70, 50, 70])
    answer = sorted_pairs(rows, np.array([50, 60, 70]), 6)
    assert answer.pairs.left.tolist() == [0, 0, 2]
    assert answer.pairs.right.tolist() == [1, 5, 3]
    assert answer.pairs.keys.tolist() == [1, 2, 4]
    assert answer.pattern.tolist() == [2, 0, 2], "the place of each pattern among the engine's"


def test_no_rows_are_no_pairs() -> None:
    answer = sorted_pairs(table(left_rid=[], right_rid=[], key_bits=[], pattern=[]), np.array([50]), 6)
    assert len(answer.pairs) == len(answer.pattern) == 0


@pytest.mark.parametrize(
    ("figures", "windowed", "expected", "why"),
    [
        (
            table(key_no=[], split=[], largest=[]),
            table(key_no=[], windowed=[]),
            {0: (0, 0, 1), 2: (0, 0, 1)},
            "no block of two",
        ),
        (
            table(key_no=[2], split=[3], largest=[90]),
            table(key_no=[2], windowed=[1]),
            {0: (0, 0, 1), 2: (3, 1, 90)},
            "split, and a part windowed",
        ),
        (
            table(key_no=[0], split=[0], largest=[7]),
            table(key_no=[], windowed=[]),
            {0: (0, 0, 7), 2: (0, 0, 1)},
            "nothing split",
        ),
    ],
)
def test_figures_of_blocks(figures: Any, windowed: Any, expected: dict[int, tuple[int, int, int]], why: str) -> None:
    assert block_figures(table(key_no=[0, 2, 0]), figures, windowed) == expected, why


def test_a_pair_counts_for_every_key_of_its_set_and_first_for_the_first() -> None:
    lines = key_yields(np.array([0b001, 0b110, 0b100]), np.array([10, 5, 2]), {1: BlockFigures(4, 3, 99)}, MODEL)
    assert [(line.pairs, line.first) for line in lines[:4]] == [(10, 10), (5, 5), (7, 2), (0, 0)]
    assert (lines[1].split_blocks, lines[1].windowed_blocks, lines[1].largest_block) == (4, 3, 99)
    assert (lines[0].split_blocks, lines[0].windowed_blocks, lines[0].largest_block) == (0, 0, 0)
    assert [line.key for line in lines] == list(MODEL.keys)


@given(st.dictionaries(st.integers(1, 2 ** len(MODEL.keys) - 1), st.integers(1, 9), max_size=6))
def test_every_pair_is_first_found_by_one_key(sets: dict[int, int]) -> None:
    lines = key_yields(np.array(list(sets), dtype=np.int64), np.array(list(sets.values()), dtype=np.int64), {}, MODEL)
    assert sum(line.first for line in lines) == sum(sets.values())
    assert sum(line.pairs for line in lines) == sum(bits.bit_count() * pairs for bits, pairs in sets.items())


@pytest.fixture(scope="module")
def asked() -> Iterator[Callable[[str], Any]]:
    """What DuckDB answers to an expression."""
    with duckdb.connect(":memory:") as connection:
        yield lambda expression: connection.execute(f"SELECT {expression}").fetchall()[0][0]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=5))
def test_the_forms_of_statements_mean_what_their_names_say(asked: Any, holds: list[bool]) -> None:
    tests = [f"{int(value)} = 1" for value in holds]
    assert asked(every(tests)) == all(holds)
    assert asked(either(tests)) == any(holds)
    assert asked(count(tests)) == sum(holds)
    coded = [(test, place + 10) for place, test in enumerate(tests)]
    assert asked(case(coded, 99)) == next((place + 10 for place, value in enumerate(holds) if value), 99)


@pytest.mark.parametrize(("one", "other", "expected"), [(20140315, 10000, 2014), (20149999, 10000, 2014), (7, 8, 0)])
def test_division_leaves_whole_numbers(asked: Any, one: int, other: int, expected: int) -> None:
    assert asked(DUCKDB.div(str(one), other)) == expected
    assert SPARK.div("a.birth", 100) == "(a.birth div 100)"


@pytest.mark.parametrize("place", [0, 1, 16, 30])
def test_a_flag_is_one_bit(asked: Any, place: int) -> None:
    assert asked(DUCKDB.flag.format(place)) == 1 << place


def test_steps_begin_at_one(asked: Any) -> None:
    assert asked(f"list(step ORDER BY step) FROM ({DUCKDB.steps.format(3)})") == [1, 2, 3]


def test_values_of_a_record_come_once_and_known() -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            "CREATE TABLE keys AS SELECT * FROM (VALUES (1, 0, 5, 5, NULL), (2, 1, 6, NULL, 7)) t(rid, broken, a, b, c)"
        )
        answer = connection.execute(DUCKDB.exploded.format(values="a, b, c")).fetchall()
    assert sorted(row for row in answer if row[0] is not None) == [(5, 1, 0), (6, 2, 1), (7, 2, 1)]
