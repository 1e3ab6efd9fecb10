"""Which children a mark reaches, and what is left of a frame for those who may not see them."""

import json

import pandas as pd
import pytest

from assets.intake.values import Remarks, _coded
from assets.protected import Protected, ProtectionHistory, keys_of, printed_for, protected_of, with_doubles
from pipelines.resources.protection_marks import COLUMN, LIFT, PERSON, PROTECT, Mark, Move

PERIOD = "2026Q3"
FIELDS = [
    "department",
    "layout",
    "id_no",
    "id_no_raw",
    "name",
    "birth_date",
    "father_name",
    "mother_name",
    "guardian_name",
]


def records(*rows):
    """Records of children: `child_id, record_id` and whatever else is named; the rest is empty."""
    frame = pd.DataFrame(rows, dtype=object)
    return frame.reindex(columns=["child_id", "record_id", "protected", *FIELDS], fill_value="").fillna("")


ONE = {"child_id": "T1", "record_id": "r1", "department": "education", "id_no": "620722201503105123", "name": "甲乙"}
OTHER = {"child_id": "T2", "record_id": "r2", "department": "education", "id_no": "620722201504213222", "name": "丙丁"}


def mark(child, kind=PROTECT, person="", source=PERSON, keys=""):
    return Mark(child, "2026Q2", kind, source, person, "某人", "理由", "", keys)


def known(*marks, moves=()):
    return ProtectionHistory(PERIOD, marks, tuple(moves))


def test_nobody_is_protected_without_a_mark():
    veil = protected_of(records(ONE, OTHER), known())
    frame = records(ONE, OTHER)
    assert not veil
    assert veil.without(frame) is frame
    assert veil.placeless(frame) is frame


def test_a_column_marks_the_child_in_all_its_records_and_is_kept():
    veil = protected_of(
        records({**ONE, "protected": "yes"}, {**ONE, "record_id": "r3", "department": "civil_affairs"}), known()
    )
    assert (veil.persons, set(veil.records), veil.unnamed) == ({"T1": ""}, {"r1", "r3"}, 1)
    assert [(one.child_id, one.source, one.author) for one in veil.fresh] == [("T1", COLUMN, "education")]


def test_the_default_person_stands_in_where_nobody_is_named():
    veil = protected_of(records({**ONE, "protected": "yes"}), known(), "孙某")
    assert veil.persons == {"T1": "孙某"}
    assert veil.unnamed == 1


def test_a_column_does_not_put_a_named_person_aside():
    marks = (mark("T1", person="钱某"), mark("T1", source=COLUMN))
    assert protected_of(records(ONE), known(*marks)).persons == {"T1": "钱某"}


def test_what_a_person_lifted_is_open_unless_the_column_still_says_so():
    marks = (mark("T1", person="钱某"), mark("T1", LIFT))
    assert protected_of(records(ONE), known(*marks)).persons == {}
    assert protected_of(records({**ONE, "protected": "yes"}), known(*marks)).persons == {"T1": ""}


@pytest.mark.parametrize(
    ("moves", "reached"),
    [
        ([Move("2026Q3", "merge", "T0", "T1")], {"T0", "T1"}),
        ([Move("2026Q3", "merge", "T0", "T1"), Move("2026Q4", "merge", "T9", "T0")], {"T0", "T1", "T9"}),
        ([Move("2026Q3", "split", "T1", "T5")], {"T1", "T5"}),
        ([Move("2026Q3", "split", "T1", "T5"), Move("2026Q4", "split", "T5", "T6")], {"T1", "T5", "T6"}),
        ([Move("2026Q1", "split", "T1", "T5")], {"T1"}),  # before the mark was set
    ],
)
def test_a_mark_follows_merges_and_splits(moves, reached):
    assert set(protected_of(records(ONE), known(mark("T1"), moves=moves)).persons) == reached


def test_lifting_reaches_the_number_that_leads_now():
    moves = [Move("2026Q3", "merge", "T0", "T1")]
    assert protected_of(records(ONE), known(mark("T1"), mark("T0", LIFT), moves=moves)).persons == {}


