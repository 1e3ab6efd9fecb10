"""Numbers that say nothing about who carries them: placeholders, parents' numbers, siblings' and twins' numbers, old numbers.

All pairs of a few hand-written rows are compared and screened; a row is named by its place in the list.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.comparing.compare import compare
from matching.encoding.encode import encode
from matching.model import default_model
from matching.scoring.screening import drop_frequent_numbers, is_among, screen_shared_numbers
from matching.shapes import Pairs

MODEL = default_model()
PS, ED, CA = "public_security", "education", "civil_affairs"
FAMILY = {"father_name": "尤大河", "mother_name": "许秋菊"}


def rows_of(*rows: dict[str, str]) -> pd.DataFrame:
    """Records in the order given, of different lists unless a department `d` is named."""
    filled = []
    for place, row in enumerate(rows):
        own = {"record_id": f"{place:03d}", "department": row.get("d", f"list {place}"), "birth_precision": "day"}
        own |= {key: value for key, value in row.items() if key != "d"}
        if own.get("id_no"):
            own |= {"id_no_raw": own["id_no"], "id_no_status": "valid"}
        filled.append(own)
    return pd.DataFrame(filled).fillna("")


def screened(*rows: dict[str, str]) -> tuple[dict[tuple[int, int], str], set[int], dict[str, int]]:
    """Number level of each pair, the borrowers, the counts."""
    e = encode(rows_of(*rows), MODEL)
    ends = list(combinations(range(len(rows)), 2))
    left, right = (np.array([end[side] for end in ends], dtype=np.int32) for side in (0, 1))
    pairs = Pairs(left, right, np.zeros(len(ends), dtype=np.uint32))
    levels = compare(e, pairs, MODEL)
    result = screen_shared_numbers(e, pairs, levels, MODEL)
    names = [MODEL.number.names[code] for code in levels["number"].tolist()]
    return dict(zip(ends, names, strict=True)), set(np.flatnonzero(result.borrowed).tolist()), result.notes


@pytest.fixture(scope="module")
def own(number: Any) -> Any:
    """A child whose row states what its number says."""

    def make(name: str, born: str, order: int, **more: str) -> dict[str, str]:
        return {
            "name": name,
            "birth_date": born,
            "id_no": number(born, order),
            "sex": "1" if order % 2 else "2",
            **more,
        }

    return make


ELDER, YOUNGER = ("尤世杰", "2010-05-06", 31), ("尤雅静", "2014-11-20", 42)


@pytest.mark.parametrize(
    ("change", "level", "borrowers", "why"),
    [
        ({}, "same", set(), "the same child in two lists"),
        ({"name": "尤世洁"}, "same", set(), "a homophone"),
        ({"birth_date": "2010-05-07"}, "same", set(), "a slip in the birth"),
        ({"birth_date": "2012-07-09"}, "same", set(), "a wrong birth under the same name"),
        ({"name": "毛毛"}, "same", set(), "a milk name"),
        ({"name": "许家豪"}, "same", set(), "renamed: the birth confirms it"),
        (
            {"name": "尤雅静", "birth_date": "2014-11-20"},
            "borrowed",
            {1},
            "the sister's name and birth, this one's number",
        ),
        (
            {"name": "尤雅静", "birth_date": "2010-05-07", "sex": "2"},
            "borrowed",
            {1},
            "near by chance, and only the one's birth",
        ),
        (
            {"name": "尤雅静", "birth_date": "", "sex": "2"},
            "borrowed",
            {0, 1},
            "another sex, and no birth that tells whose it is",
        ),
        (
            {"name": "尤雅静", "birth_date": "", "sex": "1"},
            "same",
            set(),
            "another name alone may be the same boy renamed",
        ),
        (
            {"name": "尤世洁", "birth_date": "2014-11-20", "sex": "2"},
            "borrowed",
            {1},
            "a sister whose name sounds alike",
        ),
        ({"name": "尤世洁", "birth_date": "2014-11-20", "sex": "1"}, "same", set(), "one sex: a wrong birth"),
        (
            {"name": "许世杰", "birth_date": "2014-11-20"},
            "same",
            set(),
            "another surname: siblings never share the given name",
        ),
        ({"name": "尤世", "birth_date": "2014-11-20"}, "borrowed", {1}, "a near name and a birth far away: a brother"),
    ],
)
def test_whose_number_it_is(own: Any, change: dict[str, str], level: str, borrowers: set[int], why: str) -> None:
    """Row 0 is the number's own child; row 1 carries the number, too."""
    child = own(*ELDER, **FAMILY)
    levels, borrowing, notes = screened(child, child | change)
    assert levels[0, 1] == level, why
    assert borrowing == borrowers, why
    assert notes == {"borrowed_pairs": int(level == "borrowed"), "borrowed_records": len(borrowers)}


