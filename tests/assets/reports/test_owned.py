"""The pack counts for each department the lines that its workbook has: of L15 those that it is to check."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from assets.publishing.edition_lines import QUIET
from assets.reports.assemble import Version, figures_of
from assets.reports.figures import TOTAL
from assets.reports.owned import LISTED, own_number
from expectations.jurisdictions.profile import load_profile

CA, ED, PS = "civil_affairs", "education", "public_security"


def line(number, owner, grade="明确", code="L15", status="asked"):
    records = json.dumps([{"department": name} for name in (ED, PS)])
    named = {"finding_id": f"{code}-{number:08d}", "child_id": "T2026Q2-000001", "town": "甲镇"}
    return {
        "code": code,
        "grade": grade,
        "owner": owner,
        "department": ED,
        "records": records,
        "status": status,
        **named,
    }


@pytest.fixture
def of(material):
    lines = [line(1, ED), line(2, ED, "待核"), line(3, PS), line(4, "disability"), line(5, "", code="L01")]
    lines += [line(6, ED, status="quiet")]
    lists = tuple(info for info in material.lists if info.code != "L15")
    l15 = replace(next(info for info in material.lists if info.code == "L15"), recipients=(CA, ED, PS))
    before = pd.DataFrame([line(1, ED)])
    told = replace(material, findings=pd.DataFrame(lines), lists=(*lists, l15), missing={}, earlier={"2026Q2": before})

    def number(name, code="L15", column=TOTAL, **more):
        return own_number(figures_of(replace(told, **more), Version.INTERNAL), name, code, column)

    return number


def test_each_department_has_its_own_lines_and_those_whose_checker_is_not_sent_the_list(of):
    """The fourth line is the federation's to check, which is no recipient here: whoever has a record of the child has it."""
    assert (of(ED), of(PS), of(CA)) == (3, 2, 0)
    assert (of(ED, column="sure"), of(ED, column=LISTED), of(ED, column=QUIET)) == (2, 4, 1)


def test_a_list_without_owners_is_everybody_s_whole(of):
    assert of(PS, code="L01") == of(CA, code="L01") == 1


def test_a_line_that_was_handed_on_counts_for_who_has_it_now(of):
    life = pd.DataFrame(
        {"finding_id": ["L15-00000001"], "code": ["L15"], "owner": [PS], "shown": ["yes"], "kind": ["passed"]}
    )
    assert (of(ED, life=life), of(PS, life=life)) == (2, 3)


def test_the_default_profile_s_lists_with_owners_name_only_departments():
    lists = load_profile("default").lists
    assert not any("township" in lists[code].recipients for code in ("L15", "L18", "L24"))
