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

    from numpy.typing import NDArray

    from matching.linked import KnownChildren
    from matching.model import KnownBy

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Shared:
    """Identifiers under one numbering of kind and value together.

    Attributes:
        found: of each row of `register.identifiers`.
        known: of each row of the register, -1 for one that no record has.
        kinds: the kinds; a number's is its remainder by their count.
    """

    found: Ints
    known: Ints
    kinds: tuple[str, ...]

    @staticmethod
    def of(found: pd.DataFrame, known: pd.DataFrame) -> Shared:
        """Number what the records are known by, and find it in the register (`child_id, kind, value`)."""
        value, values = pd.factorize(found["value"])
        kind, kinds = pd.factorize(found["kind"])
        size = max(len(kinds), 1)
        place, at = (
            pd.Index(texts).get_indexer(pd.Index(known[name])).astype(np.int64)
            for texts, name in ((values, "value"), (kinds, "kind"))
        )
        there = np.where((place >= 0) & (at >= 0), place * size + at, -1)
        return Shared(value.astype(np.int64) * size + kind, there, tuple(str(each) for each in kinds))

    def of_kind(self, numbers: Ints, kinds: Collection[str]) -> Mask:
        """Which numbers are of one of these kinds."""
        wanted = np.array([kind in kinds for kind in self.kinds], dtype=bool)
        found: Mask = wanted[numbers % len(wanted)] if len(wanted) else np.zeros(len(numbers), dtype=bool)
        return found


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
    found: Mask = ordered[place] == values
    return found


def first_met(values: Ints, before: Ints) -> Ints:
    """The places of the values that do not stand in `before`, each value once, at its first place."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    new = np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.zeros(0, dtype=bool)
    places: Ints = order[new & ~among(ordered, distinct_numbers(before))]
    return np.sort(places)


def claims(labels: Ints, found: pd.DataFrame, shared: Shared, known: KnownChildren, spec: KnownBy) -> pd.DataFrame:
    """How strongly each cluster resembles each known child: `cluster, child_id, score, strong`."""
    rows = np.flatnonzero((shared.known >= 0) & shared.of_kind(shared.known, spec.scores))
    if not len(rows):
        return pd.DataFrame({"cluster": [], "child_id": [], "score": [], "strong": []})
    number = shared.known[rows]
    child, children = pd.factorize(known.identifiers["child_id"].iloc[rows])
    says = shared.of_kind(number, spec.strong) | ~of_several(number, child)  # namesakes say nothing
    says &= ~children.isin(known.aliases["child_id"])[child]
    theirs = distinct_numbers(number[says] * len(children) + child[says])
    cluster = labels[found["position"].to_numpy(dtype=np.int64)]
    size = int(labels.max(initial=0)) + 1
    mine = distinct_numbers((shared.found * size + cluster)[shared.of_kind(shared.found, spec.scores)])
    joined = pd.DataFrame({"number": mine // size, "cluster": mine % size}).merge(
        pd.DataFrame({"number": theirs // len(children), "child": theirs % len(children)}), on="number"
    )
    weight = np.array([spec.scores.get(kind, 0) for kind in shared.kinds])[joined["number"] % len(shared.kinds)]
    strong = shared.of_kind(joined["number"].to_numpy(), spec.strong)
    told = joined.assign(score=weight, strong=strong).groupby(["cluster", "child"], as_index=False)
    out = told.agg(score=("score", "sum"), strong=("strong", "any"))
    numbered = cluster[shared.of_kind(shared.found, ("id_no",))], _numbered(known, children)
    out = out[~_contradicted(out, numbered, spec.weak)]
    return out.assign(child_id=children.to_numpy(dtype=object)[out["child"]]).drop(columns="child")


def _numbered(known: KnownChildren, children: pd.Index) -> Ints:
    """Which of the children have a citizen number, by their places."""
    theirs = known.identifiers.loc[known.identifiers["kind"] == "id_no", "child_id"]
    found = children.get_indexer(pd.Index(theirs))
    return found[found >= 0].astype(np.int64)


def _contradicted(claims: pd.DataFrame, numbered: tuple[Ints, Ints], weak: float) -> Mask:
    """Weak claims between a cluster and a child that both have numbers and share none: namesakes."""
    clusters, children = numbered
    clash: Mask = (
        ~claims["strong"].to_numpy(dtype=bool)
        & claims["cluster"].isin(clusters).to_numpy()
        & claims["child"].isin(children).to_numpy()
        & (claims["score"] < weak).to_numpy()
    )
    return clash
