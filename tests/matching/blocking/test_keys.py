"""Key values: two records have one in common exactly where all parts of a line of the key are known and equal."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.blocking.keys import WIDTH, KeyValues, Parts, key_values, lines, widths
from matching.blocking.parts import PARTS, SPLITS, number_parts, window_order
from matching.encoding.encode import encode
from matching.encoding.numbers import number_codes, slip_parts
from matching.model import KeySpec, default_model
from matching.shapes import Encoded

MODEL = default_model()


def key(*of: tuple[str, ...]) -> KeySpec:
    return KeySpec(zh="试", split="name", of=of)


def encoded(*rows: dict[str, str]) -> Encoded:
    filled = [
        {"record_id": f"{place:03d}", "department": "x", "birth_precision": ""} | row for place, row in enumerate(rows)
    ]
    return encode(pd.DataFrame(filled).fillna(""), MODEL)


def meet(values_of_key: KeyValues) -> set[tuple[int, int]]:
    """Pairs of records with a value in common."""
    by_value: dict[int, list[int]] = {}
    for record, value in zip(values_of_key.record.tolist(), values_of_key.value.tolist(), strict=True):
        by_value.setdefault(value, []).append(record)
    return {(a, b) for records in by_value.values() for a in records for b in records if a < b}


ONE = {
    "name": "冯若溪",
    "birth_date": "2014-03-15",
    "sex": "2",
    "father_name": "冯守田",
    "live_town": "石桥镇",
    "phone": "138",
}
CASES = [
    (("sound", "day"), ONE, ONE, True, "name and day"),
    (("sound", "day"), ONE, ONE | {"name": "冯若西"}, True, "a homophone"),
    (("sound", "day"), ONE, ONE | {"name": "冯若海"}, False, "another name"),
    (("sound", "day"), ONE, ONE | {"birth_date": "2014-03-16"}, False, "another day"),
    (("sound", "day"), ONE | {"birth_date": ""}, ONE | {"birth_date": ""}, False, "no day is no day in common"),
    (("sound", "day"), ONE | {"birth_date": "2014-03"}, ONE | {"birth_date": "2014-03"}, False, "a month is no day"),
    (("sound", "day"), ONE | {"name": ""}, ONE | {"name": ""}, False, "no name is no name in common"),
    (("sound", "day"), ONE | {"name": "冯?溪"}, ONE | {"name": "冯?溪"}, False, "an illegible name has no sound"),
    (("sound", "month"), ONE, ONE | {"birth_date": "2014-03"}, True, "the month"),
    (("sound", "month"), ONE | {"birth_date": "2014"}, ONE | {"birth_date": "2014"}, False, "a year is no month"),
    (("given_sound", "day"), ONE, ONE | {"name": "卫若溪"}, True, "given name and day"),
    (("given_sound", "day"), ONE | {"name": "冯溪"}, ONE | {"name": "卫溪"}, False, "one character is no given name"),
    (("surname_sound", "day"), ONE, ONE | {"name": "冯海"}, True, "surname and day"),
    (("surname_sound", "day"), ONE | {"name": "欧阳海"}, ONE | {"name": "欧海"}, True, "of a surname of two the first"),
    (("year", "sex"), ONE, ONE | {"birth_date": "2014-12-01"}, True, "year and sex"),
    (("year", "sex"), ONE, ONE | {"sex": "1"}, False, "another sex"),
    (("year", "sex"), ONE | {"sex": ""}, ONE | {"sex": ""}, False, "no sex"),
    (("people_sounds", "day"), ONE, ONE | {"father_name": "", "guardian_name": "冯守甜"}, True, "a guardian in any role, heard"),
    (("father", "year"), ONE, ONE | {"father_name": "", "guardian_name": "冯守田"}, False, "the father only as father"),
    (("phones", "year"), ONE, ONE | {"phone": "", "mother_phone": "138"}, True, "any telephone"),
    (("towns", "day"), ONE, ONE | {"live_town": "", "hukou_town": "石桥镇"}, True, "lived in here, registered there"),
    (("people_numbers", "year_or_none"), {"father_id": "340101198001010011"}, {"mother_id": "340101198001010011"}, True, "no year meets no year"),
    (("people_numbers", "year_or_none"), {"father_id": "340101198001010011"}, {"father_id": "340101198001010011", "birth_date": "2014"}, False, "a year meets no year not"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{'+'.join(case[0])}: {case[4]}" for case in CASES])
def test_who_meets_by_which_parts(case: Any) -> None:
    parts, one, other, expected, why = case
    e = encoded(one, other)
    assert (meet(key_values(key(parts), Parts(e))) == {(0, 1)}) == expected, why


def test_any_line_of_a_key_will_do_and_lines_meet_each_other() -> None:
    """A former name meets a name, a lunar date a day."""
    spec = MODEL.keys["name_birth"]
    now, former = (
        {"name": "冯若溪", "birth_date": "2014-03-15"},
        {"name": "冯二妞", "former_name": "冯若溪", "birth_date": "2014-03-15"},
    )
    assert meet(key_values(spec, Parts(encoded(now, former)))) == {(0, 1)}
    solar, lunar = {"name": "冯若溪", "birth_date": "2015-03-10"}, {"name": "冯若溪", "birth_date": "2015-01-20"}
    assert meet(key_values(spec, Parts(encoded(solar, lunar)))) == {(0, 1)}


def test_a_record_carries_each_value_once() -> None:
    e = encoded({"father_name": "冯守田", "mother_name": "冯守甜", "birth_date": "2014-03-15"})
    values_of_key = key_values(key(("people_sounds", "day")), Parts(e))
    assert len(values_of_key.record) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "name": st.sampled_from(["冯若溪", "冯若西", "卫一鸣", ""]),
                "birth_date": st.sampled_from(["2014-03-15", "2014-03", "2011-05-01", ""]),
                "sex": st.sampled_from(["1", "2", ""]),
                "live_town": st.sampled_from(["石桥镇", "白鹿乡", ""]),
                "hukou_town": st.sampled_from(["石桥镇", "白鹿乡", ""]),
            }
        ),
        max_size=7,
    ),
    st.sampled_from([("sound", "day"), ("towns", "sex"), ("towns", "month", "sound"), ("year", "towns", "sex")]),
)
def test_values_say_exactly_which_parts_are_equal(rows: list[dict[str, str]], of: tuple[str, ...]) -> None:
    e = encoded(*rows) if rows else encode(pd.DataFrame({"record_id": [], "department": []}, dtype=object), MODEL)
    parts = Parts(e)
    values_of_key = key_values(key(of), parts)
    columns = [parts.of(name) for name in of]

    def all_values(record: int) -> set[tuple[int, ...]]:
        every = product(*([int(column[record]) for column in part] for part in columns))
        return {values for values in every if all(values)}

    expected = {(a, b) for a in range(len(e)) for b in range(a + 1, len(e)) if all_values(a) & all_values(b)}
    assert meet(values_of_key) == expected
    assert (values_of_key.value != 0).all()
    assert sorted(set(values_of_key.record.tolist())) == [record for record in range(len(e)) if all_values(record)]


def test_lines_are_all_combinations_of_columns() -> None:
    e = encoded(ONE)
    combinations = list(lines(key(("towns", "phones", "sex")), Parts(e)))
    assert combinations == [(("towns", a), ("phones", b), ("sex", 0)) for a in range(3) for b in range(3)]


def test_parts_that_fit_into_no_integer_are_refused_by_name() -> None:
    e = encoded(ONE)
    parts = Parts(e)
    assert sum(widths(key(("sound", "day", "year")), parts)) <= WIDTH
    with pytest.raises(ValueError, match="试"):
        widths(key(("numbers", "year", "year", "year", "year", "year", "year")), parts)


def test_a_part_is_made_once_and_let_go_with_its_last_key(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    plain = PARTS["sound"]
    monkeypatch.setitem(PARTS, "sound", lambda e: calls.append("sound") or plain(e))  # type: ignore[func-returns-value]
    first, second = key(("sound", "day")), key(("sound", "month"))
    parts = Parts(encoded(ONE, ONE), [first, second])
    for spec in (first, second):
        key_values(spec, parts)
        parts.done(spec)
    assert calls == ["sound"], "made once for two keys"
    parts.of("sound")
    assert calls == ["sound", "sound"], "and not kept after the last"


def test_numbers_and_documents_never_meet() -> None:
    """Student number 1234567 is no citizen number of that code."""
    e = encoded(
        {"id_no": "341221201403150218"}, {"student_no": "341221201403150218"}, {"student_no": "341221201403150218"}
    )
    assert meet(key_values(MODEL.keys["number"], Parts(e))) == {(1, 2)}


@pytest.mark.parametrize(
    ("split", "one", "other", "same"),
    [
        ("name", {"name": "冯若溪"}, {"name": "冯若西"}, True),
        ("name", {"name": "冯若溪"}, {"name": "卫若溪"}, False),
        ("town", {"live_town": "石桥镇"}, {"live_town": "石桥镇", "hukou_town": ""}, True),
        ("town", {"live_town": "石桥镇"}, {"live_town": "白鹿乡"}, False),
        ("year", {"birth_date": "2014-03-15"}, {"birth_date": "2014"}, True),
        ("year", {"birth_date": "2014-03-15"}, {"birth_date": "2015-03-15"}, False),
        ("sex", {"sex": "1"}, {"sex": "2"}, False),
        ("sex", {"sex": ""}, {"sex": ""}, True),
    ],
)
def test_what_splits_a_large_block(split: str, one: dict[str, str], other: dict[str, str], same: bool) -> None:
    parts = SPLITS[split](encoded(one, other)).tolist()
    assert (parts[0] == parts[1]) == same


def test_neighbours_of_a_window_have_one_sound_then_one_birth_then_one_father() -> None:
    rows = [
        {"name": "卫一鸣", "birth_date": "2011-01-01"},
        {"name": "冯若溪", "birth_date": "2014-03-15", "father_name": "冯守田"},
        {"name": "冯若溪", "birth_date": "2010-03-15"},
        {"name": "冯若西", "birth_date": "2014-03-15"},
        {"name": "冯若溪", "birth_date": "2014-03-15", "father_name": "冯大有"},
        {"name": "冯若溪", "birth_date": "2014-03-15", "father_name": "冯守田"},
    ]
    rank = window_order(encoded(*rows))
    assert sorted(rank.tolist()) == list(range(6))
    assert abs(rank[1] - rank[5]) == 1, "name, birth and father"
    assert max(rank[[1, 4, 5]]) - min(rank[[1, 4, 5]]) == 2, "name and birth"
    assert max(rank[[1, 2, 4, 5]]) - min(rank[[1, 2, 4, 5]]) == 3, "one name"
    assert rank[2] == min(rank[[1, 2, 4, 5]]), "the earlier birth stands before"
    assert max(rank[1:]) - min(rank[1:]) == 4, "one sound"


GOOD = "341221201403150218"


@pytest.mark.parametrize("damage", range(18))
def test_parts_of_a_damaged_number_meet_the_good_one_they_came_from(damage: int) -> None:
    wrong = GOOD[:damage] + ("1" if GOOD[damage] != "1" else "2") + GOOD[damage + 1 :]
    e = encoded({"id_no": GOOD}, {"id_no_raw": wrong, "id_no_status": "bad_check"}, {"id_no": "110101200901011231"})
    table = np.stack(number_parts(e), axis=1)
    assert (table[0, :4] == table[1, :4])[table[0, :4] > 0].any()
    assert not table[2].any(), "a number that no damaged one resembles has no part"


def test_without_damaged_numbers_there_are_no_parts() -> None:
    assert not np.stack(number_parts(encoded({"id_no": GOOD}, {"id_no": GOOD})), axis=1).any()


@given(st.text("0123456789X*", max_size=20))
def test_a_part_is_nothing_where_it_is_masked_or_short(text: str) -> None:
    parts = slip_parts(text)
    assert len(parts) == 4
    if len(text) < 15:
        assert parts == (0, 0, 0, 0)
    elif "*" in text[:14]:
        assert parts[0] == parts[1] == 0
    assert len({part for part in parts if part}) == len([part for part in parts if part]), (
        "parts of different places never equal"
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("0123456789X*張 ", min_size=18, max_size=18), max_size=4))
def test_what_is_no_number_is_nought(texts: list[str]) -> None:
    codes = number_codes(texts)
    for text, code in zip(texts, codes.tolist(), strict=True):
        head = text[:17]
        assert code == (int(head) if head.isascii() and head.isdigit() else 0)
