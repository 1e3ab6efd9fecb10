"""What one period leaves for the next, so that only what changed must be compared (rules/linkage.md#idea-10).

Belongs here: the shape of the memory, making it, the weights in it, following unchanged rows from one delivery to the next. Does not
belong here: which rows a change concerns (`change_keys`), linking (`changes`), or where the memory is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.columns import TextColumns
from matching.decisions.clerical import CONTENT_KIND
from matching.encoding.encode import checked
from matching.linked import Memory
from matching.periods.change_keys import CHANGE_KEYS, change_keys, row_fingerprints
from matching.scoring.design import make_design
from matching.scoring.weigh import Weights

if TYPE_CHECKING:
    from matching.arrays import Ints
    from matching.linked import Linkage
    from matching.model import Model
    from matching.periods.change_keys import Digests, Keys


_ODD = np.uint64(0x9E3779B97F4A7C15)
KEPT = ("record_id", "child_id", "method", "probability", "content", "mark")
"""Columns of `Memory.rows` before the change keys; `mark` is the row's fingerprint."""


def change_keys_of(memory: Memory) -> dict[str, Keys]:
    """The change keys of the rows per kind."""
    # By the dot, not by the beginning alone: `number.0` and `number_part.0` are columns of two kinds.
    columns = {
        name: [column for column in memory.rows.columns if column.startswith(f"{name}.")] for name in CHANGE_KEYS
    }
    return {name: memory.rows[own].to_numpy(dtype=np.uint32) for name, own in columns.items()}


def weights_of(memory: Memory, model: Model) -> Weights:
    """The weights that the period was linked by."""
    kept = memory.facts["weights"]
    bits, number = (np.array(kept[name], dtype=np.float64) for name in ("bits", "number"))
    priors = (float(kept["prior"]), float(kept["prior_labelled"]))
    return Weights(kept["mode"], kept["why"], make_design(model), bits, *priors, number, kept["figures"])


def remembered(linkage: Linkage, records: pd.DataFrame) -> Memory:
    """The memory of a linkage of all records.

    Args:
        linkage: what `link_records` found.
        records: what it was given.
    """
    records = checked(records)
    columns = TextColumns(records)
    rows = linkage.clusters[["record_id", "child_id", "method", "probability"]].copy()
    # The child register has just worked out every record's content keys; making them again would read all texts once more.
    known = linkage.known.identifiers
    contents = dict(value.split(" ", 1) for value in known.loc[known["kind"] == CONTENT_KIND, "value"].tolist())
    rows["content"] = np.array([contents[record] for record in rows["record_id"].tolist()], dtype=object)
    rows = with_digests(rows, row_fingerprints(columns), change_keys(columns))
    return Memory(rows, linkage.pairs, facts_of(linkage, 0))


def with_digests(rows: pd.DataFrame, fingerprint: Digests, keys: dict[str, Keys]) -> pd.DataFrame:
    """Rows with their fingerprints and change keys."""
    columns = {f"{name}.{place}": table[:, place] for name, table in keys.items() for place in range(table.shape[1])}
    # In one piece: a frame to which some forty columns are added one by one is copied again and again.
    return pd.concat([rows, pd.DataFrame({"mark": fingerprint, **columns}, index=rows.index)], axis=1)


def facts_of(linkage: Linkage, since: int) -> dict[str, Any]:
    """What must be known of the whole linkage; see `Memory`."""
    weights, report = linkage.weights, linkage.report
    # Unlike the report's, these weights are not rounded: the next period's probabilities must be those of comparing everything.
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


def follow_rows(before: Digests, now: Digests) -> Ints:
    """For each row of now the row of before with the same fingerprint, -1 for none; equal rows are matched one to one, in their order."""
    out = np.full(len(now), -1, dtype=np.int64)
    _, old, new = np.intersect1d(_each_once(before), _each_once(now), return_indices=True)
    out[new] = old
    return out


def _each_once(fingerprints: Digests) -> Digests:
    """Fingerprints with their rank among equal ones mixed in, since a list may hold one row twice and a set would lose it."""
    order = np.argsort(fingerprints, kind="stable")
    ordered = fingerprints[order]
    new = np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.zeros(0, dtype=bool)
    start = np.flatnonzero(new)
    rank = np.arange(len(ordered)) - np.repeat(start, np.diff(np.r_[start, len(ordered)]))
    out = np.empty_like(fingerprints)
    with np.errstate(over="ignore"):
        out[order] = ordered + rank.astype(np.uint64) * _ODD
    return out
