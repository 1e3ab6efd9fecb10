"""A made-up county as frames, without a run: enough children, records and lines to count, with a known seed."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from assets.reports.material import RecipientAnswers, ReportMaterial, lists_of
from expectations.jurisdictions.profile import load_profile
from matching.measuring.groups import link_rates
from pipelines.partitions import Period

TOWNS = ("甲镇", "乙镇", "丙乡")
GRADES = np.array(["明确", "很可能", "待核"])
FIELDS = ["agreement", "boarding", "migrant", "health", "care_reason", "has_carer", "guardianship", "study_status"]


def made_up(seed=1, children=300, lines=400, profile="guiyang"):
    """A period's material with lines of every list."""
    dice = np.random.default_rng(seed)
    place = load_profile(profile)
    codes = [info.code for info in lists_of(place)]
    people = _children(dice, children)
    records = _records(dice, people)
    return ReportMaterial(
        period=Period.parse("2026Q3"),
        findings=_findings(dice, lines, codes, people),
        children=people,
        records=records,
        pairs=pd.DataFrame({"grade": ["same", "review", "review"], "method": ""}),
        accounting=pd.DataFrame(
            [
                ("civil_affairs", "a.xlsx", 120, 100, 7, 13, "", ""),
                ("education", "b.xlsx", 205, 200, 0, 5, "", ""),
            ],
            columns=[
                "department",
                "file",
                "rows_in",
                "accepted",
                "quarantined",
                "set_aside",
                "supersedes",
                "difference",
            ],
        ),
        earlier={"2026Q2": _findings(dice, lines, codes, people)},
        published={},
        lists=lists_of(place),
        missing={codes[0]: "本期没有收到公安的数据，清单未计算，不表示没有这类情况。"},
        towns=TOWNS,
        departments={"civil_affairs": "民政", "education": "教育", "public_security": "公安", "disability": "残联"},
        profile=place,
        answers=(RecipientAnswers("甲镇", 20, 12, 3), RecipientAnswers("乙镇", 9, 9, 0)),
        left_behind=_agreements(people, records),
        rates=_rates(dice, people),
    )


def _rates(dice, people):
    """The linkage's own rates: a school row for every child up to 19 years, a police row for most of them up to 17."""
    own = people[["name", "nation", "id_no", "sex", "town"]].assign(department="education", number=people.index)
    own["birth_date"] = [f"{2026 - age}-03-10" if age >= 0 else "" for age in people["age"]]
    own["migrant"] = dice.choice(["yes", "", ""], len(own))
    police = own[(people["age"] <= 17) & (dice.random(len(own)) < 0.9)].assign(department="public_security")
    records = pd.concat([own, police], ignore_index=True)
    records["record_id"] = records["department"] + records["number"].astype(str)
    links = records[["record_id"]].assign(child_id=records["number"].astype(str))
    nobody = pd.DataFrame({"record_a": [], "record_b": [], "grade": []}, dtype=object)
    return link_rates(records, links, nobody, date(2026, 9, 30), "public_security")


def _agreements(people, records):
    """Who is left behind on the roll, and the state of each one's agreement."""
    on_roll = people["categories"].str.contains("left_behind") & (people["alive"] == "yes") & (people["age"] < 16)
    own = records[records["department"] == "civil_affairs"].set_index("child_id")["agreement"]
    states = {"yes": "fulfilled", "no": "unsigned", "": "unfilled"}
    return {child: states[own[child]] for child in people["child_id"][on_roll]}


def _children(dice, number):
    towns = dice.choice([*TOWNS, ""], number, p=[0.5, 0.3, 0.18, 0.02])
    return pd.DataFrame(
        {
            "child_id": [f"T2026Q2-{i:06d}" for i in range(number)],
            "departments": dice.choice(
                ["public_security", "education;public_security", "education", "civil_affairs"], number
            ),
            "name": dice.choice(["张三", "李四五", "买买提·艾力"], number),
            "id_no": dice.choice(["", "620722201503105115"], number),
            "nation": dice.choice(["01", "03", ""], number),
            "sex": dice.choice(["1", "2", ""], number),
            "age": dice.integers(-1, 20, number),
            "alive": dice.choice(["yes", "no"], number, p=[0.98, 0.02]),
            "here": "yes",
            "town": towns,
            "village": [
                f"{town}{i}村" if town else "" for town, i in zip(towns, dice.integers(1, 5, number), strict=True)
            ],
            "categories": dice.choice(["", "left_behind", "dilemma", "dilemma;left_behind", "orphan"], number),
            "aids": dice.choice(["", "minimum_living", "care_allowance;minimum_living"], number),
            "child_worker": dice.choice(["", "王五"], number),
            "hukou_nature": dice.choice(["rural", "urban", ""], number),
            "guardian_rel": dice.choice(["grandparent", "mother", ""], number),
            "identifiers": "strong",
        }
    )


def _records(dice, people):
    number = len(people)
    words = {
        "health": ["健康", "残疾", ""],
        "care_reason": ["父母双方同时外出", ""],
        "guardianship": ["较好", "差", ""],
    }
    values = {name: dice.choice(words.get(name, ["yes", "no", ""]), number) for name in FIELDS}
    values["study_status"] = dice.choice(["in_school", "dropout", "", "kindergarten"], number)
    same = {name: people[name] for name in ("child_id", "hukou_nature", "guardian_rel")}
    own = pd.DataFrame({**same, "department": "civil_affairs", "active": True, "id_no": people["id_no"], **values})
    police = own.assign(department="public_security", id_no="620722201503105115").iloc[::2]
    return pd.concat([own, police], ignore_index=True)


def _findings(dice, number, codes, people):
    spread = dice.dirichlet(np.full(len(codes), 0.3))
    who = dice.integers(0, len(people), number)
    frame = pd.DataFrame(
        {
            "code": dice.choice(codes[1:], number, p=spread[1:] / spread[1:].sum()),
            "grade": GRADES[dice.choice(3, number, p=[0.7, 0.2, 0.1])],
            "child_id": people["child_id"].to_numpy()[who],
            "town": people["town"].to_numpy()[who],
            "urgent": "",
            "status": dice.choice(["asked", "quiet"], number, p=[0.7, 0.3]),
        }
    )
    frame["finding_id"] = frame["code"] + "-" + frame["child_id"]
    return frame.drop_duplicates("finding_id", ignore_index=True)


@pytest.fixture
def material():
    return made_up()


@pytest.fixture
def made_up_with():
    return made_up
