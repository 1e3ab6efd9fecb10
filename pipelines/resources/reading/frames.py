"""Columns of text to frames of text, in the parent process. Equal texts become one object: registers repeat
themselves.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa


def frame_of_packed(columns: list[bytes]) -> pd.DataFrame:
    """A frame from equally long columns as `wire.pack_column` made them; index = row number from 1 (`int32`), columns `0..n-1`."""
    return _frame([_series(_unpack(column)) for column in columns])


def _unpack(column: bytes) -> pa.Array:
    """NUL-joined texts as an Arrow array, without a Python object for each: the NULs tell the offsets, then they go."""
    data = np.frombuffer(column, np.uint8)
    ends = np.flatnonzero(data == 0)
    ends -= np.arange(len(ends))
    offsets = np.concatenate(([0], ends, [len(data) - len(ends)])).astype(np.int64)
    texts = data[data != 0].tobytes()
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(texts))


def _series(array: pa.Array) -> pd.Series[str]:
    series: pd.Series[str] = array.to_pandas(deduplicate_objects=True)
    return series


def _frame(columns: list[pd.Series[str]]) -> pd.DataFrame:
    frame = pd.DataFrame(dict(enumerate(columns)), dtype=object, copy=False)
    frame.index = pd.Index(np.arange(1, len(frame) + 1, dtype=np.int32))
    frame.columns = pd.RangeIndex(len(columns))
    return frame
