"""Which known rows a changed row may concern: fingerprints that see every column that linking reads, change keys that two rows of one child
share, and rows that are concerned by one strong key or two weak ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.columns import TextColumns
from matching.linking import link_records
from matching.periods.change_keys import READ, STRONG, WEAK, change_keys, row_fingerprints, rows_concerned

ROW = {column: f"值{place}" for place, column in enumerate(READ)}
WIDTHS = {name: table.shape[1] for name, table in change_keys(TextColumns(pd.DataFrame({"name": ["甲"]}))).items()}


def fingerprints(*rows: dict[str, Any]) -> list[int]:
    return row_fingerprints(TextColumns(pd.DataFrame(list(rows)))).tolist()


@pytest.mark.parametrize("column", READ)
def test_a_change_in_any_column_that_linking_reads_is_seen(column: str) -> None:
    plain, changed, blank = fingerprints(ROW, ROW | {column: "别的"}, ROW | {column: ""})
    assert len({plain, changed, blank}) == 3


def test_no_column_that_linking_reads_is_left_out_of_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column that coding, comparing or the register asks a delivery for."""
    asked: set[str] = set()
    for way in ("once", "plain", "take"):
        plain = getattr(TextColumns, way)
        monkeypatch.setattr(
            TextColumns, way, lambda self, column, *rest, plain=plain: asked.add(column) or plain(self, column, *rest)
        )
    link_records(pd.DataFrame([ROW | {"record_id": place, "department": "x"} for place in "ab"]))
    assert len(asked) > 30
    assert asked - {"record_id"} <= set(READ)


@pytest.mark.parametrize("column", ["record_id", "period", "file", "sheet", "row", "note", "truth"])
def test_what_linking_does_not_read_changes_no_fingerprint(column: str) -> None:
    first, other = fingerprints(ROW | {column: "a"}, ROW | {column: "b"})
    assert first == other == fingerprints(ROW)[0]


@pytest.mark.parametrize("column", ["name", "father_name", "school"])
def test_a_cell_that_holds_nothing_is_an_empty_one(column: str) -> None:
    none, empty, full = fingerprints(ROW | {column: None}, ROW | {column: ""}, ROW)
    assert none == empty != full


@pytest.mark.parametrize("column", ["department", "father_name", "school"])
@pytest.mark.xfail(
    strict=True,
    reason="the fingerprint is a digest of the columns that are there, so that an absent one is not an empty one",
)
def test_a_column_that_is_absent_is_an_empty_one(column: str) -> None:
    rest = {name: text for name, text in ROW.items() if name != column}
    assert fingerprints(rest)[0] == fingerprints(rest | {column: ""})[0]


def test_texts_that_change_places_change_the_fingerprint() -> None:
    """A father's name in the mother's column is another row."""
    first, other = fingerprints(
        {"father_name": "冯守田", "mother_name": ""}, {"father_name": "", "mother_name": "冯守田"}
    )
    assert first != other
    first, other = fingerprints({"name": "甲", "former_name": "乙"}, {"name": "乙", "former_name": "甲"})
    assert first != other


@pytest.mark.xfail(
    strict=True, reason="a fingerprint does not know under which heading a text stood once the other column is absent"
)
def test_a_text_under_another_heading_is_another_row() -> None:
    assert (
        fingerprints({"name": "冯若溪", "father_name": "冯守田"})[0]
        != fingerprints({"name": "冯若溪", "mother_name": "冯守田"})[0]
    )


def test_the_order_of_columns_and_rows_changes_no_fingerprint() -> None:
    rows = [ROW | {"name": f"冯{place}"} for place in range(5)]
    plain = fingerprints(*rows)
    assert fingerprints(*rows[::-1]) == plain[::-1]
    turned = pd.DataFrame(rows)[list(reversed(READ))]
    assert row_fingerprints(TextColumns(turned)).tolist() == plain
    assert len(set(plain)) == 5


