"""Whole records, two by two, in the middle of a county: what must be one child, what a person may be asked, what never."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from matching.linked import Linkage
from matching.linking import link_records

CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "whole_records.csv").open(encoding="utf-8")))
COLUMNS = {"birth": "birth_date", "former": "former_name", "household": "household_no", "card": "disability_no_id"}
PRECISION = {10: "day", 7: "month", 4: "year", 0: ""}
DEPARTMENTS = {"CA": "civil_affairs", "ED": "education", "PS": "public_security", "DI": "disability"}


def record(text: str, record_id: str, number: Any, spoiled: Any) -> dict[str, str]:
    """`field=value;...` as a row of a standard frame; `@birth/order` is a valid number, `~` spoils it."""

    def made(value: str) -> str:
        born, order = value.removeprefix("@").split("/")
        return str(number(born, int(order)))

    given = dict(part.split("=", 1) for part in text.split(";"))
    code = given.pop("d")
    row = {"record_id": f"{code}-case-{record_id}", "department": DEPARTMENTS[code], "period": "2026Q3"}
    if "raw" in given:
        value, _, how = given.pop("raw").partition("~")
        row["id_no_raw"], row["id_no_status"] = spoiled(made(value), how) if how else (made(value), "adult")
    if given.get("id"):
        row |= {"id_no": made(given["id"]), "id_no_raw": made(given["id"]), "id_no_status": "valid"}
    given.pop("id", None)
    if "card" in given:
        given["card"] = made(given["card"])
    if "village" in given:
        row |= {"live_town": "案例镇", "live_village": given.pop("village")}
    for person in ("father", "mother", "guardian"):
        if person in given:
            row[f"{person}_name"] = given.pop(person)
    row |= {COLUMNS.get(field, field): value for field, value in given.items()}
    return row | {"birth_precision": PRECISION[len(row.get("birth_date", ""))]}


@pytest.fixture(scope="module")
def linked(county: pd.DataFrame, number: Any, spoiled: Any) -> Linkage:
    """All cases at once among the records of a county, as they would come."""
    rows = []
    for place, case in enumerate(CASES):
        texts = [case["left"], case["right"], *filter(None, case["others"].split(" | "))]
        rows += [record(text, f"{place:02d}-{side}", number, spoiled) for side, text in enumerate(texts)]
    return link_records(
        pd.concat([county.drop(columns=["truth", "row"]), pd.DataFrame(rows)], ignore_index=True).fillna("")
    )


@pytest.mark.parametrize("place", range(len(CASES)), ids=[case["case"] for case in CASES])
def test_whole_records(linked: Linkage, place: int) -> None:
    one, other = sorted(
        f"{dict(part.split('=', 1) for part in CASES[place][side].split(';'))['d']}-case-{place:02d}-{order}"
        for order, side in enumerate(("left", "right"))
    )
    child = linked.clusters.set_index("record_id")["child_id"]
    pair = linked.pairs[(linked.pairs["record_a"] == one) & (linked.pairs["record_b"] == other)]
    together = child[one] == child[other]
    if CASES[place]["strength"] == "STRONG":
        assert together, pair[["weight", "grade", "levels"]].to_dict("records")
    elif CASES[place]["strength"] == "MEDIUM":
        assert together or pair["grade"].tolist() == ["review"], pair[["weight", "levels"]].to_dict("records")
    else:
        assert not together, pair[["weight", "levels"]].to_dict("records")
    others = [record_id for record_id in child.index if f"-case-{place:02d}-" in record_id]
    strangers = set(child[child.isin(child[others])].index) - set(others)
    assert not strangers, "a record of the county is in the case's child"


def test_a_review_pair_of_one_cradle_says_what_it_may_be(linked: Linkage) -> None:
    asked = linked.pairs[(linked.pairs["grade"] == "review") & linked.pairs["record_a"].str.contains("-case-")]
    asked = asked[asked["levels"].str.contains("name=one_character") & asked["levels"].str.contains("family=single")]
    assert len(asked)
    assert asked["reason"].str.contains("可能改过名，也可能是双胞胎中的另一个").any()
