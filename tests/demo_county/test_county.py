"""The ground of the demo county: what the truth of addresses and schools rests on."""

from pathlib import Path

import pytest

from demo_county import generate
from demo_county.county import County, build_county
from demo_county.dice import Dice
from demo_county.settings import in_county, places, rates


@pytest.fixture(scope="module")
def county() -> County:
    return build_county(Dice(1))


def test_no_two_villages_bear_one_name(county: County) -> None:
    names = [name for villages in county.villages for name in villages if name.endswith("村")]
    assert len(names) == len(set(names))


def test_every_township_has_villages_within_the_settings_bounds(county: County) -> None:
    low, high = places().villages_per_township
    assert county.towns == list(places().townships)
    for town, villages in zip(county.towns, county.villages, strict=True):
        communities = places().communities if town == places().seat else [villages[-1]]
        assert low <= len(villages) - len(communities) <= high
        assert set(communities) <= set(villages)


def test_pupils_of_a_township_without_a_junior_school_go_to_the_seat(county: County) -> None:
    junior = county.school_of("junior")
    for town, name in enumerate(county.towns):
        school = county.schools[junior[town]]
        assert school.stage == "junior"
        assert school.town == (town if name.endswith("镇") else 0)


def test_schools_have_codes_of_their_own_and_districts_within_the_county(county: County) -> None:
    assert len({school.code for school in county.schools}) == len(county.schools)
    assert {school.district for school in county.schools} <= set(range(places().districts))


def test_another_county_is_generated_meanwhile_and_only_meanwhile() -> None:
    own = places()
    other = own.model_copy(
        update={"county": "某县", "code": "620798", "seat": "甲镇", "townships": {"甲镇": 2, "乙乡": 1}}
    )
    with in_county(other):
        county = build_county(Dice(1))
    assert county.towns == ["甲镇", "乙乡"]
    assert {school.code[2:8] for school in county.schools} == {"620798"}
    assert places() is own


def test_clerks_of_ones_own_write_plain_files_about_families_of_the_nations_they_name(tmp_path: Path) -> None:
    clerks = rates().profile("ordinary").model_copy(update={"plain": True, "nations": {"藏族": 1.0}})
    generate(tmp_path, children=200, periods=("2026Q3",), profile=clerks)
    files = [path for path in (tmp_path / "inbox").rglob("*") if path.is_file()]
    (police,) = [path for path in files if path.parent.name == "public_security"]
    assert {path.suffix for path in files if path != police} <= {".xlsx", ".csv"}
    assert all(path.read_bytes().startswith(b"PK") is (path.suffix == ".xlsx") for path in files)
    nations = {line.split(",")[4] for line in police.read_text(encoding="gb18030").splitlines()[1:]}
    assert nations == {"藏族"}
