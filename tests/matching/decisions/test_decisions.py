"""People's decisions: above everything, found again, contradictions reported and never silently resolved."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from matching.decisions.clerical import content_keys, find_decisions
from matching.decisions.conflicts import conflicting_decisions, decisions_report
from matching.decisions.table import DecisionTableError, read_decisions
from matching.linking import link_records

OTHER = "341221201503101245"


def judged(*lines: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        [line + ("",) * (5 - len(line)) for line in lines],
        columns=["record_a", "record_b", "verdict", "author", "decided_at"],
    )


@pytest.fixture
def three(frame: Any) -> pd.DataFrame:
    """Three records of one name and birth in three departments; two have numbers, different ones."""
    same = {"name": "张伟", "birth_date": "2015-03-10", "father_name": "张强"}
    records: pd.DataFrame = frame(
        {"d": "PS", "id_no": "341221201503101237", **same},
        {"d": "ED", "id_no": "341221201503101237", **same},
        {"d": "CA", **same},
    )
    return records


def kinds(judgements: pd.DataFrame, records: pd.DataFrame) -> list[tuple[str, str, str]]:
    found = conflicting_decisions(find_decisions(judgements, records), records)
    return [(line.kind, line.record_a, line.record_b) for line in found.itertuples()]


def test_the_last_of_one_authors_decisions_counts_by_time(three: pd.DataFrame) -> None:
    lines = judged(
        ("PS-000", "ED-001", "same", "甲", "2026-09-02"), ("ED-001", "PS-000", "different", "甲", "2026-09-01")
    )
    assert find_decisions(lines, three).verdict.tolist() == [1]
    assert find_decisions(lines.drop(columns=["decided_at"]), three).verdict.tolist() == [-1]


def test_two_people_who_disagree_are_both_reported_and_neither_applied(three: pd.DataFrame) -> None:
    lines = judged(("PS-000", "CA-002", "same", "甲"), ("CA-002", "PS-000", "different", "乙"))
    found = find_decisions(lines, three)
    assert (found.verdict.tolist(), found.conflicting.tolist()) == ([0], [True])
    assert ("disagree", "CA-002", "PS-000") in kinds(lines, three)
    settled = pd.concat([lines, judged(("PS-000", "CA-002", "different", "甲"))])
    assert find_decisions(settled, three).verdict.tolist() == [-1]


def test_who_is_unsure_leaves_it_to_the_others(three: pd.DataFrame) -> None:
    lines = judged(("PS-000", "CA-002", "same", "甲"), ("PS-000", "CA-002", "unsure", "乙"))
    found = find_decisions(lines, three)
    assert (found.verdict.tolist(), found.conflicting.tolist()) == ([1], [False])


def test_a_decision_against_valid_numbers_is_obeyed_and_reported(three: pd.DataFrame) -> None:
    lines = judged(("PS-000", "ED-001", "different", "甲"))
    assert kinds(lines, three) == [("same_numbers", "ED-001", "PS-000")]
    result = link_records(three, judgements=lines)
    child = result.clusters.set_index("record_id")["child_id"]
    assert child["PS-000"] != child["ED-001"]
    numbered = three.assign(id_no=["341221201503101237", "", OTHER])
    assert kinds(judged(("PS-000", "CA-002", "same", "甲")), numbered) == [("different_numbers", "CA-002", "PS-000")]


def test_a_triangle_is_reported(three: pd.DataFrame) -> None:
    lines = judged(
        ("PS-000", "ED-001", "same", "甲"), ("ED-001", "CA-002", "same", "甲"), ("PS-000", "CA-002", "different", "甲")
    )
    assert kinds(lines, three) == [("triangle", "CA-002", "PS-000")]
    assert kinds(lines.head(2), three) == []
    told = decisions_report(lines, three)
    assert (told["given"], told["applied"], told["unfound"]) == (3, 3, 0)
    assert "互相矛盾" in told["conflicts"][0]["reason"]
    result = link_records(three, judgements=lines).clusters.set_index("record_id")["child_id"]
    assert result["PS-000"] != result["CA-002"]


def test_decisions_are_found_again_by_their_content(three: pd.DataFrame) -> None:
    keys = dict(zip(three["record_id"], content_keys(three), strict=True))
    later = three.assign(record_id=["PS-900", "ED-901", "CA-902"])
    lines = judged(("PS-000", "CA-002", "different", "甲"))
    lost, found = (
        find_decisions(lines, later),
        find_decisions(lines.assign(key_a=keys["PS-000"], key_b=keys["CA-002"]), later),
    )
    assert (len(lost.verdict), lost.unfound) == (0, 1)
    assert (found.verdict.tolist(), found.unfound) == ([-1], 0)
    assert (found.left.tolist(), found.right.tolist()) == ([0], [2])


def test_two_people_disagree_across_periods(three: pd.DataFrame) -> None:
    """One decided on last quarter's records, the other on this quarter's: the same two rows."""
    keys = dict(zip(three["record_id"], content_keys(three), strict=True))
    later = three.assign(record_id=["PS-900", "ED-901", "CA-902"])
    old = judged(("PS-000", "CA-002", "different", "甲")).assign(key_a=keys["PS-000"], key_b=keys["CA-002"])
    both = pd.concat([old, judged(("PS-900", "CA-902", "same", "乙"))]).fillna("")
    assert find_decisions(both, later).conflicting.tolist() == [True]


def test_no_decision_lasts_beyond_its_taking_back(three: pd.DataFrame) -> None:
    """The machine makes no negatives of its own: without the decision, the records are one child again."""
    apart = link_records(three, judgements=judged(("PS-000", "ED-001", "different", "甲")))
    again = link_records(three.assign(period="2026Q4"), known=apart.known)
    child = again.clusters.set_index("record_id")["child_id"]
    assert child["PS-000"] == child["ED-001"]


def test_nothing_is_decided(three: pd.DataFrame) -> None:
    assert decisions_report(None, three) == {"given": 0, "applied": 0, "unsure": 0, "unfound": 0, "conflicts": []}


def test_a_clerks_table_is_read() -> None:
    table = pd.DataFrame(
        [
            ("PS-1", "ED-2", "是同一人", "王主任", "2026-09-01"),
            ("PS-1", "CA-3", "否", "", ""),
            (None, None, None, None, None),
            ("a", "b", "不确定", "", ""),
        ],
        columns=["记录 甲", "记录乙", "结 论", "填写人", "时间"],
    )
    found = read_decisions(table)
    assert found["verdict"].tolist() == ["same", "different", "unsure"]
    assert found.loc[0, ["author", "decided_at", "note"]].tolist() == ["王主任", "2026-09-01", ""]


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        ([("a", "b")], ["记录甲", "记录乙"], "缺少列：结论"),
        ([("a", "b", "也许")], ["record_a", "record_b", "verdict"], "第 2 行：结论须写"),
        ([("a", "b", "same"), ("a", "", "same")], ["record_a", "record_b", "verdict"], "第 3 行：缺少记录编号"),
        ([("张伟", "张伟", "same")], ["record_a", "record_b", "verdict"], "第 2 行：两个记录编号相同"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(rows: Any, columns: list[str], said: str) -> None:
    with pytest.raises(DecisionTableError, match=said) as refused:
        read_decisions(pd.DataFrame(rows, columns=columns))
    assert "张伟" not in str(refused.value)
