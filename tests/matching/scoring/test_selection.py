"""From counted patterns to the pairs that can matter: which are fetched, that the others are counted, and that no result depends on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.comparing.candidates import CONTEXT, ArrayCandidates
from matching.comparing.compare import compare
from matching.encoding.encode import encode
from matching.linked import Linkage
from matching.linking import link_records
from matching.model import default_model
from matching.scoring import selection as selecting
from matching.scoring.screening import ScreenedNumbers, silence_borrowed
from matching.scoring.selection import (
    Histogram,
    PairBatch,
    faint_pairs_within,
    floor_bits,
    histogram,
    late_pairs,
    looked_at,
    pair_codes,
    select_pairs,
    with_heavier_pairs,
)
from matching.shapes import Encoded

if TYPE_CHECKING:
    from matching.scoring.selection import Selection

MODEL = default_model()
NOBODY = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def ends(batch: PairBatch) -> list[tuple[int, int]]:
    return list(zip(batch.pairs.left.tolist(), batch.pairs.right.tolist(), strict=True))


@pytest.fixture(scope="module")
def batch_of(levels_of: Any, pairs_of: Any) -> Any:
    """Pairs with a name level and a pattern each: `(left, right, name, pattern)`."""

    def make(*rows: tuple[int, int, str, int]) -> PairBatch:
        pairs = pairs_of(*[(left, right) for left, right, _, _ in rows])
        levels = levels_of(*[{"name": name} for _, _, name, _ in rows])
        return PairBatch(pairs, levels, np.array([pattern for *_, pattern in rows], dtype=np.int32))

    return make


def rows_of(batch: PairBatch) -> list[tuple[int, int, str, int]]:
    names = MODEL.spec("name").names
    return [
        (left, right, names[int(batch.levels["name"][place])], int(batch.pattern[place]))
        for place, (left, right) in enumerate(ends(batch))
    ]


def test_pairs_of_two_batches_stand_in_their_order(batch_of: Any) -> None:
    first = batch_of((0, 1, "same", 0), (2, 3, "same", 0))
    other = batch_of((0, 2, "different", 1), (1, 3, "different", 1), (4, 5, "different", 1))
    assert ends(first.with_others(other, 6)) == [(0, 1), (0, 2), (1, 3), (2, 3), (4, 5)]


def test_a_pair_of_both_batches_keeps_what_is_known_of_it_in_the_first(batch_of: Any) -> None:
    first, other = (
        batch_of((0, 1, "same", 3), (1, 2, "same", 3)),
        batch_of((0, 1, "different", 9), (0, 3, "different", 9)),
    )
    assert rows_of(first.with_others(other, 4)) == [(0, 1, "same", 3), (0, 3, "different", 9), (1, 2, "same", 3)]
    assert rows_of(other.with_others(first, 4))[0] == (0, 1, "different", 9)


def test_nothing_more_is_nothing_new(batch_of: Any) -> None:
    first, none = batch_of((0, 1, "same", 3)), batch_of()
    assert first.with_others(none, 4) is first
    assert first.followed_by(none) is first
    assert rows_of(none.with_others(first, 4)) == rows_of(first)


def test_one_batch_behind_the_other_keeps_both_orders(batch_of: Any) -> None:
    first, other = batch_of((2, 3, "same", 0)), batch_of((0, 1, "different", 1), (2, 3, "different", 1))
    assert rows_of(first.followed_by(other)) == [(2, 3, "same", 0), (0, 1, "different", 1), (2, 3, "different", 1)]


def test_a_part_of_a_batch_keeps_levels_and_patterns_beside_the_pairs(batch_of: Any) -> None:
    whole = batch_of((0, 1, "same", 0), (0, 2, "different", 1), (1, 2, "swapped", 2))
    assert rows_of(whole.take(np.array([2, 0]))) == [(1, 2, "swapped", 2), (0, 1, "same", 0)]
    assert rows_of(whole.take(np.array([False, True, False]))) == [(0, 2, "different", 1)]


pairs_below_six = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1]))


@given(pairs_below_six, pairs_below_six)
def test_both_batches_together_hold_every_pair_once(batch_of: Any, mine: set[Any], theirs: set[Any]) -> None:
    first = batch_of(*[(*pair, "same", 0) for pair in sorted(mine)])
    other = batch_of(*[(*pair, "different", 1) for pair in sorted(theirs)])
    selected = first.with_others(other, 6)
    assert ends(selected) == sorted(mine | theirs)
    assert {(left, right) for left, right, name, _ in rows_of(selected) if name == "same"} == mine
    codes = pair_codes(selected.pairs, 6)
    assert codes.tolist() == [left * 6 + right for left, right in ends(selected)]


def test_the_floor_is_far_below_whatever_is_kept_or_undecided() -> None:
    """2 bits below even odds of 0.0005, the lower end of what is undecided; nearer candidates are kept from 0.001 on."""
    assert floor_bits(MODEL) == pytest.approx(np.log2(0.0005 / 0.9995) - 2)
    wider = MODEL.model_copy(update={"decide": MODEL.decide.model_copy(update={"near": 0.0001})})
    assert floor_bits(wider) == pytest.approx(np.log2(0.0001 / 0.9999) - 2)


LOOKED_AT = [
    ({"number": "same"}, True, "equal numbers"),
    ({"number": "derived"}, True, "a number inside another"),
    ({"number": "document"}, True, "another paper's number"),
    ({"number": "slip"}, False, "a slip is weighed like anything else"),
    ({"number": "differ"}, False, "two numbers"),
    ({"birth": "same", "name": "same"}, True, "name and day"),
    ({"birth": "same", "name": "same_sound"}, True, "a homophone and the day"),
    ({"birth": "same", "name": "one_character"}, True, "a near name and the day: perhaps twins"),
    ({"birth": "lunar", "name": "swapped"}, True, "the day by the old calendar agrees"),
    ({"birth": "same", "name": "different"}, False, "another name, another family"),
    ({"birth": "same", "name": "different", "people": "one"}, True, "one birth group"),
    ({"birth": "same", "people": "two"}, True, "one birth group, no name"),
    ({"birth": "same", "people": "sound"}, False, "a guardian who only sounds alike"),
    ({"birth": "same"}, False, "a day alone"),
    ({"birth": "one_part", "name": "same", "people": "two"}, False, "no day in common"),
    ({"name": "same", "people": "two"}, False, "no day at all"),
    ({}, False, "nothing"),
]


@pytest.mark.parametrize(("pair", "expected", "why"), LOOKED_AT, ids=[case[2] for case in LOOKED_AT])
def test_which_patterns_rules_look_at(levels_of: Any, pair: dict[str, str], expected: bool, why: str) -> None:
    assert looked_at(levels_of(pair), MODEL).tolist() == [expected]


@pytest.fixture(scope="module")
def e(families: pd.DataFrame) -> Encoded:
    return encode(families, MODEL)


@pytest.fixture(scope="module")
def candidates(e: Encoded) -> ArrayCandidates:
    return ArrayCandidates(e, MODEL)


@pytest.fixture(scope="module")
def selected(e: Encoded, candidates: ArrayCandidates) -> Selection:
    return select_pairs(e, candidates, NOBODY, MODEL)


def test_every_pair_that_a_rule_looks_at_is_selected_once(candidates: ArrayCandidates, selected: Selection) -> None:
    shown = looked_at(candidates.table, MODEL)
    every = candidates.fetch(shown)
    wanted = set(zip(every.pairs.left.tolist(), every.pairs.right.tolist(), strict=True))
    here = ends(selected.batch)
    assert wanted <= set(here)
    assert here == sorted(set(here))
    assert selected.fetched.tolist() == shown.tolist()
    assert 0 < len(wanted) < int(candidates.counts.sum())


def test_selected_pairs_carry_all_levels_the_family_among_them(e: Encoded, selected: Selection) -> None:
    levels = selected.batch.levels
    assert set(levels) == {*MODEL.fields, "number"}
    again = compare(e, selected.batch.pairs, MODEL)
    for name in set(again) - {"number", "birth"}:  # screening and derived births change these two
        np.testing.assert_array_equal(levels[name], again[name], err_msg=name)
    assert (levels["number"] != again["number"]).mean() < 0.2


def test_the_pattern_of_a_selected_pair_is_its_row_in_the_engine_s_table(
    e: Encoded, candidates: ArrayCandidates, selected: Selection
) -> None:
    again = compare(e, selected.batch.pairs, MODEL)
    for name, codes in candidates.table.items():
        np.testing.assert_array_equal(codes[selected.batch.pattern], again[name], err_msg=name)


def test_all_compared_pairs_are_counted_once(candidates: ArrayCandidates, selected: Selection) -> None:
    counted = histogram(selected, candidates, MODEL)
    assert int(counted.counts.sum()) == int(candidates.counts.sum())
    assert (counted.counts > 0).all()
    assert counted.counts[: len(counted.counts) - len(counted.rest)].sum() == len(selected.batch.pairs)


def test_each_selected_pair_knows_its_row_of_the_histogram(candidates: ArrayCandidates, selected: Selection) -> None:
    counted = histogram(selected, candidates, MODEL)
    for name, codes in selected.batch.levels.items():
        np.testing.assert_array_equal(counted.levels[name][counted.back], codes, err_msg=name)


def test_the_other_pairs_stand_behind_as_the_engine_counted_them(
    candidates: ArrayCandidates, selected: Selection
) -> None:
    counted = histogram(selected, candidates, MODEL)
    start = len(counted.counts) - len(counted.rest)
    for name, codes in candidates.table.items():
        np.testing.assert_array_equal(counted.levels[name][start:], codes[counted.rest], err_msg=name)
    assert not counted.levels[CONTEXT][start:].any()
    assert not selected.fetched[counted.rest].any()


def test_heavy_patterns_are_those_of_the_others_from_the_floor_on() -> None:
    """Three selected rows and the engine's patterns 4, 7 and 9: what the selected weigh does not count."""
    counted = Histogram({}, np.ones(6, dtype=np.int64), np.arange(3), np.array([4, 7, 9]))
    bits = np.array([9.0, 9.0, 9.0, -1.0, -3.0, 2.0])
    assert counted.heavy_patterns(bits, -1.0).tolist() == [4, 9], "the floor itself is heavy enough"
    assert counted.heavy_patterns(bits, 3.0).tolist() == []


