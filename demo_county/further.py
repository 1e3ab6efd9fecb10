"""What the further sources would write down: class lists, 低保 and 脱贫户 households, visits, the roster of child workers.

Facts as the keepers of those books know them, drawn with dice of their own, so that nothing of the four departments moves.
Mistakes belong to `spoil`, files to `deliver_further`, the lists' truth to `truth_further`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from demo_county.dice import Flags, Ints, texts
from demo_county.knowledge import Scene, person_columns
from demo_county.settings import words

ON_ROLL = ["在读", "休学"]
EXCUSED = ("休学", "送教上门", "请假")
_CHANNELS = ["入户走访", "入户走访", "入户走访", "电话联系"]
_FRAMES = ("attendance", "subsistence", "lifted_poverty", "visits")


@dataclass(frozen=True)
class Further:
    """One frame per source, a row per record of a child (`kid`, `copy`); `roster` has a row per worker."""

    attendance: pd.DataFrame
    subsistence: pd.DataFrame
    lifted_poverty: pd.DataFrame
    visits: pd.DataFrame
    roster: pd.DataFrame

    def books(self) -> dict[str, pd.DataFrame]:
        """Source -> its frame of children."""
        return {name: getattr(self, name) for name in _FRAMES}


def further_sources(now: pd.DataFrame, education: pd.DataFrame, books: pd.DataFrame, scene: Scene) -> Further:
    """Let the further sources write down what they know, without mistakes.

    Args:
        now: how things stand (`moment.stand`).
        education, books: what schools and civil affairs have on record.
        scene: dice, profile and period.
    """
    return Further(
        class_lists(now, education, scene),
        _households(now, scene, "subsistence"),
        _households(now, scene, "lifted_poverty"),
        _visits(now, books, scene),
        _roster(scene),
    )


def _keys(frame: pd.DataFrame) -> Ints:
    return frame["kid"].to_numpy(dtype=np.int64)


def class_lists(now: pd.DataFrame, education: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """The pupils that the schools which sent a list name: there or not, and why not; some who are gone are not named."""
    dice, schools = scene.dice, scene.county.schools
    sends = dice.happens(np.arange(len(schools)), "sends class lists", 0.4)
    sends &= np.array([school.town > 0 and school.stage in ("primary", "junior") for school in schools])
    known = education[
        education["enrolment"].isin(ON_ROLL) & education["grade_no"].between(1, 9) & (education["copy"] == 0)
    ]
    known = known[sends[known["school_no"].to_numpy(dtype=np.int64)]]
    key = _keys(known)
    # The first chance is the child's and lasts, the second the quarter's: who is gone may be back, and most are not.
    gone = dice.happens(key, "gone from class", 0.012) & dice.happens(key + 3_000_017 * scene.index, "still gone", 0.75)
    unnamed = gone & dice.happens(key, "left off the list", 0.5)
    sick = dice.happens(key + 3_000_017 * scene.index, "on leave", 0.012)
    reasons = [(known["enrolment"] == "休学").to_numpy(), (known["mode"] == "送教上门").to_numpy(), sick & ~gone, gone]
    reasons_written = np.select(
        reasons, [*EXCUSED, dice.pick(key, "why gone", ["外出务工", "", "失联", "厌学"])], ""
    ).astype(object)
    out = person_columns(now.loc[known["kid"]]).set_axis(known.index)
    for column in ("school_no", "school", "grade", "grade_no", "class_no", "student_no"):
        out[column] = known[column]
    out["present"] = np.where(np.logical_or.reduce(reasons), "否", "是")
    out["reason"] = reasons_written
    out["gone"] = gone
    return out[~unnamed].reset_index(drop=True)


def covered(frame: pd.DataFrame, scene: Scene) -> Flags:
    """Families that draw 低保: most of those who are poor."""
    fam = frame["fam"].to_numpy(dtype=np.int64)
    return frame["poor"].to_numpy(dtype=bool) & scene.dice.happens(fam, "draws 低保", 0.92)


def _households(now: pd.DataFrame, scene: Scene, book: str) -> pd.DataFrame:
    """The children of the households of a book; a few are missing from their household's page."""
    dice, fam = scene.dice, now["fam"].to_numpy(dtype=np.int64)
    lifted = now["rural"].to_numpy(dtype=bool) & dice.happens(fam, "lifted", np.where(now["poor"], 0.35, 0.012))
    # Both are granted to households registered here.
    registered = (now["hukou"] != "elsewhere").to_numpy()
    listed = covered(now, scene) if book == "subsistence" else lifted
    living = (now["alive_here"] & (now["age"] < 18)).to_numpy()
    children = now[listed & living & registered & ~dice.happens(_keys(now), f"{book} page", 0.03)]
    out = person_columns(children)
    out["rel_head"] = np.where(children["sex"] == "1", "子", "女")
    head = np.where(children["single"] == "father", children["mother_name"], children["father_name"])
    out["head_name"] = head
    out["head_id"] = np.where(children["single"] == "father", children["mother_id"], children["father_id"])
    key = out["fam"].to_numpy(dtype=np.int64)
    code = "DB" if book == "subsistence" else "TP"
    out["household_no"] = texts([f"{code}{number * 17 + 40003:08d}" for number in key.tolist()])
    kinds = ["A类", "B类", "C类"] if book == "subsistence" else ["脱贫户", "脱贫户", "监测户"]
    out["kind"] = dice.pick(key, f"{book} kind", kinds)
    return out.sort_values(["town_no", "fam", "kid"], kind="stable").reset_index(drop=True)


