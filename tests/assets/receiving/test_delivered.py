"""Whose data the lists rest on, and a county that the settings name wrongly."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from assets.county import sources_delivered
from assets.receiving import delivered
from assets.receiving.delivered import (
    county_doubt,
    delivered_sources,
    departments_among,
    keep_delivered,
    kept_delivered,
    usable_departments,
)
from expectations.jurisdictions.profile import Place, load_profile
from pipelines.resources.frames import FrameStore


def line(department: str, accepted: int, quarantined: int) -> dict[str, object]:
    return {"department": department, "file": "a.xlsx", "accepted": accepted, "quarantined": quarantined}


def test_a_delivery_of_which_nothing_could_be_used_is_none() -> None:
    accounts = [line("education", 0, 12), line("education", 0, 3), line("public_security", 5, 1)]
    assert usable_departments(accounts) == ["public_security"]
    assert usable_departments([*accounts, line("education", 1, 0)]) == ["education", "public_security"]


def test_an_empty_roll_is_delivered_and_nothing_is_not() -> None:
    assert usable_departments([line("disability", 0, 0)]) == ["disability"]
    assert usable_departments([]) == []


def place(code: str) -> Place:
    own = load_profile("default").place
    return own.model_copy(update={"area_code": own.area_code.model_copy(update={"value": code or None})})


def test_a_county_of_the_settings_that_is_not_the_register_s_is_said() -> None:
    records = pd.DataFrame(
        {"department": ["public_security"] * 3 + ["education"], "hukou_county": ["620722"] * 2 + [""] + ["610330"]}
    ).assign(hukou_area_code="", id_no="")
    assert county_doubt(records, place("620722")) == []
    assert county_doubt(records, place("")) == []
    (said,) = county_doubt(records, place("610330"))
    assert (said.severity, said.row) == ("warn", 0)
    assert "610330" in said.message
    assert "620722（民乐县）" in said.message


def test_kinds_of_files_are_known_from_the_records_that_were_taken(tmp_path: Path) -> None:
    frames = FrameStore(tmp_path)
    frames.write("std_civil_affairs", "2026Q3", pd.DataFrame({"layout": ["ledger", "workers", "ledger", ""]}))
    accounts = [line("civil_affairs", 4, 0), line("education", 0, 3)]
    found = delivered_sources(accounts, frames, "2026Q3")
    assert found == ["#", "civil_affairs", "civil_affairs.ledger", "civil_affairs.workers"]
    assert delivered_sources(accounts, frames, "2026Q2") == ["civil_affairs"]


def test_columns_that_somebody_fills_are_known(tmp_path: Path) -> None:
    frames = FrameStore(tmp_path)
    rows = {
        "layout": "",
        "rehab": ["", "no"],
        "aid": ["minimum_living", "destitute;care_allowance"],
        "care_allowance": "",
    }
    frames.write("std_disability", "2026Q3", pd.DataFrame(rows))
    frames.write("std_education", "2026Q3", pd.DataFrame({"layout": [""], "visit_date": ["2026-09-01"]}))
    found = delivered_sources([line("disability", 2, 0), line("education", 0, 1)], frames, "2026Q3")
    assert found == ["#", "#aid=care_allowance", "#rehab", "disability"]


def test_a_column_of_one_department_is_told_from_another_s(tmp_path: Path) -> None:
    """Education's ledger says 辍学 in a column that civil affairs has, too: another department's word is what L04 asks for."""
    frames = FrameStore(tmp_path)
    frames.write("std_education", "2026Q3", pd.DataFrame({"layout": [""], "study_status": ["dropout"]}))
    frames.write("std_civil_affairs", "2026Q3", pd.DataFrame({"layout": [""], "study_status": ["lost_contact"]}))
    found = delivered_sources([line("education", 1, 0), line("civil_affairs", 1, 0)], frames, "2026Q3")
    assert found == ["#", "civil_affairs", "civil_affairs#study_status=lost_contact", "education"]
    assert departments_among(found) == {"civil_affairs", "education"}


def test_what_the_lists_rest_on_is_worked_out_once_and_read_by_everybody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = FrameStore(tmp_path)
    frames.write("std_civil_affairs", "2026Q3", pd.DataFrame({"layout": ["ledger"], "rehab": ["yes"]}))
    assert kept_delivered(frames, "2026Q3") is None, "before the first run nothing is kept"
    sources = keep_delivered([line("civil_affairs", 1, 0)], frames, "2026Q3")
    assert sources == ["#", "#rehab", "civil_affairs", "civil_affairs.ledger"]
    # Neither the register nor the frames are asked again, whatever came since.
    monkeypatch.setattr(delivered, "delivered_sources", lambda *_: pytest.fail("worked out again"))
    frames.write("std_civil_affairs", "2026Q3", pd.DataFrame({"layout": [""]}))
    assert sources_delivered(SimpleNamespace(frames=frames), "2026Q3") == sources  # type: ignore[arg-type]


def test_departments_are_told_from_kinds_of_files_and_columns() -> None:
    assert departments_among(["#", "#rehab", "civil_affairs", "civil_affairs.ledger"]) == {"civil_affairs"}
