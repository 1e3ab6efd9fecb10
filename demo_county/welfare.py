"""What the civil-affairs bureau knows: its ledgers (left-behind, in difficulty, orphans and de facto
unattended) and its payment roll.

The other departments' knowledge is in `knowledge`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from demo_county.dice import Dice, Flags, Ints, Texts, texts
from demo_county.knowledge import DISABILITIES, GRADES, LEVELS, Scene, paid, person_columns
from demo_county.lives import NEVER
from demo_county.settings import places, words


def ledgers(now: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Return the children's files of civil affairs; `ledger` says in which book: leftbehind, dilemma, allowance."""
    key, dice = now["kid"].to_numpy(dtype=np.int64), scene.dice
    book, classes = _classes(now, scene, key)
    roll = _roll_status(now, dice, key)
    has = (book != "") & (roll != "")
    children, key = now[has], key[has]
    out = person_columns(children)
    out["ledger"], out["category"], out["roll"] = book[has], classes[has], roll[has]
    _circumstances(out, children, scene, key)
    _care_columns(out, children, scene, key)
    return _second_files(out, scene)


def _classes(now: pd.DataFrame, scene: Scene, key: Ints) -> tuple[Texts, Texts]:
    dice, profile = scene.dice, scene.profile
    reached = min(0.02 * scene.index, 0.04)  # some who were overlooked are found in the next quarter
    holder = (now["dis_type"] != "").to_numpy() & (now["card_issued"].to_numpy() <= np.datetime64(scene.day))
    left = now["rural"] & (now["hukou"] != "elsewhere") & ((now["away"] == "both") | now["other_unable"])
    left &= (now["age"] < 16) | ((now["age"] < 18) & dice.happens(key, "not removed", 0.08))
    left &= dice.happens(key, "lb listed", profile.left_behind_listed + reached)
    hard = (
        now["dilemma"]
        | (holder & dice.happens(key, "dis listed", profile.disabled_listed + reached))
        | (now["poor"] & dice.happens(key, "poor listed", 0.35))
    )
    hard &= now["age"] < 18
    orphan = now["orphan"] & dice.happens(key, "orphan listed", 0.98)
    facto = now["de_facto"] & dice.happens(key, "facto listed", 0.93)
    # One book per child; the category names both where a child belongs in two.
    book = np.select([orphan | facto, hard, left], ["allowance", "dilemma", "leftbehind"], "").astype(object)
    both = hard & left
    words_for = ["孤儿", "事实无人抚养儿童", "困境儿童、农村留守儿童", "困境儿童", "农村留守儿童"]
    classes = np.select([orphan, facto, both, hard, left], words_for, "").astype(object)
    return book, classes


def _roll_status(now: pd.DataFrame, dice: Dice, key: Ints) -> Texts:
    """Whether the file is active, ended, or thrown away; who is grown up is taken off far more surely than who has left."""
    share = dice.uniform(key, "taken off")
    gone = ~now["alive_here"].to_numpy() | (now["age"] >= 18).to_numpy()
    limit = np.where((now["age"] >= 18).to_numpy(), 0.05, 0.55)
    return np.where(
        ~gone, "登记在册", np.where(share < limit, "登记在册", np.where(share < limit + 0.2, "退出", ""))
    ).astype(object)


def _circumstances(out: pd.DataFrame, children: pd.DataFrame, scene: Scene, key: Ints) -> None:
    dice, day = scene.dice, np.datetime64(scene.day)
    # Half of the numbers that were given in the last quarter have not been heard of yet; an infant's is asked for at once.
    slow = dice.happens(key, "hears late", 0.5)
    known = children["has_number"].to_numpy() & ~(
        (children["hukou_from"].to_numpy() > day - np.timedelta64(90, "D")) & slow & (children["age"] > 1).to_numpy()
    )
    out.loc[~known, "id_no"] = ""
    out["hukou_class"] = np.where(
        children["hukou"] == "elsewhere", "外省市户口", np.where(known, "本辖区户口", "无户口")
    )
    out["nature_ca"] = np.where(children["rural"], "农村", "城镇居民户口")
    out["study"] = _study(children, dice, key)
    grade = children["grade"].to_numpy(dtype=np.int64)
    at_school = (grade >= 1) & (grade <= 12) & (out["study"] == "在读").to_numpy()
    stage = np.where(
        grade <= 6, children["primary"], np.where(grade <= 9, children["junior"], children["senior"])
    ).astype(np.int64)
    out["school"] = np.where(at_school, texts([s.name for s in scene.county.schools])[stage], "")
    out["grade"] = np.where(at_school, texts(GRADES)[np.clip(grade + 2, 0, 14)], "")
    holder = (children["dis_type"] != "") & (children["card_issued"].to_numpy() <= day)
    noted = holder.to_numpy() & dice.happens(key, "card noted", 0.8)
    out["dis_card"] = np.where(noted, children["dis_card"], "")
    out["dis_name"] = np.where(noted, children["dis_type"].map(DISABILITIES) + "残疾", "")
    out["dis_level"] = np.where(noted, children["dis_level"].map(LEVELS), "")
    out["health"] = np.where(noted, "残疾", "健康")
    out["dilemma_type"] = np.where(
        out["ledger"] != "dilemma",
        "",
        np.where(holder, "自身残疾", np.where(children["poor"], "家庭贫困", "监护缺失或监护不当")),
    )
    helped = ["孤儿基本生活费", "事实无人抚养儿童基本生活补贴"]
    out["aid"] = np.select(
        [children["orphan"], children["de_facto"], children["poor"] & (out["ledger"] == "dilemma")],
        [*helped, "低保"],
        "",
    )
    exited = out["roll"] == "退出"
    out["exit_reason"] = np.where(
        ~exited, "", np.where(children["dead"], "死亡", np.where(children["left"], "户籍迁出", "儿童超龄"))
    )
    out["exit_date"] = np.where(
        exited,
        np.where(children["dead"], children["cancelled"], np.where(children["left"], children["moved_out"], day)),
        NEVER,
    ).astype("datetime64[D]")


