"""The linkage report: counts, yields, learning, thresholds and estimates without truth. Counts only, never a value
of a person.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.comparing.compare import groups
from matching.explaining.results import has_counterpart
from matching.scoring.estimate import sigmoid_bits, unblocked_links
from matching.scoring.weigh import Patterns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from matching.linked import LinkageTrace
    from matching.model import Model
    from matching.scoring.weigh import Weights


_MEASURED = "无身份证号的关联：以双方号码有效的记录对隐去号码后的正确率为准，取较低的估计"
_NOT_MEASURED = "有效号码太少，无身份证号的关联没有可对照的样本，按不高于 97% 估计，请抽样核对"
_UNMEASURED = 0.97
"""Most that a link without a number is believed where no labels measure it: EM's links were right in 97 to 99.8 of 100 cases in
generated counties with few numbers, and it said 99.9."""
_HARDER = 2.0
"""How much oftener links without a number are taken to be wrong than labelled pairs of like weight: who has no number has fewer papers
altogether. In five generated counties of very different habits it was 0.4 to 4 times as often, 1.3 times in all."""
_PER_MERGE = 2.2
"""Wrong pairs that one false merge makes, measured in generated counties: twins of two departments each."""
_BINS = np.array([6.0, 9.0, 12.0, 16.0])
"""Weights (bits, prior in) between which the measured precision is taken apart."""


def make_report(trace: LinkageTrace, pairs: pd.DataFrame, clusters: pd.DataFrame) -> dict[str, Any]:
    """Everything that a reader of the run wants to know, as plain numbers and texts (JSON-able)."""
    decide = trace.model.decide
    return {
        "model": trace.model.fingerprint,
        "records": len(trace.e),
        "children": int(clusters["child_id"].nunique()),
        "candidates": trace.compared,
        "grades": _counts(pairs, "grade"),
        "methods": _counts(clusters, "method"),
        "learning": {"mode": trace.weights.mode, "why": trace.weights.why, **trace.weights.figures},
        "prior_bits": {"unlabelled": round(trace.weights.prior, 3), "labelled": round(trace.weights.prior_labelled, 3)},
        "thresholds": {"same": decide.same, "review": decide.review, "near": decide.near},
        "keys": [asdict(line) for line in trace.yields],
        "oversized_blocks": int(sum(line.split_blocks for line in trace.yields)),
        "oversized_clusters": int(trace.clusters.oversized.sum()),
        "conflicting_components": trace.clusters.conflicts,
        "estimates": estimates(trace),
        "weights": kept_weights(trace.weights, trace.model),
        "notes": trace.notes,
        "seconds": trace.seconds,
    }


def kept_weights(weights: Weights, model: Model) -> dict[str, Any]:
    """What of the learned weights must be kept to explain their pairs later (`explain_kept`): names of levels and bits."""
    # By name and not by place: a later model may order its levels otherwise, and must notice.
    number = {level: float(bits) for level, bits in zip(model.number.names, weights.number, strict=True)}
    bits = {term: round(float(bits), 4) for term, bits in zip(weights.design.terms, weights.bits, strict=True)}
    priors = {"prior": round(weights.prior, 4), "prior_labelled": round(weights.prior_labelled, 4)}
    return {"bits": bits, "number": number, **priors}


def report_frame(report: Mapping[str, Any]) -> pd.DataFrame:
    """The report as a frame to keep: `name`, `value` (JSON)."""
    import pandas as pd

    texts = [json.dumps(value, ensure_ascii=False) for value in report.values()]
    return pd.DataFrame({"name": [str(name) for name in report], "value": texts}, dtype=object)


def read_report(frame: pd.DataFrame) -> dict[str, Any]:
    """The report that `report_frame` kept."""
    return {str(name): json.loads(value) for name, value in zip(frame["name"], frame["value"], strict=True)}


def _counts(frame: pd.DataFrame, column: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in frame[column].value_counts().sort_index().items()}


def estimates(trace: LinkageTrace) -> dict[str, Any]:
    """Expected precision and recall of the links, without truth (rules/linkage.md#idea-14), by what the links rest on.

    Links on equal numbers are counted with their own posterior. For links without a number the posteriors alone are too
    hopeful (families and twins move together), so that the worse of two figures stands: the posteriors, and the measured
    precision (`_measured`). Expected missed pairs are Σp over compared pairs that are apart, and what one key alone found tells
    how much no key found (`unblocked_links`).
    """
    label, pairs = trace.clusters.label, trace.pairs
    p = np.where(trace.judged == 1, 1.0, np.where(trace.judged == -1, 0.0, trace.evidence.probability))
    together = label[pairs.left] == label[pairs.right]
    numbered = (groups(trace.levels, "number", trace.model) == 1) | (trace.judged == 1)
    parts = {"with_number": together & numbered, "without_number": together & ~numbered}
    size = {name: int(rows.sum()) for name, rows in parts.items()}
    expected = {name: float(p[rows].sum()) for name, rows in parts.items()}
    measured = _measured(trace, parts["without_number"])
    believed = _UNMEASURED if measured is None else measured
    expected["without_number"] = min(expected["without_number"], believed * size["without_number"])
    open_pairs = ~together & ~has_counterpart(trace, together) & (trace.judged == 0)
    missed, unblocked = float(p[open_pairs].sum()), unblocked_links(trace.pairs.keys[together], len(trace.model.keys))
    right, accepted = sum(expected.values()), sum(size.values())
    return {
        "expected_precision": round(right / accepted, 6) if accepted else 1.0,
        "precision_at_least": round(_at_least(accepted - right, accepted), 6),
        "expected_recall": round(right / (right + missed + unblocked), 6) if right else 1.0,
        "expected_missed": {"compared": round(missed, 1), "not_compared": round(unblocked, 1)},
        "links": size,
        "precision": {name: round(expected[name] / size[name], 6) if size[name] else 1.0 for name in size},
        "note": _MEASURED if measured is not None else _NOT_MEASURED,
    }


def _at_least(wrong: float, links: int) -> float:
    """Precision that holds in 97.5 of 100 draws if the expected number of wrong links is right.

    Poisson over false merges, not over pairs: two children in one make `_PER_MERGE` wrong pairs at a stroke.
    """
    from scipy.stats import poisson

    most = _PER_MERGE * float(poisson.ppf(0.975, max(wrong / _PER_MERGE, 1e-9)))
    return 1.0 - min(most / links, 1.0) if links else 1.0


def _measured(trace: LinkageTrace, links: NDArray[np.bool_]) -> float | None:
    """Precision of these links as labelled pairs of like weight show it with their numbers hidden; None for too few labels.

    Per class of weight: the share of equal numbers among the labelled pairs that would be links, its odds shifted by how much
    rarer matches are among the unlabelled. Two different numbers of one child count as wrong, and half a pair is added to the wrong
    ones in each class: it is a lower estimate.
    """
    if trace.weights.mode != "labels":
        return None
    number, spec, weights = trace.levels["number"], trace.model.number, trace.weights
    patterns = Patterns.count(trace.levels, weights.design)
    hidden = weights.other_fields(patterns)[patterns.back] + weights.prior
    # Inside one list hardly anybody stands twice: its pairs are no measure of the links between lists.
    cross = trace.levels["origin"] != trace.model.code("origin", "inside")
    linked = (sigmoid_bits(hidden) >= trace.model.decide.same) & cross
    interval = np.digitize(hidden, _BINS)
    same = linked & np.isin(number, [spec.code("same"), spec.code("derived")])
    right = np.bincount(interval[same], minlength=len(_BINS) + 1).astype(np.float64)
    wrong = np.bincount(interval[linked & (number == spec.code("differ"))], minlength=len(_BINS) + 1) + 0.5
    if right.sum() < trace.model.learning.labels_needed:
        return None
    odds = right / (_HARDER * wrong) * np.exp2(min(weights.prior - weights.prior_labelled, 0.0))
    counts = np.bincount(interval[links], minlength=len(_BINS) + 1)
    return float((odds / (1 + odds) * counts).sum() / max(counts.sum(), 1)) if counts.sum() else 1.0
