"""The invented county's ground: townships, villages, school districts, schools. No people here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo_county.dice import Dice, Texts, texts
from demo_county.settings import places


@dataclass(frozen=True)
class DemoSchool:
    """One school: stage is kindergarten, primary, junior or senior."""

    name: str
    code: str
    stage: str
    town: int
    district: int


@dataclass(frozen=True)
class County:
    """Townships with their villages (the position in the list is the number used in the people's frame)."""

    towns: list[str]
    weights: list[float]
    villages: list[list[str]]
    schools: list[DemoSchool]

    def town_names(self) -> Texts:
        """Return township names as an array to index with township numbers."""
        return texts(self.towns)

    def school_of(self, stage: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """Return, for every township, the position of its school of that stage (the seat's where it has none of its
        own).
        """
        own = {school.town: i for i, school in reversed(list(enumerate(self.schools))) if school.stage == stage}
        return np.array([own.get(town, own[0]) for town in range(len(self.towns))], dtype=np.int64)


def build_county(dice: Dice) -> County:
    """Invent the villages and schools of the county named in places.yaml."""
    place = places()
    towns = list(place.townships)
    stems = [first + last for first in place.village_first for last in place.village_last]
    order = np.argsort(dice.uniform(np.arange(len(stems)), "village"))
    low, high = place.villages_per_township
    counts = dice.whole(np.arange(len(towns)), "villages", low, high + 1)
    # Each stem once in the county: two villages of one name would make the truth of addresses ambiguous.
    villages, used = [], 0
    for town, count in zip(towns, counts.tolist(), strict=True):
        names = [stems[i] + "村" for i in order[used : used + count]]
        used += count
        villages.append(
            [*place.communities, *names] if town == place.seat else [*names, town[:-1].replace("裕固族", "") + "街社区"]
        )
    return County(towns, list(place.townships.values()), villages, _schools(towns))


def _schools(towns: list[str]) -> list[DemoSchool]:
    place = places()
    schools: list[DemoSchool] = []

    def add(name: str, stage: str, town: int) -> None:
        district = 0 if town == 0 else 1 + (town - 1) * (place.districts - 1) // (len(towns) - 1)
        schools.append(DemoSchool(name, f"31{place.code}{len(schools) + 1:02d}", stage, town, district))

    # A 乡 has no lower secondary school: its pupils go to the seat's, as in a county of this size.
    for town, name in enumerate(towns):
        stem = name.removesuffix("镇").removesuffix("乡")
        add(f"{place.county}实验小学" if town == 0 else f"{stem}中心小学", "primary", town)
        if town == 0:
            add(f"{place.county}第二小学", "primary2", town)
        if name.endswith("镇"):
            add(f"{place.county}第一初级中学" if town == 0 else f"{stem}初级中学", "junior", town)
        add(f"{stem}中心幼儿园", "kindergarten", town)
    add(f"{place.county}第一中学", "senior", 0)
    add(f"{place.county}特殊教育学校", "special", 0)
    return schools
