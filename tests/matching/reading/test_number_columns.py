"""Numbers of a column: read row by row as by distinct text, and damaged ones judged many at a time as one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from matching.columns import TextColumns
from matching.comparing.levels.number import RANKS, check_characters, damaged_ranks
from matching.encoding.numbers import number_column, read_numbers
from matching.reading.citizen import check_character

GOOD = "341221201503100218"
TEXTS = [
    GOOD,
    "",
    None,
    "34122120150310021X",
    "34122120150310021",
    "341221201503100218 ",
    "abcdefghijklmnopqr",
    "3412212015031002１0",
]
CODES = [34122120150310021, 0, 0, 34122120150310021, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "odd", [[], ["34122120150310021Ｘ"], ["34122120150310021\ud800"]], ids=["plain", "wide", "half"]
)
@pytest.mark.parametrize("kind", ["object", "arrow", "category"])
def test_numbers_are_the_first_17_digits_of_18_characters(kind: str, odd: list[str]) -> None:
    texts = pd.Series(TEXTS + odd, dtype=object)
    if kind == "arrow" and odd != ["34122120150310021\ud800"]:  # Arrow holds no halves of characters
        texts = texts.astype(pd.ArrowDtype(pa.string()))
    columns = TextColumns(pd.DataFrame({"id_no": texts.astype("category") if kind == "category" else texts}))
    expected = CODES + [34122120150310021] * len(odd)
    assert read_numbers(columns, "id_no").tolist() == expected
    assert number_column(columns.of("id_no")).tolist() == expected
    assert read_numbers(columns, "absent").tolist() == [0] * len(expected)


def test_a_piece_of_a_column_is_read_from_its_own_beginning() -> None:
    whole = pd.Series(["", GOOD, "110101201001011231", GOOD], dtype=pd.ArrowDtype(pa.string()))
    assert read_numbers(TextColumns(pd.DataFrame({"a": whole.iloc[2:]})), "a").tolist() == [11010120100101123, CODES[0]]


def test_check_characters_of_many_numbers() -> None:
    numbers = np.random.default_rng(1).integers(10**16, 10**17, 200)
    assert check_characters(numbers) == [check_character(str(number)) for number in numbers.tolist()]


@pytest.mark.parametrize(
    ("damaged", "rank"),
    [
        ("34122120150", "missing"),  # too little is left
        ("341221201503100218", "slip"),  # no slip at all
        ("341221201503190218", "slip"),
        ("341221201530100218", "slip"),  # two digits swapped
        ("3412212015031002218", "slip"),  # one doubled
        ("341221201503100000", "partial"),  # the end zeroed by a spreadsheet
        ("341221********0218", "partial"),
        ("341221********0299", "raw_differ"),
        ("341221****0218", "partial"),  # fewer masks than characters: beginning and end
        ("110101201001011231", "raw_differ"),
    ],
)
def test_what_a_damaged_number_says_of_a_good_one(damaged: str, rank: str) -> None:
    number = np.array([34122120150310021, 34122120150310021])
    assert damaged_ranks([damaged, damaged], number).tolist() == [RANKS.index(rank)] * 2


def test_a_number_cut_by_the_spreadsheet_keeps_fifteen_digits_and_no_more() -> None:
    """The zeros at its end are no digits, so that another number of the same day is not nearer for having one there (rules/identifiers.md#c05)."""
    numbers = np.arange(34122120150310000, 34122120150310100, dtype=np.int64)
    numbers = numbers[numbers // 100 == 341221201503100]
    ranks = damaged_ranks(["341221201503100000"] * len(numbers), numbers)
    assert set(ranks.tolist()) == {RANKS.index("partial")}