def test_judged_pairs_are_selected_whether_a_key_found_them_or_not(e: Encoded, candidates: ArrayCandidates) -> None:
    met = set(zip(candidates.pairs.left.tolist(), candidates.pairs.right.tolist(), strict=True))
    strangers = next((a, b) for a in range(len(e)) for b in range(a + 1, len(e)) if (a, b) not in met)
    faint = next(
        pair for pair in sorted(met) if pair not in set(ends(select_pairs(e, candidates, NOBODY, MODEL).batch))
    )
    judged = sorted([strangers, faint])
    sides = tuple(np.array([pair[side] for pair in judged], dtype=np.int64) for side in (0, 1))
    selected = select_pairs(e, candidates, sides, MODEL)  # type: ignore[arg-type]
    here = ends(selected.batch)
    assert {strangers, faint} <= set(here)
    assert here == sorted(set(here))
    assert selected.batch.pattern[here.index(strangers)] == -1
    assert selected.batch.pattern[here.index(faint)] >= 0


def test_whoever_borrowed_a_number_is_looked_at_in_all_pairs(frame: Any, number: Any) -> None:
    """Rows: a cousin, the brother, the sister under her brother's number. The faint pair of sister and cousin comes, too."""
    home = {"father_name": "尤大河", "live_town": "石桥镇", "live_village": "柳沟村"}
    brother = {"name": "尤世杰", "birth_date": "2010-05-06", "id_no": number("2010-05-06", 31), **home}
    records = frame(
        {"d": "CA", "name": "尤念祖", "birth_date": "2007-02-03", "id_no": number("2007-02-03", 11), **home},
        {"d": "PS", **brother},
        {"d": "PS", **brother, "name": "尤雅静", "birth_date": "2014-11-20"},
    )
    e = encode(records, MODEL)
    selected = select_pairs(e, ArrayCandidates(e, MODEL), NOBODY, MODEL)
    assert selected.screened.borrowed.tolist() == [False, False, True]
    levels = dict(zip(ends(selected.batch), selected.batch.levels["number"].tolist(), strict=True))
    assert (0, 2) in levels
    assert MODEL.number.names[levels[0, 2]] == "missing", "a borrowed number speaks against nobody"


