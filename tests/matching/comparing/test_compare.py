"""Levels of every field, and recordlinkage's features as the oracle of the main path."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from matching.blocking.block import block
from matching.comparing import compare as comparing
from matching.comparing.compare import Comparer, add_context, compare, twin_pairs
from matching.encoding.encode import encode
from matching.model import default_model
from matching.shapes import Pairs

MODEL = default_model()
CASES = Path(__file__).parents[1] / "cases" / "linking_names.csv"


def level(records: pd.DataFrame, field: str) -> str:
    e = encode(records, MODEL)
    levels = compare(e, Pairs(np.array([0], np.int32), np.array([1], np.int32), np.zeros(1, np.uint32)), MODEL)
    return MODEL.spec(field).names[int(levels[field][0])]


@pytest.mark.parametrize(
    "case", list(csv.DictReader(CASES.open(encoding="utf-8"))), ids=lambda case: f"{case['left']}/{case['right']}"
)
def test_name_levels(frame: Any, case: dict[str, str]) -> None:
    for one, other in (("left", "right"), ("right", "left")):
        records = frame(
            {"name": case[one], "former_name": case[f"former_{one}"]},
            {"name": case[other], "former_name": case[f"former_{other}"]},
        )
        assert level(records, "name") == case["level"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2015-03-10", "2015-03-10", "same"),
        ("2015-03-10", "2015-01-20", "lunar"),
        ("2020-06-14", "2020-04-23", "lunar"),  # a leap fourth month
        ("2015-03-10", "2015-10-03", "swapped"),
        ("2015-03-10", "2015-03-11", "one_part"),
        ("2015-03-31", "2015-04-01", "one_part"),
        ("2015-03-10", "2016-03-10", "one_part"),
        ("2015-03-10", "2015-03", "coarse"),
        ("2015-03-10", "2015-01-01", "weak"),
        ("2015-03-10", "2015", "missing"),
        ("2015-03-10", "2014", "differ"),
        ("2015-03-10", "2015-07-22", "year"),
        ("2015-03-10", "2012-07-22", "differ"),
        ("2015-03-10", "", "missing"),
    ],
)
def test_birth_levels(frame: Any, one: str, other: str, expected: str) -> None:
    precision = {10: "day", 7: "month", 4: "year", 0: ""}
    a, b = ({"birth_date": text, "birth_precision": precision[len(text)]} for text in (one, other))
    assert level(frame(a, b), "birth") == expected
    assert level(frame(b, a), "birth") == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"father_name": "张伟", "mother_name": "李丽"}, {"father_name": "张伟", "mother_name": "李丽"}, "two"),
        ({"father_name": "张伟"}, {"guardian_name": "张伟"}, "one"),
        ({"father_name": "张伟"}, {"guardian_name": "张玮"}, "sound"),
        ({"father_name": "张伟"}, {"guardian_name": "王秀英"}, "apart"),
        ({"father_name": "张伟"}, {"father_name": "李军"}, "differ"),
        ({"father_name": "张伟"}, {}, "missing"),
    ],
)
def test_guardian_levels(frame: Any, one: dict[str, str], other: dict[str, str], expected: str) -> None:
    assert level(frame(one, other), "people") == expected


@pytest.mark.parametrize(
    ("change", "status", "expected"),
    [
        (lambda n: n, "valid", "same"),
        (lambda n: n[:15] + "000", "damaged", "partial"),
        (lambda n: n[:6] + "********" + n[14:], "masked", "partial"),
        (lambda n: n[:9] + n[10:], "bad_length", "slip"),
        (lambda n: n[:9] + n[10] + n[9] + n[11:], "bad_check", "slip"),
        (lambda n: "52" + n[2:10] + "1231999", "bad_check", "raw_differ"),
    ],
)
def test_number_levels(frame: Any, number: Any, change: Any, status: str, expected: str) -> None:
    good = "341221201503141357"[:17]
    good = number("2015-03-14", 135)
    other = {"id_no": good} if status == "valid" else {"id_no_raw": change(good), "id_no_status": status}
    assert level(frame({"id_no": good}, other), "number") == expected


def test_a_certificate_number_is_a_derived_number(frame: Any, number: Any) -> None:
    assert (
        level(
            frame({"d": "PS", "id_no": number("2015-03-10")}, {"d": "DI", "disability_no_id": number("2015-03-10")}),
            "number",
        )
        == "derived"
    )


def test_recordlinkage_features_give_the_same_levels(county: pd.DataFrame) -> None:
    import recordlinkage

    from matching.comparing.reference import KeyIndex, LevelFeature

    records = county.head(600).set_index("record_id", drop=False).rename_axis(None)
    index = KeyIndex().index(records)
    e = encode(records, MODEL)
    pairs, _ = block(e, MODEL)
    found = {tuple(sorted(pair)) for pair in index.tolist()}
    assert found == {(e.record_id[a], e.record_id[b]) for a, b in zip(pairs.left, pairs.right, strict=True)}
    levels = compare(e, pairs, MODEL)
    ours = pd.DataFrame({field: levels[field] for field in ("name", "birth", "people")})
    ours.index = pd.MultiIndex.from_arrays([e.record_id[pairs.left], e.record_id[pairs.right]])
    theirs = recordlinkage.Compare([LevelFeature(records, field) for field in ours], n_jobs=1).compute(index, records)
    theirs.index = pd.MultiIndex.from_tuples([tuple(sorted(pair)) for pair in theirs.index.tolist()])
    pd.testing.assert_frame_equal(theirs.sort_index(), ours.sort_index(), check_dtype=False, check_names=False)


def test_rapidfuzz_feature_is_nan_for_missing_and_high_for_abbreviated_schools() -> None:
    from matching.comparing.reference import text_likeness

    found = text_likeness(
        np.array(["豫龙镇中心小学", "", "豫龙镇中心小学"], dtype=object),
        np.array(["荥阳市豫龙镇中心小学", "甲", "高山镇初级中学"], dtype=object),
    )
    assert found[0] >= 0.9
    assert np.isnan(found[1])
    assert found[2] < 0.6


def test_twins_are_seen_in_the_delivery(frame: Any) -> None:
    family = {"birth_date": "2015-03-10", "father_name": "张伟"}
    records = frame(
        {"d": "PS", "name": "张文文", **family},
        {"d": "PS", "name": "张雨桐", **family},
        {"d": "CA", "name": "毛毛", **family},
    )
    e = encode(records, MODEL)
    pairs = Pairs(np.array([0, 0, 1], np.int32), np.array([1, 2, 2], np.int32), np.zeros(3, np.uint32))
    levels = compare(e, pairs, MODEL)
    add_context(e, pairs, levels, MODEL)
    names = [MODEL.spec("family").names[code] for code in levels["family"]]
    assert names == [
        "twins",
        "twins",
        "single",
    ]  # rows are sorted: CA, PS, PS; the twins' own pair is no evidence about itself


def test_every_field_says_the_same_both_ways_round(families: pd.DataFrame) -> None:
    """Of some thousand pairs that keys brought together, and as many that none did."""
    e = encode(families, MODEL)
    pairs, _ = block(e, MODEL)
    rng = np.random.default_rng(2)
    a, b = (np.r_[side[:1500], rng.integers(0, len(e), 1500).astype(np.int32)] for side in (pairs.left, pairs.right))
    kept = a != b
    comparer = Comparer(e, MODEL)
    forward, other = comparer.levels(a[kept], b[kept]), comparer.levels(b[kept], a[kept])
    for field, codes in forward.items():
        np.testing.assert_array_equal(codes, other[field], err_msg=field)
        assert codes.min() >= 0
        assert codes.max() < len(MODEL.spec(field).levels)


def test_a_record_beside_itself_agrees_wherever_it_says_anything(families: pd.DataFrame) -> None:
    e = encode(families, MODEL)
    rows = np.arange(len(e), dtype=np.int32)
    levels = Comparer(e, MODEL).levels(rows, rows)
    for field in ("birth", "sex", "people", "phone", "place", "household", "school", "nation"):
        groups_ = {
            MODEL.fields[field].levels[MODEL.fields[field].names[code]].group for code in set(levels[field].tolist())
        }
        allowed = {"missing", "agree"} | (
            {"near"} if field in ("birth", "place") else set()
        )  # a date without its day, a town alone
        assert groups_ <= allowed, field


def test_comparing_in_pieces_changes_nothing(families: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    e = encode(families, MODEL)
    pairs, _ = block(e, MODEL)
    whole = compare(e, pairs, MODEL)
    monkeypatch.setattr(comparing, "CHUNK", 50)
    pieces = compare(e, pairs, MODEL)
    assert len(pairs) > 100
    for field, codes in whole.items():
        np.testing.assert_array_equal(codes, pieces[field], err_msg=field)


def test_no_pairs_have_levels_of_no_length(county: pd.DataFrame) -> None:
    nothing = np.zeros(0, dtype=np.int32)
    levels = compare(encode(county.head(20), MODEL), Pairs(nothing, nothing, nothing.astype(np.uint32)), MODEL)
    assert {field: len(codes) for field, codes in levels.items()} == dict.fromkeys(
        [*(name for name in MODEL.fields if name != "family"), "number"], 0
    )


@pytest.mark.parametrize(
    ("dates", "name", "expected", "why"),
    [
        (1, "冯若溪", "rare", "one child"),
        (2, "冯若溪", "rare", "two children share it"),
        (3, "冯若溪", "few", "three do"),
        (8, "冯若溪", "few", "eight"),
        (9, "冯若溪", "many", "nine"),
        (9, "馮若溪", "many", "in another spelling, too"),
        (9, "冯若海", "missing", "the names do not agree: how common they are says nothing"),
        (9, "", "missing", "no name"),
    ],
)
def test_how_common_a_name_is(frame: Any, dates: int, name: str, expected: str, why: str) -> None:
    rows = [{"name": "冯若溪", "birth_date": f"20{year + 10}-01-01"} for year in range(dates)]
    records = frame({"d": "CA", "name": name, "birth_date": "2010-01-01"}, *rows)
    assert level(records, "namesakes") == expected, why


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"d": "CA"}, {"d": "PS"}, "cross"),
        ({"d": "CA", "layout": "ledger"}, {"d": "CA", "layout": "payment"}, "roll"),
        ({"d": "CA", "layout": "ledger"}, {"d": "CA", "layout": "ledger"}, "inside"),
        ({"d": "CA"}, {"d": "CA"}, "inside"),
        ({"d": "CA", "layout": "ledger"}, {"d": "PS", "layout": "ledger"}, "cross"),
    ],
)
def test_whose_lists_two_rows_are_of(frame: Any, one: dict[str, str], other: dict[str, str], expected: str) -> None:
    assert level(frame(one, other), "origin") == expected


TWIN_PAIRS = [
    # name, number, origin, sex, twins, why
    ("one_character", "missing", "inside", "same", True, "one list has two children of one cradle"),
    ("different", "missing", "inside", "same", True, "whatever their names are"),
    ("one_character", "differ", "cross", "same", True, "two valid numbers"),
    ("one_character", "missing", "cross", "same", False, "two lists may misspell one child"),
    ("one_character", "same", "inside", "same", False, "one number: a child entered twice"),
    ("one_character", "slip", "inside", "same", False, "one number with a slip"),
    ("same", "missing", "inside", "same", False, "one name"),
    ("same", "differ", "cross", "same", False, "one name and two numbers: a number replaced"),
    ("former_name", "missing", "inside", "same", False, "renamed"),
    ("minority_partial", "missing", "inside", "same", False, "half of a long name"),
    ("same", "missing", "inside", "differ", True, "one name, two sexes in one list"),
    ("same", "differ", "cross", "differ", False, "two lists may disagree on the sex"),
]


@pytest.mark.parametrize("case", TWIN_PAIRS, ids=[case[5] for case in TWIN_PAIRS])
@pytest.mark.parametrize(("birth", "people"), [("same", "one"), ("same", "sound"), ("one_part", "one")])
def test_which_pairs_show_twins(levels_of: Any, pairs_of: Any, case: Any, birth: str, people: str) -> None:
    """Only where birth and guardian are the same."""
    name, number, origin, sex, twins, _ = case
    levels = levels_of({"name": name, "number": number, "origin": origin, "sex": sex, "birth": birth, "people": people})
    assert twin_pairs(pairs_of((0, 1)), levels, MODEL).tolist() == [twins and (birth, people) == ("same", "one")]


def test_twins_of_one_list_are_twins_in_all_rows_of_the_family(levels_of: Any, pairs_of: Any) -> None:
    """0 and 1 are twins of one list, 2 is another list's row of the family, 3 and 4 are another family."""
    cradle = {"birth": "same", "people": "one", "name": "same", "origin": "cross"}
    twins = cradle | {"name": "one_character", "origin": "inside"}
    pairs = pairs_of((0, 1), (0, 2), (1, 2), (2, 3), (3, 4))
    levels = levels_of(twins, cradle, cradle, {"birth": "same", "people": "differ"}, cradle)
    e = encode(pd.DataFrame({"record_id": list("abcde"), "department": "x"}), MODEL)
    evidence = add_context(e, pairs, levels, MODEL)
    names = [MODEL.fields["family"].names[code] for code in levels["family"]]
    assert names == ["single", "twins", "twins", "missing", "single"]
    assert evidence.tolist() == [1, 1, 1, 0, 0]
    late = levels_of(cradle)
    add_context(e, pairs_of((0, 4)), late, MODEL, evidence)
    assert MODEL.fields["family"].names[late["family"][0]] == "twins", (
        "a pair that comes later is told of the twins before"
    )
