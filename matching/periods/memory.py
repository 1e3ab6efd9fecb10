"""What one period leaves for the next, so that only what changed must be compared (rules/linkage.md#idea-10).

Belongs here: the shape of the memory, making it, the weights in it, following unchanged rows from one delivery to the next. Does not
belong here: which rows a change concerns (`meeting`), linking (`changes`), or where the memory is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.columns import TextColumns
from matching.decisions.judged import KIND
from matching.encoding.encode import checked
from matching.linked import Memory
from matching.periods.meeting import MEETINGS, marks, tokens
from matching.scoring.design import make_design
from matching.scoring.weigh import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.linked import Linkage
    from matching.model import Model
    from matching.periods.meeting import Digests, Tokens

    Ints = NDArray[np.int64]

_ODD = np.uint64(0x9E3779B97F4A7C15)
KEPT = ("record_id", "child_id", "method", "probability", "content", "mark")
"""Columns of `Memory.rows` before the tokens."""


def tokens_of(memory: Memory) -> dict[str, Tokens]:
    """The tokens of the rows per meeting."""
    columns = {name: [column for column in memory.rows.columns if column.startswith(f"{name}.")] for name in MEETINGS}
    return {name: memory.rows[mine].to_numpy(dtype=np.uint32) for name, mine in columns.items()}


def weights_of(memory: Memory, model: Model) -> Weights:
    """The weights that the period was linked by."""
    kept = memory.facts["weights"]
    numbers = {name: np.array(kept[name], dtype=np.float64) for name in ("bits", "number")}
    priors = (float(kept["prior"]), float(kept["prior_labelled"]))
    return Weights(
        kept["mode"], kept["why"], make_design(model), numbers["bits"], *priors, numbers["number"], kept["figures"]
    )


def remembered(linkage: Linkage, records: pd.DataFrame) -> Memory:
    """The memory of a linkage of all records.

    Args:
        linkage: what `link_records` found.
        records: what it was given.
    """
    records = checked(records)
    columns = TextColumns(records)
    frame = linkage.clusters[["record_id", "child_id", "method", "probability"]].copy()
    frame["content"] = _contents(linkage.known.identifiers, frame["record_id"])
    return Memory(with_digests(frame, marks(columns), tokens(columns)), linkage.pairs, facts_of(linkage, 0))


def _contents(identifiers: pd.DataFrame, record_id: pd.Series) -> NDArray[np.object_]:
    """Content keys of each record, from the register."""
    values = identifiers.loc[identifiers["kind"] == KIND, "value"].tolist()
    kept = dict(value.split(" ", 1) for value in values)
    return np.array([kept[record] for record in record_id.tolist()], dtype=object)


def with_digests(frame: pd.DataFrame, mark: Digests, token: dict[str, Tokens]) -> pd.DataFrame:
    """Rows with their marks and tokens."""
    columns = {f"{name}.{place}": found[:, place] for name, found in token.items() for place in range(found.shape[1])}
    return pd.concat([frame, pd.DataFrame({"mark": mark, **columns}, index=frame.index)], axis=1)


def facts_of(linkage: Linkage, since: int) -> dict[str, Any]:
    """What must be known of the whole linkage; see `Memory`."""
    weights, report = linkage.weights, linkage.report
    kept = {
        "mode": weights.mode,
        "why": weights.why,
        "figures": weights.figures,
        "bits": weights.bits.tolist(),
        "number": weights.number.tolist(),
        "prior": weights.prior,
        "prior_labelled": weights.prior_labelled,
    }
    return {"model": report["model"], "weights": kept, "estimates": report["estimates"], "since": since}


def followed(before: Digests, now: Digests) -> Ints:
    """For each row of now the row of before with the same mark, -1 for none; equal rows are matched one to one, in their order."""
    out = np.full(len(now), -1, dtype=np.int64)
    _, there, here = np.intersect1d(_each_once(before), _each_once(now), return_indices=True)
    out[here] = there
    return out


def _each_once(values: Digests) -> Digests:
    """Marks with their rank among equal ones mixed in."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    new = np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.zeros(0, dtype=bool)
    start = np.flatnonzero(new)
    rank = np.arange(len(ordered)) - np.repeat(start, np.diff(np.r_[start, len(ordered)]))
    out = np.empty_like(values)
    with np.errstate(over="ignore"):
        out[order] = ordered + rank.astype(np.uint64) * _ODD
    return out
