"""What happens to the children: registration, moves, deaths, care, school, disability. Facts with dates, the
same for every period.

How things stand on one day belongs to `moment`; what a department knows of them belongs to `knowledge`.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from demo_county.county import County
from demo_county.dice import Dice, Flags, Ints
from demo_county.numbers import Days, citizen_numbers
from demo_county.settings import LifeRates, places
from expectations.jurisdictions.profile import load_profile

NEVER = np.datetime64("2200-01-01", "D")
# The invented county's own paper; beyond it the national default decides, such as who is owed the care allowance.
PROFILE = Path(__file__).with_name("profile.yaml")
LONG_AGO = np.datetime64("1990-01-01", "D")


def live(dice: Dice, people: pd.DataFrame, county: County, life: LifeRates, ends: list[dt.date]) -> pd.DataFrame:
    """Add to every child what happens to it between a year before the first period's end and the last one's.

    Args:
        dice: the county's dice.
        people: frame of `families.build_families`.
        county: the ground.
        life: shares of rates.yaml.
        ends: last days of the periods, in order.
    """
    key = people["kid"].to_numpy(dtype=np.int64)
    out = people.copy()
    _registration(dice, out, key, life, ends)
    _moves(dice, out, key, life, ends)
    _care(dice, out, key, life)
    _disability(dice, out, key, np.datetime64(ends[0]), life)
    _schooling(dice, out, key, county, life)
    began = dice.whole(key, "suspended on", 20, 620).astype("timedelta64[D]")
    out["suspended_on"] = np.datetime64(ends[0], "D") - began
    return out


def _dates(dice: Dice, key: Ints, salt: str, happens: Flags, span: tuple[dt.date, dt.date]) -> Days:
    drawn = np.datetime64(span[0], "D") + dice.whole(key, salt, 0, max(1, (span[1] - span[0]).days)).astype(
        "timedelta64[D]"
    )
    return np.where(happens, drawn, NEVER).astype("datetime64[D]")


def _registration(dice: Dice, out: pd.DataFrame, key: Ints, life: LifeRates, ends: list[dt.date]) -> None:
    birth = out["birth"].to_numpy(dtype="datetime64[D]")
    fam = out["fam"].to_numpy(dtype=np.int64)
    elsewhere = dice.happens(fam, "elsewhere", life.hukou_elsewhere)
    none = dice.happens(key, "no hukou", life.hukou_none) & ~elsewhere
    gained = none & dice.happens(key, "gained", life.hukou_gained)
    out["hukou_home"] = np.where(elsewhere, "elsewhere", "local")
    late = dice.happens(key, "late", 0.015)
    lag = np.where(late, dice.whole(key, "lag", 60, 700), dice.whole(key, "lag", 4, 40))
    start = birth + lag.astype("timedelta64[D]")
    # Gained between the first period and the last: those whom L01 has in one and no longer in the next.
    recent = _dates(dice, key, "gained on", gained, (ends[0], ends[-1])) if len(ends) > 1 else np.full(len(key), NEVER)
    out["hukou_from"] = np.where(elsewhere, birth, np.where(none, recent, start)).astype("datetime64[D]")
    code = out["code"].where(~pd.Series(elsewhere, index=out.index), dice.pick(fam, "their code", places().other_codes))
    out["home_code"] = np.where(elsewhere, code, places().code)
    changed = (
        dice.happens(key, "number changed", life.number_changed) & ~none & (out["hukou_home"] == "local").to_numpy()
    )
    out["number_changed"] = _dates(dice, key, "changed on", changed, (ends[0] - dt.timedelta(days=1500), ends[-1]))
    # An old number that some other child bears would make two children of one: it is not given.
    old_order = (out["order"].to_numpy(dtype=np.int64) + 2 * dice.whole(key, "old order", 1, 8)) % 1000
    old_birth = np.where(
        dice.happens(key, "old birth", 0.5), birth, birth - dice.whole(key, "old days", 1, 40).astype("timedelta64[D]")
    )
    old = citizen_numbers(out["code"].to_numpy(dtype=object), old_birth.astype("datetime64[D]"), old_order)
    out["old_id"] = np.where(changed & ~pd.Series(old).isin(out["id_no"]).to_numpy(), old, "")


def _moves(dice: Dice, out: pd.DataFrame, key: Ints, life: LifeRates, ends: list[dt.date]) -> None:
    birth = out["birth"].to_numpy(dtype="datetime64[D]")
    fam = out["fam"].to_numpy(dtype=np.int64)
    local = (out["hukou_home"] == "local").to_numpy() & (out["hukou_from"].to_numpy() < NEVER)
    window = (ends[0] - dt.timedelta(days=500), ends[-1])
    out["moved_out"] = _dates(dice, fam, "moved out on", dice.happens(fam, "moved out", life.moved_out) & local, window)
    died = dice.happens(key, "died", life.died) & (out["moved_out"].to_numpy() == NEVER) & local
    out["died"] = _dates(dice, key, "died on", died, window)
    out["cancelled"] = np.where(
        died, out["died"].to_numpy() + dice.whole(key, "cancel lag", 3, 40).astype("timedelta64[D]"), NEVER
    )
    arrived = dice.happens(fam, "moved in", life.moved_in)
    out["came"] = np.where(arrived, _dates(dice, fam, "moved in on", arrived, window), LONG_AGO).astype("datetime64[D]")
    # Nobody moves or dies before being born: families move whole, and some have children later.
    early = birth > np.minimum(out["moved_out"].to_numpy(), out["died"].to_numpy())
    for column in ("moved_out", "died", "cancelled"):
        out.loc[early, column] = NEVER
    out["moved_inside"] = _dates(dice, fam, "inside on", dice.happens(fam, "inside", life.moved_inside), window)
    # The address before the move is another family's, so it exists in the county's own list of places.
    other = out.drop_duplicates("fam").set_index("fam")
    swap = dice.whole(other.index.to_numpy(dtype=np.int64), "came from", 0, len(other))
    for column in ("town", "village", "address", "town_no"):
        out["old_" + column] = other[column].to_numpy()[swap][fam]


def _care(dice: Dice, out: pd.DataFrame, key: Ints, life: LifeRates) -> None:
    fam = out["fam"].to_numpy(dtype=np.int64)
    share = dice.uniform(fam, "away")
    rural = out["rural"].to_numpy(dtype=bool)
    out["away"] = np.where(
        (share < life.both_away) & rural, "both", np.where((share < life.both_away + life.one_away) & rural, "one", "")
    )
    out["other_unable"] = dice.happens(fam, "unable", 0.12) & (out["away"] == "one").to_numpy()
    out["orphan"] = dice.happens(fam, "orphan", life.orphan)
    out["de_facto"] = dice.happens(fam, "de facto", life.de_facto) & ~out["orphan"]
    out.loc[out["orphan"] | out["de_facto"], "away"] = ""
    normal = np.where(out["away"] == "both", "外出务工", "正常")
    hard = ["重残", "重病", "服刑", "失联", "强制隔离戒毒"]
    father = np.where(out["away"] == "one", "外出务工", normal)
    out["father_status"] = np.where(
        out["orphan"], "死亡", np.where(out["de_facto"], dice.pick(fam, "fs", ["死亡", *hard]), father)
    )
    out["mother_status"] = np.where(
        out["orphan"],
        "死亡",
        np.where(out["de_facto"], dice.pick(fam, "ms", hard), np.where(out["other_unable"], "重病", normal)),
    )
    grand = out["orphan"] | out["de_facto"] | (out["away"] == "both") | out["other_unable"]
    male = dice.happens(fam, "grandpa", 0.55)
    out["guardian_name"] = np.where(
        grand,
        np.where(male, out["grandpa_name"], out["grandma_name"]),
        np.where(out["single"] == "father", out["mother_name"], out["father_name"]),
    )
    out["guardian_id"] = np.where(
        grand,
        np.where(male, out["grandpa_id"], out["grandma_id"]),
        np.where(out["single"] == "father", out["mother_id"], out["father_id"]),
    )
    out["guardian_rel"] = np.where(
        grand, np.where(male, "祖父", "祖母"), np.where(out["single"] == "father", "母亲", "父亲")
    )
    out["guardian_phone"] = np.where(
        grand, np.where(male, out["grandpa_phone"], out["grandma_phone"]), out["father_phone"]
    )
    out["dilemma"] = dice.happens(key, "dilemma", life.dilemma)


def _disability(dice: Dice, out: pd.DataFrame, key: Ints, first_end: np.datetime64, life: LifeRates) -> None:
    years = (first_end - out["birth"].to_numpy(dtype="datetime64[D]")).astype(np.int64) / 365.25
    holder = dice.happens(key, "disabled", life.disabled) & (years > 2) & (out["hukou_from"].to_numpy() < NEVER)
    kind = dice.pick(key, "dis kind", list("1234567"), [8, 10, 5, 30, 30, 10, 7])
    level = dice.pick(key, "dis level", list("1234"), [20, 28, 27, 25])
    out["dis_type"], out["dis_level"] = np.where(holder, kind, ""), np.where(holder, level, "")
    birth = out["birth"].to_numpy(dtype="datetime64[D]")
    issued = birth + np.maximum(dice.whole(key, "issued", 900, 4200), 0).astype("timedelta64[D]")
    # A month before the first period at the latest: who holds a certificate holds it in every period.
    latest = first_end - np.timedelta64(30, "D") - dice.whole(key, "issued late", 0, 900).astype("timedelta64[D]")
    out["card_issued"] = np.where(holder, np.minimum(issued, latest), NEVER).astype("datetime64[D]")
    renewed = np.where(dice.happens(key, "renewed", 0.07), "B1", "")
    # A certificate keeps the citizen number of its day of issue until it is renewed (rules/identifiers.md#number-changes).
    at_issue = np.where(
        (out["old_id"] != "").to_numpy() & (out["number_changed"].to_numpy() > out["card_issued"].to_numpy()),
        out["old_id"],
        out["id_no"],
    )
    out["dis_card"] = np.where(holder, at_issue + kind + level + renewed, "")
    rules = load_profile(PROFILE).allowances
    widened = out["dis_level"].isin(rules.care_types_all_levels.known()) & out["dis_type"].isin(
        rules.care_types_all.known()
    )
    out["severe"] = out["dis_level"].isin(rules.care_levels.known()) | widened


def _schooling(dice: Dice, out: pd.DataFrame, key: Ints, county: County, life: LifeRates) -> None:
    heavy = out["dis_level"].isin(["1", "2"]).to_numpy()
    edges = np.cumsum([life.study_elsewhere, life.never_enrolled, life.dropout, life.suspended])
    share = dice.uniform(key, "path")
    names = np.array(["elsewhere", "never", "dropout", "suspended", "county"], dtype=object)
    out["path"] = names[np.searchsorted(edges, share, side="right")]
    out.loc[heavy & dice.happens(key, "home taught", life.home_teaching * 120), "path"] = "home"
    out["leaves_at"] = dice.whole(key, "leaves at", 5, 10)  # the grade in which a drop-out leaves
    out["delay"] = dice.happens(key, "delay", life.delayed_entry).astype(np.int64)
    out["later"] = dice.pick(
        key,
        "later",
        ["senior", "vocational", "done"],
        [life.high_school, life.vocational, max(0.0, 1 - life.high_school - life.vocational)],
    )
    out["preschool"] = dice.happens(key, "preschool", life.kindergarten_register)
    out["twice"] = dice.happens(key, "twice", life.double_enrolment)
    town = out["town_no"].to_numpy(dtype=np.int64)
    seat = dice.happens(key, "school in seat", 0.18)
    for stage in ("kindergarten", "primary", "junior"):
        schools = county.school_of(stage)
        out[stage] = np.where(seat & (stage != "kindergarten"), schools[0], schools[town])
    second = next(i for i, school in enumerate(county.schools) if school.stage == "primary2")
    out["primary"] = np.where(
        (out["primary"] == county.school_of("primary")[0]) & dice.happens(key, "second", 0.5), second, out["primary"]
    )
    out["senior"] = next(i for i, school in enumerate(county.schools) if school.stage == "senior")
    # G keeps the first number that was known; what stands behind L and J only looks like one (rules/identifiers.md#student-number).
    letter = np.where(dice.happens(key, "L number", 0.03), "L", "G")
    fake = citizen_numbers(
        np.full(len(key), places().code, dtype=object),
        out["birth"].to_numpy(dtype="datetime64[D]"),
        dice.whole(key, "L order", 0, 1000),
    )
    out["student_no"] = np.where(
        letter == "L", "L" + fake, np.where((out["old_id"] != "").to_numpy(), "G" + out["old_id"], "G" + out["id_no"])
    )
    out["j_no"] = "J" + fake
