"""Identity numbers: arithmetic, the corruption catalogue cell by cell, columns, other departments' numbers, repairs."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.reading import identity
from matching.reading.issues import issue_texts

AS_OF = date(2026, 9, 30)
CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "identity_cells.csv").open(encoding="utf-8")))
GOOD = "341221201503101237"

digits17 = st.text(alphabet="0123456789", min_size=17, max_size=17)


@st.composite
def children(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(2009, 1, 1), AS_OF))
    first = draw(st.sampled_from(["341221", "610330", "620722", "520114"])) + born.strftime("%Y%m%d")
    first += f"{draw(st.integers(1, 999)):03d}"
    return first + identity.check_character(first)


@pytest.mark.parametrize(
    ("number", "passes"),
    [
        ("810000199408230021", True),
        ("830000199201300022", True),
        ("440308199901101512", True),
        ("440308199901101513", False),
        ("341221201503101237", True),
    ],
)
def test_published_vectors(number: str, passes: bool) -> None:
    assert identity.check_passes(number) is passes


def test_upgrade_of_fifteen_digits() -> None:
    assert identity.upgrade_15("610104620927690") == "610104196209276908"
    assert identity.upgrade_15("610104621327690") == ""


@given(digits17, st.integers(0, 16), st.integers(1, 9))
def test_check_catches_each_substitution(first: str, place: int, shift: int) -> None:
    wrong = first[:place] + str((int(first[place]) + shift) % 10) + first[place + 1 :]
    assert identity.check_character(wrong) != identity.check_character(first)


@given(digits17, st.integers(0, 15))
def test_check_catches_each_swap_of_neighbours(first: str, place: int) -> None:
    swapped = first[:place] + first[place + 1] + first[place] + first[place + 2 :]
    if swapped != first:
        assert identity.check_character(swapped) != identity.check_character(first)


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_cells(case: dict[str, str]) -> None:
    row = identity.read_ids(pd.Series([case["cell"]]), as_of=AS_OF).iloc[0]
    got = {name: row[name] for name in ("status", "value", "birth", "sex", "derived")}
    assert got == {name: case[name] for name in got}
    assert set(row["note"].split(";")) == set(case["note"].split(";"))


@given(st.text(max_size=24) | st.from_regex(r"[0-9XxOl*' .]{14,22}", fullmatch=True), st.booleans())
def test_a_value_always_passes_its_check(text: str, flag: bool) -> None:
    row = identity.read_ids(pd.Series([text]), pd.Series([flag]), as_of=AS_OF).iloc[0]
    assert (row["value"] != "") == (row["status"] == "valid")
    assert row["value"] == "" or identity.check_passes(row["value"])
    assert set(row["note"].split(";")) - {""} <= set(issue_texts())


@given(children())
def test_good_numbers_are_read_by_both_ways_alike(number: str) -> None:
    bulk = identity.read_ids(pd.Series([number]), as_of=AS_OF).iloc[0]
    alone = identity.parse_id(number, identity.NumberContext(as_of=AS_OF))
    if not number.endswith("000"):
        assert (bulk["value"], bulk["birth"], bulk["sex"]) == (number, alone.birth, alone.sex)
    assert bulk["status"] == alone.status


def test_a_number_cell_is_never_a_number() -> None:
    found = identity.read_ids(pd.Series([GOOD, GOOD]), pd.Series([False, True]))
    assert list(found["status"]) == ["valid", "damaged"]
    assert list(found["value"]) == [GOOD, ""]


def test_adults_have_fifteen_digits_and_are_not_borrowed() -> None:
    found = identity.read_ids(pd.Series(["610104620927690"]), kind="adult", as_of=AS_OF).iloc[0]
    assert (found["status"], found["value"], found["note"]) == ("valid", "610104196209276908", "C17")


def test_grown_up_only_beyond_the_margin() -> None:
    first = "34122120080101123"
    number = first + identity.check_character(first)
    narrow = identity.read_ids(pd.Series([number]), as_of=AS_OF, margin_years=0).iloc[0]
    wide = identity.read_ids(pd.Series([number]), as_of=AS_OF, margin_years=2).iloc[0]
    assert (narrow["status"], wide["status"]) == ("adult", "valid")


def test_unknown_area_warns_and_old_areas_do_not() -> None:
    def number(area: str) -> str:
        first = area + "20150310123"
        return first + identity.check_character(first)

    found = identity.read_ids(pd.Series([number("777777"), number("520114"), number("342123"), number("911234")]))
    assert list(found["status"]) == ["valid"] * 4
    assert list(found["note"]) == ["region_unknown", "", "", ""]


def test_a_cut_column_takes_the_passing_zeros_with_it() -> None:
    """Among numbers that were cut, 1 in 11 passes by chance: the column decides (rules/identifiers.md#c05)."""
    lucky = next(n for n in (f"3412212015031{i:02d}000" for i in range(100)) if identity.check_passes(n))
    cut = [f"3412212015032{i:02d}000" for i in range(10, 40)]
    cut = [number for number in cut if not identity.check_passes(number)]
    alone = identity.read_ids(pd.Series([lucky, GOOD]))
    among = identity.read_ids(pd.Series([lucky, GOOD, *cut]))
    assert list(alone["status"]) == ["valid", "valid"]
    assert list(among["status"][:2]) == ["damaged", "valid"]
    assert among["derived"][0] == lucky[:15] + "***"


def test_fill_handle() -> None:
    column = pd.Series([str(int(GOOD) + step) for step in range(4)])
    found = identity.read_ids(column, as_of=AS_OF)
    assert list(found["note"].str.contains("C15")) == [False, True, True, True]


def test_student_numbers() -> None:
    found = identity.read_student_numbers(
        pd.Series(["g" + GOOD, "L" + GOOD, "J" + GOOD, "G341221201503101238", "20240701001", "无"])
    )
    assert list(found["kind"]) == ["G", "L", "J", "G", "", ""]
    assert list(found["id"]) == [GOOD, "", "", "", "", ""]
    assert list(found["birth"][:3]) == ["2015-03-10"] * 3
    assert found["note"][3] == "student_check"
    assert list(found["value"][4:]) == ["20240701001", ""]


def test_disability_numbers() -> None:
    found = identity.read_disability_numbers(
        pd.Series([GOOD + "42", GOOD + "42B1", GOOD, GOOD + "82", "341221201503101238" + "42"])
    )
    assert list(found["id"]) == [GOOD, GOOD, GOOD, "", ""]
    assert list(found["type"]) == ["4", "4", "", "", "4"]
    assert list(found["level"]) == ["2", "2", "", "", "2"]
    assert list(found["reissue"]) == ["", "1", "", "", ""]
    assert list(found["note"]) == ["", "", "certificate_bare", "certificate_shape", "certificate_check"]


def test_borrowed_and_shared_numbers() -> None:
    own = pd.Series(["a", "b", "", "b", "b"])
    assert list(identity.borrowed(own, [pd.Series(["a", "x", "", "", ""])])) == [True, False, False, False, False]
    names = pd.Series(["张", "王", "李", "赵", "孙"])
    assert list(identity.shared_by_names(own, names)) == [False, True, False, True, True]


def test_truncated_number_has_at_most_100_candidates() -> None:
    every = identity.repair_candidates("341221201503101***", "damaged")
    boys = identity.repair_candidates("341221201503101***", "damaged", "2015-03-10", "1")
    assert len(every) == 100
    assert sum(not each.value.endswith("X") for each in every) == 91
    assert len(boys) == 50
    assert GOOD in [each.value for each in boys]
    assert identity.repair_candidates("341221201503101***", "damaged", "2015-04-10") == []


@given(children(), st.integers(0, 16), st.integers(1, 9))
def test_repairs_hold_the_true_number(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    birth, sex = identity.birth_of(number), identity.sex_of(number)
    found = identity.repair_candidates(wrong, "bad_check", birth, sex)
    assert number in [each.value for each in found]
    assert all(identity.check_passes(each.value) and "校验码正确" in each.evidence for each in found)
    assert all(each.value not in each.evidence for each in found)
    short = number[:place] + number[place + 1 :]
    assert number in [each.value for each in identity.repair_candidates(short, "bad_length", birth, sex)]


def test_letters_are_proposed_not_taken() -> None:
    assert [each.value for each in identity.repair_candidates("34122120ISO3101237", "garbage")] == [GOOD]
    assert identity.read_ids(pd.Series(["34122120ISO3101237"]))["value"][0] == ""


@pytest.mark.parametrize(
    ("other", "kind", "position", "reason"),
    [
        (GOOD, "same", 0, "身份证号相同"),
        ("341221201503102237", "substitution", 15, "身份证号第15位不同"),
        ("341221201503101238", "substitution", 18, "身份证号末位不同"),
        ("341221201503101327", "swap", 16, "身份证号第16位与第17位颠倒"),
        ("34122120150310127", "missing", 17, "身份证号第17位少一位"),
        ("3412212015031012337", "doubled", 17, "身份证号第17位重复，多一位"),
        ("341221201503101***", "truncated", 0, "身份证号可见部分相同，其余位数看不到"),
        ("341221201503101000", "truncated", 16, "身份证号前15位相同，末三位被表格软件改成了0"),
        ("620722201208080011", "other", 0, "身份证号不同"),
    ],
)
def test_one_slip(other: str, kind: str, position: int, reason: str) -> None:
    found = identity.one_slip(GOOD, other)
    assert (found.kind, found.position, found.reason) == (kind, position, reason)


def test_same_damaged() -> None:
    assert identity.same_damaged("341221201503101***", GOOD)
    assert identity.same_damaged("341221********1237", GOOD)
    assert not identity.same_damaged("341221201503102***", GOOD)
    assert not identity.same_damaged("3412**********1237", GOOD)
