"""Columns as codes: the same codes whatever holds the texts, texts with any character kept apart, missing values as `""`."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from matching.columns import TextColumns, coded
from matching.encoding.encode import encode
from matching.linking import link_records
from matching.model import default_model

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = ["王芳", "", "王芳\0", "李雷", None, "王芳", "\U0001f600", "李雷"]


def arrow(values: pd.Series) -> pd.Series:
    return values.astype(pd.ArrowDtype(pa.string()))


def chunks(values: pd.Series) -> pd.Series:
    """Several pieces with dictionaries of their own, as a file's row groups have."""
    texts = pa.array(values, type=pa.string(), from_pandas=True)
    cut = len(texts) // 2
    pieces = [texts[cut:][::-1].dictionary_encode(), texts[:cut].dictionary_encode(), texts[cut:].dictionary_encode()]
    whole = pa.chunked_array(pieces)[len(texts) - cut :]
    return pd.Series(pd.arrays.ArrowExtensionArray(whole), index=values.index)


def category(values: pd.Series) -> pd.Series:
    return values.astype("category")


@pytest.mark.parametrize("held", [arrow, chunks, category, lambda values: values.astype("string")])
def test_a_column_has_the_same_codes_whatever_holds_it(held: Callable[[pd.Series], pd.Series]) -> None:
    plain = pd.Series(TEXTS, dtype=object)
    expected, found = coded(plain), coded(held(plain))
    assert expected.distinct == found.distinct == ["王芳", "", "王芳\0", "李雷", "\U0001f600"]
    assert expected.code.tolist() == found.code.tolist() == [0, 1, 2, 3, 1, 0, 4, 3]
    assert found.lengths().tolist() == [2, 0, 3, 2, 1]
    assert found.where("李雷").tolist() == [False] * 3 + [True] + [False] * 3 + [True]
    assert found.take(np.array([3, 0])) == ["李雷", "王芳"]


def test_texts_that_no_encoding_has_are_coded_too() -> None:
    broken = pd.DataFrame({"a": ["张\ud800", "王芳", "", None], "b": ["王芳", "张\ud800", "张\ud801", ""]})
    assert coded(broken["a"]).distinct == ["张\ud800", "王芳", ""]
    codes, texts = TextColumns(broken).together(("a", "b"), ("",))
    assert texts == ["", "张\ud800", "王芳", "张\ud801"]
    assert codes.tolist() == [[1, 2], [2, 1], [0, 3], [0, 0]]


def test_columns_share_their_codes_and_an_absent_one_is_missing() -> None:
    frame = pd.DataFrame({"a": ["x", "", "y"], "b": pd.array(["y", "z", "x"], dtype=pd.ArrowDtype(pa.string()))})
    assert TextColumns(frame).codes(("a", "b", "c")).tolist() == [[1, 2, 0], [0, 3, 0], [2, 1, 0]]


def test_numbers_among_the_texts_are_read_as_texts() -> None:
    assert coded(pd.Series([12, "12", 3.5, None], dtype=object)).distinct == ["12", "3.5", ""]
    assert coded(pd.Series([7, 8])).distinct == ["7", "8"]


@pytest.mark.parametrize("held", [arrow, chunks])
def test_records_held_by_arrow_are_coded_alike(county: pd.DataFrame, held: Callable[[pd.Series], pd.Series]) -> None:
    plain = county.head(400).sort_values("record_id", ignore_index=True)
    texts = plain.select_dtypes(object).columns
    other = plain.assign(**{name: held(plain[name]) for name in texts})
    one, two = (encode(records, default_model()) for records in (plain, other))
    for each in fields(one):
        if each.name not in ("names", "notes", "departments", "carried"):
            assert np.asarray(getattr(one, each.name)).tolist() == np.asarray(getattr(two, each.name)).tolist(), (
                each.name
            )
    assert one.names.names.texts == two.names.names.texts


def test_records_held_by_arrow_are_linked_alike(county: pd.DataFrame) -> None:
    plain = county.head(600)
    other = plain.assign(**{name: arrow(plain[name]) for name in plain.select_dtypes(object).columns})
    one, two = link_records(plain), link_records(other)
    pd.testing.assert_frame_equal(one.pairs, two.pairs)
    assert one.clusters["child_id"].tolist() == two.clusters["child_id"].tolist()
