"""What is said for want of data is said of the list's own columns, and nothing is certain where a register is short."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from expectations.coverage.shapes import FIELD_COLUMNS, HOLE, UNIT_COLUMNS, Coverage
from expectations.jurisdictions.profile import load_profile
from expectations.lists.catalogue import load_catalogue
from expectations.lists.outcomes import Knowledge, _capped

SCHOOL = "教育的学籍「甲小学」：上一次交来的43名儿童，这次一名也没有"


def knowledge(coverage, records=()):
    columns = ["record_id", "child_id", "department", "layout", "file"]
    files = SimpleNamespace(records=pd.DataFrame(list(records), columns=columns))
    view = SimpleNamespace(files=files, catalogue=load_catalogue(), profile=load_profile("default"))
    return Knowledge(view, coverage, {})


def short_school(asked):
    row = {"source": "education.register", "dimension": "school", "unit": "甲小学", "basis": "kept", "state": HOLE}
    row |= {"because": SCHOOL, "asked": asked, "seen": 0}
    return replace(Coverage.complete(), units=pd.DataFrame([row]).reindex(columns=UNIT_COLUMNS))


def test_a_list_names_the_column_that_it_rests_on_itself():
    fields = [
        {"source": "civil_affairs.ledger", "file": "台账.xlsx", "field": name, "state": HOLE, "because": f"没有{name}"}
        for name in ("agreement", "guardianship")
    ]
    refilled = [{"record_id": "CA-1", "field": name, "value": "x"} for name in ("agreement", "guardianship")]
    coverage = replace(
        Coverage.complete(),
        fields=pd.DataFrame(fields).reindex(columns=FIELD_COLUMNS),
        refilled=pd.DataFrame(refilled),
    )
    known = knowledge(coverage, [("CA-1", "T-1", "civil_affairs", "ledger", "台账.xlsx")])
    rests_on = load_catalogue().rests_on
    assert known.why_carried("T-1", rests_on["L21"].fields) == "没有guardianship"
    assert known.why_carried("T-1", rests_on["L20"].fields) == "没有agreement"
    # Of a list without a column of its own among them the first is said; of another child nothing.
    assert known.why_carried("T-1", rests_on["L24"].fields) == "没有agreement"
    assert known.why_carried("T-2", rests_on["L21"].fields) == ""


@pytest.mark.parametrize(
    ("code", "asked", "grade"),
    [
        ("L03", 43, "很可能"),
        # Of a few children nobody is asked, and nothing is doubted.
        ("L03", 2, "明确"),
        # Rests on the police, who brought all.
        ("L01", 43, "明确"),
    ],
)
def test_a_line_that_rests_on_a_register_of_which_a_part_is_missing_is_not_certain(code, asked, grade):
    lines = pd.DataFrame([{"code": code, "child_id": "T-1", "grade": "明确", "reason": "没有找到。"}])
    capped = _capped(lines, knowledge(short_school(asked))).iloc[0]
    assert capped["grade"] == grade
    assert ("教育的数据没有交齐" in capped["reason"]) is (grade != "明确")
