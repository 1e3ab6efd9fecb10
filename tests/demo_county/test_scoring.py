"""The score: right exports score one, wrong ones are counted where they are wrong."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from demo_county import score

TRUTH = """dept,file,sheet,row,kid,errors
psb,a.csv,,2,1,
psb,a.csv,,3,2,
ca,b.xlsx,甲,4,1,homophone|id_missing
ca,b.xlsx,甲,5,2,
edu,c.xls,,2,1,
"""
FINDINGS = "rule,kid,field\nL03,1,\nL15,1,name\nL15,1,sex\nL15,2,name\n"


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text(TRUTH, encoding="utf-8")
    (tmp_path / "findings.csv").write_text(FINDINGS, encoding="utf-8")
    return tmp_path


def _links(folder: Path, children: list[str]) -> Path:
    places = [("a.csv", "", 2), ("a.csv", "", 3), ("b.xlsx", "甲", 4), ("b.xlsx", "甲", 5), ("c.xls", "Sheet1", 2)]
    path = folder / "links.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("file", "sheet", "row", "child_id"))
        writer.writerows((*place, child) for place, child in zip(places, children, strict=False))
    return path


def test_right_links_score_one(truth: Path) -> None:
    found = score(truth, _links(truth, ["A", "B", "A", "B", "A"]))
    assert (found.pairs.precision, found.pairs.recall, found.pairs.f1) == (1.0, 1.0, 1.0)
    assert (found.pairs.true, found.merged, found.unknown, found.linked) == (4, 0, 0, 5)


def test_a_missed_and_a_false_link_are_counted_where_they_are(truth: Path) -> None:
    found = score(truth, _links(truth, ["A", "A", "C", "A", "A"]))
    # true pairs 4: psb2-ca4, psb2-edu, ca4-edu, psb3-ca5; found A = 4 rows = 6 pairs, of them right: psb2-edu, psb3-ca5
    assert (found.pairs.true, found.pairs.found, found.pairs.right) == (4, 6, 2)
    assert found.merged == 1
    assert found.by_departments["psb-psb"].found == 1
    assert found.by_departments["edu-psb"].found == 2
    assert found.by_departments["ca-edu"].recall == 0.0
    assert (found.hard.true, found.hard.right) == (2, 0)
    assert found.by_error["homophone"].true == 2


def test_lists_count_children_once_and_unknown_rows_as_wrong(truth: Path) -> None:
    findings = truth / "exported.csv"
    lines = ["code,file,sheet,row", "L03,a.csv,,2", "L03,a.csv,,3", "L15,b.xlsx,甲,4", "L15,a.csv,,2", "L03,zzz.csv,,9"]
    findings.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    lists = score(truth, _links(truth, list("ABABA")), findings).lists
    assert (lists["L03"].true, lists["L03"].found, lists["L03"].right) == (1, 3, 1)
    assert (lists["L15"].precision, lists["L15"].recall) == (1.0, 0.5)


def test_rows_the_truth_does_not_know_and_rows_without_a_child(truth: Path) -> None:
    path = _links(truth, ["A", "B"])
    with path.open("a", encoding="utf-8", newline="") as out:
        out.write("other.csv,,7,Z\n")
    found = score(truth, path)
    assert (found.rows, found.linked, found.unknown) == (5, 2, 1)
    assert found.pairs.recall == 0.0