def test_the_order_of_the_two_does_not_matter(own: Any) -> None:
    child = own(*ELDER, **FAMILY)
    other = child | {"name": "尤雅静", "birth_date": "2014-11-20"}
    assert screened(child, other)[:2] == ({(0, 1): "borrowed"}, {1})
    assert screened(other, child)[:2] == ({(0, 1): "borrowed"}, {0})


def test_a_borrowed_number_does_not_speak_against_the_borrower_s_own_rows(own: Any) -> None:
    """Rows: the brother; the sister under her brother's number; the sister's own row."""
    elder, younger = own(*ELDER, **FAMILY), own(*YOUNGER, **FAMILY)
    levels, borrowing, _ = screened(elder, younger | {"id_no": elder["id_no"]}, younger)
    assert borrowing == {1}
    assert levels == {(0, 1): "borrowed", (0, 2): "differ", (1, 2): "stale"}, "it is not her birth's"
    undated, borrowing, _ = screened(elder, younger | {"id_no": elder["id_no"], "birth_date": "", "sex": "2"}, younger)
    assert undated[1, 2] == "missing"
    assert 1 in borrowing


def test_a_name_with_birth_and_number_of_its_own_elsewhere_shows_the_borrower(own: Any) -> None:
    """A twin under the other's number: births cannot tell them apart, but the twin's own row in another list can."""
    twin, other = own("尤世杰", "2012-08-08", 31, **FAMILY), own("尤世豪", "2012-08-08", 35, **FAMILY)
    levels, borrowing, _ = screened(twin, other | {"id_no": twin["id_no"]}, other)
    assert levels[0, 1] == "borrowed"
    assert borrowing == {1}
    assert levels[1, 2] == "missing"


def test_a_milk_name_under_the_number_is_no_borrower_though_the_number_was_replaced(own: Any, number: Any) -> None:
    """Row 2 has the child's name and birth and a newer number: that says nothing against the row under the milk name."""
    child = own(*ELDER, **FAMILY)
    levels, borrowing, _ = screened(child, child | {"name": "毛毛"}, child | {"id_no": number("2010-05-06", 77)})
    assert levels[0, 1] == "same"
    assert borrowing == set()
    renamed, others, _ = screened(child, child | {"name": "许家豪"}, child | {"id_no": number("2010-05-06", 77)})
    assert renamed[0, 1] == "borrowed", "another name altogether does"
    assert others


def test_a_twin_s_row_without_a_number_shows_it_too(own: Any) -> None:
    """Row 2 is the twin beside row 0 in one list, and has no number: row 1, which looks like it, carries row 0's."""
    twin, other = own("尤世杰", "2012-08-08", 31, d=PS, **FAMILY), own("尤世豪", "2012-08-08", 35, d=PS, **FAMILY)
    levels, borrowing, _ = screened(twin, other | {"id_no": twin["id_no"], "d": CA}, other | {"id_no": ""})
    assert levels[0, 1] == "borrowed"
    assert borrowing == {1}
    without = screened(twin, other | {"id_no": twin["id_no"], "d": CA})
    assert without[0][0, 1] == "same", "without that row nothing shows it"


def test_two_rows_of_one_list_under_two_names_and_sexes_are_two_children(own: Any) -> None:
    child = own(*ELDER, d=ED, **FAMILY)
    girl = child | {"name": "尤雅静", "sex": "2"}
    assert screened(child, girl)[0][0, 1] == "borrowed"
    assert screened(child, girl | {"d": PS})[0][0, 1] == "same", "two lists may disagree on one child"


@pytest.mark.parametrize(
    ("change", "level", "why"),
    [
        ({}, "differ", "a namesake of the same day, or a number replaced: two numbers that both fit"),
        ({"birth_date": "2011-05-06"}, "differ", "not one birth"),
        ({"name": "许家豪"}, "differ", "another name"),
    ],
)
def test_two_numbers_that_fit_their_births(own: Any, number: Any, change: dict[str, str], level: str, why: str) -> None:
    child = own(*ELDER)
    assert screened(child, child | {"id_no": number("2010-05-06", 77)} | change)[0][0, 1] == level, why


@pytest.mark.parametrize(
    ("inside", "name", "level"),
    [
        ("2009-01-01", "尤世杰", "stale"),
        ("2009-01-01", "尤世洁", "stale"),
        ("2009-01-01", "许家豪", "differ"),
        ("2010-03-23", "尤世杰", "differ"),
    ],
)
def test_a_number_that_contradicts_its_own_row_is_old_or_wrong(
    own: Any, number: Any, inside: str, name: str, level: str
) -> None:
    """2010-03-23 is the sixth of May 2010 by the old calendar: such a number contradicts nobody."""
    child = own(*ELDER)
    assert screened(child, child | {"id_no": number(inside, 77), "name": name})[0][0, 1] == level


def test_a_row_that_carries_two_numbers_is_suspect(own: Any, number: Any) -> None:
    """The number's column holds the brother's, the student number the child's own."""
    elder, younger = own(*ELDER, **FAMILY), own(*YOUNGER, **FAMILY)
    torn = younger | {"id_no": elder["id_no"], "student_no_id": younger["id_no"], "birth_date": ""}
    levels, borrowing, _ = screened(elder, torn)
    assert levels[0, 1] == "borrowed"
    assert borrowing == {1}


