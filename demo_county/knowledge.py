"""What each department would write down on the day of its export if its clerks made no mistakes.

One frame per department, one row per record (`kid`, `copy`), all fields as texts, dates as dates. Mistakes
belong to `spoil`, files to `deliver_*`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from demo_county.county import County
from demo_county.dice import Dice, Ints, Texts, texts
from demo_county.lives import NEVER
from demo_county.numbers import Days
from demo_county.settings import ClerkProfile, LifeRates, places, words

GRADES = [
    "小班",
    "中班",
    "大班",
    "一年级",
    "二年级",
    "三年级",
    "四年级",
    "五年级",
    "六年级",
    "七年级",
    "八年级",
    "九年级",
    "高一",
    "高二",
    "高三",
]
DISABILITIES = {"": "", "1": "视力", "2": "听力", "3": "言语", "4": "肢体", "5": "智力", "6": "精神", "7": "多重"}
LEVELS = {"": "", "1": "一级", "2": "二级", "3": "三级", "4": "四级"}


@dataclass(frozen=True)
class Scene:
    """Everything a department's knowledge depends on for one period."""

    dice: Dice
    county: County
    life: LifeRates
    profile: ClerkProfile
    day: dt.date
    index: int
    first: bool


def iso(days: Days) -> Texts:
    """Write days as yyyy-mm-dd, never-days as empty."""
    written = texts(np.datetime_as_string(days.astype("datetime64[D]")).tolist())
    written[days >= np.datetime64("2190-01-01", "D")] = ""
    return written


