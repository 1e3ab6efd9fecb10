"""Blocking: each pair once, large blocks split and reported, keys that join what they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from matching.blocking.block import block
from matching.blocking.parts import good_parts
from matching.encoding.encode import encode
from matching.encoding.numbers import number_codes, slip_parts
from matching.model import default_model

MODEL = default_model()


def joined(records: pd.DataFrame) -> dict[tuple[str, str], set[str]]:
    e = encode(records, MODEL)
    pairs, _ = block(e, MODEL)
    names = list(MODEL.keys)
    return {
        (e.record_id[a], e.record_id[b]): {name for bit, name in enumerate(names) if keys >> bit & 1}
        for a, b, keys in zip(pairs.left, pairs.right, pairs.keys.tolist(), strict=True)
    }


def test_merging_in_pieces_changes_nothing(county: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    e = encode(county.head(300), MODEL)
    whole, yields = block(e, MODEL)
    monkeypatch.setattr("matching.blocking.block._MERGED", 3)
    pieces, again = block(e, MODEL, threads=2)
    assert yields == again
    for name in ("left", "right", "keys"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(pieces, name))


def test_every_pair_comes_once_and_sorted(county: pd.DataFrame) -> None:
    e = encode(county, MODEL)
    pairs, yields = block(e, MODEL)
    codes = pairs.left.astype(np.int64) * len(e) + pairs.right
    assert (np.diff(codes) > 0).all()
    assert (pairs.left < pairs.right).all()
    assert sum(line.first for line in yields) == len(pairs)


def test_blocks_miss_almost_no_true_pair(county: pd.DataFrame) -> None:
    e = encode(county, MODEL)
    pairs, _ = block(e, MODEL)
    truth = county.set_index("record_id")["truth"].loc[list(e.record_id)].to_numpy()
    found = int((truth[pairs.left] == truth[pairs.right]).sum())
    sizes = pd.Series(truth).value_counts()
    assert found / int((sizes * (sizes - 1) // 2).sum()) >= 0.998


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("name_birth", {"name": "张梓轩", "birth_date": "2015-03-10"}, {"name": "张子萱", "birth_date": "2015-03-10"}),
        ("name_birth", {"name": "张梓轩", "birth_date": "2015-03-10"}, {"name": "张子轩", "birth_date": "2015-01-20"}),
        (
            "name_birth",
            {"name": "李浩宇", "former_name": "李强", "birth_date": "2015-03-10"},
            {"name": "李强", "birth_date": "2015-03-10"},
        ),
        ("name_month", {"name": "张梓轩", "birth_date": "2015-03-10"}, {"name": "张梓轩", "birth_date": "2015-03"}),
        (
            "given_birth",
            {"name": "张梓轩", "birth_date": "2015-03-10"},
            {"name": "欧阳子轩", "birth_date": "2015-03-10"},
        ),
        (
            "phone_year",
            {"name": "毛毛", "birth_date": "2015-03-10", "phone": "13800001111"},
            {"name": "张梓轩", "birth_date": "2015-06-01", "father_phone": "13800001111"},
        ),
        (
            "guardian_birth",
            {"birth_date": "2015-03-10", "guardian_name": "张大伟"},
            {"birth_date": "2015-03-10", "father_name": "张大韦"},
        ),
    ],
)
def test_keys_join(frame: Any, key: str, one: dict[str, str], other: dict[str, str]) -> None:
    found = joined(frame({"d": "CA", **one}, {"d": "PS", **other}))
    assert key in found["CA-000", "PS-001"]


@pytest.mark.parametrize("place", range(18))
def test_a_number_with_one_wrong_digit_meets_the_right_one(frame: Any, number: Any, place: int) -> None:
    good = number("2015-03-10", 21)
    wrong = "1" if good[place] != "1" else "2"
    bad = good[:place] + wrong + good[place + 1 :]
    found = joined(frame({"d": "PS", "id_no": good}, {"d": "CA", "id_no_raw": bad, "id_no_status": "bad_check"}))
    assert "number_part" in found["CA-001", "PS-000"]


def test_parts_by_arithmetic_equal_parts_of_the_text(number: Any) -> None:
    numbers = [number(f"20{year:02d}-11-2{year % 10}", order) for year in range(10, 24) for order in (1, 77, 512)]
    table = good_parts(number_codes(numbers))
    assert [tuple(row) for row in table.tolist()] == [slip_parts(text) for text in numbers]


def test_an_oversized_block_is_split_and_reported() -> None:
    rows = 400
    records = pd.DataFrame(
        {
            "record_id": [f"ED-{i:04d}" for i in range(rows)],
            "department": "education",
            "name": "王梓涵",
            "live_town": "豫龙镇",
            "birth_date": [f"20{10 + i % 8}-03-{1 + i % 28:02d}" for i in range(rows)],
        }
    )
    e = encode(records, MODEL)
    pairs, yields = block(e, MODEL)
    town = next(line for line in yields if line.key == "name_town")
    assert town.largest_block == rows
    assert town.split_blocks == 1
    assert 0 < len(pairs) < rows * (rows - 1) // 2


def test_a_telephone_on_many_records_says_nothing() -> None:
    records = pd.DataFrame(
        {
            "record_id": [f"ED-{i:04d}" for i in range(300)],
            "department": "education",
            "phone": "03791234567",
            "birth_date": "2015-03-10",
        }
    )
    e = encode(records, MODEL)
    assert not e.phones.any()
    assert e.notes["phones_without_information"] == 1