def test_equal_rows_have_equal_fingerprints_and_a_space_makes_another_row() -> None:
    first, other, spaced = fingerprints(ROW, dict(ROW), ROW | {"name": ROW["name"] + " "})
    assert first == other != spaced


def test_no_rows_have_no_fingerprints() -> None:
    assert fingerprints(*[ROW])[:0] == row_fingerprints(TextColumns(pd.DataFrame([ROW]).head(0))).tolist() == []


def shared(one: dict[str, str], other: dict[str, str]) -> set[str]:
    """Kinds of change key that the two rows have in common."""
    by_kind = change_keys(TextColumns(pd.DataFrame([one, other]).fillna("")))
    return {name for name, table in by_kind.items() if (set(table[0].tolist()) & set(table[1].tolist())) - {0}}


NUMBER = "341221201403150218"
CASES = [
    # one row, the other, the keys they share, why
    ({"id_no": NUMBER}, {"id_no": NUMBER}, {"number", "number_part"}, "one valid number"),
    ({"id_no": NUMBER}, {"student_no_id": NUMBER}, {"number"}, "the number inside the student number"),
    ({"student_no_id": NUMBER}, {"disability_no_id": NUMBER}, {"number"}, "two derived numbers"),
    ({"id_no": NUMBER}, {"father_id": NUMBER}, set(), "a guardian's number is not the child's own"),
    ({"student_no": "G1234567"}, {"student_no": "G1234567"}, {"document"}, "student number"),
    ({"birth_cert_no": "O340001"}, {"birth_cert_no": "O340001"}, {"document"}, "birth certificate"),
    ({"disability_no": "D001"}, {"disability_no": "D001"}, {"document"}, "disability certificate"),
    (
        {"child_no": "17", "department": "民政"},
        {"child_no": "17", "department": "民政"},
        {"document"},
        "a department's own number of its own child",
    ),
    (
        {"child_no": "17", "department": "民政"},
        {"child_no": "17", "department": "教育"},
        set(),
        "another department's 17",
    ),
    (
        {"name": "冯若溪", "birth_date": "2014-03-15"},
        {"name": "冯若溪", "birth_date": "2014-03-15"},
        {"name_day", "name_month", "given_day"},
        "name and day",
    ),
    (
        {"name": "冯若溪", "birth_date": "2014-03-15"},
        {"name": "冯若西", "birth_date": "2014-03-15"},
        {"name_day", "name_month", "given_day"},
        "a homophone sounds the same",
    ),
    (
        {"name": "陈静", "birth_date": "2014-03-15"},
        {"name": "陈晋", "birth_date": "2014-03-15"},
        {"name_day", "name_month", "given_day"},
        "in and ing are heard as one",
    ),
    (
        {"name": "馮若溪", "birth_date": "2014-03-15"},
        {"name": "冯若溪", "birth_date": "2014-03-15"},
        {"name_day", "name_month", "given_day"},
        "traditional characters",
    ),
    (
        {"name": "冯若溪", "birth_date": "2014-03-15"},
        {"name": "卫若溪", "birth_date": "2014-03-15"},
        {"given_day"},
        "another surname",
    ),
    (
        {"name": "欧阳若溪", "birth_date": "2014-03-15"},
        {"name": "冯若溪", "birth_date": "2014-03-15"},
        {"given_day"},
        "a surname of two characters beside one of one",
    ),
    (
        {"name": "冯若溪", "birth_date": "2014-03-15"},
        {"name": "若溪", "birth_date": "2014-03-15"},
        {"given_day"},
        "the given name alone",
    ),
    (
        {"name": "冯溪", "birth_date": "2014-03-15"},
        {"name": "卫溪", "birth_date": "2014-03-15"},
        set(),
        "one common character of a given name says nothing",
    ),
    (
        {"name": "冯若溪", "birth_date": "2015-03-10"},
        {"name": "冯若溪", "birth_date": "2015-01-20"},
        {"name_day"},
        "the same day by the old calendar",
    ),
    (
        {"name": "冯若溪", "former_name": "冯二妞", "birth_date": "2014-03-15"},
        {"name": "冯二妞", "birth_date": "2014-03-15"},
        {"name_day"},
        "a former name",
    ),
    (
        {"name": "冯若溪", "birth_date": "2014-03-15"},
        {"name": "冯若溪", "birth_date": "2014-03-28"},
        {"name_month"},
        "name and month",
    ),
    (
        {"name": "冯若溪", "birth_date": "2014-03"},
        {"name": "冯若溪", "birth_date": "2014-03-28"},
        {"name_month"},
        "the day is not known",
    ),
    (
        {"name": "冯若溪", "birth_date": "2014"},
        {"name": "冯若溪", "birth_date": "2014"},
        set(),
        "name and year: a namesake",
    ),
    ({"name": "冯若溪"}, {"name": "冯若溪"}, set(), "a name alone"),
    ({"birth_date": "2014-03-15"}, {"birth_date": "2014-03-15"}, set(), "a day alone"),
    ({}, {}, set(), "two empty rows"),
    (
        {"father_name": "冯守田", "birth_date": "2014-03-15"},
        {"guardian_name": "冯守田", "birth_date": "2014-03-15"},
        {"guardian_day"},
        "one guardian in two roles, and the day",
    ),
    (
        {"mother_name": "卫巧云", "birth_date": "2014-03-15"},
        {"mother_name": "卫巧芸", "birth_date": "2014-03-15"},
        {"guardian_day"},
        "the guardian's name is heard, too",
    ),
    (
        {"father_id": "A", "birth_date": "2014-03-15"},
        {"guardian_id": "A", "birth_date": "2014-09-09"},
        {"guardian_number"},
        "a guardian's number in two roles, and the year",
    ),
    (
        {"father_id": "A", "birth_date": "2014-03-15"},
        {"father_id": "A", "birth_date": "2016-03-15"},
        set(),
        "a brother",
    ),
    (
        {"phone": "13800001111", "birth_date": "2014-03-15"},
        {"mother_phone": "13800001111", "birth_date": "2014-11-02"},
        {"phone_year"},
        "one telephone in two columns, and the year",
    ),
    ({"phone": "13800001111"}, {"phone": "13800001111"}, set(), "a telephone without a year"),
    (
        {"household_no": "H1", "birth_date": "2014-03-15"},
        {"household_no": "H1", "birth_date": "2014-01-01"},
        {"household_year"},
        "household and year",
    ),
    (
        {"father_name": "冯守田", "mother_name": "卫巧云", "sex": "1"},
        {"father_name": "冯守田", "mother_name": "卫巧云", "sex": "1"},
        {"parents"},
        "both parents and the sex",
    ),
    (
        {"father_name": "冯守田", "mother_name": "卫巧云", "sex": "1"},
        {"father_name": "冯守田", "mother_name": "卫巧云", "sex": "2"},
        set(),
        "a brother and a sister",
    ),
    (
        {"name": "冯若溪", "father_name": "冯守田"},
        {"name": "冯若溪", "guardian_name": "冯守田"},
        {"name_guardian"},
        "name and guardian",
    ),
    (
        {"name": "冯若溪", "father_name": "冯守田", "birth_date": "2014-03-15"},
        {"name": "冯一鸣", "father_name": "冯守田", "birth_date": "2014-07-01"},
        {"guardian_year"},
        "guardian, surname and year",
    ),
    (
        {"name": "冯若溪", "live_village": "柳沟村"},
        {"name": "冯若溪", "hukou_village": "柳沟村"},
        {"name_village"},
        "name and village, lived in here and registered in there",
    ),
    (
        {"name": "冯若溪", "live_town": "石桥镇", "birth_date": "2014-03-15"},
        {"name": "冯一鸣", "town": "石桥镇", "birth_date": "2014-03-15"},
        {"surname_day"},
        "surname, day and town",
    ),
    (
        {"live_town": "石桥镇", "birth_date": "2014-03-15"},
        {"live_town": "石桥镇", "birth_date": "2014-03-15"},
        set(),
        "day and town without a name: only neighbours",
    ),
]


