"""One fact under several headings (rules/files.md#one-fact)."""

import pandas as pd
import pytest

from assets.intake.facts import complete, facts
from matching.reading.codes import load_tables


@pytest.mark.parametrize(
    ("own", "told", "means"),
    [
        ("", "boarding", "yes"),
        ("", "day", "no"),
        ("", "home_teaching", "no"),
        ("", "waiting", ""),
        ("", "", ""),
        ("no", "boarding", "no"),  # the cell under 是否寄宿 itself wins
    ],
)
def test_how_a_pupil_attends_says_whether_it_boards(own, told, means):
    frame = pd.DataFrame({"boarding": [own], "attendance_mode": [told]}, dtype=object)
    complete(frame)
    assert frame["boarding"].item() == means


def test_every_code_that_tells_a_fact_is_one_that_is_read():
    tables = load_tables().words["attendance"]
    assert set(facts()["boarding"].codes) <= set(tables.values())
