"""Every level of every compared field has a case, a strength that its weight agrees with, and a sentence that names no value."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from matching.comparing.compare import compare
from matching.encoding.encode import encode
from matching.explaining.sentence import sentence
from matching.model import default_model
from matching.shapes import Pairs

FOLDER = Path(__file__).parent / "cases"
MODEL = default_model()
CASES = list(csv.DictReader((FOLDER / "field_levels.csv").open(encoding="utf-8")))
CONTEXT = {"namesakes", "family", "origin"}  # levels that only a whole delivery shows: test_compare, test_whole_records
SCREENED = {"number": {"borrowed", "stale"}}  # likewise: whole_records.csv
COLUMNS = {
    "birth": "birth_date", "father": "father_name", "mother": "mother_name", "guardian": "guardian_name",
    "student": "student_no_id", "card": "disability_no_id", "household": "household_no", "town": "live_town", "village": "live_village",
}  # fmt: skip
PRECISION = {10: "day", 7: "month", 4: "year", 0: ""}


def row(text: str, record_id: str, number: Any, spoiled: Any) -> dict[str, str]:
    """`field=value;...` as a standard record; `@birth/order` is a valid number, `~` spoils it."""

    def made(value: str) -> str:
        born, _, order = value.removeprefix("@").partition("/")
        return str(number(born, int(order))) if value.startswith("@") else value

    given = dict(part.split("=", 1) for part in text.split(";"))
    out = {"record_id": record_id, "department": record_id.split("-")[0]}
    if "raw" in given:
        value, _, how = given.pop("raw").partition("~")
        out["id_no_raw"], out["id_no_status"] = spoiled(made(value), how)
    if given.get("id"):
        out |= {"id_no": made(given["id"]), "id_no_raw": made(given["id"]), "id_no_status": "valid"}
    given.pop("id", None)
    out |= {COLUMNS.get(name, name): made(value) for name, value in given.items()}
    return out | {"birth_precision": PRECISION[len(out.get("birth_date", ""))]}


@pytest.fixture(scope="module")
def found(number: Any, spoiled: Any) -> list[tuple[str, str]]:
    """Level of every case, looked at from both sides."""
    texts = [
        (f"{side}-{place:03d}", case[name])
        for place, case in enumerate(CASES)
        for side, name in (("a", "left"), ("b", "right"))
    ]
    e = encode(pd.DataFrame([row(text, record, number, spoiled) for record, text in texts]).fillna(""), MODEL)
    at = {str(record): place for place, record in enumerate(e.record_id)}
    left = np.array([at[f"a-{place:03d}"] for place in range(len(CASES))], dtype=np.int32)
    right = np.array([at[f"b-{place:03d}"] for place in range(len(CASES))], dtype=np.int32)
    out = []
    one, other = (
        compare(e, Pairs(a, b, np.zeros(len(a), np.uint32)), MODEL) for a, b in ((left, right), (right, left))
    )
    for place, case in enumerate(CASES):
        names = MODEL.spec(case["field"]).names
        out.append((names[int(one[case["field"]][place])], names[int(other[case["field"]][place])]))
    return out


@pytest.mark.parametrize(
    "place", range(len(CASES)), ids=[f"{case['field']}-{case['left']}-{case['right']}" for case in CASES]
)
def test_levels(found: list[tuple[str, str]], place: int) -> None:
    assert found[place] == (CASES[place]["level"],) * 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['field']}={case['level']}")
def test_strength_and_sentence(case: dict[str, str]) -> None:
    level = MODEL.spec(case["field"]).levels[case["level"]]
    low, high = {"STRONG": (3.5, 25), "MEDIUM": (0, 8), "WEAK": (-25, 0.5)}[case["strength"]]
    assert low <= level.bits <= high
    assert level.say
    assert not any(character.isdigit() for character in level.say.replace("1月1日", ""))


def test_every_level_has_a_case() -> None:
    names = {
        line["level"]
        for file in ("linking_names.csv", "name_pairs.csv")
        for line in csv.DictReader((FOLDER / file).open(encoding="utf-8"))
    }
    for field in (*MODEL.fields, "number"):
        if field in CONTEXT:
            continue
        cases = {case["level"] for case in CASES if case["field"] == field} | (names if field == "name" else set())
        assert set(MODEL.spec(field).levels) - SCREENED.get(field, set()) <= cases, field


@pytest.mark.parametrize("field", [name for name in (*MODEL.fields, "number") if name not in CONTEXT])
def test_every_level_that_agrees_or_differs_is_said_in_a_sentence(field: str) -> None:
    for name, level in MODEL.spec(field).levels.items():
        assert level.say, (field, name)
        named = dict.fromkeys([*MODEL.fields, "number"], "missing") | {field: name}
        assert sentence(named, "review", "", MODEL)
