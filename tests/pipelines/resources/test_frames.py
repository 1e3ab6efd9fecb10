"""Frames: whole, atomic, and only the columns that are asked for."""

import pandas as pd
import pytest

from pipelines.resources.frames import FrameError, FrameStore

FRAME = pd.DataFrame({"name": ["甲", "乙", ""], "row": pd.array([1, 2, 3], dtype="int32").astype("int32")})


@pytest.fixture
def store(tmp_path):
    return FrameStore(tmp_path)


def test_what_is_written_is_read(store):
    store.write("std_education", "2026Q3", FRAME)
    pd.testing.assert_frame_equal(store.read("std_education", "2026Q3"), FRAME)
    assert store.periods("std_education") == ["2026Q3"]


def test_columns_of_one_value_of_no_value_and_of_numbers_come_back_as_they_were(store):
    frame = pd.DataFrame(
        {
            "blank": pd.Series(["", "", ""], dtype=object),
            "same": ["甲", "甲", "甲"],
            "ends alike": ["甲", "乙", "甲"],
            "missing inside": ["甲", None, "甲"],
            "nothing": pd.Series([None, None, None], dtype=object),
            "flag": [True, False, True],
            "share": [0.5, 0.5, 0.5],
        }
    )
    for name, one in (("all", frame), ("none", frame.iloc[:0]), ("one", frame.iloc[:1])):
        store.write(name, "2026Q3", one)
        found = store.read(name, "2026Q3")
        pd.testing.assert_frame_equal(found, one, check_dtype=len(one) > 0)
    assert store.read("all", "2026Q3")["missing inside"].tolist() == ["甲", None, "甲"]


def test_only_the_asked_columns_are_read(store):
    store.write("a", "2026Q3", FRAME)
    assert list(store.read("a", "2026Q3", ["row", "not there"]).columns) == ["row"]


def test_a_failed_write_keeps_the_old_frame_and_leaves_nothing_aside(store, tmp_path):
    store.write("a", "2026Q3", FRAME)
    bad = pd.DataFrame({"x": ["620722201503101234", 5, object()]})
    with pytest.raises(FrameError) as caught:
        store.write("a", "2026Q3", bad)
    assert "620722" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    pd.testing.assert_frame_equal(store.read("a", "2026Q3"), FRAME)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["2026Q3.parquet"]


def test_a_missing_or_damaged_frame_is_a_sentence_with_what_to_do(store):
    with pytest.raises(FrameError, match="tongbi run --period 2026Q3"):
        store.read("a", "2026Q3")
    store.write("a", "2026Q3", FRAME)
    store.path("a", "2026Q3").write_bytes(b"PAR1 half a file")
    with pytest.raises(FrameError, match="读不出来"):
        store.read("a", "2026Q3")


def test_the_same_frame_gives_the_same_bytes(store):
    for name in ("a", "b"):
        store.write(name, "2026Q3", FRAME)
    assert store.path("a", "2026Q3").read_bytes() == store.path("b", "2026Q3").read_bytes()
