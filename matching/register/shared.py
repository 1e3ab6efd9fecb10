"""What the register and a period's records have in common, as integers: every text is looked up once, all else is counting.

Belongs here: identifiers under one numbering, and how strongly clusters resemble known children by them. Does not belong here: who gets
which number (`register`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from matching.distinct import distinct_numbers

if TYPE_CHECKING:
    from collections.abc import Collection

    from matching.arrays import Ints, Mask
    from matching.linked import KnownChildren
    from matching.model import KnownBy


@dataclass(frozen=True)
class SharedIdentifiers:
    """Identifiers under one numbering of kind and value together.

    Attributes:
        delivered: of each row of `register.identifiers`.
        known: of each row of the register, -1 for one that no record has.
        kinds: the kinds; a number's is its remainder by their count.
    """

    delivered: Ints
    known: Ints
    kinds: tuple[str, ...]

    @staticmethod
    def of(identified: pd.DataFrame, known: pd.DataFrame) -> SharedIdentifiers:
        """Number what the records are known by, and find it in the register (`child_id, kind, value`)."""
        # The delivery is numbered and the register looked up in it, not both together: the register grows with every period.
        value, values = pd.factorize(identified["value"])
        kind, kinds = pd.factorize(identified["kind"])
        size = max(len(kinds), 1)
        value_at = pd.Index(values).get_indexer(pd.Index(known["value"])).astype(np.int64)
        kind_at = pd.Index(kinds).get_indexer(pd.Index(known["kind"])).astype(np.int64)
        in_register = np.where((value_at >= 0) & (kind_at >= 0), value_at * size + kind_at, -1)
        return SharedIdentifiers(value.astype(np.int64) * size + kind, in_register, tuple(str(each) for each in kinds))

    def of_kind(self, numbers: Ints, kinds: Collection[str]) -> Mask:
        """Which numbers are of one of these kinds."""
        of_these = np.array([kind in kinds for kind in self.kinds], dtype=bool)
        mask: Mask = of_these[numbers % len(of_these)] if len(of_these) else np.zeros(len(numbers), dtype=bool)
        return mask


def of_several(value: Ints, child: Ints) -> Mask:
    """Rows whose value is more than one child's."""
    size = int(child.max(initial=0)) + 1
    once = distinct_numbers(value * size + child) // size
    shared = once[1:][once[1:] == once[:-1]]
    return among(value, shared)


def among(values: Ints, ordered: Ints) -> Mask:
    """Which values stand among the ordered ones."""
    if not len(ordered):
        return np.zeros(len(values), dtype=bool)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    mask: Mask = ordered[place] == values
    return mask


def first_met(values: Ints, before: Ints) -> Ints:
    """The places of the values that do not stand in `before`, each value once, at its first place."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    new = np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.zeros(0, dtype=bool)
    places: Ints = order[new & ~among(ordered, distinct_numbers(before))]
    return np.sort(places)


def claims(
    labels: Ints, identified: pd.DataFrame, shared: SharedIdentifiers, known: KnownChildren, spec: KnownBy
) -> pd.DataFrame:
    """How strongly each cluster resembles each known child: `cluster, child_id, score, strong`."""
    rows = np.flatnonzero((shared.known >= 0) & shared.of_kind(shared.known, spec.scores))
    if not len(rows):
        return pd.DataFrame({"cluster": [], "child_id": [], "score": [], "strong": []})
    number = shared.known[rows]
    child, children = pd.factorize(known.identifiers["child_id"].iloc[rows])
    speaks = shared.of_kind(number, spec.strong) | ~of_several(number, child)  # namesakes say nothing
    speaks &= ~children.isin(known.aliases["child_id"])[child]  # a number that was merged away is given to nobody

    # What each child and each cluster is known by, once however often it stands there, meets on the identifier.
    of_children = distinct_numbers(number[speaks] * len(children) + child[speaks])
    cluster = labels[identified["position"].to_numpy(dtype=np.int64)]
    size = int(labels.max(initial=0)) + 1
    scored = shared.of_kind(shared.delivered, spec.scores)
    of_clusters = distinct_numbers((shared.delivered * size + cluster)[scored])
    joined = pd.DataFrame({"number": of_clusters // size, "cluster": of_clusters % size}).merge(
        pd.DataFrame({"number": of_children // len(children), "child": of_children % len(children)}), on="number"
    )

    score = np.array([spec.scores.get(kind, 0) for kind in shared.kinds])[joined["number"] % len(shared.kinds)]
    strong = shared.of_kind(joined["number"].to_numpy(), spec.strong)
    pairs = joined.assign(score=score, strong=strong).groupby(["cluster", "child"], as_index=False)
    out = pairs.agg(score=("score", "sum"), strong=("strong", "any"))
    with_number = known.identifiers.loc[known.identifiers["kind"] == "id_no", "child_id"]
    numbered = pd.Index(children).get_indexer(pd.Index(with_number))
    out = out[~_contradicted(out, cluster[shared.of_kind(shared.delivered, ("id_no",))], numbered, spec.weak)]
    return out.assign(child_id=children.to_numpy(dtype=object)[out["child"]]).drop(columns="child")


def _contradicted(claims: pd.DataFrame, clusters: Ints, children: Ints, weak: float) -> Mask:
    """Weak claims between a cluster and a child that both have citizen numbers and share none: namesakes.

    Args:
        claims: `cluster, child, score, strong`.
        clusters, children: those that have a citizen number.
        weak: the score from which a claim stands in spite of it.
    """
    clash: Mask = (
        ~claims["strong"].to_numpy(dtype=bool)
        & claims["cluster"].isin(clusters).to_numpy()
        & claims["child"].isin(children).to_numpy()
        & (claims["score"] < weak).to_numpy()
    )
    return clash