def person_columns(now: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that every department's record begins with."""
    place = places()
    own = ["kid", "fam", "name", "nation", "town", "town_no", "village", "address"]
    out = now[[*own, "former_name", "rural", "hukou", "home_code", "phone"]].copy()
    out["copy"] = 0
    out["sex"] = np.where(now["sex"] == "1", "男", "女")
    out["birth"] = now["birth"]
    out["id_no"] = now["id_now"]
    here = place.prefecture.join([place.province, place.county])
    outside = now["home_code"].map(place.other_places).fillna(here)
    rest = now["village"].str.replace("社区", "村") + now["rest"].str.replace("栋", "组")
    out["hukou_addr"] = np.where(now["hukou"] == "elsewhere", outside + rest, here + now["address"])
    out["live_addr"] = place.county + now["address"]
    out["nature"] = np.where(now["rural"], "农业", "非农业")
    parents = ["father_name", "father_id", "father_phone", "mother_name", "mother_id", "mother_phone"]
    care = ["father_status", "mother_status", "guardian_name", "guardian_id", "guardian_rel", "guardian_phone"]
    for column in (*parents, *care, "stepfather", "step_name", "step_id", "away"):
        out[column] = now[column]
    # A mother who has left the family is written down by nobody.
    out.loc[(now["single"] == "mother").to_numpy(), ["mother_name", "mother_id"]] = ""
    out["area_code"] = now["home_code"] + "000000"
    return out


def register(now: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Return the police register: active children under 18, cancelled rows, and the history row of a move
    inside the county.
    """
    children = now[(now["hukou"] == "local") & (now["age"] < 18)]
    out = person_columns(children)
    child = np.where(children["sex"] == "1", "子", "女")
    out["rel_head"] = np.where(
        children["guardian_rel"].isin(["祖父", "祖母"]), np.where(children["sex"] == "1", "孙子", "孙女"), child
    )
    out["household_no"] = children["household_no"]
    out["cancel_kind"] = np.where(children["dead"], "死亡", np.where(children["left"], "迁出", ""))
    cancel = np.where(
        children["dead"], children["cancelled"], np.where(children["left"], children["moved_out"], NEVER)
    ).astype("datetime64[D]")
    out["cancel_date"] = cancel
    out["death_date"] = np.where(children["dead"], children["died"], NEVER).astype("datetime64[D]")
    out["status"] = np.where(out["cancel_kind"] == "", "正常", "注销")
    # The register keeps the row of the old address when somebody moves within the county: one child, two rows, no duplicate.
    moved = (children["inside_done"] & children["alive_here"]).to_numpy()
    old = out[moved].assign(copy=1, cancel_kind="迁出", status="注销", cancel_date=children["moved_inside"][moved])
    old["town"], old["village"], old["address"] = (
        children[f"old_{column}"][moved] for column in ("town", "village", "address")
    )
    old["hukou_addr"] = places().province + places().prefecture + places().county + old["address"]
    both = pd.concat([out, old]).sort_values(["fam", "kid", "copy"], kind="stable").reset_index(drop=True)
    both["seq"] = np.arange(1, len(both) + 1).astype(str)
    return both


def enrolments(now: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Return the education bureau's student records."""
    key = now["kid"].to_numpy(dtype=np.int64)
    grade = now["grade"].to_numpy(dtype=np.int64)
    status = _enrolment_status(now, scene, key, grade)
    has = status != ""
    pupils, grade, status = now[has], grade[has], status[has]
    out = person_columns(pupils)
    out["enrolment"], out["grade_no"] = status, np.where(status == "毕业", 9, grade)
    out["grade"] = texts(GRADES)[np.clip(out["grade_no"].to_numpy() + 2, 0, 14)]
    stage = np.select(
        [out["grade_no"] <= 0, out["grade_no"] <= 6, out["grade_no"] <= 9],
        ["kindergarten", "primary", "junior"],
        "senior",
    )
    school = np.select(
        [stage == s for s in ("kindergarten", "primary", "junior")],
        [pupils[s] for s in ("kindergarten", "primary", "junior")],
        pupils["senior"],
    )
    out["school_no"] = school.astype(np.int64)
    # A second record at another school, with a number of its own: enrolled anew instead of transferred (L16E).
    second = out[(pupils["twice"] & (out["enrolment"] == "在读") & (out["grade_no"].between(1, 9))).to_numpy()].assign(
        copy=1
    )
    second["school_no"] = [_another_school(scene.county, n) for n in second["school_no"]]
    # Who has no citizen number yet is enrolled under a provisional one.
    out["student_no"] = np.where(pupils["has_number"].to_numpy(), pupils["student_no"], pupils["j_no"])
    second["student_no"] = "L" + out.loc[second.index, "student_no"].str[1:15] + "0017"
    out = pd.concat([out, second]).sort_values(["school_no", "grade_no", "kid", "copy"], kind="stable")
    _school_columns(out, now.loc[out["kid"]], scene)
    settled: pd.DataFrame = out.reset_index(drop=True)
    return settled


def _enrolment_status(now: pd.DataFrame, scene: Scene, key: Ints, grade: Ints) -> Texts:
    """What stands in 学籍状态, "" for who has no record; later lines overrule earlier ones."""
    dice = scene.dice
    out = np.full(len(now), "", dtype=object)
    pupil = (grade >= 1) & (grade <= 9) & now["path"].isin(["county", "suspended", "dropout"]).to_numpy()
    out[pupil] = "在读"
    out[pupil & (now["path"] == "suspended").to_numpy() & dice.happens(key, "suspended now", 0.6)] = "休学"
    gone = pupil & (now["path"] == "dropout").to_numpy() & (grade >= now["leaves_at"].to_numpy())
    out[gone] = np.where(dice.happens(key, "word for it", 0.9), "其他离校", "辍学")[gone]
    out[(grade >= 1) & (grade <= 9) & (now["path"] == "home").to_numpy() & dice.happens(key, "home record", 0.6)] = (
        "在读"
    )
    small = (grade <= 0) & (grade >= -2) & now["preschool"].to_numpy()
    senior = (grade >= 10) & (grade <= 12) & (now["later"] == "senior").to_numpy()
    out[small | (senior & (now["path"] != "elsewhere").to_numpy())] = "在读"
    finished = (grade == 10) & (now["later"] == "done").to_numpy() & (now["path"] == "county").to_numpy()
    out[finished & dice.happens(key, "kept", 0.3)] = "毕业"
    # Records of children who died or left are ended late or never; half of them are gone from the export.
    kept = dice.happens(key, "kept after", 0.5)
    out[now["left"].to_numpy() & (out != "")] = "转学（转出）"
    out[now["dead"].to_numpy() & (out != "")] = "死亡"
    out[~now["alive_here"].to_numpy() & ~kept] = ""
    return out


def _another_school(county: County, number: int) -> int:
    stage = county.schools[number].stage
    return next(
        i
        for i, school in enumerate(county.schools)
        if i != number and school.stage[:5] == stage[:5] and school.town != county.schools[number].town
    )


def _school_columns(out: pd.DataFrame, now: pd.DataFrame, scene: Scene) -> None:
    schools, key, dice = scene.county.schools, out["kid"].to_numpy(dtype=np.int64), scene.dice
    number = out["school_no"].to_numpy(dtype=np.int64)
    out["school"] = texts([s.name for s in schools])[number]
    out["school_code"] = texts([s.code for s in schools])[number]
    out["district"] = np.array([s.district for s in schools])[number]
    out["stage"] = texts([s.stage for s in schools])[number]
    out["class_no"] = texts([f"{n}班" for n in dice.whole(key, "class", 1, 5).tolist()])
    entry = scene.day.year - (scene.day.month < 9) - np.maximum(out["grade_no"].to_numpy(dtype=np.int64) - 1, 0) % 6
    out["entry"] = texts([f"{y}09" for y in entry.tolist()])
    out["doc_type"] = np.where(now["has_number"], "居民身份证", "其他")
    # 留守 is a teacher's word here, and teachers overlook some (L19 compares it with civil affairs' ledger).
    noticed = dice.happens(key, "noticed", 0.95)
    flag = np.where(now["away"] == "both", "双亲留守", np.where(now["away"] == "one", "单亲留守", "非留守"))
    out["left_behind"] = np.where(noticed & (out["grade_no"] >= 1), flag, "非留守")
    idle = (out["enrolment"] == "休学").to_numpy()
    began = now["suspended_on"].to_numpy(dtype="datetime64[D]")
    stated = idle & dice.happens(key, "end of suspension stated", 0.75)
    out["suspended_on"] = np.where(idle, began, NEVER).astype("datetime64[D]")
    out["suspended_until"] = np.where(stated, began + np.timedelta64(365, "D"), NEVER).astype("datetime64[D]")
    out["migrant"] = np.where(now["hukou"] == "elsewhere", "是", "否")
    out["orphan_flag"] = np.where(now["orphan"], "是", "否")
    home = (now["path"] == "home").to_numpy()
    out["mode"] = np.where(
        home, "送教上门", np.where(dice.happens(key, "boards", 0.35) & (out["grade_no"] >= 4), "住校", "走读")
    )
    out["dis_name"] = np.where(
        (now["dis_type"] != "").to_numpy() & dice.happens(key, "school knows", 0.6),
        now["dis_type"].map(DISABILITIES) + "残疾",
        "",
    )
    out["health"] = np.where(out["dis_name"] != "", "残疾", "健康或良好")
    out["aux_no"] = texts([f"H{y}{k % 100000:05d}" for y, k in zip(entry.tolist(), key.tolist(), strict=True)])
    out["nation_code"] = out["nation"].map(words().nation_codes)
    out["birth_code"] = now["code"].to_numpy() + "100200"


def certificates(now: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Return the disabled persons' federation's certificate holders under 18, with the two allowances as it knows
    them.
    """
    dice = scene.dice
    kept = now["alive_here"] | (now["dead"] & dice.happens(now["kid"].to_numpy(dtype=np.int64), "card kept", 0.7))
    holders = now[
        kept & (now["dis_type"] != "") & (now["card_issued"].to_numpy() <= np.datetime64(scene.day)) & (now["age"] < 18)
    ]
    key = holders["kid"].to_numpy(dtype=np.int64)
    out = person_columns(holders)
    out["dis_card"], out["dis_type"] = holders["dis_card"], holders["dis_type"].map(DISABILITIES)
    out["dis_level"], out["severe"] = holders["dis_level"].map(LEVELS), holders["severe"]
    out["issued"] = holders["card_issued"]
    out["valid_to"] = holders["card_issued"].to_numpy(dtype="datetime64[D]") + np.timedelta64(3652, "D")
    out["card_status"] = "正常"
    out["rehab"] = np.where(dice.happens(key, "rehab", 0.3), "是", "否")
    # The federation notes the allowances from what civil affairs pays, and is not always told.
    care, living = paid(holders, scene)
    out["care"] = np.where(care & dice.happens(key, "care noted", 0.95), "是", "否")
    out["living"] = np.where(living & dice.happens(key, "living noted", 0.95), "是", "否")
    out["relief"] = np.where(holders["poor"], "低保", "")
    out["dis_cause"] = dice.pick(key, "cause", ["先天", "疾病", "遗传", "其他", "药物"])
    out["household_no"] = holders["household_no"]
    return out.reset_index(drop=True)


def paid(
    holders: pd.DataFrame, scene: Scene
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.bool_]], np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """Decide which certificate holders draw the care allowance and the living allowance."""
    key = holders["kid"].to_numpy(dtype=np.int64)
    # Drawn by the child alone, so that the federation's column and civil affairs' payment roll know the same facts.
    care = holders["severe"].to_numpy(dtype=bool) & scene.dice.happens(key, "care paid", scene.profile.allowance_paid)
    poor = (holders["poor"] & ~holders["orphan"] & ~holders["de_facto"]).to_numpy(dtype=bool)
    return care, poor & scene.dice.happens(key, "living paid", scene.profile.allowance_paid)
