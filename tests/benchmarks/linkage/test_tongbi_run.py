"""The benchmark hands the engine the same records whichever way it reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.linkage.counties import county_file
from benchmarks.linkage.habits import kinds
from benchmarks.linkage.tongbi_run import records_of, resident, sorted_records

if TYPE_CHECKING:
    from pathlib import Path


def test_sorted_records_are_the_files_without_truth(tmp_path: Path) -> None:
    path = str(county_file(replace(kinds()["five"], children=300), 3, tmp_path))
    plain, (found, order) = records_of(path), sorted_records(path)
    assert found["record_id"].is_monotonic_increasing
    assert "truth" not in found.columns
    expected = plain.take(order).reset_index(drop=True)
    pd.testing.assert_frame_equal(found.astype(expected.dtypes.to_dict()), expected)
    assert np.array_equal(np.sort(order), np.arange(len(plain)))


def test_memory_is_read_from_the_system() -> None:
    assert 0.01 < resident() < 1000
