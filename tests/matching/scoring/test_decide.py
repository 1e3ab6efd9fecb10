"""The decision per pair: what equal numbers are worth, what explains a pair as well, what may never be one child, and what people say.

A pattern names the levels that are known; all others are missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.model import default_model
from matching.scoring.decide import CLERICAL_BITS, Evidence, deterministic, doubtful, kinlike, twinlike, weigh_evidence
from matching.scoring.estimate import sigmoid_bits

MODEL = default_model()
SPEC = MODEL.decide
CRADLE = {"birth": "same", "people": "one"}


def text(case: tuple[Any, ...]) -> str:
    return str(case[-1])


EQUAL_NUMBERS = [
    ({"number": "same", "name": "same", "birth": "same"}, True, "everything agrees"),
    ({"number": "same", "name": "same", "birth": "differ"}, True, "the name agrees"),
    ({"number": "same", "name": "nickname", "birth": "same"}, True, "the birth agrees"),
    ({"number": "same", "name": "different", "birth": "same"}, True, "renamed, the birth agrees"),
    ({"number": "same"}, True, "nothing else is known"),
    ({"number": "same", "name": "swapped"}, True, "a near name, no birth"),
    ({"number": "same", "name": "swapped", "birth": "coarse"}, True, "near and near"),
    ({"number": "same", "name": "swapped", "birth": "differ"}, False, "a near name, another birth"),
    ({"number": "same", "birth": "one_part"}, True, "a near birth, no name"),
    ({"number": "same", "name": "different", "birth": "one_part"}, False, "another name, a near birth"),
    ({"number": "same", "name": "different"}, False, "another name and no birth"),
    ({"number": "same", "birth": "differ"}, False, "another birth and no name"),
    ({"number": "same", "name": "different", "birth": "differ"}, False, "nothing but the number"),
    ({"number": "same", "name": "different", "birth": "same", "family": "twins"}, False, "a twin's number"),
    ({"number": "same", "name": "same", "birth": "same", "family": "twins"}, True, "a twin's own number"),
    ({"number": "derived", "name": "same"}, True, "the number inside another"),
    ({"number": "document", "name": "same", "birth": "same"}, True, "another paper's number"),
    ({"number": "document", "name": "different", "birth": "same"}, False, "a school's number under another name"),
    ({"number": "slip", "name": "same", "birth": "same"}, False, "a slip is no equality"),
    ({"number": "partial", "name": "same", "birth": "same"}, False, "nor what can still be read"),
    ({"number": "borrowed", "name": "same", "birth": "same"}, False, "a borrowed number is nobody's"),
    ({"number": "stale", "name": "same", "birth": "same"}, False, "an old number"),
    ({"number": "differ", "name": "same", "birth": "same"}, False, "two numbers"),
    ({"name": "same", "birth": "same"}, False, "no number"),
]


@pytest.mark.parametrize("case", EQUAL_NUMBERS, ids=text)
def test_equal_numbers_with_something_else_agreeing(levels_of: Any, case: Any) -> None:
    pair, expected, _ = case
    assert deterministic(levels_of(pair), MODEL).tolist() == [expected]


TWINS = [
    (CRADLE | {"name": "one_character"}, True, "one character of the given name is another"),
    (CRADLE | {"name": "surname_and_one"}, True, "they share a character on purpose"),
    (CRADLE | {"name": "one_character", "people": "two"}, True, "both parents"),
    (CRADLE | {"name": "one_character", "people": "number"}, True, "a guardian's number"),
    (CRADLE | {"name": "one_character", "people": "sound"}, True, "a guardian who sounds alike"),
    (CRADLE | {"name": "one_character", "people": "apart"}, False, "only other roles"),
    (CRADLE | {"name": "one_character", "people": "differ"}, False, "another family"),
    (CRADLE | {"name": "one_character", "people": "missing"}, False, "no family is known"),
    (CRADLE | {"name": "one_character", "birth": "lunar"}, True, "the day by the old calendar"),
    (CRADLE | {"name": "one_character", "birth": "one_part"}, False, "a day apart"),
    (CRADLE | {"name": "one_character", "number": "same"}, False, "one number"),
    (CRADLE | {"name": "one_character", "number": "slip"}, False, "one number with a slip"),
    (CRADLE | {"name": "one_character", "number": "differ"}, True, "two numbers"),
    (CRADLE | {"name": "one_character", "number": "raw_differ"}, True, "a damaged number unlike the other"),
    (CRADLE | {"name": "same_sound"}, False, "a homophone is a slip of the pen"),
    (CRADLE | {"name": "look_alike"}, False, "so is a look-alike"),
    (CRADLE | {"name": "different"}, False, "another name altogether is no twin's habit"),
    (CRADLE | {"name": "wildcard"}, False, "an illegible character"),
    (CRADLE | {"name": "wildcard", "family": "twins"}, True, "an illegible character where twins are known"),
    (CRADLE | {"name": "same", "family": "twins"}, False, "one name"),
]


@pytest.mark.parametrize("case", TWINS, ids=text)
def test_what_looks_like_twins(levels_of: Any, case: Any) -> None:
    pair, expected, _ = case
    assert twinlike(levels_of(pair), MODEL).tolist() == [expected]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("one_character", True),
        ("surname_and_one", True),
        ("surname_only", True),
        ("different", True),
        ("nickname", False),
        ("same_sound", False),
        ("dropped", False),
        ("missing", False),
    ],
)
def test_another_given_name_in_one_birth_group_may_be_an_unregistered_twin(
    levels_of: Any, name: str, expected: bool
) -> None:
    assert kinlike(levels_of(CRADLE | {"name": name}), MODEL).tolist() == [expected]
    assert kinlike(levels_of(CRADLE | {"name": name, "number": "partial"}), MODEL).tolist() == [False]
    assert kinlike(levels_of({"birth": "same", "name": name}), MODEL).tolist() == [False]


DOUBTFUL = [
    ({"number": "same", "name": "different", "birth": "one_part"}, True, "a sibling's number"),
    ({"number": "same", "name": "different"}, True, "a sibling's number, no birth confirms it"),
    ({"number": "same", "name": "different", "birth": "same"}, False, "the birth confirms the number"),
    ({"number": "same", "name": "different", "birth": "same", "family": "twins"}, True, "a twin's number"),
    ({"number": "document", "name": "different", "birth": "same"}, True, "a school's number"),
    ({"number": "derived", "name": "surname_only", "birth": "year"}, True, "a number inside another"),
    ({"number": "slip", "name": "different"}, True, "neighbouring numbers of siblings registered together"),
    ({"number": "partial", "name": "surname_only", "birth": "differ", "people": "two"}, True, "a part of a number"),
    ({"number": "slip", "name": "different", "birth": "same"}, False, "a slip and the birth"),
    ({"number": "slip", "name": "one_character"}, False, "a slip and a near name"),
    ({"name": "same", "birth": "differ"}, True, "a namesake"),
    ({"name": "same", "birth": "differ", "people": "one"}, False, "one guardian"),
    ({"name": "same", "birth": "differ", "people": "sound"}, True, "a guardian who only sounds alike"),
    ({"name": "same", "birth": "differ", "phone": "same"}, False, "one telephone"),
    ({"name": "same", "birth": "differ", "number": "slip"}, False, "nearly one number"),
    ({"name": "same", "birth": "differ", "number": "differ"}, True, "two numbers"),
    ({"name": "same", "birth": "one_part"}, False, "a slip in the birth"),
    (CRADLE | {"name": "one_character"}, True, "twins"),
    ({"name": "same", "birth": "same"}, False, "nothing else explains it"),
]


@pytest.mark.parametrize("case", DOUBTFUL, ids=text)
def test_what_another_child_explains_as_well(levels_of: Any, case: Any) -> None:
    pair, expected, _ = case
    assert doubtful(levels_of(pair), MODEL).tolist() == [expected]


@pytest.fixture(scope="module")
def decided(levels_of: Any, pairs_of: Any) -> Any:
    """Evidence of one pair of a weight."""

    def decide(pair: dict[str, str], bits: float, judged: int = 0) -> Evidence:
        given_ = {"origin": "cross"} | pair
        return weigh_evidence(
            pairs_of((0, 1)), levels_of(given_), np.array([bits]), np.array([judged], dtype=np.int8), MODEL
        )

    return decide


PLAIN = {"name": "same", "birth": "same"}
WEIGHTS = [
    (PLAIN, 7.25, 7.25, "nothing stands above the weight"),
    (PLAIN | {"number": "same"}, 2.0, 14.0, "equal numbers are certain, whatever the rest says"),
    (PLAIN | {"number": "same"}, 30.0, 30.0, "and no less sure than they were"),
    ({"number": "same", "name": "different"}, 12.0, 2.0, "a sibling explains it as well: a person looks"),
    ({"number": "same", "name": "different"}, -3.0, -3.0, "what speaks against stays"),
    ({"name": "same", "birth": "differ"}, 9.0, 2.0, "a namesake explains it"),
    (CRADLE | {"name": "different"}, 3.1, 0.9, "no link by itself: perhaps an unregistered twin"),
    (CRADLE | {"name": "different"}, 8.0, 8.0, "heavy enough to link by itself"),
    (CRADLE | {"name": "one_character"}, 8.0, 0.9, "what looks like twins is not even joined for want of others"),
    (CRADLE | {"name": "wildcard", "family": "twins"}, 8.0, 2.0, "a twin with an illegible character"),
    (PLAIN | {"number": "borrowed"}, 9.0, 0.0, "a borrowed number is never a link"),
    (PLAIN | {"number": "borrowed"}, -2.0, -2.0, "nor a reason to come nearer"),
    ({"name": "swapped", "birth": "same", "number": "differ"}, 6.0, 0.0, "two numbers under names that are only near"),
    (PLAIN | {"number": "differ"}, 6.0, 6.0, "two numbers under one name may be one child's"),
]


@pytest.mark.parametrize("case", WEIGHTS, ids=text)
def test_the_weight_that_stands(decided: Any, case: Any) -> None:
    pair, bits, expected, _ = case
    evidence = decided(pair, bits)
    assert evidence.weight.tolist() == [pytest.approx(expected)]
    assert evidence.probability.tolist() == sigmoid_bits(evidence.weight).tolist()
    assert evidence.link.tolist() == [expected >= np.log2(0.9 / 0.1)]


@pytest.mark.parametrize("judged", [1, -1])
@pytest.mark.parametrize(
    "pair",
    [PLAIN, {"number": "same", "name": "same"}, {"number": "differ", "name": "different"}, {"number": "borrowed"}],
)
@pytest.mark.parametrize("origin", ["cross", "inside"])
def test_a_person_is_above_everything(decided: Any, pair: dict[str, str], judged: int, origin: str) -> None:
    evidence = decided(pair | {"origin": origin}, 0.0, judged)
    assert evidence.weight.tolist() == [judged * CLERICAL_BITS]
    assert evidence.link.tolist() == [judged == 1]
    assert evidence.veto.tolist() == [judged == -1]
    assert evidence.certain.tolist() == [judged == 1], "equal numbers do not outweigh a person"


INSIDE = {"origin": "inside"}
DOUBLES = [
    # pattern, bits, link, veto, why
    (PLAIN, 10.0, False, False, "one list's two rows of one look do not link, nor keep a third from both"),
    (PLAIN, 1.0, False, False, "at the least weight for that"),
    (PLAIN, 0.99, False, True, "below it they are two children"),
    (PLAIN | {"number": "same"}, 10.0, True, False, "one number twice in one list"),
    (
        {"number": "same", "name": "different", "birth": "one_part"},
        10.0,
        False,
        False,
        "one number, another name: a question",
    ),
    (PLAIN | {"people": "one"}, 4.0, True, False, "name, birth and a guardian"),
    (PLAIN | {"people": "one"}, 2.9, False, False, "too light"),
    (PLAIN | {"phone": "same"}, 4.0, True, False, "name, birth and a telephone"),
    (PLAIN | {"household": "same"}, 4.0, True, False, "name, birth and a household"),
    (PLAIN | {"place": "house"}, 4.0, True, False, "name, birth and a house"),
    (PLAIN | {"place": "village"}, 4.0, False, False, "a village is not enough ..."),
    (PLAIN | {"place": "village"}, 7.0, True, False, "... unless it is heavy"),
    (PLAIN | {"number": "slip"}, 4.0, True, False, "name, birth and a number with a slip"),
    (PLAIN | {"people": "one", "number": "differ"}, 9.0, False, False, "two valid numbers"),
    (PLAIN | {"people": "one", "number": "borrowed"}, 9.0, False, True, "a borrowed number"),
    (PLAIN | {"people": "one", "sex": "differ"}, 9.0, False, False, "two sexes"),
    ({"name": "former_name", "birth": "same", "people": "one"}, 4.0, True, False, "the former name"),
    ({"name": "same_sound", "birth": "same", "people": "one"}, 9.0, False, False, "only the sound of the name"),
    (
        {"name": "same", "birth": "coarse", "people": "one"},
        4.0,
        True,
        False,
        "a date that is incomplete, and a guardian",
    ),
    (
        {"name": "same", "birth": "coarse", "phone": "same"},
        9.0,
        False,
        False,
        "a date that is incomplete, and a telephone",
    ),
    (
        {"name": "same", "birth": "one_part", "number": "slip"},
        4.0,
        True,
        False,
        "a slip in the date and one in the number",
    ),
    ({"name": "same", "birth": "differ", "people": "one"}, 9.0, False, False, "another birth"),
    (
        {"name": "dropped", "birth": "same", "people": "one", "number": "slip"},
        4.0,
        True,
        False,
        "a short name, a slip, a guardian",
    ),
    (
        {"name": "dropped", "birth": "same", "people": "one", "number": "partial"},
        4.0,
        False,
        False,
        "a short name, a part",
    ),
    (
        {"name": "minority_partial", "birth": "same", "people": "one", "number": "partial"},
        4.0,
        True,
        False,
        "half a long name, a part of the number, a guardian",
    ),
]


@pytest.mark.parametrize("case", DOUBLES, ids=text)
def test_two_rows_of_one_list(decided: Any, case: Any) -> None:
    pair, bits, link, veto, _ = case
    evidence = decided(pair | INSIDE, bits)
    assert (evidence.link.tolist(), evidence.veto.tolist(), evidence.inside.tolist()) == ([link], [veto], [True])


@pytest.mark.parametrize("origin", ["cross", "roll"])
def test_two_lists_need_no_such_proof(decided: Any, origin: str) -> None:
    evidence = decided(PLAIN | {"origin": origin}, 4.0)
    assert (evidence.link.tolist(), evidence.veto.tolist(), evidence.inside.tolist()) == ([True], [False], [False])


SPELLINGS = [
    # name between the two rows of one list, who of them is known elsewhere exactly, vetoed, why
    ("same_sound", {0, 1}, True, "both spellings stand in another list: nobody slips twice in one way"),
    ("same_sound", {0}, False, "only one of them does"),
    ("same_sound", set(), False, "neither does"),
    ("one_character", {0, 1}, True, "two characters"),
    ("same", {0, 1}, False, "one spelling"),
    ("variant", {0, 1}, False, "one spelling in two scripts"),
    ("former_name", {0, 1}, False, "renamed"),
    ("missing", {0, 1}, False, "no name"),
]


@pytest.mark.parametrize("case", SPELLINGS, ids=text)
def test_two_spellings_of_one_list_that_another_list_has_too(levels_of: Any, pairs_of: Any, case: Any) -> None:
    """Rows 0 and 1 are of one list; 2 and 3 of another."""
    name, known, expected, _ = case
    pairs = pairs_of((0, 1), (0, 2), (1, 3))
    elsewhere = [
        {"origin": "cross", "name": "same" if row in known else "same_sound", "birth": "same"} for row in (0, 1)
    ]
    levels = levels_of({"origin": "inside", "name": name, "birth": "same"}, *elsewhere)
    evidence = weigh_evidence(pairs, levels, np.full(3, 9.0), np.zeros(3, dtype=np.int8), MODEL)
    assert evidence.veto.tolist() == [expected, False, False]


def test_an_exact_row_of_another_family_is_no_spelling_of_this_child(levels_of: Any, pairs_of: Any) -> None:
    pairs = pairs_of((0, 1), (0, 2), (1, 3))
    other = {"origin": "cross", "name": "same", "birth": "same"}
    levels = levels_of({"origin": "inside", "name": "same_sound", "birth": "same"}, other, other | {"people": "differ"})
    evidence = weigh_evidence(pairs, levels, np.full(3, 9.0), np.zeros(3, dtype=np.int8), MODEL)
    assert evidence.veto.tolist() == [False, False, False]


def test_certain_pairs_do_not_look_like_twins(decided: Any) -> None:
    twins = CRADLE | {"name": "one_character"}
    assert decided(twins, 8.0).twinlike.tolist() == [True]
    assert decided(twins, 8.0, judged=1).twinlike.tolist() == [False]
    assert decided(twins, 8.0, judged=-1).twinlike.tolist() == [True]


anything = st.fixed_dictionaries({name: st.sampled_from(MODEL.spec(name).names) for name in (*MODEL.fields, "number")})


@settings(max_examples=200, deadline=None)
@given(anything, st.floats(-40, 40), st.floats(0, 10), st.sampled_from([-1, 0, 1]))
def test_laws_of_evidence(
    levels_of: Any, pairs_of: Any, pair: dict[str, str], bits: float, more: float, judged: int
) -> None:
    levels, verdict = levels_of(pair, pair), np.array([judged, judged], dtype=np.int8)
    evidence = weigh_evidence(pairs_of((0, 1), (0, 1)), levels, np.array([bits, bits + more]), verdict, MODEL)
    assert ((evidence.probability >= 0) & (evidence.probability <= 1)).all()
    assert (evidence.probability[evidence.link] >= SPEC.same).all(), "no link below the threshold"
    if pair["name"] not in ("one_character", "surname_and_one", "surname_only", "different"):
        assert evidence.weight[1] >= evidence.weight[0] - 1e-9, "more evidence never makes a pair less likely"
    if not judged:
        assert (np.abs(evidence.weight) < CLERICAL_BITS).all()
        assert evidence.certain.tolist() == deterministic(levels, MODEL).tolist()
    assert not (evidence.veto & (verdict == 1)).any()


def test_evidence_behind_other_evidence_keeps_every_part_beside_its_pair(levels_of: Any, pairs_of: Any) -> None:
    judged = np.array([1, -1], dtype=np.int8)
    first = weigh_evidence(pairs_of((0, 1), (0, 2)), levels_of({}, {}), np.zeros(2), judged, MODEL)
    later = weigh_evidence(pairs_of((1, 2)), levels_of({}), np.array([-3.0]), np.zeros(1, dtype=np.int8), MODEL)
    both = first.followed_by(later)
    assert both.weight.tolist() == [CLERICAL_BITS, -CLERICAL_BITS, -3.0]
    assert both.veto.tolist() == [False, True, False]
    assert both.certain.tolist() == [True, False, False]
    assert both.link.tolist() == [True, False, False]
