"""Ages and school years: one answer wherever one is asked for, and no age of a place left in code."""

import ast
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from assets.intake.judge import ages as ages_of_rows
from expectations.lists.ages import birth_span, completed_years, day_in, school_grade, years_in_words, youngest_years
from matching.measuring.groups import groups_of
from matching.reading.citizen import age_at
from matching.reading.grades import read_grades, school_year

AS_OF = date(2026, 9, 30)
BIRTHS = [
    "2016-09-29",
    "2016-09-30",
    "2016-10-01",
    "2016-09",
    "2016-10",
    "2016",
    "2008-09-30",
    "2012-02-29",
    "2026-09-01",
]


@pytest.mark.parametrize("birth", BIRTHS)
def test_everybody_who_asks_for_an_age_gets_one_answer(birth: str) -> None:
    """Lists, quarantine and link rates: a coarse date was half a year older in one of them."""
    one = pd.Series([birth], dtype=object)
    years = int(youngest_years(one, AS_OF)[0])
    rows = pd.DataFrame({"birth_date": [birth], "id_no_birth": [""], "disability_no_id": [""]}, dtype=object)
    band = groups_of(pd.DataFrame({"department": ["a"], "birth_date": [birth]}), AS_OF)["按年龄"].item()
    least = int(band.split("岁")[0].split("—")[0])
    assert age_at(birth, AS_OF) == years == int(ages_of_rows(rows, AS_OF)["age_declared"].item())
    assert least <= years
    assert int(completed_years(birth_span(one)[1], AS_OF)[0]) == years


def test_an_unknown_birth_has_no_age() -> None:
    rows = pd.DataFrame({"birth_date": ["", "不详"], "id_no_birth": "", "disability_no_id": ""}, dtype=object)
    assert ages_of_rows(rows, AS_OF)["age_declared"].isna().all()
    assert list(youngest_years(pd.Series(["", "2027-01-01"], dtype=object), AS_OF)) == [-1, -1]


@pytest.mark.parametrize(("start", "running", "grade"), [("09-01", 2026, "6"), ("10-15", 2025, "5")])
def test_the_school_year_begins_where_the_place_says(start: str, running: int, grade: str) -> None:
    """An entry year is a grade by it, and so is a birth date."""
    assert school_year(AS_OF, start) == running
    assert read_grades(pd.Series(["小学2021级"]), "", AS_OF, start)["value"].item() == grade
    born = pd.Series(["2015-03-10"], dtype=object)
    assert str(school_grade(born, AS_OF, 6, ("08-31", start))[0]) == grade


def test_days_and_words() -> None:
    assert day_in(2026, "09-01") == date(2026, 9, 1)
    assert [years_in_words(years) for years in (8, 10, 16, 18, 25, 20)] == [
        "八",
        "十",
        "十六",
        "十八",
        "二十五",
        "二十",
    ]


def test_no_age_or_month_of_a_place_stands_in_code() -> None:
    """`age < 25`, `month >= 9`: a number beside an age is a setting, or has a name that says whose rule it is."""
    root, found = Path(__file__).parents[3], []
    for path in (file for room in ("assets", "expectations", "matching") for file in (root / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and _speaks_of_age(node) and _number(node) > 0:
                found.append(f"{path.relative_to(root)}:{node.lineno}")
    assert found == []


def _speaks_of_age(node: ast.Compare) -> bool:
    text = ast.unparse(node.left)
    return any(text == word or text.endswith((f".{word}", f"'{word}')", f"'{word}']")) for word in WORDS)


LAST_MONTH = 12
WORDS = ("age", "age_most", "month", "years", "cohort_grade", "age_declared", "age_inside")


def _number(node: ast.Compare) -> float:
    numbers = [side.value for side in node.comparators if isinstance(side, ast.Constant) and type(side.value) is int]
    # A month of the calendar is 1 to 12: reading a date is no rule of anybody's.
    numbers = [value for value in numbers if value != LAST_MONTH]
    ordered = all(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
    return max(numbers, default=0) if ordered else 0
