"""Linking, from records to children: the stations in their order, and the result as frames.

Belongs here: the order of the stations. Does not belong here: what any station does.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching import screen as screening
from matching.block import KeyYield, Pairs, block
from matching.cluster import Clusters, cluster, unseen_pairs
from matching.compare import add_context, compare
from matching.decide import Evidence, weigh_evidence
from matching.derived import doubted, forget
from matching.encode import Encoded, encode
from matching.judged import judged_pairs
from matching.model import Model, default_model
from matching.register import KnownChildren, assign, identifiers
from matching.report import make_report
from matching.residual import residual_bits
from matching.results import children_frame, pairs_frame
from matching.weigh import Weights, learn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.compare import Levels


@dataclass(frozen=True)
class Linkage:
    """Result of linking (docs/data-shapes.md 4).

    Attributes:
        pairs: `link_pairs`: accepted, review and close rejected pairs, each with levels and a sentence.
        clusters: `link_children`: one row per record.
        report: counts, yields, thresholds and estimates; no personal value.
        events: merges and splits of known children: `kind, child_id, other_id, records`.
        known: what to pass as `known` next period.
        weights: the learned model, for explanations.
    """

    pairs: pd.DataFrame
    clusters: pd.DataFrame
    report: dict[str, Any]
    events: pd.DataFrame
    known: KnownChildren
    weights: Weights


@dataclass
class Trail:
    """What the stations found, in their order; the report and the frames are made from it."""

    e: Encoded
    model: Model
    pairs: Pairs
    levels: Levels
    weights: Weights
    evidence: Evidence
    clusters: Clusters
    yields: list[KeyYield]
    residual: NDArray[np.float64]
    judged: NDArray[np.int8]
    notes: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def stop(self, station: str) -> None:
        now = time.perf_counter()
        self.seconds[station] = round(now - self._last, 3)
        self._last = now


def link_records(
    records: pd.DataFrame,
    model: Model | None = None,
    known: KnownChildren | None = None,
    judgements: pd.DataFrame | None = None,
) -> Linkage:
    """Find out which records are the same child.

    Args:
        records: standard frames of any number of departments, concatenated (docs/data-shapes.md 3); absent columns
            count as missing.
        model: the linkage model; the shipped one by default.
        known: last period's children, whose numbers are kept.
        judgements: people's decisions, `record_a, record_b, verdict`; they are absolute, and found again in later
            periods (see `judged`).

    Raises:
        ValueError: `record_id` or `department` is missing or not unique (in Chinese, without values).
    """
    model = model or default_model()
    records = records.sort_values("record_id", kind="stable", ignore_index=True) if "record_id" in records else records
    trail = find_children(records, model, judgements, known)
    clock = _Clock()
    labels = pd.Series(trail.clusters.label, index=records.index)
    found = identifiers(records)
    assigned = assign(labels, records, found, known, model.known_by)
    clusters = children_frame(trail, records, assigned.child_id.tolist())
    clock.stop("register")
    pairs = pairs_frame(trail)
    clock.stop("explain")
    trail.seconds |= clock.seconds
    report = make_report(trail, pairs, clusters)
    report["register"] = assigned.counts
    return Linkage(pairs, clusters, report, assigned.events, assigned.known, trail.weights)


def find_children(
    records: pd.DataFrame, model: Model, judgements: pd.DataFrame | None = None, known: KnownChildren | None = None
) -> Trail:
    """All stations up to the clusters; `records` sorted by `record_id`."""
    clock = _Clock()
    e, dropped = screening.drop_frequent(encode(records, model), model.blocking.number_limit)
    clock.stop("encode")
    pairs, yields = block(e, model)
    left, right, verdict = judged_pairs(judgements, records, known.identifiers if known else None)
    pairs = _with_pairs(pairs, left, right, len(e))
    clock.stop("block")
    levels = compare(e, pairs, model)
    screened = screening.screen(e, pairs, levels, model)
    doubts = doubted(e, pairs, levels, model)
    forget(doubts, pairs, levels, model)
    twins = add_context(e, pairs, levels, model)
    clock.stop("compare")
    weights = learn(levels, len(e), model)
    weight = weights.of(levels)
    clock.stop("weigh")
    extra = residual_bits(records, pairs, weight, model)
    judged = _verdicts(pairs, left, right, verdict, len(e))
    evidence = weigh_evidence(pairs, levels, weight + extra, judged, model)
    clock.stop("decide")
    a, b = unseen_pairs(len(e), pairs, evidence.link, model.decide.close_limit)
    if len(a):
        late = Pairs(a.astype(np.int32), b.astype(np.int32), np.zeros(len(a), dtype=np.uint32))
        late_levels = compare(e, late, model)
        _screen_late(screened, late, late_levels, model)
        forget(doubts, late, late_levels, model)
        add_context(e, late, late_levels, model, twins)
        late_weight = weights.of(late_levels)
        pairs = Pairs(*(np.concatenate([x, y]) for x, y in zip(_parts(pairs), _parts(late), strict=True)))
        levels = {name: np.concatenate([levels[name], late_levels[name]]) for name in levels}
        extra, judged = np.r_[extra, np.zeros(len(a))], np.r_[judged, np.zeros(len(a), dtype=np.int8)]
        evidence = weigh_evidence(pairs, levels, np.r_[weight, late_weight] + extra, judged, model)
    clusters = cluster(len(e), pairs, evidence, model)
    clock.stop("cluster")
    notes = {**e.notes, "numbers_without_information": dropped, **screened.notes}
    return Trail(e, model, pairs, levels, weights, evidence, clusters, yields, extra, judged, notes, clock.seconds)


def _parts(pairs: Pairs) -> tuple[NDArray[Any], ...]:
    return pairs.left, pairs.right, pairs.keys


def _with_pairs(pairs: Pairs, left: NDArray[np.int64], right: NDArray[np.int64], n: int) -> Pairs:
    """The candidates and the pairs that people judged."""
    if not len(left):
        return pairs
    seen = pairs.left.astype(np.int64) * n + pairs.right
    fresh = ~np.isin(left * n + right, seen)
    both = np.r_[seen, left[fresh] * n + right[fresh]]
    keys = np.r_[pairs.keys, np.zeros(int(fresh.sum()), dtype=np.uint32)]
    order = np.argsort(both)
    return Pairs((both[order] // n).astype(np.int32), (both[order] % n).astype(np.int32), keys[order])


def _verdicts(
    pairs: Pairs, left: NDArray[np.int64], right: NDArray[np.int64], verdict: NDArray[np.int8], n: int
) -> NDArray[np.int8]:
    out = np.zeros(len(pairs), dtype=np.int8)
    if len(left):
        out[np.searchsorted(pairs.left.astype(np.int64) * n + pairs.right, left * n + right)] = verdict
    return out


def _screen_late(screened: screening.Screened, pairs: Pairs, levels: Levels, model: Model) -> None:
    """A borrowed number says nothing in the pairs found later either."""
    spec = model.number
    touched = screened.borrowed[pairs.left] | screened.borrowed[pairs.right]
    levels["number"][touched & (levels["number"] == spec.code("differ"))] = spec.code("missing")
