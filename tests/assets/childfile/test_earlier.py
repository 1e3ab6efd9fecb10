"""Which earlier periods a run looks back to, and what it takes from them."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from assets.childfile.earlier import earlier_periods
from expectations.jurisdictions.profile import load_profile
from pipelines.resources.frames import FrameStore

PROFILE = load_profile("default")


def keep(frames: FrameStore, label: str, *rows: tuple[str, str, str]) -> None:
    records = pd.DataFrame(rows, columns=["child_id", "department", "state"], dtype=object)
    frames.write("child_files.records", label, records.assign(name="不读取"))


def test_the_register_of_earlier_periods_of_the_same_kind(tmp_path: Path) -> None:
    frames = FrameStore(tmp_path)
    keep(frames, "2026Q1", ("C1", "education", "suspended"), ("C2", "education", "transferred_out"))
    keep(frames, "2026Q2", ("C1", "education", "suspended"), ("C3", "civil_affairs", "suspended"))
    keep(frames, "2026-05", ("C9", "education", "suspended"))
    keep(frames, "2026Q3", ("C8", "education", "suspended"))
    keep(frames, "2026Q4", ("C7", "education", "suspended"))
    found = earlier_periods(frames, "2026Q3", PROFILE)
    assert [(one.zh, one.last_day, set(one.suspended), set(one.transferred)) for one in found] == [
        ("2026年第二季度", date(2026, 6, 30), {"C1"}, set()),
        ("2026年第一季度", date(2026, 3, 31), {"C1"}, {"C2"}),
    ]
    assert [one.zh for one in earlier_periods(frames, "2026-06", PROFILE)] == ["2026年5月"]
    assert earlier_periods(frames, "2025Q1", PROFILE) == ()


@pytest.mark.parametrize("rows", [[], [("C1", "public_security", "active")], [("C1", "education", "off_register")]])
def test_a_period_without_the_register_says_nothing(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    frames = FrameStore(tmp_path)
    keep(frames, "2026Q1", ("C1", "education", "suspended"))
    keep(frames, "2026Q2", *rows)
    assert [one.zh for one in earlier_periods(frames, "2026Q3", PROFILE)] == ["2026年第一季度"]


def test_no_more_is_read_than_a_list_asks(tmp_path: Path) -> None:
    frames = FrameStore(tmp_path)
    for year in range(2018, 2026):
        for quarter in range(1, 5):
            state = "suspended" if (year, quarter) >= (2025, 3) else "in"
            keep(frames, f"{year}Q{quarter}", ("C1", "education", state))
    found = earlier_periods(frames, "2026Q1", PROFILE)
    # Two terms back: whoever was suspended all that time is known to be overdue, whoever was not began since.
    assert found[-1].last_day == date(2024, 3, 31)
