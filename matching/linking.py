"""Linking, from records to children: the stations in their order, and the result as frames.

Belongs here: the order of the stations. Does not belong here: what any station does.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.clustering.cluster import cluster, unseen_pairs
from matching.columns import whole_texts
from matching.comparing.engine import candidates_of
from matching.comparing.resources import Engine, EngineName
from matching.decisions.clerical import decided_pairs
from matching.decisions.conflicts import decisions_report
from matching.encoding.encode import checked, encode
from matching.explaining.report import make_report
from matching.explaining.results import children_frame, pairs_frame
from matching.linked import KnownChildren, Linkage, LinkageTrace
from matching.model import Model, default_model
from matching.register.register import assign, identifiers
from matching.scoring.decide import weigh_evidence
from matching.scoring.residual import residual_bits
from matching.scoring.screening import drop_frequent_numbers
from matching.scoring.selection import (
    faint_pairs_within,
    floor_bits,
    histogram,
    late_pairs,
    pair_codes,
    select_pairs,
    with_heavier_pairs,
)
from matching.scoring.weigh import Weights, learn
from matching.shapes import Encoded, Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.comparing.candidates import Candidates
    from matching.scoring.decide import Evidence
    from matching.scoring.selection import PairBatch, Selection


@dataclass(frozen=True)
class PriorKnowledge:
    """What is known beside the records.

    Attributes:
        judgements: people's decisions (see `link_records`).
        remembered: the register's identifiers, by which decisions on earlier files are found.
        weights: learned before; None to learn them from these records.
        carried: for each record, under how many birth dates its name stands, where the records are only a part of a delivery.
    """

    judgements: pd.DataFrame | None = None
    remembered: pd.DataFrame | None = None
    weights: Weights | None = None
    carried: NDArray[np.int32] | None = None

    @staticmethod
    def of(judgements: pd.DataFrame | None, known: KnownChildren | None) -> PriorKnowledge:
        """Decisions and the register."""
        return PriorKnowledge(judgements, known.identifiers if known else None)


class _Clock:
    """Seconds of each station, for the report."""

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
    engine: EngineName | Engine = "auto",
) -> Linkage:
    """Find out which records are the same child.

    Args:
        records: standard frames of any number of departments, concatenated (docs/data-shapes.md 3); absent columns
            count as missing.
        model: the linkage model; the shipped one by default.
        known: last period's children, whose numbers are kept.
        judgements: people's decisions, `record_a, record_b, verdict`; they are absolute, and found again in later
            periods (see `clerical`).
        engine: `auto`, `numpy`, `duckdb` or `spark`, or one with its folder, memory and threads; the result is the same.

    Raises:
        ValueError: `record_id` or `department` is missing or not unique (in Chinese, without values).
    """
    model = model or default_model()
    return whole_texts(lambda readable: _linked(readable, model, known, judgements, engine), records)


def _linked(
    records: pd.DataFrame,
    model: Model,
    known: KnownChildren | None,
    judgements: pd.DataFrame | None,
    engine: EngineName | Engine,
) -> Linkage:
    records = checked(records)
    trace = find_children(records, model, PriorKnowledge.of(judgements, known), engine)
    clock = _Clock()
    labels = pd.Series(trace.clusters.label, index=records.index)
    assigned = assign(labels, records, identifiers(records), known, model.known_by)
    clusters = children_frame(trace, records, assigned.child_id.tolist())
    clock.stop("register")
    pairs = pairs_frame(trace)
    clock.stop("explain")
    trace.seconds |= clock.seconds
    report = make_report(trace, pairs, clusters)
    report["register"] = assigned.counts
    report["decisions"] = decisions_report(judgements, records, known.identifiers if known else None)
    return Linkage(pairs, clusters, report, assigned.events, assigned.known, trace.weights)


def find_children(
    records: pd.DataFrame, model: Model, prior: PriorKnowledge | None = None, engine: EngineName | Engine = "auto"
) -> LinkageTrace:
    """All stations up to the clusters; `records` sorted by `record_id`."""
    prior, clock = prior or PriorKnowledge(), _Clock()
    # Placeholders go before anything meets: learning believes numbers (rules/linkage.md#idea-6).
    e, without_information = drop_frequent_numbers(encode(records, model), model.blocking.number_limit)
    e = e if prior.carried is None else replace(e, carried=prior.carried)
    left, right, verdict = decided_pairs(prior.judgements, records, prior.remembered)
    clock.stop("encode")
    # Closed whatever happens: until then an SQL engine keeps codes of persons on the disk.
    with closing(candidates_of(e, model, engine)) as candidates:
        clock.stop("candidates")
        selection = select_pairs(e, candidates, (left, right), model)
        clock.stop("screen")
        weights, selection = _weighed(e, candidates, selection, model, prior.weights)
        first = selection.batch
        weight = weights.of(first.levels)
        clock.stop("weigh")
        residual = residual_bits(records, first.pairs, weight, model)
        judged = np.zeros(len(first.pairs), dtype=np.int8)
        if len(left):  # every judged pair was selected, whether a key found it or not
            judged[np.searchsorted(pair_codes(first.pairs, len(e)), left * len(e) + right)] = verdict
        evidence = weigh_evidence(first.pairs, first.levels, weight + residual, judged, model)
        clock.stop("decide")
        more = _unexamined(e, candidates, selection, evidence, model)
        unjudged = np.zeros(len(more.pairs), dtype=np.int8)
        late = weigh_evidence(more.pairs, more.levels, weights.of(more.levels), unjudged, model)
        evidence, batch = evidence.followed_by(late), first.followed_by(more)
        clusters = cluster(len(e), batch.pairs, evidence, model)
        clock.stop("cluster")
        return LinkageTrace(
            e=e,
            model=model,
            pairs=batch.pairs,
            levels=batch.levels,
            weights=weights,
            evidence=evidence,
            clusters=clusters,
            yields=candidates.yields,
            residual=np.r_[residual, np.zeros(len(unjudged))],
            judged=np.r_[judged, unjudged],
            compared=int(candidates.counts.sum()),
            notes={**e.notes, **selection.screened.notes, "numbers_without_information": without_information},
            seconds=clock.seconds,
        )


def _weighed(
    e: Encoded, candidates: Candidates, selection: Selection, model: Model, known: Weights | None
) -> tuple[Weights, Selection]:
    """Weights, learned unless they are known, and the selection with the pairs that they lift above the floor."""
    # Learned on the counts of all pairs: the selected ones were chosen for agreeing, and most different ones are never fetched.
    counted = histogram(selection, candidates, model)
    weights = known or learn(counted.levels, len(e), model, counted.counts)
    heavy = np.zeros(len(candidates.counts), dtype=bool)
    heavy[counted.heavy_patterns(weights.of(counted.levels), floor_bits(model))] = True
    return weights, with_heavier_pairs(len(e), candidates, selection, heavy)


def _unexamined(
    e: Encoded, candidates: Candidates, selection: Selection, evidence: Evidence, model: Model
) -> PairBatch:
    """Pairs inside groups that may become one child which are not selected yet: faint ones, and ones that no key brought together."""
    near = evidence.link | (evidence.weight > min(model.decide.alone_bits - model.decide.rival_bits, 0.0))
    faint = faint_pairs_within(e, candidates, selection, near)
    # Unmatched clusters join whole, so their rows are groups too: one row of a cluster may plainly contradict what another row
    # suggests (docs/decisions/twins-and-siblings.md).
    alone = evidence.link | (evidence.weight >= model.decide.alone_bits)
    a, b = unseen_pairs(len(e), selection.batch.pairs, alone, model.decide.close_limit)
    fresh = ~np.isin(a * len(e) + b, pair_codes(faint.pairs, len(e)))
    unseen = Pairs(a[fresh].astype(np.int32), b[fresh].astype(np.int32), np.zeros(int(fresh.sum()), dtype=np.uint32))
    return faint.followed_by(late_pairs(e, selection, unseen, model))