def _visits(now: pd.DataFrame, books: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """The visit book: all who draw an allowance, and the children of the townships that keep one."""
    dice = scene.dice
    rolled = books[(books["roll"] == "登记在册") & (books["copy"] == 0)]
    towns = len(scene.county.towns)
    kept = (rolled["ledger"] == "allowance") | (rolled["town_no"] == towns - 1) | (rolled["town_no"] % 5 == 2)
    rolled = rolled[(kept & now.loc[rolled["kid"], "alive_here"].to_numpy()).to_numpy()]
    key = _keys(rolled)
    seen = dice.happens(key + 5_000_011 * scene.index, "seen this quarter", 0.93)
    back = np.where(seen, dice.whole(key + scene.index, "seen", 2, 84), dice.whole(key, "seen long ago", 100, 260))
    out = person_columns(now.loc[rolled["kid"]]).set_axis(rolled.index)
    out["worker"] = rolled["worker"]
    out["visit"] = np.datetime64(scene.day) - back.astype("timedelta64[D]")
    out["channel"] = dice.pick(key + scene.index, "channel", _CHANNELS)
    out["content"] = dice.pick(
        key + scene.index, "content", ["了解学习和生活情况", "查看住房和饮食", "提醒防溺水和交通安全", ""]
    )
    # A call is contact, but no visit: it does not stand for one.
    again = out[dice.happens(key + scene.index, "seen twice", 0.2)].assign(copy=1)
    again["visit"] = again["visit"] - np.timedelta64(6, "D")
    both = pd.concat([out, again]).sort_values(["town_no", "village", "kid", "copy"], kind="stable")
    return both.reset_index(drop=True)


def _roster(scene: Scene) -> pd.DataFrame:
    """The child workers: one a village, two in some, none in a few; a supervisor per township."""
    dice, rows = scene.dice, []
    for at, (town, villages) in enumerate(zip(scene.county.towns, scene.county.villages, strict=True)):
        place = np.arange(len(villages)) + 1000 * at
        none, two = dice.happens(place, "no worker", 0.05), dice.happens(place, "two workers", 0.15)
        rows += [(town, "", "儿童督导员", 500_000 + at)]
        for village, key, absent, double in zip(villages, place.tolist(), none, two, strict=True):
            rows += [(town, village, "儿童主任", key * 2 + each) for each in range(0 if absent else 2 if double else 1)]
    out = pd.DataFrame(rows, columns=["town", "village", "post", "key"])
    number = out["key"].to_numpy(dtype=np.int64)
    given = list(words().given_mother)
    out["name"] = dice.pick(number, "roster s", list(words().surnames)) + dice.pick(number, "roster g", given)
    out["phone"] = texts([f"1383930{tail % 10000:04d}" for tail in (number * 13 + 7).tolist()])
    out["full_time"] = np.where(dice.happens(number, "full time", 0.3), "专职", "兼职")
    return out
