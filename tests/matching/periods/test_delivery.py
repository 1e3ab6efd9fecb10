"""A delivery beside the remembered one: which rows are as they were, and whose whole children a change may concern."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from matching.model import default_model
from matching.periods.change_keys import CHANGE_KEYS
from matching.periods.changes import link_period
from matching.periods.delivery import DeliveryDiff

if TYPE_CHECKING:
    from matching.linked import Linkage

MODEL = default_model()


@pytest.fixture(scope="module")
def first(frame: Any, number: Any) -> pd.DataFrame:
    """Two lists of three children who have nothing in common, and twins in one list each twice."""
    rows = []
    for name, born, father in (
        ("沈星河", "2012-03-04", "沈立"),
        ("韩冰", "2013-08-17", "韩广"),
        ("杨柳", "2015-11-23", "杨树"),
    ):
        child = {"name": name, "birth_date": born, "sex": "1", "id_no": number(born, 11), "father_name": father}
        rows += [{"d": "PS", **child}, {"d": "ED", **child}]
    for name, order in (("朱丹", 21), ("朱砂", 23)):
        twin = {
            "name": name,
            "birth_date": "2014-10-01",
            "sex": "1",
            "father_name": "朱红",
            "id_no": number("2014-10-01", order),
        }
        rows += [{"d": "PS", **twin}, {"d": "ED", **twin}]
    records: pd.DataFrame = frame(*rows)
    return records.assign(phone="", guardian_name="", school="")


CHILDREN = {
    "沈星河": {"PS-000", "ED-001"},
    "韩冰": {"PS-002", "ED-003"},
    "杨柳": {"PS-004", "ED-005"},
    "朱丹": {"PS-006", "ED-007"},
    "朱砂": {"PS-008", "ED-009"},
}


@pytest.fixture(scope="module")
def before(first: pd.DataFrame) -> Linkage:
    linkage = link_period(first)
    child = linkage.clusters.set_index("record_id")["child_id"]
    assert {frozenset(rows) for rows in child.groupby(child).groups.values()} == set(map(frozenset, CHILDREN.values()))
    return linkage


def concerned(records: pd.DataFrame, before: Linkage, judgements: pd.DataFrame | None = None) -> set[str]:
    """Records that would be linked anew."""
    delivery = DeliveryDiff.of(records, before.known.memory)
    chosen = delivery.concerned(delivery.fresh_keys(), judgements, before.known, before.known.memory)
    return set(delivery.rows(chosen)["record_id"])


def changed(first: pd.DataFrame, record: str, **cells: str) -> pd.DataFrame:
    out = first.copy()
    for column, value in cells.items():
        out.loc[out["record_id"] == record, column] = value
    return out


def test_the_same_rows_concern_nobody(first: pd.DataFrame, before: Linkage) -> None:
    assert concerned(first, before) == set()
    assert concerned(first.sample(frac=1, random_state=4), before) == set()
    assert concerned(first.assign(record_id="x" + first["record_id"], period="2027Q1"), before) == set()


@pytest.mark.parametrize(
    ("record", "cells", "whose", "why"),
    [
        ("ED-001", {"name": "沈星何"}, ["沈星河"], "a slip concerns the child itself"),
        ("ED-001", {"phone": "13800001111"}, ["沈星河"], "a telephone, too"),
        (
            "ED-001",
            {"name": "韩冰", "birth_date": "2013-08-17"},
            ["沈星河", "韩冰"],
            "the row is now another child's as well",
        ),
        (
            "PS-004",
            {"father_name": "沈立", "birth_date": "2012-03-04"},
            ["杨柳", "沈星河"],
            "a guardian and a day in common",
        ),
        ("ED-005", {"guardian_name": "韩广"}, ["杨柳"], "a guardian alone in common says nothing"),
        ("ED-007", {"phone": "13800001111"}, ["朱丹", "朱砂"], "a twin is looked at beside its twin"),
    ],
)
def test_whom_a_changed_row_concerns(
    first: pd.DataFrame, before: Linkage, record: str, cells: dict[str, str], whose: list[str], why: str
) -> None:
    assert concerned(changed(first, record, **cells), before) == set().union(*(CHILDREN[name] for name in whose)), why


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        (["ED-001"], {"PS-000"}),
        (["ED-001", "PS-000"], set()),
        (["ED-003", "PS-004"], {"PS-002", "ED-005"}),
    ],
)
def test_a_row_that_went_concerns_the_rest_of_its_child(
    first: pd.DataFrame, before: Linkage, gone: list[str], expected: set[str]
) -> None:
    assert concerned(first[~first["record_id"].isin(gone)], before) == expected


def test_a_new_row_of_nobody_is_linked_alone(first: pd.DataFrame, before: Linkage, frame: Any) -> None:
    stranger = frame({"d": "CA", "name": "秦岭", "birth_date": "2010-02-02"}).assign(record_id="CA-1")
    assert concerned(pd.concat([first, stranger]).fillna(""), before) == {"CA-1"}


def test_a_new_row_of_a_known_child_concerns_the_whole_child(
    first: pd.DataFrame, before: Linkage, frame: Any, number: Any
) -> None:
    late = frame({"d": "CA", "name": "小冰", "id_no": number("2013-08-17", 11)}).assign(record_id="CA-1")
    assert concerned(pd.concat([first, late]).fillna(""), before) == {"CA-1", *CHILDREN["韩冰"]}


def test_a_row_that_stands_twice_now_is_new_once_and_concerns_its_child(first: pd.DataFrame, before: Linkage) -> None:
    twice = first[first["record_id"] == "PS-004"].assign(record_id="PS-twice")
    assert concerned(pd.concat([first, twice]), before) == {"PS-twice", *CHILDREN["杨柳"]}


@pytest.mark.parametrize("verdict", ["same", "different", "unsure"])
def test_a_decision_concerns_both_whole_children(first: pd.DataFrame, before: Linkage, verdict: str) -> None:
    judged = pd.DataFrame({"record_a": ["ED-001"], "record_b": ["PS-004"], "verdict": [verdict]})
    assert concerned(first, before, judged) == CHILDREN["沈星河"] | CHILDREN["杨柳"]


def test_a_decision_on_records_that_are_not_there_concerns_nobody(first: pd.DataFrame, before: Linkage) -> None:
    judged = pd.DataFrame({"record_a": ["no-1"], "record_b": ["no-2"], "verdict": ["same"]})
    assert concerned(first, before, judged) == set()
    assert concerned(first, before, judged.head(0)) == set()


def test_a_child_is_looked_at_beside_the_near_candidate_of_the_last_period(frame: Any, number: Any) -> None:
    """Two children of one name born on neighbouring days share one faint thing only; the last period compared them closely."""
    rows = []
    for born in ("2012-03-04", "2012-03-05"):
        child = {"name": "沈星河", "birth_date": born, "sex": "1", "id_no": number(born, 11), "school": "石桥小学"}
        rows += [{"d": "PS", **child}, {"d": "ED", **child}]
    records = frame(*rows)
    linkage = link_period(records)
    kept = linkage.pairs[linkage.pairs["grade"] != "same"]
    assert set(kept["record_a"]) | set(kept["record_b"]) == {"PS-000", "ED-001", "PS-002", "ED-003"}
    later = changed(records, "ED-001", school="白鹿小学")
    assert concerned(later, linkage) == {"PS-000", "ED-001", "PS-002", "ED-003"}
    forgetful = replace(
        linkage, known=replace(linkage.known, memory=replace(linkage.known.memory, pairs=linkage.pairs.head(0)))
    )
    assert concerned(later, forgetful) == {"PS-000", "ED-001"}, "nothing else brings them together"


def test_always_whole_children_are_chosen(county: pd.DataFrame, county_linkage: Linkage) -> None:
    from matching.periods.memory import remembered

    memory = remembered(county_linkage, county)
    later = county.copy()
    later.loc[later.index[::40], "father_name"] = "郑国"
    delivery = DeliveryDiff.of(later, memory)
    chosen = delivery.concerned(delivery.fresh_keys(), None, county_linkage.known, memory)
    child = memory.rows["child_id"].to_numpy()
    kept = delivery.old >= 0
    assert not set(child[delivery.old[kept & chosen]]) & set(child[delivery.old[kept & ~chosen]])
    assert chosen[~kept].all()


def test_rows_are_followed_into_the_order_of_the_new_ids(first: pd.DataFrame, before: Linkage) -> None:
    turned = first.assign(record_id=[f"{99 - place:02d}" for place in range(len(first))])
    delivery = DeliveryDiff.of(turned, before.known.memory)
    old = before.known.memory.rows["record_id"].to_numpy()[delivery.old]
    assert old.tolist() == first["record_id"].tolist()[::-1]
    assert delivery.columns_of(["record_id"])["record_id"].tolist() == sorted(turned["record_id"])
    pd.testing.assert_frame_equal(delivery.records, turned.iloc[::-1].reset_index(drop=True))


@pytest.mark.parametrize(("rows", "share"), [([], 0.0), (["PS-000"], 0.1), (["PS-000", "ED-001", "PS-002"], 0.3)])
def test_the_share_of_changed_rows(first: pd.DataFrame, before: Linkage, rows: list[str], share: float) -> None:
    later = first.copy()
    later.loc[later["record_id"].isin(rows), "school"] = "石桥中学"
    delivery = DeliveryDiff.of(later, before.known.memory)
    assert delivery.changed == pytest.approx(share)
    assert set(delivery.rows(delivery.fresh())["record_id"]) == set(rows)
    assert {name: len(table) for name, table in delivery.fresh_keys().items()} == dict.fromkeys(CHANGE_KEYS, len(rows))


def test_an_empty_delivery_has_changed_nothing(first: pd.DataFrame, before: Linkage) -> None:
    delivery = DeliveryDiff.of(first.head(0), before.known.memory)
    assert (len(delivery), delivery.changed) == (0, 0.0)
    assert concerned(first.head(0), before) == set()


def test_columns_that_are_not_there_are_left_out(first: pd.DataFrame, before: Linkage) -> None:
    delivery = DeliveryDiff.of(first, before.known.memory)
    assert list(delivery.columns_of(["name", "nonsense", "record_id"]).columns) == ["name", "record_id"]
    assert delivery.rows(np.zeros(len(first), dtype=bool)).empty


@pytest.mark.parametrize("column", ["record_id", "department"])
def test_a_delivery_without_what_every_row_must_have_is_refused(
    first: pd.DataFrame, before: Linkage, column: str
) -> None:
    with pytest.raises(ValueError, match=column):
        DeliveryDiff.of(first.drop(columns=column), before.known.memory)
