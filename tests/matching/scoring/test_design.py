"""The terms of a weight: one per level that says something, nine per interaction, and a pattern's row of zeros and ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.model import default_model
from matching.scoring.design import make_design

MODEL = default_model()
DESIGN = make_design(MODEL)
anything = st.fixed_dictionaries({name: st.sampled_from(MODEL.spec(name).names) for name in MODEL.fields})


def codes_of(*patterns: dict[str, str]) -> Any:
    rows = [[MODEL.code(name, pattern.get(name, "missing")) for name in DESIGN.fields] for pattern in patterns]
    return np.array(rows, dtype=np.int8).reshape(len(patterns), len(DESIGN.fields))


def terms(**pattern: str) -> set[str]:
    return {DESIGN.terms[place] for place in DESIGN.active(codes_of(pattern)[0])}


def test_there_is_one_term_per_level_and_nine_per_interaction() -> None:
    spoken = sum(len(spec.levels) - 1 for spec in MODEL.fields.values())
    assert len(DESIGN.terms) == spoken + 9 * len(MODEL.interactions)
    assert not any(term.endswith("=missing") for term in DESIGN.terms)
    assert not any(term.startswith("number") for term in DESIGN.terms), "the number is hidden while the rest is learned"


@pytest.mark.parametrize(
    ("term", "bits"),
    [
        ("name=same", 9.5),
        ("birth=differ", -10.0),
        ("sex=same", 0.8),
        ("name*birth=differ-differ", -4.0),
        ("name*birth=near-near", -1.0),
        ("name*birth=agree-agree", 0.0),
        ("name*family=agree-differ", 5.0),
        ("people*phone=agree-agree", -4.0),
        ("name*sex=differ-differ", 0.0),
    ],
)
def test_terms_begin_at_the_model_s_bits(term: str, bits: float) -> None:
    assert DESIGN.anchor[DESIGN.terms.index(term)] == bits


@pytest.mark.parametrize(
    ("pattern", "expected", "why"),
    [
        ({}, set(), "nothing is known"),
        ({"sex": "same"}, {"sex=same"}, "one field alone has no interaction"),
        (
            {"name": "same", "birth": "same"},
            {"name=same", "birth=same", "name*birth=agree-agree"},
            "two fields that are learned together",
        ),
        (
            {"name": "swapped", "birth": "year"},
            {"name=swapped", "birth=year", "name*birth=near-differ"},
            "by their groups",
        ),
        ({"name": "lookalike"}, None, "no such level"),
        (
            {"phone": "same", "household": "differ"},
            {"phone=same", "household=differ"},
            "two fields that have nothing to do with each other",
        ),
        (
            {"people": "one", "phone": "differ", "place": "town"},
            {
                "people=one",
                "phone=differ",
                "place=town",
                "people*phone=agree-differ",
                "people*place=agree-near",
                "place*phone=near-differ",
            },
            "three fields, each two of them",
        ),
    ],
)
def test_which_terms_a_pattern_has(pattern: dict[str, str], expected: set[str] | None, why: str) -> None:
    if expected is None:
        with pytest.raises(ValueError, match="not in tuple"):
            terms(**pattern)
    else:
        assert terms(**pattern) == expected, why


@given(st.lists(anything, min_size=1, max_size=5))
def test_each_field_that_speaks_gives_one_term_and_each_two_that_belong_together_one(
    patterns: list[dict[str, str]],
) -> None:
    matrix = DESIGN.matrix(codes_of(*patterns))
    assert set(np.unique(matrix)) <= {0.0, 1.0}
    for row, pattern in zip(matrix, patterns, strict=True):
        known = {name for name, level in pattern.items() if level != "missing"}
        together = [item for item in MODEL.interactions if set(item.fields) <= known]
        assert row.sum() == len(known) + len(together)
        assert {DESIGN.terms[place] for place in np.flatnonzero(row)} == terms(**pattern)


@given(anything, anything)
def test_two_patterns_have_one_row_only_if_they_are_one(one: dict[str, str], other: dict[str, str]) -> None:
    rows = DESIGN.matrix(codes_of(one, other))
    assert (rows[0] == rows[1]).all() == (one == other)


def test_numbers_that_can_be_compared_have_a_prior_of_their_own() -> None:
    names = [MODEL.number.names[code] for code in DESIGN.comparable.tolist()]
    assert names == ["same", "derived", "borrowed", "differ"]


def test_a_model_without_interactions_has_none() -> None:
    bare = make_design(MODEL.model_copy(update={"interactions": ()}))
    assert not any("*" in term for term in bare.terms)
    assert bare.matrix(codes_of({"name": "same", "birth": "same"})).sum() == 2
    assert bare.matrix(np.zeros((0, len(bare.fields)), dtype=np.int8)).shape == (0, len(bare.terms))
