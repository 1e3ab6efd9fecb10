"""The linkage report: counts, yields, learning, thresholds and estimates without truth. Counts only, never a value
of a person.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.compare import groups
from matching.estimate import sigmoid_bits
from matching.weigh import Patterns

if TYPE_CHECKING:
    import pandas as pd

    from matching.linking import Trail


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


def estimates(trail: Trail) -> dict[str, Any]:
    """Expected precision and recall of the links, without truth (matching.md 2, idea 14), by what the links rest on.

    Links on equal numbers are counted with their own posterior. For links without a number the posteriors alone are too
    hopeful (families and twins move together), so that the worse of two figures stands: the posteriors, and the share of
    right ones among the pairs whose two valid numbers are known and that the other fields would have linked alike. Recall is
    over the compared pairs: what blocking missed is not in it.
    """
    label, pairs = trail.clusters.label, trail.pairs
    p = np.where(trail.judged == 1, 1.0, np.where(trail.judged == -1, 0.0, trail.evidence.probability))
    together = label[pairs.left] == label[pairs.right]
    numbered = groups(trail.levels, "number", trail.model) == 1
    parts = {"with_number": together & numbered, "without_number": together & ~numbered}
    expected = {name: float(p[rows].sum()) for name, rows in parts.items()}
    measured = _measured_precision(trail)
    size = {name: int(rows.sum()) for name, rows in parts.items()}
    if measured is not None:
        expected["without_number"] = min(expected["without_number"], measured * size["without_number"])
    missed = float(p[~together & ~trail.evidence.veto].sum())
    right, accepted = sum(expected.values()), sum(size.values())
    return {
        "expected_precision": round(right / accepted, 6) if accepted else 1.0,
        "expected_recall": round(right / (right + missed), 6) if right + missed > 0 else 1.0,
        "links": size,
        "precision": {name: round(expected[name] / size[name], 6) if size[name] else 1.0 for name in size},
        "note": _MEASURED if measured is not None else _NOT_MEASURED,
    }


_MEASURED = "无身份证号的关联：以双方号码有效的记录对隐去号码后的正确率为准，取较低的估计"
_NOT_MEASURED = "有效号码太少，无身份证号的关联只有模型自身的估计，可能偏高，请抽样核对"


def _measured_precision(trail: Trail) -> float | None:
    """Of labelled pairs that would be links with their numbers hidden, the share whose numbers are equal; None for too few.

    Two different numbers of one child count as wrong, and half a pair is added to the wrong ones: it is a lower estimate.
    """
    if trail.weights.mode != "labels":
        return None
    number, spec = trail.levels["number"], trail.model.number
    patterns = Patterns.count(trail.levels, trail.weights.design)
    hidden = trail.weights.other_fields(patterns)[patterns.back] + trail.weights.prior
    cross = trail.levels["origin"] != trail.model.code("origin", "inside")
    linked = (sigmoid_bits(hidden) >= trail.model.decide.same) & cross
    same = int((linked & np.isin(number, [spec.code("same"), spec.code("derived")])).sum())
    differ = int((linked & (number == spec.code("differ"))).sum())
    if same < trail.model.learning.labels_needed:
        return None
    return same / (same + differ + 0.5)
