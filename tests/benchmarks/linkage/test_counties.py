from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from benchmarks.linkage.counties import frames, next_period
from benchmarks.linkage.habits import habits_of, kinds
from benchmarks.linkage.ledgers import COLUMNS


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    return next(iter(frames(replace(kinds()["five"], children=2500), 3)))


def test_every_kind_names_habits_that_exist() -> None:
    for kind in kinds().values():
        if kind.maker == "province":
            assert set(kind.habits) <= set(vars(habits_of(kind)))


def test_the_frame_is_a_standard_one(records: pd.DataFrame) -> None:
    assert list(records.columns) == list(COLUMNS)
    assert records["record_id"].is_unique
    assert not records.drop(columns=["row", "truth"]).isna().any().any()
    assert set(records["department"]) == {"public_security", "education", "civil_affairs", "disability", "health"}


def test_the_same_seed_gives_the_same_county(records: pd.DataFrame) -> None:
    again = next(iter(frames(replace(kinds()["five"], children=2500), 3)))
    pd.testing.assert_frame_equal(records, again)


def test_valid_numbers_pass_their_check_and_are_shared_only_where_somebody_copied(records: pd.DataFrame) -> None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    held = records[records["id_no"] != ""]
    for number in held["id_no"].unique()[:500]:
        assert number[17] == "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11]
    plain = held[~held["errors"].str.contains("sibling_number|borrowed|parent_number")]
    assert plain.groupby("id_no")["truth"].nunique().max() == 1


def test_errors_come_together(records: pd.DataFrame) -> None:
    """Two slips in one row are far commoner than they would be if each fell by itself."""
    kinds = ("sound", "shape", "birth", "bad_number", "father", "mother", "guardian")
    slips = pd.concat([records["errors"].str.contains(rf"(?:^|\|){kind}\|") for kind in kinds], axis=1).to_numpy()
    rates = slips.mean(axis=0)
    by_chance = ((rates.sum() ** 2 - (rates**2).sum()) / 2).item()
    assert (slips.sum(axis=1) > 1).mean() > 2 * by_chance


def test_unregistered_children_are_not_with_the_police(records: pd.DataFrame) -> None:
    police = records[records["department"] == "public_security"]
    assert (police["id_no"] != "").all()


def test_the_next_period_changes_about_its_share(records: pd.DataFrame) -> None:
    later = next_period(records, 0.05, 1)
    assert not set(later["record_id"]) & set(records["record_id"])
    columns = ["name", "birth_date", "id_no", "phone", "live_village", "father_name", "hukou_village"]
    changed = (later[columns] != records[columns]).any(axis=1).mean()
    assert 0.01 < changed < 0.06
