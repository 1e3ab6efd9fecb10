"""Linking, from records to children: the stations in their order, and the result as frames.

Belongs here: the order of the stations. Does not belong here: what any station does.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.clustering.cluster import cluster, unseen_pairs
from matching.columns import without_halves
from matching.comparing.engine import candidates_of
from matching.comparing.resources import Engine, EngineName
from matching.decisions.clerical import decided_pairs
from matching.decisions.conflicts import decisions_report
from matching.encoding.encode import checked, encode
from matching.explaining.report import make_report
from matching.explaining.results import children_frame, pairs_frame
from matching.linked import KnownChildren, Linkage, Trail
from matching.model import Model, default_model
from matching.register.register import assign, identifiers
from matching.scoring import screen as screening
from matching.scoring.decide import Evidence, weigh_evidence
from matching.scoring.gather import floor_bits, gather, heavier, histogram, late, pair_codes, within
from matching.scoring.residual import residual_bits
from matching.scoring.weigh import Weights, learn
from matching.shapes import Encoded, Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.comparing.candidates import Candidates
    from matching.scoring.gather import Batch, Gathered

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Given:
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
    def of(judgements: pd.DataFrame | None, known: KnownChildren | None) -> Given:
        """Decisions and the register."""
        return Given(judgements, known.identifiers if known else None)


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
    try:
        return _linked(records, model, known, judgements, engine)
    except UnicodeEncodeError:
        return _linked(without_halves(records), model, known, judgements, engine)


def _linked(
    records: pd.DataFrame,
    model: Model,
    known: KnownChildren | None,
    judgements: pd.DataFrame | None,
    engine: EngineName | Engine,
) -> Linkage:
    records = checked(records)
    trail = find_children(records, model, Given.of(judgements, known), engine)
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
    report["decisions"] = decisions_report(judgements, records, known.identifiers if known else None)
    return Linkage(pairs, clusters, report, assigned.events, assigned.known, trail.weights)


def find_children(
    records: pd.DataFrame, model: Model, given: Given | None = None, engine: EngineName | Engine = "auto"
) -> Trail:
    """All stations up to the clusters; `records` sorted by `record_id`."""
    given, clock = given or Given(), _Clock()
    e, dropped = screening.drop_frequent(encode(records, model), model.blocking.number_limit)
    e = e if given.carried is None else replace(e, carried=given.carried)
    decided = decided_pairs(given.judgements, records, given.remembered)
    clock.stop("encode")
    with closing(candidates_of(e, model, engine)) as candidates:
        clock.stop("candidates")
        trail = _Stations(e, records, model, clock).run(candidates, decided, given.weights)
    trail.notes["numbers_without_information"] = dropped
    return trail


@dataclass(frozen=True)
class _Stations:
    """From candidates to clusters."""

    e: Encoded
    records: pd.DataFrame
    model: Model
    clock: _Clock

    def run(
        self, candidates: Candidates, decided: tuple[Ints, Ints, NDArray[np.int8]], known: Weights | None = None
    ) -> Trail:
        """All stations; `decided` are people's decisions: left, right, verdict; weights that are not known are learned."""
        e, model, clock = self.e, self.model, self.clock
        left, right, verdict = decided
        found = gather(e, candidates, (left, right), model)
        clock.stop("screen")
        weights, found, weight = _weighed(e, candidates, found, (model, known))
        clock.stop("weigh")
        extra = residual_bits(self.records, found.batch.pairs, weight, model)
        judged = _verdicts(found.batch.pairs, left, right, verdict, len(e))
        evidence = weigh_evidence(found.batch.pairs, found.batch.levels, weight + extra, judged, model)
        clock.stop("decide")
        more = _unexamined(e, candidates, found, evidence, model)
        batch = found.batch.followed_by(more)
        none = np.zeros(len(more.pairs), dtype=np.int8)
        evidence = _both(evidence, weigh_evidence(more.pairs, more.levels, weights.of(more.levels), none, model))
        clusters = cluster(len(e), batch.pairs, evidence, model)
        clock.stop("cluster")
        notes = {**e.notes, **found.screened.notes}
        learned = (
            weights,
            evidence,
            clusters,
            candidates.yields,
            np.r_[extra, np.zeros(len(none))],
            np.r_[judged, none],
        )
        return Trail(e, model, batch.pairs, batch.levels, *learned, int(candidates.counts.sum()), notes, clock.seconds)


def _weighed(
    e: Encoded, candidates: Candidates, found: Gathered, given: tuple[Model, Weights | None]
) -> tuple[Weights, Gathered, Floats]:
    """Weights learned on the counts, the pairs above the floor, and every gathered pair's bits."""
    model, known = given
    counted = histogram(found, candidates, model)
    weights = known or learn(counted.levels, len(e), model, counted.counts)
    bits = weights.of(counted.levels)
    wanted = np.zeros(len(candidates.counts), dtype=bool)
    rest = bits[len(bits) - len(counted.rest) :]
    wanted[counted.rest[rest >= floor_bits(model)]] = True
    found = heavier(len(e), candidates, found, wanted)
    return weights, found, weights.of(found.batch.levels)


def _unexamined(e: Encoded, candidates: Candidates, found: Gathered, evidence: Evidence, model: Model) -> Batch:
    """Pairs inside groups that may become one child which are not gathered yet: faint ones, and ones that no key brought together."""
    near = evidence.link | (evidence.weight > min(model.decide.alone_bits - model.decide.rival_bits, 0.0))
    faint = within(e, candidates, found, near)
    alone = evidence.link | (evidence.weight >= model.decide.alone_bits)  # leftovers join whole groups too
    a, b = unseen_pairs(len(e), found.batch.pairs, alone, model.decide.close_limit)
    fresh = ~np.isin(a * len(e) + b, pair_codes(faint.pairs, len(e)))
    unseen = Pairs(a[fresh].astype(np.int32), b[fresh].astype(np.int32), np.zeros(int(fresh.sum()), dtype=np.uint32))
    return faint.followed_by(late(e, found, unseen, model))


def _both(one: Evidence, other: Evidence) -> Evidence:
    """Evidence of two sets of pairs, one behind the other."""
    names = [each.name for each in fields(one)]
    return Evidence(**{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names})


def _verdicts(
    pairs: Pairs, left: NDArray[np.int64], right: NDArray[np.int64], verdict: NDArray[np.int8], n: int
) -> NDArray[np.int8]:
    out = np.zeros(len(pairs), dtype=np.int8)
    if len(left):
        out[np.searchsorted(pair_codes(pairs, n), left * n + right)] = verdict
    return out