@pytest.mark.parametrize(("one", "other", "expected", "why"), CASES, ids=[case[3] for case in CASES])
def test_what_two_rows_share(one: dict[str, str], other: dict[str, str], expected: set[str], why: str) -> None:
    assert shared(one, other) == expected, why
    assert shared(other, one) == expected, "and the other way round"


@pytest.mark.parametrize("place", range(18))
def test_a_slip_in_a_number_leaves_a_long_part_unless_it_is_in_the_birth_date(place: int) -> None:
    """The parts are the first 15, the first 14 with the last 2, and the last 12 characters: the birth date is in all of them."""
    wrong = NUMBER[:place] + ("1" if NUMBER[place] != "1" else "2") + NUMBER[place + 1 :]
    damaged = {"id_no_raw": wrong, "id_no_status": "bad_check"}
    assert shared({"id_no": NUMBER}, damaged) == (set() if 6 <= place < 14 else {"number_part"})


@pytest.mark.parametrize(
    ("raw", "status", "expected"),
    [
        (NUMBER[:15] + "000", "damaged", {"number_part"}),
        (NUMBER[:6] + "********" + NUMBER[14:], "masked", set()),
        (NUMBER[:14], "bad_length", set()),
        (NUMBER, "adult", set()),
        (NUMBER, "", set()),
    ],
)
def test_what_is_left_of_a_number_is_read_only_where_it_is_readable(raw: str, status: str, expected: set[str]) -> None:
    assert shared({"id_no": NUMBER}, {"id_no_raw": raw, "id_no_status": status}) == expected