@pytest.mark.parametrize(
    ("rows", "names", "births", "dropped", "why"),
    [
        (13, 13, 13, 1, "a placeholder: many names, many births"),
        (12, 12, 12, 0, "at the limit"),
        (13, 2, 13, 0, "two names: one child misread"),
        (13, 13, 2, 0, "two births: one child misspelt"),
        (13, 3, 3, 1, "three of each are enough"),
    ],
)
def test_a_number_of_many_is_no_number(number: Any, rows: int, names: int, births: int, dropped: int, why: str) -> None:
    value = number("2010-05-06", 31)
    filled = [
        {"name": f"名{row % names}", "birth_date": f"20{10 + row % births}-05-06", "id_no": value}
        for row in range(rows)
    ]
    e, gone = drop_frequent_numbers(
        encode(rows_of(*filled, {"name": "许家豪", "id_no": number("2011-01-01", 3)}), MODEL), 12
    )
    assert gone == dropped, why
    assert (e.own[:rows] == 0).all() == bool(dropped), why
    assert (e.numbers[:rows, 0] == 0).all() == bool(dropped), why
    assert e.own[rows] != 0, "another number stays"


@pytest.mark.parametrize(
    ("column", "stated", "kept", "why"),
    [
        ("mother_id", "2016-08-01", False, "the mother's number in a child's column"),
        ("father_id", "2016-08-01", False, "the father's"),
        ("guardian_id", "", False, "the guardian's, and the row states no birth"),
        (
            "mother_id",
            "1988-05-20",
            True,
            "it is its own by birth date: somebody's guardian was a child of the register",
        ),
        ("phone", "2016-08-01", True, "no person's column"),
    ],
)
def test_a_parent_s_number_is_no_child_s(number: Any, column: str, stated: str, kept: bool, why: str) -> None:
    value = number("1988-05-20", 22)
    records = rows_of({"name": "尤雅静", "birth_date": stated, "id_no": value}, {"name": "尤世杰", column: value})
    e, dropped = drop_frequent_numbers(encode(records, MODEL), 12)
    assert (e.own[0] != 0) == kept, why
    assert dropped == int(not kept), why


def test_nothing_to_drop_leaves_the_records_as_they_are(own: Any) -> None:
    e = encode(rows_of(own(*ELDER), own(*YOUNGER)), MODEL)
    same_records, dropped = drop_frequent_numbers(e, 12)
    assert same_records is e
    assert dropped == 0


@given(st.lists(st.integers(-3, 9), max_size=8), st.lists(st.integers(-3, 9), max_size=4))
def test_is_among(values: list[int], few: list[int]) -> None:
    mask = is_among(np.array(values, dtype=np.int64), few)
    assert mask.tolist() == [value in few for value in values]
    table = np.array([values, values], dtype=np.int64)
    assert is_among(table, np.array(few, dtype=np.int64)).tolist() == [[value in few for value in values]] * 2


some_rows = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["尤世杰", "尤世洁", "尤雅静", "毛毛", ""]),
            "birth_date": st.sampled_from(["2010-05-06", "2010-05-07", "2014-11-20", ""]),
            "sex": st.sampled_from(["1", "2", ""]),
            "father_name": st.sampled_from(["尤大河", ""]),
            "d": st.sampled_from([PS, ED]),
            "order": st.sampled_from(["2010-05-06/31", "2014-11-20/42", ""]),
        }
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(some_rows)
def test_laws_of_screening(number: Any, rows: list[dict[str, str]]) -> None:
    filled = []
    for row in rows:
        born, _, order = row["order"].partition("/")
        filled.append(
            {key: value for key, value in row.items() if key != "order"}
            | {"id_no": number(born, int(order)) if born else ""}
        )
    levels, borrowed, notes = screened(*filled)
    for (a, b), level in levels.items():
        equal = filled[a]["id_no"] == filled[b]["id_no"] != ""
        if equal:
            assert level in ("same", "borrowed")
        elif filled[a]["id_no"] and filled[b]["id_no"]:
            assert level in ("differ", "stale", "missing")
            assert level != "differ" or not {a, b} & borrowed, "a borrowed number speaks against nobody"
        else:
            assert level == "missing"
    in_question = {record for pair, level in levels.items() if level == "borrowed" for record in pair}
    assert borrowed <= in_question
    assert all({a, b} & borrowed for (a, b), level in levels.items() if level == "borrowed"), (
        "of each such pair one is the borrower"
    )
    assert notes["borrowed_records"] == len(borrowed)
    turned, others, _ = screened(*filled[::-1])
    last = len(filled) - 1
    assert {(last - b, last - a): level for (a, b), level in turned.items()} == levels
    assert {last - record for record in others} == borrowed
