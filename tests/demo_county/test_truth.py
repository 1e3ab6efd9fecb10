"""The lists' truth, checked against what was delivered, and the people behind it."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from demo_county import Summary, generate
from demo_county.moment import first_grade_year, full_years
from demo_county.settings import layouts, period_end, rates, words

_W, _C = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _findings(truth: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in _table(truth / "findings.csv"):
        found[row["rule"]].add(row["kid"])
    return found


def _departments(truth: Path) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = defaultdict(set)
    for row in _table(truth / "rows.csv"):
        seen[row["kid"]].add(row["dept"])
    return seen


def test_every_number_of_a_child_passes_its_check_and_is_its_own(truth: Path) -> None:
    numbers = [(kid["id18"], kid["birth"], kid["sex"]) for kid in _table(truth / "kids.csv") if kid["id18"]]
    assert len({number for number, _, _ in numbers}) == len(numbers)
    for number, _, sex in numbers:
        assert _C[sum(int(d) * w for d, w in zip(number[:17], _W, strict=True)) % 11] == number[17]
        assert int(number[16]) % 2 == int(sex) % 2
    same_day = sum(number[6:14] == birth.replace("-", "") for number, birth, _ in numbers)
    assert same_day / len(numbers) > 0.99  # the rest were corrected by the police later


def test_cohort_by_the_example_of_the_law() -> None:
    births = np.array(["2015-08-31", "2015-09-01"], dtype="datetime64[D]")
    assert first_grade_year(births).tolist() == [2021, 2022]
    assert full_years(births, dt.date(2026, 8, 31)).tolist() == [11, 10]
    assert full_years(np.array(["2008-02-29"], dtype="datetime64[D]"), dt.date(2026, 2, 28)).tolist() == [17]


@pytest.mark.parametrize(
    ("period", "end"),
    [("2026Q1", dt.date(2026, 3, 31)), ("2026Q4", dt.date(2026, 12, 31)), ("2024-02", dt.date(2024, 2, 29))],
)
def test_period_ends(period: str, end: dt.date) -> None:
    assert period_end(period) == end


def test_no_hukou_means_no_active_register_row_but_a_row_elsewhere(truth: Path) -> None:
    kids = {kid["kid"]: kid for kid in _table(truth / "kids.csv")}
    departments = _departments(truth)
    listed = _findings(truth)["L01"]
    for kid in listed:
        assert kids[kid]["hukou"] == "none"
        assert "psb" not in departments[kid]
        assert departments[kid]
    unlisted = {k for k, kid in kids.items() if kid["hukou"] == "none" and departments.get(k) and k not in listed}
    assert not {k for k in unlisted if not kids[k]["cancelled"]}


def test_not_enrolled_are_in_the_cohort_known_and_without_any_student_record(truth: Path, period: str) -> None:
    kids = {kid["kid"]: kid for kid in _table(truth / "kids.csv")}
    departments = _departments(truth)
    year = 2025 if period == "2026Q2" else 2026
    for kid in _findings(truth)["L03"]:
        birth = np.array([kids[kid]["birth"]], dtype="datetime64[D]")
        assert 1 <= year - int(first_grade_year(birth)[0]) + 1 <= 9
        assert departments[kid]
        assert "edu" not in departments[kid]
        assert kids[kid]["cancelled"] == ""


def test_lists_about_rolls_are_children_with_civil_affairs_rows(truth: Path) -> None:
    kids = {kid["kid"]: kid for kid in _table(truth / "kids.csv")}
    departments, found = _departments(truth), _findings(truth)
    for kid in found["L13"]:
        assert kids[kid]["cancelled"] == "死亡"
        assert "ca" in departments[kid]
    for kid in found["L14"]:
        assert kids[kid]["cancelled"] == "迁出"
        assert "ca" in departments[kid]
    for kid in found["L19"]:
        assert kids[kid]["ca_category"] == ""
        assert departments[kid] >= {"edu"}
        assert "ca" not in departments[kid]
    for kid in found["L23"]:
        assert "dpf" in departments[kid]
        assert not re.search("困境|孤儿|事实无人", kids[kid]["ca_category"])


def test_twice_enrolled_have_two_student_rows_and_the_others_one(truth: Path) -> None:
    rows = Counter(row["kid"] for row in _table(truth / "rows.csv") if row["dept"] == "edu")
    assert {kid for kid, n in rows.items() if n > 1} == _findings(truth)["L16E"]


@pytest.mark.slow
def test_every_error_class_of_the_rates_turns_up_somewhere(county: Summary, tmp_path: Path) -> None:
    careless = generate(tmp_path, children=3000, profile="careless", seed=5)
    seen: set[str] = set()
    for folder in (county.folder, careless.folder):
        for path in folder.glob("truth/*/rows.csv"):
            for row in _table(path):
                seen.update(row["errors"].split("|"))
    labels = {"guardian_changed": "guardian_name", "address_elsewhere": "address"}
    wanted = {labels.get(error, error) for errors in rates().profile("ordinary").errors.values() for error in errors}
    rare = {
        "birth_future",
        "birth_swap",
        "transliteration",
        "name_part",
        "id_dot0",
        "char_swap",
        "birth_year",
        "birth_falsified",
    }
    assert wanted - seen <= rare
    assert {"id_excel15", "id_sequence", "no_number_list", "stepfather"} <= seen


def test_most_errors_stay_and_some_go_and_some_come(county: Summary) -> None:
    def held(period: str) -> set[tuple[str, str]]:
        return {
            (row["dept"] + row["kid"], error)
            for row in _table(county.folder / "truth" / period / "rows.csv")
            for error in row["errors"].split("|")
            if error.startswith(("homophone", "id_digit", "id_style", "former", "phone", "guardian"))
        }

    before, after = held("2026Q2"), held("2026Q3")
    assert 0.5 < len(before & after) / len(before) < 0.95
    assert before - after
    assert after - before


def test_twins_share_a_character_and_have_neighbouring_numbers(county: Summary) -> None:
    kids = {kid["kid"]: kid for kid in _table(county.folder / "truth/2026Q3/kids.csv")}
    twins = [(kid, kids[kid["twin_of"]]) for kid in kids.values() if kid["twin_of"] in kids]
    assert len(twins) > 3
    for one, other in twins:
        assert one["birth"] == other["birth"]
        assert one["name"] != other["name"]
        if one["id18"] and other["id18"] and one["id18"][:14] == other["id18"][:14]:
            assert abs(int(one["id18"][14:17]) - int(other["id18"][14:17])) in (1, 2)


def test_quarters_differ_by_births_grades_and_registrations(county: Summary) -> None:
    before, after = (
        {kid["kid"]: kid for kid in _table(county.folder / f"truth/{p}/kids.csv")} for p in ("2026Q2", "2026Q3")
    )
    born = set(after) - set(before)
    assert born
    assert all(after[k]["grade"] == str(int(before[k]["grade"]) + 1) for k in before)


def test_areas_hold_the_villages_that_are_used(county: Summary) -> None:
    areas = {(row["township"], row["village"]) for row in _table(county.folder / "areas.csv")}
    used = {(kid["town"], kid["village"]) for kid in _table(county.folder / "truth/2026Q2/kids.csv")}
    assert used <= areas
    assert len({village for _, village in areas}) == len(areas)


def test_layouts_name_only_columns_that_words_and_frames_know() -> None:
    for name, columns in layouts().items():
        assert len(columns) > 5, name
    assert set(words().nation_codes) == set(words().nations)


def test_unknown_profile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        generate(tmp_path, children=100, profile="perfect")


def test_a_larger_county_has_lists_of_a_realistic_size(county: Summary) -> None:
    frame = pd.DataFrame([period.lists for period in county.periods])
    assert (frame["L03"] / county.children).between(0.001, 0.02).all()
    assert (frame["L01"] / county.children).between(0.0002, 0.01).all()


def test_numbers_said_to_be_damaged_are_no_evidence_of_two_numbers(truth: Path) -> None:
    rows = _table(truth / "rows.csv")
    damaged = {row["kid"] for row in rows if {"id_excel15", "id_sequence"} & set(row["errors"].split("|"))}
    assert damaged
    two = {row["kid"] for row in _table(truth / "findings.csv") if (row["rule"], row["field"]) == ("L15", "id_no")}
    explained = {row["kid"] for row in rows if {"sibling_id", "obsolete_id"} & set(row["errors"].split("|"))}
    assert two <= explained
    filled = {row["kid"] for row in rows if "id_sequence" in row["errors"]}
    assert filled <= _findings(truth)["L18"]