def test_a_row_with_a_valid_number_is_known_by_it_and_not_by_its_raw_text() -> None:
    other = "341221201107260322"
    assert shared({"id_no": NUMBER, "id_no_raw": other, "id_no_status": "bad_check"}, {"id_no": other}) == set()


@pytest.mark.parametrize("strong", ["number", "document", "name_day", "guardian_day", "guardian_number"])
def test_what_brings_rows_together_alone(strong: str) -> None:
    assert strong in STRONG


def test_change_keys_of_a_row_do_not_depend_on_the_other_rows(county: pd.DataFrame) -> None:
    """So that they can be kept from one period to the next."""
    whole = county.head(300)
    part = whole.sample(n=40, random_state=11)
    every, mine = change_keys(TextColumns(whole)), change_keys(TextColumns(part))
    rows = whole.index.get_indexer(part.index)
    for name, table in mine.items():
        np.testing.assert_array_equal(table, every[name][rows], err_msg=name)


def test_a_row_that_comes_back_changed_meets_its_child(county: pd.DataFrame) -> None:
    """Its child's other rows are met, and few strangers."""
    alone = ~county.duplicated("truth", keep=False)
    changed = county[~alone].drop_duplicates("truth").head(60)
    known = county.drop(index=changed.index)
    every, mine = change_keys(TextColumns(known)), change_keys(TextColumns(changed))
    truth, hits, strangers = known["truth"].to_numpy(), 0, 0
    for place, child in enumerate(changed["truth"]):
        hit = rows_concerned(every, {name: table[place : place + 1] for name, table in mine.items()}, len(known))
        hits += bool((truth[hit] == child).any())
        strangers += int((truth[hit] != child).sum())
    assert hits >= len(changed) - 1
    assert strangers < 3 * len(changed)


def table_of(rows: list[dict[str, list[int]]]) -> dict[str, np.ndarray]:
    """Change keys from what each row holds; all else is nothing."""
    out = {name: np.zeros((len(rows), width), dtype=np.uint32) for name, width in WIDTHS.items()}
    for place, row in enumerate(rows):
        for name, values in row.items():
            out[name][place, : len(values)] = values
    return out


