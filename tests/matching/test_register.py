"""Child numbers that last: next period, new children, merges, splits, order."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from matching.link import link_records


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
    assert split.events["kind"].tolist() == ["split"]


def test_namesakes_with_other_numbers_do_not_take_each_others_child_number(frame: Any, number: Any) -> None:
    name = {"name": "王梓涵", "birth_date": "2015-03-10"}
    known = link_records(frame({**name, "id_no": number("2015-03-10", 11)}).assign(period="2026Q2")).known
    found = link_records(frame({**name, "id_no": number("2015-03-10", 301)}).assign(record_id="PS-z"), known=known)
    assert found.clusters["child_id"].tolist() == ["T2026Q3-000001"]
