"""When a nought of a list is none: something that it rests on did not come, and no single child can be named for it."""

from dataclasses import replace

import pandas as pd
import pytest

from expectations.coverage.shapes import FIELD_COLUMNS, HOLE, UNIT_COLUMNS, WHOLE, Coverage
from expectations.lists.catalogue import load_catalogue
from expectations.lists.gaps import gaps_of
from expectations.lists.knowledge import CANNOT, HELD, NOT_COMPUTED, NOTHING, ListKnowledge, in_town

WHY = "教育的学籍「甲小学」：上一次交来的43名儿童，这次一名也没有"


def hole(source, state=HOLE):
    row = {"source": source, "dimension": "school", "unit": "甲小学", "basis": "kept", "state": state, "because": WHY}
    return replace(Coverage.complete(), units=pd.DataFrame([row]).reindex(columns=UNIT_COLUMNS))


def silent(source, field):
    row = {"source": source, "field": field, "file": "学籍.xlsx", "state": HOLE, "because": WHY}
    return replace(Coverage.complete(), fields=pd.DataFrame([row]).reindex(columns=FIELD_COLUMNS))


def test_whole_deliveries_leave_no_gap():
    assert gaps_of(load_catalogue(), Coverage.complete()) == {}
    assert gaps_of(load_catalogue(), hole("education.register", WHOLE)) == {}


@pytest.mark.parametrize(
    ("code", "has_gap"),
    [
        # Child by child: who could not be seen in the school register is said by name, and nobody else is in doubt.
        ("L03", False),
        # Two entries of one child: whose other entry lies in the missing school nobody can tell.
        ("L16E", True),
        ("L05", True),
        # Rests on nothing of the schools.
        ("L14", False),
    ],
)
def test_a_missing_school_is_a_gap_of_the_lists_that_cannot_say_whose(code, has_gap):
    assert (code in gaps_of(load_catalogue(), hole("education.register"))) is has_gap


def test_a_silent_column_is_a_gap_of_the_lists_that_rest_on_it():
    gaps = gaps_of(load_catalogue(), silent("education.register", "enrolment_status"))
    assert gaps["L05"] == WHY
    assert "L01" not in gaps
    # The same column of another department is another one.
    assert "L05" not in gaps_of(load_catalogue(), silent("disability.certificates", "enrolment_status"))


@pytest.mark.parametrize(
    ("known", "count", "cell"),
    [
        (ListKnowledge(), 0, NOTHING),
        (ListKnowledge(), 12, "12"),
        (ListKnowledge(hidden=3, because="x"), 12, "12"),
        (ListKnowledge(hidden=3, because="x"), 0, CANNOT),
        (ListKnowledge(gap="x"), 0, CANNOT),
        (ListKnowledge(not_computed="x"), 0, NOT_COMPUTED),
        (ListKnowledge(is_held=True), 0, HELD),
        # Nobody could have released what nobody could compute.
        (ListKnowledge(not_computed="x", is_held=True), 0, NOT_COMPUTED),
    ],
)
def test_what_stands_in_the_place_of_a_number(known, count, cell):
    assert known.cell(count) == cell


def test_a_number_says_what_it_leaves_out():
    assert ListKnowledge().beside(12) == ListKnowledge(not_computed="x").beside(0) == ""
    assert ListKnowledge(hidden=840, because="甲小学没有交齐").beside(12) == (
        "按已交来的数据 12 条；另有 840 名儿童无法比对（甲小学没有交齐）"
    )
    assert ListKnowledge(gap="甲小学没有交齐").beside(0) == "按已交来的数据没有；未交齐的部分无法比对（甲小学没有交齐）"


def test_a_township_knows_of_its_own_children_only():
    rows = [("L03", "a", "甲镇", "x"), ("L03", "b", "乙镇", "x"), ("L03", "c", "", "x")]
    uncompared = pd.DataFrame(rows, columns=["code", "child_id", "town", "because"])
    known = {"L03": ListKnowledge(hidden=3, because="x"), "L16E": ListKnowledge(gap="y")}
    assert in_town(known, uncompared, "甲镇")["L03"].hidden == 1
    assert in_town(known, uncompared, "丙镇")["L03"] == ListKnowledge()
    assert in_town(known, uncompared, "丙镇")["L16E"].gap == "y"
