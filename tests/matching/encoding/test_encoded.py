"""Records as integers: what is missing, what is one set, which births and numbers stand; read off a few written-out rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.blocking.parts import good_parts
from matching.encoding.derived import forget, same_witness, with_derived, without
from matching.encoding.encode import day_code, encode, lunar_day
from matching.encoding.names import encode_names, hash_text
from matching.encoding.numbers import birth_code, damaged_text, number_codes
from matching.model import default_model
from matching.reading.citizen import check_character
from matching.shapes import Encoded

MODEL = default_model()


def encoded(*rows: dict[str, str]) -> Encoded:
    filled = [{"record_id": f"{place:03d}", "department": "x"} | row for place, row in enumerate(rows)]
    return encode(pd.DataFrame(filled).fillna(""), MODEL)


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("2014-03-15", 20140315, "a day"),
        ("2014-03", 20140300, "a month"),
        ("2014", 20140000, "a year"),
        ("", 0, "nothing"),
        ("2014-3-15", 0, "not as it is written here"),
        ("2014-03-15 00:00", 0, "more than a date"),
        ("14-03-15", 0, "no century"),
        ("２０１４-03-15", 0, "full-width digits"),
        ("2014-99-99", 20149999, "no such day: kept as it is written"),
    ],
)
def test_a_date_as_one_integer(text: str, code: int, why: str) -> None:
    assert day_code(text) == code, why


@pytest.mark.parametrize(
    ("day", "lunar"),
    [
        (20150310, 20150120),
        (20200614, 20200423),
        (20150219, 20150101),
        (20150218, 20141230),
        (20150300, 0),
        (0, 0),
        (20149999, 0),
        (20150231, 0),
    ],
)
def test_what_a_villager_writes_for_a_day(day: int, lunar: int) -> None:
    assert lunar_day(day) == lunar


@pytest.mark.parametrize(
    ("birth", "stated", "precision"),
    [
        ("2014-03-15", "day", 3),
        ("2014-03-15", "", 3),
        ("2014-03-15", "month", 2),
        ("2014-03-15", "year", 1),
        ("2014-03", "day", 2),
        ("2014", "day", 1),
        ("", "day", 0),
        ("", "", 0),
        ("2014-03-15", "nonsense", 3),
    ],
)
def test_a_date_is_no_more_precise_than_it_is_written_or_said_to_be(birth: str, stated: str, precision: int) -> None:
    assert encoded({"birth_date": birth, "birth_precision": stated}).precision.tolist() == [precision]


@pytest.mark.parametrize(
    ("row", "people", "why"),
    [
        ({"father_name": "冯守田", "mother_name": "卫巧云", "guardian_name": "冯老三"}, 3, "three people"),
        ({"father_name": "冯守田", "guardian_name": "冯守田"}, 1, "the guardian is the father"),
        ({"mother_name": "卫巧云", "guardian_name": "卫巧云"}, 1, "the guardian is the mother"),
        ({"father_name": "馮守田", "guardian_name": "冯守田"}, 1, "in another spelling"),
        ({"father_name": "冯守田", "guardian_name": "冯守甜"}, 2, "a homophone is another person"),
        ({}, 0, "nobody"),
    ],
)
def test_nobody_is_counted_twice(row: dict[str, str], people: int, why: str) -> None:
    assert int((encoded(row).people != 0).sum()) == people, why


@pytest.mark.parametrize(
    ("row", "phones"),
    [
        ({"phone": "1", "father_phone": "2", "mother_phone": "3"}, 3),
        ({"phone": "1", "father_phone": "1", "mother_phone": "1"}, 1),
        ({"phone": "1", "father_phone": "2", "mother_phone": "2"}, 2),
        ({"phone": "", "father_phone": "2", "mother_phone": ""}, 1),
    ],
)
def test_a_telephone_of_several_columns_is_one(row: dict[str, str], phones: int) -> None:
    assert int((encoded(row).phones != 0).sum()) == phones


@pytest.mark.parametrize(("rows", "kept"), [(12, True), (13, True), (36, True), (37, False)])
def test_a_telephone_of_many_rows_is_dropped_and_counted(rows: int, kept: bool) -> None:
    """The limit is per column: three columns, three times as many."""
    e = encoded(*[{"phone": "0558"} for _ in range(rows)])
    assert bool(e.phones.any()) == kept
    assert e.notes == {"phones_without_information": int(not kept)}


def test_a_former_name_that_is_the_name_is_none() -> None:
    e = encoded(
        {"name": "冯若溪", "former_name": "馮若溪"}, {"name": "冯若溪", "former_name": "冯二妞"}, {"name": "冯若溪"}
    )
    assert (e.former != 0).tolist() == [False, True, False]


def test_numbers_of_other_papers_count_once_beside_the_own(number: Any) -> None:
    own, other, third = (number("2014-09-02", order) for order in (1, 2, 3))
    e = encoded(
        {"id_no": own, "student_no_id": own, "disability_no_id": own},
        {"id_no": own, "student_no_id": other, "disability_no_id": other},
        {"id_no": own, "student_no_id": other, "disability_no_id": third},
        {"student_no_id": other},
    )
    first, second, last = (int(code) for code in number_codes([own, other, third]))
    assert e.numbers.tolist() == [[first, 0, 0], [first, second, 0], [first, second, last], [0, second, 0]]
    assert e.own.tolist() == [first, first, first, 0]


def test_documents_of_different_kinds_and_departments_never_meet() -> None:
    e = encoded(
        {"student_no": "1234567"},
        {"birth_cert_no": "1234567"},
        {"disability_no": "1234567"},
        {"child_no": "1234567"},
        {"child_no": "1234567", "department": "y"},
        {"child_no": "1234567"},
        {"student_no": "1234"},
    )
    codes = [sorted(set(row) - {0}) for row in e.documents.tolist()]
    assert codes[3] == codes[5]
    assert len({tuple(row) for row in codes[:5]}) == 5
    assert codes[6] == [], "four characters identify nobody"
    assert all(code < 0 for row in codes for code in row), "never a citizen number"


@pytest.mark.parametrize(
    ("status", "kept"),
    [
        ("bad_check", True),
        ("bad_length", True),
        ("damaged", True),
        ("masked", True),
        ("bad_date", True),
        ("adult", False),
        ("valid", False),
        ("", False),
    ],
)
def test_what_is_left_of_a_number_is_kept_only_where_it_can_be_read(status: str, kept: bool) -> None:
    e = encoded({"id_no_raw": "3412 2120-1403150219", "id_no_status": status})
    assert e.damaged.tolist() == ["341221201403150219" if kept else ""]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("341221 2014", "3412212014"),
        ("34122120140315021x", "34122120140315021X"),
        ("3412*×", "3412*X"),
        ("身份证", ""),
        ("", ""),
    ],
)
def test_what_is_left_of_a_number(raw: str, text: str) -> None:
    assert damaged_text(raw) == text


@given(st.lists(st.tuples(st.integers(110000, 659999), st.dates(), st.integers(0, 999)), min_size=1, max_size=6))
def test_a_number_s_code_holds_its_birth_and_its_parts(numbers: list[Any]) -> None:
    firsts = [f"{area:06d}{born:%Y%m%d}{order:03d}".zfill(17) for area, born, order in numbers if born.year >= 1000]
    codes = number_codes([first + check_character(first) for first in firsts])
    assert codes.tolist() == [int(first) for first in firsts]
    assert birth_code(codes).tolist() == [int(first[6:14]) for first in firsts]
    parts = good_parts(codes)
    assert parts.shape == (len(firsts), 4)
    assert (parts > 0).all()


def test_names_of_one_spelling_share_their_code_and_of_one_sound_their_sound() -> None:
    table = encode_names(["", "冯若溪", "馮若溪", "冯若西", "卫若溪", "冯?溪", "若溪"])
    assert table.folded.tolist() == [0, 1, 1, 3, 4, 5, 6]
    assert table.whole[1] == table.whole[2] == table.whole[3] != table.whole[4]
    assert table.given[1] == table.given[4] == table.given[6]
    assert table.surname[1] == table.surname[3] != table.surname[4]
    assert (table.whole[0], table.whole[5], table.given[5]) == (0, 0, 0), (
        "nothing is heard of a missing or illegible name"
    )
    assert len(table) == 7


@given(st.text(max_size=20))
def test_a_text_s_code_is_the_same_in_every_process(text: str) -> None:
    digest = 14695981039346656037
    for byte in text.encode():
        digest = ((digest ^ byte) * 1099511628211) % 2**64
    assert hash_text(text) == digest


BIRTHS = [
    # stated, precision, own number, birth, precision, derived, why
    (0, 0, 34122120140902022, 20140902, 3, True, "nothing stated: the number's"),
    (20140902, 3, 34122120140902022, 20140902, 3, False, "stated"),
    (20110101, 3, 34122120140902022, 20110101, 3, False, "stated otherwise: what is stated stands"),
    (20140000, 1, 34122120140902022, 20140000, 1, False, "a year is stated: not completed"),
    (0, 0, 0, 0, 0, False, "neither"),
]


@pytest.mark.parametrize("case", BIRTHS, ids=[case[6] for case in BIRTHS])
def test_births_that_only_the_number_tells(case: Any) -> None:
    stated, said_precision, own, birth, precision, derived, _ = case
    completed = with_derived(
        np.array([stated], dtype=np.int32), np.array([said_precision], dtype=np.int8), np.array([own], dtype=np.int64)
    )
    assert [column.tolist() for column in completed] == [[birth], [precision], [derived]]


def test_a_derived_birth_goes_with_its_number_and_a_stated_one_stays(number: Any) -> None:
    value = number("2014-09-02", 22)
    e = encoded({"id_no": value}, {"id_no": value, "birth_date": "2014-09-02"})
    assert e.derived.tolist() == [True, False]
    gone = without(e, np.array([True, True]))
    assert gone.birth.tolist() == [0, 20140902]
    assert gone.lunar[0] == gone.precision[0] == 0
    assert gone.lunar[1] == e.lunar[1]
    assert gone.derived.tolist() == [False, False]
    assert without(e, np.array([False, True])) is e


def test_a_derived_birth_is_no_witness_beside_its_own_number(number: Any) -> None:
    value, other = number("2014-09-02", 22), number("2011-01-01", 11)
    rows = [
        {"id_no": value},
        {"id_no": value, "birth_date": "2014-09-02"},
        {"student_no_id": value},
        {"id_no": other},
        {"birth_date": "2014-09-02"},
    ]
    e = encoded(*rows)
    a, b = np.array([0, 0, 0, 0, 1], dtype=np.int32), np.array([1, 2, 3, 4, 4], dtype=np.int32)
    assert same_witness(e, a, b).tolist() == [True, True, False, False, False]
    assert same_witness(e, b, a).tolist() == [True, True, False, False, False]


def test_a_doubted_birth_says_nothing_in_any_pair(levels_of: Any, pairs_of: Any) -> None:
    levels = levels_of({"birth": "same"}, {"birth": "differ"}, {"birth": "same"})
    forget(np.array([True, False, False, False]), pairs_of((0, 1), (0, 2), (2, 3)), levels, MODEL)
    assert [MODEL.spec("birth").names[code] for code in levels["birth"]] == ["missing", "missing", "same"]


def test_all_columns_may_be_absent() -> None:
    e = encoded({}, {})
    for field in ("name", "former", "birth", "lunar", "sex", "nation", "own", "household", "school", "roll"):
        assert not np.asarray(getattr(e, field)).any(), field
    assert not e.people.any()
    assert (e.damaged == "").all()
    assert e.departments == ("x",)
