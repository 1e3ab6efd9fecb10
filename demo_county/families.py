"""Who lives in the county: families, children, parents, names and numbers. What happens to them later belongs
to `lives`.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from demo_county.county import County
from demo_county.dice import Dice, texts
from demo_county.numbers import Days, citizen_numbers, distinct_orders, phones, serials
from demo_county.settings import LifeRates, NameParts, places, words


def build_families(
    dice: Dice, county: County, life: LifeRates, span: tuple[dt.date, dt.date], children: int
) -> pd.DataFrame:
    """Invent the families of the county.

    Args:
        dice: the county's dice.
        county: its townships and villages.
        life: shares of rates.yaml.
        span: first and last day of birth.
        children: number of children.

    Returns:
        One row per child (index `kid` from 0), with family, names, numbers, parents and home.
    """
    kids = _births(dice, life, span, children)
    fams = pd.DataFrame({"fam": np.arange(int(kids["fam"].max()) + 1)}).set_index("fam", drop=False)
    eldest = kids.groupby("fam")["birth"].min().reindex(fams.index).to_numpy()
    fams = _homes(dice, fams, county, life)
    fams = _adults(dice, fams, eldest, life)
    kids = kids.join(fams.drop(columns="fam"), on="fam")
    _children_names(dice, kids, life)
    _namesakes(dice, kids, life)
    _numbers(dice, kids)
    return kids


def _births(dice: Dice, life: LifeRates, span: tuple[dt.date, dt.date], children: int) -> pd.DataFrame:
    # As many families as children, so that there are enough whatever their sizes; the last children fall away.
    guess = np.arange(children)
    sizes = dice.pick_index(guess, "size", life.family_sizes) + 1
    fam = np.repeat(guess, sizes)[:children].astype(np.int64)
    kids = pd.DataFrame({"kid": guess, "fam": fam})
    rank = kids.groupby("fam").cumcount().to_numpy()
    twin = (rank == 1) & dice.happens(guess, "twin", life.twin_births)
    gap = np.where(rank == 0, 0, np.where(twin, 0, dice.whole(guess, "gap", 420, 1900)))
    after = pd.Series(gap).groupby(fam).cumsum().to_numpy()
    # The first birth is drawn in what the gaps of the family leave: otherwise the youngest would all be born on the last day.
    whole = (span[1] - span[0]).days
    room = np.maximum(whole - pd.Series(after).groupby(fam).transform("max").to_numpy(), 1)
    first = (dice.uniform(fam, "first") * room).astype(np.int64)
    kids["birth"] = np.datetime64(span[0], "D") + np.minimum(first + after, whole).astype("timedelta64[D]")
    kids["twin_of"] = np.where(twin, guess - 1, -1)
    kids["rank"] = rank
    kids["sex"] = np.where(dice.happens(guess, "sex", 0.525), "1", "2").astype(object)
    return kids.set_index("kid", drop=False).rename_axis(None)


def _homes(dice: Dice, fams: pd.DataFrame, county: County, life: LifeRates) -> pd.DataFrame:
    place, key = places(), fams["fam"].to_numpy(dtype=np.int64)
    town = dice.pick_index(key, "town", county.weights)
    share = dice.uniform(key, "village of")
    counts = np.array([len(v) for v in county.villages])
    village = (share * counts[town]).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    flat = texts([v for town_villages in county.villages for v in town_villages])
    fams["town_no"] = town
    fams["town"] = county.town_names()[town]
    fams["village"] = flat[starts[town] + village]
    urban = np.array([v.endswith("社区") for v in flat], dtype=bool)[starts[town] + village]
    fams["rural"] = ~(urban & dice.happens(key, "urban", 0.9))
    group, door = dice.whole(key, "group", 1, 10), dice.whole(key, "door", 1, 230)
    estates = dice.pick(key, "estate", place.estates)
    fams["rest"] = texts(
        [
            f"{e}{g}栋{d}号" if u else f"{g}组{d}号"
            for e, g, d, u in zip(estates, group.tolist(), door.tolist(), urban.tolist(), strict=True)
        ]
    )
    fams["address"] = fams["town"] + fams["village"] + fams["rest"]
    fams["household_no"] = serials("6", key * 137 + 20011, 8)
    return fams


def _adults(dice: Dice, fams: pd.DataFrame, eldest: Days, life: LifeRates) -> pd.DataFrame:
    word, key = words(), fams["fam"].to_numpy(dtype=np.int64)
    nations = life.nations or word.nations
    fams["nation"] = dice.pick(key, "nation", list(nations), list(nations.values()))
    surname_weights = list(word.surnames.values())
    fams["surname"] = dice.pick(key, "surname", list(word.surnames), surname_weights)
    # 马 is by far the commonest surname of both, so names collide there as they do in a real county.
    hui = fams["nation"].isin(["回族", "东乡族"]).to_numpy() & dice.happens(key, "ma", 0.5)
    fams["surname"] = np.where(hui, "马", fams["surname"])
    for who, role in (
        ("father", "male"),
        ("mother", "female"),
        ("grandpa", "male"),
        ("grandma", "female"),
        ("step", "male"),
    ):
        sex = "1" if role == "male" else "2"
        characters = list(word.given_father if sex == "1" else word.given_mother)
        second, third = dice.pick(key, who + "1", characters), dice.pick(key, who + "2", characters)
        given = np.where(dice.happens(key, who + "single", 0.35), second, second + third).astype(object)
        own = (
            fams["surname"]
            if who in ("father", "grandpa")
            else dice.pick(key, who + "surname", list(word.surnames), surname_weights)
        )
        fams[who + "_name"] = own + given
        older = 24 * 365 if who.startswith("grand") else 0
        born = eldest.astype("datetime64[D]") - (dice.whole(key, who + "age", 21 * 365, 37 * 365) + older).astype(
            "timedelta64[D]"
        )
        code = dice.pick(key, who + "code", places().parent_codes)
        fams[who + "_birth"] = born
        fams[who + "_id"] = citizen_numbers(code, born, dice.whole(key, who + "order", 0, 499) * 2 + (sex == "1"))
        fams[who + "_phone"] = phones(dice, key, who)
    dotted = fams["nation"].isin(word.dotted).to_numpy()
    fams.loc[dotted, "father_name"] = (
        dice.pick(key, "dotfather", word.dotted_father)[dotted]
        + "·"
        + dice.pick(key, "dotgrand", word.dotted_father)[dotted]
    )
    fams.loc[dotted, "mother_name"] = (
        dice.pick(key, "dotmother", word.dotted_girl)[dotted]
        + "·"
        + dice.pick(key, "dotmg", word.dotted_father)[dotted]
    )
    fams["single"] = np.where(
        dice.happens(key, "single", life.single_parent),
        np.where(dice.happens(key, "who left", 0.6), "mother", "father"),
        "",
    )
    fams["stepfather"] = (fams["single"] == "") & dice.happens(key, "stepf", life.step_family)
    fams["poor"] = dice.happens(key, "poor", life.poor_household)
    return fams


def _children_names(dice: Dice, kids: pd.DataFrame, life: LifeRates) -> None:
    word, key = words(), kids["kid"].to_numpy(dtype=np.int64)
    boy = (kids["sex"] == "1").to_numpy()
    first = np.where(boy, dice.pick(key, "g1", list(word.given_boy)), dice.pick(key, "g1", list(word.given_girl)))
    second = np.where(boy, dice.pick(key, "g2", list(word.given_boy)), dice.pick(key, "g2", list(word.given_girl)))
    second = np.where(
        dice.happens(key, "rare", life.rare_character), dice.pick(key, "rare which", list(word.rare)), second
    )
    twins = (kids["twin_of"] >= 0).to_numpy()
    first[twins] = first[np.flatnonzero(twins) - 1]  # twins share a character (rules/names.md#n17)
    # Twins of one name would be the same child to every reader.
    same = twins & (second == np.roll(second, 1))
    second[same] = np.where(boy[same], "逸", "忆")
    single = dice.happens(key, "one character", word.single_share) & ~twins & ~np.roll(twins, -1)
    given = np.where(single, second, first + second).astype(object)
    kids["given"], kids["name"] = given, kids["surname"] + given
    _minority_names(dice, kids, word)
    _former_names(dice, kids, life)


def _minority_names(dice: Dice, kids: pd.DataFrame, word: NameParts) -> None:
    key, boy = kids["kid"].to_numpy(dtype=np.int64), (kids["sex"] == "1").to_numpy()
    dotted = kids["nation"].isin(word.dotted).to_numpy()
    own = np.where(boy, dice.pick(key, "dot", word.dotted_boy), dice.pick(key, "dot", word.dotted_girl))
    father = texts([name.split("·")[0] for name in kids["father_name"]])
    # names of three parts reach twenty characters (rules/names.md#n09)
    long = dice.happens(key, "grandfather too", 0.1)
    whole_name = np.where(long, own + "·" + kids["father_name"].to_numpy(dtype=object), own + "·" + father)
    kids["name"] = np.where(dotted, whole_name, kids["name"])
    whole = (
        kids["nation"].isin(word.whole_names).to_numpy()
        & dice.happens(key, "whole", 0.5)
        & (kids["twin_of"] < 0).to_numpy()
    )
    kids["name"] = np.where(
        whole,
        np.where(boy, dice.pick(key, "whole", word.whole_boy), dice.pick(key, "whole", word.whole_girl)),
        kids["name"],
    )
    kids["han_style"] = ~(dotted | whole)
    # Nor do brothers and sisters bear one name.
    again = kids.duplicated(["fam", "name"]) & kids["han_style"]
    kids.loc[again, "given"] = (
        dice.pick(key, "again", list("恺鸿昱棠栩湉"))[again.to_numpy()] + kids.loc[again, "given"].str[-1]
    )
    kids.loc[again, "name"] = kids.loc[again, "surname"] + kids.loc[again, "given"]
    plain = ~kids["han_style"] & kids.duplicated(["fam", "name"])
    kids.loc[plain, "name"] = (
        kids.loc[plain, "name"]
        .str.replace("·", "江·", n=1)
        .where(lambda s: s.str.contains("·"), kids.loc[plain, "name"] + "加")
    )


def _former_names(dice: Dice, kids: pd.DataFrame, life: LifeRates) -> None:
    word, key = words(), kids["kid"].to_numpy(dtype=np.int64)
    changed = dice.happens(key, "renamed", life.former_name) & kids["han_style"].to_numpy()
    surname = dice.happens(key, "resurnamed", life.surname_change) & kids["han_style"].to_numpy()
    old_given = dice.pick(key, "old1", list(word.given_boy)) + dice.pick(key, "old2", list(word.given_girl))
    mother = texts([name[0] for name in kids["mother_name"]])
    kids["former_name"] = np.where(changed, kids["surname"] + old_given, np.where(surname, mother + kids["given"], ""))
    kids.loc[kids["former_name"] == kids["name"], "former_name"] = ""


def _namesakes(dice: Dice, kids: pd.DataFrame, life: LifeRates) -> None:
    """Give some pairs of unrelated children the same name and birthday (rules/names.md#n15)."""
    key = kids["kid"].to_numpy(dtype=np.int64)
    plain = (
        kids["han_style"].to_numpy()
        & (kids["twin_of"] < 0).to_numpy()
        & ~kids["kid"].isin(kids["twin_of"]).to_numpy()
        & (kids["rank"] == 0).to_numpy()
    )
    who = key[plain & dice.happens(key, "namesake", life.namesakes)]
    alone = key[plain & (kids.groupby("fam")["kid"].transform("size") == 1).to_numpy()]
    alone = alone[~np.isin(alone, who)]
    # Whoever is changed has no brothers or sisters: they would otherwise have another surname and other parents.
    if not len(alone):
        return
    other = np.unique(alone[dice.whole(who, "namesake of", 0, len(alone))])
    who = who[: len(other)]
    other = other[: len(who)]
    for column in ("name", "given", "birth", "sex", "surname"):
        kids.loc[other, column] = kids.loc[who, column].to_numpy()
    kids.loc[other, "father_name"] = kids.loc[other, "surname"] + kids.loc[other, "father_name"].str[-1]


def _numbers(dice: Dice, kids: pd.DataFrame) -> None:
    place, key = places(), kids["kid"].to_numpy(dtype=np.int64)
    weights = [88.0] + [12.0 / len(place.other_codes)] * len(place.other_codes)
    kids["code"] = dice.pick(kids["fam"].to_numpy(dtype=np.int64), "code", [place.code, *place.other_codes], weights)
    # Twins are registered one after the other: their order numbers differ by one or two, and so do the numbers by digits
    # that look like a slip of the pen.
    fixed = pd.Series(-1, index=kids.index)
    twins = kids["twin_of"].to_numpy() >= 0
    elder = kids["twin_of"].to_numpy()[twins]
    odd = (kids["sex"] == "1").to_numpy().astype(np.int64)
    base = dice.whole(elder, "twin order", 0, 490) * 2 + odd[elder]
    fixed.loc[elder] = base
    fixed.loc[key[twins]] = base + np.where(odd[twins] == odd[elder], 2, 1)
    kids["order"] = distinct_orders(dice, kids[["code", "birth", "sex"]], fixed)
    kids["id_no"] = citizen_numbers(
        kids["code"].to_numpy(dtype=object),
        kids["birth"].to_numpy(dtype="datetime64[D]"),
        kids["order"].to_numpy(dtype=np.int64),
    )
    kids["phone"] = kids["father_phone"]
