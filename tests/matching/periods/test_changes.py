"""A period after a remembered one: the same links as comparing everything, at the price of what changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from benchmarks.linkage.quality import score
from matching.linked import KnownChildren
from matching.linking import link_records
from matching.model import default_model
from matching.periods.changes import link_period
from matching.periods.delivery import DeliveryDiff

if TYPE_CHECKING:
    from matching.linked import Linkage


@pytest.fixture(scope="module")
def first(county: pd.DataFrame) -> Linkage:
    return link_period(county)


def renamed(records: pd.DataFrame, mark: str = "-2-") -> pd.DataFrame:
    """The same rows out of new files."""
    return records.assign(record_id=records["record_id"].str.replace("-1-", mark, regex=False), period="2026Q4")


@pytest.fixture(scope="module")
def second(county: pd.DataFrame) -> pd.DataFrame:
    """The next quarter: new files; rows that went, came, and changed."""
    kept = county.sample(frac=0.98, random_state=3)
    changed = kept.sample(frac=0.04, random_state=4).index
    out = renamed(kept.copy())
    out.loc[changed[::2], ["id_no", "id_no_raw", "id_no_status"]] = ""
    out.loc[changed[1::2], "phone"] = "13812345678"
    return out.reset_index(drop=True)


def children(linkage: Linkage) -> pd.Series:
    return linkage.clusters.set_index("record_id")["child_id"]


def groups(linkage: Linkage) -> set[frozenset[str]]:
    """The children as sets of records, whatever their numbers."""
    child = children(linkage)
    return {frozenset(records) for records in child.groupby(child).groups.values()}


def test_nothing_remembered_compares_everything(county: pd.DataFrame, county_linkage: Linkage, first: Linkage) -> None:
    pd.testing.assert_frame_equal(first.clusters, county_linkage.clusters)
    pd.testing.assert_frame_equal(first.pairs, county_linkage.pairs)
    assert first.report["changes"]["compared"] == "all"
    assert len(first.known.memory.rows) == len(county)


def test_new_files_with_the_same_rows_change_nothing_and_compare_nothing(county: pd.DataFrame, first: Linkage) -> None:
    later = link_period(renamed(county), known=first.known)
    assert later.report["changes"]["compared"] == 0
    assert children(later).tolist() == children(first).tolist()
    assert later.clusters["method"].tolist() == first.clusters["method"].tolist()
    assert len(later.events) == 0
    before = renamed(county).set_index(county["record_id"])["record_id"]
    for side in ("record_a", "record_b"):
        assert later.pairs[side].tolist() == before.loc[first.pairs[side]].tolist()
    rest = [name for name in first.pairs.columns if name not in ("record_a", "record_b")]
    pd.testing.assert_frame_equal(later.pairs[rest], first.pairs[rest])
    assert later.report["grades"] == first.report["grades"]


def test_a_changed_quarter_is_linked_as_if_all_were_compared(
    county: pd.DataFrame, county_linkage: Linkage, first: Linkage, second: pd.DataFrame
) -> None:
    changes = link_period(second, known=first.known)
    whole = link_records(second, known=county_linkage.known)
    compared = changes.report["changes"]["compared"]
    assert 0 < compared < 0.35 * len(second)
    assert len(groups(changes) ^ groups(whole)) <= 0.002 * len(groups(whole))
    truth = second.set_index("record_id")["truth"].reindex(changes.clusters["record_id"]).to_numpy()
    ours, theirs = (score(truth, pd.factorize(one.clusters["child_id"])[0]) for one in (changes, whole))
    assert ours.f1 >= theirs.f1 - 0.0005
    same = children(changes).eq(children(whole).reindex(children(changes).index))
    assert same.mean() > 0.995
    assert changes.report["children"] == changes.clusters["child_id"].nunique()
    assert changes.report["grades"] == changes.pairs["grade"].value_counts().sort_index().to_dict()


def test_only_whole_children_are_linked_anew(first: Linkage, second: pd.DataFrame) -> None:
    memory = first.known.memory
    delivery = DeliveryDiff.of(second, memory)
    chosen = delivery.concerned(delivery.fresh_keys(), None, first.known, memory)
    child = memory.rows["child_id"].to_numpy()
    here, there = (set(child[delivery.old[rows & (delivery.old >= 0)]]) for rows in (chosen, ~chosen))
    assert not here & there
    assert chosen[delivery.old < 0].all()


def test_a_changed_twin_is_compared_beside_its_twin(frame: Any, number: Any) -> None:
    twins = [
        {"d": "PS", "name": name, "birth_date": "2015-03-10", "sex": "1", "father_name": "张大山", "id_no": number("2015-03-10", order)}
        for name, order in (("张梓轩", 11), ("张梓睿", 13))
    ]  # fmt: skip
    records = frame(*twins, {"d": "ED", **{k: v for k, v in twins[0].items() if k != "d"}})
    first = link_period(records)
    bare = {"name": "张梓睿", "birth_date": "2015-03-10", "sex": "1", "father_name": "张大山"}
    later = pd.concat([records, frame({"d": "CA", **bare}).assign(record_id="CA-009")], ignore_index=True)
    found = link_period(later, model=loose(), known=remembering(first))
    child = children(found)
    assert child["CA-009"] == child["PS-001"] != child["PS-000"] == child["ED-002"]
    assert found.report["changes"]["compared"] == 4


def loose() -> Any:
    """The model, for deliveries so small that one row is a quarter of them."""
    model = default_model()
    return model.model_copy(update={"changes": model.changes.model_copy(update={"most": 1.0})})


def remembering(first: Linkage) -> KnownChildren:
    memory = first.known.memory
    return replace(first.known, memory=replace(memory, facts={**memory.facts, "model": loose().fingerprint}))


@pytest.mark.parametrize("case", ["model", "too_much", "long_ago"])
def test_when_everything_is_compared_again(county: pd.DataFrame, first: Linkage, case: str) -> None:
    memory, records = first.known.memory, renamed(county.copy())
    facts = dict(memory.facts)
    if case == "model":
        facts["model"] = "another"
    elif case == "long_ago":
        facts["since"] = default_model().changes.periods - 1
    else:
        records.loc[records.index[::3], "phone"] = "13800000001"
    known = replace(first.known, memory=replace(memory, facts=facts))
    found = link_period(records, known=known)
    assert found.report["changes"]["compared"] == "all"
    assert found.report["changes"]["why"]
    assert found.known.memory.facts["since"] == 0


def test_a_decision_reaches_rows_that_did_not_change(county: pd.DataFrame, first: Linkage) -> None:
    child = children(first)
    several = child[child.duplicated(keep=False)].sort_values()
    a, b = several.index[:2]
    judged = pd.DataFrame({"record_a": [a], "record_b": [b], "verdict": ["different"]})
    found = link_period(renamed(county), known=first.known, judgements=judged)
    now = children(found)
    assert now[a.replace("-1-", "-2-")] != now[b.replace("-1-", "-2-")]
    assert found.events["kind"].tolist() == ["split"]
    assert found.report["changes"]["compared"] < 40


def test_a_later_decision_is_found_by_the_ids_of_a_period_that_compared_nothing(
    county: pd.DataFrame, first: Linkage
) -> None:
    quiet = link_period(renamed(county), known=first.known)
    child = children(quiet)
    a, b = child[child.duplicated(keep=False)].sort_values().index[:2]
    judged = pd.DataFrame({"record_a": [a], "record_b": [b], "verdict": ["different"]})
    found = link_period(renamed(county, "-3-"), known=quiet.known, judgements=judged)
    now = children(found)
    assert now[a.replace("-2-", "-3-")] != now[b.replace("-2-", "-3-")]


def test_the_order_of_the_rows_does_not_matter(first: Linkage, second: pd.DataFrame) -> None:
    one = link_period(second, known=first.known)
    other = link_period(second.sample(frac=1, random_state=5), known=first.known)
    pd.testing.assert_frame_equal(one.clusters, other.clusters)
    pd.testing.assert_frame_equal(one.pairs, other.pairs)


def test_several_periods_by_changes_end_where_one_whole_comparison_does(
    county: pd.DataFrame, first: Linkage, second: pd.DataFrame
) -> None:
    step = link_period(second, known=first.known)
    third = renamed(second, "-3-").assign(record_id=second["record_id"].str.replace("-2-", "-3-", regex=False))
    third = third.drop(index=third.sample(frac=0.03, random_state=6).index).reset_index(drop=True)
    end = link_period(third, known=step.known)
    assert end.report["changes"]["since"] == 2
    assert len(groups(end) ^ groups(link_records(third))) <= 0.003 * len(groups(end))
    assert not end.clusters["child_id"].isna().any()
    assert len(end.known.memory.rows) == len(third)


def test_new_children_get_new_numbers_once(county: pd.DataFrame, first: Linkage, second: pd.DataFrame) -> None:
    again = link_period(second.assign(period="2026Q3"), known=first.known)  # the period whose serials are in use
    used = set(first.known.identifiers["child_id"])
    fresh = set(again.clusters["child_id"]) - used
    by_child = again.clusters[again.clusters["child_id"].isin(fresh)].groupby("child_id")["record_id"].agg(set)
    assert len(fresh) == again.report["register"]["new"]
    assert all(len(records) < 6 for records in by_child)


@pytest.mark.parametrize("text", ["张\x00伟", "张\ud800伟", "", "᠎", "a" * 5000])
def test_strange_texts_are_followed(county: pd.DataFrame, text: str) -> None:
    records = county.head(60).copy()
    records.loc[records.index[0], "name"] = text
    one = link_period(records)
    other = link_period(renamed(records), model=None, known=one.known)
    assert other.report["changes"]["compared"] == 0
    assert children(other).tolist() == children(one).tolist()


def test_bad_records_are_refused_as_ever(county: pd.DataFrame, first: Linkage) -> None:
    with pytest.raises(ValueError, match="record_id"):
        link_period(county.drop(columns="record_id"), known=first.known)
    with pytest.raises(ValueError, match="重复"):
        link_period(pd.concat([county, county.head(1)]), known=first.known)


def test_an_empty_delivery_after_a_full_one(county: pd.DataFrame, first: Linkage) -> None:
    found = link_period(county.head(0), known=first.known)
    assert len(found.clusters) == 0
    assert set(first.known.identifiers["child_id"]) <= set(found.known.identifiers["child_id"])
