"""recordlinkage's interfaces over our comparison: an index of our keys, features of our levels, rapidfuzz features
for long texts.

For the residual pairs of a run, for samples and notebooks, for other people's pipelines, and as the oracle in
tests. Never on the main path: a pandas MultiIndex of all pairs of a large county takes gigabytes
(rules/linkage.md#floor).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from recordlinkage import Compare
from recordlinkage.base import BaseCompareFeature, BaseIndexAlgorithm

from matching.blocking.block import block
from matching.comparing.compare import add_context, compare
from matching.encoding.encode import encode
from matching.model import Model, default_model
from matching.shapes import Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray


class KeyIndex(BaseIndexAlgorithm):  # type: ignore[misc]
    """recordlinkage index of the model's blocking keys, for de-duplicating one frame of standard records."""

    def __init__(self, model: Model | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model = model or default_model()

    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        pairs, _ = block(encode(df_a, self.model), self.model)
        # Coding sorts records by their id; recordlinkage wants its pairs by the frame's own index.
        order = df_a.index.to_numpy()[np.argsort(df_a["record_id"].to_numpy(dtype=object), kind="stable")]
        return pd.MultiIndex.from_arrays([order[pairs.left], order[pairs.right]])


class TextAlike(BaseCompareFeature):  # type: ignore[misc]
    """Likeness 0 to 1 of two long texts by rapidfuzz, over distinct pairs; missing is NaN, not 0 (rules/packages.md#p7)."""

    def __init__(self, left_on: str, right_on: str, label: str | None = None) -> None:
        super().__init__(left_on, right_on, label=label)

    def _compute_vectorized(self, left: pd.Series, right: pd.Series) -> pd.Series:
        a, b = left.to_numpy(dtype=object), right.to_numpy(dtype=object)
        return pd.Series(text_likeness(a, b), index=left.index)


class LevelFeature(BaseCompareFeature):  # type: ignore[misc]
    """One field's level codes as a recordlinkage feature; needs the whole frame, so it is given at construction."""

    def __init__(self, records: pd.DataFrame, field: str, model: Model | None = None) -> None:
        super().__init__("record_id", "record_id", label=field)
        self.field = field
        self._records = records
        self._model = model or default_model()

    def _compute_vectorized(self, left: pd.Series, right: pd.Series) -> pd.Series:
        e = encode(self._records, self._model)
        position = pd.Series(np.arange(len(e), dtype=np.int32), index=pd.Index(e.record_id))
        a, b = position.loc[left].to_numpy(), position.loc[right].to_numpy()
        pairs = Pairs(np.minimum(a, b), np.maximum(a, b), np.zeros(len(a), dtype=np.uint32))
        levels = compare(e, pairs, self._model)
        # The family depends on the other pairs: what this feature says of it holds for the pairs given, not for the delivery.
        if self.field in ("namesakes", "family"):
            add_context(e, pairs, levels, self._model)
        return pd.Series(levels[self.field].astype(np.int64), index=left.index)


def text_likeness(a: NDArray[np.object_], b: NDArray[np.object_]) -> NDArray[np.float64]:
    """rapidfuzz token-free likeness of texts side by side: the better of ratio and partial ratio at 0.95."""
    from rapidfuzz import fuzz, process

    if not len(a):
        return np.zeros(0)
    left, right = pd.factorize(a), pd.factorize(b)
    pairs, codes = np.unique(left[0] * len(right[1]) + right[0], return_inverse=True)
    x, y = left[1][pairs // len(right[1])], right[1][pairs % len(right[1])]
    whole = process.cpdist(x, y, scorer=fuzz.ratio, dtype=np.float64)
    # A text inside the other (an address without its county) is nearly equal, and stays below one that is equal.
    part = process.cpdist(x, y, scorer=fuzz.partial_ratio, dtype=np.float64) * 0.95
    alike = np.maximum(whole, part) / 100.0
    alike[(x == "") | (y == "")] = np.nan
    return np.asarray(alike[codes], dtype=np.float64)


def likeness(texts: pd.DataFrame, index: pd.MultiIndex) -> pd.DataFrame:
    """Likeness of every text column, and of the two addresses crosswise, for the pairs of a residual index
    (recordlinkage `Compare`).
    """
    features: list[Any] = [TextAlike(str(column), str(column), label=str(column)) for column in texts]
    # Schools often copy one text into all their address columns: a home may stand under the register's heading
    # (rules/places-and-people.md#addresses).
    if {"live_addr", "hukou_addr"} <= set(texts):
        features += [
            TextAlike("live_addr", "hukou_addr", label="crosswise"),
            TextAlike("hukou_addr", "live_addr", label="crosswise_2"),
        ]
    # Two jobs are slower than one (rules/packages.md#p7).
    alike: pd.DataFrame = Compare(features, n_jobs=1).compute(index, texts)
    return alike
