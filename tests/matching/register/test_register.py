"""Child numbers that last: next period, new children, merges, splits, order."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from matching.linking import link_records


@pytest.fixture
def second(county: pd.DataFrame) -> pd.DataFrame:
    """The next quarter: other files and rows, some children gone, some values blank."""
    next_rows = county.sample(frac=0.9, random_state=3).copy()
    next_rows["record_id"] = next_rows["record_id"].str.replace("-1-", "-2-", regex=False)
    next_rows["period"] = "2026Q4"
    blank = next_rows.sample(frac=0.05, random_state=4).index
    next_rows.loc[blank, ["id_no", "id_no_raw", "phone"]] = ""
    return next_rows


def test_children_keep_their_numbers_in_the_next_period(county: pd.DataFrame, second: pd.DataFrame) -> None:
    first = link_records(county)
    later = link_records(second, known=first.known)
    before = county.merge(first.clusters, on="record_id").groupby("truth")["child_id"].agg(set)
    after = second.merge(later.clusters, on="record_id").groupby("truth")["child_id"].agg(set)
    both = before.index.intersection(after.index)
    kept = [bool(before[child] & after[child]) for child in both]
    assert sum(kept) / len(kept) >= 0.99
    assert later.report["register"]["known"] > 0.95 * len(both)


def test_the_same_delivery_again_changes_no_number(county: pd.DataFrame) -> None:
    first = link_records(county)
    again = link_records(county.sample(frac=1, random_state=1), known=first.known)
    pd.testing.assert_frame_equal(first.clusters, again.clusters)
    assert again.report["register"]["new"] == 0
    assert len(again.events) == 0


def test_new_children_get_the_period_of_first_sight(frame: Any, number: Any) -> None:
    old = frame({"name": "张伟", "birth_date": "2015-03-10", "id_no": number("2015-03-10")}).assign(period="2026Q2")
    known = link_records(old).known
    new = frame(
        {"name": "张伟", "birth_date": "2015-03-10", "id_no": number("2015-03-10")},
        {"name": "李军", "birth_date": "2016-04-11", "id_no": number("2016-04-11")},
    )
    found = link_records(new.assign(record_id=["PS-b", "PS-c"]), known=known)
    assert found.clusters["child_id"].tolist() == ["T2026Q2-000001", "T2026Q3-000001"]


def test_a_merge_keeps_the_older_number_and_is_told(frame: Any, number: Any) -> None:
    one = {"d": "PS", "name": "张梓轩", "birth_date": "2015-03-10", "id_no": number("2015-03-10")}
    other = {"d": "CA", "name": "毛毛", "birth_date": "2014-01-01"}
    records = frame(one, other).assign(period="2026Q2")
    first = link_records(records)
    judged = pd.DataFrame({"record_a": ["CA-001"], "record_b": ["PS-000"], "verdict": ["same"]})
    merged = link_records(records.assign(period="2026Q3"), known=first.known, judgements=judged)
    assert set(merged.clusters["child_id"]) == {"T2026Q2-000001"}
    assert merged.events.to_dict("records") == [
        {"kind": "merge", "child_id": "T2026Q2-000001", "other_id": "T2026Q2-000002"}
    ]
    assert merged.known.aliases.to_dict("records") == [{"child_id": "T2026Q2-000002", "alias_of": "T2026Q2-000001"}]


def test_a_split_leaves_the_number_with_one_part_and_is_told(frame: Any, number: Any) -> None:
    same = {"name": "张梓轩", "birth_date": "2015-03-10", "id_no": number("2015-03-10")}
    records = frame({"d": "PS", **same}, {"d": "ED", **same})
    first = link_records(records)
    judged = pd.DataFrame({"record_a": ["ED-001"], "record_b": ["PS-000"], "verdict": ["different"]})
    split = link_records(records, known=first.known, judgements=judged)
    assert split.clusters["child_id"].nunique() == 2
    assert "T2026Q3-000001" in set(split.clusters["child_id"])
    assert split.events.to_dict("records") == [
        {"kind": "split", "child_id": "T2026Q3-000001", "other_id": "T2026Q3-000002"}
    ]


def test_namesakes_with_other_numbers_do_not_take_each_others_child_number(frame: Any, number: Any) -> None:
    name = {"name": "王梓涵", "birth_date": "2015-03-10"}
    known = link_records(frame({**name, "id_no": number("2015-03-10", 11)}).assign(period="2026Q2")).known
    found = link_records(frame({**name, "id_no": number("2015-03-10", 301)}).assign(record_id="PS-z"), known=known)
    assert found.clusters["child_id"].tolist() == ["T2026Q3-000001"]


FAMILY = {"father_name": "王强", "mother_name": "李丽", "live_town": "豫龙镇", "live_village": "槐林村", "sex": "2"}


def two_periods(frame: Any, number: Any, **changes: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three rows of one child's looks, and the next quarter's files of the same rows (other record ids)."""
    child = {"name": "王梓涵", "birth_date": "2015-03-10", **FAMILY}
    rows = (
        {"d": "PS", **child, "id_no": number("2015-03-10", 12)},
        {"d": "CA", **child},
        {"d": "ED", "name": "丫丫", "birth_date": "2013-01-01", "school": "豫龙镇中心小学"},
    )
    first = frame(*rows).assign(period="2026Q2")
    later = frame(*({**row, **changes} if row["d"] == "CA" else row for row in rows))
    return first, later.assign(record_id=[f"{code}-next{place}" for place, code in enumerate(("PS", "CA", "ED"))])


