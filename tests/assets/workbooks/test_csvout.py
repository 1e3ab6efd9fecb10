"""CSV files: no cell becomes a formula, contract columns stay as they are, same input same bytes."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.workbooks.csvout import EXACT, RISKY, csv_text, guard, unguard, write_csv


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@SUM(A1)", "\tx", "\rx", "＝1", " =1", "　@x"])
def test_risky_beginnings_are_guarded(text: str) -> None:
    assert guard(text) == "'" + text


@given(st.text(max_size=30))
def test_no_guarded_text_begins_like_a_formula(text: str) -> None:
    assert not guard(text).startswith(RISKY)
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["'=1", "''+1", "' @x", "'张三", "'", "''"])
def test_a_guard_can_be_told_from_an_apostrophe_that_was_there(text: str) -> None:
    assert unguard(guard(text)) == text


def test_our_own_codes_are_untouched_and_peoples_words_are_guarded(tmp_path: Path) -> None:
    frame = pd.DataFrame({"file": ["=a.xlsx"], "sheet": ["+1"], "row": [3], "child_id": ["-C1"], "reason": ["=cmd"]})
    path = write_csv(frame, tmp_path / "deep" / "findings.csv", exact=EXACT)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert rows == [
        ["file", "sheet", "row", "child_id", "reason"],
        ["'=a.xlsx", "'+1", "3", "-C1", "'=cmd"],
    ]
    assert [item.name for item in path.parent.iterdir()] == ["findings.csv"]


def test_the_same_frame_gives_the_same_bytes() -> None:
    frame = pd.DataFrame({"a": ["x\ny", "，", '"'], "b": [1, 2, 3]})
    assert csv_text(frame) == csv_text(frame.copy())
    assert csv_text(frame).count("\r\n") == 4
