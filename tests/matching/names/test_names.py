"""Names: cleaning, folding, sounds, surnames, and the levels of pairs."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.names import cleaning, levels, sounds, tables
from matching.names.tables import look_alikes, name_tables, variant_fold
from matching.reading.issues import issue_texts

FOLDER = Path(__file__).parents[1] / "cases"
CELLS = list(csv.DictReader((FOLDER / "names.csv").open(encoding="utf-8")))
PAIRS = list(csv.DictReader((FOLDER / "name_pairs.csv").open(encoding="utf-8")))
COMMON = "王李张刘陈欧阳梓子轩萱浩昊然宇雨涵晗晨晟己已巳单仇?"
name_texts = st.text(alphabet=COMMON, max_size=5) | st.text(alphabet="阿依古丽买提·麦力", max_size=9)


@pytest.mark.parametrize("case", CELLS, ids=[case["cell"] or "empty" for case in CELLS])
def test_cleaning(case: dict[str, str]) -> None:
    row = cleaning.clean_names(pd.Series([case["cell"]])).iloc[0]
    assert (row["value"], row["note"], row["unreadable"]) == (case["value"], case["note"], case["unreadable"])


@given(st.text(max_size=12) | st.text(alphabet=COMMON + " ·•（）()残1*□AN", max_size=9))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = cleaning.clean_names(pd.Series([text])).iloc[0]
    twice = cleaning.clean_names(pd.Series([once["value"]])).iloc[0]
    assert twice["value"] == once["value"]
    assert (once["unreadable"] == "1") == ("?" in once["value"])
    assert set(once["issues"].split(";")) - {""} <= set(issue_texts())


@pytest.mark.parametrize("case", PAIRS, ids=[f"{case['a']}-{case['b']}" for case in PAIRS])
def test_levels(case: dict[str, str]) -> None:
    found = levels.compare_names(case["a"], case["b"], case["former_a"], case["former_b"])
    assert found.level == case["level"]
    floor, ceiling = {"STRONG": (0.8, 1.0), "MEDIUM": (0.4, 0.85), "WEAK": (0.0, 0.6)}[case["strength"]]
    assert case["level"] in ("same_sound",) or floor <= found.score <= ceiling
    assert all(len(name) < 2 or name not in found.reason for name in (case["a"], case["b"]))


@given(name_texts, name_texts, name_texts, name_texts)
@settings(max_examples=150, deadline=None)
def test_comparison_is_symmetrical_and_alike_in_bulk(a: str, b: str, former_a: str, former_b: str) -> None:
    one = levels.compare_names(a, b, former_a, former_b)
    assert one == levels.compare_names(b, a, former_b, former_a)
    columns = [pd.Series([text, "王梓涵"]) for text in (a, b, former_a, former_b)]
    bulk = levels.compare_name_pairs(*columns)
    assert (bulk["level"][0], bulk["reason"][0]) == (one.level, one.reason)


def test_scores_fall_with_the_levels_of_one_kind() -> None:
    order = [
        "same",
        "variant",
        "wildcard",
        "same_sound",
        "fuzzy_sound",
        "look_alike",
        "surname_and_one",
        "surname_only",
        "different",
    ]
    from matching.names.levels import _wording

    scores = [_wording()[level][0] for level in order]
    assert all(high > low for high, low in pairwise(scores))
    assert levels.LEVELS[0] == "same"
    assert levels.LEVELS[-1] == "missing"


def test_one_character_names_its_place() -> None:
    assert levels.compare_names("王梓涵", "王子豪").reason == "姓名仅第三字不同"


def test_fold() -> None:
    assert tables.fold("張鍾甯") == tables.fold("张锺宁") == tables.fold("张钟宁") == "张钟宁"
    assert tables.fold("阿依古丽·买买提") == "阿依古丽买买提"
    assert tables.fold("anna smith") == "ANNASMITH"


@given(st.text(alphabet="張鍾甯龑頔堃喆陳劉·", max_size=6))
def test_fold_is_idempotent(name: str) -> None:
    assert tables.fold(tables.fold(name)) == tables.fold(name)


def test_surnames() -> None:
    assert sounds.split_surname("欧阳娜娜") == ("欧阳", "娜娜")
    assert sounds.split_surname("歐陽娜") == ("歐陽", "娜")
    assert sounds.split_surname("欧阳") == ("欧", "阳")
    assert sounds.split_surname("王梓涵") == ("王", "梓涵")
    assert sounds.split_surname("阿依古丽·买买提") == ("", "阿依古丽·买买提")


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("单雄", "shan"),
        ("仇英", "qiu"),
        ("曾丽", "zeng"),
        ("查英", "zha"),
        ("翟强", "zhai"),
        ("朴美", "piao"),
        ("覃杰", "qin"),
        ("区明", "ou"),
        ("解玲", "xie"),
        ("任强", "ren"),
    ],
)
def test_surname_readings(name: str, reading: str) -> None:
    assert reading in sounds.syllables(name)[0]


def test_sound_keys() -> None:
    assert sounds.sound_key("张静") == sounds.sound_key("章晋")
    assert sounds.sound_key("刘娜") == sounds.sound_key("牛拉")
    assert sounds.sound_key("单晓") != sounds.sound_key("丹晓")
    assert sounds.sound_key("冯辉") != sounds.sound_key("洪辉")
    assert sounds.sound_key("方", True) == sounds.sound_key("荒", True)
    assert sounds.sound_key("张?") == "zan-?"


def test_tables_are_sound() -> None:
    tables = name_tables()
    folded = [form for group in tables.variants for form in group]
    assert len(folded) == len(set(folded)), "a character stands in two groups of variants"
    assert all(target not in map(chr, variant_fold()) for target in variant_fold().values())
    shapes = look_alikes()
    assert all(character in shapes[other] for character, others in shapes.items() for other in others)
    assert "已" in shapes["己"]
    assert "侯" in shapes["候"]


def test_long_names_side_by_side_are_judged_like_one_by_one() -> None:
    from itertools import product

    from matching.names.long import long_level, long_levels

    names = (
        "阿卜杜拉·艾力",
        "阿布都拉艾力",
        "艾力·阿卜杜拉",
        "阿卜杜拉",
        "买买提·艾力",
        "买?提·艾力",
        "孟和",
        "Ali Khan",
        "王梓涵",
        "·",
        "",
    )
    pairs = list(product(names, names))
    found = long_levels([a for a, _ in pairs], [b for _, b in pairs])
    assert found == [long_level(a, b) for a, b in pairs]
    assert len(set(found)) >= 5