@pytest.mark.parametrize("changes", [{}, {"phone": "13800001111"}, {"birth_date": "2015-03-10", "layout": "ledger"}])
def test_decisions_hold_in_the_next_period(frame: Any, number: Any, changes: dict[str, str]) -> None:
    first, later = two_periods(frame, number, **changes)
    judged = pd.DataFrame(
        {"record_a": ["CA-001", "CA-001"], "record_b": ["PS-000", "ED-002"], "verdict": ["different", "same"]}
    )
    before = link_records(first, judgements=judged)
    assert link_records(first).clusters["child_id"].nunique() == 2, "without the decision the two are one child"
    after = link_records(later, known=before.known, judgements=judged)
    child = dict(zip(after.clusters["record_id"], after.clusters["child_id"], strict=True))
    assert child["CA-next1"] == child["ED-next2"] != child["PS-next0"]
    assert after.pairs["reason"].str.contains("人工确认").sum() == 2
    old = dict(zip(before.clusters["record_id"], before.clusters["child_id"], strict=True))
    assert child["CA-next1"] == old["CA-001"]
    assert child["PS-next0"] == old["PS-000"]


def test_a_decision_that_carries_its_keys_needs_no_register(frame: Any, number: Any) -> None:
    from matching.decisions.judged import content_keys

    first, later = two_periods(frame, number)
    keys = dict(zip(first["record_id"], content_keys(first), strict=True))
    judged = pd.DataFrame({"record_a": ["CA-001"], "record_b": ["PS-000"], "verdict": ["different"]})
    judged = judged.assign(key_a=judged["record_a"].map(keys), key_b=judged["record_b"].map(keys))
    assert link_records(later, judgements=judged).clusters["child_id"].nunique() == 3
    assert not any(name in " ".join(keys.values()) for name in first["name"])


def test_a_decision_is_not_carried_to_a_namesake(frame: Any, number: Any) -> None:
    first, later = two_periods(frame, number, father_name="赵刚", birth_date="2014-07-01", name="王子涵")
    judged = pd.DataFrame({"record_a": ["CA-001"], "record_b": ["ED-002"], "verdict": ["same"]})
    known = link_records(first, judgements=judged).known
    after = link_records(later, known=known, judgements=judged)
    assert not after.pairs["reason"].str.contains("人工确认").any()