def _study(children: pd.DataFrame, dice: Dice, key: Ints) -> Texts:
    grade, path = children["grade"].to_numpy(dtype=np.int64), children["path"].to_numpy(dtype=object)
    """Where the village says that the child learns; where it says nothing, what would be usual at that age."""
    tells = dice.happens(key, "village tells", 0.75)
    young, pupil = grade < 1, (grade >= 1) & (grade <= 9)
    left = (path == "dropout") & (grade >= children["leaves_at"].to_numpy())
    later = np.where(
        children["later"] == "senior", "在读", np.where(children["later"] == "vocational", "中职", "已完成义务教育")
    )
    return np.select(
        [
            young & (grade >= -2),
            young,
            pupil & (path == "home") & tells,
            pupil & (path == "elsewhere") & tells,
            pupil & left & tells,
            pupil & (path == "never") & tells,
            pupil,
        ],
        ["幼儿园", "学龄前", "送教上门", "外地就读", "辍学", "未入学", "在读"],
        later,
    ).astype(object)


def _care_columns(out: pd.DataFrame, children: pd.DataFrame, scene: Scene, key: Ints) -> None:
    dice, day = scene.dice, np.datetime64(scene.day)
    town = out["town_no"].to_numpy(dtype=np.int64)
    # Every left-behind child must have one: also where one parent is away and the other unable.
    entrusted = (children["away"] == "both") | children["other_unable"]
    out["agreement"] = np.where(entrusted, np.where(dice.happens(key, "signed", 0.9), "是", "否"), "")
    out["care_reason"] = np.where(
        children["away"] == "both",
        "父母双方同时外出",
        np.where(children["other_unable"], "父母一方外出另一方无监护能力", ""),
    )
    # Another draw each period, by a step larger than any number of children: facts that last must not change with it.
    out["visit"] = day - dice.whole(key + scene.index * 7_000_003, "visit", 3, 85).astype("timedelta64[D]")
    if scene.profile.further:
        _hard_cases(out, children, scene, key)
    out["registered_on"] = np.maximum(
        day - dice.whole(key, "file opened", 120, 1500).astype("timedelta64[D]"),
        children["birth"].to_numpy(dtype="datetime64[D]") + np.timedelta64(40, "D"),
    )
    given = list(words().given_mother)
    out["worker"] = (
        dice.pick(town, "worker s", list(words().surnames))
        + dice.pick(town, "worker g", given)
        + dice.pick(out["fam"].to_numpy(dtype=np.int64) % 3, "w", given)
    )
    out["child_no"] = texts([f"ET{k:08d}" for k in (key * 31 + 5).tolist()])
    out["eval"] = np.where(dice.happens(key, "eval", 0.8), "较好", "一般")
    out["remark"] = ""
    start = np.maximum(
        children["birth"].to_numpy(dtype="datetime64[D]"),
        day - dice.whole(key, "paid since", 100, 2200).astype("timedelta64[D]"),
    )
    out["pay_start"] = texts([d[:7].replace("-", "") for d in np.datetime_as_string(start).tolist()])
    out["amount"] = np.where(children["orphan"], "1,450.00", "1,160元")
    out["account"] = texts([f"62148620{k:011d}" for k in (key * 97 + 13).tolist()])


