"""Masking never shows more than it may, whatever comes."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.workbooks.masking import default_rule, mask_column, mask_id, mask_name, mask_phone, scrub


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        (mask_id("620722201503101234"), "6207************34"),
        (mask_id("62072220150310123"), "6207***********23"),
        (mask_id("6207"), "****"),
        (mask_id(""), ""),
        (mask_name("张小明"), "张*明"),
        (mask_name("李芳"), "李*"),
        (mask_name("欧阳小芳"), "欧**芳"),
        (mask_name("张"), "*"),
        (mask_phone("13912345678"), "139****5678"),
        (mask_phone("0936-4412345"), "****-*******"),
        (mask_phone("13912345678(张三)"), "139****5678(**)"),
        (scrub("东街3号 620722201503101234 电话13912345678"), "东街3号 6207************34 电话139****5678"),
        (scrub("2026年第3季度 12345"), "2026年第3季度 12345"),
    ],
)
def test_masks_read_as_people_know_them(masked: str, expected: str) -> None:
    assert masked == expected


@given(st.text(max_size=40))
def test_a_number_shows_at_most_its_ends_and_never_more_than_half(text: str) -> None:
    masked, plain = mask_id(text), text.strip()
    shown = [place for place, (a, b) in enumerate(zip(masked, plain, strict=True)) if a == b != "*"]
    assert len(shown) <= min(default_rule().id_head + default_rule().id_tail, len(plain) // 2)


@given(st.text(alphabet="张王李芳明娜欧阳·abc", max_size=12))
def test_a_name_shows_at_most_two_characters(text: str) -> None:
    assert sum(character != "*" for character in mask_name(text)) <= min(2, len(text) // 2 + 1, len(text))


@given(st.text(alphabet="0123456789-/ 张三", max_size=40))
def test_a_phone_cell_never_shows_a_name_or_more_than_seven_digits_of_a_number(text: str) -> None:
    masked = mask_phone(text)
    assert not {"张", "三"} & set(masked)
    assert all(sum(c.isdigit() for c in run) <= 7 for run in masked.replace("/", "-").replace(" ", "-").split("-"))


@given(st.from_regex(r"[^0-9]{0,5}[1-9][0-9]{16}[0-9X][^0-9Xx]{0,5}", fullmatch=True))
def test_free_text_never_keeps_a_whole_citizen_number(text: str) -> None:
    assert not any(run.isdigit() and len(run) >= 14 for run in scrub(text).replace("X", " ").split())


def test_a_column_keeps_its_order_and_length() -> None:
    column = pd.Series(["620722201503101234", "", "620722201503101234"], dtype=object)
    assert mask_column(column, "id").tolist() == ["6207************34", "", "6207************34"]