def test_a_birth_that_rests_on_a_sibling_s_number_is_forgotten(frame: Any, number: Any) -> None:
    """The sister's row states no birth and carries her brother's number: his day is not hers, in no pair."""
    brother = {"name": "尤世杰", "birth_date": "2010-05-06", "id_no": number("2010-05-06", 31), "father_name": "尤大河"}
    sister = {
        "name": "尤雅静",
        "birth_date": "",
        "birth_precision": "",
        "id_no": brother["id_no"],
        "father_name": "尤大河",
    }
    records = frame(
        {"d": "PS", **brother}, {"d": "CA", **sister}, {"d": "ED", **sister, "id_no": "", "birth_date": "2010-05-06"}
    )
    e = encode(records, MODEL)
    selected = select_pairs(e, ArrayCandidates(e, MODEL), NOBODY, MODEL)
    assert selected.doubts.tolist() == [True, False, False]
    births = {
        MODEL.spec("birth").names[code]
        for (a, _), code in zip(ends(selected.batch), selected.batch.levels["birth"].tolist(), strict=True)
        if a == 0
    }
    assert births == {"missing"}


def test_heavier_patterns_come_whole_and_are_not_fetched_twice(
    e: Encoded, candidates: ArrayCandidates, selected: Selection
) -> None:
    wanted = np.zeros(len(candidates.counts), dtype=bool)
    wanted[np.flatnonzero(~selected.fetched)[:20]] = True
    more = with_heavier_pairs(len(e), candidates, selected, wanted)
    every = candidates.fetch(wanted)
    new = set(zip(every.pairs.left.tolist(), every.pairs.right.tolist(), strict=True))
    assert set(ends(more.batch)) == set(ends(selected.batch)) | new
    assert ends(more.batch) == sorted(set(ends(more.batch)))
    assert more.fetched.tolist() == (selected.fetched | wanted).tolist()
    assert with_heavier_pairs(len(e), candidates, more, wanted) is more
    assert with_heavier_pairs(len(e), candidates, selected, selected.fetched) is selected


