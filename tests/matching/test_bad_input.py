"""What no file should hold: nothing at all, one row, one value everywhere, absurd lengths, characters that are none, any order."""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.blocking.block import block
from matching.comparing.resources import Engine
from matching.encoding.encode import encode
from matching.linked import Linkage
from matching.linking import link_records
from matching.model import default_model

MODEL = default_model()
COLUMNS = (
    *("name", "former_name", "birth_date", "birth_precision", "sex", "nation", "id_no", "id_no_raw", "id_no_status"),
    *(
        "father_name",
        "father_id",
        "mother_name",
        "mother_id",
        "guardian_name",
        "guardian_id",
        "phone",
        "father_phone",
        "mother_phone",
    ),
    *("live_town", "live_village", "hukou_town", "hukou_village", "live_addr", "hukou_addr", "household_no", "school"),
    *("student_no", "student_no_id", "disability_no", "disability_no_id", "birth_cert_no", "child_no", "layout"),
)


def children(linkage: Linkage) -> dict[str, str]:
    return dict(zip(linkage.clusters["record_id"], linkage.clusters["child_id"], strict=True))


def groups(linkage: Linkage) -> set[frozenset[str]]:
    return set(linkage.clusters.groupby("child_id")["record_id"].agg(frozenset))


def rows(count: int, **same: str) -> pd.DataFrame:
    ids = [f"R{place:06d}" for place in range(count)]
    return pd.DataFrame({"record_id": ids, "department": "education", "period": "2026Q3", **same})


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize("engine", ["numpy", "duckdb"])
def test_nothing_and_one_row(count: int, engine: Any, tmp_path: Path) -> None:
    found = link_records(rows(count, name="王梓涵"), engine=Engine(engine, tmp_path))
    assert len(found.clusters) == count
    assert not len(found.pairs)
    assert found.report["children"] == count


def test_only_the_columns_that_must_be_there() -> None:
    found = link_records(rows(40))
    assert found.report["children"] == 40
    assert found.report["candidates"] == 0


@pytest.mark.parametrize(
    "missing", [["id_no", "id_no_raw", "student_no", "student_no_id", "disability_no_id"], ["birth_date"]]
)
def test_a_source_without_numbers_or_births_is_linked_all_the_same(county: pd.DataFrame, missing: list[str]) -> None:
    records = county.copy()
    there = [column for column in missing if column in records]
    records.loc[records["department"] == "civil_affairs", there] = ""
    found = records.merge(link_records(records).clusters[["record_id", "child_id"]], on="record_id")
    civil = found[found["department"] == "civil_affairs"].merge(
        found[found["department"] == "public_security"], on="truth"
    )
    assert (civil["child_id_x"] == civil["child_id_y"]).mean() >= 0.95


def test_all_values_equal_are_one_list_not_one_child() -> None:
    """Two hundred rows of one list that say the same: doubles or not, a person must look; nothing is joined without bound."""
    found = link_records(
        rows(
            200,
            name="王梓涵",
            birth_date="2015-03-10",
            birth_precision="day",
            father_name="王伟",
            sex="1",
            live_town="豫龙镇",
        )
    )
    sizes = found.clusters["child_id"].value_counts()
    assert sizes.max() <= MODEL.decide.cluster_limit
    assert found.report["oversized_clusters"] or sizes.max() == 1
    assert found.report["oversized_blocks"] > 0


def test_one_name_on_ten_thousand_rows_is_bounded_and_reported() -> None:
    records = rows(10_000, name="王梓涵", sex="1")
    records["birth_date"] = [f"{2008 + i % 5}-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(len(records))]
    records["birth_precision"] = "day"
    pairs, yields = block(encode(records, MODEL), MODEL)
    assert sum(line.split_blocks for line in yields) > 0
    assert len(pairs) <= len(records) * MODEL.blocking.block_limit * 2
    assert max(line.largest_block for line in yields) >= 30


@pytest.mark.slow
def test_fifty_thousand_identical_rows() -> None:
    found = link_records(
        rows(50_000, name="王梓涵", birth_date="2015-03-10", birth_precision="day", live_town="豫龙镇", sex="1")
    )
    assert len(found.clusters) == 50_000
    assert found.clusters["child_id"].value_counts().max() <= MODEL.decide.cluster_limit
    assert found.report["oversized_blocks"] > 0


def test_absurd_lengths() -> None:
    long = rows(
        6,
        name="王" * 5_000,
        birth_date="2015-03-10",
        father_name="阿" * 3_000 + "·" + "力" * 3_000,
        id_no_raw="1" * 4_000,
    )
    long["id_no_status"], long["live_addr"], long["school"] = "damaged", "村" * 20_000, "学" * 10_000
    found = link_records(long)
    assert len(found.clusters) == 6
    assert not found.pairs["reason"].str.contains("王|阿").any()


UNASSIGNED = (
    "\u0378",
    "\U000e0080",
    "\ue000",
    "\U0010ffff",
    "\x00",
    "\ufeff",
    "\u200b",
    "\u202e",
    "\ud800",
    "💡",
    "𠮷",
    "\U0003134a",
)


@pytest.mark.parametrize("character", UNASSIGNED, ids=lambda character: f"U+{ord(character):04X}")
def test_characters_that_are_none(character: str) -> None:
    records = rows(
        3, birth_date="2015-03-10", birth_precision="day", father_name=f"张{character}伟", live_town=f"镇{character}"
    )
    records["name"] = [f"王{character}涵", f"王{character}涵", "王梓涵"]
    records["department"] = ["education", "public_security", "civil_affairs"]
    found = children(link_records(records))
    assert len(found) == 3
    assert found["R000000"] == found["R000001"]


def _anything() -> st.SearchStrategy[str]:
    texts = st.text(st.characters(codec="utf-8"), max_size=12)
    values = (
        "",
        "王梓涵",
        "2015-03-10",
        "2015-13-99",
        "0000-00-00",
        "341221201503100210",
        "X" * 18,
        "1",
        "-",
        "·",
        "?",
        "NaN",
        "1e5",
    )
    return st.one_of(st.sampled_from(values), texts, st.text(string.digits, min_size=15, max_size=19))


@st.composite
def frames(draw: Callable[..., Any]) -> pd.DataFrame:
    count = draw(st.integers(0, 7))
    used = draw(st.lists(st.sampled_from(COLUMNS), unique=True, max_size=10))
    records = rows(count)
    for column in used:
        records[column] = [draw(_anything()) for _ in range(count)]
    records["department"] = [draw(st.sampled_from(("education", "公安", ""))) for _ in range(count)]
    return records


@settings(max_examples=40, deadline=None)
@given(frames(), st.randoms())
def test_anything_typed_gives_one_answer_in_every_order(records: pd.DataFrame, random: Any) -> None:
    found = link_records(records)
    assert len(found.clusters) == len(records)
    order = list(range(len(records)))
    random.shuffle(order)
    again = link_records(records.iloc[order])
    assert children(again) == children(found)
    pd.testing.assert_frame_equal(again.pairs, found.pairs)


def test_every_order_of_a_county_gives_one_result(county: pd.DataFrame, county_linkage: Linkage) -> None:
    again = link_records(county.sample(frac=1, random_state=3))
    assert groups(again) == groups(county_linkage)
    pd.testing.assert_frame_equal(again.pairs, county_linkage.pairs)