def test_a_child_is_known_again_by_its_number_or_by_name_birth_and_guardians():
    keys = keys_of(records({**ONE, "birth_date": "2015-03-10", "guardian_name": "戊己"}))
    anew = {**ONE, "child_id": "T7"}
    unnumbered = {
        **ONE,
        "child_id": "T8",
        "record_id": "r8",
        "id_no": "",
        "birth_date": "2015-03-10",
        "guardian_name": "戊己",
    }
    namesake = {**ONE, "child_id": "T9", "record_id": "r9", "id_no": ""}
    veil = protected_of(records(anew, unnumbered, namesake, OTHER), known(mark("T1", person="钱某", keys=keys)))
    assert veil.persons == {"T1": "钱某", "T7": "钱某", "T8": "钱某"}
    assert not any(word in keys for word in ("甲乙", "戊己", ONE["id_no"]))


def veil_of(**persons):
    return Protected(persons, {f"r{child[1:]}": child for child in persons}, len(persons))


def test_no_row_of_whatever_frame_names_a_protected_child():
    veil = veil_of(T1="钱某")
    links = pd.DataFrame({"record_id": ["r1", "r2"], "child_id": ["T1", "T2"]})
    pairs = pd.DataFrame({"record_a": ["r1", "r2", "r3"], "record_b": ["r2", "r1", "r4"]})
    near = pd.DataFrame({"child_id": ["T2"], "other_child_id": ["T1"], "other_record_id": ["r1"]})
    assert veil.without(links)["child_id"].tolist() == ["T2"]
    assert veil.without(pairs)["record_a"].tolist() == ["r3"]
    assert veil.without(near).empty


def test_a_protected_child_is_no_near_candidate_on_anybody_s_line():
    entries = [
        {"child_id": "T1", "file": "隐泉小学.csv", "row": 3},
        {"child_id": "T3", "file": "城关小学.csv", "row": 4},
    ]
    lines = pd.DataFrame({"child_id": ["T2", "T4"], "near": [json.dumps(entries, ensure_ascii=False), "[]"]})
    kept = veil_of(T1="钱某").without(lines)["near"].map(json.loads).tolist()
    assert kept == [[entries[1]], []]


def test_a_person_sees_the_own_children_and_no_other_person_s():
    veil = veil_of(T1="钱某", T2="孙某")
    frame = pd.DataFrame({"record_a": ["r1", "r1", "r2"], "record_b": ["r3", "r2", "r3"]})
    assert veil.only(frame, "钱某").index.tolist() == [0]
    assert veil.only(frame, "孙某").index.tolist() == [2]
    assert veil.but_for("钱某").persons == {"T2": "孙某"}


def test_figures_keep_the_line_and_lose_the_place():
    lines = pd.DataFrame(
        {"child_id": ["T1", "T2"], "code": ["L05", "L05"], "town": ["甲镇", "乙镇"], "school": ["一小", "二小"]}
    )
    counted = veil_of(T1="").placeless(lines)
    assert counted[["code", "town", "school"]].to_numpy().tolist() == [["L05", "", ""], ["L05", "乙镇", "二小"]]


def test_who_may_be_the_child_is_hidden_until_somebody_decides():
    veil, rows = veil_of(T1="钱某"), records(ONE, OTHER, {**OTHER, "child_id": "T3", "record_id": "r3"})
    pairs = pd.DataFrame({"record_a": ["r1", "r1"], "record_b": ["r2", "r3"], "grade": ["review", "different"]})
    wider = with_doubles(veil, rows, pairs)
    assert wider.persons == {"T1": "钱某", "T2": "钱某"}
    assert set(wider.records) == {"r1", "r2"}
    assert wider.present == 1


def test_a_word_that_nobody_can_read_hides_the_child():
    cells = pd.Series(["是", "否", "", "无", "受保护", "见附件说明", "√"], dtype=object)
    remarks = Remarks(cells.index)
    assert _coded(cells, "protected", "civil_affairs", remarks).tolist() == ["yes", "no", "", "no", "yes", "yes", "yes"]
    assert remarks.joined().tolist() == ["", "", "", "", "", "unknown_code:protected", ""]


def test_what_the_workbook_prints():
    assert printed_for("钱某") == "受保护儿童 – 仅限 钱某 本人"
    assert printed_for("") == "受保护儿童 – 仅限民政局专册"
