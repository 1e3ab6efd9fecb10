"""Unmatched clusters: who is joined for want of anybody else, and everything that keeps two clusters apart; on hand-made evidence.

In the tables an edge is `(record, record): bits`; the bits that matter are the model's: at least `alone_bits` (1), every competing
candidate `rival_bits` (4) below, nothing in between below `refuse_bits` (-1).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.clustering.unmatched import join_unmatched_clusters
from matching.model import default_model
from matching.scoring.decide import Evidence
from matching.scoring.estimate import sigmoid_bits
from matching.shapes import Pairs

MODEL = default_model()
SPEC = MODEL.decide
Edges = dict[tuple[int, int], float]


def evidence_of(edges: Edges, **marked: set[tuple[int, int]]) -> tuple[Pairs, Evidence]:
    rows = sorted(edges)
    left, right = (np.array([row[side] for row in rows], dtype=np.int32) for side in (0, 1))
    weight = np.array([edges[row] for row in rows], dtype=np.float64)
    nothing = np.zeros(len(rows), dtype=bool)
    evidence = Evidence(weight, sigmoid_bits(weight), nothing, nothing, nothing, nothing, nothing)
    masks = {name: np.array([row in pairs for row in rows], dtype=bool) for name, pairs in marked.items()}
    return Pairs(left, right, np.zeros(len(rows), dtype=np.uint32)), replace(evidence, **masks)


def joined(label: list[int], edges: Edges, **marked: set[tuple[int, int]]) -> list[int]:
    return join_unmatched_clusters(np.array(label, dtype=np.int64), *evidence_of(edges, **marked), MODEL).tolist()


@pytest.mark.parametrize(
    ("label", "edges", "expected", "why"),
    [
        ([0, 1], {(0, 1): 2.0}, [0, 0], "likelier right than wrong, and nobody else near"),
        ([0, 1], {(0, 1): 1.0}, [0, 0], "exactly the least weight is enough"),
        ([0, 1], {(0, 1): 0.99}, [0, 1], "below the least weight"),
        ([0, 1], {(0, 1): -5.0}, [0, 1], "speaks against"),
        ([0, 1, 2], {(0, 1): 5.0, (0, 2): 1.0}, [0, 0, 2], "the competing candidate is exactly four bits behind"),
        ([0, 1, 2], {(0, 1): 5.0, (1, 2): 1.0}, [0, 0, 2], "so is a candidate of the second"),
        ([0, 1, 2], {(0, 1): 5.0, (0, 2): 1.01}, [0, 1, 2], "a candidate of the first comes too near"),
        ([0, 1, 2], {(0, 1): 5.0, (1, 2): 1.01}, [0, 1, 2], "a candidate of the second comes too near"),
        ([0, 1, 2], {(0, 1): 5.0, (1, 2): 4.0, (0, 2): -0.5}, [0, 1, 2], "the second has a better-matching third"),
        ([0, 1, 2, 3], {(0, 1): 2.0, (2, 3): 2.0}, [0, 0, 2, 2], "two lonely couples, both joined"),
        ([0, 1, 2, 3], {(0, 1): 6.0, (1, 2): 1.0, (2, 3): 6.0}, [0, 0, 2, 2], "each is the other's best by far"),
        ([0, 1, 2], {(0, 1): 1.5, (0, 2): 1.5}, [0, 1, 2], "two equal candidates: nobody knows which"),
        ([0, 0, 2], {(0, 1): 9.0, (0, 2): 2.0, (1, 2): 2.0}, [0, 0, 0], "a cluster of two takes in a third"),
        (
            [0, 0, 2],
            {(0, 1): 9.0, (0, 2): 2.0, (1, 2): -0.9},
            [0, 0, 0],
            "one pair faintly against, the mean still for it",
        ),
        ([0, 0, 2], {(0, 1): 9.0, (0, 2): 9.0, (1, 2): -1.1}, [0, 0, 2], "one pair of the two refuses"),
        ([0, 0, 2], {(0, 1): 9.0, (0, 2): 9.0, (1, 2): -1.0}, [0, 0, 0], "exactly the refusing weight does not refuse"),
        ([0, 0, 2, 2], {(0, 2): 3.0, (1, 3): 2.0}, [0, 0, 0, 0], "two clusters of two"),
        ([0, 1], {}, [0, 1], "nothing was compared"),
        ([], {}, [], "nobody"),
        ([0, 0], {(0, 1): 9.0}, [0, 0], "one cluster already: there is nothing to join"),
    ],
)
def test_who_is_joined(label: list[int], edges: Edges, expected: list[int], why: str) -> None:
    assert joined(label, edges) == expected, why


@pytest.mark.parametrize("mark", ["veto", "twinlike", "inside"])
def test_what_may_never_be_joined(mark: str) -> None:
    """A refusal of a person or of the rules, what looks like twins, and two rows of one list."""
    assert joined([0, 1], {(0, 1): 8.0}) == [0, 0]
    assert joined([0, 1], {(0, 1): 8.0}, **{mark: {(0, 1)}}) == [0, 1]


@pytest.mark.parametrize("mark", ["veto", "twinlike", "inside"])
def test_one_forbidden_pair_forbids_the_whole_join(mark: str) -> None:
    edges = {(0, 1): 9.0, (0, 2): 6.0, (1, 2): 6.0}
    assert joined([0, 0, 2], edges) == [0, 0, 0]
    assert joined([0, 0, 2], edges, **{mark: {(1, 2)}}) == [0, 0, 2]


@pytest.mark.parametrize("mark", ["veto", "twinlike", "inside"])
def test_a_forbidden_candidate_competes_all_the_same(mark: str) -> None:
    """Record 0 has a lawful candidate and a heavier forbidden one: whose it is stays open."""
    assert joined([0, 1, 2], {(0, 1): 5.0, (0, 2): 6.0}, **{mark: {(0, 2)}}) == [0, 1, 2]
    assert joined([0, 1, 2], {(0, 1): 5.0, (0, 2): 4.0}, **{mark: {(0, 2)}}) == [0, 1, 2]
    assert joined([0, 1, 2], {(0, 1): 5.0, (0, 2): 0.5}, **{mark: {(0, 2)}}) == [0, 0, 2]


def test_marks_on_pairs_inside_a_cluster_do_not_matter() -> None:
    """Two rows of one list that are one child already do not keep a third away."""
    assert joined([0, 0, 2], {(0, 1): 9.0, (0, 2): 2.0, (1, 2): 2.0}, inside={(0, 1)}) == [0, 0, 0]


def test_the_heaviest_pair_of_two_clusters_is_their_score() -> None:
    """Clusters {0,1} and {2} by 5 and 1.5; the competing candidate 3 is at 1.2: near the fainter pair, far from the heavier."""
    edges = {(0, 1): 9.0, (0, 2): 5.5, (1, 2): 1.5, (2, 3): 1.2}
    assert joined([0, 0, 2, 3], edges) == [0, 0, 0, 3]


def test_one_heavy_pair_does_not_outweigh_the_mean() -> None:
    """Three faint refusals above the refusing weight against one faint yes: on balance it is no."""
    against = {(0, 3): 1.0, (1, 3): -0.9, (2, 3): -0.9}
    inside = {(0, 1): 9.0, (0, 2): 9.0, (1, 2): 9.0}
    assert joined([0, 0, 0, 3], inside | against) == [0, 0, 0, 3]
    assert joined([0, 0, 0, 3], inside | against | {(0, 3): 2.0}) == [0, 0, 0, 0]


def test_no_pair_says_more_than_the_cap() -> None:
    """Beyond the cap both the best and its competitor say the same: a tie is no decision."""
    far = SPEC.cap_bits + 50
    assert joined([0, 1, 2], {(0, 1): far, (0, 2): SPEC.cap_bits}) == [0, 1, 2]
    assert joined([0, 1, 2], {(0, 1): far, (0, 2): SPEC.cap_bits - SPEC.rival_bits}) == [0, 0, 2]


def test_a_pair_far_below_is_looked_at_once_another_of_its_clusters_is_near() -> None:
    """All pairs of two clusters count once one of them is near, not only the near ones."""
    edges = {(0, 1): 9.0, (0, 2): 3.0, (1, 2): -3.5}
    assert joined([0, 0, 2], edges) == [0, 0, 2], "the pair far below speaks against"


def test_names_of_clusters_are_their_first_records() -> None:
    assert joined([0, 1, 1, 3, 3], {(0, 3): 2.0}) == [0, 1, 1, 0, 0]
    assert joined([0, 1, 0, 1], {(2, 3): 2.0}) == [0, 0, 0, 0]


def test_the_given_clusters_are_left_as_they_were() -> None:
    label = np.array([0, 1], dtype=np.int64)
    join_unmatched_clusters(label, *evidence_of({(0, 1): 5.0}), MODEL)
    assert label.tolist() == [0, 1]


edges_of_eight = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]),
    st.floats(-6, 12).map(lambda bits: round(bits, 1)),
    max_size=20,
)


@st.composite
def clusters_of_eight(draw: Any) -> list[int]:
    label: list[int] = []
    for record in range(8):
        label.append(draw(st.sampled_from([*sorted(set(label)), record])))
    return label


@settings(max_examples=150, deadline=None)
@given(clusters_of_eight(), edges_of_eight, st.data())
def test_laws_of_joining(label: list[int], edges: Edges, data: st.DataObject) -> None:
    veto = {pair for pair in edges if label[pair[0]] != label[pair[1]] and data.draw(st.integers(0, 4)) == 0}
    after = joined(label, edges, veto=veto)
    clusters: dict[int, set[int]] = {}
    for before, now in zip(label, after, strict=True):
        clusters.setdefault(now, set()).add(before)
    assert all(len(parts) <= 2 for parts in clusters.values()), "at most two clusters become one at a time"
    assert {(b, n) for b, n in zip(label, after, strict=True)} == {
        (b, dict(zip(label, after, strict=True))[b]) for b in label
    }
    assert all(now == after.index(now) for now in after), "named by the first record"
    assert all(after[a] != after[b] for a, b in veto), "nothing forbidden is joined"
    for parts in clusters.values():
        if len(parts) == 2:
            between = [bits for (a, b), bits in edges.items() if {label[a], label[b]} == parts]
            assert max(between) >= SPEC.alone_bits
            assert min(between) >= SPEC.refuse_bits
            outside = [
                bits
                for (a, b), bits in edges.items()
                if len({label[a], label[b]} & parts) == 1 and label[a] != label[b]
            ]
            assert all(bits <= max(between) - SPEC.rival_bits + 1e-9 for bits in outside), "no candidate near"


@settings(max_examples=60, deadline=None)
@given(clusters_of_eight(), edges_of_eight, st.permutations(range(8)))
def test_who_is_joined_does_not_depend_on_how_records_are_numbered(
    label: list[int], edges: Edges, order: list[int]
) -> None:
    def groups(clusters: list[int], names: list[int]) -> set[frozenset[int]]:
        return {frozenset(names[row] for row, other in enumerate(clusters) if other == name) for name in set(clusters)}

    moved = [0] * 8
    for row in range(8):
        moved[order[row]] = min(order[other] for other in range(8) if label[other] == label[row])
    turned = {tuple(sorted((order[a], order[b]))): bits for (a, b), bits in edges.items()}
    assert groups(joined(label, edges), list(order)) == groups(joined(moved, turned), list(range(8)))  # type: ignore[arg-type]
