"""The residual: pairs that the levels leave undecided, looked at once more by their long texts (addresses, schools).

Belongs here: which pairs are undecided and what a likeness adds. The comparison itself is recordlinkage's, with the
rapidfuzz features of `reference`. Does not belong here: short Chinese names, which string distances cannot compare
(rules/linkage.md#short-names).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.distinct import as_text
from matching.scoring.estimate import logit_bits
from matching.shapes import Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.model import Model

    Floats = NDArray[np.float64]


def residual_bits(records: pd.DataFrame, pairs: Pairs, weight: Floats, model: Model) -> Floats:
    """Bits to add to each pair; zero for decided pairs and where a text is missing or unlike (unlike says nothing:
    rules/places-and-people.md#addresses).

    Args:
        records: sorted by `record_id`, as the pairs count them.
        pairs: the candidate pairs.
        weight: their weights so far.
        model: the band of undecided weights and the likeness that counts.
    """
    spec = model.residual
    low, high = logit_bits(spec.low), logit_bits(spec.high)
    rows = np.flatnonzero((weight > low) & (weight < high))
    out = np.zeros(len(weight))
    if len(rows) > spec.limit:  # the most undecided first: those nearest to even odds
        rows = np.sort(rows[np.argsort(np.abs(weight[rows]), kind="stable")[: spec.limit]])
    if len(rows):
        some = pairs.take(rows)
        touched = np.unique(np.concatenate([some.left, some.right]))
        texts = _texts(records, touched)
        if not texts.empty:
            left, right = (np.searchsorted(touched, side).astype(np.int32) for side in (some.left, some.right))
            out[rows] = _added(texts, Pairs(left, right, some.keys), model)
    return out


def _texts(records: pd.DataFrame, rows: NDArray[np.integer]) -> pd.DataFrame:
    """The long texts of some records, numbered from 0."""
    frame = pd.DataFrame(index=range(len(rows)))
    for column in ("live_addr", "hukou_addr", "school"):
        if column in records:
            frame[column] = as_text(records[column].iloc[rows]).to_numpy()
    return frame if len(frame.columns) else pd.DataFrame()


def _added(texts: pd.DataFrame, pairs: Pairs, model: Model) -> Floats:
    from matching.comparing.reference import likeness

    spec = model.residual
    bits = np.zeros(len(pairs))
    index = pd.MultiIndex.from_arrays([pairs.left, pairs.right])
    found = likeness(texts, index)
    address = found[[name for name in found if name != "school"]].max(axis=1).to_numpy() if len(found.columns) else bits
    bits += np.where(
        (address >= spec.address.alike) & (address < 1.0), spec.address.bits, 0.0
    )  # equal texts are a level already
    if "school" in found:
        school = found["school"].to_numpy()
        bits += np.where((school >= spec.school.alike) & (school < 1.0), spec.school.bits, 0.0)
    return bits
