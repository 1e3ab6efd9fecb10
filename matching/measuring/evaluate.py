"""Evaluation: against known truth where there is one, with hidden numbers where there is none (rules/linkage.md#idea-1,
#idea-14).

Belongs here: measures of a linkage. recordlinkage's measures are used where they fit. Does not belong here: the
run's report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.distinct import as_text
from matching.measuring.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matching.model import Model

CALIBRATION_EDGES = (0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.99, 0.999)


@dataclass(frozen=True)
class Quality:
    """Pairwise quality over all records: counts of pairs, and how many found children hold more than one real child."""

    found: int
    real: int
    both: int
    merged_children: int

    @property
    def precision(self) -> float:
        """Share of linked pairs that are right; 1.0 when nothing is linked."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of real pairs that are linked; 1.0 when there are none."""
        return self.both / self.real if self.real else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def quality(truth: Sequence[object], child: Sequence[object]) -> Quality:
    """Pairwise quality of found children against true ones, without listing pairs.

    Args:
        truth: true child of each record.
        child: found child of each record, in the same order.
    """
    table = pd.DataFrame({"truth": list(truth), "child": list(child)})
    both = table.value_counts(["truth", "child"])
    merged = int((both.reset_index().groupby("child").size() > 1).sum())
    return Quality(_pairs(table["child"].value_counts()), _pairs(table["truth"].value_counts()), _pairs(both), merged)


def _pairs(counts: pd.Series) -> int:
    values = counts.to_numpy(dtype=np.int64)
    return int((values * (values - 1) // 2).sum())


def calibration(pairs: pd.DataFrame, truth: Mapping[str, object]) -> pd.DataFrame:
    """Are pairs that are said to be right in p of cases right in p of cases?

    Args:
        pairs: `record_a, record_b, probability` (`link_pairs`, or every compared pair).
        truth: true child per record id.

    Returns:
        Per class of probability: `low, high, pairs, expected` (mean probability), `right` (share of true matches), and the 95 %
        interval of that share; empty classes are left out.
    """
    p = pairs["probability"].to_numpy(dtype=np.float64)
    same = pairs["record_a"].map(truth).to_numpy() == pairs["record_b"].map(truth).to_numpy()
    edges = (0.0, *CALIBRATION_EDGES, 1.0)
    interval = np.digitize(p, CALIBRATION_EDGES)
    lines = []
    for place in np.unique(interval).tolist():
        mask = interval == place
        size, right = int(mask.sum()), float(same[mask].mean())
        lines.append((edges[place], edges[place + 1], size, float(p[mask].mean()), right, *wilson(right, size)))
    return pd.DataFrame(lines, columns=["low", "high", "pairs", "expected", "right", "right_low", "right_high"])


def hidden_number_check(records: pd.DataFrame, share: float, model: Model | None = None, seed: int = 0) -> Quality:
    """Hide the numbers of a share of the numbered records, link, and score those records against the hidden numbers.

    Args:
        records: standard records.
        share: 0 to 1, of the records with a valid number.
        model: the linkage model.
        seed: of the draw.
    """
    from matching.linking import link_records

    records = records.sort_values("record_id", kind="stable", ignore_index=True)
    number = as_text(records["id_no"])
    rng = np.random.default_rng(seed)
    hidden = (number != "").to_numpy() & (rng.random(len(records)) < share)
    masked = records.copy()
    # The student's and the certificate's number hold the citizen number too (rules/identifiers.md#student-number).
    for column in ("id_no", "id_no_raw", "student_no", "student_no_id", "disability_no", "disability_no_id"):
        if column in masked:
            masked.loc[hidden, column] = ""
    clusters = link_records(masked, model).clusters
    child = clusters.set_index("record_id")["child_id"].reindex(records["record_id"]).to_numpy()
    numbered = (number != "").to_numpy()
    return quality(number[numbered].tolist(), child[numbered].tolist())
