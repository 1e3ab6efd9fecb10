"""Clusters: one record per department, refusals, chains, the largest size; on hand-made evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.clustering.cluster import Clusters, cluster, unseen_pairs
from matching.linked import Linkage
from matching.model import default_model
from matching.scoring.decide import Evidence
from matching.scoring.estimate import sigmoid_bits
from matching.shapes import Pairs

MODEL = default_model()


def run(n: int, edges: dict[tuple[int, int], float], veto: set[tuple[int, int]] | None = None) -> Clusters:
    rows = sorted(edges)
    left, right = (np.array([row[side] for row in rows], dtype=np.int32) for side in (0, 1))
    weight = np.array([edges[row] for row in rows])
    refused = np.array([row in (veto or set()) for row in rows], dtype=bool)
    p = sigmoid_bits(weight)
    nothing = np.zeros(len(rows), dtype=bool)
    evidence = Evidence(weight, p, (p >= MODEL.decide.same) & ~refused, refused, nothing, nothing, nothing)
    return cluster(n, Pairs(left, right, np.zeros(len(rows), dtype=np.uint32)), evidence, MODEL)


def test_agreeing_records_are_one_child() -> None:
    assert run(4, {(0, 1): 10.0, (0, 2): 9.0, (1, 2): 8.0}).label.tolist() == [0, 0, 0, 3]


def test_a_record_between_twins_goes_to_the_stronger() -> None:
    found = run(3, {(0, 2): 6.0, (1, 2): 12.0, (0, 1): -20.0}, veto={(0, 1)})
    assert found.label.tolist() == [0, 1, 1]


def test_two_lone_clusters_join_when_neither_has_another_candidate() -> None:
    assert run(4, {(0, 1): 14.0, (1, 2): 2.0, (0, 2): 1.5, (2, 3): -9.0}).label.tolist() == [0, 0, 0, 3]


def test_a_competing_candidate_on_either_side_keeps_them_apart() -> None:
    assert run(3, {(0, 1): 2.0, (0, 2): 0.5}).label.tolist() == [0, 1, 2]
    assert run(3, {(0, 1): 2.0, (1, 2): -1.0}).label.tolist() == [0, 1, 2]


def test_what_is_forbidden_competes_and_is_no_join() -> None:
    assert run(3, {(0, 1): 2.0, (0, 2): 3.0}, veto={(0, 2)}).label.tolist() == [0, 1, 2]


def test_pairs_that_speak_against_outweigh_one_faint_pair() -> None:
    assert run(3, {(0, 1): 14.0, (1, 2): 2.0, (0, 2): -6.0}).label.tolist() == [0, 0, 2]


def test_a_chain_over_one_weak_edge_is_not_joined() -> None:
    """Two sure pairs, one weak link between them, everything else against it."""
    edges = {(0, 1): 14.0, (2, 3): 14.0, (1, 2): 4.0, (0, 2): -9.0, (0, 3): -9.0, (1, 3): -9.0}
    assert run(4, edges).label.tolist() == [0, 0, 2, 2]


def test_a_cluster_that_grows_too_large_is_refused() -> None:
    n = MODEL.decide.cluster_limit + 5
    found = run(n, {(a, b): 10.0 for a in range(n) for b in range(a + 1, n)})
    assert found.oversized.all()
    assert len(set(found.label.tolist())) == n


def test_pairs_nobody_compared_are_found() -> None:
    pairs = Pairs(np.array([0, 1], np.int32), np.array([1, 2], np.int32), np.zeros(2, np.uint32))
    left, right = unseen_pairs(3, pairs, np.array([True, True]), 60)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 2)]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]),
        st.floats(-20, 20),
        max_size=20,
    ),
    st.data(),
)
def test_no_child_holds_a_vetoed_pair(edges: dict[tuple[int, int], float], data: st.DataObject) -> None:
    veto = {pair for pair in edges if data.draw(st.booleans())}
    label = run(8, edges, veto).label
    assert all(label[a] != label[b] for a, b in veto)


def test_one_department_has_no_two_numbers_in_one_child(county: pd.DataFrame, county_linkage: Linkage) -> None:
    found = county.merge(county_linkage.clusters[["record_id", "child_id"]], on="record_id")
    register = found[(found["department"] == "public_security") & (found["id_no"] != "")]
    assert (register.groupby("child_id")["id_no"].nunique() == 1).all()
