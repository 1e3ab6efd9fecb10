"""What a linkage is: its result, the trail of its stations, the children known from earlier periods, the memory of one.

Belongs here: the shapes. Does not belong here: who makes them (`linking`, `register`, `periods`) or what is said of them (`explaining`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matching.arrays import Ints
    from matching.clustering.cluster import Clusters
    from matching.model import Model
    from matching.scoring.decide import Evidence
    from matching.scoring.weigh import Weights
    from matching.shapes import Encoded, KeyYield, Levels, Pairs


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
class LinkageTrace:
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
    compared: int  # also those that were counted and never fetched
    notes: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownChildren:
    """Children of earlier periods.

    Attributes:
        identifiers: `child_id, kind, value`, kinds of the model's `known_by` and `content` (what decisions of people are found again by, see `clerical`); every value a child has ever been known by.
        aliases: `child_id, alias_of`: numbers that were merged into older ones.
        memory: what the last period leaves so that only changes must be compared (`changes`); None: everything is.
        taken: numbers of children whose records are all settled: nobody else gets one of them.
    """

    identifiers: pd.DataFrame
    aliases: pd.DataFrame
    memory: Memory | None = None
    taken: frozenset[str] = frozenset()

    @staticmethod
    def none() -> KnownChildren:
        """Nobody is known yet."""
        return KnownChildren(
            pd.DataFrame({"child_id": [], "kind": [], "value": []}, dtype=object),
            pd.DataFrame({"child_id": [], "alias_of": []}, dtype=object),
        )


@dataclass(frozen=True)
class Memory:
    """A linked period. All of it is personal data.

    Attributes:
        rows: one row per record, sorted by `record_id`: `record_id, child_id, method, probability, content` (its content keys, see
            `clerical`), `mark` (the fingerprint), then the change keys, `<kind>.<number>`.
        pairs: the period's `link_pairs`.
        facts: `model` (fingerprint), `weights`, `estimates` and `links` of the period, `since` (periods since all rows were compared);
            plain numbers and texts.
    """

    rows: pd.DataFrame
    pairs: pd.DataFrame
    facts: dict[str, Any]

    @cached_property
    def place(self) -> pd.Index:
        """Where each record stands in the rows."""
        places: pd.Index = pd.Index(self.rows["record_id"])
        return places

    @cached_property
    def ends(self) -> tuple[Ints, Ints]:
        """The rows that each pair joins, -1 for one that is not there."""
        a, b = (
            self.place.get_indexer(pd.Index(self.pairs[side])).astype(np.int64) for side in ("record_a", "record_b")
        )
        return a, b
