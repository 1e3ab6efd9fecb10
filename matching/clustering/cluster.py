"""Children from pairs: greedy by weight, with constraints; never plain connected components (rules/linkage.md#idea-7).

Belongs here: deciding which records are one child. Does not belong here: weights, or the children's numbers
(`register`). Components whose pairs all agree are taken whole; only the others are resolved pair by pair.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matching.arrays import components
from matching.clustering.unmatched import join_unmatched_clusters

if TYPE_CHECKING:
    from matching.arrays import Ints, Mask
    from matching.model import Model
    from matching.scoring.decide import Evidence
    from matching.shapes import Pairs


@dataclass(frozen=True)
class Clusters:
    """`label`: cluster of each record, numbered by its first record. `oversized`: records of refused clusters
    (超大簇). `conflicts`: components resolved pair by pair.
    """

    label: Ints
    oversized: Mask
    conflicts: int


def unseen_pairs(n: int, pairs: Pairs, link: Mask, limit: int) -> tuple[Ints, Ints]:
    """Pairs inside components of links that no key brought together: they are compared too, so that no chain goes
    unexamined. Components of more than `limit` records are too many.
    """
    label = components(n, pairs.left[link], pairs.right[link])
    order = np.argsort(label, kind="stable")
    size = np.bincount(label, minlength=n)[label[order]]
    # A chain of sixty has 1,770 pairs, one of six hundred a hundred times as many: and no child has so many rows (`cluster_limit`).
    order = order[(size > 2) & (size <= limit)]
    if not len(order):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    # Every record with each that stands behind it in its component, counted out in arrays: there are too many components for a loop.
    groups = label[order]
    last = np.flatnonzero(np.r_[groups[1:] != groups[:-1], True])
    end = np.repeat(last + 1, np.diff(np.r_[-1, last]))
    after = end - 1 - np.arange(len(order))
    first = np.repeat(np.arange(len(order)), after)
    step = np.arange(len(first)) - np.repeat(np.cumsum(after) - after, after) + 1
    codes = order[first] * n + order[first + step]  # stable sort: the first position is the smaller record
    seen = pairs.left.astype(np.int64) * n + pairs.right
    at = np.clip(np.searchsorted(seen, codes), 0, max(len(seen) - 1, 0))  # the candidates are sorted
    fresh = codes[seen[at] != codes]
    return fresh // n, fresh % n


def cluster(n: int, pairs: Pairs, evidence: Evidence, model: Model) -> Clusters:
    """Group records into children.

    Args:
        n: number of records.
        pairs: all compared pairs, `unseen_pairs` included.
        evidence: their evidence.
        model: refusal weight and largest cluster.
    """
    link = evidence.link
    whole = components(n, pairs.left[link], pairs.right[link])
    inside = whole[pairs.left] == whole[pairs.right]
    against = (
        inside & (evidence.veto | evidence.twinlike | (evidence.weight < model.decide.refuse_bits)) & ~evidence.certain
    )
    doubtful = np.zeros(n, dtype=bool)
    doubtful[whole[pairs.left[against]]] = True
    size = np.bincount(whole, minlength=n)
    doubtful[: len(size)] |= size > model.decide.cluster_limit
    label = _first_record(whole)
    oversized = np.zeros(n, dtype=bool)
    # Most components agree throughout and are taken as they are; only the doubtful ones pay for Python's pace.
    rows = np.flatnonzero(inside & doubtful[whole[pairs.left]])
    component = whole[pairs.left[rows]]
    order = np.argsort(component, kind="stable")
    cuts = np.flatnonzero(np.diff(component[order])) + 1
    for part in np.split(rows[order], cuts) if len(rows) else ():
        children, overflow = _grown(part, pairs, evidence, model)
        for name, members in children.items():
            # A child of more rows than anybody has stays apart, row by row, and a person is asked (rules/bad-inputs.md#input-33).
            label[members] = members if overflow else name
            oversized[members] = overflow
    label = _first_record(join_unmatched_clusters(_first_record(label), pairs, evidence, model))
    return Clusters(label, oversized, int(doubtful.sum()))


def _first_record(label: Ints) -> Ints:
    """Rename every cluster by its first record."""
    first = np.zeros(len(label), dtype=np.int64)
    # Labels are numbers below the records'. Written from the last record to the first, the one written last stays.
    first[label[::-1]] = np.arange(len(label) - 1, -1, -1)
    return first[label]


class _Groups:
    """Clusters of one component while they grow: members, and the pairs between every two clusters."""

    def __init__(self, rows: Ints, pairs: Pairs) -> None:
        self.members: dict[int, list[int]] = {}
        self.cross: dict[int, dict[int, list[int]]] = defaultdict(dict)
        self.of: dict[int, int] = {}
        for row in rows.tolist():
            a, b = int(pairs.left[row]), int(pairs.right[row])
            for record in (a, b):
                self.of[record] = record
                self.members[record] = [record]
            self.cross[a].setdefault(b, []).append(row)
            self.cross[b].setdefault(a, []).append(row)

    def between(self, a: int, b: int) -> list[int]:
        """Compared pairs between two clusters."""
        return self.cross[a].get(b, [])

    def join(self, a: int, b: int) -> None:
        """Put cluster b into cluster a."""
        # The pairs to every third cluster move along: what one of the two has against it, both have from now on.
        for record in self.members[b]:
            self.of[record] = a
        self.members[a] += self.members.pop(b)
        for neighbour, rows in self.cross.pop(b).items():
            self.cross[neighbour].pop(b, None)
            if neighbour != a:
                self.cross[a][neighbour] = self.cross[a].get(neighbour, []) + rows
                self.cross[neighbour][a] = self.cross[a][neighbour]


def _grown(rows: Ints, pairs: Pairs, evidence: Evidence, model: Model) -> tuple[dict[int, list[int]], bool]:
    """Greedy merging of one component, the heaviest link first: its clusters, and whether one of them would have grown too large."""
    groups = _Groups(rows, pairs)
    links = rows[evidence.link[rows]]
    # Equal weights are common, since a weight is its pattern's: between them the records' own order decides.
    order = np.lexsort((pairs.right[links], pairs.left[links], -evidence.weight[links], ~evidence.certain[links]))
    overflow = False
    for row in links[order].tolist():
        a, b = groups.of[int(pairs.left[row])], groups.of[int(pairs.right[row])]
        if a == b or not _may_join(groups.between(a, b), evidence, model):
            continue
        if len(groups.members[a]) + len(groups.members[b]) > model.decide.cluster_limit:
            overflow = True
            continue
        groups.join(min(a, b), max(a, b))
    return groups.members, overflow


def _may_join(rows: list[int], evidence: Evidence, model: Model) -> bool:
    """No veto between the two, and the pairs between them speak for one child on balance; one strong link cannot
    outvote refusals.
    """
    between = np.array(rows)
    if (evidence.veto[between] & ~evidence.certain[between]).any():
        return False
    weights = np.clip(evidence.weight[between], -model.decide.cap_bits, model.decide.cap_bits)
    weights[evidence.twinlike[between]] = -model.decide.twin_bits
    # A person's "same", or agreement in nearly everything, is not outvoted.
    return float(weights.mean()) > 0.0 or bool((evidence.weight[between] >= 50).any())