def concerned_rows(known: list[dict[str, list[int]]], changed: list[dict[str, list[int]]]) -> list[int]:
    return np.flatnonzero(rows_concerned(table_of(known), table_of(changed), len(known))).tolist()


@pytest.mark.parametrize("name", STRONG)
def test_one_strong_key_is_enough(name: str) -> None:
    assert concerned_rows([{name: [5]}, {name: [7]}, {}], [{name: [7]}]) == [1]


@pytest.mark.parametrize("name", WEAK)
def test_one_weak_key_is_not_enough(name: str) -> None:
    assert concerned_rows([{name: [5]}], [{name: [5]}]) == []


@pytest.mark.parametrize("other", WEAK[1:])
def test_two_weak_keys_of_different_kinds_are_enough(other: str) -> None:
    first = WEAK[0]
    assert concerned_rows([{first: [5], other: [9]}, {first: [5]}, {other: [9]}], [{first: [5], other: [9]}]) == [0]


def test_two_keys_of_one_weak_kind_are_one() -> None:
    """Both telephones of a family are one reason, not two."""
    assert concerned_rows([{"phone_year": [5, 6]}], [{"phone_year": [6, 5]}]) == []


def test_the_two_weak_keys_must_be_of_one_pair_of_rows() -> None:
    known = [{"name_month": [5], "phone_year": [9]}]
    assert concerned_rows(known, [{"name_month": [5]}, {"phone_year": [9]}]) == []
    assert concerned_rows(known, [{"name_month": [5], "phone_year": [9]}, {}]) == [0]


def test_a_key_is_found_in_whichever_column_it_stands() -> None:
    assert concerned_rows([{"number": [0, 0, 5]}], [{"number": [5]}]) == [0]


def test_a_key_of_another_kind_is_not_the_same() -> None:
    assert concerned_rows([{"number": [5]}], [{"document": [5]}]) == []


@pytest.mark.parametrize(("rows", "found"), [(1, 1), (59, 59), (60, 60), (61, 0), (200, 0)])
def test_a_key_of_a_crowd_says_nothing(rows: int, found: int) -> None:
    assert len(concerned_rows([{"number": [5]}] * rows, [{"number": [5]}])) == found


def test_a_crowd_under_one_key_does_not_hide_another() -> None:
    known = [{"number": [5]}] * 70 + [{"number": [5, 6]}]
    assert concerned_rows(known, [{"number": [5, 6]}]) == [70]


@pytest.mark.parametrize(("known", "changed"), [([], [{"number": [5]}]), ([{"number": [5]}], []), ([], [])])
def test_nobody_meets_nobody(known: Any, changed: Any) -> None:
    assert concerned_rows(known, changed) == []


# Values that share their upper bits, and such as stand at the ends of the range: what is sieved first must not be lost.
values = st.sampled_from([0, 0, 1, 3, 1023, 1025, 2**31 + 1, 2**32 - 1])


@st.composite
def rows_of_keys(draw: Any) -> list[dict[str, list[int]]]:
    names = st.sampled_from(["number", "document", "name_month", "phone_year", "surname_day"])
    row = st.dictionaries(names, st.lists(values, min_size=1, max_size=1), max_size=4)
    drawn: list[dict[str, list[int]]] = draw(st.lists(row, max_size=7))
    return drawn


@settings(max_examples=60, deadline=None)
@given(rows_of_keys(), rows_of_keys())
def test_concern_is_what_looking_at_every_pair_would_say(known: Any, changed: Any) -> None:
    expected = []
    for place, mine in enumerate(known):
        for theirs in changed:
            common = [name for name in mine if set(mine[name]) & set(theirs.get(name, [])) - {0}]
            if any(name in STRONG for name in common) or len(common) >= 2:
                expected.append(place)
                break
    assert concerned_rows(known, changed) == expected