def test_pairs_of_one_chain_that_were_not_selected_are_found(
    e: Encoded, candidates: ArrayCandidates, selected: Selection, pairs_of: Any
) -> None:
    """Forty records hang together by one of them; whatever the engine compared among them and nobody fetched is wanted."""
    faint = candidates.fetch(~selected.fetched).pairs.take(slice(0, 20))
    members = sorted({*faint.left.tolist(), *faint.right.tolist()})
    middle = members[0]
    star = late_pairs(e, selected, pairs_of(*[(middle, other) for other in members[1:]]), MODEL)
    rows = np.arange(len(star.pairs))
    more = faint_pairs_within(e, candidates, replace(selected, batch=star), rows >= 0)
    every = candidates.fetch(~selected.fetched).pairs
    inside = zip(every.left.tolist(), every.right.tolist(), strict=True)
    expected = [(a, b) for a, b in inside if a in members and b in members and a != middle]
    assert ends(more) == expected
    assert len(expected) >= 10
    assert more.levels[CONTEXT].tolist() == [0] * len(expected)
    two = faint_pairs_within(e, candidates, replace(selected, batch=star), rows == 0)
    assert ends(two) == [], "two records alone are no chain"


def test_a_pair_that_is_looked_at_late_is_compared_like_the_others(e: Encoded, selected: Selection) -> None:
    rows = np.arange(0, len(selected.batch.pairs), 7)
    again = late_pairs(e, selected, selected.batch.pairs.take(rows), MODEL)
    assert (again.pattern == -1).all()
    for name in set(again.levels) - {"number"}:
        np.testing.assert_array_equal(again.levels[name], selected.batch.levels[name][rows], err_msg=name)


@pytest.mark.parametrize(
    ("number", "borrower", "expected"),
    [
        ("differ", {0}, "missing"),
        ("differ", {1}, "missing"),
        ("differ", {2}, "differ"),
        ("same", {0}, "same"),
        ("slip", {0, 1}, "slip"),
        ("borrowed", {0, 1}, "borrowed"),
    ],
)
def test_a_borrowed_number_does_not_speak_against_a_late_pair(
    levels_of: Any, pairs_of: Any, number: str, borrower: set[int], expected: str
) -> None:
    levels = levels_of({"number": number})
    silence_borrowed(
        ScreenedNumbers(np.array([record in borrower for record in range(3)]), {}), pairs_of((0, 1)), levels, MODEL
    )
    assert MODEL.number.names[int(levels["number"][0])] == expected


@pytest.mark.parametrize("fetch", ["everything", "only what rules need"])
def test_no_link_depends_on_how_much_is_fetched(
    families: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, fetch: str
) -> None:
    """Fetching all pairs, or none but those above the floor and those that rules look at, gives the same links and sentences."""
    usual = link_records(families)
    if fetch == "everything":
        monkeypatch.setattr(selecting, "looked_at", lambda table, model: np.ones(len(table["name"]), dtype=bool))
    else:
        monkeypatch.setattr(selecting, "_MARGIN", 0.0)
    other: Linkage = link_records(families)
    assert other.clusters["child_id"].tolist() == usual.clusters["child_id"].tolist()
    pd.testing.assert_frame_equal(other.pairs, usual.pairs)


def test_a_selection_is_not_changed_by_what_comes_later(
    e: Encoded, candidates: ArrayCandidates, selected: Selection
) -> None:
    before = replace(selected.batch, levels={name: codes.copy() for name, codes in selected.batch.levels.items()})
    with_heavier_pairs(len(e), candidates, selected, np.ones(len(candidates.counts), dtype=bool))
    faint_pairs_within(e, candidates, selected, np.ones(len(selected.batch.pairs), dtype=bool))
    for name, codes in selected.batch.levels.items():
        np.testing.assert_array_equal(codes, before.levels[name])
