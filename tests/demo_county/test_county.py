"""The ground of the demo county: what the truth of addresses and schools rests on."""

import pytest

from demo_county.county import County, build_county
from demo_county.dice import Dice
from demo_county.settings import places


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
