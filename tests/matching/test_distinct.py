"""Reading a column once per distinct value: what is one text, what is missing, where each answer lies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matching.distinct import as_text, by_distinct, distinct_numbers, distinct_texts


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(["a", None, np.nan, ""], dtype=object),
        pd.Series(["a", None, None, ""], dtype="string"),
        pd.Series(["a", None, None, ""], dtype="category"),
    ],
)
def test_what_is_missing_is_an_empty_text_whatever_holds_it(values: pd.Series) -> None:
    assert as_text(values).tolist() == ["a", "", "", ""]


def test_numbers_among_the_texts_become_texts() -> None:
    assert as_text(pd.Series(["a", 3, 2.5], dtype=object)).tolist() == ["a", "3", "2.5"]


def test_a_text_does_not_end_at_its_first_nul() -> None:
    assert distinct_texts(["王", "王\0芳", "王"]) == ([0, 1, 0], ["王", "王\0芳"])


def test_each_distinct_text_is_read_once_and_answers_stand_on_the_rows() -> None:
    read: list[str] = []

    def reader(text: str) -> tuple[str, str]:
        read.append(text)
        return text.upper(), str(len(text))

    answers = by_distinct(pd.Series(["ab", "c", "ab"], index=[5, 3, 9]), reader, ("upper", "length"))
    assert read == ["ab", "c"]
    assert answers.to_dict("list") == {"upper": ["AB", "C", "AB"], "length": ["2", "1", "2"]}
    assert answers.index.tolist() == [5, 3, 9]


def test_of_no_rows_the_columns_stand() -> None:
    answers = by_distinct(pd.Series([], dtype=object), lambda text: (text, text), ("a", "b"))
    assert list(answers.columns) == ["a", "b"]
    assert len(answers) == 0


@pytest.mark.parametrize(("values", "expected"), [([], []), ([3, 1, 3, -2, 1], [-2, 1, 3]), ([[2, 1], [1, 2]], [1, 2])])
def test_distinct_numbers_rise(values: list[int], expected: list[int]) -> None:
    assert distinct_numbers(np.array(values, dtype=np.int64)).tolist() == expected