def _hard_cases(out: pd.DataFrame, children: pd.DataFrame, scene: Scene, key: Ints) -> None:
    """Children with whom nobody stays (L21), and children whom nobody has visited for long (L22)."""
    dice = scene.dice
    alone = dice.happens(out["fam"].to_numpy(dtype=np.int64), "nobody stays", 0.012)
    alone &= ((children["away"] == "both") & (out["ledger"] == "leftbehind")).to_numpy()
    out.loc[alone, ["guardian_name", "guardian_id", "guardian_rel", "guardian_phone"]] = ""
    out.loc[alone, "agreement"] = "否"
    out.loc[alone, "care_reason"] = "父母双方同时外出，无委托照料人"
    missed = dice.happens(key + scene.index * 9_000_011, "visit missed", 0.04)
    long_ago = np.datetime64(scene.day) - dice.whole(key, "visited long ago", 100, 300).astype("timedelta64[D]")
    out["visit"] = np.where(missed, long_ago, out["visit"].to_numpy()).astype("datetime64[D]")


def _second_files(out: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Open a second file for a few children in another township's left-behind sheet (list L16C)."""
    key = out["kid"].to_numpy(dtype=np.int64)
    twice: Flags = (
        scene.dice.happens(key, "two files", scene.life.two_files)
        & (out["ledger"] != "allowance").to_numpy()
        & (out["roll"] == "登记在册").to_numpy()
    )
    twice |= (
        scene.dice.happens(key, "two files lb", scene.life.two_files * 2)
        & (out["ledger"] == "leftbehind").to_numpy()
        & (out["roll"] == "登记在册").to_numpy()
    )
    second = out[twice].assign(copy=1, ledger="leftbehind", category="农村留守儿童", child_no="")
    towns = np.where(second["town_no"] == 1, 2, 1)
    second["town_no"], second["town"] = towns, scene.county.town_names()[towns]
    second["village"] = [scene.county.villages[t][0] for t in towns]
    second["live_addr"] = places().county + second["town"] + second["village"]
    second["visit"] = second["registered_on"]
    return pd.concat([out, second], ignore_index=True)


def payments(now: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Return the payment roll of the two subsidies for disabled persons: one row per child and subsidy."""
    key, dice = now["kid"].to_numpy(dtype=np.int64), scene.dice
    kept = now["alive_here"].to_numpy() | (now["dead"].to_numpy() & dice.happens(key, "still paid", 0.5))
    holders = now[
        kept
        & (now["dis_type"] != "").to_numpy()
        & (now["card_issued"].to_numpy() <= np.datetime64(scene.day))
        & (now["age"] < 18).to_numpy()
    ]
    care, living = paid(holders, scene)
    key = holders["kid"].to_numpy(dtype=np.int64)
    rows = []
    for flag, kind, salt, amount in (
        (living, "困难残疾人生活补贴", "living noted", "110元"),
        (care, "重度残疾人护理补贴", "care noted", "110.00"),
    ):
        # What the federation has noted (same salt) is nearly always paid; what it has not noted always is.
        drawn = flag & (~dice.happens(key, salt, 0.95) | dice.happens(key, salt + " roll", 0.9))
        part = person_columns(holders[drawn]).assign(
            subsidy=kind, amount=amount, copy=2 if kind.startswith("困难") else 3
        )
        part["dis_card"], part["dis_name"] = holders["dis_card"][drawn], holders["dis_type"][drawn].map(DISABILITIES)
        part["dis_level"] = holders["dis_level"][drawn].map(LEVELS)
        part["low_income"] = np.where(holders["poor"][drawn], "低保", "")
        part["object"] = np.where(holders["poor"][drawn], "低保家庭残疾人", "重度残疾人")
        rows.append(part)
    out = pd.concat(rows).sort_values(["town_no", "kid", "copy"], kind="stable").reset_index(drop=True)
    since = (
        np.datetime64(scene.day)
        - dice.whole(out["kid"].to_numpy(dtype=np.int64), "since", 60, 1400).astype("timedelta64[D]")
    ).astype("datetime64[M]")
    out["pay_start"] = texts([m.replace("-", "") for m in np.datetime_as_string(since).tolist()])
    out["account"] = texts([f"6217996{k:012d}" for k in (out["kid"].to_numpy(dtype=np.int64) * 89 + 7).tolist()])
    out["ledger"] = "payment"
    return out


def settle_flags(education: pd.DataFrame, books: pd.DataFrame, roll: pd.DataFrame) -> None:
    """Let schools not call a child left behind of whom civil affairs only has a payment row: the definition of
    L19 is silent about it.
    """
    only_paid = education["kid"].isin(roll["kid"]) & ~education["kid"].isin(books["kid"])
    education.loc[only_paid, "left_behind"] = "非留守"


def month_only(roll: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Write births in the payment roll as its form asks for them: 出生年月, year and month, from the register (rules/dates.md#b04)."""
    days = now.loc[roll["kid"], "birth"].to_numpy(dtype="datetime64[D]")
    months = texts([day[:7] for day in np.datetime_as_string(days).tolist()])
    kept = [
        "|".join([*(e for e in row.split("|") if e and "birth_" not in e), "birth_month"]) for row in roll["errors"]
    ]
    return roll.assign(birth=days, birth_text=months, birth_meant=None, errors=kept)
