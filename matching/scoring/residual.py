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

if TYPE_CHECKING:
    from matching.arrays import Floats, Rows
    from matching.model import Model
    from matching.shapes import Pairs


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
    undecided = np.flatnonzero((weight > low) & (weight < high))
    if len(undecided) > spec.limit:  # the most undecided first: those nearest to even odds
        undecided = np.sort(undecided[np.argsort(np.abs(weight[undecided]), kind="stable")[: spec.limit]])
    columns = [column for column in ("live_addr", "hukou_addr", "school") if column in records]
    out = np.zeros(len(weight))
    if not len(undecided) or not columns:
        return out
    close = pairs.take(undecided)
    # Only the records touched, numbered anew: most pairs are decided, and the texts of their records need not be read.
    touched = np.unique(np.concatenate([close.left, close.right]))
    texts = pd.DataFrame({column: as_text(records[column].iloc[touched]).to_numpy() for column in columns})
    left, right = (np.searchsorted(touched, side).astype(np.int32) for side in (close.left, close.right))
    out[undecided] = _likeness_bits(texts, left, right, model)
    return out


def _likeness_bits(texts: pd.DataFrame, left: Rows, right: Rows, model: Model) -> Floats:
    """Bits of like addresses and of like schools."""
    from matching.comparing.reference import (
        likeness,
    )  # late: who has nothing undecided needs no recordlinkage

    spec = model.residual
    alike = likeness(texts, pd.MultiIndex.from_arrays([left, right]))
    bits = np.zeros(len(left))
    addresses = [name for name in alike if name != "school"]
    address = alike[addresses].max(axis=1).to_numpy() if len(alike.columns) else bits
    # Equal texts are a level already: counted here too, one fact would weigh twice.
    bits += np.where((address >= spec.address.alike) & (address < 1.0), spec.address.bits, 0.0)
    if "school" in alike:
        school = alike["school"].to_numpy()
        bits += np.where((school >= spec.school.alike) & (school < 1.0), spec.school.bits, 0.0)
    return bits
