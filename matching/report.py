"""The linkage report: counts, yields, learning, thresholds and estimates without truth. Counts only, never a value
of a person.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from matching.link import Trail


def make_report(trail: Trail, pairs: pd.DataFrame, clusters: pd.DataFrame) -> dict[str, Any]:
    """Everything that a reader of the run wants to know, as plain numbers and texts (JSON-able)."""
    decide = trail.model.decide
    return {
        "model": trail.model.fingerprint,
        "records": len(trail.e),
        "children": int(clusters["child_id"].nunique()),
        "candidates": len(trail.pairs),
        "grades": _counts(pairs, "grade"),
        "methods": _counts(clusters, "method"),
        "learning": {"mode": trail.weights.mode, "why": trail.weights.why, **trail.weights.figures},
        "prior_bits": {"unlabelled": round(trail.weights.prior, 3), "labelled": round(trail.weights.prior_labelled, 3)},
        "thresholds": {"same": decide.same, "review": decide.review, "near": decide.near},
        "keys": [asdict(line) for line in trail.yields],
        "oversized_blocks": int(sum(line.split_blocks for line in trail.yields)),
        "oversized_clusters": int(trail.clusters.oversized.sum()),
        "conflicting_components": trail.clusters.conflicts,
        "estimates": estimates(trail),
        "notes": trail.notes,
        "seconds": trail.seconds,
    }


def _counts(frame: pd.DataFrame, column: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in frame[column].value_counts().sort_index().items()}


def estimates(trail: Trail) -> dict[str, float]:
    """Expected precision and recall of the links from the posteriors alone (matching.md 2, idea 14).

    Pairs of equal numbers count with their own posterior. Recall is over the compared pairs: what blocking missed
    is not in it.
    """
    label, pairs = trail.clusters.label, trail.pairs
    p = np.where(trail.judged == 1, 1.0, np.where(trail.judged == -1, 0.0, trail.evidence.probability))
    together = label[pairs.left] == label[pairs.right]
    expected = float(p[together].sum())
    missed = float(p[~together & ~trail.evidence.veto].sum())
    accepted = int(together.sum())
    return {
        "expected_precision": round(expected / accepted, 6) if accepted else 1.0,
        "expected_recall": round(expected / (expected + missed), 6) if expected + missed > 0 else 1.0,
    }
